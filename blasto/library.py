"""The library: every page of the site, and the lists that can be asked of it.

Third stop of a page's way. Each answer is noted under a name from which it can be
computed again, so that the freezer can tell whether the same question has the same
answer today: ``page:blog/hello.md``, ``listing:section|blog|0|10``, ``nav:guide``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from . import trace
from .config import Config, Section
from .errors import BlastoError, did_you_mean
from .listings import UNWEIGHTED, Listing, in_order, slices, term_slug
from .pages import MARKDOWN, Page

EPOCH = datetime(1, 1, 1, tzinfo=UTC)
MANY = 300
OPEN_ALL = 60


class Library:
    """All published pages and the questions that templates and views ask.

    :param pages: the pages to publish; order does not matter.
    :param config: layout, order and names of sections; taxonomies.
    """

    def __init__(self, pages: Iterable[Page], config: Config) -> None:
        self.config = config
        self.by_path = {page.path: page for page in sorted(pages, key=lambda page: page.path)}
        self.indexes: dict[str, Page] = {}
        folders: dict[str, list[Page]] = {"": []}
        for page in self.by_path.values():
            if page.is_index:
                self.indexes.setdefault(page.folder, page)
        self._crowded = _with_pages(self.by_path.values())
        self._beside = self._pages_beside()
        for page in self.by_path.values():
            folder = page.folder
            if page.is_index and folder and not self._has_pages(folder):
                folder = folder.rpartition("/")[0]
            while folder not in folders:
                folders[folder] = []
                folder = folder.rpartition("/")[0]
            # A section's index stands for it: the section above lists the section.
            if page.listed and not self.speaks(page):
                folders[self.home_of(page)].append(page)
        self._members = folders
        self._layouts: dict[str, str] = {}
        self._listings: dict[tuple[str, str], Listing] = {}
        self._terms: dict[str, dict[str, Listing]] = {}
        self._around: dict[str, dict[str, tuple[Page | None, Page | None]]] = {}
        self._children: dict[str, list[str]] = {}
        for folder in sorted(folders):
            if folder:
                self._children.setdefault(folder.rpartition("/")[0], []).append(folder)

    # Which folders are sections

    def _has_pages(self, folder: str) -> bool:
        """Tell whether a folder holds pages besides its index, so is no bundle."""
        return folder in self._crowded

    def _pages_beside(self) -> dict[str, str]:
        """Give each ``guide.md`` beside a folder ``guide/`` without an index, with the folder.

        Both have one URL, so the page is the section's index.
        """
        found: dict[str, str] = {}
        for folder in sorted(self._crowded - self.indexes.keys()):
            for suffix in MARKDOWN:
                page = self.by_path.get(folder + suffix)
                if page is not None and page.permalink is None:
                    parent, _, name = folder.rpartition("/")
                    if page.slug == name.lstrip("_") and not self.permalink(parent):
                        found[page.path] = folder
                        self.indexes[folder] = page
                        break
        return found

    def permalink(self, folder: str) -> str:
        """Give the rule for URLs of pages in a folder: that of the nearest section with one."""
        sections = self.config.sections
        while folder and not (folder in sections and sections[folder].permalink):
            folder = folder.rpartition("/")[0]
        return sections[folder].permalink if folder else ""

    def speaks(self, page: Page) -> bool:
        """Tell whether a page is the index of a section other than the whole site."""
        if page.is_index:
            return bool(page.folder) and self.section_name(page) == page.folder
        return page.path in self._beside

    def home_of(self, page: Page) -> str:
        """Give the section that lists the page: a bundle's or index's is one level up."""
        folder = page.folder
        if page.is_index and folder:
            return folder.rpartition("/")[0]
        return folder

    def section_name(self, page: Page) -> str:
        """Give the section that a page belongs to; an index belongs to its own."""
        name = page.folder
        if page.is_index:
            if not self._has_pages(name):
                name = name.rpartition("/")[0]
            trace.note("place", page.path, name)
        elif page.path in self._beside:
            name = self._beside[page.path]
            trace.note("page", page.path, self._answer_page(page.path))
        return name

    @property
    def sections(self) -> list[str]:
        """The names of all sections, ``""`` for the whole, sorted."""
        return sorted(self._members)

    def children(self, name: str) -> list[Listing]:
        """Give the sections right below one, by weight and title."""
        found = [self.listing("section", child) for child in self._children.get(name, [])]
        return sorted(found, key=lambda item: (item.weight, item.title.casefold(), item.name))

    def settings(self, name: str) -> Section:
        """Give what ``blasto.toml`` says of a section, or of the nearest one above."""
        while name and name not in self.config.sections:
            name = name.rpartition("/")[0]
        return self.config.sections.get(name) or Section()

    def layout(self, name: str) -> str:
        """Give a section's layout: as set, else ``blog`` where most pages have a date."""
        if name not in self._layouts:
            index = self.indexes.get(name)
            chosen = index.layout_name if index and name else None
            if chosen not in ("blog", "docs", "page"):
                chosen = self.settings(name).layout or self.config.layout
            if not chosen:
                members = [page for page in self.below(name) if not page.is_home]
                dated = sum(1 for page in members if page.date)
                chosen = "blog" if dated * 2 > len(members) else "docs"
            self._layouts[name] = chosen
        return self._layouts[name]

    def below(self, name: str) -> list[Page]:
        """Give every listed page in a section and its subsections, unordered."""
        found = list(self._members.get(name, []))
        for child in self._children.get(name, []):
            found.extend(self.below(child))
        return found

    def documentation(self) -> list[Listing]:
        """Give the top sections that are shown as documentation."""
        return [item for item in self.children("") if item.layout == "docs"]

    def is_small(self, groups: Sequence[Listing]) -> bool:
        """Tell whether a tree of these sections can be shown with all of them open."""
        return sum(len(self.below(group.name)) for group in groups) <= OPEN_ALL

    # Listings

    def listing(self, kind: str, name: str = "") -> Listing:
        """Give a listing.

        :param kind: ``"section"``, ``"all"`` or a taxonomy such as ``"tags"``.
        :param name: the folder of a section, the slug or name of a term.
        :raises BlastoError: there is none of that kind and name.
        """
        key = (kind, name)
        if key not in self._listings:
            self._listings[key] = self._make(kind, name)
        return self._listings[key]

    def _make(self, kind: str, name: str) -> Listing:
        if kind == "all":
            dated = [page for page in self.by_path.values() if page.listed and page.date]
            return Listing(kind, name, self.config.title, in_order(dated, "date"))
        if kind == "section" and name in self._members:
            return self._section(name)
        if kind in self.config.taxonomies:
            terms = self.terms(kind)
            if name in terms or (name := term_slug(name)) in terms:
                return terms[name]
        known = self.sections if kind == "section" else ["section", "all", *self.config.taxonomies]
        raise BlastoError.at(
            f'there is no listing "{name}" of kind "{kind}"', hint=did_you_mean(name, known)
        )

    def _section(self, name: str) -> Listing:
        index, settings = self.indexes.get(name), self.settings(name)
        layout = self.layout(name)
        if layout == "blog":
            pages = [page for page in self.below(name) if page is not index]
            pages = [page for page in pages if name or page.date or not self._children.get("")]
        else:
            pages = [page for page in self._members[name] if page is not index]
        own = self.config.sections.get(name)
        title = (own and own.title) or (index and index.title) or _title(name, self.config)
        return Listing(
            "section",
            name,
            title,
            in_order(pages, settings.sort or ("date" if layout == "blog" else "weight")),
            index=index,
            layout=layout,
            description=(own and own.description) or (index.description if index else ""),
            nav_title=index.nav_title if index and name else title,
            weight=index.weight if index and index.weight is not None else UNWEIGHTED,
            page_size=settings.paginate
            or (self.config.paginate if layout == "blog" else UNWEIGHTED),
        )

    def terms(self, taxonomy: str) -> dict[str, Listing]:
        """Give the terms of a taxonomy by slug, sorted by slug."""
        if taxonomy not in self._terms:
            grouped: dict[str, tuple[str, list[Page]]] = {}
            for page in self.by_path.values():
                for term in page.taxonomies.get(taxonomy, ()) if page.listed else ():
                    grouped.setdefault(term_slug(term), (term, []))[1].append(page)
            self._terms[taxonomy] = {
                slug: Listing(taxonomy, slug, title, in_order(_unique(pages), "date"),
                              page_size=self.config.paginate)
                for slug, (title, pages) in sorted(grouped.items())
            }  # fmt: skip
        return self._terms[taxonomy]

    def around(self, page: Page) -> tuple[Page | None, Page | None]:
        """Give the pages before and after one in its section's order, older first in a blog."""
        section = self.section_name(page)
        if section not in self._around:
            listing = self.listing("section", section)
            pages: Sequence[Page] = listing.members
            if listing.layout == "blog":
                pages = pages[::-1]
            elif listing.index is not None and section:
                pages = [listing.index, *pages]
            self._around[section] = {
                here.path: (before, after)
                for before, here, after in zip(
                    [None, *pages[:-1]], pages, [*pages[1:], None], strict=bool(pages)
                )
            }
        return self._around[section].get(page.path, (None, None))

    # Answers, for the freezer

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
        """Give a term's title: it is written as in the first page that has it."""
        kind, _, term = name.partition("|")
        try:
            return self.listing(kind, term).title
        except BlastoError:
            return ""

    def _answer_terms(self, name: str) -> str:
        terms = self.terms(name).values()
        return trace.digest(*(f"{term.name}|{term.title}|{len(term.members)}" for term in terms))

    def _answer_around(self, name: str) -> str:
        page = self.by_path.get(name)
        if page is None:
            return ""
        return trace.digest(
            *(side.path + side.meta_digest if side else "" for side in self.around(page))
        )

    def _answer_section(self, name: str) -> str:
        """Digest what a section is called and shows of itself, its pages aside."""
        if name not in self._members:
            return ""
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


def _with_pages(pages: Iterable[Page]) -> set[str]:
    """Give the folders that hold pages besides their index."""
    found: set[str] = {""}
    for page in pages:
        place = page.folder
        if page.is_index and not page.path.rpartition("/")[2].startswith("_index"):
            place = place.rpartition("/")[0]
        while place and place not in found:
            found.add(place)
            place = place.rpartition("/")[0]
    return found


def _title(name: str, config: Config) -> str:
    if not name:
        return config.title
    text = name.rpartition("/")[2].lstrip("_").replace("-", " ").replace("_", " ").strip()
    return text[:1].upper() + text[1:] if text else name


def _unique(pages: Iterable[Page]) -> list[Page]:
    return list({page.path: page for page in pages}.values())
