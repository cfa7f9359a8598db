"""The one noun for every list of pages: section, term of a taxonomy, or the whole site.

``library`` makes listings, templates and feeds read them. Each slice that somebody looks
at is noted with a digest of exactly the pages in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, cast

from markupsafe import Markup

from . import trace
from .pages import Page
from .queries import natural, sort_by

if TYPE_CHECKING:
    from .channels import Channel

UNDATED = datetime(1, 1, 1, tzinfo=UTC)
UNWEIGHTED = 1 << 30


class ListingLookups(Protocol):
    """What a listing asks of its site."""

    def listing_url(self, listing: Listing, number: int = 1) -> str: ...
    def feeds_of(self, listing: Listing) -> Sequence[Channel]: ...
    def html(self, page: Page) -> Markup: ...
    def subsections(self, listing: Listing) -> Sequence[Listing]: ...
    def lang_of(self, listing: Listing) -> str: ...
    def translations_of(self, listing: Listing) -> Sequence[Listing]: ...


@dataclass(eq=False, slots=True)
class Listing:
    """An ordered list of pages with a kind, a name and a title.

    :param kind: ``"section"``, ``"all"`` or a taxonomy.
    :param name: folder of the section, slug of the term.
    :param members: the pages; read :attr:`pages` or a slice, which are noted, in templates.
    """

    kind: str
    name: str
    title: str
    members: Sequence[Page]
    index: Page | None = None
    layout: str = "blog"
    description: str = ""
    nav_title: str = ""
    weight: int = UNWEIGHTED
    page_size: int = 10
    scope: str = ""
    site: ListingLookups | None = field(default=None, repr=False)
    _digests: list[str] | None = field(default=None, repr=False)

    @property
    def pages(self) -> Sequence[Page]:
        """Every page of the listing, in order."""
        return self[:]

    @trace.of_its_own
    def __getitem__(self, part: slice) -> Sequence[Page]:
        start, stop, _ = part.indices(len(self.members))
        wanted = part.stop if part.stop is not None else UNWEIGHTED
        trace.note(
            "listing", f"{self.kind}|{self.name}|{start}|{wanted}", self.digest(start, wanted)
        )
        return self.members[start:stop]

    def digest(self, start: int, stop: int) -> str:
        """Digest what is known of the pages from ``start`` up to ``stop``."""
        return trace.digest(*(page.path + page.meta_digest for page in self.members[start:stop]))

    @property
    @trace.of_its_own
    def count(self) -> int:
        """How many pages there are."""
        trace.note("count", f"{self.kind}|{self.name}", str(len(self.members)))
        return len(self.members)

    @property
    def _lookups(self) -> ListingLookups:
        return cast("ListingLookups", self.site)

    @property
    def url(self) -> str:
        return self._lookups.listing_url(self)

    @property
    def feeds(self) -> Sequence[Channel]:
        """The feeds of the listing, one in each format."""
        return self._lookups.feeds_of(self)

    @property
    def feed_url(self) -> str | None:
        """The URL of the first of them, ``None`` where there is none."""
        return next((one.url for one in self.feeds), None)

    @property
    def lang(self) -> str:
        """The language that its pages are in."""
        return self._lookups.lang_of(self)

    @property
    def translations(self) -> Sequence[Listing]:
        """The same listing in the site's other languages, in their order."""
        return self._lookups.translations_of(self)

    @property
    def sections(self) -> Sequence[Listing]:
        """The sections right below this one; the months of a year's archive."""
        return self._lookups.subsections(self)

    @property
    def html(self) -> Markup:
        """The text of the page that speaks for the list, empty without one."""
        return self._lookups.html(self.index) if self.index is not None else Markup()

    @trace.of_its_own
    def paginate(
        self, number: int, size: int | None = None, url: Callable[[int], str] | None = None
    ) -> Pagination:
        """Give one slice of the pages.

        :param number: from 1.
        :param size: pages in a slice; ``page_size`` where it is left out.
        :param url: gives the URL of a slice by its number, for a list in a view of one's own.
        """
        if size is None:
            trace.note("size", f"{self.kind}|{self.name}", str(self.page_size))
        wanted = max(1, self.page_size if size is None else size)
        start = (number - 1) * wanted
        return Pagination(self, number, self[start : start + wanted], wanted, url)


@dataclass(slots=True)
class Pagination:
    """One slice of a listing and the way to the others."""

    listing: Listing
    number: int
    pages: Sequence[Page]
    size: int
    _url: Callable[[int], str] | None = None

    @property
    def total(self) -> int:
        return self.listing.count

    @property
    def count(self) -> int:
        """How many slices there are, at least 1."""
        if self.size == self.listing.page_size:
            return slices(self.listing)
        return max(1, -(-self.listing.count // self.size))

    @property
    def url(self) -> str:
        """The URL of this slice."""
        return self._url_of(self.number)

    @property
    def urls(self) -> list[str]:
        """The URLs of all slices."""
        return [self._url_of(number) for number in range(1, self.count + 1)]

    @property
    def previous_url(self) -> str | None:
        return self._url_of(self.number - 1) if self.number > 1 else None

    @property
    def next_url(self) -> str | None:
        return self._url_of(self.number + 1) if self.number < self.count else None

    def _url_of(self, number: int) -> str:
        if self._url is not None:
            return self._url(number)
        return self.listing._lookups.listing_url(self.listing, number)


@trace.of_its_own
def slices(listing: Listing) -> int:
    """Tell how many slices a listing has."""
    count = max(1, -(-len(listing.members) // listing.page_size))
    trace.note("slices", f"{listing.kind}|{listing.name}", str(count))
    return count


def in_order(pages: Sequence[Page], order: str) -> list[Page]:
    """Sort pages; never raises, whatever dates and weights there are.

    :param order: ``"date"`` newest first, ``"weight"`` (then title), ``"title"``, or any
        key as :func:`.queries.sort_by` takes it, ties by title.
    """
    if order.removeprefix("-") not in ("date", "weight", "title"):
        return sort_by(in_order(pages, "title"), order)
    if order.startswith("-"):
        return in_order(pages, order[1:])[::-1]
    if order == "date":
        by_path = sorted(pages, key=lambda page: page.path)
        return sorted(by_path, key=lambda page: page.date or UNDATED, reverse=True)
    return sorted(
        pages,
        key=lambda page: (
            page.weight if page.weight is not None and order == "weight" else UNWEIGHTED,
            natural(page.nav_title),
            page.path,
        ),
    )


@lru_cache(4096)
def term_slug(term: str) -> str:
    """Give the URL form of a tag: lower case, hyphens for spaces and what files cannot hold."""
    text = unicodedata.normalize("NFC", str(term)).strip().lower()
    return re.sub(r'[\s/\\<>:"|?*\x00-\x1f]+', "-", text).strip(".-") or "-"
