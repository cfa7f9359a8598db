"""``#12`` and ``owner/name#12`` as links to the issues of a project on GitHub.

A Python-Markdown extension; `dialects` adds it where ``markdown.issues`` names a project.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

ISSUE = (
    r"(?<![\w/&#.-])(?P<project>[A-Za-z0-9][\w.-]*/[\w.-]+)?#(?P<number>[1-9]\d{0,8})\b(?![-\w])"
)
HOST = "https://github.com/"


class Tickets(InlineProcessor):
    """Makes links of numbers.

    :param project: ``owner/name`` on GitHub, or the address that a number is put behind.
    """

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, project: str, md: Any) -> None:
        super().__init__(ISSUE, md)
        own = "://" in project
        self.address = project.rstrip("/") + "/" if own else f"{HOST}{project}/issues/"

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        """Give the link."""
        address = f"{HOST}{m['project']}/issues/" if m["project"] else self.address
        link = Element("a", href=address + m["number"])
        link.text = AtomicString(m[0])
        return link, m.start(), m.end()


class TicketsExtension(Extension):
    """Registers the pattern."""

    def __init__(self, **settings: Any) -> None:
        self.config = {"project": ["", "The project whose issues a bare number means."]}
        super().__init__(**settings)

    def extendMarkdown(self, md: Any) -> None:  # noqa: N802
        """Let it run after code, links and addresses."""
        md.inlinePatterns.register(Tickets(self.getConfig("project"), md), "tickets", 74)


def makeExtension(**settings: Any) -> TicketsExtension:  # noqa: N802
    """Give the extension, as Python-Markdown asks for it."""
    return TicketsExtension(**settings)
