"""Ways through a site: the menu, the tree of the documentation, the breadcrumbs.

Made for the page or listing that the current request shows. What they show is noted as
digests of titles and addresses only, so that a page is stale when its navigation looks
different and not when a page in it changed its date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from . import trace
from .answers import MANY
from .config import Config
from .library import Library
from .listings import Listing
from .pages import Page
from .routes import Routes

MENU_SIZE = 7


@dataclass(slots=True)
class Item:
    """An entry. ``active``: this is the current page; ``open``: that lies inside."""

    title: str
    url: str
    active: bool = False
    open: bool = False
    children: list[Item] = field(default_factory=list)


class Navigable(Protocol):
    """What this room asks of a site."""

    @property
    def settings(self) -> Config: ...
    @property
    def library(self) -> Library: ...
    @property
    def routes(self) -> Routes: ...
    @property
    def current(self) -> Page | Listing | None: ...
    def href(self, url_path: str) -> str: ...
    def listing(self, kind: str, name: str = "") -> Listing: ...
    def address_of(self, path: str) -> str: ...
    def page_url(self, page: Page) -> str: ...
    def listing_url(self, listing: Listing, number: int = 1) -> str: ...


def here(site: Navigable) -> tuple[str, str]:
    """Give the URL path of what is shown now, and its section's name."""
    current = site.current
    if isinstance(current, Page):
        return site.routes.pages.get(current.path, "/"), site.library.section_name(current)
    if isinstance(current, Listing):
        name = current.name if current.kind == "section" else ""
        return site.routes.listing_path(current), name
    return "", ""


MAIN = "main"


def entries(site: Navigable, name: str = MAIN) -> list[tuple[str, str]]:
    """Give title and address of each entry of a menu, the main one made where nobody says."""
    made, key = site.routes.menus, (trace.scope(), name)
    if key not in made:
        said = _said(site, name)
        made[key] = _made(site) if said is None and name == MAIN else said or []
    return made[key]


def _said(site: Navigable, name: str) -> list[tuple[str, str]] | None:
    """Give what ``blasto.toml`` and pages say of a menu, ``None`` where they say nothing."""
    urls = site.routes.pages
    items = [entry for entry in site.settings.menu if entry.menu == name]
    found = [
        (entry.weight, entry.title, entry.url or site.address_of(entry.page)) for entry in items
    ]
    for page in site.library.by_path.values():
        for menu, title, weight in page.menu:
            if menu == name:
                place = weight if weight is not None else page.weight or 0
                found.append((place, title or page.nav_title, urls.get(page.path, "")))
    in_place = sorted(found, key=lambda entry: entry[0])
    return [(title, url) for _, title, url in in_place if url] if found else None


def _made(site: Navigable) -> list[tuple[str, str]]:
    """Give the top sections and pages."""
    library = site.library
    sections = library.children("")
    if not 0 < len(sections) <= MENU_SIZE:
        sections = []
    tops = [
        (item.weight, item.nav_title or item.title, site.routes.listing_path(item))
        for item in sections
    ]
    tops += [
        (
            page.weight if page.weight is not None else 1 << 30,
            page.nav_title,
            site.routes.pages[page.path],
        )
        for page in library.listing("section", "").members
        if "/" not in page.key
        and not page.is_index
        and page.path in site.routes.pages
        and page.date is None
    ][: MENU_SIZE - len(sections)]
    return [(title, url) for _, title, url in sorted(tops, key=lambda top: top[0])]


def digest(site: Navigable, name: str = MAIN) -> str:
    """Digest what a menu shows, for the freezer."""
    return trace.digest(*(f"{title}|{url}" for title, url in entries(site, name)))


def menu(site: Navigable, name: str = MAIN) -> list[Item]:
    """Give a menu, with the entry marked that the current page lies under."""
    found = entries(site, name)
    trace.note("menu", name, trace.digest(*(f"{title}|{url}" for title, url in found)))
    url_path, _ = here(site)
    return [
        Item(
            title,
            site.href(url) if url.startswith("/") else url,
            url == url_path or (url != "/" and url_path.startswith(url.rstrip("/") + "/")),
        )
        for title, url in found
    ]


class Menus:
    """All menus by name: ``menus["footer"]``; one that nobody knows is empty."""

    def __init__(self, site: Navigable) -> None:
        self._site = site

    def __getitem__(self, name: str) -> list[Item]:
        return menu(self._site, name)


def tree(site: Navigable) -> list[Item]:
    """Give the sections in ``docs`` layout; the one that is shown now is open.

    In a small site all of them are. Of a section with very many pages only its
    subsections are listed.
    """
    library = site.library
    url_path, section = here(site)
    trace.note("nav", "", library.answer("nav", ""))
    groups = library.documentation()
    everything = library.is_small(groups)
    for group in groups:
        if everything or f"{section}/".startswith(f"{group.name}/"):
            trace.note("nav", group.name, library.answer("nav", group.name))
    return [_branch(site, group, url_path, section, everything) for group in groups]


def _branch(
    site: Navigable, listing: Listing, url_path: str, section: str, everything: bool
) -> Item:
    inside = f"{section}/".startswith(f"{listing.name}/")
    url = site.listing_url(listing)
    item = Item(
        listing.nav_title or listing.title,
        url,
        site.routes.listing_path(listing) == url_path,
        inside,
    )
    if inside or everything:
        pages: Sequence[Page] = listing.members if len(listing.members) <= MANY else ()
        weighted = [
            (page.weight if page.weight is not None else 1 << 30, Item(
                page.nav_title, site.page_url(page), site.routes.pages.get(page.path) == url_path
            ))
            for page in pages
        ]  # fmt: skip
        weighted += [
            (child.weight, _branch(site, child, url_path, section, everything))
            for child in site.library.children(listing.name)
        ]
        item.children = [child for _, child in sorted(weighted, key=lambda pair: pair[0])]
    return item


def breadcrumbs(site: Navigable) -> list[Item]:
    """Give the way from the top section down to what is shown now."""
    current, library = site.current, site.library
    url_path, section = here(site)
    if current is None or url_path == "/":
        return []
    found: list[Item] = []
    parts = section.split("/") if section else []
    for depth in range(1, len(parts) + 1):
        name = "/".join(parts[:depth])
        trace.note("crumb", name, library.answer("crumb", name))
        listing = library.listing("section", name)
        found.append(Item(listing.nav_title or listing.title, site.listing_url(listing)))
    if isinstance(current, Listing) and current.kind != "section":
        parts = ["", *current.name.split("/")[:-1]] if current.name else []
        for depth in range(len(parts)):
            above = site.listing(current.kind, "/".join(parts[1 : depth + 1]))
            found.append(Item(above.nav_title or above.title, site.listing_url(above)))
    own = site.href(url_path)
    if not found or found[-1].url != own:
        title = current.nav_title or current.title
        found.append(Item(title, own))
    found[-1].active = True
    return found
