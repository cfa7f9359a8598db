"""Pictures in templates: ``image`` and ``picture``, and the files beside a page.

Thin doors to ``variants``, in the words of a template's author.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from markupsafe import Markup

from . import imaging, output, variants
from .errors import BlastoError
from .markup import EXTERNAL
from .pages import Page
from .site import Site, current_site
from .variants import Shown


def image(
    path: object,
    width: int | None = None,
    height: int | None = None,
    format: str | None = None,
    crop: bool | str = False,
    quality: int | None = None,
) -> Shown:
    """Give a picture in another size or format; what it stands for is its URL.

    :param path: a file beside the page, under ``content/``, or a URL of the site.
    :param crop: with width and height: fill them, and keep the middle (true) or ``"top"``,
        ``"bottom"``, ``"left"``, ``"right"``; else the picture fits within them.
    :raises BlastoError: there is no such picture, or it cannot be read.
    """
    if format is not None and format not in imaging.WRITTEN:
        raise BlastoError.at(
            f'format="{format}" is unknown', hint="it is one of " + ", ".join(imaging.WRITTEN)
        )
    site, chosen = current_site, variants.given_crop(crop)
    url = locate(site, str(path))
    try:
        found = variants.shown(site, url, width, height, format, chosen, quality)
    except BlastoError as error:
        raise BlastoError.at(
            variants.failed(error, str(path)), hint=error.problems[0].hint
        ) from error
    if found is None:
        raise BlastoError.at(f'there is no image "{path}"')
    return found


def picture(
    path: object,
    alt: str = "",
    widths: Iterable[int] | None = None,
    sizes: str | None = None,
    formats: Iterable[str] | None = None,
    **attributes: object,
) -> Markup:
    """Give the element of a picture in several sizes and formats, as Markdown's images get it.

    :param attributes: of its ``<img>``; ``class_`` for ``class``, ``data_x`` for ``data-x``.
    """
    site, images = current_site, current_site.config.images
    whole = image(path)
    given = {
        "src": whole.url, "alt": alt, "width": str(whole.width), "height": str(whole.height),
        "loading": "lazy",
        **{name.rstrip("_").replace("_", "-"): str(value) for name, value in attributes.items()},
    }  # fmt: skip
    found = variants.sources(
        site, locate(site, str(path)), images.widths if widths is None else widths,
        images.formats if formats is None else formats,
    )  # fmt: skip
    if not found:
        written = "".join(f' {name}="{Markup.escape(value)}"' for name, value in given.items())
        return Markup(f"<img{written}>")
    return Markup(variants.element(found, given, sizes or images.sizes))


def locate(site: Site, path: str) -> str:
    """Give the URL of a picture that a template names.

    :raises BlastoError: it lies elsewhere, where it cannot be read.
    """
    if EXTERNAL.match(path):
        raise BlastoError.at(f'"{path}" is no file of the site', hint="copy it into content/")
    if path.startswith("/"):
        return path if path.startswith(site.base_path + "/") else site.base_path + path
    current = site.current
    page = current if isinstance(current, Page) else getattr(current, "index", None)
    if page is not None:
        url = site.resolve(page, path, "src")
        if url.startswith("/"):
            return url
    found = site.asset(path)
    if found is None:
        raise BlastoError.at(f'there is no image "{path}"')
    return output.encode(site.base_path + found)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {"image": image, "picture": picture}
