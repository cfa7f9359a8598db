"""Pictures that stand for a page where its address is shared: its title, drawn with Pillow.

After ``config``, beside ``library``. A card shows the page's title, the site's, and
colours; :func:`digest` says when it has to be drawn again.
"""

from __future__ import annotations

import importlib.util
import unicodedata
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import trace
from .appearance import SocialCards
from .errors import BlastoError

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont, ImageFont

WIDTH, HEIGHT, EDGE = 1200, 630, 80
SIZES = (84, 72, 60, 52)
LINES = 4
PREFIX = "/cards/"


def available() -> bool:
    """Tell whether Pillow is installed."""
    return importlib.util.find_spec("PIL") is not None


def maker() -> str:
    """Name what draws, for a card that is kept."""
    from PIL import __version__

    return f"{__version__} 1"


def digest(options: SocialCards, title: str, site: str) -> str:
    """Digest all that a card shows."""
    return trace.digest(repr(options), title, site)


def draw(options: SocialCards, title: str, site: str, font: Path | None) -> tuple[bytes, str]:
    """Draw a card as PNG, the same bytes each time.

    :param font: a font file; Pillow's own font, which has the letters of English only,
        without one.
    :returns: the picture, and the letters that the font does not have.
    :raises BlastoError: the font cannot be read.
    """
    from PIL import Image, ImageDraw

    lost: dict[str, None] = {}
    picture = Image.new("RGB", (WIDTH, HEIGHT), options.background)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, WIDTH, 16), fill=options.accent)
    room = WIDTH - 2 * EDGE
    small = _font(font, 36)
    shown = _written(title, small, lost)
    for size in SIZES:
        large = _font(font, size)
        lines = _wrapped(shown, large, room)
        if len(lines) <= LINES:
            break
    else:
        lines = [*lines[: LINES - 1], _cut(" ".join(lines[LINES - 1 :]), large, room)]
    top = EDGE
    for line in lines:
        pen.text((EDGE, top), line, font=large, fill=options.color, stroke_width=1)
        top += round(size * 1.25)
    name = _cut(_written(site, small, lost), small, room)
    pen.text((EDGE, HEIGHT - EDGE), name, font=small, fill=options.accent, anchor="ls")
    held = BytesIO()
    colours = picture.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    colours.save(held, "PNG")
    return held.getvalue(), "".join(lost)


@lru_cache(maxsize=16)
def _font(file: Path | None, size: int) -> Any:
    from PIL import ImageFont

    if file is None:
        return ImageFont.load_default(size)
    if not file.is_file():
        raise BlastoError.at(
            f"there is no font file {file.name}", hint="`font` in [social_cards] names it"
        )
    try:
        return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise BlastoError.at(f"{file.name} is no font that can be read: {error}") from error


def _written(text: str, font: FreeTypeFont | ImageFont, lost: dict[str, None]) -> str:
    """Write a text in letters that a font has: without accents where it has none."""
    kept = []
    for letter in unicodedata.normalize("NFC", " ".join(text.split())):
        if _has(font, letter):
            kept.append(letter)
            continue
        lost[letter] = None
        plain = unicodedata.normalize("NFKD", letter)
        kept += [one for one in plain if not unicodedata.combining(one) and _has(font, one)]
    return "".join(kept)


@lru_cache(maxsize=4096)
def _has(font: Any, letter: str) -> bool:
    return letter == " " or _shape(font, letter) != _shape(font, "\uffff")


def _shape(font: Any, letter: str) -> tuple[Any, bytes]:
    mask = font.getmask(letter)
    return mask.size, bytes(mask)


def _wrapped(text: str, font: Any, room: int) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        if lines and font.getlength(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [_cut(line, font, room) for line in lines]


def _cut(text: str, font: Any, room: int) -> str:
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(text + "...") > room:
        text = text[:-1]
    return text.rstrip() + "..."
