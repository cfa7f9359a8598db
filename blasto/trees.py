"""The frozen tree as a check sees it: its files, its pages read, what each was made from.

First step of ``check``. The files are those of the output folder, or those that a freeze
has ready and does not publish; the ledger says which URL and source each has.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from . import documents, trace, workers
from .documents import Document
from .errors import Problem, UsageError
from .files import scan
from .ledger import Ledger, Row

if TYPE_CHECKING:
    from .freezer import Freezer

PAGES = (".html", ".htm", ".xhtml")
TEXTS = (".css", ".js", ".mjs", ".json", ".webmanifest", ".xml", ".svg", ".txt")
_documents = msgspec.msgpack.Decoder(list[Document])


@dataclass
class Tree:
    """The files of a site by their name in the output, a POSIX path.

    :param root: the output folder.
    :param sizes: bytes by name.
    :param staged: where a file lies that is not in the folder yet.
    :param rows: what the ledger knows of a file, by name.
    """

    root: Path
    sizes: dict[str, int]
    staged: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Row] = field(default_factory=dict)

    @cached_property
    def folders(self) -> set[str]:
        found: set[str] = {""}
        for name in self.sizes:
            folder = name.rpartition("/")[0]
            while folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
        return found

    def file(self, name: str) -> bool:
        return name in self.sizes

    def folder(self, name: str) -> bool:
        return name in self.folders

    def place(self, name: str) -> str:
        """Give the path of a file on the disk."""
        return self.staged.get(name) or f"{self.root}/{name}"

    def bytes(self, name: str) -> bytes:
        with trace.paused():
            return Path(self.place(name)).read_bytes()

    def text(self, name: str) -> str:
        return self.bytes(name).decode("utf-8", "replace")

    def ending(self, endings: Sequence[str]) -> list[str]:
        return sorted(name for name in self.sizes if name.lower().endswith(tuple(endings)))

    def documents(self, count: int) -> dict[str, Document]:
        """Read every page, on all cores."""
        names = self.ending(PAGES)
        pieces = list(workers.chunks(names, count, 500))
        read: list[Document] = []
        for data in workers.spread(_read, [(self, piece) for piece in pieces], count):
            read += _documents.decode(data)
        return dict(zip(names, read, strict=True))


def _read(tree: Tree, names: Iterable[str]) -> bytes:
    return msgspec.msgpack.encode([documents.read(tree.text(name)) for name in names])


def frozen(freezer: Freezer) -> Tree:
    """Give the tree that was published last.

    :raises UsageError: there is none.
    """
    root = freezer.root
    if not root.is_dir():
        raise UsageError.at(
            f"there is no frozen site in {root}", hint="run blasto freeze first, or add --live"
        )
    with trace.paused():
        found = scan(root, hidden=True).files
    rows = {row.path: row for row in _rows(freezer) if row.path is not None}
    return Tree(root, {name: stat.size for name, stat in found.items() if not _aside(name)},
                rows=rows)  # fmt: skip


def _aside(name: str) -> bool:
    return name.startswith(".git/")


def _rows(freezer: Freezer) -> list[Row]:
    """Give what the ledger knows; without one, findings name the files of the output."""
    path = freezer.state_file("sqlite")
    if not path.is_file():
        return []
    try:
        with closing(Ledger(path, readonly=True)) as ledger:
            return list(ledger.rows())
    except sqlite3.Error:
        return []


def warnings(freezer: Freezer) -> list[Problem]:
    """Give what the last freeze warned of that belongs to no file."""
    path = freezer.state_file("sqlite")
    if not path.is_file():
        return []
    with contextlib.suppress(sqlite3.Error), closing(Ledger(path, readonly=True)) as ledger:
        return ledger.warnings()
    return []


def to_come(root: Path, rows: Iterable[Row], staged: Mapping[str, str]) -> Tree:
    """Give the tree that a freeze would publish.

    :param rows: what it found, of every URL.
    :param staged: where a changed file waits, by its name.
    """
    known = {row.path: row for row in rows if row.path is not None}
    sizes = {
        name: os.path.getsize(staged[name]) if name in staged else row.size
        for name, row in known.items()
    }
    return Tree(root, sizes, staged, known)
