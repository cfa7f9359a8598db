"""Render templates: links, images, headings and blocks of a text through the site's templates.

Between ``inserts`` and ``passages``. Where ``templates/markdown/NAME.html`` exists, it says
how that element looks; where it does not, its absence is noted for the texts that hold such
an element, so that making the file renders those pages and no others.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from .markup import EXTERNAL, HEADERLINK, plain
from .pictures import attributes_of

OWN = ("headerlink", "footnote-ref", "footnote-backref")
"""Classes of links that nobody wrote."""

MARKS: dict[str, tuple[str, re.Pattern[str] | None]] = {
    # Attributes are written in order of their names.
    "link": ("<a ", re.compile(rf'<a (?!class="(?:{"|".join(OWN)})")')),
    "image": ("<img", None),
    "heading": ("<h", re.compile(r"<h[1-6]\b")),
    "code": ("<pre", None),
    "table": ("<table", None),
    "blockquote": ("<blockquote", None),
}
"""What an HTML text holds that has an element of that kind."""

TAGS = re.compile(
    r"<!--.*?-->|<(?P<raw>script|style)\b[^>]*>.*?</(?P=raw)\s*>"
    r"|<(?P<slash>/?)(?P<name>a|img|h[1-6]|table|blockquote|pre|div)"
    r"(?P<attributes>(?:\s[^<>\"']*|\"[^\"]*\"|'[^']*')*)/?>",
    re.S | re.I,
)
LANGUAGE = re.compile(r"(?:^|\s)language-(\S+)")
TITLE = re.compile(r'<span class="filename">(.*?)</span>', re.S)
CODE = re.compile(r"<code\b[^>]*>(.*)</code>", re.S)
NUMBERS = re.compile(r'<span class="linenos"[^>]*>.*?</span>', re.S)

Give = Callable[[dict[str, Any]], str]
"""Renders an element, given what its template is told."""


@dataclass
class _Open:
    """An element that has begun."""

    name: str
    kind: str
    attributes: dict[str, str]
    index: int


def held(text: str) -> Iterator[str]:
    """Give the kinds of elements that an HTML text holds."""
    for kind, (start, mark) in MARKS.items():
        if start in text and (mark is None or mark.search(text)):
            yield kind


def render(text: str, gives: dict[str, Give]) -> str:
    """Render elements of an HTML text, the inner ones first.

    :param gives: what renders elements of a kind, for those that have a template.
    """
    parts: list[str] = []
    waiting: list[_Open] = []
    position = within = 0
    for found in TAGS.finditer(text):
        parts.append(text[position : found.start()])
        position = found.end()
        parts.append(found[0])
        name = (found["name"] or "").lower()
        if not name:
            continue
        if not found["slash"]:
            attributes = attributes_of(found["attributes"])
            kind = "" if within else _kind(name, attributes)
            if name == "img":
                if kind in gives:
                    parts[-1] = gives[kind](_image(attributes, found[0]))
                continue
            within += kind == "code"
            waiting.append(_Open(name, kind, attributes, len(parts) - 1))
            continue
        if not any(one.name == name for one in waiting):
            continue
        while (one := waiting.pop()).name != name:
            within -= one.kind == "code"
        within -= one.kind == "code"
        if one.kind in gives:
            inner = "".join(parts[one.index + 1 : -1])
            whole = "".join(parts[one.index :])
            del parts[one.index :]
            parts.append(gives[one.kind](DESCRIBED[one.kind](one, inner, whole)))
    parts.append(text[position:])
    return "".join(parts)


def _kind(name: str, attributes: dict[str, str]) -> str:
    """Say of which kind an element is, ``""`` for none that a template renders."""
    classes = attributes.get("class", "").split()
    if name == "a":
        return "link" if "href" in attributes and not set(OWN) & set(classes) else ""
    if name == "div":
        return "code" if "highlight" in classes else ""
    if name == "pre":
        return "" if "mermaid" in classes else "code"
    return {"img": "image", "table": "table", "blockquote": "blockquote"}.get(name, "heading")


def _rest(attributes: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if name not in names}


def _image(attributes: dict[str, str], whole: str) -> dict[str, Any]:
    return {
        "src": attributes.get("src", ""),
        "alt": attributes.get("alt", ""),
        "title": attributes.get("title", ""),
        "attributes": _rest(attributes, "src", "alt", "title"),
        "default": Markup(whole),
    }


def _link(one: _Open, inner: str, whole: str) -> dict[str, Any]:
    url = one.attributes["href"]
    return {
        "url": url,
        "title": one.attributes.get("title", ""),
        "text": plain(inner),
        "html": Markup(inner),
        "external": bool(EXTERNAL.match(url)),
        "attributes": _rest(one.attributes, "href", "title"),
        "default": Markup(whole),
    }


def _heading(one: _Open, inner: str, whole: str) -> dict[str, Any]:
    bare = HEADERLINK.sub("", inner)
    anchor = HEADERLINK.search(inner)
    return {
        "level": int(one.name[1]),
        "id": one.attributes.get("id", ""),
        "text": plain(bare),
        "html": Markup(bare),
        "anchor": Markup(anchor[0] if anchor else ""),
        "attributes": _rest(one.attributes, "id"),
        "default": Markup(whole),
    }


def _code(one: _Open, inner: str, whole: str) -> dict[str, Any]:
    language = LANGUAGE.search(one.attributes.get("class", ""))
    title = TITLE.search(inner)
    code = CODE.search(inner)
    text = re.sub(r"<[^>]*>", "", NUMBERS.sub("", code[1] if code else inner))
    return {
        "language": language[1] if language else "",
        "title": html.unescape(title[1]) if title else "",
        "source": html.unescape(text),
        "html": Markup(inner),
        "attributes": one.attributes,
        "default": Markup(whole),
    }


def _block(one: _Open, inner: str, whole: str) -> dict[str, Any]:
    return {"html": Markup(inner), "attributes": one.attributes, "default": Markup(whole)}


DESCRIBED: dict[str, Callable[[_Open, str, str], dict[str, Any]]] = {
    "link": _link,
    "heading": _heading,
    "code": _code,
    "table": _block,
    "blockquote": _block,
}
