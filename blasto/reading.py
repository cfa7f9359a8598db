"""Reading a content file: front matter checked, title, date and excerpt found.

Between ``frontmatter`` and ``pages``. Runs in any process; gives plain data, with errors
and warnings as :class:`~blasto.errors.Problem`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, tzinfo
from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from . import frontmatter, keys, kinds, trace
from .dates import moment
from .errors import BlastoError, Problem
from .keytable import KEYS, NAMES
from .languages import Codes, scope_of, split
from .pages import INDEX_NAMES, Page, Reading, decode, encode, meta_digest
from .refs import encoder

DATED = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)[-_ ]+(?P<rest>.+)")
PLACED = re.compile(r"/?(?:[^/]+/)*?(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)/")
HEADING = re.compile(
    r"(?:^|\n)(?:#[ \t]+(?P<atx>[^\n]+?)[ \t]*#*[ \t]*(?=\n|$)"
    r"|(?P<setext>[^\n]+)\n=+[ \t]*(?=\n|$))"
)
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.S | re.M)
FENCED = re.compile(r"\n {0,3}(?:`{3}|~{3})")
DIVIDER = re.compile(r"<!--\s*(?:more|TEASER_END|excerpt)\s*-->", re.I)
REFERENCE = re.compile(r"^ {0,3}\[[^\]\n]+\]:[ \t]*\S.*$", re.M)
CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
"""Chinese, Japanese and Korean, which is counted by characters."""
WORD = re.compile(rf"(?P<one>[{CJK}])|[^\W_{CJK}]+(?:['\u2019-][^\W_{CJK}]+)*")
PLAIN_WORD = re.compile(r"[A-Za-z0-9]+(?:['-][A-Za-z0-9]+)*")
UNREAD = re.compile(r"(?<=\])\([^()\s]*\)|<[^<>]*>|https?://[^\s)>]*")
"""What nobody reads as words: targets of links, tags, addresses."""
NOT_PROSE = re.compile(
    r"(?: {4}|\t| *(?:#|>|<|\||`{3}|~{3}|[*+-]\s|\d+[.)]\s|!{3}|\?{3}|!\[|\[[^\]]+\]:|\*\[|\{[{%:#]|={3}[!+]* ?\"|;*-+8<"
    r"|([-*_=])[ \t]*(?:\1[ \t]*){2,}$))",
    re.M,
)


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
    handed: tuple[Mapping[str, Any], str] = ({}, ""),
    languages: Codes = (),
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
    :param handed: what comes down from the sections above, and its digest.
    :param languages: the site's languages, where there are several.
    """
    try:
        data = (root / path).read_bytes()
    except OSError as error:
        return Reading(None, [Problem(f"cannot be read: {error.strerror}", shown)])
    try:
        return _build(
            data, path, zone, shown, excerpt_words, kind, index, taxonomies, handed, languages
        )
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
    handed: tuple[Mapping[str, Any], str],
    languages: Codes,
) -> Reading:
    text = frontmatter.decode(data, shown)
    document = frontmatter.parse(text, shown)
    fields = kinds.field_names(kind) if kind is not None else ()
    known, meta, problems = keys.canonical(
        document.data, document.positions, shown, zone,
        text=document.text, taxonomies=taxonomies, fields=fields,
    )  # fmt: skip
    problems += frontmatter.oddities(data, text, shown)
    inherited, cascaded = handed
    written = document.data
    given = {NAMES.get(name) or NAMES.get(name.lower()) or name for name in written}
    if inherited:
        coming = {name: value for name, value in inherited.items() if name not in given}
        written = {**written, **coming}
        for name, value in coming.items():
            (known if name in KEYS else meta).setdefault(name, value)
        if "layout" in coming and "template" not in given:
            known.setdefault("template", meta.pop("layout"))
    typed = None
    refs: list[tuple[str, str]] = []
    if kind is not None:
        checked: object = kinds.check(written, kind, document, shown, zone=zone)
        typed = msgspec.to_builtins(checked, enc_hook=encoder(refs))
    page = assemble(path, known, meta, document.body, zone, excerpt_words, index, languages)
    page.typed = typed
    page.refs = refs
    page.cascaded = cascaded
    if "template" not in written and page.template is not None:
        page.layout_name, page.template = page.template, None
    page.cascade = _handed_down(document.data, known.get("cascade"))
    if page.cascade and page.cascade.get("outputs") == [] and not {"outputs", "build"} & given:
        page.outputs = []  # nor has a folder of nothing a list
    page.body_line = document.body_line
    page.digest = trace.digest(data)
    # Once through the encoder, so that a page looks the same read and remembered.
    page = decode(encode(page), zone)
    page.meta_digest = meta_digest(page)
    return Reading(page, problems)


