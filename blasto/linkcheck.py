"""Links that lead nowhere: every local link of the frozen site against what it has.

Runs when all URLs are known, rendered or reused. The message names file, line and column
where an author wrote the link, and the URL of the page where a template did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import unquote

import msgspec

from . import output
from .bodies import locate
from .errors import BlastoError, Problem
from .ledger import Row, unpack
from .site import Site

Findings = list[tuple[str, Problem]]
_decoder = msgspec.msgpack.Decoder(Findings)


class LinkCheck:
    """Checks the links of one freeze.

    :param rows: every URL of the site.
    :param links: link targets by number: rooted, encoded, with base path and fragment.
    :param local: gives the decoded URL path of a target, ``None`` outside the site.
    """

    def __init__(
        self,
        rows: Mapping[str, Row],
        links: Mapping[int, str],
        local: Callable[[str], str | None],
    ) -> None:
        self.rows = rows
        self.links = links
        self.local = local
        self.paths = {row.path for row in rows.values() if row.path is not None}
        self._anchors: dict[str, set[str]] = {}

    def broken(self) -> dict[int, str]:
        """Give what is wrong with each broken link, by its number."""
        used: set[int] = set()
        for row in self.rows.values():
            used.update(unpack(row.links))
        found = {}
        for number in used:
            target = self.links.get(number)
            wrong = self._wrong(target) if target is not None else None
            if wrong:
                found[number] = wrong
        return found

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

    def report(
        self, references: Mapping[str, Mapping[str, tuple[str, str]]], site: Site | None
    ) -> list[Problem]:
        """Give a warning for each broken link, and keep them in the rows.

        :param references: for each URL rendered now, what its authors wrote by link.
        """
        broken = self.broken()
        problems: dict[tuple[str, int, int, str], Problem] = {}
        for url, row in self.rows.items():
            past = dict(_decoder.decode(row.findings)) if row.findings else {}
            found: Findings = []
            if broken:
                for number in unpack(row.links):
                    if number in broken:
                        link = self.links[number]
                        known = past.get(link) if url not in references else None
                        written = references.get(url, {}).get(link)
                        found.append((link, known or self._problem(row, link, broken[number], written, site)))
            row.findings = msgspec.msgpack.encode(found) if found else b""
            for _, problem in found:
                problems.setdefault(problem.key, problem)
        return sorted(problems.values(), key=lambda problem: problem.key)

    def _problem(
        self, row: Row, link: str, wrong: str, written: tuple[str, str] | None, site: Site | None
    ) -> Problem:
        if written is None or site is None:
            return Problem(f'broken link: "{link}" {wrong}', severity="warning", url=row.url)
        path, text = written
        hint = None
        target = site.contents.pages.get(output.split(text)[0].lstrip("./"))
        if target is not None and target.draft:
            hint = f'"{target.path}" is a draft'
        line, column, source = locate(site.content_folder / path, text)
        message = f'broken link: "{text}" {wrong}'
        return Problem(message, f"{site.shown}/{path}", line, column, hint, source, "warning", row.url)


def stored(rows: Iterable[Row]) -> list[Problem]:
    """Give the findings of a past freeze again."""
    problems = {
        problem.key: problem
        for row in rows
        if row.findings
        for _, problem in _decoder.decode(row.findings)
    }
    return sorted(problems.values(), key=lambda problem: problem.key)
