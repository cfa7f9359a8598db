"""Which URL means what: every page, listing, file and alias of a site by URL path.

Made from the library once it is loaded. ``views`` looks requests up here, ``site`` asks
it for the URL of a page, and two sources of one URL are found here. URL paths are
decoded and without the base path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from unicodedata import normalize

from . import cards, channels, companions, hosts, output
from .config import FILE, Config
from .errors import BlastoError, Problem, did_you_mean
from .languages import prefix
from .library import Library
from .listings import Listing
from .listoptions import MenuItem
from .pages import MARKDOWN, Page
from .permalinks import flask_rule
from .questions import QUERY
from .terms import ALWAYS, ARCHIVE

#: Names that an author's URL ends in and that mean a file; `Rust-1.19` and `strings.Count` do not.
FILE_NAME = re.compile(
    r"\.(?:[xs]?html?|php\d?|[aj]spx?|cgi|xml|rss|atom|json|jsonld|webmanifest|txt|md|csv|ics|vcf|css|m?js"
    r"|svg|png|jpe?g|gif|webp|avif|ico|pdf|zip|gz|wasm|map)$",
    re.I,
)
CONVERTER = re.compile(r"<(?:[a-z_]+(?:\((?P<options>[^)]*)\))?:)?(?P<name>\w+)>")


@dataclass(frozen=True, slots=True)
class Target:
    """What a URL leads to.

    :param kind: ``page``, ``listing``, ``terms``, ``alias``, ``asset``, ``public`` or
        ``feed``; or what ``machine`` has.
    :param name: the page's path; ``kind|name`` of a listing, of a feed ``format|kind|name``;
        the taxonomy; the file.
    :param number: slice of a listing, from 1.
    :param source: the file behind it, or words for what else it is made from.
    :param scope: the language that it is in, ``""`` for the site's main one.
    """

    kind: str
    name: str
    number: int = 1
    source: str = ""
    scope: str = ""

    @property
    def described(self) -> str:
        """What a message calls it."""
        if self.kind == "alias":
            return f"an alias of {self.source}"
        return f"page {self.number} of {self.source}" if self.number > 1 else self.source

    @property
    def written(self) -> bool:
        """Whether somebody wrote what stands there, as a list of pages is not."""
        return self.file is not None or (
            self.kind in ("listing", "terms")
            and self.number == 1
            and self.source.endswith(MARKDOWN)
        )

    @property
    def file(self) -> str | None:
        """The file to mend, if there is one."""
        return self.source if self.kind in ("page", "alias", "asset", "public") else None


class Routes:
    """The table of URL paths. ``problems`` holds collisions and paths that are refused."""

    def __init__(
        self,
        library: Library,
        config: Config,
        assets: Iterable[str] = (),
        public: Iterable[str] = (),
        others: Iterable[Library] = (),
    ) -> None:
        self.config = config
        self.library = library
        self.targets: dict[str, Target] = {}
        self.problems: list[Problem] = []
        self.pages: dict[str, str] = {}
        self.assets: dict[str, str] = {}
        self.menus: dict[tuple[str, str], list[tuple[str, str]]] = {}
        """Titles and addresses of each menu by language and name, once `menus` has asked for them."""
        self._bundles: dict[str, Page] = {}
        libraries = [library, *others]
        self.libraries = {one.scope: one for one in libraries}
        for one in libraries:
            self._use(one)
            self._add_library()
        for menu in dict.fromkeys(one.config.menu for one in libraries):
            self._check_menu(menu)
        self._use(library)
        for path in assets:
            url = self.assets[path] = composed(self.asset_path(path))
            self._add(url, Target("asset", path, source=f"{config.content}/{path}"))
        for path in public:
            if path in ("_redirects", "_headers") and hosts.reads_rules(config.host):
                continue  # joined with what the app says, in ``hostfiles``
            self._add(
                composed("/" + path), Target("public", path, source=f"{config.public}/{path}")
            )
        for one in libraries:
            self._use(one)
            for page in one.by_path.values():
                for alias in page.aliases:
                    self._add_alias(page, alias)
        self._use(library)

    def _use(self, library: Library) -> None:
        """Speak of the pages of one language from now on."""
        self.library, self.config = library, library.config

    def _check_menu(self, menu: Iterable[MenuItem]) -> None:
        for entry in menu:
            if entry.page and entry.page not in self.pages:
                self.problems.append(
                    Problem(
                        f'the menu entry "{entry.title}" leads to "{entry.page}", which is not published',
                        FILE, hint=did_you_mean(entry.page, self.pages), severity="warning",
                    )
                )  # fmt: skip

    def _add_library(self) -> None:
        library, config = self.library, self.config
        for page in library.by_path.values():
            self._add_page(page)
        for name in library.sections:
            if name or library.by_path or not library.scope:
                self._add_section(name)
        for taxonomy in (*config.taxonomies, *([ARCHIVE] if config.archives else [])):
            self._add_taxonomy(taxonomy)
        for page in library.by_path.values():
            if page.is_index and page.folder and not library._has_pages(page.folder):
                self._bundles.setdefault(page.path.rpartition("/")[0], page)
        self._add_feeds()
        self._add_companions()

    def _add(self, url: str, target: Target) -> bool:
        try:
            output.url_to_path(url)
        except BlastoError as error:
            problem = error.problems[0]
            self.problems.append(Problem(problem.message, target.file, hint=problem.hint))
            return False
        if self.library.scope:
            target = replace(target, scope=self.library.scope)
        held = self.targets.setdefault(url, target)
        if held is not target:
            self.problems.append(
                Problem(
                    f'two sources for the URL "{url}": {held.described} and {target.described}',
                    target.file or held.file,
                    hint="give one of them another `slug`, `url` or name",
                )
            )
            return False
        return True

    def _add_page(self, page: Page) -> None:
        source = f"{self.config.content}/{page.path}"
        try:
            url = composed(page_path(page, self.library, self.config))
            if self.config.lower_urls and page.permalink is None:
                url = url.lower()
        except BlastoError as error:
            problem = error.problems[0]
            self.problems.append(Problem(problem.message, source, hint=problem.hint))
            return
        self.pages[page.path] = url
        name = page.folder
        term = self.library.speaks_for.get(page.path)
        if term is not None:
            kind = "listing" if term[1] or term[0] == ARCHIVE else "terms"
            named = f"{term[0]}|{term[1]}" if kind == "listing" else term[0]
            self._add(url, Target(kind, named, source=source))
        elif (
            page.is_index
            and page.path.rpartition("/")[2].startswith("_index")
            and page.permalink is None
        ):
            self._add(url, Target("listing", f"section|{name}", source=source))
        else:
            self._add(url, Target("page", page.path, source=source))

    def _add_section(self, name: str) -> None:
        listing = self.library.listing("section", name)
        base = self.listing_path(listing)
        index = listing.index
        if index is None or index.path not in self.pages:
            taken = self.targets.get(base)
            if taken is not None and taken.kind == "page":
                return  # a page was written for this very URL; a list makes itself
            if not name or listing.members or self.library.children(name):
                source = f"the list of {self.config.content}/{name}"
                self._add(base, Target("listing", f"section|{name}", source=source))
        elif self.targets.get(self.pages[index.path], Target("", "")).kind != "listing":
            return
        self._add_slices(listing, base)

    def _add_slices(self, listing: Listing, base: str) -> None:
        count = -(-len(listing.members) // listing.page_size)
        for number in range(2, count + 1):
            target = Target("listing", f"{listing.kind}|{listing.name}", number, f"the list {base}")
            self._add(f"{base}page/{number}/", target)

    def _add_taxonomy(self, taxonomy: str) -> None:
        terms = self.library.terms(taxonomy)
        if not terms:
            return
        whole = self.library.listing(taxonomy)
        if taxonomy == ARCHIVE:
            self._add_term(whole, "the archive")
        elif whole.index is None:
            source = f'the taxonomy "{taxonomy}"'
            self._add(self.listing_path(whole), Target("terms", taxonomy, source=source))
        for listing in terms.values():
            self._add_term(listing, f'{taxonomy} "{listing.title}"')

    def _add_term(self, listing: Listing, source: str) -> None:
        base = self.listing_path(listing)
        target = Target("listing", f"{listing.kind}|{listing.name}", source=source)
        if (listing.index is not None and listing.index.path in self.pages) or self._add(
            base, target
        ):
            self._add_slices(listing, base)

    def _add_feeds(self) -> None:
        """Give sections and terms their feeds; those of the whole are in ``machine``."""
        library, config = self.library, self.config
        listings = [library.listing("section", name) for name in library.sections if name]
        for taxonomy in config.feed_taxonomies:
            if taxonomy in config.taxonomies:
                listings += library.terms(taxonomy).values()
        for listing in listings:
            if channels.has_feed(config, library, listing):
                for form in config.feed_formats:
                    target = Target("feed", f"{form}|{listing.kind}|{listing.name}",
                                    source=f"the feed of {self.listing_path(listing)}")  # fmt: skip
                    self._add(self.feed_path(listing, form), target)

    def _add_companions(self) -> None:
        """Give pages their cards and their Markdown, where these are asked for."""
        config = self.config
        drawn = config.social_cards.enabled
        if drawn and not cards.available():
            drawn = False
            if not self.library.scope:
                message, hint = "social cards need Pillow", "pip install 'blasto[images]'"
                self.problems.append(Problem(message, FILE, hint=hint))
        for path, page in self.library.by_path.items() if drawn or config.llms else ():
            if path not in self.pages:
                continue
            url, source = self.pages[path], f"{config.content}/{path}"
            if drawn and companions.has_card(config, page):
                target = Target("card", path, source=f"the card of {source}")
                self._add(companions.card_path(url), target)
            if companions.has_twin(config, page):
                target = Target("twin", path, source=f"the Markdown of {source}")
                self._add(companions.twin_path(url), target)

    def feed_path(self, listing: Listing, form: str) -> str:
        """Give the URL path of a listing's feed in a format."""
        whole = channels.is_whole(listing)
        base = prefix(listing.scope) + "/" if whole else self.listing_path(listing)
        return base[: base.rindex("/") + 1] + channels.FORMATS[form].file

    def _add_alias(self, page: Page, alias: str) -> None:
        source = f"{self.config.content}/{page.path}"
        try:
            path, _, _ = output.split(alias)
            url = composed(whole_path(output.decode(path if path.startswith("/") else "/" + path)))
        except BlastoError as error:
            problem = error.problems[0]
            self.problems.append(
                Problem(f'alias "{alias}": {problem.message}', source, hint=problem.hint)
            )
            return
        if url != self.pages.get(page.path):
            self._add(url, Target("alias", page.path, source=source))

    def listing_path(self, listing: Listing, number: int = 1) -> str:
        """Give the URL path of a listing or of its slice ``number``."""
        index = listing.index
        without = listing.kind in ALWAYS and listing.kind not in self.config.taxonomies
        if listing.kind == QUERY or without:
            raise BlastoError.at(
                f'the list of pages by "{listing.kind}" has no URL of its own',
                hint="give paginate() a url=, or name it under `taxonomies`",
            )
        if index is not None and index.path in self.pages:
            base = self.pages[index.path]
        elif listing.kind == "section":
            base = prefix(listing.scope) + self._folder_path(listing.name)
        else:
            base = "/" if listing.kind == "all" else f"/{listing.kind}/"
            base = prefix(listing.scope) + base
            base += f"{listing.name}/" if listing.name else ""
        return base if number == 1 else f"{base}page/{number}/"

    def asset_path(self, path: str) -> str:
        """Give the URL path of a file beside the text; a bundle's files follow its page."""
        folder, _, name = path.rpartition("/")
        inside = name
        while folder:
            page = self._bundles.get(folder)
            if page is not None and page.path in self.pages:
                base = self.pages[page.path]
                return (base if base.endswith("/") else base.rpartition("/")[0] + "/") + inside
            folder, _, name = folder.rpartition("/")
            inside = f"{name}/{inside}"
        return self._folder_path(path.rpartition("/")[0]) + path.rpartition("/")[2]

    def _folder_path(self, folder: str) -> str:
        path = folder_path(folder)
        return path.lower() if self.config.lower_urls else path

    def __iter__(self) -> Iterator[str]:
        return iter(self.targets)


