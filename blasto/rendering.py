"""One URL to its bytes: asks the app as a client would and records what it observed.

The freezer's inner step, run in any process. A :class:`Task` and a :class:`Result` are
plain data, so that they can cross to another process or machine.
"""

from __future__ import annotations

import contextlib
import sys
import time
import traceback
import warnings
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import msgspec
from flask import request, url_for
from flask.signals import request_finished
from flask.testing import EnvironBuilder, FlaskClient
from werkzeug.exceptions import default_exceptions
from werkzeug.wrappers import Response

from . import (
    contract,
    diagnose,
    fingerprints,
    finishing,
    hostrules,
    hosts,
    linkcheck,
    markup,
    output,
    reads,
    statics,
    trace,
)
from .errors import BlastoError, Problem, UsageError
from .staging import Staging

if TYPE_CHECKING:
    from .freezer import Freezer

LOST_QUERY = "LostQueryWarning"
# What Python itself does not show: a library's words to its user, who is not the site's author.
HIDDEN = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
REDIRECTS = (301, 302, 303, 305, 307, 308)


class Task(msgspec.Struct, array_like=True):
    """A URL to render. ``digest`` is that of its published file, which need not be staged."""

    url: str
    path: str
    digest: str = ""
    weak: bool = False


class Result(msgspec.Struct, array_like=True):
    """What rendering a URL gave. ``size`` is negative where nothing was staged."""

    url: str
    endpoint: str | None = None
    status: int = 200
    type: str = ""
    digest: str = ""
    size: int = -1
    staged: bool = False
    mtime: int = 0
    observations: list[tuple[str, str, str]] = []
    links: list[str] = []
    weak_links: list[str] = []
    called: list[tuple[str, str]] = []
    references: bytes = b""
    anchors: str = ""
    answer: str = ""
    problems: list[Problem] = []
    warnings: list[tuple[str, str]] = []
    bodies: list[tuple[str, bytes]] = []
    volatile: str | None = None
    seconds: float = 0.0
    kept: bool = True
    edited: bool = False


class Made(msgspec.Struct):
    """What the freeze still needs of a result when its row is made: little, for each URL.

    ``references`` is what :class:`Result` has, packed; :meth:`written` unpacks it.
    """

    staged: bool = False
    edited: bool = False
    failed: bool = False
    references: bytes = b""

    def written(self) -> linkcheck.Written:
        """Give what authors wrote to get to each link: the content file and the text."""
        return _written.decode(self.references) if self.references else {}


_written = msgspec.msgpack.Decoder(dict[str, tuple[str, str]])


