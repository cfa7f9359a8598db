"""A page: what is known of one source file under ``content/``, its body left on disk.

Second stop of a page's way: ``reading`` makes it of a file, ``library`` puts it among the
others. A :class:`Page` is plain data that the ledger keeps
as it is, so that a file that did not change is not parsed again. What needs the site
(its URL, its HTML) goes through :class:`Lookups`, which ``site`` provides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

import msgspec
from markupsafe import Markup

from . import trace
from .errors import Problem

if TYPE_CHECKING:
    from .authors import Author
    from .listings import Listing
    from .markup import Heading
    from .terms import Part

INDEX_NAMES = ("_index", "index", "README", "readme")
MARKDOWN = (".md", ".markdown", ".mdown")


class Beside(NamedTuple):
    """A file beside a page: stands for its URL."""

    name: str
    url: str

    def __str__(self) -> str:
        return self.url


class Lookups(Protocol):
    """What a page asks of its site."""

    def page_url(self, page: Page) -> str: ...
    def absolute(self, url: str) -> str: ...
    def html(self, page: Page) -> Markup: ...
    def heading(self, page: Page) -> Markup: ...
    def heading_id(self, page: Page) -> str: ...
    def toc(self, page: Page) -> Sequence[Heading]: ...
    def edit_url_of(self, page: Page) -> str | None: ...
    def card_of(self, page: Page) -> str | None: ...
    def twin_of(self, page: Page) -> str | None: ...
    def summary(self, page: Page) -> Markup: ...
    def section_of(self, page: Page) -> Listing | None: ...
    def neighbours(self, page: Page) -> tuple[Page | None, Page | None]: ...
    def terms_of(self, page: Page, taxonomy: str) -> Sequence[Listing]: ...
    def author(self, key: str) -> Author: ...
    def part_of(self, page: Page) -> Part | None: ...
    def related_to(self, page: Page) -> Sequence[Page]: ...
    def backlinks_to(self, page: Page) -> Sequence[Page]: ...
    def resource(self, page: Page, target: str) -> str | None: ...
    def images_of(self, page: Page) -> Sequence[Beside]: ...
    def layout_of(self, page: Page) -> str: ...
    def typed(self, page: Page) -> object: ...
    def lang_of(self, page: Page) -> str: ...
    def translations_of(self, page: Page) -> Sequence[Page]: ...


class Page(msgspec.Struct, kw_only=True, dict=True):
    """What is known of a page from its file alone, and doors to the rest.

    Dates are aware datetimes in the site's time zone. ``path`` is relative to
    ``content/``; ``meta`` holds every front-matter key that blasto does not know.
    """

    path: str
    title: str
    slug: str
    nav_title: str = ""
    date: datetime | None = None
    updated: datetime | None = None
    expires: datetime | None = None
    draft: bool = False
    listed: bool = True
    permalink: str | None = None
    aliases: list[str] = []
    weight: int | None = None
    menu: list[tuple[str, str, int | None]] = []
    description: str = ""
    excerpt: str = ""
    taxonomies: dict[str, list[str]] = {}
    series: str | None = None
    series_order: int | None = None
    author_names: list[str] = []
    image_source: str | None = None
    image_alt: str = ""
    written_lang: str | None = None
    translation_key: str | None = None
    scope: str = ""
    unspoken: str = ""
    template: str | None = None
    layout_name: str | None = None
    show_toc: bool | None = None
    comments: bool | None = None
    noindex: bool = False
    canonical: str | None = None
    sitemap: bool = True
    outputs: list[str] | None = None
    math: bool | None = None
    search: bool = True
    meta: dict[str, Any] = {}
    typed: dict[str, Any] | None = None
    refs: list[tuple[str, str]] = []
    is_index: bool = False
    # What follows is no part of the metadata's digest: what comes down from above and goes
    # down to others, and what is about the body.
    cascade: dict[str, Any] | None = None
    cascaded: str = ""
    body_line: int = 1
    counted: int = 0
    ideographs: int = 0
    digest: str = ""
    meta_digest: str = ""

    @property
    def folder(self) -> str:
        """The folder that the file lies in, one for a language aside; ``""`` at the top."""
        return self.key.rpartition("/")[0]

    @property
    def key(self) -> str:
        """The path without a language: ``about.md`` for ``about.fr.md`` and ``fr/about.md``."""
        return self.unspoken or self.path

    @property
    def place(self) -> str:
        """The folder that the page speaks for or lies in: names its section."""
        return self.folder

    @property
    def is_home(self) -> bool:
        return self.is_index and "/" not in self.key

    @property
    def pairing(self) -> str:
        """What translations of one page have in common: ``translation_key``, else their path."""
        if self.translation_key:
            return self.translation_key
        folder, slash, _ = self.key.rpartition("/")
        return folder + slash if self.is_index else self.key.rpartition(".")[0]

    @property
    def lang(self) -> str:
        """The language of the page: as in its front matter, else that of its place."""
        return self.written_lang or self._site.lang_of(self)

    @property
    def translations(self) -> Sequence[Page]:
        """The same page in the site's other languages, in their order."""
        return self._site.translations_of(self)

    @property
    def reading_time(self) -> int:
        """Minutes, at least 1: 230 words a minute, 500 characters of Chinese or Japanese."""
        words = self.words
        return max(1, round((words - self.ideographs) / 230 + self.ideographs / 500))

    @property
    def words(self) -> int:
        """How many words the body has; each character of Chinese or Japanese is one."""
        trace.note("body", self.path, self.digest)
        return self.counted

    @property
    def tags(self) -> list[str]:
        return self.taxonomies.get("tags", [])

    @property
    def categories(self) -> list[str]:
        return self.taxonomies.get("categories", [])

    def bind(self, site: Lookups) -> Page:
        """Give the page the site it belongs to."""
        self.__dict__["site"] = site
        return self

    @property
    def _site(self) -> Lookups:
        return cast("Lookups", self.__dict__["site"])

    @property
    def url(self) -> str:
        """The URL path as it stands in ``href``: encoded, with the base path."""
        return self._site.page_url(self)

    @property
    def absolute_url(self) -> str:
        return self._site.absolute(self.url)

    @property
    def html(self) -> Markup:
        """The body as HTML, without the heading that opens it."""
        return self._site.html(self)

    @property
    def heading(self) -> Markup:
        """The body's own first-level heading where it opens the body, else the title."""
        return self._site.heading(self)

    @property
    def heading_id(self) -> str:
        return self._site.heading_id(self)

    @property
    def toc(self) -> Sequence[Heading]:
        """The headings, nested."""
        return self._site.toc(self) if self.show_toc is not False else []

    @property
    def summary(self) -> Markup:
        """The excerpt as HTML: ``summary``, the text before ``<!--more-->`` or its start."""
        return self._site.summary(self)

    @property
    def section(self) -> Listing | None:
        return self._site.section_of(self)

    @property
    def previous(self) -> Page | None:
        return self._site.neighbours(self)[0]

    @property
    def next(self) -> Page | None:
        return self._site.neighbours(self)[1]

    @property
    def image(self) -> str | None:
        """URL of the page's picture, or ``None``."""
        return self._site.resource(self, self.image_source) if self.image_source else None

    @property
    def images(self) -> Sequence[Beside]:
        """The pictures beside a page that speaks for its folder, by name."""
        return self._site.images_of(self)

    @property
    def card(self) -> str | None:
        """URL of the picture that is drawn for link previews, or ``None``."""
        return self._site.card_of(self)

    @property
    def markdown_url(self) -> str | None:
        """URL of the page as Markdown, or ``None``."""
        return self._site.twin_of(self)

    @property
    def layout(self) -> str:
        """``"blog"``, ``"docs"`` or ``"page"``."""
        return self._site.layout_of(self)

    @property
    def edit_url(self) -> str | None:
        """Where the page can be edited, as ``theme.edit_url`` says."""
        return self._site.edit_url_of(self)

    @property
    def data(self) -> object:
        """The front matter as the kind that its folder was given, else ``meta``."""
        return self._site.typed(self)

    def terms(self, taxonomy: str = "tags") -> Sequence[Listing]:
        """Give the page's terms as listings, in the order they were written."""
        return self._site.terms_of(self, taxonomy)

    @property
    def authors(self) -> Sequence[Author]:
        """Who wrote it: each is text, the name, and knows ``url``, ``bio``, ``image``."""
        return [self._site.author(key) for key in self.author_names]

    @property
    def part(self) -> Part | None:
        """Its place in its series, ``None`` where it has no series."""
        return self._site.part_of(self) if self.series else None

    @property
    def backlinks(self) -> Sequence[Page]:
        """The listed pages whose text links to this one, by path."""
        return self._site.backlinks_to(self)

    @property
    def plain(self) -> str:
        """The text without markup."""
        from .markup import plain

        return plain(self.html)

    @property
    def related(self) -> Sequence[Page]:
        """Pages that share terms with it, as many as ``related.count`` says."""
        return self._site.related_to(self)

    def __repr__(self) -> str:
        return f"<Page {self.path}>"


class Reading(msgspec.Struct):
    """The result of reading one file: a page or errors, and warnings either way."""

    page: Page | None
    problems: list[Problem] = []


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Page)


def encode(page: Page) -> bytes:
    """Give a page as bytes, for the ledger."""
    return _encoder.encode(page)


def decode(data: bytes, zone: tzinfo) -> Page:
    """Read a page back; raises ``msgspec.DecodeError`` on what is no page.

    :param zone: the site's time zone: MessagePack keeps instants only.
    """
    page = _decoder.decode(data)
    for name in ("date", "updated", "expires"):
        instant: datetime | None = getattr(page, name)
        if instant is not None:
            setattr(page, name, instant.astimezone(zone))
    return page


def meta_digest(page: Page) -> str:
    """Digest all that is known of a page but its body."""
    bare = msgspec.structs.replace(
        page,
        cascade=None,
        cascaded="",
        body_line=0,
        counted=0,
        ideographs=0,
        digest="",
        meta_digest="",
    )
    # The instants are in there; what a page shows of them depends on the zone too.
    return trace.digest(_encoder.encode(bare), str(page.date), str(page.updated))
