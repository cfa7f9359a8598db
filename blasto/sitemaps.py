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
from .translations import Translations

LIMIT = 50_000
"""How many URLs the protocol allows in one sitemap."""


class Place(NamedTuple):
    """A line of the sitemap."""

    url_path: str
    changed: datetime | None
    alternates: tuple[tuple[str, str], ...] = ()
    """Language and URL path of the same page in each of the site's languages, itself among them."""


def places(routes: Routes, translations: Translations | None = None) -> list[Place]:
    """Give every page and list that has not asked to be left out, by URL path."""
    found = []
    for url_path, target in routes.targets.items():
        if target.kind not in ("page", "listing", "terms"):
            continue
        page = _page(routes.libraries[target.scope], target)
        if page is None:
            found.append(Place(url_path, None))
        elif page.sitemap and not page.noindex and not page.canonical:
            # What a list shows changes with its pages, at no date of its own.
            changed = page.updated or page.date if target.kind == "page" else None
            found.append(Place(url_path, changed))
    if translations is not None:
        found = [place._replace(alternates=translations.exact(place.url_path)) for place in found]
    return sorted(found, key=lambda place: place.url_path)


def _page(library: Library, target: Target) -> Page | None:
    if target.kind == "page":
        return library.by_path[target.name]
    kind, _, name = target.name.partition("|")
    return library.indexes.get(name) if kind == "section" else None


def count(routes: Routes) -> int:
    """Tell how many sitemaps the site needs."""
    if len(routes.targets) <= LIMIT:
        return 1
    return max(1, -(-len(places(routes)) // LIMIT))


def part(routes: Routes, translations: Translations | None, number: int) -> Sequence[Place]:
    """Give the places of one sitemap, from 1; of all, where the number is 0."""
    found = places(routes, translations)
    return found[(number - 1) * LIMIT : number * LIMIT] if number else found


def digest(routes: Routes, translations: Translations | None, name: str) -> str:
    """Digest what a sitemap shows: ``""`` is the only one, a number a part, ``index`` the list."""
    if name == "index":
        return str(count(routes))
    found = part(routes, translations, int(name or 0))
    return trace.digest(
        *(f"{place.url_path}|{place.changed}|{place.alternates or ''}" for place in found)
    )
