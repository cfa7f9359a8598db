"""Pictures for tests: small, drawn by Pillow, told apart by their colours."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

RED, BLUE = (200, 30, 30), (30, 30, 200)


def halves(width: int, height: int) -> Image.Image:
    """Draw a picture whose left half is red and whose right half is blue."""
    made = Image.new("RGB", (width, height), RED)
    made.paste(BLUE, (width // 2, 0, width, height))
    return made


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """Give a picture's bytes."""
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def photo(width: int = 60, height: int = 40, turned: int = 0) -> bytes:
    """Give a JPEG with a camera's metadata.

    :param turned: Exif's orientation.
    """
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    if turned:
        exif[0x0112] = turned
    return encoded(halves(width, height), exif=exif, comment=b"secret place", quality=95)


def opened(data: bytes) -> Image.Image:
    """Read a picture back."""
    image = Image.open(BytesIO(data))
    image.load()
    return image
