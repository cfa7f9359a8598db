"""What is said of pictures and static files: ``[images]`` and ``[assets]`` of ``blasto.toml``.

Between ``tables`` and ``config``, of which it is a part.
"""

from __future__ import annotations

from dataclasses import dataclass

from .options import BOOL, TEXT, number, numbers, option, several


@dataclass(frozen=True, kw_only=True, slots=True)
class Images:
    """Other sizes and formats of pictures, ``[images]``."""

    responsive: bool = option(
        BOOL, "Images of Markdown come in several sizes and formats. Needs the extra `images`.", False
    )  # fmt: skip
    widths: tuple[int, ...] = option(
        numbers(1, 10_000), "Widths in pixels; none is wider than the image itself.",
        (480, 800, 1280),
    )  # fmt: skip
    formats: tuple[str, ...] = option(
        several("avif", "webp"), "Formats beside the image's own, best first.", ("avif", "webp")
    )
    sizes: str = option(
        TEXT, "How wide an image is shown, as in the attribute `sizes`.",
        "(min-width: 42rem) 39rem, calc(100vw - 2.5rem)",
    )  # fmt: skip
    quality: int = option(number(1, 100), "Quality of photographs, on the scale of JPEG.", 80)


@dataclass(frozen=True, kw_only=True, slots=True)
class Assets:
    """What is done to static files and pages on their way out, ``[assets]``."""

    fingerprint: bool = option(
        BOOL, "Names of static files that `url_for` and style sheets give change with their bytes.", False
    )  # fmt: skip
    integrity: bool = option(
        BOOL, "The theme's links to its style sheets and scripts carry `integrity`.", False
    )
    minify: bool = option(
        BOOL, "HTML and CSS without needless bytes. Needs the extra `assets`.", False
    )
    precompress: tuple[str, ...] = option(
        several("gz", "br"),
        "Compressed copies beside each text. `br` needs the extra `assets`.",
        (),
    )
