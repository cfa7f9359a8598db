"""Pictures in other sizes and formats: what each is called, where it is kept, who asks for it.

After ``measuring``, which finds the file behind a URL; ``passages`` asks for the pictures
of a text, ``galleries`` for those of templates. A variant's name says all that it takes to
make it, and a digest of the file: so each is an endpoint of its own, made when it is asked
for, and kept by content and parameters in ``.blasto/images/``.
"""

from __future__ import annotations

import contextlib
import html
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec

from . import imaging, measuring, output, trace
from .config import Config
from .errors import BlastoError
from .markup import TAG
from .pictures import attributes_of

PREFIX = "/static/blasto/images/"
NAME = re.compile(
    r"(?P<path>.+)\.(?P<width>[1-9]\d{0,4})x(?P<height>[1-9]\d{0,4})(?:-(?P<crop>[a-z]+))?"
    r"(?:-q(?P<quality>\d{1,3}))?\.(?P<key>[0-9a-f]{8})\.(?P<format>[a-z]+)"
)
_facts: dict[str, imaging.Facts] = {}


class Pictured(measuring.Measured, Protocol):
    """What this room asks of a site."""

    state: Path

    @property
    def settings(self) -> Config: ...


class Variant(NamedTuple):
    """A picture in one size and format."""

    width: int
    height: int
    format: str
    quality: int = 0
    crop: str | None = None

    @property
    def code(self) -> str:
        """What stands for it in a name."""
        crop = f"-{self.crop}" if self.crop else ""
        quality = f"-q{self.quality}" if self.quality else ""
        return f"{self.width}x{self.height}{crop}{quality}"

    def key(self, source: str) -> str:
        """Name its bytes, made of a file with this digest."""
        return trace.digest(source, self.code, self.format, imaging.version())


@dataclass(frozen=True)
class Shown:
    """A picture as a template gets it: stands for its URL, and knows its size."""

    url: str
    width: int
    height: int

    def __str__(self) -> str:
        return self.url


def facts(site: Pictured, file: measuring.File) -> imaging.Facts:
    """Give what is known of a picture; each content is looked at once.

    :raises BlastoError: it is broken or too large.
    """
    known = _facts.get(file.digest)
    if known is None:
        kept = site.state / "images" / f"{file.digest}.json"
        with trace.paused():
            try:
                known = msgspec.json.decode(kept.read_bytes(), type=imaging.Facts)
            except (OSError, msgspec.DecodeError):
                known = imaging.look(file.path)
                keep(kept, msgspec.json.encode(known))
        _facts[file.digest] = known
    return known


def keep(path: Path, data: bytes) -> None:
    """Write a file that another process may be writing too; nothing is lost where it fails."""
    waiting = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        waiting.write_bytes(data)
        os.replace(waiting, path)


def fitted(
    known: imaging.Facts, width: int | None, height: int | None, crop: str | None
) -> tuple[int, int]:
    """Give the size of a picture within a box, or of the part that fills it; never enlarged."""
    if crop is not None and width and height:
        less = min(1.0, known.width / width, known.height / height)
        return max(round(width * less), 1), max(round(height * less), 1)
    less = min(1.0, *(
        asked / natural
        for asked, natural in ((width, known.width), (height, known.height)) if asked
    ), 1.0)  # fmt: skip
    return max(round(known.width * less), 1), max(round(known.height * less), 1)


def address(site: Pictured, url: str, digest: str, variant: Variant) -> str:
    """Give the URL of a variant, and note the link.

    :param url: of the picture itself: encoded, with the base path.
    """
    path = output.split(url)[0][len(site.base_path) :].lstrip("/")
    name = f"{path}.{variant.code}.{variant.key(digest)[:8]}.{variant.format}"
    # A comma would end an entry of a srcset.
    made = f"{site.base_path}{PREFIX}{name}".replace(",", "%2C")
    trace.link(made)
    return made


def bytes_of(site: Pictured, name: str) -> tuple[bytes, str] | None:
    """Give the bytes of a variant by its name, and its format; from memory if they were made.

    :param name: decoded, what stands behind :data:`PREFIX` in its URL.
    :returns: ``None`` for what is no name, or of a file that is not there or has changed.
    """
    found = NAME.fullmatch(name)
    if found is None or found["format"] not in imaging.WRITTEN:
        return None
    crop = found["crop"]
    file = measuring.find(site, site.base_path + output.encode("/" + found["path"]))
    if file is None or (crop is not None and crop not in imaging.CROPS):
        return None
    variant = Variant(int(found["width"]), int(found["height"]), found["format"],
                      int(found["quality"] or 0), crop)  # fmt: skip
    key = variant.key(file.digest)
    if key[:8] != found["key"]:
        return None
    kept = site.state / "images" / f"{key}.{variant.format}"
    with trace.paused():
        try:
            return kept.read_bytes(), variant.format
        except OSError:
            pass
        known = facts(site, file)
        if known.moves or variant.width > known.width or variant.height > known.height:
            return None
        made = imaging.make(file.path, variant.width, variant.height, variant.format,
                            variant.quality or 80, variant.crop)  # fmt: skip
        keep(kept, made)
    return made, variant.format


