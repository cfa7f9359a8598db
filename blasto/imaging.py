"""Pictures decoded and encoded, by Pillow: the only module that imports it to do so.

Below ``variants``, which says what is wanted and keeps what was made. Orientation is
applied, colours become sRGB, and no metadata is written: no camera, no place, no time.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from .errors import BlastoError

if TYPE_CHECKING:
    from PIL.Image import Image

#: Format by file ending: Pillow's name of it, and what it does by itself.
WRITTEN: dict[str, tuple[str, dict[str, Any]]] = {
    "avif": ("AVIF", {"speed": 6, "max_threads": 1}),
    "webp": ("WEBP", {"method": 4}),
    "jpg": ("JPEG", {"progressive": True, "optimize": True}),
    "png": ("PNG", {"optimize": True}),
}
READ = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif",
        "GIF": "png", "BMP": "png", "TIFF": "jpg"}  # fmt: skip
ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff")
CROPS = {"center": (0.5, 0.5), "top": (0.5, 0.0), "bottom": (0.5, 1.0), "left": (0.0, 0.5), "right": (1.0, 0.5)}  # fmt: skip
MOST = 100_000_000
"""How many pixels a picture may have: decoded they take four bytes each."""

ORIENTATION = 0x0112
TURNED = range(5, 9)


class Facts(msgspec.Struct, frozen=True):
    """What is known of a picture: its size as it is seen, its format, whether it moves."""

    width: int
    height: int
    format: str
    moves: bool = False


def is_installed() -> bool:
    """Tell whether there is a Pillow."""
    from importlib.util import find_spec

    return find_spec("PIL") is not None


def version() -> str:
    """Give Pillow's version: another one may write other bytes.

    :raises BlastoError: there is none.
    """
    try:
        import PIL
    except ImportError as error:
        raise BlastoError.at(
            "pictures of other sizes need Pillow", hint="pip install 'blasto[images]'"
        ) from error
    return PIL.__version__


def look(path: Path) -> Facts:
    """Read a picture as far as it takes to know that it is whole.

    :raises BlastoError: it is none, it is broken, or it is too large.
    """
    with _opened(path) as image:
        width, height = image.size
        facts = Facts(
            width, height, READ[image.format or "PNG"], bool(getattr(image, "is_animated", False))
        )
        if facts.moves:
            return facts
        if image.getexif().get(ORIENTATION) in TURNED:
            facts = msgspec.structs.replace(facts, width=height, height=width)
        if image.format == "JPEG":
            image.draft("RGB", (max(width // 8, 1), max(height // 8, 1)))  # all of it, at an eighth
        image.load()
    return facts


def make(
    path: Path, width: int, height: int, format: str, quality: int, crop: str | None = None
) -> bytes:
    """Give a picture in another size and format.

    :param format: one of :data:`WRITTEN`.
    :param quality: 1 to 100 as JPEG has it; AVIF needs less for the same and gets less.
    :param crop: which part stays where the shape differs; ``None`` where it does not.
    """
    from PIL import ImageOps
    from PIL.Image import Resampling

    with _opened(path) as opened:
        source = opened.format
        if source == "JPEG" and crop is None:
            opened.draft("RGB", (2 * max(width, height),) * 2)
        image = _plain(ImageOps.exif_transpose(opened))
        if crop is not None:
            image = ImageOps.fit(image, (width, height), Resampling.LANCZOS, centering=CROPS[crop])
        elif image.size != (width, height):
            image = image.resize((width, height), Resampling.LANCZOS, reducing_gap=3.0)
    name, options = WRITTEN[format]
    if format == "jpg" and image.mode == "RGBA":
        from PIL.Image import new

        ground = new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    drawn = source in ("PNG", "GIF", "BMP")
    if format == "webp" and drawn:
        options = {**options, "lossless": True}
    elif format == "avif":
        # Letters and lines show what saves bytes in a photograph.
        options = {**options, "quality": round(quality * (0.9 if drawn else 0.75)),
                   "subsampling": "4:4:4" if drawn else "4:2:0"}  # fmt: skip
    elif format != "png":
        options = {**options, "quality": quality}
    image.info.clear()
    made = BytesIO()
    image.save(made, name, **options)
    return made.getvalue()


@contextmanager
def _opened(path: Path) -> Iterator[Image]:
    """Open a picture; whatever fails in the block is said of the picture."""
    version()
    from PIL import Image, UnidentifiedImageError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's own limit is ours below
        try:
            with Image.open(path, formats=tuple(READ)) as image:
                width, height = image.size
                if width * height > MOST:
                    raise BlastoError.at(
                        f"the picture has {width} by {height} pixels",
                        hint=f"make it smaller: more than {MOST // 1_000_000} million are not read",
                    )
                yield image
        except BlastoError:
            raise
        except Image.DecompressionBombError as error:
            raise BlastoError.at(
                "the picture has too many pixels",
                hint=f"make it smaller: more than {MOST // 1_000_000} million are not read",
            ) from error
        except UnidentifiedImageError as error:
            raise BlastoError.at("the picture cannot be read: its format is unknown") from error
        except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
            raise BlastoError.at(f"the picture cannot be read: {error}") from error


def _plain(image: Image) -> Image:
    """Give a picture in sRGB, eight bits a channel."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        mode = "RGBA" if image.mode == "RGBA" else "L" if image.mode == "L" else "RGB"
        try:
            srgb = ImageCms.createProfile("sRGB")
            if mode != "L":
                image = ImageCms.profileToProfile(image, BytesIO(profile), srgb, outputMode=mode) or image  # fmt: skip
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile says nothing
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("RGB", "RGBA", "L"):
        return image
    if image.mode in ("1", "F"):
        return image.convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")
