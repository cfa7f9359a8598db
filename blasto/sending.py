"""From a frozen tree to an object store: which files, of which type, with which digest.

Between ``publishing``, which made the tree, and ``store``, which brings a store to it.
After a freeze the ledger knows every file; of a folder alone the files are read.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from . import hosts, store, trace
from .errors import UsageError
from .ledger import Ledger
from .publish import LEFTOVER

if TYPE_CHECKING:
    from .freezer import Freezer

ASIDE = (".git", ".gitignore")
"""Names at the top of the tree that belong to a checkout, not to the site."""


def frozen(freezer: Freezer, url: str, *, adopt: bool = False, again: bool = False) -> store.Sent:
    """Send what the last freeze left, as the ledger knows it.

    :raises BlastoError: the store refuses; the tree is frozen all the same.
    """
    ledger = Ledger(freezer.state_file("sqlite"), readonly=True)
    try:
        found = {path: rest for path, *rest in ledger.published()}
    finally:
        ledger.db.close()
    items = [
        store.Item(path, freezer.root / path, digest, _type(path, kind), _cache(answer))
        for path, (digest, kind, answer) in sorted(found.items())
    ]
    return store.send(items, url, adopt=adopt, again=again)


def tree(folder: Path, url: str, *, adopt: bool = False, again: bool = False) -> store.Sent:
    """Send a folder that was frozen before, by whomever.

    :raises UsageError: there is nothing in it.
    """
    items = []
    for place, folders, names in os.walk(folder):
        inside = Path(place).relative_to(folder)
        folders[:] = sorted(name for name in folders if name != ".git")
        for name in sorted(names):
            file = Path(place, name)
            top = inside == Path()
            if file.is_symlink() or (top and name in ASIDE) or name.startswith(LEFTOVER):
                continue
            path = (inside / name).as_posix()
            items.append(store.Item(path, file, trace.digest(file.read_bytes()), _type(path, "")))
    if not items:
        raise UsageError.at(f"there is no frozen site in {folder}", hint="run blasto freeze first")
    return store.send(items, url, adopt=adopt, again=again)


def _cache(answer: str) -> str:
    """Give what a view said about caching, from what the ledger keeps of its answer."""
    headers: list[tuple[str, str]] = json.loads(answer)[1] if answer else []
    return next((value for name, value in headers if name.lower() == "cache-control"), "")


def _type(path: str, known: str) -> str:
    """Give the ``Content-Type`` of a file: what its view said, else what its name says."""
    named = hosts.content_type(path.rpartition("/")[2])
    if not known or named.partition(";")[0] == known:
        return named
    return f"{known}; charset=utf-8" if known.startswith("text/") else known
