"""The library: every page of the site, and the lists that can be asked of it.

Third stop of a page's way. Each answer is noted under a name from which it can be
computed again, so that the freezer can tell whether the same question has the same
answer today: ``page:blog/hello.md``, ``listing:section|blog|0|10``, ``nav:guide``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from . import trace
from .answers import Answers
from .config import Config
from .errors import BlastoError, did_you_mean
from .listings import UNWEIGHTED, Listing, in_order, term_slug
from .listoptions import Section
from .pages import MARKDOWN, Page
from .questions import QUERY, answer, section_of
from .related import Related
from .terms import ALWAYS, ARCHIVE, grouped, in_sequence, period_title, periods, speakers

EPOCH = datetime(1, 1, 1, tzinfo=UTC)
OPEN_ALL = 60


class Library(Answers):
    """All published pages and the questions that templates and views ask.

    :param pages: the pages to publish; order does not matter.
    :param config: layout, order and names of sections; taxonomies.
    :param scope: the language that all of them are in, ``""`` for the main one.
    :param fallback: the library of the main language: what is not translated is found there.
    """

    def __init__(
        self,
        pages: Iterable[Page],
        config: Config,
        scope: str = "",
        fallback: Library | None = None,
    ) -> None:
        self.config = config
        self.scope = scope
        self.fallback = fallback
        self.by_path = {page.path: page for page in sorted(pages, key=lambda page: page.path)}
        self.by_key = {page.key: page for page in self.by_path.values()}
        self.indexes: dict[str, Page] = {}
        kinds = {*config.taxonomies, *([ARCHIVE] if config.archives else [])}
        self.speakers = speakers(self.by_path.values(), kinds)
        self.speaks_for = {
            page.path: term for term, found in self.speakers.items() for page in found
        }
        placed = [page for page in self.by_path.values() if page.path not in self.speaks_for]
        folders: dict[str, list[Page]] = {"": []}
        for page in placed:
            if page.is_index:
                self.indexes.setdefault(page.folder, page)
        self._crowded = _with_pages(placed)
        self._beside = self._pages_beside()
        for page in placed:
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
        self._related: Related | None = None
        self.names: tuple[Mapping[str, list[str]], Mapping[str, list[str]]] | None = None
        """Paths by names of files and by titles, once a wikilink has asked."""
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
                page = self.by_key.get(folder + suffix)
                if page is not None and self._shares_address(page, folder):
                    found[page.path] = folder
                    self.indexes[folder] = page
                    break
        return found

    def _shares_address(self, page: Page, folder: str) -> bool:
        """Tell whether a page beside a folder has the URL of the folder's list."""
        if page.permalink is not None:
            return page.permalink.strip("/") == re.sub(r"(^|/)_+", r"\1", folder)
        parent, _, name = folder.rpartition("/")
        return page.slug == name.lstrip("_") and not self.permalink(parent)

    def permalink(self, folder: str) -> str:
        """Give the rule for URLs of pages in a folder: that of the nearest section with one."""
        sections = self.config.sections
        while folder and not (folder in sections and sections[folder].permalink):
            folder = folder.rpartition("/")[0]
        return sections[folder].permalink if folder else ""

    def speaks(self, page: Page) -> bool:
        """Tell whether a page is the index of a section other than the whole site."""
        if page.is_index and page.path not in self.speaks_for:
            return bool(page.folder) and self.section_name(page) == page.folder
        return page.path in self._beside

    def _stands_for_list(self, page: Page) -> bool:
        """Tell whether a page is the text of a list, or the home page."""
        if page.is_index and page.path not in self.speaks_for:
            return not page.folder or self._has_pages(page.folder)
        return page.path in self.speaks_for or page.path in self._beside

    def home_of(self, page: Page) -> str:
        """Give the section that lists the page: a bundle's or index's is one level up."""
        folder = page.folder
        if page.is_index and folder:
            return folder.rpartition("/")[0]
        return folder

    def section_name(self, page: Page) -> str:
        """Give the section that a page belongs to; an index belongs to its own."""
        if page.path in self.speaks_for:
            return ""
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
            main = self._in_main(name)
            if main is not None and not chosen:
                chosen = main.layout
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

    def _in_section(self, name: str) -> list[Page]:
        if name not in self._members:
            hint = did_you_mean(name, self.sections)
            raise BlastoError.at(f'there is no section "{name}"', hint=hint)
        inside = f"{name}/" if name else ""
        return [p for p in self.by_path.values() if f"{self.home_of(p)}/".startswith(inside)]

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
            try:
                made = self._make(kind, name)
                made.scope = self.scope
            except BlastoError:
                if self.fallback is None:
                    raise
                made = self.fallback.listing(kind, name)
            self._listings[key] = made
        return self._listings[key]

    def _in_main(self, name: str) -> Listing | None:
        """Give a section as it is in the site's main language, if it is another and has it."""
        main = self.fallback
        return main.listing("section", name) if main and name and name in main._members else None

    def _make(self, kind: str, name: str) -> Listing:
        if kind == "all":
            return Listing(kind, name, self.config.title, in_order(self._dated(), "date"),
                           scope=self.scope)  # fmt: skip
        if kind == "section" and name in self._members:
            return self._section(name)
        if kind == QUERY:
            section = section_of(name)
            asked = self.by_path.values() if section is None else self._in_section(section)
            placed = [page for page in asked if not self._stands_for_list(page)]
            return answer(name, placed, self.config.taxonomies, self.config.paginate)
        if kind in (*self.config.taxonomies, *ALWAYS) or (kind == ARCHIVE and self.config.archives):
            if not name:
                pages = self.listing("all").members if kind == ARCHIVE else ()
                return self._term(kind, "", kind.replace("-", " ").capitalize(), pages)
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
        own, main = self.config.sections.get(name), self._in_main(name)
        title = (own and own.title) or (index and index.title) or (main and main.title)
        title = title or _title(name, self.config)
        return Listing(
            "section",
            name,
            title,
            in_order(pages, settings.sort or ("date" if layout == "blog" else "weight")),
            index=index,
            layout=layout,
            description=(own and own.description) or (index.description if index else ""),
            nav_title=index.nav_title if index and name else title,
            weight=index.weight
            if index and index.weight is not None
            else main.weight
            if main
            else UNWEIGHTED,
            scope=self.scope,
            page_size=settings.paginate
            or (self.config.paginate if layout == "blog" else UNWEIGHTED),
        )

    def _dated(self) -> list[Page]:
        speaking = self.speaks_for
        return [p for p in self.by_path.values() if p.listed and p.date and p.path not in speaking]

    def terms(self, taxonomy: str) -> dict[str, Listing]:
        """Give the terms of a taxonomy by slug, sorted by slug; of archives the newest first."""
        if taxonomy not in self._terms:
            if taxonomy == ARCHIVE:
                found = periods(self._dated(), self.config.archives)
                made = {name: (period_title(name), pages) for name, pages in found.items()}
            else:
                pages = (p for p in self.by_path.values() if p.path not in self.speaks_for)
                made = grouped(pages, taxonomy)
                for kind, slug in self.speakers:
                    if kind == taxonomy and slug:
                        made.setdefault(slug, (slug, []))
            self._terms[taxonomy] = {
                slug: self._term(taxonomy, slug, *made[slug])
                for slug in sorted(made, reverse=taxonomy == ARCHIVE)
            }
        return self._terms[taxonomy]

    def _term(self, kind: str, name: str, title: str, pages: Sequence[Page]) -> Listing:
        """Make the list of a term, or of a whole taxonomy where ``name`` is empty."""
        settings = self.settings(kind)
        index = self.speakers.get((kind, name), [None])[0]
        order = settings.sort or "date"
        own_order = kind == "series" and not settings.sort
        said = settings if not name else Section()
        return Listing(
            kind,
            name,
            said.title or (index.title if index else title),
            in_sequence(pages) if own_order else in_order(pages, order),
            index=index,
            description=said.description or (index.description if index else ""),
            nav_title=index.nav_title if index else "",
            scope=self.scope,
            page_size=settings.paginate or self.config.paginate,
        )

    def periods(self, name: str) -> list[Listing]:
        """Give the years of the archive, or the months of a year, the newest first."""
        return [
            listing
            for listing in (self.terms(ARCHIVE).values() if self.config.archives else ())
            if listing.name.rpartition("/")[0] == name
        ]

    def author_page(self, slug: str) -> Page | None:
        """Give the page that speaks for an author."""
        found = self.speakers.get(("authors", slug), [None])[0]
        if found is None and "authors" not in self.config.taxonomies:
            names = (f"authors/{slug}{end}" for end in (".md", "/index.md", "/_index.md"))
            found = next((self.by_key[name] for name in names if name in self.by_key), None)
        return found

    def related(self, page: Page, count: int) -> list[Page]:
        """Give the pages that share most terms with a page."""
        if self._related is None:
            pages = [p for p in self.by_path.values() if p.listed and p.path not in self.speaks_for]
            self._related = Related(pages, self.config.related.weights)
        return self._related.to(page, count)

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
