"""Which pages and listings are the same in several languages, and where each has its URL.

Beside ``links``, over the libraries of all languages and the one table of routes. A site
with one language has no :class:`Translations`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from . import trace
from .config import FILE, Config
from .errors import BlastoError, Problem
from .languages import Codes, codes, configured, prefix, same, spoken_of
from .library import Library
from .listings import Listing
from .pages import Page
from .routes import Routes


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the site, as the current request sees it.

    :param code: as in ``lang`` and ``hreflang``.
    :param name: what it calls itself.
    :param main: whether it is the main one, whose URLs have no prefix.
    :param active: whether it is the language of the current page.
    :param url: the current page in that language, its home page where it has no such page.
    :param translated: whether ``url`` is the current page's very translation, or itself.
    """

    code: str
    name: str
    direction: str
    main: bool
    active: bool
    url: str
    home_url: str
    translated: bool


class Translations:
    """Pages and listings by what they have in common.

    :param libraries: by scope, the main language first.
    """

    def __init__(self, libraries: Mapping[str, Library], routes: Routes, known: Codes) -> None:
        self.libraries = libraries
        self.routes = routes
        scopes = [scope for scope, library in libraries.items() if library.by_path]
        self.spoken = list(spoken_of(scopes, known))
        self.problems: list[Problem] = []
        self._pairs: dict[str, dict[str, Page]] = {}
        for scope, library in libraries.items():
            for page in library.by_path.values():
                held = self._pairs.setdefault(page.pairing, {}).setdefault(scope, page)
                if held is not page and page.translation_key:
                    self.problems.append(self._twice(held, page))
        for code in known[1:]:
            if code not in scopes:
                self.problems.append(
                    Problem(
                        f'no page is in the language "{code}"', FILE, severity="warning",
                        hint=f"write one, such as index.{code}.md or {code}/index.md",
                    )
                )  # fmt: skip

    def _twice(self, held: Page, page: Page) -> Problem:
        return Problem(
            f'"{held.path}" has the same translation_key and the same language',
            f"{self.routes.config.content}/{page.path}",
            severity="warning",
            hint="a key joins one page of each language",
        )

    def version(self, page: Page, scope: str) -> Page | None:
        """Give a page as it is in a language, ``None`` where it is not translated."""
        return page if page.scope == scope else self._pairs.get(page.pairing, {}).get(scope)

    def pages(self, page: Page) -> list[Page]:
        """Give a page's translations into other languages."""
        found = (self.version(page, scope) for _, scope in self.spoken if scope != page.scope)
        return [one for one in found if one is not None and one.path in self.routes.pages]

    def listings(self, listing: Listing) -> list[Listing]:
        """Give a listing in other languages."""
        found = (self._listing(listing, scope) for _, scope in self.spoken)
        return [one for one in found if one is not None and one.scope != listing.scope]

    def _listing(self, listing: Listing, scope: str) -> Listing | None:
        library, kind, name = self.libraries[scope], listing.kind, listing.name
        index = self.version(listing.index, scope) if listing.index is not None else None
        if index is not None:
            kind, name = library.speaks_for.get(index.path) or (
                "section",
                library.section_name(index),
            )
        try:
            found = library.listing(kind, name)
        except BlastoError:
            return None
        here = found.scope == scope and self.routes.listing_path(found) in self.routes.targets
        return found if here else None

    def alternates(self, url_path: str) -> dict[str, tuple[str, bool]]:
        """Give by language where a URL's page is to be found, and whether it is the very same."""
        target = self.routes.targets.get(url_path)
        if target is None:
            return {}
        if target.kind == "page":
            page = self.libraries[target.scope].by_path[target.name]
            found = {one.scope: (self.routes.pages[one.path], True) for one in self.pages(page)}
        elif target.kind == "listing":
            kind, _, name = target.name.partition("|")
            listing = self.libraries[target.scope].listing(kind, name)
            first = target.number == 1
            found = {
                one.scope: (self.routes.listing_path(one), first) for one in self.listings(listing)
            }
        elif target.kind == "terms":
            lists = self.listings(self.libraries[target.scope].listing(target.name))
            found = {one.scope: (self.routes.listing_path(one), True) for one in lists}
        else:
            return {}
        return {**found, target.scope: (url_path, True)}

    def exact(self, url_path: str) -> tuple[tuple[str, str], ...]:
        """Give code and URL path of a page's translations and of itself; none where it has none."""
        there = self.alternates(url_path)
        found = [(code, *there[scope]) for code, scope in self.spoken if scope in there]
        pairs = tuple((code, url) for code, url, translated in found if translated)
        return pairs if len(pairs) > 1 else ()

    def digest(self, url_path: str) -> str:
        """Digest where a URL's translations are, for the freezer."""
        return trace.digest(repr(sorted(self.alternates(url_path).items())))


class Spoken(Protocol):
    """What this room asks of a site."""

    @property
    def configs(self) -> Mapping[str, Config]: ...
    @property
    def translations(self) -> Translations | None: ...
    @property
    def languages_digest(self) -> str: ...
    def href(self, url_path: str) -> str: ...
    def word(self, name: str) -> str: ...


def configs_of(config: Config) -> dict[str, Config]:
    """Give the configuration as each language has it, by scope."""
    others = codes(config)[1:]
    return {"": config, **{scope: configured(config, scope) for scope in others}}


def libraries_of(pages: list[Page], configs: Mapping[str, Config]) -> dict[str, Library]:
    """Make a library for each language, by scope."""
    if len(configs) == 1:
        return {"": Library(pages, configs[""])}
    main = Library([page for page in pages if not page.scope], configs[""])
    found = {"": main}
    for scope in configs:
        if scope:
            own = [page for page in pages if page.scope == scope]
            found[scope] = Library(own, configs[scope], scope, main)
    return found


def languages(site: Spoken, url_path: str) -> Iterator[Language]:
    """Give the languages of a site, the main one first, with the links of a switcher.

    :param url_path: what is shown now.
    """
    translations = site.translations
    trace.note("languages", "", site.languages_digest)
    alternates: Mapping[str, tuple[str, bool]] = {}
    if translations is not None:
        trace.note("translations", url_path, translations.digest(url_path))
        alternates = translations.alternates(url_path)
    for code, scope in _spoken(site):
        home = prefix(scope) + "/"
        url, translated = alternates.get(scope, (home, False))
        with trace.speaking(scope):
            name = _name(site, code) or site.word("language") or code
        yield Language(
            code, name, site.configs[scope].direction, not scope, scope == trace.scope(),
            site.href(url), site.href(home), translated,
        )  # fmt: skip


def languages_digest(site: Spoken) -> str:
    """Digest which languages a site has and what they are called, for the freezer."""
    return trace.digest(*(
        f"{code}|{scope}|{_name(site, code)}|{site.configs[scope].direction}"
        for code, scope in _spoken(site)
    ))  # fmt: skip


def _spoken(site: Spoken) -> list[tuple[str, str]]:
    return site.translations.spoken if site.translations else [(site.configs[""].language, "")]


def _name(site: Spoken, code: str) -> str:
    tables = site.configs[""].languages.items()
    return next((one.name for key, one in tables if same(key, code)), "")
