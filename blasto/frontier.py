"""Which URLs there are: from generators, rules, static files, ``url_for`` and links.

The freezer's outer step. Everything found becomes a :class:`Found` with the reason why,
so that a message can say which page led to a URL that failed.
"""

from __future__ import annotations

import datetime
import fnmatch
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from unicodedata import normalize

from flask import Blueprint, Flask, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from . import contract, files, fingerprints, output, reads, trace
from .errors import BlastoError, Problem
from .markup import EXTERNAL

if TYPE_CHECKING:
    from .freezer import Freezer
    from .routes import Target


class Found(NamedTuple):
    """A URL to freeze.

    :param url: decoded, without base path, query and fragment.
    :param source: what led here: a generator's name or the URL of a page.
    :param modified: when its generator says that it changed last.
    :param file: the static file behind it, where the bytes are known without asking.
    :param weak: found by reading links: that it does not exist is no error of the freeze.
    """

    url: str
    endpoint: str | None
    source: str
    modified: str | None = None
    file: Path | None = None
    weak: bool = False
    since: datetime.datetime | None = None


def marked(view: object, mark: str) -> bool:
    """Tell whether a view, or the class that it is made from, carries a mark of blasto's."""
    both = (view, getattr(view, "view_class", None))
    return any(getattr(one, f"blasto_{mark}", False) for one in both)


def led(problem: Problem, source: str) -> Problem:
    """Say in a problem's hint what led to its URL."""
    hint = f"{problem.hint} " if problem.hint else ""
    return replace(problem, hint=f"{hint}It was found through {source}.")


def described(endpoint: str | None, source: str) -> str:
    """Say what a URL is made from: a file of the content, or a route."""
    return (
        source if endpoint is None or endpoint.startswith("blasto.") else f'the route "{endpoint}"'
    )


