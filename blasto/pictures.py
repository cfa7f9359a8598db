"""Pictures of finished HTML: their sizes, so that a page keeps still while it loads.

Between ``markup``, which has resolved their addresses, and ``passages``, which knows the
files behind them. Raw HTML and what shortcodes gave is covered, too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Protocol

from .markup import TAG

ATTRIBUTE = re.compile(
    r"""\s(?P<name>[^\s"'>/=]+)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'=<>`]+)))?"""
)
IMAGE = re.compile(r"<(?P<name>img)\b(?P<attributes>(?:\s[^<>\"']*|\"[^\"]*\"|'[^']*')*)>", re.I)
"""What :data:`~blasto.markup.TAG` finds of images, where nothing is hidden from it."""

SIZED = re.compile(r"(?:^|;)\s*(?:width|height|aspect-ratio)\s*:", re.I)


class Looks(Protocol):
    """What is asked about the pictures of a page."""

    def size(self, source: str) -> tuple[int, int] | None:
        """Give width and height of a picture by its URL, ``None`` where they are not known."""

    def nameless(self, source: str) -> None:
        """Hear of a picture that has no ``alt``."""


def attributes_of(text: str) -> dict[str, str]:
    """Give the attributes of a tag, as it was written between its name and ``>``."""
    return {
        found["name"].lower(): html.unescape(
            found["double"] or found["single"] or found["bare"] or ""
        )
        for found in ATTRIBUTE.finditer(text)
    }


def complete(text: str, looks: Looks) -> str:
    """Give every picture of an HTML text its size, ``loading`` past the first, and an ``alt``."""
    seen = False

    def tag(found: re.Match[str]) -> str:
        nonlocal seen
        whole: str = found[0]
        if found["name"] is None or found["name"].lower() != "img":
            return whole
        given = attributes_of(found["attributes"])
        source = given.get("src", "")
        added = _size(given, looks.size) if source else {}
        if seen and "loading" not in given:
            added["loading"] = "lazy"
        seen = True
        if "alt" not in given:
            looks.nameless(source)
            added["alt"] = ""
        written = "".join(f' {name}="{value}"' for name, value in added.items())
        end = "/>" if whole.endswith("/>") else ">"
        return whole[: -len(end)].rstrip() + written + (" />" if end == "/>" else ">")

    plain = not ("<!--" in text or "<script" in text.lower() or "<style" in text.lower())
    return (IMAGE if plain else TAG).sub(tag, text)


def _size(given: dict[str, str], size: Callable[[str], tuple[int, int] | None]) -> dict[str, str]:
    """Give the attributes of size that a picture lacks."""
    width, height = given.get("width"), given.get("height")
    if (width and height) or SIZED.search(given.get("style", "")):
        return {}
    if any(one is not None and not one.isdecimal() for one in (width, height)):
        return {}
    found = size(given["src"])
    if found is None:
        return {}
    if width:
        return {"height": str(round(int(width) * found[1] / found[0]))}
    if height:
        return {"width": str(round(int(height) * found[0] / found[1]))}
    return {"width": str(found[0]), "height": str(found[1])}
