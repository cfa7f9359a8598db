"""Links that lead nowhere: every local link of the frozen site against what it has.

Runs when all URLs are known, rendered or reused. The message names file, line and column
where an author wrote the link, and the URL of the page where a template did.
"""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from urllib.parse import unquote

import msgspec

from . import links, output, trace
from .bodies import locate
from .errors import BlastoError, Problem
from .ledger import Row, unpack
from .pages import Page
from .site import Site

Written = Mapping[str, tuple[str, str]]
"""Content file and text of what an author wrote, by the link that became of it."""
Findings = list[tuple[str, Problem]]
_decoder = msgspec.msgpack.Decoder(Findings)


class LinkCheck:
    """Checks the links of one freeze.

    :param rows: every URL of the site.
    :param links: gives link targets by number: rooted, encoded, with base path and fragment.
    :param local: gives the decoded URL path of a target, ``None`` outside the site.
    :param past: the rows of the last freeze, whose links were checked then.
    """

    def __init__(
        self,
        rows: Mapping[str, Row],
        links: Callable[[], Mapping[int, str]],
        local: Callable[[str], str | None],
        past: Mapping[str, Row] | None = None,
    ) -> None:
        self.past = past or {}
        self.rows = rows
        self._links = links
        self.local = local
        self.paths = {row.path for row in rows.values() if row.path is not None}
        self._anchors: dict[str, set[str]] = {}
        self.changed: set[str] = set()
        """URLs whose findings are not those of the last freeze."""

    @cached_property
    def links(self) -> Mapping[int, str]:
        return self._links()

    def broken(self) -> dict[int, str]:
        """Give what is wrong with each broken link, by its number."""
        used = self._used()
        found = {}
        for number in used:
            target = self.links.get(number)
            wrong = self._wrong(target) if target is not None else None
            if wrong:
                found[number] = wrong
        return found

    def _used(self) -> set[int]:
        """Give the links to look at: all, or where the URLs are the same those that matter.

        That is the links of pages that were rendered, those that were broken, and those
        to pages whose fragments changed.
        """
        rows, past = self.rows, self.past
        used: set[int] = set()
        if rows.keys() != past.keys() or any(
            row.path != past[url].path for url, row in rows.items()
        ):
            for row in rows.values():
                used.update(unpack(row.links))
            return used
        moved = {url for url, row in rows.items() if row.anchors != past[url].anchors}
        if moved:
            used = {number for number, link in self.links.items() if self._leads_to(link) in moved}
        for url, row in rows.items():
            if row is not past[url] or row.findings:
                used.update(unpack(row.links))
        return used

    def _leads_to(self, target: str) -> str | None:
        url = self.local(output.split(target)[0])
        row = self._row(url) if url is not None else None
        return row.url if row is not None else None

    def _wrong(self, target: str) -> str | None:
        path, _, fragment = output.split(target)
        url = self.local(path)
        if url is None:
            return None
        row = self._row(url)
        if row is None:
            return "leads nowhere" if not self._file(url) else None
        if not fragment or fragment == "top" or ":~:" in fragment or row.type != "text/html":
            return None
        if unquote(fragment) not in self._ids(row) and fragment not in self._ids(row):
            return f'there is no "#{unquote(fragment)}" on that page'
        return None

    def _row(self, url: str) -> Row | None:
        for candidate in (url, url + "/", url.removesuffix("index.html")):
            row = self.rows.get(candidate)
            if row is not None and row.path is not None:
                return row
        return None

    def _file(self, url: str) -> bool:
        try:
            path = output.url_to_path(url)
        except BlastoError:
            return False
        return path in self.paths or path + ".html" in self.paths

    def _ids(self, row: Row) -> set[str]:
        if row.url not in self._anchors:
            self._anchors[row.url] = set(row.anchors.split("\n"))
        return self._anchors[row.url]

    def report(self, written: Callable[[str], Written | None], site: Site | None) -> list[Problem]:
        """Give a warning for each broken link, and keep them in the rows.

        :param written: gives for a URL rendered now what its authors wrote by link.
        """
        broken = self.broken()
        located: dict[int, tuple[str, str]] = {}
        missing: list[tuple[Row, list[int]]] = []
        problems: dict[tuple[str, int, int, str], Problem] = {}
        for row in self.rows.values():
            numbers = [number for number in unpack(row.links) if number in broken] if broken else []
            if not numbers:
                self._keep(row, [])
                continue
            missing.append((row, numbers))
        # In order, so that it does not matter which worker was the quicker.
        missing.sort(key=lambda one: one[0].url)
        known = {
            row.url: recalled(row.url, site) if own is None else own
            for row, _ in missing
            for own in (written(row.url),)
        }
        for row, numbers in missing:
            for number in numbers:
                if self.links[number] in known[row.url]:
                    located.setdefault(number, known[row.url][self.links[number]])
        for row, numbers in missing:
            reused = written(row.url) is None
            past = noted(row)
            found: Findings = []
            for number in numbers:
                link = self.links[number]
                text = known[row.url].get(link)
                problem = past.get(link) if text is None and reused else None
                if problem is None or not problem.message.endswith(broken[number]):
                    if text is None and reused:
                        # A list that is not rendered now shows what a page's author wrote.
                        text = located.get(number)
                    problem = self._problem(row, link, broken[number], text, site)
                found.append((link, problem))
            self._keep(row, found)
            for _, problem in found:
                problems.setdefault(problem.key, problem)
        return sorted(problems.values(), key=lambda problem: problem.key)

    def _keep(self, row: Row, found: Findings) -> None:
        findings = msgspec.msgpack.encode(found) if found else b""
        if findings != row.findings:
            row.findings = findings
            self.changed.add(row.url)

    def _problem(
        self, row: Row, link: str, wrong: str, written: tuple[str, str] | None, site: Site | None
    ) -> Problem:
        if written is None or site is None:
            return Problem(f'broken link: "{link}" {wrong}', severity="warning", url=row.url)
        path, text = written
        hint = _held_back(site, path, text)
        line, column, source = locate(site.content_folder / path, text)
        message = f'broken link: "{text}" {wrong}'
        return Problem(
            message, f"{site.shown}/{path}", line, column, hint, source, "warning", row.url
        )


