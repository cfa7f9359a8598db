"""Trees to HTML or XHTML, byte for byte as Python-Markdown's serializers write them.

`converter` puts them in their place. A tree that holds anything but elements with plain
names (comments, processing instructions, namespaces) is left to Python-Markdown's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import HTML_EMPTY, Element

from markdown import serializers

BARE: frozenset[str] = getattr(serializers, "BOOLEAN_ATTRIBUTES", {}).get("html", frozenset())
"""Attributes that HTML has without a value, where their value is their name."""

EMPTY: frozenset[str] = frozenset(HTML_EMPTY)
RAW = frozenset(["script", "style"])


class _OtherError(Exception):
    """The tree holds what is not treated here."""


def to_html(root: Element) -> str:
    """Give an element and all in it as HTML."""
    try:
        return _write(root, BARE, end=">")
    except _OtherError:
        return serializers.to_html_string(root)


def to_xhtml(root: Element) -> str:
    """Give an element and all in it as XHTML."""
    try:
        return _write(root, frozenset(), end=" />")
    except _OtherError:
        return serializers.to_xhtml_string(root)


def _write(root: Element, bare: frozenset[str], end: str) -> str:
    written: list[str] = []
    write = written.append
    waiting: list[Any] = [root]
    push = waiting.append
    while waiting:
        element = waiting.pop()
        if type(element) is str:
            write(element)
            continue
        tag = element.tag
        if type(tag) is not str:
            raise _OtherError
        start = f"<{tag}{_attributes(element, bare)}" if element.attrib else "<" + tag
        tail = element.tail
        if tail:
            tail = _escape(tail)
        lower = tag.lower()
        if lower in EMPTY:
            _write_empty(element, start, end, tail, write, waiting)
            continue
        text = element.text
        if text and lower not in RAW:
            text = _escape(text)
        if len(element):
            write(f"{start}>{text or ''}")
            push(f"</{tag}>{tail or ''}")
            waiting.extend(reversed(element))
        else:
            write(f"{start}>{text or ''}</{tag}>{tail or ''}")
    return "".join(written)


def _write_empty(
    element: Element,
    start: str,
    end: str,
    tail: str | None,
    write: Callable[[str], None],
    waiting: list[Any],
) -> None:
    """Write an element without an end tag. In HTML what is in it is written all the same."""
    if end != ">":
        write(f"{start}{end}{tail or ''}")
        return
    write(start + end)
    if element.text:
        write(_escape(element.text))
    if tail:
        waiting.append(tail)
    waiting.extend(reversed(element))


def _attributes(element: Element, bare: frozenset[str]) -> str:
    written = []
    items: list[tuple[Any, Any]] = list(element.items())
    for name, value in sorted(items) if len(items) > 1 else items:
        if type(name) is not str:
            raise _OtherError
        if value is None:
            written.append(" " + name)
            continue
        escaped = _escape(value)
        if '"' in escaped:
            escaped = escaped.replace('"', "&quot;")
        if name == escaped and name in bare:
            written.append(" " + name)
        else:
            written.append(f' {name}="{escaped}"')
    return "".join(written)


def _escape(given: Any) -> str:
    if not isinstance(given, str):
        raise _OtherError
    text: str = given
    if "&" in text:
        text = serializers.RE_AMP.sub("&amp;", text)
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text
