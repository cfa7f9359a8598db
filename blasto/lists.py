"""What templates and views ask a site about lists: sections, terms, series, authors.

The lower half of ``site``. Each answer is the library's, noted under the name of its question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast, overload

from . import authors, locales, trace
from .data import Data
from .errors import BlastoError
from .listings import Listing, ListingLookups
from .multilingual import Multilingual
from .noting import setting_digest
from .pages import Page
from .questions import QUERY, question
from .refs import candidates
from .terms import ARCHIVE, Part, period_title, words

if TYPE_CHECKING:
    from .backlinks import Backlinks
    from .markup import Rendered


class Pages(Sequence[Page]):
    """All pages by path; called, those that an answer is asked for."""

    def __init__(self, site: Lists) -> None:
        self._site = site

    def __call__(self, section: str | None = None, sort: str = "path", **wanted: Any) -> Listing:
        """Give the listed pages that have these values: ``pages(section="log", tags="boats")``.

        :param section: those of a section and of the sections below it.
        :param sort: ``"date"``, ``"weight"``, ``"title"`` or any key, ``-`` in front turns it.
        :param wanted: values by key: a taxonomy, an attribute that comes from the front
            matter, or a key of one's own; ``__`` is a dot.
        :raises BlastoError: pages cannot be asked for that.
        """
        return self._site.listing(QUERY, question(section, sort, wanted))

    def _all(self) -> Sequence[Page]:
        library = self._site.library
        trace.note("pages", "", library.answer("pages", ""))
        return list(library.by_path.values())

    def __len__(self) -> int:
        return len(self._all())

    @overload
    def __getitem__(self, index: int) -> Page: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Page]: ...
    def __getitem__(self, index: int | slice) -> Page | Sequence[Page]:
        return self._all()[index]

    def __iter__(self) -> Iterator[Page]:
        return iter(self._all())


class Lists(Multilingual):
    """Questions about lists; ``Site`` is the one class of it."""

    @property
    def data(self) -> Data:
        raise NotImplementedError

    @property
    def pages(self) -> Pages:
        """All pages by path; ``pages(tags="boats")`` are some of them.

        Who asks for all depends on every page's metadata.
        """
        return Pages(self)

    def listing(self, kind: str, name: str = "") -> Listing:
        """Give a listing: ``listing("section", "blog")``, ``listing("tags", "python")``."""
        try:
            listing = self.library.listing(kind, name)
        except BlastoError:
            trace.note("count", f"{kind}|{name}", "")
            raise
        if kind == "section":
            trace.note("section", name, self.library.answer("section", name))
        if self.translations is not None:
            trace.note("scope", f"{kind}|{name}", listing.scope)
        return self._own(listing)

    def latest(self, count: int, section: str | None = None) -> Sequence[Page]:
        """Give the newest pages of the site or of one section."""
        name = ("section", section) if section is not None else ("all", "")
        return self.listing(*name)[:count]

    def terms(self, taxonomy: str) -> list[Listing]:
        """Give all terms of a taxonomy."""
        trace.note("terms", taxonomy, self.library.answer("terms", taxonomy))
        return [self._own(listing) for listing in self.library.terms(taxonomy).values()]

    @trace.of_subject
    def _own(self, listing: Listing) -> Listing:
        if listing.kind not in ("section", QUERY):
            term = f"{listing.kind}|{listing.name}"
            trace.note("term", term, self.library.answer("term", term))
            if listing.kind == "authors" and listing.index is None and listing.name:
                listing = replace(
                    listing, title=self.people.get(listing.name).get("name") or listing.title
                )
            elif self.config.language != "en" and listing.index is None:
                listing = replace(listing, title=self._title(listing))
        listing.site = cast("ListingLookups", self)
        return listing

    @trace.of_subject
    def terms_of(self, page: Page, taxonomy: str) -> list[Listing]:
        if taxonomy not in self.settings.taxonomies:
            trace.note("config", "taxonomies", setting_digest(self.settings, "taxonomies"))
            return []
        return [
            self._own(self.library.listing(taxonomy, term))
            for term in (words(page, taxonomy) if page.listed else [])
        ]

    def _title(self, listing: Listing) -> str:
        """Give the title of a whole taxonomy or of a time, where nobody wrote one."""
        if not listing.name and listing.title == listing.kind.replace("-", " ").capitalize():
            return self.word(listing.kind) or listing.title
        if listing.kind == ARCHIVE and listing.title == period_title(listing.name):
            year, _, month = listing.name.partition("/")
            if month:
                return (
                    locales.month(int(year), int(month), str(self.config.language)) or listing.title
                )
        return listing.title

    def author(self, key: str) -> authors.Author:
        """Give an author by the name that pages use: ``author("ada").url``."""
        return authors.author(cast("authors.Signed", self), key)

    @trace.of_subject
    def part_of(self, page: Page) -> Part | None:
        if not page.series or not page.listed or page.path in self.library.speaks_for:
            return None
        listing = self.listing("series", page.series)
        pages = list(listing.pages)
        number = next(at for at, one in enumerate(pages, 1) if one.path == page.path)
        known = "series" in self.config.taxonomies
        return Part(listing, pages, number, listing.url if known else None)

    _backlinks: Backlinks | None = None
    _gathering = False

    def rendered(self, page: Page) -> Rendered:
        raise NotImplementedError

    @property
    def base_path(self) -> str:
        raise NotImplementedError

    @property
    def backlinks(self) -> Backlinks:
        """Which pages link to which; made when a template first asks for it."""
        from .backlinks import Backlinks, InsideError  # here, for most templates do not ask

        if self._gathering:
            raise InsideError.at(
                "page.backlinks is asked for inside of a text",
                hint="it depends on all texts: ask for it in the template of a page",
            )
        if self._backlinks is None or not self._backlinks.holds(self):
            self._gathering = True
            try:
                self._backlinks = Backlinks(self)
            finally:
                self._gathering = False
        return self._backlinks

    def backlinks_to(self, page: Page) -> Sequence[Page]:
        """Give the pages whose text links to a page."""
        links = self.backlinks
        trace.note("backlinks", page.path, links.digest(page.path))
        trace.replay(links.seen)
        return links.of(page.path)

    @trace.of_subject
    def related_to(self, page: Page, count: int | None = None) -> list[Page]:
        """Give the pages that share most terms with a page.

        :param count: how many at most; ``related.count`` of ``blasto.toml`` by itself.
        """
        wanted = int(self.config.related.count) if count is None else count
        if wanted < 1:
            return []
        name = f"{page.path}|{wanted}"
        trace.note("related", name, self.library.answer("related", name))
        return self.library.related(page, wanted)

    @trace.of_subject
    def section_of(self, page: Page) -> Listing | None:
        name = self.library.section_name(page)
        return self.listing("section", name) if name else None

    @trace.of_subject
    def neighbours(self, page: Page) -> tuple[Page | None, Page | None]:
        trace.note("around", page.path, self.library.answer("around", page.path))
        return self.library.around(page)

    @trace.of_subject
    def layout_of(self, page: Page) -> str:
        if page.layout_name in ("blog", "docs", "page"):
            return page.layout_name
        name = self.library.section_name(page)
        if not name:
            return "page"
        trace.note("layout", name, self.library.layout(name))
        return self.library.layout(name)

    @trace.of_subject
    def subsections(self, listing: Listing) -> list[Listing]:
        if listing.kind == ARCHIVE:
            trace.note("periods", listing.name, self.library.answer("periods", listing.name))
            return [self._own(one) for one in self.library.periods(listing.name)]
        if listing.kind != "section":
            return []
        trace.note("children", listing.name, self.library.answer("children", listing.name))
        return [self._own(child) for child in self.library.children(listing.name)]

    def page(self, path: str) -> Page:
        raise NotImplementedError

    def referred(self, folder: str, name: str) -> Page:
        """Give the page that a reference in typed front matter means.

        :raises BlastoError: there is none.
        """
        files = candidates(folder, name)
        for path in files:
            if path in self.all_pages:
                return self.page(path)
            trace.note("page", path, "")
        return self.page(files[0])

    @cached_property
    def people(self) -> authors.People:
        return authors.People(self.data, f"{self.settings.data}/authors")
