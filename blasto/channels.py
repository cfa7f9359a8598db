"""Which feeds a site has: of the whole, of sections and of terms, each in some formats.

Between ``library`` and ``routes``, which gives each feed its URL. A list has a feed where
``blasto.toml`` asks for one and a page in it has a date.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from . import trace
from .config import Config
from .errors import BlastoError
from .library import Library
from .listings import Listing, in_order
from .pages import Page


class Format(NamedTuple):
    """A format of feeds: the name of its file, which is that of its template, and its type."""

    file: str
    type: str


FORMATS = {
    "atom": Format("feed.xml", "application/atom+xml"),
    "rss": Format("rss.xml", "application/rss+xml"),
    "json": Format("feed.json", "application/feed+json"),
}


class Channel(NamedTuple):
    """One feed, as a template names it: where it is, its media type, the list that it is of."""

    url: str
    type: str
    title: str
    format: str


def is_whole(listing: Listing) -> bool:
    """Tell whether a listing is that of the whole site, whose feed lies at the root."""
    return listing.kind in ("all", "section") and not listing.name


def wanted(config: Config, library: Library, listing: Listing) -> bool:
    """Tell whether ``blasto.toml`` asks for a feed of a listing."""
    if is_whole(listing):
        return bool(config.feed_formats)
    if listing.kind == "section":
        return config.feed_sections or library.settings(listing.name).feed
    return listing.kind in config.feed_taxonomies


def has_feed(config: Config, library: Library, listing: Listing) -> bool:
    """Tell whether a listing has a feed: one is wanted, and a page has a date."""
    if not config.feed_formats or not wanted(config, library, listing):
        return False
    if is_whole(listing):
        return bool(library.listing("all").members)
    return any(page.date for page in listing.members)


def newest(library: Library, listing: Listing, count: int) -> Sequence[Page]:
    """Give the newest dated pages of a listing, whatever its own order is."""
    if is_whole(listing):
        return library.listing("all").members[:count]
    return in_order([page for page in listing.members if page.date], "date")[:count]


def digest(pages: Sequence[Page]) -> str:
    """Digest what a feed is made of, the texts aside."""
    return trace.digest(*(page.path + page.meta_digest for page in pages))


def answer_feed(config: Config, library: Library, name: str) -> str:
    """Tell today whether a listing, ``kind|name``, has a feed."""
    listing = _listing(library, name or "all|")
    return str(listing is not None and has_feed(config, library, listing))


def answer_newest(library: Library, name: str) -> str:
    """Give today's digest of ``kind|name|count``."""
    which, _, count = name.rpartition("|")
    listing = _listing(library, which)
    return digest(newest(library, listing, int(count))) if listing is not None else ""


def _listing(library: Library, which: str) -> Listing | None:
    kind, _, name = which.partition("|")
    try:
        return library.listing(kind, name)
    except BlastoError:
        return None
