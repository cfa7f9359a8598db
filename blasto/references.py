"""Where a link leads, as CommonMark writes it: labels, targets, titles, definitions.

Read by `structure` where a paragraph defines links and by `spans` where a text uses them.
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple

LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){1,999})\]", re.S)
ANGLED = re.compile(r"<((?:[^<>\n\\]|\\.)*)>")
_PLAIN = r"[^ \t\n()\\<]|\\[^ \t\n]"
_WITHIN = rf"(?:{_PLAIN}|<|\((?:{_PLAIN}|<|\((?:{_PLAIN}|<)*\))*\))"
BARE = re.compile(rf"(?!<){_WITHIN}+")
TITLE = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|\(((?:[^()\\]|\\.)*)\)", re.S)
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]*);")
SPACE = re.compile(r"[ \t]*(?:\n[ \t]*)?")
BLANKS = re.compile(r"[ \t\n]*")


class Reference(NamedTuple):
    """What a label stands for. ``end`` is where its definition ends in the text."""

    label: str
    url: str
    title: str | None
    end: int = 0


def key(label: str) -> str:
    """Give a label as it is looked up: case and white space do not matter."""
    return " ".join(label.casefold().upper().split())


def plain(text: str) -> str:
    """Resolve escapes and entities of a target or title."""
    if "&" in text:
        text = ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return ESCAPED.sub(r"\1", text) if "\\" in text else text


def target(text: str, place: int) -> tuple[str, int] | None:
    """Read a link's target; give it with the place behind it."""
    found = ANGLED.match(text, place)
    if found:
        return plain(found[1]), found.end()
    found = BARE.match(text, place)
    return (plain(found[0]), found.end()) if found else None


def inline(text: str, place: int) -> Reference | None:
    """Read ``(target "title")``, whose bracket stands at ``place``."""
    at = _past(text, place + 1)
    read = target(text, at)
    url, at = read or ("", at)
    title = None
    begun = _past(text, at)
    if begun > at and (found := TITLE.match(text, begun)):
        title = plain(found[1] or found[2] or found[3] or "")
        begun = _past(text, found.end())
    return Reference("", url, title, begun + 1) if text[begun : begun + 1] == ")" else None


def _past(text: str, place: int) -> int:
    found = BLANKS.match(text, place)
    return found.end() if found else place


def definition(text: str) -> Reference | None:
    """Read a definition, ``[label]: target "title"``, from the start of a text."""
    found = LABEL.match(text)
    if not found or not found[1].strip() or text[found.end() : found.end() + 1] != ":":
        return None
    if found[1].startswith("^"):
        return None
    at = _skipped(text, found.end() + 1)
    read = target(text, at)
    if read is None:
        return None
    url, end = read
    line = _line_end(text, end)
    titled = _skipped(text, end)
    if titled > end and (title := TITLE.match(text, titled)):
        after = _line_end(text, title.end())
        if after is not None:
            words = plain(title[1] or title[2] or title[3] or "")
            return Reference(key(found[1]), url, words, after)
    return None if line is None else Reference(key(found[1]), url, None, line)


def _skipped(text: str, place: int) -> int:
    found = SPACE.match(text, place)
    return found.end() if found else place


def _line_end(text: str, place: int) -> int | None:
    """Give where the next line begins if nothing but white space is left of this one."""
    end = text.find("\n", place)
    rest = text[place:] if end < 0 else text[place:end]
    return None if rest.strip() else len(text) if end < 0 else end + 1
