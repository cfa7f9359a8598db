"""Emoji by their short codes: ``:tada:`` becomes the character itself, no image.

A Python-Markdown extension; `dialects` adds it where a text has a short code. The names are
GitHub's, from the table that comes with PyMdown Extensions.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

CODE = r"(?<![\w:]):([a-z0-9_+-]+):(?![\w:])"


@cache
def characters() -> dict[str, str]:
    """Give the characters by name, other names of them too."""
    from pymdownx import gemoji_db as table

    known: dict[str, str] = {}
    for code, about in table.emoji.items():
        written = about.get("unicode_alt") or about.get("unicode")
        if written:
            known[code.strip(":")] = "".join(chr(int(one, 16)) for one in written.split("-"))
    for other, code in table.aliases.items():
        if code.strip(":") in known:
            known[other.strip(":")] = known[code.strip(":")]
    return known


class Emoji(InlineProcessor):
    """Puts a character where its short code stands; other words between colons stay."""

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[str | None, int | None, int | None]:
        """Give the character."""
        found = characters().get(m[1])
        return (found, m.start(), m.end()) if found else (None, None, None)


class EmojiExtension(Extension):
    """Registers the pattern."""

    def extendMarkdown(self, md: Any) -> None:  # noqa: N802
        """Let it run after code, links and tags."""
        md.inlinePatterns.register(Emoji(CODE, md), "emoji", 75)


def makeExtension(**settings: Any) -> EmojiExtension:  # noqa: N802
    """Give the extension, as Python-Markdown asks for it."""
    return EmojiExtension(**settings)
