"""What the library would answer today to a question that was noted, as a digest.

The upper half of ``library``: each observation ``kind:name`` has a method ``_answer_kind``
here, by which the freezer tells whether the same question has the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from . import trace
from .errors import BlastoError
from .listings import Listing, slices
from .pages import Page

MANY = 300


class Answers:
    """Questions by kind and name; ``Library`` is the one class of it."""

    by_path: dict[str, Page]
    fallback: Answers | None
    _members: dict[str, list[Page]]
    _beside: dict[str, str]

    def listing(self, kind: str, name: str = "") -> Listing:
        raise NotImplementedError

    def terms(self, taxonomy: str) -> dict[str, Listing]:
        raise NotImplementedError

    def periods(self, name: str) -> list[Listing]:
        raise NotImplementedError

    def children(self, name: str) -> list[Listing]:
        raise NotImplementedError

    def documentation(self) -> list[Listing]:
        raise NotImplementedError

    def is_small(self, groups: Sequence[Listing]) -> bool:
        raise NotImplementedError

    def layout(self, name: str) -> str:
        raise NotImplementedError

    def section_name(self, page: Page) -> str:
        raise NotImplementedError

    def around(self, page: Page) -> tuple[Page | None, Page | None]:
        raise NotImplementedError

    def author_page(self, slug: str) -> Page | None:
        raise NotImplementedError

    def related(self, page: Page, count: int) -> list[Page]:
        raise NotImplementedError

    def answer(self, kind: str, name: str) -> str:
        """Give today's digest of an observation, ``""`` where nothing answers to it."""
        make: Callable[[str], str] | None = getattr(self, f"_answer_{kind}", None)
        return make(name) if make else ""

    def _answer_page(self, name: str) -> str:
        page = self.by_path.get(name)
        if page is None:
            return ""
        # Whether it speaks for a folder beside it is seen from its own page.
        return page.meta_digest + ("|beside" if name in self._beside else "")

    def _answer_body(self, name: str) -> str:
        page = self.by_path.get(name)
        return page.digest if page else ""

    def _answer_listing(self, name: str) -> str:
        kind, term, start, stop = name.split("|")
        try:
            return self.listing(kind, term).digest(int(start), int(stop))
        except BlastoError:
            return ""

    def _answer_count(self, name: str) -> str:
        kind, _, term = name.partition("|")
        try:
            return str(len(self.listing(kind, term).members))
        except BlastoError:
            return ""

    def _answer_place(self, name: str) -> str:
        page = self.by_path.get(name)
        return self.section_name(page) if page else ""

    def _answer_slices(self, name: str) -> str:
        kind, _, term = name.partition("|")
        try:
            return str(slices(self.listing(kind, term)))
        except BlastoError:
            return ""

    def _answer_size(self, name: str) -> str:
        kind, _, term = name.partition("|")
        try:
            return str(self.listing(kind, term).page_size)
        except BlastoError:
            return ""

    def _answer_term(self, name: str) -> str:
        """Give a term's title, as written in the first page that has it, and what else is said."""
        kind, _, term = name.partition("|")
        try:
            return told(self.listing(kind, term))
        except BlastoError:
            return ""

    def _answer_scope(self, name: str) -> str:
        """Give the language that a listing is found in: its own, else the main one."""
        kind, _, term = name.partition("|")
        try:
            return self.listing(kind, term).scope
        except BlastoError:
            return ""

    def _answer_terms(self, name: str) -> str:
        terms = self.terms(name).values()
        return trace.digest(*(f"{term.name}|{told(term)}|{len(term.members)}" for term in terms))

    def _answer_periods(self, name: str) -> str:
        return trace.digest(*(f"{one.name}|{len(one.members)}" for one in self.periods(name)))

    def _answer_author(self, name: str) -> str:
        page = self.author_page(name)
        return page.path + page.meta_digest if page else ""

    def _answer_related(self, name: str) -> str:
        path, _, count = name.rpartition("|")
        page = self.by_path.get(path)
        found = self.related(page, int(count)) if page else []
        return trace.digest(*(one.path + one.meta_digest for one in found))

    def _answer_around(self, name: str) -> str:
        page = self.by_path.get(name)
        if page is None:
            return ""
        return trace.digest(
            *(side.path + side.meta_digest if side else "" for side in self.around(page))
        )

    def _answer_crumb(self, name: str) -> str:
        """Digest what breadcrumbs show of a section: what it is called, and where it is."""
        if name not in self._members:
            return ""
        listing = self.listing("section", name)
        index = listing.index
        return trace.digest(listing.nav_title or listing.title, str(index and index.permalink))

    def _answer_section(self, name: str) -> str:
        """Digest what a section is called and shows of itself, its pages aside."""
        if name not in self._members:
            return self.fallback._answer_section(name) if self.fallback else ""
        listing = self.listing("section", name)
        index = listing.index.meta_digest if listing.index else ""
        return trace.digest(
            listing.title, listing.nav_title, listing.description, listing.layout, index
        )

    def _answer_layout(self, name: str) -> str:
        return self.layout(name) if name in self._members else ""

    def _answer_children(self, name: str) -> str:
        return trace.digest(
            *(item.name + self._answer_section(item.name) for item in self.children(name))
        )

    def _answer_nav(self, name: str) -> str:
        """Digest what a tree of navigation shows of a section and all below it."""
        if not name:
            groups = self.documentation()
            return trace.digest(*(f"{group.name}|{group.nav_title}|{group.index and group.index.permalink}" for group in groups),
                                str(self.is_small(groups)))  # fmt: skip
        if name not in self._members:
            return ""
        listing = self.listing("section", name)
        parts = [listing.name, listing.nav_title, str(listing.index and listing.index.permalink)]
        if len(listing.members) <= MANY:
            parts += [f"{page.path}|{page.nav_title}|{page.slug}|{page.permalink}"
                      for page in listing.members]  # fmt: skip
        return trace.digest(*parts, *(self._answer_nav(item.name) for item in self.children(name)))

    def _answer_pages(self, name: str) -> str:
        """Digest all pages' metadata: for questions that have no name."""
        return trace.digest(*(page.path + page.meta_digest for page in self.by_path.values()))


def told(listing: Listing) -> str:
    """Give what a term is called, with a digest of what its page or ``blasto.toml`` says of it."""
    if listing.index is None and not listing.description:
        return listing.title
    index = listing.index.meta_digest if listing.index else ""
    return f"{listing.title}|{trace.digest(listing.description, index)}"