def recalled(url: str, site: Site | None) -> Mapping[str, tuple[str, str]]:
    """Give what the author of a page that was reused wrote, from its rendered body."""
    target = site.target(url) if site is not None else None
    if site is None or target is None:
        return {}
    shown: list[Page] = []
    page = site.all_pages.get(target.name) if target.kind == "page" else None
    if target.kind == "listing":
        kind, _, name = target.name.partition("|")
        listing = site.libraries[target.scope].listing(kind, name)
        start = (target.number - 1) * listing.page_size
        page, shown = listing.index, list(listing.members[start : start + listing.page_size])
    with trace.recording() as past:
        if page is not None:
            with contextlib.suppress(BlastoError):
                site.rendered(page)
            shown.append(page)
        for one in shown:
            with contextlib.suppress(BlastoError):
                site.summary(one)
                if one.image_source:
                    site.resource(one, one.image_source)
    return past.references


def _held_back(site: Site, path: str, written: str) -> str | None:
    """Say why a link's target is not there, where it is a page that is not published."""
    try:
        target = output.decode(output.split(written)[0])
    except BlastoError:
        return None
    folder = "" if target.startswith("/") else path.rpartition("/")[0]
    plain = posixpath.normpath(f"{folder}/{target.lstrip('/')}").lstrip("/")
    stem = plain.removesuffix(".html")
    for name in (plain, *(stem + ending for ending in links.PAGE_ENDINGS)):
        page = site.contents.pages.get(name)
        if page is not None and name not in site.routes.pages:
            if page.draft:
                return f'"{name}" is a draft'
            late = page.date is not None and page.date > site.now
            return f'"{name}" has a date to come' if late else f'"{name}" has expired'
    return None


def noted(row: Row) -> dict[str, Problem]:
    """Give what the last freeze found wrong with the links of a URL, by link."""
    return dict(_decoder.decode(row.findings)) if row.findings else {}


def stored(rows: Iterable[Row]) -> list[Problem]:
    """Give the findings of a past freeze again."""
    problems: dict[tuple[str, int, int, str], Problem] = {}
    for row in sorted(rows, key=lambda row: row.url):
        for _, problem in _decoder.decode(row.findings) if row.findings else ():
            problems.setdefault(problem.key, problem)
    return sorted(problems.values(), key=lambda problem: problem.key)
