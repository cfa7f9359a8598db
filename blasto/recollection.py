"""What earlier processes know of the content, for one that shows it.

A server that starts need not parse what a freeze, a survey or an earlier server has
parsed. It reads their ledgers, and keeps in one of its own what it had to read itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from . import trace
from .files import Digests
from .ledger import Ledger
from .today import Today

if TYPE_CHECKING:
    from .freezer import Freezer

Pages = dict[str, tuple[str, bytes]]
UNREADABLE = (sqlite3.Error, UnicodeDecodeError, ValueError, OSError)


def folder(freezer: Freezer) -> Path:
    """Give the place for what a server keeps; it may be removed at any time."""
    return freezer.project_root / ".blasto" / "survey"


def recall(freezer: Freezer) -> tuple[Digests | None, Pages]:
    """Give digests of files, and digest and encoded page by path, as far as they still hold."""
    digests, today, pages = None, None, Pages()
    for file in _ledgers(freezer) if freezer.site is not None else ():
        with suppress(*UNREADABLE), closing(Ledger(file, readonly=True)) as ledger, trace.paused():
            if today is None:
                digests = Digests(ledger.files())
                today = Today(freezer, digests, ledger)
            if ledger.fact("reading") == today.reading:
                pages.update(ledger.pages())
    return digests, pages


def _ledgers(freezer: Freezer) -> Iterator[Path]:
    """Give the ledgers that there are, the one that is likely to know most first."""
    own = folder(freezer)
    found = [own / "pages.sqlite", freezer.state_file("sqlite"), *sorted(own.glob("ledger-*.sqlite"))]  # fmt: skip
    return (file for file in found if file.is_file())


def keep(freezer: Freezer, digests: Digests, pages: Iterable[tuple[str, str, bytes]]) -> None:
    """Keep what was read for the next start; it does not matter if that fails.

    :param pages: path, digest and encoded page.
    """
    file = folder(freezer) / "pages.sqlite"
    with suppress(*UNREADABLE), trace.paused(), closing(Ledger(file)) as ledger:
        today = Today(freezer, digests, ledger)
        with ledger.transaction():
            ledger.forget_sources()
            ledger.set_pages(pages, ())
            ledger.update_files(list(digests.dump()))
            ledger.set_facts({"reading": today.reading})
