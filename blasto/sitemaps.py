"""What search engines should know of: pages and lists by URL path, in parts of a sitemap's size.

After ``routes``; ``feeds`` answers with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from . import trace
from .library import Library
from .pages import Page
from .routes import Routes, Target

LIMIT = 50_000
"""How many URLs the protocol allows in one sitemap."""


class Place(NamedTuple):
    """A line of the sitemap."""

    url_path: str
    changed: datetime | None


def places(library: Library, routes: Routes) -> list[Place]:
    """Give every page and list that has not asked to be left out, by URL path."""
    found = []
    for url_path, target in routes.targets.items():
        if target.kind not in ("page", "listing", "terms"):
            continue
        page = _page(library, target)
        if page is None:
            found.append(Place(url_path, None))
        elif page.sitemap and not page.noindex and not page.canonical:
            # What a list shows changes with its pages, at no date of its own.
            changed = page.updated or page.date if target.kind == "page" else None
            found.append(Place(url_path, changed))
    return sorted(found, key=lambda place: place.url_path)


def _page(library: Library, target: Target) -> Page | None:
    if target.kind == "page":
        return library.by_path[target.name]
    kind, _, name = target.name.partition("|")
    return library.indexes.get(name) if kind == "section" else None


def count(library: Library, routes: Routes) -> int:
    """Tell how many sitemaps the site needs."""
    if len(routes.targets) <= LIMIT:
        return 1
    return max(1, -(-len(places(library, routes)) // LIMIT))


def part(library: Library, routes: Routes, number: int) -> Sequence[Place]:
    """Give the places of one sitemap, from 1; of all, where the number is 0."""
    found = places(library, routes)
    return found[(number - 1) * LIMIT : number * LIMIT] if number else found


def digest(library: Library, routes: Routes, name: str) -> str:
    """Digest what a sitemap shows: ``""`` is the only one, a number a part, ``index`` the list."""
    if name == "index":
        return str(count(library, routes))
    found = part(library, routes, int(name or 0))
    return trace.digest(*(f"{place.url_path}|{place.changed}" for place in found))
