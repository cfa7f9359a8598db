"""Content read again and again by a process that goes on: only what changed is read.

Beside ``contents``, for the server that shows a site while it is written. Stats are
compared, digests remembered, and a file that was read before is not parsed again while
the same is asked of it.
"""

from __future__ import annotations

import os
import stat as modes
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from . import files
from .contents import Contents, Spread, serially
from .pages import MARKDOWN, Page, Reading, encode

Calls = Sequence[tuple[object, ...]]
# What an edit of the text alone changes of a page.
TEXT = ("digest", "body_line", "counted")


class Rereading:
    """What was read so far.

    :param digests: digests of files that are known from elsewhere.
    """

    def __init__(self, digests: files.Digests | None = None) -> None:
        self.digests = digests or files.Digests()
        self.scans: tuple[files.Scan, files.Scan] | None = None
        self._folders: tuple[Path, Path] | None = None
        self._known: dict[str, tuple[str, object, object, Reading]] = {}
        self.read = 0
        """How many pages were parsed."""

    def look(self, contents: Contents, changed: Collection[str] | None = None) -> bool:
        """Look at the files by their stat; tell whether any differs from last time.

        :param changed: the files that may differ, by absolute path, where that is known.
        """
        folders = (contents.folder, contents.public_folder)
        before = self.scans if folders == self._folders else None
        if before is None or changed is None or not self._touched(folders, before, changed):
            self._folders, self.scans = folders, contents.look()
        return self.scans != before

    def _touched(
        self,
        folders: tuple[Path, Path],
        scans: tuple[files.Scan, files.Scan],
        changed: Iterable[str],
    ) -> bool:
        """Take over what became of plain files; tell whether that was all there is to see."""
        found = [dict(scan.files) for scan in scans]
        for path in changed:
            for folder, known in zip(folders, found, strict=True):
                if path == str(folder):
                    return False
                if path.startswith(f"{folder}{os.sep}"):
                    name = path[len(str(folder)) + 1 :].replace(os.sep, "/")
                    if not _take(path, name, known):
                        return False
        self.scans = (
            files.Scan(found[0], scans[0].problems),
            files.Scan(found[1], scans[1].problems),
        )
        return True

    def fill(
        self,
        contents: Contents,
        remembered: Mapping[str, tuple[str, bytes]] | None = None,
        spread: Spread = serially,
    ) -> None:
        """Read what :meth:`look` found, as far as it is not known.

        :param remembered: digest and encoded page by path, from an earlier freeze.
        :param spread: reads many files, maybe in parallel.
        """
        contents.keeps = False
        found, public = contents.scan(self.digests, self.scans)

        def again(function: Callable[..., list[Reading]], calls: Calls) -> Iterable[list[Reading]]:
            return self._again(found, contents, remembered or {}, function, calls, spread)

        contents.load(found, public, None, again)

    def pages(self) -> list[tuple[str, str, bytes]]:
        """Give path, digest and encoded page of each file that was read without a problem."""
        return [
            (path, digest, encode(reading.page))
            for path, (digest, _, _, reading) in list(self._known.items())
            if reading.page is not None and not reading.problems
        ]

    def _again(
        self,
        digests: Mapping[str, str],
        contents: Contents,
        remembered: Mapping[str, tuple[str, bytes]],
        function: Callable[..., list[Reading]],
        calls: Calls,
        spread: Spread,
    ) -> Iterable[list[Reading]]:
        """Answer each call from what is known; ask for the rest."""
        known = self._known
        wanted: list[tuple[object, ...]] = []
        for work, items in calls:
            missing = []
            for item in items:  # type: ignore[attr-defined]
                path = item[0]
                past = known.get(path)
                if past is not None and past[:3] == (digests[path], work, item):
                    continue
                page = None
                if path in remembered:
                    page = contents.recall(remembered[path], digests[path], item[2], item[3][1])
                if page is not None:
                    known[path] = (digests[path], work, item, Reading(page))
                else:
                    missing.append(item)
            if missing:
                wanted.append((work, missing))
        for (work, items), readings in zip(wanted, spread(function, wanted), strict=True):
            for item, reading in zip(items, readings, strict=True):  # type: ignore[call-overload]
                known[item[0]] = (digests[item[0]], work, item, reading)
                self.read += 1
        for _, items in calls:
            yield [_copy(known[item[0]][3]) for item in items]  # type: ignore[attr-defined]
        if len(known) > len(digests):
            for path in known.keys() - digests.keys():
                del known[path]


def _take(path: str, name: str, known: dict[str, files.Stat]) -> bool:
    """Take over one file that came, went or changed, unless it needs a closer look."""
    try:
        result = os.lstat(path)
    except FileNotFoundError:
        return known.pop(name, None) is not None
    except OSError:
        return False
    if not modes.S_ISREG(result.st_mode) or not name.isascii():
        return False
    if name not in known:
        folder, _, last = name.rpartition("/")
        beside = f"{folder}/" if folder else ""
        if last.startswith((".", "_")) or not last.lower().endswith(MARKDOWN):
            return False
        if not any(one.startswith(beside) for one in known):
            return False
        known[name] = files.Stat.of(result)
        in_order = sorted(known.items())
        known.clear()
        known.update(in_order)
    known[name] = files.Stat.of(result)
    return True


def _copy(reading: Reading) -> Reading:
    """Give a page of its own: what is made of it must not stay in what was read."""
    if reading.page is None:
        return reading
    return Reading(msgspec.structs.replace(reading.page), reading.problems)


def renewed(old: Contents, new: Contents) -> bool:
    """Bring content that is in use up to date, if only texts of its pages changed."""
    changed = _texts(old, new)
    for was, page in changed or ():
        for name, value in _text(page).items():
            setattr(was, name, value)
    if changed is not None:
        old.problems = new.problems
    return changed is not None


def _texts(old: Contents, new: Contents) -> list[tuple[Page, Page]] | None:
    """Give old and new page of each text that changed, ``None`` where more than texts did."""
    if old.pages.keys() != new.pages.keys() or old.assets != new.assets or old.public != new.public:
        return None
    changed = []
    for path, page in new.pages.items():
        was = old.pages[path]
        if page == was:
            continue
        if msgspec.structs.replace(page, **_text(was)) != was:
            return None
        changed.append((was, page))
    return changed


def _text(page: Page) -> dict[str, Any]:
    return {name: getattr(page, name) for name in TEXT}