@lru_cache(4096)
def folder_path(folder: str) -> str:
    """Give the URL path of a content folder; a leading underscore of a name is dropped."""
    parts = [part.lstrip("_") or part for part in folder.split("/") if part]
    return composed("/" + "".join(part + "/" for part in parts))


def composed(text: str) -> str:
    """Give a URL path in the Unicode form that keyboards type, whatever a file's name has."""
    return text if text.isascii() else normalize("NFC", text)


def whole_path(url: str) -> str:
    """Give an author's URL as a URL path: one slash in front, one behind unless it is a file."""
    url = "/" + url.lstrip("/")
    last = url.rpartition("/")[2]
    return url if not last or FILE_NAME.search(last) else url + "/"


def page_path(page: Page, library: Library, config: Config) -> str:
    """Give the URL path of a page.

    Its own ``url``; else its section's permalink; else its folder and slug.

    :raises BlastoError: the permalink asks for what the page does not have.
    """
    if page.permalink is not None:
        written = str(page.permalink)
        if "//" in written or "\\" in written:
            raise BlastoError.at(
                f'"{written}" is no URL path', hint="write a path such as /about/ in `url`"
            )
        if ":" in written:
            try:
                rule = flask_rule(written)
            except ValueError as error:
                hint = "write a path such as /about/, or tokens such as /:year/:slug/"
                raise BlastoError.at(f'"{written}" is no URL path: {error}', hint=hint) from error
            return expand(rule, page, library)
        return whole_path(output.decode(written))
    term, start = library.speaks_for.get(page.path), prefix(page.scope)
    if term is not None:
        return f"{start}/{term[0]}/" + (f"{term[1]}/" if term[1] else "")
    folder = page.folder
    if page.is_index:
        if not folder:
            return start + "/"
        if library._has_pages(folder):
            return start + folder_path(folder)
        folder = folder.rpartition("/")[0]
    rule = library.permalink(folder)
    if rule:
        return start + expand(rule, page, library)
    return f"{start}{folder_path(folder)}{page.slug}/"


