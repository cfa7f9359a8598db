"""The half of a site that knows languages: configuration, library and pages in each of them.

Below ``site``, whose class has this one as its base. What is asked for is answered in the
language that ``trace`` says is spoken: that of the request, or of the page it is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, cast, overload

from flask import has_request_context, request

from . import trace, translations
from .config import Config
from .contents import Contents
from .languages import Codes
from .library import Library
from .listings import Listing
from .noting import Settings
from .pages import Page
from .routes import Routes
from .translations import Language, Translations


class Words(Protocol):
    """Words of the theme by name."""

    def get(self, name: str, default: str, /) -> str: ...


class Multilingual:
    """A site's configuration and pages by language."""

    all_pages: dict[str, Page]
    """Every published page by path, whatever its language."""
    configs: dict[str, Config]
    """The configuration as each language has it, by scope: ``""`` for the main one."""

    def __init__(self, config: Config) -> None:
        self.words: Words = {}
        """The words that the theme says, in the language that is spoken."""
        self.translations: Translations | None = None
        self._libraries: dict[str, Library] | None = None
        self.all_pages = {}
        self.configure(config)

    def load(self) -> Contents:
        raise NotImplementedError

    def href(self, url_path: str) -> str:
        raise NotImplementedError

    @property
    def routes(self) -> Routes:
        raise NotImplementedError

    @property
    def contents(self) -> Contents:
        raise NotImplementedError

    # Configuration

    @property
    def settings(self) -> Config:
        """The configuration itself, as the language has it, not noted: for blasto's own use."""
        return self.configs[trace.scope()]

    @settings.setter
    def settings(self, config: Config) -> None:
        self.configure(config)

    def configure(self, config: Config) -> None:
        """Take another configuration: content is read again when it is asked for."""
        self.configs = translations.configs_of(config)
        self._spoken: str | None = None
        self._read = {scope: Settings(one) for scope, one in self.configs.items()}

    @property
    def config(self) -> Settings:
        """The configuration for templates, as the language has it: each option is noted."""
        return self._read[trace.scope()]

    # Pages

    def _sort(self, pages: list[Page], contents: Contents) -> Routes:
        """Put the published pages into libraries and give them URLs."""
        libraries = translations.libraries_of(pages, self.configs)
        main, *others = libraries.values()
        routes = Routes(main, main.config, contents.assets, contents.public, others)
        if others:
            self.translations = Translations(libraries, routes, contents.languages)
            routes.problems += self.translations.problems
        self.all_pages = main.by_path
        for library in others:
            self.all_pages = {**self.all_pages, **library.by_path}
        self._libraries, self._spoken = libraries, None
        return routes

    @property
    def libraries(self) -> Mapping[str, Library]:
        """The pages of each language, by scope; content is read where it has not been."""
        if self._libraries is None:
            self.load()
        return cast("dict[str, Library]", self._libraries)

    @property
    def library(self) -> Library:
        """The pages in the language that is spoken; all of them where there is one language."""
        return self.libraries[trace.scope()]

    def library_of(self, path: str) -> Library:
        """Give the library that has a page, whatever its language."""
        libraries = self.libraries
        page = self.all_pages.get(path)
        return libraries[page.scope if page else ""]

    @property
    def language_codes(self) -> Codes:
        """The languages of the site, the main one first; none where there is only one."""
        return self.contents.languages

    def version(self, path: str) -> str:
        """Give the path of a page in the language that is spoken, its own where there is none."""
        libraries = self.libraries
        page = self.all_pages.get(path) if libraries else None
        if page is None or self.translations is None:
            return path
        there = self.translations.version(page, trace.scope())
        found = there.path if there else path
        trace.note("spoken", path, found)
        return found

    def address(self, path: str) -> str:
        """Give the URL path of a content file in the language that is spoken, else its own.

        That of a section's index is the section's, which may have no index in the language.
        """
        url = self.address_of(path)
        trace.note("address", path, url)
        return url

    def address_of(self, path: str) -> str:
        """The same, not noted."""
        url = self.routes.pages.get(path, "")
        page = self.all_pages.get(path)
        if page is None or self.translations is None or page.scope == trace.scope():
            return url
        return self.translations.alternates(url).get(trace.scope(), (url, True))[0]

    # Look-ups for templates

    @trace.of_subject
    def lang_of(self, subject: Page | Listing) -> str:
        return str(self.config.language)

    @overload
    def translations_of(self, subject: Page) -> Sequence[Page]: ...
    @overload
    def translations_of(self, subject: Listing) -> Sequence[Listing]: ...
    def translations_of(self, subject: Page | Listing) -> Sequence[Page] | Sequence[Listing]:
        known = self.translations
        if known is None:
            return []
        if isinstance(subject, Page):
            url = self.routes.pages.get(subject.path, "/")
            trace.note("translations", url, known.digest(url))
            return known.pages(subject)
        url = self.routes.listing_path(subject)
        trace.note("translations", url, known.digest(url))
        return [self._own(one) for one in known.listings(subject)]

    def _own(self, listing: Listing) -> Listing:
        raise NotImplementedError

    @property
    def languages(self) -> list[Language]:
        """The site's languages, each with the current page's URL in it."""
        path = request.path if has_request_context() else ""
        return list(translations.languages(self, path))

    @property
    def languages_digest(self) -> str:
        """A digest of which languages there are, for the freezer."""
        if self._spoken is None:
            self._spoken = translations.languages_digest(self) if self.libraries else ""
        return self._spoken

    def translations_digest(self, url_path: str) -> str:
        """Digest where the translations of a URL are, for the freezer."""
        known = self.translations if self.libraries else None
        return known.digest(url_path) if known is not None else ""

    def word(self, name: str) -> str:
        """Give a word of the theme's in the language that is spoken, ``""`` for none."""
        return self.words.get(name, "")