def shown(
    site: Pictured,
    url: str,
    width: int | None = None,
    height: int | None = None,
    format: str | None = None,
    crop: str | None = None,
    quality: int | None = None,
) -> Shown | None:
    """Give a picture in another size; itself where it moves or is drawn of lines (SVG).

    :returns: ``None`` where the URL leads to no picture of the site.
    """
    file = measuring.find(site, url)
    if file is None:
        return None
    if not file.path.name.lower().endswith(imaging.ENDINGS):
        size = measuring.size(site, url)
        return Shown(url, *size) if size else None
    known = facts(site, file)
    if known.moves:
        return Shown(url, known.width, known.height)
    across, down = fitted(known, width, height, crop)
    kind = format or known.format
    variant = Variant(across, down, kind, _quality(site, kind, quality),
                      crop if crop and width and height else None)  # fmt: skip
    return Shown(address(site, url, file.digest, variant), across, down)


def _quality(site: Pictured, format: str, asked: int | None) -> int:
    return 0 if format == "png" else asked or site.settings.images.quality


def sources(
    site: Pictured, url: str, widths: Iterable[int], formats: Iterable[str]
) -> dict[str, list[Shown]]:
    """Give a picture in several widths by format, its own format last.

    :returns: nothing for what is no picture that blasto can resize.
    """
    file = measuring.find(site, url)
    if file is None or not file.path.name.lower().endswith(imaging.ENDINGS):
        return {}
    known = facts(site, file)
    wanted = sorted(set(widths))
    if known.moves or not wanted:
        return {}
    chosen = [width for width in wanted if width < known.width]
    if len(chosen) < len(wanted):
        chosen.append(known.width)
    found: dict[str, list[Shown]] = {}
    for kind in dict.fromkeys([*(one for one in formats if one != known.format), known.format]):
        for width in chosen:
            size = fitted(known, width, None, None)
            variant = Variant(*size, kind, _quality(site, kind, None))
            found.setdefault(kind, []).append(
                Shown(address(site, url, file.digest, variant), *size)
            )
    return found


def srcset(variants: Iterable[Shown]) -> str:
    """Give what stands in a ``srcset``."""
    return ", ".join(f"{one.url} {one.width}w" for one in variants)


def element(found: Mapping[str, Sequence[Shown]], attributes: Mapping[str, str], sizes: str) -> str:
    """Give ``<picture>`` with a source a format, or ``<img>`` where there is one format only.

    :param attributes: of the ``<img>``, but for its addresses.
    """
    *others, own = found
    tail = f' sizes="{html.escape(sizes)}"'
    chosen = {**attributes, "src": found[own][-1].url}
    image = "<img" + "".join(
        f' {name}="{html.escape(value)}"' for name, value in chosen.items()
    ) + f' srcset="{html.escape(srcset(found[own]))}"{tail}>'  # fmt: skip
    if not others:
        return image
    kinds = "".join(
        f'<source type="image/{kind}" srcset="{html.escape(srcset(found[kind]))}"{tail}>'
        for kind in others
    )
    return f"<picture>{kinds}{image}</picture>"


class Texts(Protocol):
    """What is asked about the pictures of a text."""

    def variants(self, source: str) -> Mapping[str, Sequence[Shown]]:
        """Give a picture in other widths and formats by its URL."""


PICTURE = re.compile(r"<picture\b.*?</picture>", re.S | re.I)


def adorn(text: str, texts: Texts, sizes: str) -> str:
    """Give every picture of an HTML text a ``srcset``, and other formats where there are any."""

    def tag(match: re.Match[str]) -> str:
        whole: str = match[0]
        if match["name"] is None or match["name"].lower() != "img":
            return whole
        given = attributes_of(match["attributes"])
        found = texts.variants(given["src"]) if given.get("src") and "srcset" not in given else {}
        if not found:
            return whole
        width = given.get("width", "")
        natural = max(one.width for one in [*found.values()][-1])
        own = given.pop("sizes", "")
        if not own and width.isdecimal() and int(width) < natural:
            own = f"{width}px"
        return element(found, given, own or sizes)

    pieces = []
    at = 0
    for made in PICTURE.finditer(text):
        pieces += [TAG.sub(tag, text[at : made.start()]), made[0]]
        at = made.end()
    return "".join([*pieces, TAG.sub(tag, text[at:])])


def failed(error: BlastoError, written: str) -> str:
    """Say of a picture, as its author wrote it, what is wrong with it."""
    return f'the image "{written}": {error.problems[0].message}'


def given_crop(crop: Any) -> str | None:
    """Read ``crop`` of a template: true, or the part that stays.

    :raises BlastoError: it is neither.
    """
    if not crop:
        return None
    name = "center" if crop is True else str(crop)
    if name not in imaging.CROPS:
        raise BlastoError.at(
            f'crop="{name}" is unknown', hint="it is true, or one of " + ", ".join(imaging.CROPS)
        )
    return name
