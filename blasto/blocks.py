"""The block parser of the ``github`` dialect: CommonMark's structure as Python-Markdown's tree.

`structure` reads the lines; here its blocks become elements. What CommonMark does not know
(notes, tabs, definition lists, footnotes, another extension's blocks) is given to the block
processor that the extension has registered, with all that is indented under it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.blockparser import BlockParser
from markdown.postprocessors import RawHtmlPostprocessor
from markdown.util import AtomicString, code_escape

from .references import Reference, plain
from .structure import Block, Structure

OWN = frozenset(
    "empty indent code hashheader setextheader hr olist ulist quote reference paragraph table "
    "defindent".split()
)
"""Block processors of Python-Markdown's whose work is done here."""

OPENERS = {
    "admonition": r"!!! ?[\w-]",
    "details": r"\?{3}\+? ?[\w\"-]",
    "tabbed": r"={3}[+!]* ?\"",
    "footnote": r"\[\^[^\]]+\]:",
    "abbr": r"\*\[[^\]]+\]:",
    "deflist": r":[ ]{1,3}\S",
}
"""How a block begins that an extension reads, by the name of its processor."""

FOOTNOTE = re.compile(r" {0,3}\[\^([^\]]+)\]:[ ]*")


class Raw(str):
    """HTML that the author wrote as a block of its own."""

    __slots__ = ()


class RawHtml(RawHtmlPostprocessor):
    """Puts raw HTML back; a block of it is not wrapped in a paragraph, whatever its tag."""

    def isblocklevel(self, html: str) -> bool:
        return isinstance(html, Raw) or super().isblocklevel(html)

    def stash_to_string(self, text: str) -> str:
        return text if isinstance(text, Raw) else super().stash_to_string(text)


class Parser(BlockParser):
    """Parses as CommonMark does. An existing parser is made one by changing its class."""

    foreign: list[Any]
    settings: dict[str, Any]

    def parseDocument(self, lines: Iterable[str]) -> Any:  # noqa: N802
        """Parse a whole document."""
        registry: Any = self.blockprocessors
        list(registry)  # which sorts it
        names = [one.name for one in registry._priority]
        self.foreign = [registry[name] for name in names if name not in OWN]
        opens = "|".join(pattern for name, pattern in OPENERS.items() if name in names)
        joins = OPENERS["deflist"] if "deflist" in names else None
        self.settings = {
            "opens": re.compile(opens) if opens else None,
            "joins": re.compile(joins) if joins else None,
            "tables": "table" in names,
        }
        self.fences = getattr(self.md, "fences", None)
        return super().parseDocument(lines)

    def parseChunk(self, parent: Element, text: str) -> None:  # noqa: N802
        """Parse a text into an element."""
        self._fill(parent, text)

    def parseBlocks(self, parent: Element, blocks: list[str]) -> None:  # noqa: N802
        """Parse texts into an element, as extensions ask for it; the list is emptied."""
        text = "\n\n".join(blocks)
        blocks.clear()
        self._fill(parent, text)

    def _fill(self, parent: Element, text: str) -> None:
        document = Structure(self._define, **self.settings).read(text.split("\n"))
        paragraphs = sum(child.kind == "paragraph" for child in document.children)
        self._build_all(parent, document, tight=self.state.isstate("list") and paragraphs == 1)

    def _define(self, label: str, reference: Reference) -> None:
        known: Any = self.md.references
        known.setdefault(label, (reference.url, reference.title))

    def _build_all(self, parent: Element, block: Block, *, tight: bool = False) -> None:
        for child in block.children:
            if tight and child.kind == "paragraph" and not self._given(parent, child.text):
                _append_text(parent, _joined(child))
            else:
                self._build(parent, child)

    def _build(self, parent: Element, block: Block) -> None:
        kind = block.kind
        if kind == "paragraph":
            if not self._given(parent, block.text):
                SubElement(parent, "p").text = _joined(block)
        elif kind == "heading":
            SubElement(parent, f"h{block.level}").text = _joined(block).strip()
        elif kind == "code":
            code = SubElement(SubElement(parent, "pre"), "code")
            code.text = AtomicString(code_escape(block.text) + "\n")
        elif kind == "fence":
            self._fence(parent, block)
        elif kind == "html":
            self._raw(parent, block.text)
        elif kind == "rule":
            SubElement(parent, "hr")
        elif kind == "table":
            processor: Any = self.blockprocessors["table"]
            text = block.text.expandtabs(4)
            if processor.test(parent, text):
                processor.run(parent, [text])
            else:
                SubElement(parent, "p").text = _joined(block)
        elif kind == "chunk":
            text = block.text.expandtabs(4)
            if not self._footnote(text) and not self._given(parent, text):
                SubElement(parent, "p").text = _joined(block)
        elif kind == "quote":
            self._build_all(SubElement(parent, "blockquote"), block)
        elif kind == "list":
            self._list(parent, block)

    def _list(self, parent: Element, block: Block) -> None:
        made = SubElement(parent, "ul" if block.start is None else "ol")
        if block.start not in (None, 1):
            made.set("start", str(block.start))
        for item in block.children:
            self._build_all(SubElement(made, "li"), item, tight=block.tight)

    def _given(self, parent: Element, text: str) -> bool:
        """Let the extensions' processors look at a block; tell whether one has taken it."""
        for processor in self.foreign:
            if processor.test(parent, text):
                blocks = [text]
                if processor.run(parent, blocks) is not False:
                    if blocks and "".join(blocks).strip():
                        self.parseBlocks(parent, blocks)
                    return True
        return False

    def _footnote(self, text: str) -> bool:
        """Keep a footnote's text; Python-Markdown's own processor would lose blank lines."""
        found = FOOTNOTE.match(text)
        if found is None or "footnote" not in self.blockprocessors:
            return False
        processor: Any = self.blockprocessors["footnote"]
        lines = [re.sub(r"^ {1,4}", "", line) for line in text[found.end() :].split("\n")]
        processor.footnotes.setFootnote(found[1], "\n".join(lines).strip("\n"))
        return True

    def _fence(self, parent: Element, block: Block) -> None:
        lines = block.lines
        if self.fences is not None:
            longest = max((len(run) for run in re.findall(r"[`~]+", block.text)), default=0)
            fence = block.mark * max(3, block.level, longest + 1)
            made = self.fences([f"{fence}{block.info and ' ' + block.info}", *lines, fence])
            if len(made) == 1:
                SubElement(parent, "p").text = made[0]
                return
        language = plain(block.info.split()[0]) if block.info else ""
        name = f' class="language-{escape(language)}"' if language else ""
        code = "".join(line + "\n" for line in lines)
        self._raw(parent, f"<pre><code{name}>{escape(code, quote=False)}</code></pre>")

    def _raw(self, parent: Element, text: str) -> None:
        SubElement(parent, "p").text = self.md.htmlStash.store(Raw(text))


def _joined(block: Block) -> str:
    """Give a paragraph's text: no white space before its lines, nor behind the last."""
    return "\n".join(line.lstrip() for line in block.lines).rstrip()


def _append_text(parent: Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text
