"""From something in a page's HTML back to the line that somebody wrote.

Third step of ``check``. Tried in this order: what the page's author wrote for a link, the
text itself in the page's source, in the templates that its URL used, the view; and where
nothing of it is known, the line of the published file.
"""

from __future__ import annotations

import contextlib
import html
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from jinja2 import TemplateNotFound
from werkzeug.exceptions import HTTPException

from . import bodies, contract, diagnose, linkcheck, output, trace
from .files import Digests
from .ledger import Ledger, Row, unpack
from .pages import MARKDOWN
from .today import Today

if TYPE_CHECKING:
    from .errors import Problem
    from .freezer import Freezer
    from .pages import Page
    from .trees import Tree


class Place(NamedTuple):
    """A line of a source; ``written`` is a link as its author wrote it there."""

    path: str
    line: int | None = None
    column: int | None = None
    source: str | None = None
    written: str = ""


class Finding(NamedTuple):
    """Something wrong, before it is known where it was written.

    :param name: the file in the output that it was seen in.
    :param target: the link, where it is one.
    :param needles: texts to look for in the sources, where it is none.
    :param whole: whether it is about the file as a whole.
    """

    rule: str
    message: str
    name: str
    target: str = ""
    needles: tuple[str, ...] = ()
    hint: str | None = None
    whole: bool = False
    place: Place | None = None


