"""Looking at a site: the live app while it is written, the frozen tree as a host shows it.

Tools around the site, for one person on one machine: both listen on the loopback address
unless told otherwise, and answer no other host name there, so that a page of the web
cannot read them through a name of its own (DNS rebinding).
"""

from __future__ import annotations

import errno
import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Any

import click
from flask import Flask
from werkzeug.debug import DebuggedApplication
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from . import diagnose
from .console import Console
from .errors import BlastoError, Problem, UsageError
from .preview import StaticHost
from .site import site_of

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
HOST = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[^\s:/@\[\]]+))(?::\d{1,5})?")
TRIES = 100
"""Ports that are tried, the first one counted."""


def serve_live(app: Flask, host: str, port: int, debugger: bool = False) -> None:
    """Serve a site while it is written: drafts shown, edits seen at the next request.

    :param host: the address to listen on.
    :param port: the first port to try; the next free one is taken and printed.
    :param debugger: Werkzeug's interactive debugger, which runs code that a browser sends.
    :raises UsageError: the address cannot be used, or the debugger would be open to others.
    """
    _serve(live(app, host, debugger), host, port)


def serve_frozen(folder: Path, base_path: str, host: str, port: int) -> None:
    """Serve a frozen tree as GitHub Pages would, under its base path.

    :raises UsageError: there is no such tree, or the address cannot be used.
    """
    if not folder.is_dir():
        raise UsageError.at(f"there is no frozen site in {folder}", hint="run blasto freeze first")
    _serve(HostCheck(StaticHost(folder, base_path), host), host, port, base_path)


def live(app: Flask, host: str = "127.0.0.1", debugger: bool = False) -> Wsgi:
    """Make the application that :func:`serve_live` serves."""
    if debugger and not is_loopback(host):
        raise UsageError.at(
            f"the debugger runs code that a browser sends, and {host} is open to others",
            hint="leave --debugger or --host out",
        )
    app.debug = True
    return HostCheck(DebuggedApplication(app, evalex=True) if debugger else Workshop(app), host)


class HostCheck:
    """Refuses requests for a host name that is not this machine's.

    :param host: the address that is listened on; not a loopback one, and every name is
        let through, since nobody knows the names of a machine in a network.
    """

    def __init__(self, app: Wsgi, host: str) -> None:
        self.app = app
        self.open = not is_loopback(host)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        found = HOST.fullmatch(environ.get("HTTP_HOST", "localhost"))
        if found is None or not (self.open or is_loopback(found["six"] or found["name"])):
            refused = Response(
                "400: this host name is not served here\n", 400, mimetype="text/plain"
            )
            return refused(environ, start_response)
        return self.app(environ, start_response)


class Workshop:
    """Runs the live app, and shows what is wrong on the terminal and in the browser."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.console = Console()
        self.site = site_of(app)
        self._shown: object = None

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        try:
            return self.app(environ, start_response)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is shown
            problems = list(self._problems(error))
            self.console.problems(problems)
            answer = Response(_page(problems), 500, mimetype="text/html")
            return answer(environ, start_response)
        finally:
            self._look()

    def _problems(self, error: Exception) -> Iterable[Problem]:
        if isinstance(error, BlastoError):
            return error.problems
        root = self.site.root if self.site is not None else Path(self.app.root_path)
        return [diagnose.problem(error, root)]

    def _look(self) -> None:
        """Say what is wrong with the content, once each time that it was read."""
        contents = self.site._contents if self.site is not None else None
        if self.site is not None and contents is not None and contents is not self._shown:
            self._shown = contents
            self.console.problems([*contents.problems, *self.site.routes.problems])


def _page(problems: Iterable[Problem]) -> str:
    """Show problems in a browser."""
    items = []
    for problem in problems:
        source = f"<pre>{escape(problem.source)}</pre>" if problem.source else ""
        hint = f"<p>{escape(problem.hint)}</p>" if problem.hint else ""
        items.append(f"<li><p><strong>{escape(str(problem))}</strong></p>{source}{hint}</li>\n")
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>This page has an error</title>\n'
        "<style>body { font: 1rem/1.5 system-ui; margin: 2rem; color-scheme: light dark }</style>\n"
        f"<h1>This page has an error</h1>\n<ul>\n{''.join(items)}</ul>\n</html>\n"
    )


def is_loopback(host: str) -> bool:
    """Tell whether an address or host name is this machine's own and nobody else's."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """Listen on an address, on the first free port from ``port`` on.

    :raises UsageError: there is none, or the address is not this machine's.
    """
    last = min(port + TRIES, 65536) if port else 1
    for number in range(port, last):
        try:
            family, kind, _, _, address = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[
                0
            ]
            found = socket.socket(family, kind)
        except (OSError, UnicodeError) as error:
            raise UsageError.at(f"cannot listen on {host}: {error}") from error
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(address)
            found.listen()
            return found
        except OSError as error:
            found.close()
            if error.errno != errno.EADDRINUSE:
                raise UsageError.at(
                    f"cannot listen on {host}, port {number}: {error.strerror}"
                ) from error
    raise UsageError.at(
        f"no port from {port} to {last - 1} of {host} is free", hint="name another with --port"
    )


def _serve(app: Wsgi, host: str, port: int, base_path: str = "") -> None:
    if not is_loopback(host):
        text = f"listening on {host}: everyone who reaches this machine can read the site"
        Console().problem(Problem(text, severity="warning"))
    with listen(host, port) as listening:
        name = f"[{host}]" if ":" in host else host
        number = listening.getsockname()[1]
        server = make_server(host, number, app, threaded=True, fd=listening.fileno())
        click.echo(f"http://{name}:{number}{base_path}/ (Ctrl+C ends it)")
        server.serve_forever()