def _handed_down(written: Mapping[str, Any], cascade: Any) -> dict[str, Any] | None:
    """Give a page's cascade as plain data; a layout in it keeps its name."""
    if not cascade:
        return None
    handed = {name: value for name, value in cascade.items() if name != "cascade"}
    if "template" in handed and "template" not in written["cascade"]:
        handed["layout"] = handed.pop("template")
    plain: dict[str, Any] = msgspec.to_builtins(handed, builtin_types=(bytes, datetime))
    return plain


def assemble(
    path: str,
    known: Mapping[str, Any],
    meta: dict[str, Any],
    body: str,
    zone: tzinfo,
    excerpt_words: int = 50,
    index: bool | None = None,
    languages: Codes = (),
) -> Page:
    """Make a page of checked front matter and a body."""
    scope, bare = split(path, languages)
    if scope is None:
        scope = scope_of(known.get("lang"), languages) or ""
    stem = PurePosixPath(bare).stem
    parent = PurePosixPath(bare).parent.name
    is_index = stem in INDEX_NAMES if index is None else index
    name = parent if is_index and parent else stem
    date = known.get("date")
    dated = DATED.fullmatch(name)
    if dated:
        name = dated["rest"]
        date = date or _date(dated, zone)
    if date is None and known.get("url"):
        placed = PLACED.match(known["url"])
        date = _date(placed, zone) if placed else None
    taxonomies = {key: list(value) for key, value in known.get("taxonomies", {}).items()}
    for key in ("tags", "categories"):
        if known.get(key):
            taxonomies[key] = known[key]
    title = known.get("title") or first_heading(body) or _words_of(name) or "Untitled"
    counted, ideographs = tally(body)
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
        menu=known.get("menu", []),
        description=known.get("description", ""),
        excerpt=known.get("summary") or excerpt(body, excerpt_words),
        taxonomies=taxonomies,
        series=known.get("series"),
        series_order=known.get("series_order"),
        author_names=known.get("authors", []),
        image_source=known.get("image"),
        image_alt=known.get("image_alt", ""),
        written_lang=known.get("lang"),
        translation_key=known.get("translation_key"),
        scope=scope,
        unspoken="" if bare == path else bare,
        template=known.get("template"),
        show_toc=known.get("toc"),
        comments=known.get("comments"),
        noindex=known.get("noindex", False),
        canonical=known.get("canonical"),
        outputs=known.get("outputs"),
        sitemap=known.get("sitemap", True),
        math=known.get("math"),
        search=known.get("search", True),
        meta=msgspec.to_builtins(meta, builtin_types=(bytes,)),  # dates as text
        is_index=is_index,
        counted=counted,
        ideographs=ideographs,
    )


def tally(body: str) -> tuple[int, int]:
    """Count the words of a text, and how many of them are characters of Chinese or Japanese."""
    text = UNREAD.sub(" ", body) if "](" in body or "<" in body or "://" in body else body
    if text.isascii():
        return len(PLAIN_WORD.findall(text)), 0
    ones = [found.lastgroup for found in WORD.finditer(text)]
    return len(ones), ones.count("one")


def first_heading(body: str) -> str | None:
    """Give the text of the first first-level heading outside code, markup taken off."""
    found = HEADING.search(FENCE.sub("", body) if "```" in body or "~~~" in body else body)
    if not found:
        return None
    text = found["atx"] or found["setext"] or ""
    text = re.sub(r"\{[^{}]*\}\s*$", "", text)
    text = re.sub(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])", r"\1", text)
    text = re.sub(r"<[^<>]+>", "", re.sub(r"(?<!\\)(\*\*|__|\*|`)(.+?)(?<!\\)\1", r"\2", text))
    return text.replace("\\", "").strip() or None


def excerpt(body: str, words: int) -> str:
    """Give the Markdown that stands for the body in a list.

    What comes before a ``<!--more-->``; else the first paragraphs, whole, up to about
    ``words`` words. Link definitions are kept so that its links work.
    """
    divider = DIVIDER.search(body)
    if divider and ("```" in body or "~~~" in body):
        # One that is shown as code divides nothing.
        divider = DIVIDER.search(FENCE.sub(lambda found: " " * len(found[0]), body))
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
            opened = FENCED.search(block)
            taken.append(block[: opened.start()] if opened else block)
            count += len(WORD.findall(block))
            if count >= words or opened:
                break
        text = "\n\n".join(taken)
    if "[" in text:
        text += "".join("\n\n" + found for found in REFERENCE.findall(body[len(text) :]))
    return text.strip()


def _is_prose(block: str) -> bool:
    return not NOT_PROSE.match(block) and "\n===" not in block and "\n---" not in block


def _date(found: re.Match[str], zone: tzinfo) -> datetime | None:
    try:
        return moment(date(int(found["year"]), int(found["month"]), int(found["day"])), zone)
    except ValueError:
        return None


def _words_of(name: str) -> str:
    text = re.sub(r"[-_]+", " ", name).strip()
    return text[:1].upper() + text[1:]
