"""Front matter that a section's index hands down to every page below it: ``cascade``.

Beside ``contents``, which reads the indexes of sections first, from the top down, and then
all other pages with what comes down to them. What a page says itself comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import msgspec

from . import trace


class Cascades:
    """What comes down to each folder, gathered from the top."""

    def __init__(self) -> None:
        self._said: dict[str, dict[str, Any]] = {}
        self._known: dict[str, tuple[dict[str, Any], str]] = {"": ({}, "")}

    def add(self, folder: str, cascade: Mapping[str, Any] | None) -> None:
        """Take in what the index of a folder hands down."""
        if cascade:
            self._said[folder] = dict(cascade)
            self._known.clear()

    def of(self, path: str, index: bool = False) -> tuple[dict[str, Any], str]:
        """Give what comes down to a page, nearer folders first, and its digest (``""`` for none).

        :param index: the page is its folder's index, so what it says itself is not for it.
        """
        folder = path.rpartition("/")[0]
        if not self._said or (index and not folder):
            return {}, ""
        return self._of(folder.rpartition("/")[0] if index else folder)

    def _of(self, folder: str) -> tuple[dict[str, Any], str]:
        if folder not in self._known:
            above = self._of(folder.rpartition("/")[0])[0] if folder else {}
            merged = {**above, **self._said.get(folder, {})}
            data = msgspec.msgpack.encode(merged, order="deterministic")
            self._known[folder] = (merged, trace.digest(data) if merged else "")
        return self._known[folder]


def levels(
    paths: Iterable[str], indexes: Collection[str], placed: Callable[[str], str] = str
) -> list[list[str]]:
    """Give the indexes of folders that hold other pages, those of one depth together.

    :param placed: gives a file's place in the tree, where that is not its path.
    """
    crowded: set[str] = set()
    for path in paths:
        folder = placed(path).rpartition("/")[0]
        if path in indexes:
            if not folder:
                continue
            folder = folder.rpartition("/")[0]
        while folder not in crowded:
            crowded.add(folder)
            folder = folder.rpartition("/")[0]
    found: dict[int, list[str]] = {}
    for path in sorted(indexes):
        folder = placed(path).rpartition("/")[0]
        if folder in crowded:
            found.setdefault(folder.count("/") + bool(folder), []).append(path)
    return [found[depth] for depth in sorted(found)]
