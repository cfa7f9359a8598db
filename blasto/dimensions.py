"""Width and height of a picture, read from the first bytes of its file.

Below ``site``, which remembers them by the digest of the file. Nothing is decoded, so no
library is needed: PNG, JPEG, GIF, WebP, AVIF, BMP and SVG say their size in their heads.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import BinaryIO

Size = tuple[int, int]
HEAD = 65_536
"""How many bytes are looked at where a format has no fixed place for its size."""

SVG = re.compile(r"<svg\b([^>]*)>", re.S)
SVG_ATTRIBUTE = re.compile(r"""\s(width|height|viewBox)\s*=\s*["']([^"']*)["']""")
LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)(?:px)?\s*")
NO_SIZE = frozenset(b"\x01\xd0\xd1\xd2\xd3\xd4\xd5\xd6\xd7\xd8")
"""JPEG's markers without a length."""


def read(path: Path) -> Size | None:
    """Give width and height in CSS pixels, ``None`` where they cannot be told."""
    try:
        with path.open("rb") as file:
            return _read(file)
    except (OSError, struct.error, ValueError, IndexError):
        return None


def _read(file: BinaryIO) -> Size | None:
    head = file.read(32)
    size: Size | None = None
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        size = struct.unpack(">II", head[16:24])
    elif head.startswith((b"GIF87a", b"GIF89a")):
        size = struct.unpack("<HH", head[6:10])
    elif head.startswith(b"\xff\xd8"):
        size = _jpeg(file)
    elif head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        size = _webp(head)
    elif head[4:8] == b"ftyp":
        size = _avif(head + file.read(HEAD))
    elif head.startswith(b"BM"):
        width, height = struct.unpack("<ii", head[18:26])
        size = (width, abs(height))
    else:
        size = _svg((head + file.read(HEAD)).decode("utf-8", "replace"))
    return size if size and size[0] > 0 and size[1] > 0 else None


def _jpeg(file: BinaryIO) -> Size | None:
    """Go from segment to segment; a camera held upright says so in Exif."""
    file.seek(2)
    turned = False
    while (mark := file.read(1)) == b"\xff":
        while mark == b"\xff":
            mark = file.read(1)
        kind = mark[0]
        if kind in NO_SIZE:
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">xHH", file.read(5))
            return (height, width) if turned else (width, height)
        if kind == 0xDA:
            return None
        if kind == 0xE1:
            turned = _turned(file.read(length - 2)) or turned
        else:
            file.seek(length - 2, 1)
    return None


def _turned(segment: bytes) -> bool:
    """Say whether Exif's orientation lays the picture on its side."""
    if not segment.startswith(b"Exif\0\0"):
        return False
    data = segment[6:]
    order = "<" if data.startswith(b"II") else ">"
    try:
        (first,) = struct.unpack_from(order + "I", data, 4)
        (count,) = struct.unpack_from(order + "H", data, first)
        for index in range(count):
            tag, _, _, value = struct.unpack_from(order + "HHIH", data, first + 2 + 12 * index)
            if tag == 0x0112:
                return 5 <= int(value) <= 8
    except struct.error:
        pass
    return False


def _webp(head: bytes) -> Size | None:
    kind = head[12:16] if len(head) >= 30 else b""
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        (bits,) = struct.unpack("<I", head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        width = int.from_bytes(head[24:27], "little") + 1
        return width, int.from_bytes(head[27:30], "little") + 1
    return None


def _avif(data: bytes) -> Size | None:
    """Take the largest of the sizes of its parts: thumbnails and tiles are smaller."""
    sizes: list[Size] = [
        struct.unpack_from(">II", data, found.end() + 4)
        for found in re.finditer(rb"\0\0\0\x14ispe", data)
    ]
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def _svg(text: str) -> Size | None:
    found = SVG.search(text)
    if not found:
        return None
    attributes = dict(SVG_ATTRIBUTE.findall(found[1]))
    lengths = [LENGTH.fullmatch(attributes.get(name, "")) for name in ("width", "height")]
    width, height = (round(float(one[1])) if one else 0 for one in lengths)
    box = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
    if len(box) == 4 and not (width and height):
        across, down = float(box[2]), float(box[3])
        if across > 0 and down > 0:
            if width:
                return width, round(width * down / across)
            if height:
                return round(height * across / down), height
            return round(across), round(down)
    return width, height