def expand(rule: str, page: Page, library: Library) -> str:
    """Fill a Flask rule with what is known of a page."""
    section = library.home_of(page)
    values: Mapping[str, object] = {
        "slug": page.slug,
        "name": page.key.rpartition("/")[2].rpartition(".")[0],
        "filename": page.key.rpartition("/")[2].rpartition(".")[0],
        "title": re.sub(r"[^\w]+", "-", page.title.lower()).strip("-"),
        "section": section.split("/")[0],
        "sections": section,
        "path": section,
    }
    if page.categories:
        values = {**values, "category": re.sub(r"[\s/]+", "-", page.categories[0].lower()),
                  "categories": "/".join(re.sub(r"[\s/]+", "-", item.lower()) for item in page.categories)}  # fmt: skip

    def fill(found: re.Match[str]) -> str:
        name = found["name"]
        if name in ("year", "month", "day", "hour", "minute", "second"):
            if page.date is None:
                raise BlastoError.at(
                    f"the permalink {rule} needs a date, and the page has none",
                    hint="add `date:` to the front matter",
                )
            digits = re.search(r"fixed_digits=(\d+)", found["options"] or "")
            value = getattr(page.date, name)
            return f"{value:0{digits[1]}}" if digits else str(value)
        if name not in values:
            raise BlastoError.at(f'the permalink {rule} asks for "{name}"')
        return str(values[name])

    return re.sub(r"/{2,}", "/", CONVERTER.sub(fill, rule))
