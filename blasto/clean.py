"""Taking back what blasto made: the files it published, and its memory of them.

A file that blasto does not own stays, and so does the folder that holds it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from typing import TYPE_CHECKING

from . import publish, recollection
from .ledger import Ledger
from .staging import Lock

if TYPE_CHECKING:
    from .freezer import Freezer


def clean(freezer: Freezer) -> int:
    """Remove the published files, the folders this empties, and this output's ledger.

    :returns: how many files there were.
    :raises BusyError: a freeze is running.
    """
    folder = freezer.state_folder
    # What a server kept for itself.
    shutil.rmtree(recollection.folder(freezer), ignore_errors=True)
    lock = freezer.state_file("lock")
    if not folder.is_dir():
        return 0
    with Lock(lock):
        owned = {path for path in _owned(freezer) if os.path.lexists(freezer.root / path)}
        publish.apply(freezer.root, [publish.Entry(path) for path in sorted(owned)])
        prefix = lock.name.removesuffix("lock")
        for path in folder.iterdir():
            if path.name.startswith(prefix) and path != lock:
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)
    lock.unlink(missing_ok=True)
    # Either may hold what is not ours, or the ledger of another output.
    for empty in (freezer.root, folder):
        with contextlib.suppress(OSError):
            empty.rmdir()
    return len(owned)


def _owned(freezer: Freezer) -> set[str]:
    """Give the files that the ledger or the list beside it names."""
    owned: set[str] = set()
    with contextlib.suppress(OSError, UnicodeDecodeError):
        text = freezer.state_file("owned").read_text(encoding="utf-8")
        owned.update(line for line in text.split("\n") if line)
    path = freezer.state_file("sqlite")
    if path.is_file():
        with contextlib.suppress(sqlite3.Error):
            ledger = Ledger(path, readonly=True)
            try:
                owned.update(path for _, path, *_ in ledger.outputs())
                owned.update(move.path for move in ledger.journal())
            finally:
                ledger.close()
    return owned
