"""Pieces of a text that Markdown must not see: taken out before it, put back into its HTML.

Beside ``markup``. In the place of a piece stands a token of characters that no text has
and no rule of Markdown looks at; a heading's id is made without it. Where a token comes
out in code, in a comment or in a script, what was written is put back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Literal

# Code points that are no characters (Unicode, 23.7): they have no meaning to anyone.
FIRST, LAST, ZERO = "\ufdd0", "\ufdd1", 0xFDD2
TOKEN = f"{FIRST}[{chr(ZERO)}-{chr(ZERO + 9)}]+{LAST}"
FOUND = re.compile(TOKEN)
FORBIDDEN = re.compile(f"[{FIRST}-{chr(ZERO + 9)}]")
PART = re.compile(
    r"<!--.*?-->|<(?P<raw>script|style|textarea)\b[^>]*>.*?</(?P=raw)\s*>"
    rf"|<p>\s*(?P<lone>{TOKEN})\s*</p>"
    r"|<(?P<slash>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?P<attributes>(?:\s[^<>\"']*|\"[^\"]*\"|'[^']*')*)>"
    rf"|{TOKEN}",
    re.S | re.I,
)
BLOCK = re.compile(
    r"\s*<(?:address|article|aside|blockquote|center|details|dialog|div|dl|fieldset|figcaption|figure"
    r"|footer|form|h[1-6]|header|hgroup|hr|main|menu|nav|ol|p|pre|section|style|table|ul)\b",
    re.I,
)
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
VERBATIM = frozenset(("code", "pre"))


@dataclass
class Piece:
    """What a token stands for.

    :param source: what was written.
    :param give: gives the HTML; is told the HTML between this piece and the one that
        closes it.
    :param plain: what stands for it in an attribute.
    :param role: whether it is a whole, or opens or closes one.
    """

    source: str
    give: Callable[[str], str]
    plain: Callable[[], str]
    role: Literal["whole", "opens", "closes"] = "whole"
    opening: Piece | None = None


@dataclass
class _Frame:
    """The HTML between a piece that opens and the one that closes it."""

    piece: Piece | None = None
    parts: list[str] = field(default_factory=list)
    paragraph: int = -1
    depth: int = 0
    split: bool = False

    def blank(self) -> bool:
        """Say whether the paragraph that is open holds nothing yet."""
        return not "".join(self.parts[self.paragraph + 1 :]).strip()

    def tag(self, written: str, name: str, *, closing: bool) -> None:
        """Add a tag, and know whether a paragraph is open."""
        self.parts.append(written)
        if name == "p":
            if closing and self.split and self.paragraph >= 0:
                self.parts.pop()
                if self.blank():
                    self.parts[self.paragraph] = ""
                else:
                    self.parts.append(written)
            self.paragraph = -1 if closing else len(self.parts) - 1
            self.depth, self.split = 0, False
        elif name not in VOID:
            self.depth += -1 if closing else 1

    def put(self, made: str) -> None:
        """Add what a piece gave; a block of its own ends the paragraph that it stands in."""
        if self.paragraph < 0 or self.depth or not BLOCK.match(made):
            self.parts.append(made)
            return
        if self.blank():
            self.parts[self.paragraph] = ""
        else:
            self.parts.append("</p>")
        self.parts += [made, "<p>"]
        self.paragraph, self.split = len(self.parts) - 1, True


class Asides:
    """The pieces of one text."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []

    def take(self, piece: Piece) -> str:
        """Keep a piece, and give the token that stands for it."""
        self.pieces.append(piece)
        digits = "".join(chr(ZERO + int(digit)) for digit in str(len(self.pieces) - 1))
        return FIRST + digits + LAST

    def restore(self, text: str) -> str:
        """Put all pieces back into an HTML text."""
        if FIRST not in text:
            return text
        frames = [_Frame()]
        verbatim = position = 0
        for found in PART.finditer(text):
            frame = frames[-1]
            frame.parts.append(text[position : found.start()])
            position = found.end()
            name = (found["name"] or "").lower()
            if name:
                closing = bool(found["slash"])
                frame.tag(self._in_tag(found[0]), name, closing=closing)
                if name in VERBATIM:
                    verbatim = max(verbatim + (-1 if closing else 1), 0)
            elif not found["lone"] and found[0][0] == "<":
                frame.parts.append(FOUND.sub(lambda one: self._piece(one[0]).source, found[0]))
            elif verbatim:
                piece = self._piece(found["lone"] or found[0])
                frame.parts.append(escape(piece.source, quote=False))
            else:
                self._replace(frames, self._piece(found["lone"] or found[0]), bool(found["lone"]))
        frames[-1].parts.append(text[position:])
        while len(frames) > 1:
            lost = frames.pop()
            assert lost.piece is not None
            frames[-1].parts += [escape(lost.piece.source, quote=False), *lost.parts]
        return "".join(frames[0].parts)

    def written(self, text: str) -> str:
        """Give a Markdown text with all pieces as they were written."""
        return FOUND.sub(lambda found: self._piece(found[0]).source, text)

    def _replace(self, frames: list[_Frame], piece: Piece, lone: bool) -> None:
        """Put one piece into the last frame; ``lone`` if it has a paragraph of its own."""
        if piece.role == "opens":
            frames.append(_Frame(piece))
            return
        if piece.role == "closes" and piece.opening is not frames[-1].piece:
            frames[-1].parts.append(escape(piece.source, quote=False))
            return
        if piece.role == "closes":
            frame = frames.pop()
            assert frame.piece is not None
            made = frame.piece.give("".join(frame.parts).strip())
        else:
            made = piece.give("")
        if lone and piece.role == "whole" and made.strip() and not BLOCK.match(made):
            made = f"<p>{made}</p>"
        frames[-1].put(made)

    def _piece(self, token: str) -> Piece:
        return self.pieces[int("".join(str(ord(char) - ZERO) for char in token[1:-1]))]

    def _in_tag(self, tag: str) -> str:
        if FIRST not in tag:
            return tag
        return FOUND.sub(lambda found: escape(self._piece(found[0]).plain()), tag)
