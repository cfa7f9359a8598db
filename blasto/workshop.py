"""The live app while its site is written: errors become pages, and pages look after themselves.

Around the app that gunicorn would serve, and only here: what a view raises is shown with
its lines, a small script lets a page reload when something changed, and a badge says what
a freeze would leave out. None of it is in the app or in what is published.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import TemplateError
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response

from . import diagnose, errorpage
from .console import Console
from .errors import BlastoError, Problem
from .news import News
from .pages import Page
from .site import Site, site_of

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
AT_HOME = "/_blasto"
"""Where the pages of this server itself are."""
TRIES = 3


class Workshop:
    """Runs the live app, and shows what is wrong on the terminal and in the browser.

    :param app: the site's app, or what is wrong with it.
    :param root: the project, for messages.
    :param news: tells what changes; without it every request looks for itself.
    :param debugger: leave what Python code raises to Werkzeug's debugger.
    """

    def __init__(
        self,
        app: Flask | Sequence[Problem],
        root: Path | None = None,
        news: News | None = None,
        *,
        debugger: bool = False,
    ) -> None:
        self.app = app if isinstance(app, Flask) else None
        self.site = site_of(app) if isinstance(app, Flask) else None
        self.trouble: list[Problem] = [] if isinstance(app, Flask) else list(app)
        """What is wrong with the whole: it is shown in place of every page."""
        self.error: BaseException | None = None
        """The exception behind that."""
        self.root = root or (self.site.root if self.site else Path.cwd())
        self.news = news
        self.debugger = debugger
        self.console = Console()
        self.failed: dict[str, list[Problem]] = {}
        """What the last answer of each URL failed with."""
        self.retry: Callable[[], None] = lambda: None
        """Called where a file was edited while it was shown."""
        self._said: list[Problem] = []

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if self.app is None or self.trouble:
            self.look()
            answer: Wsgi = self._page(self.trouble, "The site cannot be shown", error=self.error)
            return answer(environ, start_response)
        version = self.news.version if self.news is not None else 0
        url = path_of(environ)
        for attempt in range(TRIES):
            try:
                iterable, status, headers = run_wsgi_app(self.app, environ)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is shown
                stale = self.news is not None and (
                    (isinstance(error, BlastoError) and diagnose.was_edited(error))
                    or version != self.news.version
                )
                if stale and attempt < TRIES - 1 and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
                    # The site was read anew while this was made of what was there before.
                    self.retry()
                    version = self.news.version if self.news is not None else 0
                    continue
                return self._failure(error, url)(environ, start_response)
            self.failed.pop(url, None)
            if status.startswith("404") and (known := self._unread()):
                kind = headers.get("Content-Type", "")
                if kind.startswith("text/html"):
                    finish(iterable)
                    lost = self._page(known, f"There is no page {url}, and not every file could be read", 404)  # fmt: skip
                    return lost(environ, start_response)
            self.look()
            start_response(status, headers.to_wsgi_list())
            return iterable
        raise AssertionError("every attempt returns")

    def _failure(self, error: Exception, url: str) -> Wsgi:
        problems = self.problems_of(error)
        plain = isinstance(error, BlastoError | TemplateError)
        if problems != self.failed.get(url):
            self.console.problems(problems)
        self.failed[url] = problems
        self.look()
        if self.debugger and not plain:
            raise error
        others = [one for one in self._unread() if one not in problems]
        return self._page([*problems, *others], "This page has an error", error=error)

    def _page(
        self,
        problems: Sequence[Problem],
        heading: str,
        status: int = 500,
        error: BaseException | None = None,
    ) -> Response:
        text = errorpage.page(problems, self.root, heading=heading, error=error)
        return Response(text, status, mimetype="text/html", headers={"Cache-Control": "no-store"})

    def problems_of(self, error: BaseException) -> list[Problem]:
        """Give what an exception says."""
        if isinstance(error, BlastoError):
            return list(error.problems)
        return [diagnose.problem(error, self.root)]

    @property
    def problems(self) -> list[Problem]:
        """All that is known to be wrong now."""
        found = [*self.trouble, *self._of_content()]
        for problems in list(self.failed.values()):
            found += problems
        return errorpage.unique(found)

    def _of_content(self) -> list[Problem]:
        site = self.site
        if site is None or site._contents is None or site._routes is None:
            return []
        return [*site._contents.problems, *site._routes.problems]

    def _unread(self) -> list[Problem]:
        return [problem for problem in self._of_content() if problem.severity == "error"]

    def look(self) -> None:
        """Say on the terminal what is newly wrong with the content or the whole."""
        found = [*self.trouble, *self._of_content()]
        if found != self._said:
            fresh = [problem for problem in found if problem not in self._said]
            self._said = found
            self.console.problems(fresh)


class Attended:
    """Puts a script, and a badge where there is something to say, into pages of HTML.

    :param app: what answers.
    """

    def __init__(self, app: Wsgi, workshop: Workshop, news: News) -> None:
        self.app = app
        self.workshop = workshop
        self.news = news
        self._asked = 0
        self._counting = threading.Condition()

    def wait(self, seconds: float = 2.0) -> None:
        """Wait until nobody is being answered, but not for long."""
        with self._counting:
            self._counting.wait_for(lambda: self._asked == 0, seconds)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        with self._counting:
            self._asked += 1
        try:
            return self._answer(environ, start_response)
        finally:
            with self._counting:
                self._asked -= 1
                self._counting.notify_all()

    def _answer(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or environ.get("HTTP_SEC_FETCH_DEST") == "empty":
            return self.app(environ, start_response)
        # Before the answer is made: what changes meanwhile is news to it.
        version = self.news.version
        iterable, status, headers = run_wsgi_app(self.app, environ)
        kind = headers.get("Content-Type", "")
        if not kind.startswith("text/html") or "Content-Encoding" in headers:
            start_response(status, headers.to_wsgi_list())
            return iterable
        try:
            body = b"".join(iterable)
        finally:
            finish(iterable)
        body = inserted(body, self._words(environ, version))
        headers["Content-Length"] = str(len(body))
        headers["Cache-Control"] = "no-store"
        headers.pop("ETag", None)
        start_response(status, headers.to_wsgi_list())
        return [body]

    def _words(self, environ: dict[str, Any], version: int) -> bytes:
        site = self.workshop.site
        marks = marks_of(site, path_of(environ)) if site is not None else []
        problems = self.workshop.problems
        template = errorpage.environment().get_template("badge.html")
        return template.render(
            version=version, marks=marks,
            errors=sum(1 for one in problems if one.severity == "error"),
            warnings=sum(1 for one in problems if one.severity == "warning"),
        ).encode()  # fmt: skip


def finish(iterable: Iterable[bytes]) -> None:
    """Let go of an answer."""
    close = getattr(iterable, "close", None)
    if close is not None:
        close()


def path_of(environ: dict[str, Any]) -> str:
    """Give the decoded path that a request asks for."""
    path: str = environ.get("PATH_INFO", "")
    return path.encode("latin-1", "replace").decode("utf-8", "replace") or "/"


def inserted(body: bytes, words: bytes) -> bytes:
    """Put something at the end of a page's body."""
    at = body.lower().rfind(b"</body")
    return body + words if at < 0 else body[:at] + words + body[at:]


def page_at(site: Site, url_path: str) -> Page | None:
    """Give the page that a URL shows, or whose list it shows."""
    target = site.target(url_path)
    if target is None:
        return None
    if target.kind == "page":
        return site.all_pages.get(target.name)
    if target.kind == "listing" and target.name.startswith("section|"):
        return site.library.indexes.get(target.name.partition("|")[2])
    return None


def marks_of(site: Site, url_path: str) -> list[str]:
    """Say why a freeze would leave the page out."""
    page = page_at(site, url_path)
    return states(page, site) if page is not None else []


def states(page: Page, site: Site) -> list[str]:
    """Say in words whether a page is a draft, has a date to come, or has expired."""
    found, now = [], site.now
    if page.draft:
        found.append("Draft")
    if page.date is not None and page.date > now:
        found.append(f"Not before {page.date:%Y-%m-%d %H:%M}")
    if page.expires is not None and page.expires <= now:
        found.append(f"Expired {page.expires:%Y-%m-%d %H:%M}")
    return found