class Rendering:
    """Renders URLs of one app with the settings of one freeze.

    :param freezer: the app's freezer; its settings are read now.
    :param staging: where new files wait.
    """

    def __init__(self, freezer: Freezer, staging: Staging) -> None:
        app = self.app = freezer.app
        self.freezer = freezer
        self.staging = staging
        config = app.config
        self.base_url = config["FREEZER_BASE_URL"]
        self.script_name = freezer.script_name
        self.redirects = config["FREEZER_REDIRECT_POLICY"]
        self.own = freezer.site is not None
        self.relative = config["FREEZER_RELATIVE_URLS"]
        self.crawl = bool(config.get("FREEZER_CRAWL"))
        self.default_type = config["FREEZER_DEFAULT_MIMETYPE"]
        builder = EnvironBuilder(app, "/", base_url=self.base_url)
        try:
            self.environ = {**FlaskClient(app, Response).environ_base, **builder.get_environ()}
        finally:
            builder.close()
        self.exceptions: dict[str, BaseException] = {}
        self._errors = freezer.error_pages
        self._urls: dict[object, str] = {}
        self._endpoint: str | None = None
        self._response: Response | None = None
        self._built: list[tuple[str, str]] = []
        # Functions given to @url_defaults, beside Frozen-Flask's own.
        functions = [one for some in app.url_default_functions.values() for one in some]
        self._defaults = sum(one is not fingerprints.mark for one in functions) > 1
        self._modules = len(sys.modules)
        # Flask's own view keeps nothing of what it reads, so that only its URL depends on it.
        self._static = frozenset(freezer.static_endpoints())
        # The view's own exception says more than a page about status 500.
        self._propagate = config["PROPAGATE_EXCEPTIONS"]
        config["PROPAGATE_EXCEPTIONS"] = True
        request_finished.connect(self._finished, app)

    def close(self) -> None:
        self.app.config["PROPAGATE_EXCEPTIONS"] = self._propagate
        request_finished.disconnect(self._finished, self.app)

    def _finished(self, sender: object, response: Response, **extra: object) -> None:
        self._endpoint = request.endpoint
        self._response = response
        if self._defaults:
            # They may look at what the request left in flask.g, which is gone afterwards.
            calls = self.freezer.url_for_logger.logged_calls
            logged = list(calls)
            self._built += [(endpoint, url_for(endpoint, **values)) for endpoint, values in logged]
            calls.clear()

    def render(self, task: Task) -> Result:
        """Render one URL and stage its file. Never raises: what fails is in the result."""
        began = time.perf_counter()
        result = Result(task.url)
        self._endpoint = self._response = None
        with warnings.catch_warnings(record=True) as caught, trace.recording() as past:
            warnings.simplefilter("always")
            try:
                self._ask(task, result)
            except BlastoError as error:
                self._failed(result, error, list(error.problems))
                result.edited = diagnose.was_edited(error)
            except Exception as error:  # noqa: BLE001 - whatever a view raises is reported
                self._failed(result, error, [diagnose.problem(error, self.freezer.project_root)])
            past_called = self._called(result)
            self._modules = reads.modules(self.freezer.project_root, self._modules)
        result.endpoint = self._endpoint
        files, root = result.endpoint in self._static, str(self.freezer.project_root)
        result.observations = [
            (
                "file" if files and kind == "read" else kind,
                reads.portable(name, root) if kind in reads.FILES else name,
                digest,
            )
            for (kind, name), digest in past.observations.items()
        ]
        result.references = msgspec.msgpack.encode(past.references) if past.references else b""
        result.links = list(past.links)
        result.called = past_called
        result.problems += past.problems
        result.volatile = past.volatile or self.freezer.declared_volatile(result.endpoint)
        result.warnings += [
            (warning.category.__name__, str(warning.message))
            for warning in caught
            if not issubclass(warning.category, HIDDEN)
        ]
        result.bodies = self.freezer.take_bodies()
        result.seconds = time.perf_counter() - began
        return result

    def _failed(self, result: Result, error: BaseException, problems: list[Problem]) -> None:
        result.kept = False
        self.exceptions[result.url] = error
        trace_text = "".join(traceback.format_exception(error))
        result.problems = [
            replace(one, url=one.url or result.url, trace=one.trace or trace_text)
            for one in problems
        ]

    def _ask(self, task: Task, result: Result) -> None:
        patched: AbstractContextManager[Any] = nullcontext()
        if self.relative and not self.own and task.url not in self._errors:
            patched = contract.relative_url_for(self.app)
        logged: AbstractContextManager[Any] = nullcontext()
        if self.freezer.log_url_for:
            logged = self.freezer.url_for_logger
        with logged, patched:
            response = self._get(task.url)
            if response.status_code in REDIRECTS and self.redirects == "follow":
                response.close()
                first = self._endpoint
                response = self.app.test_client().get(
                    output.encode(task.url), follow_redirects=True, base_url=self.base_url
                )
                self._endpoint = first
            try:
                self._keep(task, result, response)
            finally:
                response.close()

    def _get(self, url: str) -> Response:
        environ = self.environ.copy()
        environ["PATH_INFO"] = url.encode().decode("latin-1")
        quoted = self.script_name + output.encode(url)
        environ["REQUEST_URI"] = environ["RAW_URI"] = quoted
        environ["wsgi.input"] = BytesIO()
        environ["wsgi.errors"] = _Errors()
        if url in self._errors:
            return self._error_page(environ, self._errors[url])
        return Response.from_app(self.app, environ)

    def _error_page(self, environ: dict[str, Any], code: int) -> Response:
        """Give what the app answers when a request fails with a status."""
        handlers = self.app.error_handler_spec[None]
        if code not in default_exceptions or not (handlers[code] or handlers[None]):
            raise UsageError.at(
                f"FREEZER_ERROR_PAGES names {code}, but the app has no page for it",
                hint=f"write a function that gives it, with @app.errorhandler({code})",
            )
        with self.app.request_context(environ):
            request.routing_exception = default_exceptions[code]()
            return self.app.full_dispatch_request()

    def _keep(self, task: Task, result: Result, response: Response) -> None:
        status = result.status = response.status_code
        location = response.headers.get("Location")
        if status != 200 and not (status in REDIRECTS and self.redirects == "page" and location):
            result.kept = self.freezer.accepts(task, result, response)
            if not result.kept:
                return
        result.type = response.mimetype or ""
        said, moved = self._response or response, getattr(self._response, "blasto_moved", None)
        if status in REDIRECTS and self.redirects == "page" and location:
            moved = (status, self._rooted(task.url, location))
            data, result.type = self._forward(task.url, location), "text/html"
        else:
            file = getattr(response, "blasto_file", None)
            data = Path(file).read_bytes() if file is not None else response.get_data()
        if result.type == "text/html":
            data = self._html(task, result, data)
        elif result.type == "text/css" and (self.crawl or (self.relative and self.own)):
            data = self._css(task, result, data)
        kind = self._check_type(task, result, response) if moved is None else None
        result.answer = hostrules.answer(said, moved, kind)
        result.digest = trace.digest(data)
        result.size = len(data)
        if result.digest != task.digest:
            self.staging.write(task.path, data)
            result.staged = True

    def _html(self, task: Task, result: Result, data: bytes) -> bytes:
        if not (self.crawl or (self.relative and self.own)):
            return data
        text = data.decode("utf-8", "surrogateescape")
        if self.crawl:
            targets, ids = markup.survey(text)
            here = self.script_name + output.encode(task.url)
            result.weak_links = finishing.local(targets, here)
            result.anchors = "\n".join(sorted(ids))
        # A host shows 404.html at any depth: what is relative there leads nowhere.
        if self.relative and self.own and task.url != "/404.html":
            text = finishing.relative_html(text, self.script_name + task.url)
            return text.encode("utf-8", "surrogateescape")
        return data

    def _css(self, task: Task, result: Result, data: bytes) -> bytes:
        text = data.decode("utf-8", "surrogateescape")
        here = self.script_name + output.encode(task.url)
        if self.crawl:
            result.weak_links = finishing.local(statics.addresses(text), here)
        if self.relative and self.own:
            text = finishing.relative_css(text, self.script_name + task.url)
            return text.encode("utf-8", "surrogateescape")
        return data

    def _circle(self, url: str, location: str | None) -> list[str]:
        """Follow a redirect; give the URLs in their order where it leads back to one."""
        way, endpoint = [url], self._endpoint
        with trace.recording(), contextlib.suppress(Exception):
            while location is not None:
                target = self._rooted(way[-1], location)
                if not target.startswith(self.script_name + "/"):
                    break
                here = output.decode(output.split(target)[0][len(self.script_name) :])
                if here in way:
                    return [*way[way.index(here) :], here]
                way.append(here)
                response = self._get(here)
                location = (
                    response.headers.get("Location") if response.status_code in REDIRECTS else None
                )
                response.close()
        self._endpoint = endpoint
        return []

    def _rooted(self, url: str, location: str) -> str:
        """Give where a redirect leads, without scheme and host where they are ours."""
        target = urljoin(self.script_name + output.encode(url), location)
        origin = self.environ["wsgi.url_scheme"] + "://" + self.environ["HTTP_HOST"]
        return target[len(origin) :] if target.startswith(origin + "/") else target

    def _forward(self, url: str, location: str) -> bytes:
        """Give a page that leads where a redirect leads."""
        circle = self._circle(url, location)
        if circle:
            raise BlastoError.at("redirects in a circle: " + " to ".join(circle))
        target = self._rooted(url, location)
        trace.link(target)
        return finishing.moved_page(target).encode()

    def _check_type(self, task: Task, result: Result, response: Response) -> str | None:
        """Compare a type with that of the file; give what a host would have to be told."""
        config, site = self.app.config, self.freezer.site
        if config["FREEZER_IGNORE_MIMETYPE_WARNINGS"]:
            return None
        name = task.path.rpartition("/")[2]
        if not hosts.agrees(name, result.type, self.default_type):
            served = hosts.mimetype(name, self.default_type)
            text = (
                f"Filename extension of {name!r} (type {served}) does not match "
                f"Content-Type: {response.content_type}"
            )
            if site is None or site.config.host not in hosts.TOLD:
                result.warnings.append(("MimetypeMismatchWarning", text))
            return response.content_type
        return None

    def _called(self, result: Result) -> list[tuple[str, str]]:
        """Give endpoint and URL of each ``url_for`` call that was logged."""
        calls = self.freezer.url_for_logger.logged_calls
        found = dict.fromkeys(self._built)
        self._built.clear()
        while calls:
            endpoint, values = calls.popleft()
            try:
                key = (endpoint, frozenset(values.items()))
                known = self._urls.get(key)
            except TypeError:
                key, known = None, None
            if known is None:
                known = self._build(endpoint, values)
                if key is not None:
                    self._urls[key] = known
            found[endpoint, known] = None
        for endpoint, known in found:
            if "?" in known and (lost := self.freezer.lost_query(known, endpoint)):
                result.warnings.append((LOST_QUERY, lost))
        return list(found)

    def _build(self, endpoint: str, values: dict[str, Any]) -> str:
        with self.app.test_request_context(base_url=self.script_name or None):
            return url_for(endpoint, **values)


class _Errors:
    """Where an app may write during a freeze: to nowhere, as a static file cannot tell."""

    def write(self, text: str) -> int:
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        pass

    def flush(self) -> None:
        pass


def render_many(rendering: Rendering, tasks: Sequence[Task]) -> list[Result]:
    """Render some URLs in turn."""
    return [rendering.render(task) for task in tasks]
