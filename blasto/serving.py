"""The writing loop: files change, the site is read anew, and browsers are told.

Puts together ``watching``, ``workshop``, ``desk`` and ``news`` around the live app. Content
is read again file by file; Jinja2 looks after templates itself; where Python code changed
the process starts again in its place, with the socket that it listens on kept open.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from socket import socket
from typing import Any

import click
from flask import Flask
from werkzeug.debug import DebuggedApplication
from werkzeug.serving import WSGIRequestHandler

from . import desk, recollection, server, watching, workers
from .config import FILE, Config
from .errors import BlastoError, UsageError
from .freezer import Freezer
from .news import News
from .project import Project
from .server import HostCheck, Wsgi
from .survey import Survey
from .templating import trace_templates
from .watched import Kind, Watched
from .workshop import AT_HOME, Attended, Workshop

HELD = "BLASTO_SERVE_SOCKET"
"""Environment variable with the number of the socket, in a process that was started again."""
WORTH = 200
"""Pages that had to be read, for which it is worth to keep them for the next start."""
SHOWN: dict[str, Any] = {"drafts": True, "future": True, "expired": True}


def _of_app(config: Config) -> object:
    """Give the options that an app is made with: others can change while it lives."""
    return config.static, config.templates, config.theme.name, config.search


class Quiet(WSGIRequestHandler):
    """Logs requests that failed, and no others."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if str(code) >= "400":
            super().log_request(code, size)


def serve(
    find: Callable[[], Project],
    host: str,
    port: int,
    *,
    reload: bool = True,
    debugger: bool = False,
    open_browser: bool = False,
    arguments: Collection[str] = (),
) -> None:
    """Serve a site while it is written.

    :param find: makes the app and its freezer.
    :param host: the address to listen on.
    :param port: the first port to try; the next free one is taken and printed.
    :param reload: watch files and let browsers reload.
    :param debugger: Werkzeug's interactive debugger, which runs code that a browser sends.
    :param open_browser: open the address in the browser.
    :param arguments: words after ``blasto freeze`` with which it means the same project.
    :raises UsageError: the address cannot be used, or the debugger would be open to others.
    """
    _check_debugger(host, debugger)
    held = os.environ.pop(HELD, None)
    with socket(fileno=int(held)) if held else server.listen(host, port) as listening:
        url, began = server.address(host, listening), time.time_ns()
        made = _made(find)
        if held is None:
            server.warn(host)
            click.echo(f"{url}/ (Ctrl+C ends it)")
            if reload:
                click.echo(f"{url}{AT_HOME}/ has all pages, problems and links")
        loop = (
            Loop(made, listening, debugger=debugger, since=began, arguments=arguments)
            if reload
            else None
        )
        app = loop.app if loop is not None else live(made, debugger=debugger)
        running = server.make(HostCheck(app, host), host, listening, Quiet)
        if loop is not None:
            loop.start(held is not None)
        if open_browser and held is None:
            threading.Thread(target=webbrowser.open, args=(url + "/",), daemon=True).start()
        try:
            running.serve_forever()
        finally:
            if loop is not None:
                loop.end()


def _check_debugger(host: str, debugger: bool) -> None:
    if debugger and not server.is_loopback(host):
        raise UsageError.at(
            f"the debugger runs code that a browser sends, and {host} is open to others",
            hint="leave --debugger or --host out",
        )


def _made(find: Callable[[], Project]) -> Project | BaseException:
    """Make the app; what is wrong with a file of the site is shown in the browser."""
    try:
        return find()
    except click.ClickException:
        raise
    except UsageError as error:
        if any(problem.path is None for problem in error.problems):
            raise
        return error
    except Exception as error:  # noqa: BLE001 - the site's own code may raise anything
        return error


def live(
    made: Flask | Project | BaseException,
    host: str = "127.0.0.1",
    *,
    debugger: bool = False,
    news: News | None = None,
) -> Wsgi:
    """Make the application that is served where nothing is watched: requests look for edits."""
    _check_debugger(host, debugger)
    workshop = _workshop(made, news, debugger)
    return HostCheck(DebuggedApplication(workshop, evalex=True) if debugger else workshop, host)


def _workshop(made: Flask | Project | BaseException, news: News | None, debugger: bool) -> Workshop:
    if isinstance(made, BaseException):
        workshop = Workshop([], Path.cwd(), news)
        workshop.trouble, workshop.error = workshop.problems_of(made), made
        return workshop
    app = made if isinstance(made, Flask) else made.app
    app.debug = True
    return Workshop(app, news=news, debugger=debugger)


