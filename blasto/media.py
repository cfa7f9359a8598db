"""What is said of pictures: the table ``[images]`` of ``blasto.toml``.

Between ``tables`` and ``config``, of which it is a part.
"""

from __future__ import annotations

from dataclasses import dataclass

from .options import BOOL, TEXT, numbers, option, ranged, several


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
    quality: int = option(ranged(1, 100), "Quality of photographs, on the scale of JPEG.", 80)
