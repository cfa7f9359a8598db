"""A page: one source file under ``content/``, read and checked, its body left on disk.

Second stop of a page's way: ``frontmatter`` has split and parsed the file, ``library``
will put the page among the others. A :class:`Page` is plain data that the ledger keeps
as it is, so that a file that did not change is not parsed again. What needs the site
(its URL, its HTML) goes through :class:`Lookups`, which ``site`` provides.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol, cast
from zoneinfo import ZoneInfo

import msgspec
from markupsafe import Markup

from . import frontmatter, keys, kinds, trace
from .errors import BlastoError, Problem

if TYPE_CHECKING:
    from .library import Listing
    from .markup import Heading

DATED = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)[-_ ]+(?P<rest>.+)")
HEADING = re.compile(
    r"(?:^|\n)(?:#[ \t]+(?P<atx>[^\n]+?)[ \t]*#*[ \t]*(?=\n|$)"
    r"|(?P<setext>[^\n]+)\n=+[ \t]*(?=\n|$))"
)
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.S | re.M)
DIVIDER = re.compile(r"<!--\s*(?:more|TEASER_END|excerpt)\s*-->", re.I)
REFERENCE = re.compile(r"^ {0,3}\[[^\]\n]+\]:[ \t]*\S.*$", re.M)
WORD = re.compile(r"[぀-ヿ㐀-鿿豈-﫿가-힯]|[^\W_]+(?:['’-][^\W_]+)*")
NOT_PROSE = re.compile(
    r"(?: {4}|\t| *(?:#|>|<|\||`{3}|~{3}|[*+-]\s|\d+[.)]\s|!{3}|\?{3}|!\[|\[[^\]]+\]:|\{[{%:#]"
    r"|([-*_=])[ \t]*(?:\1[ \t]*){2,}$))",
    re.M,
)
INDEX_NAMES = ("_index", "index", "README", "readme")
MARKDOWN = (".md", ".markdown", ".mdown")


class Lookups(Protocol):
    """What a page asks of its site."""

    def page_url(self, page: Page) -> str: ...
    def absolute(self, url: str) -> str: ...
    def html(self, page: Page) -> Markup: ...
    def heading(self, page: Page) -> Markup: ...
    def heading_id(self, page: Page) -> str: ...
    def toc(self, page: Page) -> Sequence[Heading]: ...
    def summary(self, page: Page) -> Markup: ...
    def section_of(self, page: Page) -> Listing | None: ...
    def neighbours(self, page: Page) -> tuple[Page | None, Page | None]: ...
    def terms_of(self, page: Page, taxonomy: str) -> Sequence[Listing]: ...
    def resource(self, page: Page, target: str) -> str | None: ...
    def layout_of(self, page: Page) -> str: ...
    def typed(self, page: Page) -> object: ...


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
    description: str = ""
    excerpt: str = ""
    taxonomies: dict[str, list[str]] = {}
    series: str | None = None
    series_order: int | None = None
    authors: list[str] = []
    image_source: str | None = None
    image_alt: str = ""
    lang: str | None = None
    template: str | None = None
    layout_name: str | None = None
    show_toc: bool = True
    noindex: bool = False
    canonical: str | None = None
    sitemap: bool = True
    meta: dict[str, Any] = {}
    is_index: bool = False
    # What follows is about the body: no part of the metadata's digest.
    body_line: int = 1
    words: int = 0
    digest: str = ""
    meta_digest: str = ""

    @property
    def folder(self) -> str:
        """The folder that the file lies in, ``""`` at the top."""
        return self.path.rpartition("/")[0]

    @property
    def place(self) -> str:
        """The folder that the page speaks for or lies in: names its section."""
        return self.folder

    @property
    def is_home(self) -> bool:
        return self.is_index and "/" not in self.path

    @property
    def reading_time(self) -> int:
        """Minutes, at least 1, at 230 words a minute."""
        trace.note("body", self.path, self.digest)
        return max(1, round(self.words / 230))

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
        return self._site.toc(self) if self.show_toc else []

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
    def layout(self) -> str:
        """``"blog"``, ``"docs"`` or ``"page"``."""
        return self._site.layout_of(self)

    @property
    def data(self) -> object:
        """The front matter as the kind that its folder was given, else ``meta``."""
        return self._site.typed(self)

    def terms(self, taxonomy: str = "tags") -> Sequence[Listing]:
        """Give the page's terms as listings, in the order they were written."""
        return self._site.terms_of(self, taxonomy)

    def __repr__(self) -> str:
        return f"<Page {self.path}>"


class Reading(msgspec.Struct):
    """The result of reading one file: a page or errors, and warnings either way."""

    page: Page | None
    problems: list[Problem] = []


def read(
    root: Path,
    path: str,
    zone: ZoneInfo,
    *,
    shown: str,
    excerpt_words: int = 50,
    kind: type | None = None,
    index: bool | None = None,
    taxonomies: Collection[str] = (),
) -> Reading:
    """Read one content file.

    :param root: the content folder.
    :param path: the file, relative to ``root``.
    :param zone: the zone of dates that name none.
    :param shown: how messages name the file (relative to the project).
    :param excerpt_words: length of an excerpt that nobody marked.
    :param kind: the class that the front matter must fit.
    :param index: whether the file is its folder's index; by its name when ``None``.
    :param taxonomies: front-matter keys that hold terms, besides tags and categories.
    """
    try:
        data = (root / path).read_bytes()
    except OSError as error:
        return Reading(None, [Problem(f"cannot be read: {error.strerror}", shown)])
    try:
        return _build(data, path, zone, shown, excerpt_words, kind, index, taxonomies)
    except BlastoError as error:
        return Reading(None, list(error.problems))