class Sources:
    """Finds places; content is loaded when the first is asked for.

    :param freezer: of the site.
    :param tree: whose rows say what each file was made from.
    """

    def __init__(self, freezer: Freezer, tree: Tree) -> None:
        self.freezer = freezer
        self.tree = tree
        self.root = freezer.project_root
        self._texts: dict[str, str | None] = {}
        self._made: dict[tuple[tuple[str, ...], str], Place | None] = {}
        self._noted: dict[str, Mapping[str, Problem]] = {}
        self._written: dict[str, Mapping[str, tuple[str, str]]] = {}
        self._templates: dict[bytes, list[str]] = {}
        self._ledger: Ledger | None = None

    def close(self) -> None:
        """Let go of the ledger."""
        if self._ledger is not None:
            self.freezer.leave_bodies()
            self._ledger.db.close()
            self._ledger = None

    def link(self, name: str, target: str, here: str) -> Place:
        """Find where a link was written.

        :param name: the file in the output that it stands in.
        :param target: the link as it stands there.
        :param here: the page's URL, encoded and with the base path.
        """
        row, made = self.tree.rows.get(name), False
        if row is not None and self.freezer.site is not None:
            rooted = target if target.startswith("/") else urljoin(here, target)
            # A link that the freeze found broken, and nobody's text has, is a template's.
            past = self.noted(row).get(rooted)
            made = past is not None and past.path is None
            written = {} if made else self.written(row.url)
            for spelling in (rooted, re.sub(r"(^|/)index\.html(?=[#?]|$)", r"\1", rooted)):
                if spelling in written:
                    path, text = written[spelling]
                    line, column, line_text = bodies.locate(
                        self.freezer.site.content_folder / path, text
                    )
                    shown = f"{self.freezer.site.shown}/{path}"
                    return Place(shown, line or 1, column, line_text, text)
        bare = target.removeprefix(self.freezer.script_name) if target.startswith("/") else target
        path, _, _ = output.split(bare)
        needles = [f'"{bare}"', bare, html.escape(bare), path.rpartition("/")[2]]
        if made and row is not None:
            # Pages that use the same templates have it from the same place.
            key = (tuple(self._used(row)), bare)
            if key not in self._made:
                self._made[key] = self._search(self._templates_of(row), needles)
            found = self._made[key]
            if found is not None:
                return found
        return self.text(name, needles)

    def text(self, name: str, needles: Iterable[str]) -> Place:
        """Find where a text stands, by the first of ``needles`` that any source has.

        :param name: the file in the output that it stands in.
        """
        row = self.tree.rows.get(name)
        wanted = list(dict.fromkeys(needle for needle in needles if needle))
        found = self._search(self._candidates(row), wanted) if row is not None else None
        return self.whole(name, wanted) if found is None else found

    def _search(self, paths: Iterable[str], needles: Iterable[str]) -> Place | None:
        for path in paths:
            text = self._text(path)
            for needle in needles if text is not None else ():
                assert text is not None
                at = text.find(needle) if needle else -1
                if at >= 0:
                    at += 1 if needle[0] == '"' and len(needle) > 1 else 0
                    return _placed(diagnose.shown(path, self.root), text, at)
        return None

    def whole(self, name: str, needles: Iterable[str] = ()) -> Place:
        """Give the source of a page as a whole: its file, its view, or the file itself."""
        row = self.tree.rows.get(name)
        source = self._source(row) if row is not None else None
        if source is not None:
            return Place(diagnose.shown(str(source), self.root), 1)
        view = self._view(row) if row is not None else None
        if view is not None:
            return view
        text = self.tree.text(name)
        found = (at for needle in needles if (at := text.find(needle)) >= 0)
        shown = diagnose.shown(f"{self.tree.root}/{name}", self.root)
        return _placed(shown, text, next(found, 0))

    def _candidates(self, row: Row) -> Iterator[str]:
        """Give the files that the text of a page may come from, the likeliest first."""
        source = self._source(row)
        if source is not None:
            yield str(source)
        yield from self._templates_of(row)

    def _templates_of(self, row: Row) -> Iterator[str]:
        """Give the files of the templates that a URL used."""
        for template in self._used(row):
            with contextlib.suppress(TemplateNotFound), trace.paused():
                loader = self.freezer.app.jinja_env.loader
                assert loader is not None
                file = loader.get_source(self.freezer.app.jinja_env, template)[1]
                if file:
                    yield file

    def _source(self, row: Row) -> Path | None:
        """Give the file of the project that a URL was made from, if it is one file."""
        if row.endpoint in self._static:
            return self._static_file(row)
        for name in (row.source, self._index(row)):
            if name and "\n" not in name:
                with contextlib.suppress(OSError, ValueError):
                    path = self.root / name
                    if path.is_file():
                        return path
        return None

    @cached_property
    def _static(self) -> frozenset[str]:
        return frozenset(self.freezer.static_endpoints())

    def _static_file(self, row: Row) -> Path | None:
        """Give the file behind a URL of Flask's own view of static files."""
        app = self.freezer.app
        with contextlib.suppress(HTTPException):
            _, values = app.url_map.bind("localhost").match(row.url)
            owner = contract.owner(app.view_functions[row.endpoint or ""]) or app
            if owner.static_folder is not None and "filename" in values:
                path = Path(owner.static_folder) / values["filename"]
                return path if path.is_file() else None
        return None

    def _index(self, row: Row) -> str | None:
        """Give the page that a listing shows above its list."""
        site = self.freezer.site
        if site is None or not row.source.startswith(("the list", "page ")):
            return None
        self.load()
        target = site.target(row.url)
        if target is None or target.kind != "listing":
            return None
        kind, _, name = target.name.partition("|")
        index = site.library.listing(kind, name).index
        return f"{site.shown}/{index.path}" if index else None

    def _view(self, row: Row) -> Place | None:
        view = self.freezer.app.view_functions.get(row.endpoint or "")
        code = getattr(getattr(view, "__wrapped__", view), "__code__", None)
        if code is None:
            return None
        path = diagnose.shown(code.co_filename, self.root)
        return None if path.startswith(("/", ".venv/")) else Place(path, code.co_firstlineno)

    def _text(self, path: str) -> str | None:
        if path not in self._texts:
            with trace.paused():
                try:
                    self._texts[path] = Path(path).read_text(encoding="utf-8")
                except (OSError, UnicodeDecodeError):
                    self._texts[path] = None
        return self._texts[path]

    def _used(self, row: Row) -> list[str]:
        """Give the templates that a URL used, the site's own first."""
        if row.observations not in self._templates:
            names = [
                self.templates[one] for one in unpack(row.observations) if one in self.templates
            ]
            self._templates[row.observations] = sorted(names)
        return self._templates[row.observations]

    @cached_property
    def templates(self) -> dict[int, str]:
        """Templates that some URL used, by the number of the observation."""
        ledger = self.ledger
        if ledger is None:
            return {}
        return {
            number: name for number, kind, name, digest in ledger.observations()
            if kind == "template" and digest
        }  # fmt: skip

    @property
    def ledger(self) -> Ledger | None:
        """The ledger of the last freeze, if there is one."""
        path = self.freezer.state_file("sqlite")
        if self._ledger is None and path.is_file():
            with contextlib.suppress(sqlite3.Error):
                self._ledger = Ledger(path, readonly=True)
        return self._ledger

    def load(self) -> None:
        """Read content, with what the ledger remembers of it."""
        site = self.freezer.site
        if site is None or site._contents is not None:
            return
        ledger = self.ledger
        if ledger is None:
            site.load()
            return
        today = Today(self.freezer, Digests(ledger.files()), ledger)
        today.load(1)
        self.freezer.use_bodies(ledger.path, today.rendering)

    def page(self, name: str) -> Page | None:
        """Give the page that a file of the output shows."""
        site, row = self.freezer.site, self.tree.rows.get(name)
        if site is None or row is None or not row.source.endswith(MARKDOWN):
            return None
        self.load()
        return site.all_pages.get(row.source.removeprefix(f"{site.shown}/"))

    def noted(self, row: Row) -> Mapping[str, Problem]:
        """Give what the freeze found wrong with the links of a URL, by link."""
        if row.url not in self._noted:
            self._noted[row.url] = linkcheck.noted(row)
        return self._noted[row.url]

    def written(self, url: str) -> Mapping[str, tuple[str, str]]:
        """Give file and text of the links that authors wrote in a page, by what they became."""
        if url not in self._written:
            self.load()
            self._written[url] = linkcheck.recalled(url, self.freezer.site)
        return self._written[url]


def _placed(path: str, text: str, at: int) -> Place:
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    source = text[start : end if end >= 0 else None]
    return Place(path, text.count("\n", 0, at) + 1, at - start + 1, source)
