"""Lists that terms make: tags, authors, series; and the pages that speak for a term.

Between ``listings`` and ``library``. ``content/tags/python.md`` (or
``content/tags/python/_index.md``) is the text and data of a term, ``content/tags/_index.md``
that of the whole taxonomy. Archives by year and month are made here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .dates import MONTHS
from .listings import UNDATED, UNWEIGHTED, Listing, term_slug
from .pages import Page
from .queries import natural

#: Kinds of lists that are there without a URL, too: from keys that are no taxonomies.
ALWAYS = ("series", "authors")
ARCHIVE = "archive"


def words(page: Page, taxonomy: str) -> list[str]:
    """Give the terms of a page as they were written."""
    if taxonomy == "authors":
        return page.author_names
    if taxonomy == "series":
        return [page.series] if page.series else []
    return page.taxonomies.get(taxonomy, [])


def speakers(pages: Iterable[Page], taxonomies: Iterable[str]) -> dict[tuple[str, str], list[Page]]:
    """Give the pages that speak for a term by taxonomy and slug; slug ``""`` for all of one."""
    known = frozenset(taxonomies)
    found: dict[tuple[str, str], list[Page]] = {}
    for page in pages:
        parts = page.key.split("/")
        if parts[0] not in known:
            continue
        if len(parts) == 2 and page.is_index:
            slug = ""
        elif len(parts) == 2 or (len(parts) == 3 and page.is_index):
            slug = term_slug(page.slug)
        else:
            continue
        found.setdefault((parts[0], slug), []).append(page)
    return found


def grouped(pages: Iterable[Page], taxonomy: str) -> dict[str, tuple[str, list[Page]]]:
    """Give each term as first written, and the pages that have it, by slug."""
    found: dict[str, tuple[str, dict[str, Page]]] = {}
    for page in pages:
        for term in words(page, taxonomy) if page.listed else ():
            found.setdefault(term_slug(term), (term, {}))[1][page.path] = page
    return {slug: (term, list(pages.values())) for slug, (term, pages) in found.items()}


def in_sequence(pages: Iterable[Page]) -> list[Page]:
    """Order the parts of a series: by ``series_order``, then the oldest first, then by title."""
    return sorted(
        pages,
        key=lambda page: (
            page.series_order if page.series_order is not None else UNWEIGHTED,
            page.date or UNDATED,
            natural(page.nav_title),
            page.path,
        ),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A page's place in its series: part ``number`` of ``total``.

    :param url: the URL of the series, ``None`` where it has no list of its own.
    """

    listing: Listing
    pages: list[Page]
    number: int
    url: str | None

    @property
    def title(self) -> str:
        """The name of the series."""
        return self.listing.title

    @property
    def total(self) -> int:
        return len(self.pages)

    @property
    def previous(self) -> Page | None:
        return self.pages[self.number - 2] if self.number > 1 else None

    @property
    def next(self) -> Page | None:
        return self.pages[self.number] if self.number < self.total else None


def periods(pages: Iterable[Page], depth: str) -> dict[str, list[Page]]:
    """Give the dated pages of each year, and of each month where ``depth`` is ``"month"``."""
    found: dict[str, list[Page]] = {}
    for page in pages:
        if page.date is not None:
            year = f"{page.date.year:04}"
            found.setdefault(year, []).append(page)
            if depth == "month":
                found.setdefault(f"{year}/{page.date.month:02}", []).append(page)
    return found


def period_title(name: str) -> str:
    """Give ``2026`` or ``2026/03`` in words."""
    year, _, month = name.partition("/")
    return f"{MONTHS[int(month) - 1]} {year}" if month else year


def people(data: Any) -> dict[str, dict[str, Any]]:
    """Give the authors of a data file by slug of their key and of their name.

    :param data: a mapping by key, or a list of mappings with ``name`` and maybe ``id``.
    :raises ValueError: it is neither.
    """
    entries: list[tuple[str, Any]]
    if isinstance(data, Mapping):
        entries = [(str(key), value) for key, value in data.items()]
    elif isinstance(data, list) and all(isinstance(row, Mapping) for row in data):
        entries = [(str(row.get("id") or row.get("name") or ""), row) for row in data]
    else:
        raise ValueError("authors must be a mapping by key, or a list of mappings with a name")
    found: dict[str, dict[str, Any]] = {}
    for key, value in entries:
        person = dict(value) if isinstance(value, Mapping) else {"name": value}
        found[term_slug(key)] = person
    for person in list(found.values()):
        if isinstance(person.get("name"), str):
            found.setdefault(term_slug(person["name"]), person)
    return found
