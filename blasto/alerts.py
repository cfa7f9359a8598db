"""GitHub's alerts: a quotation that begins with ``[!NOTE]`` becomes a note.

A Python-Markdown extension, on in both dialects. It works on the tree, between the blocks
and the text in them, so that a text without the sign keeps every byte.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

SIGN = re.compile(r"\s*\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*(?:\n|$)", re.I)


class Alerts(Treeprocessor):
    """Makes notes of quotations."""

    def run(self, root: Element) -> None:
        """Change each quotation that holds an alert."""
        quotes = {quote for quote in root.iter("blockquote") if any(map(_sign, quote))}
        if quotes:
            for parent in list(root.iter()):
                for child in list(parent):
                    if child in quotes:
                        _split(parent, child)


def _sign(element: Element) -> re.Match[str] | None:
    return SIGN.match(element.text) if element.tag == "p" and element.text else None


def _split(parent: Element, quote: Element) -> None:
    """Make a note of each alert in a quotation.

    Python-Markdown makes one quotation of several with blank lines between them.
    """
    place = list(parent).index(quote)
    note = quote
    for child in list(quote):
        found = _sign(child)
        if found is not None:
            kind = found[1].lower()
            note = Element("div", {"class": f"admonition {kind}"})
            SubElement(note, "p", {"class": "admonition-title"}).text = kind.capitalize()
            place += 1
            parent.insert(place, note)
            assert child.text is not None
            child.text = child.text[found.end() :]
        if note is not quote:
            quote.remove(child)
            if found is None or child.text or len(child):
                note.append(child)
    if not len(quote):
        parent.remove(quote)


class AlertsExtension(Extension):
    """Registers the tree processor."""

    def extendMarkdown(self, md: Any) -> None:  # noqa: N802
        """Let it run before the text in the blocks is read."""
        md.treeprocessors.register(Alerts(md), "alerts", 45)


def makeExtension(**settings: Any) -> AlertsExtension:  # noqa: N802
    """Give the extension, as Python-Markdown asks for it."""
    return AlertsExtension(**settings)
