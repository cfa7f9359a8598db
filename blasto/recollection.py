"""What the last freeze knows of the content, for a process that shows it.

Reads the ledger and changes nothing, so that a server that starts need not parse what was
parsed before.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from . import trace
from .files import Digests
from .ledger import Ledger
from .today import Today

if TYPE_CHECKING:
    from .freezer import Freezer

Pages = dict[str, tuple[str, bytes]]


def recall(freezer: Freezer) -> tuple[Digests | None, Pages]:
    """Give digests of files, and digest and encoded page by path, as far as they still hold."""
    file = freezer.state_file("sqlite")
    if freezer.site is None or not file.is_file():
        return None, {}
    try:
        with closing(Ledger(file, readonly=True)) as ledger, trace.paused():
            digests = Digests(ledger.files())
            today = Today(freezer, digests, ledger)
            return digests, ledger.pages() if today.same_reading() else {}
    except (sqlite3.Error, UnicodeDecodeError, ValueError):
        return None, {}
