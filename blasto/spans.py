"""The inline forms of the ``github`` dialect: code, links, tags, breaks, as CommonMark has them.

Two processors of Python-Markdown's kind, in place of its dozen: code spans first, then all
that binds as tightly as each other, from left to right in one pass. Emphasis is left to
Python-Markdown's own, which is CommonMark's already.
"""

from __future__ import annotations

import html
import re
from typing import Any
from xml.etree.ElementTree import Element

from markdown.inlinepatterns import InlineProcessor
from markdown.util import (
    AMP_SUBSTITUTE,
    ETX,
    INLINE_PLACEHOLDER,
    INLINE_PLACEHOLDER_RE,
    STX,
    AtomicString,
    code_escape,
)

from .references import ESCAPED, LABEL, Reference, inline, key
from .structure import TAG

Found = tuple[Any, int | None, int | None]
NOTHING: Found = (None, None, None)

AUTOLINK = r"<(?P<url>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>\x00-\x1f]*)>"
MAIL = (
    r"<(?P<mail>[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*)>"
)
OTHER = (
    r"<!--(?:-?>|(?:(?!<!--|-->).)*-->)|<\?(?:(?!<\?|\?>).)*\?>|<![A-Za-z][^<>]*+>"
    r"|<!\[CDATA\[(?:(?!<!\[|\]\]>).)*\]\]>"
)
ANGLED = re.compile(rf"{AUTOLINK}|{MAIL}|(?P<html>{TAG}|{OTHER})", re.S)
TICKS = rf"(?P<skip>\\.|{TAG}|{AUTOLINK})|(?P<ticks>`+)"
SPAN = (
    r"\\(?P<escaped>[!-/:-@\[-`{-~])|(?P<break>\\\n| {2,}\n)[ \t]*|(?P<angle><)"
    r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]*);)|(?P<open>!?\[)"
)
BRACKET = re.compile(rf"\\.|{AUTOLINK}|{TAG}|[\[\]]", re.S)
PAIR = re.compile(r"(\*{1,3}|_{1,3}|~{1,2})(?=\S)(.+?)(?<=\S)\1", re.S)


class Code(InlineProcessor):
    """Code spans: as many ticks behind as before."""

    def __init__(self, md: Any) -> None:
        super().__init__(TICKS, md)

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]  # noqa: N802
        """Give a code span, nothing where its ticks are not closed."""
        ticks = m["ticks"]
        if not ticks:
            return NOTHING
        closing = re.compile(rf"(?<!`){ticks}(?!`)").search(data, m.end())
        if closing is None:
            return NOTHING
        text = data[m.end() : closing.start()].replace("\n", " ")
        if text.strip(" ") and text[0] == text[-1] == " ":
            text = text[1:-1]
        code = Element("code")
        code.text = AtomicString(code_escape(text))
        return code, m.start(), closing.end()