class Frontier:
    """Finds URLs for one freeze. ``problems`` holds those that are refused.

    :param freezer: whose generators and settings are used.
    """

    def __init__(self, freezer: Freezer) -> None:
        self.freezer = freezer
        self.app = freezer.app
        self.base = freezer.script_name
        self.endpoints: set[str | None] = set()
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.excluded: set[str | None] = set()
        self._seen: dict[str, str] = {}
        self._nowhere: set[str] = set()
        self._adapter = self.app.url_map.bind("localhost")
        patterns = self.app.config.get("FREEZER_EXCLUDE") or ()
        self.globs = [pattern for pattern in patterns if pattern.startswith("/")]
        self._names = [pattern for pattern in patterns if not pattern.startswith("/")]
        views = self.app.view_functions.values()
        self._leaves_out = bool(patterns) or any(marked(view, "live") for view in views)

    def roots(self) -> Iterator[Found]:
        """Run all generators but that of the site's own content."""
        for url in self.freezer.error_pages:
            yield Found(url, None, "FREEZER_ERROR_PAGES")
        for generator in self.freezer.url_generators:
            if generator == self.freezer.static_files_urls:
                yield from self._static()
                continue
            name = getattr(generator, "__name__", type(generator).__name__)
            # A request context is required to use url_for; one for each generator, so
            # that what a generator keeps in flask.g does not reach the pages.
            with (
                self.app.test_request_context(base_url=self.base or None),
                trace.recording() as past,
            ):
                for generated in generator():
                    if isinstance(generated, tuple) and str(generated[0]).startswith("blasto."):
                        continue
                    found = self._generated(generated, name)
                    if found is not None:
                        yield found
            reads.keep(past)

    def _generated(self, generated: Any, name: str) -> Found | None:
        endpoint: str | None
        modified: datetime.datetime | None = None
        if isinstance(generated, str):
            return self._string(generated, None, name, modified)
        if isinstance(generated, Mapping):
            endpoint, values = name, generated
        elif len(generated) == 2:
            endpoint, values = generated
        else:
            endpoint, values, modified = generated
        if self._left_out(endpoint):
            return None
        url = url_for(cast(str, endpoint), **dict(cast("Mapping[str, Any]", values)))
        assert url.startswith(self.base), (
            f"url_for returned an URL {url} not starting with script_name {self.base!r}"
        )
        if endpoint is not None and (lost := self.freezer.lost_query(url, endpoint)):
            self.warnings.append(Problem(f"{lost} (in {name})", severity="warning"))
        return self._string(url[len(self.base) :], endpoint, name, modified)

    def _string(
        self, url: str, endpoint: str | None, name: str, modified: datetime.datetime | None
    ) -> Found | None:
        if EXTERNAL.match(url):
            raise ValueError(f"External URLs not supported: {url}")
        try:
            path = output.decode(output.split(url)[0])
        except BlastoError as error:
            self.problems += [led(problem, name) for problem in error.problems]
            return None
        if self._left_out(endpoint, path):
            return None
        return Found(path, endpoint, name, str(modified) if modified else None, since=modified)

    def _left_out(self, endpoint: str | None, url: str | None = None) -> bool:
        """Tell whether the site wants an endpoint, blueprint or URL to stay out."""
        if endpoint is not None:
            view = self.app.view_functions.get(endpoint)
            blueprint = endpoint.rpartition(".")[0]
            if marked(view, "live") or any(
                fnmatch.fnmatchcase(endpoint, name) or fnmatch.fnmatchcase(blueprint, name)
                for name in self._names
            ):
                self.excluded.add(endpoint)
                return True
        if url is None:
            return False
        if any(fnmatch.fnmatchcase(url, glob) for glob in self.globs):
            self.excluded.add(endpoint or self._match(url)[0])
            return True
        # A plain URL leads to an endpoint as well, and that may have to stay out.
        return endpoint is None and self._leaves_out and self._left_out(self._match(url)[0])

    def _static(self) -> Iterator[Found]:
        """Find static files; those that Flask itself would send are copied, not asked for."""
        hooks = self._hooks()
        for endpoint in self.freezer.static_endpoints():
            view: Any = self.app.view_functions[endpoint]
            owner: Any = contract.owner(view) or self.app
            folder = owner.static_folder
            if self._left_out(endpoint) or folder is None or not Path(folder).is_dir():
                continue
            plain = (
                type(owner).send_static_file in (Flask.send_static_file, Blueprint.send_static_file)
                and getattr(view, "__module__", "") in ("flask.app", "flask.blueprints")
                and (self.freezer.site is not None or not hooks)
            )
            ignore = self.app.config["FREEZER_STATIC_IGNORE"]
            safe = self._safe(Path(folder))
            with self.app.test_request_context(base_url=self.base or None), fingerprints.plain():
                for name in sorted(contract.walk(folder, ignore)):
                    if safe is not None and name not in safe:
                        continue
                    found = self._generated((endpoint, {"filename": name}), "static_files_urls")
                    if found is None:
                        continue
                    file = Path(folder) / name
                    processed = self.freezer.processes(file)
                    if plain and file.is_file() and not processed:
                        found = found._replace(file=file)
                    yield found

    def _safe(self, folder: Path) -> set[str] | None:
        """Give the files of the site's ``static/`` that are no link out of it, pipe or loop.

        ``None`` for a folder of another app, which Frozen-Flask's contract rules.
        """
        site = self.freezer.site
        if site is None or folder != site.root / site.settings.static:
            return None
        with trace.paused():
            found = files.scan(folder, hidden=True, name=site.settings.static)
        self.problems += [one for one in found.problems if one.severity == "error"]
        return {normalize("NFC", name) for name in found.files}

    def _hooks(self) -> bool:
        """Tell whether the app may change what Flask itself would send."""
        app, kind = self.app, type(self.app)
        return bool(
            app.before_request_funcs
            or app.after_request_funcs
            or app.url_value_preprocessors
            or "wsgi_app" in vars(app)
            or kind.wsgi_app is not Flask.wsgi_app
            or kind.full_dispatch_request is not Flask.full_dispatch_request
            or kind.process_response is not Flask.process_response
        )

    def content(self) -> Iterator[Found]:
        """Find all that the site's own content has, without building a URL twice."""
        site = self.freezer.site
        if site is None:
            return
        kinds = {"page": "blasto.page", "listing": "blasto.listing"}
        others = self._others()
        for url, target in site.routes.targets.items():
            if others and url.startswith(others) and self._taken(url, target):
                continue
            if not self._left_out(kinds.get(target.kind, f"blasto.{target.kind}"), url):
                yield Found(url, "blasto.content", target.source)
        for url, target in site.machine.items():
            if not self._left_out(f"blasto.{target.kind}", url):
                yield Found(url, f"blasto.{target.kind}", "blasto")
        for name in self.freezer.theme_files:
            if name.startswith("search.") and not site.has_search:
                continue
            yield Found(f"/static/blasto/{name}", "blasto.theme", "the theme")

    def _others(self) -> tuple[str, ...]:
        """Give how the URLs begin that other rules than the content's answer."""
        return tuple({
            rule.rule.partition("<")[0]
            for rule in self.app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and not rule.build_only and rule.endpoint != "blasto.content"
        })  # fmt: skip

    def _taken(self, url: str, target: Target) -> bool:
        """Tell whether another rule answers a URL of the content; written content must not be lost."""
        try:
            rule, _ = self._adapter.match(url, return_rule=True)
        except HTTPException:
            return False
        if rule.endpoint == "blasto.content":
            return False
        if target.written:
            self.problems.append(
                Problem(
                    f'two sources for the URL "{url}": {target.described} and '
                    f'the route "{rule.endpoint}" ({rule.rule})',
                    target.source,
                    hint="give the page another `slug`, `url` or name, or the route another rule",
                )
            )
        return True

    def take(self, found: Found) -> bool:
        """Count a URL's endpoint; tell whether the URL is new."""
        self.endpoints.add(found.endpoint)
        if found.url in self._seen:
            return False
        self._seen[found.url] = found.source
        return True

    @property
    def seen(self) -> Collection[str]:
        """All URLs that were found so far."""
        return self._seen.keys()

    def source(self, url: str) -> str:
        return self._seen.get(url, "")

    def called(self, calls: Iterable[tuple[str, str]], source: str) -> Iterator[Found]:
        """Turn logged ``url_for`` calls into URLs."""
        for endpoint, url in calls:
            if self._left_out(endpoint):
                continue
            if EXTERNAL.match(url):
                raise ValueError(f"External URLs not supported: {url}")
            found = self._string(url[len(self.base) :], endpoint, source, None)
            if found is not None:
                yield found

    def linked(self, links: Iterable[str], source: str) -> Iterator[Found]:
        """Turn links that a page's HTML or Markdown holds into URLs."""
        for link in links:
            url = self.local(link)
            if url is None or url in self._seen or url in self._nowhere:
                continue
            endpoint, there = self._match(url)
            if endpoint is None:
                self._nowhere.add(url)
            elif there not in self._seen and not self._left_out(endpoint, there):
                yield Found(there, None, source, weak=True)

    def _match(self, url: str) -> tuple[str | None, str]:
        """Give the endpoint that answers to a URL, and the URL with the slash it may lack.

        Content is looked up, not rendered; the endpoint is ``None`` where there is no answer.
        """
        try:
            endpoint, _ = self._adapter.match(url)
        except RequestRedirect:
            return self._match(url + "/") if not url.endswith("/") else (None, url)
        except HTTPException:
            if url.endswith("/index.html"):
                return self._match(url.removesuffix("index.html"))
            return None, url
        site = self.freezer.site
        if endpoint == "blasto.content" and site is not None:
            target = site.target(url)
            return (None if target is None else f"blasto.{target.kind}"), url
        return endpoint, url

    def expected(self, link: str) -> str | None:
        """Give the URL path of a link that has to lead somewhere: not to what is left out."""
        url = self.local(link)
        if url is None or url in self._seen or not self._leaves_out:
            return url
        return None if self._left_out(None, self._match(url)[1]) else url

    def local(self, link: str) -> str | None:
        """Give the URL path that a rooted link means, ``None`` outside the site."""
        path = output.split(link)[0]
        if not path.startswith(self.base + "/") or path.startswith("//"):
            return None
        try:
            return output.decode(path[len(self.base) :])
        except BlastoError:
            return None
