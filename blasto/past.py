"""The last freeze, set against today: which URLs are stale, and why.

The ledger holds each observation once; its digest today is computed once too. A URL is
stale when one of its observations differs, and the difference is the reason.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from stat import S_ISREG

from . import trace
from .ledger import Ledger, Row, unpack
from .listings import UNWEIGHTED

WORDS = {
    "page": 'the page "{}" changed (title, date, tags, …)',
    "body": 'the text of "{}" changed',
    "template": 'the template "{}" changed',
    "listing": "the list {} has other pages",
    "size": "the length of the slices of {} changed",
    "slices": "the number of slices of {} changed",
    "term": "the title of {} changed",
    "place": 'the section of "{}" changed',
    "count": "the number of pages in {} changed",
    "around": 'the neighbours of "{}" changed',
    "terms": 'the terms of "{}" changed',
    "section": 'the section "{}" changed',
    "crumb": 'the name of the section "{}" changed',
    "children": 'the sections below "{}" changed',
    "layout": 'the layout of "{}" changed',
    "nav": "the navigation changed",
    "menu": "the menu changed",
    "config": 'the setting "{}" changed',
    "data": 'the data file "{}" changed',
    "file": 'the file "{}" changed',
    "read": 'the file "{}", which a view read by itself, changed',
    "url": 'the address of "{}" changed',
    "asset": 'the file "{}" came, went or moved',
    "picture": 'the image "{}" changed',
    "pictures": 'the images in "{}" changed',
    "files": 'the files "{}" came, went or moved',
    "image": 'the size of the image "{}" changed',
    "route": 'the URL "{}" came or went',
    "pages": "a page changed, and all were asked for",
    "sitemap": "an address or a date in the sitemap changed",
    "backlinks": 'the pages that link to "{}" changed',
    "named": 'the page that "{}" names is another',
    "feed": "a feed came or went",
    "card": 'what the card of "{}" shows changed',
    "newest": "the feed of {} has other pages",
    "search": "search was turned on or off",
    "languages": "the languages of the site changed",
    "translations": 'the translations of "{}" changed',
    "spoken": 'the translation of "{}" came, went or moved',
    "address": 'the address of "{}" in the language changed',
    "scope": "the language of {} changed",
}


def say(kind: str, name: str) -> str:
    """Put a changed observation into words."""
    name = name.rpartition(trace.MARK)[2]
    shown = name.replace("|", " ").strip()
    if kind == "listing":
        parts = name.split("|")
        shown = f"{parts[0]} {parts[1] or '(all)'}"
        if int(parts[3]) < UNWEIGHTED:
            shown += f", {int(parts[2]) + 1} to {parts[3]}"
    return WORDS.get(kind, kind + " {} changed").format(shown)


class Past:
    """What the ledger knows, and what of it holds no more.

    :param ledger: open and checked.
    :param today: gives today's digest of ``(kind, name)``.
    :param everything: why every URL is stale, ``None`` when that is not so.
    """

    def __init__(
        self,
        ledger: Ledger,
        today: Callable[[str, str], str],
        everything: str | None = None,
        unchanged: frozenset[str] = frozenset(),
    ) -> None:
        self.everything = everything
        self._ledger = ledger
        self.rows: Mapping[str, Row] = {row.url: row for row in ledger.rows()}
        self.changed: dict[int, tuple[str, str]] = {}
        self._volatile = {row.endpoint for row in self.rows.values() if row.volatile}
        self.known: set[int] = set()
        for number, kind, name, digest in ledger.observations():
            self.known.add(number)
            if kind not in unchanged and today(kind, name) != digest:
                self.changed[number] = (kind, name)
                if kind == "read" and self.everything is None:
                    self.everything = say(kind, name)

    @cached_property
    def links(self) -> Mapping[int, str]:
        """Every link target of the last freeze, by number."""
        return self._ledger.links()

    def reason(self, url: str, modified: str | None) -> str | None:
        """Say why a URL has to be rendered, ``None`` where last time's answer still holds."""
        row = self.rows.get(url)
        if row is None:
            return "it is new"
        if self.everything is not None:
            return self.everything
        if row.volatile:
            return row.volatile
        if row.endpoint in self._volatile and row.endpoint is not None:
            return f"another URL of {row.endpoint} cannot be traced"
        if modified is not None and modified != row.modified:
            return "its generator says that it changed"
        numbers = unpack(row.observations)
        if not self.changed.keys().isdisjoint(numbers):
            return next(say(*self.changed[one]) for one in numbers if one in self.changed)
        return None if self.known.issuperset(numbers) else "what it observed was lost"


def stands(root: str, path: str, size: int, mtime: int) -> bool:
    """Tell by its stat whether a file in the output is as it was left."""
    try:
        stat = os.lstat(f"{root}/{path}")
    except OSError:
        return False
    return stat.st_size == size and stat.st_mtime_ns == mtime and S_ISREG(stat.st_mode)
