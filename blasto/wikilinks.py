"""``[[page]]``, ``[[page#heading]]`` and ``[[page|text]]`` as links.

A Python-Markdown extension; `dialects` adds it where ``markdown.wikilinks`` says so. It only
writes down what was meant: `naming` finds the page when links are resolved.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

LINK = r"(?<![!\[\\])\[\[(?!\[)([^\[\]\n]+)\]\](?!\()"
ESCAPED_PIPE = "\x02124\x03"


class Wikilinks(InlineProcessor):
    """Makes a link whose target is what stands in the brackets, brackets included."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        """Give the link, nothing where no page is named."""
        written = self.unescape(m[1]).replace(ESCAPED_PIPE, "|").replace("\\|", "|")
        target, _, text = written.partition("|")
        target = target.strip()
        if not target.strip("#"):
            return None, None, None
        link = Element("a", href=f"[[{target}]]")
        link.text = text.strip() or target.lstrip("#")
        return link, m.start(), m.end()


class WikilinksExtension(Extension):
    """Registers the pattern."""

    def extendMarkdown(self, md: Any) -> None:  # noqa: N802
        """Let it run after code and escapes, before other links."""
        md.inlinePatterns.register(Wikilinks(LINK, md), "wikilinks", 174)


def makeExtension(**settings: Any) -> WikilinksExtension:  # noqa: N802
    """Give the extension, as Python-Markdown asks for it."""
    return WikilinksExtension(**settings)