def _build(
    data: bytes,
    path: str,
    zone: ZoneInfo,
    shown: str,
    excerpt_words: int,
    kind: type | None,
    index: bool | None,
    taxonomies: Collection[str],
) -> Reading:
    document = frontmatter.parse(frontmatter.decode(data, shown), shown)
    fields = kinds.field_names(kind) if kind is not None else ()
    known, meta, problems = keys.canonical(
        document.data, document.positions, shown, zone,
        text=document.text, taxonomies=taxonomies, fields=fields,
    )  # fmt: skip
    if kind is not None:
        kinds.check(document.data, kind, document, shown, zone=zone)
    page = assemble(path, known, meta, document.body, zone, excerpt_words, index)
    if "template" not in document.data and page.template is not None:
        page.layout_name, page.template = page.template, None
    page.body_line = document.body_line
    page.digest = trace.digest(data)
    # Once through the encoder, so that a page looks the same read and remembered.
    page = decode(encode(page))
    page.meta_digest = meta_digest(page)
    return Reading(page, problems)


def assemble(
    path: str,
    known: Mapping[str, Any],
    meta: dict[str, Any],
    body: str,
    zone: tzinfo,
    excerpt_words: int = 50,
    index: bool | None = None,
) -> Page:
    """Make a page of checked front matter and a body."""
    stem = PurePosixPath(path).stem
    parent = PurePosixPath(path).parent.name
    is_index = stem in INDEX_NAMES if index is None else index
    name = parent if is_index and parent else stem
    date = known.get("date")
    dated = DATED.fullmatch(name)
    if dated:
        name = dated["rest"]
        date = date or _date(dated, zone)
    taxonomies = {key: list(value) for key, value in known.get("taxonomies", {}).items()}
    for key in ("tags", "categories"):
        if known.get(key):
            taxonomies[key] = known[key]
    title = known.get("title") or first_heading(body) or _words_of(name) or "Untitled"
    return Page(
        path=path,
        title=title,
        slug=known.get("slug") or name,
        nav_title=known.get("nav_title") or title,
        date=date,
        updated=known.get("updated"),
        expires=known.get("expires"),
        draft=bool(known.get("draft")) or "_drafts" in path.split("/"),
        listed=known.get("listed", True),
        permalink=known.get("url"),
        aliases=known.get("aliases", []),
        weight=known.get("weight"),
        description=known.get("description", ""),
        excerpt=known.get("summary") or excerpt(body, excerpt_words),
        taxonomies=taxonomies,
        series=known.get("series"),
        series_order=known.get("series_order"),
        authors=known.get("authors", []),
        image_source=known.get("image"),
        image_alt=known.get("image_alt", ""),
        lang=known.get("lang"),
        template=known.get("template"),
        show_toc=known.get("toc", True) is not False,
        noindex=known.get("noindex", False),
        canonical=known.get("canonical"),
        sitemap=known.get("sitemap", True),
        meta=meta,
        is_index=is_index,
        words=sum(1 for _ in WORD.finditer(body)),
    )


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Page)


def encode(page: Page) -> bytes:
    return _encoder.encode(page)


def decode(data: bytes) -> Page:
    """Read a page back; raises ``msgspec.DecodeError`` on what is no page."""
    return _decoder.decode(data)


def meta_digest(page: Page) -> str:
    """Digest all that is known of a page but its body."""
    bare = msgspec.structs.replace(page, body_line=0, words=0, digest="", meta_digest="")
    return trace.digest(_encoder.encode(bare))


def first_heading(body: str) -> str | None:
    """Give the text of the first first-level heading outside code, markup taken off."""
    found = HEADING.search(FENCE.sub("", body) if "```" in body or "~~~" in body else body)
    if not found:
        return None
    text = found["atx"] or found["setext"] or ""
    text = re.sub(r"\{[^{}]*\}\s*$", "", text)
    text = re.sub(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])", r"\1", text)
    text = re.sub(r"<[^<>]+>", "", re.sub(r"(\*\*|__|\*|`)(.+?)\1", r"\2", text))
    return text.replace("\\", "").strip() or None


def excerpt(body: str, words: int) -> str:
    """Give the Markdown that stands for the body in a list.

    What comes before a ``<!--more-->``; else the first paragraphs, whole, up to about
    ``words`` words. Link definitions are kept so that its links work.
    """
    divider = DIVIDER.search(body)
    if divider:
        text = body[: divider.start()]
    else:
        taken: list[str] = []
        count = 0
        for block in re.split(r"\n[ \t]*\n", body[:20_000].strip("\n")):
            if not _is_prose(block):
                if taken or count:
                    break
                continue
            taken.append(block)
            count += len(WORD.findall(block))
            if count >= words:
                break
        text = "\n\n".join(taken)
    if "[" in text:
        text += "".join("\n\n" + found for found in REFERENCE.findall(body[len(text):]))
    return text.strip()


def _is_prose(block: str) -> bool:
    return not NOT_PROSE.match(block) and "\n===" not in block and "\n---" not in block


def _date(found: re.Match[str], zone: tzinfo) -> datetime | None:
    try:
        return datetime(
            int(found["year"]), int(found["month"]), int(found["day"]), tzinfo=zone or UTC
        )
    except ValueError:
        return None


def _words_of(name: str) -> str:
    text = re.sub(r"[-_]+", " ", name).strip()
    return text[:1].upper() + text[1:]
