"""Parts."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

from markdown import inlinepatterns
from markdown.extensions.tables import TableProcessor as MarkdownTableProcessor
from markdown.extensions.toc import TocTreeprocessor as MarkdownTocTreeprocessor
from markdown.util import STX


class DelimiterProcessor(inlinepatterns.DelimiterProcessor):
    """Finds delimiters by searching, not character by character."""

    def search(self, data: str, start: int) -> re.Match[str] | None:
        delimiters = self.delimiters
        for found in self.compiled_re.finditer(data, start):
            if len(found[0]) != 1:
                return super().search(data, start)
            delimiter = delimiters[found[0]]
            match = delimiter.boundary.match(data, found.start())
            if match is not None and (delimiter.stack or match.lastgroup != "end"):
                return match
        return None


class TableProcessor(MarkdownTableProcessor):
    def test(self, parent: Element, block: str) -> bool:
        return "|" in block and super().test(parent, block)


class TocTreeprocessor(MarkdownTocTreeprocessor):
    def replace_marker(self, root: Element, elem: Element) -> None:
        marker = self.marker
        if any(marker in (element.text or "") for element in root.iter()):
            super().replace_marker(root, elem)


def quicker(kind: type) -> type | None:
    return {MarkdownTableProcessor: TableProcessor, MarkdownTocTreeprocessor: TocTreeprocessor}.get(kind)