class Loop:
    """Watches the files of a site, and brings app and browsers up to date.

    :param made: the app and its freezer, or why there is none.
    :param listening: the socket, for a process that starts again.
    :param since: when the app began to be made, in nanoseconds of the clock.
    """

    def __init__(
        self,
        made: Project | BaseException,
        listening: socket | None = None,
        *,
        debugger: bool = False,
        since: int | None = None,
        arguments: Collection[str] = (),
    ) -> None:
        self.made = made
        self.since = since
        self.listening = listening
        self.news = News()
        self.workshop = _workshop(made, self.news, debugger)
        self.workshop.retry = self._retry
        self.site = self.workshop.site
        project = None if isinstance(made, BaseException) else made
        self.freezer: Freezer | None = project.freezer if project is not None else None
        self.survey = Survey(self.freezer, arguments)
        self.stop = threading.Event()
        self.watched = Watched(self.workshop.app, self.workshop.root)
        self._misread = False
        self._config = self.site.settings if self.site is not None else None
        inner: Wsgi = self.workshop
        if debugger:
            inner = DebuggedApplication(inner, evalex=True)
        self.attended = Attended(inner, self.workshop, self.news)
        self.desk = desk.make(self.workshop, self.news, self.survey)

    def app(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Answer a request: this server's own pages, or the site's."""
        path = environ.get("PATH_INFO", "")
        if path == AT_HOME or path.startswith(f"{AT_HOME}/"):
            return self.desk(environ, start_response)
        return self.attended(environ, start_response)

    def start(self, again: bool = False) -> None:
        """Read the content, then begin to watch.

        :param again: the process was started again, and browsers wait.
        """
        self.read()
        threading.Thread(target=self.watch, daemon=True, name="blasto loop").start()

    def end(self) -> None:
        """Stop watching, and what was started."""
        self.stop.set()
        self.survey.stop()

    def read(self) -> None:
        """Read all content, what the last freeze knows of it from there; on all cores."""
        if self.site is None or self.freezer is None:
            self.workshop.look()
            return
        self.site.watched = True
        digests, pages = recollection.recall(self.freezer)
        if digests is not None:
            self.site.reread.digests = digests
        self._tried(
            partial(
                self.site.refresh,
                None,
                pages,
                partial(workers.spread, count=workers.cores()),
                **SHOWN,
            )
        )
        trace_templates(self.freezer.app).look_again(*self.watched.templates)
        self.workshop.look()
        # What there is now stays: not to be looked through for garbage at every edit.
        gc.collect()
        gc.freeze()
        reread = self.site.reread
        if reread.read > WORTH:
            keep = partial(recollection.keep, self.freezer, reread.digests, reread.pages())
            threading.Thread(target=keep, daemon=True, name="blasto keep").start()

    def watch(self) -> None:
        """Take in changes until the end; a burst of them is told once."""
        watch = watching.Watch(self.watched.places(), self.stop, self.since)
        for first in watch:
            began, paths = time.perf_counter(), first
            kinds: dict[str, Kind] = {}
            code: list[str] = []
            while paths:
                code += self.watched.code(paths)
                if not code:
                    kinds |= self.take(paths)
                paths = watch.more()
            if code:
                self.restart(code)
            if kinds:
                self.tell(kinds, time.perf_counter() - began)

    def take(self, paths: Collection[str]) -> dict[str, Kind]:
        """Bring the app up to date with files that changed.

        :param paths: absolute.
        :returns: those that made a difference.
        """
        watched, site = self.watched, self.site
        kinds = {path: kind for path in paths if (kind := watched.kind(path))}
        if self.workshop.app is None or not kinds:
            return {}
        if site is not None:
            missed = self._misread
            if missed or "configuration" in kinds.values():
                self._misread = True
                if not self._configure():
                    return kinds
                self._misread = False
            fresh = self._tried(partial(site.refresh, None if missed else list(kinds), **SHOWN))
            if not fresh and set(kinds.values()) <= {"content"}:
                return {}
        if "template" in kinds.values():
            trace_templates(self.workshop.app).look_again(*watched.templates)
        return kinds

    def tell(self, kinds: Mapping[str, Kind], seconds: float) -> None:
        """Have browsers show what changed, and say so on the terminal."""
        self.workshop.failed.clear()
        self.news.tell("style" if all(path.endswith(".css") for path in kinds) else "reload")
        self.workshop.look()
        click.echo(f"{self.watched.names(kinds)}: shown again after {seconds * 1000:.0f} ms")

    def _tried(self, refresh: Callable[[], bool]) -> bool:
        """Read the content; what fails is shown in place of every page until it is mended."""
        gc.disable()
        try:
            changed = refresh()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is shown
            self.workshop.trouble = self.workshop.problems_of(error)
            return True
        finally:
            gc.enable()
        changed = changed or bool(self.workshop.trouble)
        self.workshop.trouble = []
        return changed

    def _configure(self) -> bool:
        """Read ``blasto.toml`` again; tell whether the process goes on with it."""
        site = self.site
        assert site is not None
        try:
            config = site.configured()
        except BlastoError as error:
            self.workshop.trouble = list(error.problems)
            return False
        if self._config is None or _of_app(config) != _of_app(self._config):
            self.restart([FILE])
            return False
        if config != self._config:
            self._config = site.settings = config
            site.__dict__.pop("data", None)
        return True

    def _retry(self) -> None:
        """Look for edits now: a page met one before the watch did."""
        if self.site is not None and self.site.refresh():
            self.news.tell()

    def restart(self, names: Collection[str]) -> None:
        """Start the process again in its place; whoever asks meanwhile waits."""
        click.echo(f"{', '.join(sorted(names))} changed: starting again")
        self.survey.stop()
        self.attended.wait()
        sys.stdout.flush()
        sys.stderr.flush()
        command = [sys.executable, *sys.orig_argv[1:]]
        if os.name == "nt" or self.listening is None:
            if self.listening is not None:
                self.listening.close()
            os._exit(subprocess.call(command))
        self.listening.set_inheritable(True)
        os.environ[HELD] = str(self.listening.fileno())
        os.execv(sys.executable, command)  # noqa: S606 - it is this very program
