"""The files of a site: what lies under ``content/`` and ``public/``, read once.

Between ``pages`` and ``library``. A file whose digest is known from an earlier freeze is
not parsed again; the others are read through ``spread``, which may use all cores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from . import files, pages, trace
from .cascades import Cascades, levels
from .config import Config
from .errors import Problem
from .languages import Codes, codes, split
from .pages import INDEX_NAMES, MARKDOWN, Page, Reading

IGNORED = ("_defaults.toml", "Thumbs.db", "*~")
CHUNK = 64


class Work(msgspec.Struct):
    """What a process needs to know to read pages: plain data."""

    root: str
    shown: str
    zone: str
    excerpt_words: int
    taxonomies: tuple[str, ...]
    languages: Codes


Spread = Callable[[Callable[..., list[Reading]], Sequence[tuple[object, ...]]],
                  Iterable[list[Reading]]]  # fmt: skip


def serially(
    function: Callable[..., list[Reading]], calls: Sequence[tuple[object, ...]]
) -> Iterable[list[Reading]]:
    """Call a function once for each tuple of arguments, in this process."""
    return (function(*call) for call in calls)


class Contents:
    """All content of a site, drafts included.

    :param root: the project; content lies in ``config.content`` below it.
    :param kinds: class by content folder that front matter must fit.
    """

    def __init__(self, root: Path, config: Config, kinds: Mapping[str, type]) -> None:
        self.config = config
        self.kinds = kinds
        self.languages = codes(config)
        self.folder = root / config.content
        self.public_folder = root / config.public
        try:
            self.shown = self.folder.relative_to(root).as_posix()
        except ValueError:
            self.shown = str(self.folder)
        self.pages: dict[str, Page] = {}
        self.assets: list[str] = []
        self.public: list[str] = []
        self.digests: Mapping[str, str] = {}
        self.public_digests: Mapping[str, str] = {}
        self.problems: list[Problem] = []
        self.fresh: dict[str, tuple[str, bytes]] = {}
        self.keeps = True
        """Whether ``fresh`` is to hold what was read, encoded."""

    def look(self) -> tuple[files.Scan, files.Scan]:
        """Find all files, those of the content and those of ``public/``, by their stat."""
        found = files.scan(self.folder, ignore=IGNORED, name=self.shown)
        return found, files.scan(self.public_folder, hidden=True)

    def scan(
        self, digests: files.Digests, looked: tuple[files.Scan, files.Scan] | None = None
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Find all files; give the digest of each content file and each public file.

        :param looked: what :meth:`look` gave.
        """
        found, public = looked or self.look()
        content, unread = digests.digests(self.folder, found.files, self.shown + "/")
        root, lost = digests.digests(self.public_folder, public.files, self.config.public + "/")
        self.problems = [*found.problems, *public.problems, *unread, *lost]
        return content, root

    def load(
        self,
        digests: Mapping[str, str],
        public: Mapping[str, str] | None = None,
        remembered: Mapping[str, tuple[str, bytes]] | None = None,
        spread: Spread = serially,
    ) -> None:
        """Read every page.

        :param digests: digest by path of every content file.
        :param public: the same of the public files.
        :param remembered: digest and encoded page by path, from an earlier freeze.
        :param spread: calls a function with each of many arguments, maybe in parallel.
        """
        sources = [path for path in digests if path.lower().endswith(MARKDOWN)]
        self.assets = [path for path in digests if not path.lower().endswith(MARKDOWN)]
        self.digests, self.public_digests = digests, public or {}
        self.public = list(self.public_digests)
        indexes = choose_indexes(sources, self.languages)
        work = Work(
            str(self.folder),
            self.shown,
            self.config.timezone,
            self.config.summary_words,
            self.config.taxonomies,
            self.languages,
        )
        handed = Cascades()
        first = levels(sources, indexes, self._placed)
        for level in first:
            self._read(level, work, indexes, handed, digests, remembered or {}, spread)
            for path in level:
                page = self.pages.get(path)
                folder = self._placed(path).rpartition("/")[0]
                handed.add(folder, page.cascade if page else None)
        done = {path for level in first for path in level}
        rest = [path for path in sources if path not in done]
        self._read(rest, work, indexes, handed, digests, remembered or {}, spread)

    def _read(
        self,
        paths: Iterable[str],
        work: Work,
        indexes: set[str],
        handed: Cascades,
        digests: Mapping[str, str],
        remembered: Mapping[str, tuple[str, bytes]],
        spread: Spread,
    ) -> None:
        """Take some pages from memory, and read those that are not as they were."""
        wanted: list[str] = []
        for path in paths:
            index = path in indexes
            coming = handed.of(self._placed(path), index)
            page = None
            if path in remembered:
                kept = remembered[path]
                page = self.recall(kept, digests[path], index, coming[1])
            if page is None:
                wanted.append(path)
            else:
                self.pages[path] = page
        chunks = [wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK)]
        calls = [
            (work, [
                (path, self.kind_of(path), path in indexes,
                 handed.of(self._placed(path), path in indexes))
                for path in chunk
            ])
            for chunk in chunks
        ]  # fmt: skip
        for chunk, readings in zip(chunks, spread(read_many, calls), strict=True):
            for path, reading in zip(chunk, readings, strict=True):
                self.problems.extend(reading.problems)
                if reading.page is not None:
                    self.pages[path] = reading.page
                    if self.keeps and not reading.problems:
                        self.fresh[path] = (reading.page.digest, pages.encode(reading.page))

    def _placed(self, path: str) -> str:
        """Give a file's place in the tree that front matter is handed down: one a language."""
        scope, key = split(path, self.languages)
        return f"{scope}{trace.MARK}/{key}" if scope else key

    def recall(
        self, kept: tuple[str, bytes], digest: str, index: bool, cascaded: str
    ) -> Page | None:
        """Give a page that is remembered, where it would be the same if it was read now.

        :param kept: the digest of the file that it was read from, and the encoded page.
        :param cascaded: the digest of what comes down to the page.
        """
        if kept[0] != digest:
            return None
        try:
            page = pages.decode(kept[1], self.config.zone)
        except msgspec.DecodeError:
            return None
        return page if (page.is_index, page.cascaded) == (index, cascaded) else None

    def digest(self, name: str) -> str:
        """Give the digest of a content file, or of a public file whose name has a slash first."""
        public = name.startswith("/")
        found = self.public_digests.get(name[1:]) if public else self.digests.get(name)
        return found or ""

    def kind_of(self, path: str) -> type | None:
        """Give the class for a file: that of the nearest folder which has one."""
        folder = split(path, self.languages)[1].rpartition("/")[0]
        while folder:
            if folder in self.kinds:
                return self.kinds[folder]
            folder = folder.rpartition("/")[0]
        return self.kinds.get("")

    def published(self, now: datetime) -> list[Page]:
        """Give the pages that are to be seen at ``now``: no drafts, future or expired ones
        unless the configuration asks for them, and none that has no outputs.
        """
        config = self.config
        return [
            page
            for page in self.pages.values()
            if page.outputs != []
            and (config.drafts or not page.draft)
            and (config.future or page.date is None or page.date <= now)
            and (config.expired or page.expires is None or page.expires > now)
        ]

    def changes(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """Give the last and the next instant at which the clock alone changes what is published."""
        instants = {
            instant
            for page in self.pages.values()
            for instant in (page.date, page.expires)
            if instant is not None
        }
        past = max((instant for instant in instants if instant <= now), default=None)
        return past, min((instant for instant in instants if instant > now), default=None)


Item = tuple[str, type | None, bool, tuple[dict[str, Any], str]]
"""A page to read: its path, its kind, whether it is an index, and what comes down to it."""


def read_many(work: Work, items: Sequence[Item]) -> list[Reading]:
    """Read some pages; runs in any process."""
    from .reading import read  # here, for a freeze with nothing to do reads no page

    root, zone = Path(work.root), ZoneInfo(work.zone)
    with trace.paused():
        return [
            read(
                root, path, zone, shown=f"{work.shown}/{path}",
                excerpt_words=work.excerpt_words, kind=kind, index=index,
                taxonomies=work.taxonomies, languages=work.languages, handed=handed,
            )
            for path, kind, index, handed in items
        ]  # fmt: skip


def choose_indexes(paths: Iterable[str], languages: Codes = ()) -> set[str]:
    """Give the files that speak for their folder: ``_index``, ``index``, else ``README``.

    :param languages: the site's languages, where there are several: each has its own.
    """
    best: dict[tuple[str, str], tuple[int, str]] = {}
    for path in paths:
        scope, key = split(path, languages)
        folder, _, name = key.rpartition("/")
        stem = name.rpartition(".")[0]
        if stem in INDEX_NAMES:
            rank = (INDEX_NAMES.index(stem), path)
            place = (scope or "", folder)
            best[place] = min(rank, best.get(place, rank))
    return {path for _, path in best.values()}
