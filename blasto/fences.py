"""Where code stands in a Markdown text, and on which line of its file a place is.

Beside ``markup``, for what looks at a text before Markdown does: code is to be left alone,
and a message names the line. A text is looked through once, whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any, NamedTuple

OPENING = re.compile(
    r"^(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)$", re.M
)
# A pattern that begins with plain characters is found many times sooner.
TICKS, TILDES = (re.compile(mark + r"[ \t]*\{?[ \t]*\.?([\w+#-]+)") for mark in ("```", "~~~"))
RUN = re.compile(r"`+")
PARAGRAPH_END = re.compile(r"\n[ \t>]*(?=\n)")
WORD = re.compile(r"[^\s{}=\"']+")


class Fence(NamedTuple):
    """A fenced block: where it is, and what stands behind the marks that open it."""

    start: int
    end: int
    info: str

    @property
    def language(self) -> str:
        """The language that the block is said to be in, ``""`` where none is named."""
        info = self.info.strip()
        if not info.startswith("{"):
            first = WORD.match(info)
            named = first is None or info[first.end() : first.end() + 1] == "="
            return "" if first is None or named else first[0]
        classes = (word for word in WORD.findall(info) if word.startswith("."))
        return next(classes, "").removeprefix(".")


def diagram(source: str, language: str, class_name: str, options: Any, md: Any, **more: Any) -> str:
    """Give a Mermaid fence as text that can be read, and that Mermaid's script can draw."""
    classes = escape(" ".join(["mermaid", *more.get("classes", ())]))
    name = more.get("id_value")
    attribute = f' id="{escape(name)}"' if name else ""
    return f'<pre class="{classes}"{attribute}>{escape(source, quote=False)}</pre>'


DIAGRAMS = {"name": "mermaid", "class": "mermaid", "format": diagram}
"""Mermaid, as superfences wants to be told of it."""


def words(text: str) -> set[str]:
    """Give what may be the languages of a text's fences, found in one search."""
    found = set(TICKS.findall(text))
    return found.union(TILDES.findall(text)) if "~~~" in text else found


def fences(text: str) -> list[Fence]:
    """Give the fenced blocks of a text; what is never closed is none."""
    if "```" not in text and "~~~" not in text:
        return []
    found: list[Fence] = []
    closings: dict[str, Iterator[re.Match[str]]] = {}
    last: dict[str, tuple[int, int]] = {}
    position = 0
    for opening in OPENING.finditer(text):
        fence = opening["fence"]
        if opening.start() < position or (fence[0] == "`" and "`" in opening["info"]):
            continue
        if fence not in closings:
            closings[fence] = re.finditer(rf"^[ \t>]*{fence}[ \t]*$", text, re.M)
            last[fence] = (-1, -1)
        while last[fence][0] <= opening.start():
            closing = next(closings[fence], None)
            last[fence] = closing.span() if closing else (len(text) + 1, -1)
        end = last[fence][1]
        if end >= 0:
            found.append(Fence(opening.start(), end, opening["info"]))
            position = end
    return found


def code(text: str) -> list[tuple[int, int]]:
    """Give where fenced blocks and code spans begin and end, in order."""
    regions: list[tuple[int, int]] = []
    position = 0
    for fence in fences(text):
        regions += _spans(text, position, fence.start)
        regions.append((fence.start, fence.end))
        position = fence.end
    regions += _spans(text, position, len(text))
    return regions


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the code spans of a piece of text that holds no fenced block."""
    if text.find("`", start, end) < 0:
        return
    ends = [found.start() for found in PARAGRAPH_END.finditer(text, start, end)]
    for stop in [*ends, end]:
        runs = [(found.start(), found.end()) for found in RUN.finditer(text, start, stop)]
        nexts: dict[int, int] = {}
        partners = [0] * len(runs)
        for index in range(len(runs) - 1, -1, -1):
            length = runs[index][1] - runs[index][0]
            partners[index] = nexts.get(length, -1)
            nexts[length] = index
        index = 0
        while index < len(runs):
            first = runs[index]
            before = text[max(first[0] - 100, start) : first[0]]
            escaped = (len(before) - len(before.rstrip("\\"))) % 2 == 1
            partner = partners[index]
            if escaped or partner < 0:
                index += 1
                continue
            yield first[0], runs[partner][1]
            index = partner + 1
        start = stop


def verbatim(text: str) -> list[tuple[int, int]]:
    """Give where code and comments begin and end, in order."""
    regions = code(text)
    if "<!--" not in text:
        return regions
    hidden = masked(text)
    start = hidden.find("<!--")
    while start >= 0 and (end := hidden.find("-->", start + 4)) >= 0:
        regions.append((start, end + 3))
        start = hidden.find("<!--", end + 3)
    return sorted(regions)


def masked(text: str) -> str:
    """Give a text of the same length with spaces where code stands."""
    parts: list[str] = []
    position = 0
    for start, end in code(text):
        parts.append(text[position:start])
        parts.append(re.sub(r"[^\n]", " ", text[start:end]))
        position = end
    parts.append(text[position:])
    return "".join(parts)
