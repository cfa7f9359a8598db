"""Who wrote a page: a name that knows more, from content or from ``data/authors.yaml``.

Beside ``library``. ``content/authors/ada.md`` speaks for the author whom pages call
``ada``; an entry of the data file does so too, and the page comes first.
"""

from __future__ import annotations

from typing import Any, Protocol

from markupsafe import Markup

from . import trace
from .data import Data
from .errors import BlastoError
from .library import Library
from .listings import Listing, term_slug
from .pages import Page
from .terms import people


class People:
    """The authors of a data file; who looks one up depends on what it says of that one."""

    def __init__(self, data: Data, shown: str) -> None:
        self._data = data
        self._shown = shown
        self._known: tuple[str, dict[str, dict[str, Any]]] = ("", {})

    def get(self, slug: str) -> dict[str, Any]:
        """Give what the file says of an author, by slug of key or name."""
        found = self._people.get(slug, {})
        trace.note("person", slug, self.digest(slug))
        return found

    def digest(self, slug: str) -> str:
        found = self._people.get(slug)
        return trace.digest(repr(found)) if found else ""

    @property
    def _people(self) -> dict[str, dict[str, Any]]:
        with trace.paused():
            digest = self._data.digest("authors")
            if digest != self._known[0]:
                self._known = (digest, self._read() if digest else {})
        return self._known[1]

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            return people(self._data["authors"])
        except BlastoError:
            raise
        except ValueError as error:
            raise BlastoError.at(str(error), self._shown) from error


class Signed(Protocol):
    """What this room asks of a site."""

    @property
    def config(self) -> Any: ...
    @property
    def library(self) -> Library: ...
    @property
    def people(self) -> People: ...
    def listing(self, kind: str, name: str = "") -> Listing: ...
    def href(self, url_path: str) -> str: ...


class Author(str):
    """An author: text, the name to be shown, with more to ask for.

    ``key`` is how pages name the author; ``page`` the page that speaks for the author, or
    ``None``.
    """

    __slots__ = ("_person", "_site", "key", "page")

    key: str
    page: Page | None
    _site: Signed
    _person: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self)

    @property
    def url(self) -> str | None:
        """URL of the author's page here, else the ``url`` of the data file."""
        if "authors" in self._site.config.taxonomies:
            return self._site.listing("authors", self.key).url
        return self.page.url if self.page is not None else self._person.get("url")

    @property
    def bio(self) -> str:
        """A sentence or two; HTML where it is the start of the page's text."""
        if self.page is None:
            return str(self._person.get("bio", ""))
        return self.page.description or self.page.summary or str(self._person.get("bio", ""))

    @property
    def image(self) -> str | None:
        """URL of a picture."""
        found: str | None = self.page.image if self.page is not None else None
        if found is None and self._person.get("image"):
            found = str(self._person["image"])
            if found.startswith("/") and not found.startswith("//"):
                found = self._site.href(found)
        return found

    @property
    def meta(self) -> dict[str, Any]:
        """All that the data file says, and the keys of one's own of the page."""
        return {**self._person, **(self.page.meta if self.page is not None else {})}

    def __html__(self) -> str:
        return str(Markup.escape(str(self)))


def author(site: Signed, key: str) -> Author:
    """Give an author by the name that pages use."""
    slug = term_slug(key)
    page = site.library.author_page(slug)
    trace.note("author", slug, site.library.answer("author", slug))
    person = site.people.get(slug)
    made = Author(page.title if page is not None else person.get("name") or key)
    made.key, made.page, made._site, made._person = key, page, site, person
    return made
