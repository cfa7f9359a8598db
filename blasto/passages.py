"""A body on its way through Markdown: what has to be known of its site, and said of its lines.

Between ``links``, ``measuring`` and ``bodies``. ``markup`` turns the text into HTML and
knows no site; a :class:`Passage` goes along, resolves what stands in it and finds the line
of the file that a message is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Protocol

from . import fences, measuring, pictures, trace, variants
from .dimensions import Size
from .errors import BlastoError, Problem, Severity
from .markup import Renderer
from .pages import Page

KIND = "MarkdownWarning"
"""Marks what is said of a text: once, however many URLs show it."""


NAMELESS = "alt"
"""The rule of ``check`` for pictures without ``alt``."""


class Sited(variants.Pictured, Protocol):
    """What this room asks of a site."""

    @property
    def shown(self) -> str: ...
    @property
    def renderer(self) -> Renderer: ...
    def resolve(self, page: Page, written: str, attribute: str) -> str: ...


class Passage:
    """One text of one page, and what is made of it.

    :param text: the Markdown.
    :param line: the line of the file that it begins on; ``None`` for a text that says
        again what stands elsewhere, as a summary does: nothing is said of it.
    """

    def __init__(self, site: Sited, page: Page, text: str, line: int | None) -> None:
        self.site = site
        self.page = page
        self.source = self.text = text
        self.line = line
        self._written: dict[str, str] = {}
        self._nameless: dict[str, Iterator[int]] = {}
        if line is not None and ("```" in text or "~~~" in text):
            self._look_at_languages()
        self._broken: list[Problem] = []

    # What Markdown asks

    def resolve(self, written: str, attribute: str) -> str:
        """Give the URL for a link or image."""
        url = self.site.resolve(self.page, written, attribute)
        if attribute == "src":
            self._written.setdefault(url, written)
        return url

    def body(self, text: str) -> str:
        """Finish the HTML of the body."""
        if self.site.settings.markdown.images and "<img" in text:
            text = pictures.complete(text, self)
        images = self.site.settings.images
        if "<img" in text:
            trace.note("config", "images", trace.digest(repr(images)))
        if images.responsive and "<img" in text:
            text = variants.adorn(text, self, images.sizes)
        if self._broken:
            raise BlastoError(*self._broken)
        return text

    def inline(self, text: str) -> str:
        """Finish the HTML of a heading."""
        return text

    def _look_at_languages(self) -> None:
        """Warn of code in a language that Pygments does not know."""
        for fence in fences.fences(self.text):
            language = fence.language
            if language and not self.site.renderer.knows(language):
                from .highlight import suggestion

                self.warn(
                    f'"{language}" is no language that code can be coloured in',
                    fence.start,
                    suggestion(language),
                )

    # What pictures ask

    def size(self, source: str) -> Size | None:
        """Give the size of a picture by its URL."""
        return measuring.size(self.site, source)

    def variants(self, source: str) -> dict[str, list[variants.Shown]]:
        """Give a picture in other widths and formats by its URL."""
        images = self.site.settings.images
        try:
            return variants.sources(self.site, source, images.widths, images.formats)
        except BlastoError as error:
            written = self._written.get(source, source)
            at = self._masked.find(written)
            message, hint = variants.failed(error, written), error.problems[0].hint
            self._broken.append(self.problem(message, at if at >= 0 else None, hint))
            return {}

    def nameless(self, source: str) -> None:
        """Warn of a picture without ``alt``."""
        if self.line is None:
            return
        written = self._written.get(source, source)
        if written not in self._nameless:
            self._nameless[written] = self._images(written)
        self.warn(
            f'the image "{written}" has no alternative text',
            next(self._nameless[written], None),
            "say in the brackets what it shows, for those who do not see it; "
            'of what only decorates, write <img src="…" alt="">',
            kind=NAMELESS,
        )

    def _images(self, written: str) -> Iterator[int]:
        """Give where images stand that have an address and no alternative text."""
        name = re.escape(written)
        for found in re.finditer(
            rf"!\[\s*\](?:\(\s*<?{name}|\[)|<img\b(?![^<>]*\salt\b)[^<>]*{name}", self._masked
        ):
            yield found.start()

    # What is said

    @cached_property
    def _masked(self) -> str:
        return fences.masked(self.source)

    def warn(
        self, message: str, place: int | None, hint: str | None = None, kind: str = KIND
    ) -> None:
        """Report a problem that does not stop the page.

        :param place: index in the text, ``None`` where it is not known.
        :param kind: the rule of ``check`` that it falls under.
        """
        trace.warn(replace(self.problem(message, place, hint, "warning"), kind=kind))

    def problem(
        self, message: str, place: int | None, hint: str | None = None, severity: Severity = "error"
    ) -> Problem:
        """Make a problem of what stands at a place of the text."""
        path = f"{self.site.shown}/{self.page.path}"
        line = self.line or self.page.body_line
        if place is None:
            return Problem(message, path, line, None, hint, severity=severity, kind=KIND)
        start = self.source.rfind("\n", 0, place) + 1
        end = self.source.find("\n", place)
        return Problem(
            message,
            path,
            line + self.source.count("\n", 0, place),
            place - start + 1,
            hint,
            self.source[start : end if end >= 0 else None],
            severity=severity,
            kind=KIND,
        )
