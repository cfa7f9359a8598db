"""The ``github`` dialect: a Python-Markdown extension that reads what GitHub reads.

`markup` adds it where ``markdown.dialect`` says so; any Python-Markdown can use it by its
name, ``blasto.github``. It stands the parts together: `blocks` for the structure, `spans`
for the text, bare addresses as links, strikethrough, and GitHub's names for headings.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

from markdown.extensions import Extension
from markdown.extensions.toc import slugify
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.util import ETX, STX, AtomicString

from .blocks import Parser, RawHtml
from .spans import NOTHING, Code, Found, Spans

REPLACED = (
    "escape reference link image_link image_reference short_reference short_image_ref autolink "
    "automail linebreak html entity"
).split()
"""Inline patterns of Python-Markdown's that `spans` stands for."""

ADDRESS = (
    r"(?<![\w/@.:+#&=-])(?:(?P<scheme>https?://|www\.)(?P<rest>[^\s<\x02\x03]+)"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z0-9-]*[A-Za-z0-9])(?![\w@-]))"
)
TRAILING = re.compile(r"(?:[?!.,:*_~'\"]|&[A-Za-z0-9]+;)+$")
DROPPED = re.compile(r"[^\w\- ]")


class Whitespace(Preprocessor):
    """Unifies ends of lines and leaves tabs as they are: they count in columns."""

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines).replace(STX, "").replace(ETX, "").replace("\0", "\ufffd")
        return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")


class Addresses(InlineProcessor):
    """Addresses as they stand in a text become links."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]  # noqa: N802
        """Give a link, without the punctuation behind the address."""
        text = m[0]
        if m["mail"]:
            return _link("mailto:" + text, text), m.start(), m.end()
        while True:
            before = text
            text = TRAILING.sub("", text)
            if text.endswith(")") and text.count(")") > text.count("("):
                text = text[:-1]
            if text == before:
                break
        host = re.split(r"[/?#:]", text.partition("://")[2] or text)[0]
        if "." not in host.strip(".") or "_" in "".join(host.split(".")[-2:]):
            return NOTHING
        url = text if "://" in text else "http://" + text
        return _link(url, text), m.start(), m.start() + len(text)


def _link(url: str, text: str) -> Element:
    link = Element("a", href=url)
    link.text = AtomicString(text)
    return link


class Names:
    """Names headings as GitHub does: each title once, then with a number."""

    def __init__(self) -> None:
        self.used: dict[str, int] = {}

    def __call__(self, text: str, separator: str) -> str:
        name = DROPPED.sub("", text.strip().lower()).replace(" ", separator)
        count = self.used[name] = self.used.get(name, -1) + 1
        return f"{name}{separator}{count}" if count else name


class Github(Extension):
    """Puts the dialect's parts where Python-Markdown's stand."""

    def extendMarkdown(self, md: Any) -> None:  # noqa: N802
        """Exchange the parser and the inline patterns."""
        self.md = md
        md.registerExtension(self)
        md.parser.__class__ = Parser
        md.preprocessors.register(Whitespace(md), "normalize_whitespace", 30)
        md.preprocessors.deregister("html_block", strict=False)
        md.postprocessors.register(RawHtml(md), "raw_html", 30)
        for name in REPLACED:
            md.inlinePatterns.deregister(name, strict=False)
        md.inlinePatterns.register(Code(md), "backtick", 190)
        md.inlinePatterns.register(Spans(md), "escape", 180)
        md.inlinePatterns.register(Addresses(ADDRESS, md), "address", 85)
        md.inlinePatterns["em_strong"].add("~", "del,del")

    def reset(self) -> None:
        """Take over where fences are and how headings are called; forget the last text."""
        names = self.md.preprocessors
        if "fenced_code_block" in names and "run" not in vars(names["fenced_code_block"]):
            fences = names["fenced_code_block"]
            self.md.fences = fences.run
            fences.run = lambda lines: lines
        if "toc" in self.md.treeprocessors:
            toc = self.md.treeprocessors["toc"]
            if toc.slugify is slugify or isinstance(toc.slugify, Names):
                toc.slugify = Names()


def makeExtension(**settings: Any) -> Github:  # noqa: N802
    """Give the extension, as Python-Markdown asks for it."""
    return Github(**settings)