class Spans(InlineProcessor):
    """Escapes, line breaks, tags, entities, links and images."""

    def __init__(self, md: Any) -> None:
        super().__init__(SPAN, md)
        self._paired: tuple[str, dict[int, int]] = ("", {})

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]  # noqa: N802
        """Give what begins here."""
        if m["open"]:
            return self._link(m, data)
        if m["escaped"] == "&":
            return f"{AMP_SUBSTITUTE}amp;", m.start(), m.end()
        if m["escaped"]:
            return f"{STX}{ord(m['escaped'])}{ETX}", m.start(), m.end()
        if m["break"]:
            return Element("br"), m.start(), m.end()
        if m["entity"]:
            if html.unescape(m[0]) == m[0]:
                return NOTHING
            return self.md.htmlStash.store(m[0]), m.start(), m.end()
        found = ANGLED.match(data, m.start())
        if found is None:
            return NOTHING
        if found["html"]:
            return self.md.htmlStash.store(found[0]), found.start(), found.end()
        link = Element("a", href=found["url"] or "mailto:" + found["mail"])
        link.text = AtomicString(found["url"] or found["mail"])
        return link, found.start(), found.end()

    # Links

    def _link(self, m: re.Match[str], data: str) -> Found:
        opened = m.end() - 1
        closed = self._closing(data, opened)
        if closed is None:
            return NOTHING
        read = self._leads(data, opened, closed)
        if read is None:
            return NOTHING
        label = data[opened + 1 : closed]
        if m[0] == "[" and "[" in label and self._has_link(label):
            return NOTHING
        inside = self._scan(label)
        if m[0] == "![":
            made = Element("img", src=self.restore(read.url), alt=self._alt(inside))
        else:
            made = Element("a", href=self.restore(read.url))
            made.text = inside
        if read.title is not None:
            made.set("title", self.restore(read.title))
        return made, m.start(), read.end

    def _leads(self, data: str, opened: int, closed: int) -> Reference | None:
        """Say where the brackets lead, by what follows them or by their label."""
        after = data[closed + 1 : closed + 2]
        if after == "(" and (read := inline(data, closed + 1)):
            return read
        if after == "[":
            if data.startswith("[]", closed + 1):
                return self._defined(data[opened + 1 : closed], closed + 3)
            if (label := LABEL.match(data, closed + 1)) and label[1].strip():
                return self._defined(label[1], label.end())
        return self._defined(data[opened + 1 : closed], closed + 1)

    def _defined(self, label: str, end: int) -> Reference | None:
        if not LABEL.fullmatch(f"[{label}]"):
            return None
        found = self.md.references.get(key(self.restore(label)))
        return Reference("", found[0], found[1], end) if found else None

    def _has_link(self, label: str) -> bool:
        return any(
            self._leads(label, opened, closed) is not None
            for opened, closed in _pairs(label).items()
            if opened == 0 or label[opened - 1] != "!"
        )

    def _closing(self, data: str, opened: int) -> int | None:
        """Say where a bracket is closed.

        Places are kept as counted from the end: what stands before a bracket changes with
        each link that is found, what follows it does not, and a text is paired once.
        """
        size, left = len(data), len(data) - opened
        last, pairs = self._paired
        if last[-left:] != data[opened:]:
            pairs = {size - start: size - end for start, end in _pairs(data).items()}
            self._paired = (data, pairs)
        return size - pairs[left] if left in pairs else None

    def _scan(self, text: str) -> str:
        """Do with a label what is done with the whole text."""
        place = 0
        around = self._paired
        while found := self.compiled_re.search(text, place):
            node, start, end = self.handleMatch(found, text)
            if node is None or start is None or end is None:
                place = found.end()
                continue
            stashed = self._stashed
            name = f"{len(stashed):04d}"
            stashed[name] = node
            placeholder = INLINE_PLACEHOLDER % name
            text = text[:start] + placeholder + text[end:]
            place = start + len(placeholder)
        self._paired = around
        return text

    @property
    def _stashed(self) -> dict[str, Any]:
        processor: Any = self.md.treeprocessors["inline"]
        nodes: dict[str, Any] = processor.stashed_nodes
        return nodes

    def restore(self, text: str) -> str:
        """Put back the text of what has been found before."""
        return self.unescape(text) if STX in text else text

    def _alt(self, text: str) -> str:
        def words(found: re.Match[str]) -> str:
            node = self._stashed.get(found[1])
            if node is None or isinstance(node, str):
                return node or ""
            return node.get("alt") or "".join(node.itertext())

        text = INLINE_PLACEHOLDER_RE.sub(words, text)
        for _ in range(3):
            text = PAIR.sub(r"\2", text)
        text = re.sub(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])?", r"\1", text)
        return ESCAPED.sub(r"\1", text)


def _pairs(text: str) -> dict[int, int]:
    waiting: list[int] = []
    pairs: dict[int, int] = {}
    for found in BRACKET.finditer(text):
        if found[0] == "[":
            waiting.append(found.start())
        elif found[0] == "]" and waiting:
            pairs[waiting.pop()] = found.start()
    return pairs
