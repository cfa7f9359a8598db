"""A body on its way through Markdown: what has to be known of its site, and said of its lines.

Between ``shortcodes``, ``measuring`` and ``bodies``. ``markup`` turns the text into HTML and
knows no site; a :class:`Passage` goes along. It takes out what Markdown must not see, resolves
what stands in the text, puts everything in its place, and finds the line of the file that a
message is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

from . import (
    calls,
    elements,
    fences,
    formulas,
    inserts,
    measuring,
    pictures,
    shortcodes,
    snippets,
    trace,
    untrusted,
    variants,
)
from .asides import FORBIDDEN, Asides, Piece
from .config import Config
from .dimensions import Size
from .errors import NAMELESS, OF_TEXT, BlastoError, Problem, Severity
from .markup import Renderer
from .pages import Page
from .shortcodes import Edit, Line


class Sited(variants.Pictured, Protocol):
    """What this room asks of a site."""

    templates: inserts.Templates | None

    @property
    def shown(self) -> str: ...
    @property
    def renderer(self) -> Renderer: ...
    @property
    def content_folder(self) -> Path: ...
    def resolve(self, page: Page, written: str, attribute: str) -> str: ...


class Passage:
    """One text of one page, and what is made of it.

    ``source`` is the text with what it includes, ``text`` what Markdown is given.

    :param text: the Markdown.
    :param line: the line of the file that it begins on; ``None`` for a text that says
        again what stands elsewhere, as a summary does: nothing is said of it.
    """

    def __init__(self, site: Sited, page: Page, text: str, line: int | None) -> None:
        self.site = site
        self.page = page
        self.source = self.text = text
        self.first = line or page.body_line
        self.quiet = line is None
        self.root = site.root
        self.templates = site.templates
        self.renderer = site.renderer
        self._asides: Asides | None = None
        self._written: dict[str, str] = {}
        self._nameless: dict[str, Iterator[int]] = {}
        self.untrusted = not site.settings.trusts(page.path)
        wanted = "snippets" in site.settings.markdown.extras and not self.untrusted
        if snippets.SIGN in text and wanted:
            snippets.include(self)
            text = self.text = self.source
        called = calls.START in text
        dollars = "$" in text and has_math(site.settings, page)
        if called or dollars:
            self._take_out(called=called, dollars=dollars)
        if "```" in text or "~~~" in text:
            if not self.quiet:
                self._look_at_languages()
            if inserts.has(self.templates, "markdown/code.html"):
                self.renderer = self.renderer.naming
        self._broken: list[Problem] = []

    # Before Markdown

    def _take_out(self, *, called: bool, dollars: bool) -> None:
        """Put tokens in the place of calls and formulas."""
        self.source = FORBIDDEN.sub("", self.source)
        if called and not self.untrusted:
            shortcodes.include(self)
        asides = self._asides = Asides()
        text = self.source
        skipped = fences.verbatim(text)
        edits: list[Edit] = list(shortcodes.edits(self, asides, skipped)) if called else []
        if dollars:
            taken = sorted([*skipped, *((start, end) for start, end, _ in edits)])
            edits = sorted([*edits, *self._formulas(asides, taken)])
        parts: list[str] = []
        position = 0
        for start, end, token in edits:
            parts += [text[position:start], token]
            position = end
        self.text = "".join([*parts, text[position:]])

    def _formulas(self, asides: Asides, taken: list[tuple[int, int]]) -> Iterator[Edit]:
        """Give what takes the place of the formulas between pieces that are taken."""
        position = 0
        for start, end in [*taken, (len(self.source), len(self.source))]:
            for found in formulas.find(self.source, position, max(start, position)):
                piece = self._formula(found)
                yield found.start, found.end, asides.take(piece)
            position = max(position, end)

    def _formula(self, found: formulas.Formula) -> Piece:
        written = self.source[found.start : found.end]
        if not found.latex:
            return Piece(written, lambda _: "$", lambda: "$")
        latex = re.sub(r"\n[ \t]*>+", "\n", found.latex)
        try:
            made = formulas.convert(latex, display=found.display)
        except formulas.FormulaError as error:
            self.warn(
                f"the formula cannot be shown: {error}",
                found.start,
                "it is shown as code; a dollar sign that is only itself is written \\$",
            )
            made = formulas.as_code(latex)
        return Piece(written, lambda _: made, lambda: written)

    def _look_at_languages(self) -> None:
        """Warn of code in a language that Pygments does not know."""
        if all(map(self.site.renderer.knows, fences.words(self.source))):
            return
        for fence in fences.fences(self.source):
            language = fence.language
            if language and not self.site.renderer.knows(language):
                from .highlight import suggestion

                self.warn(
                    f'"{language}" is no language that code can be coloured in',
                    fence.start,
                    suggestion(language),
                )

    # What Markdown asks

    def resolve(self, written: str, attribute: str) -> str:
        """Give the URL for a link or image."""
        if self._asides is not None and FORBIDDEN.search(written):
            return written
        url = self.site.resolve(self.page, written, attribute)
        if attribute == "src":
            self._written.setdefault(url, written)
        return url

    def clean(self, text: str) -> str:
        """Take out of HTML what is not to be trusted, where the text is not."""
        return untrusted.clean(text) if self.untrusted else text

    def body(self, text: str) -> str:
        """Finish the HTML of the body."""
        gives = {kind: self._give(kind) for kind in elements.held(text)
                 if inserts.has(self.templates, f"markdown/{kind}.html")}  # fmt: skip
        if gives:
            text = elements.render(text, gives)
        text = self.inline(text)
        if "<img" not in text:
            return text
        if self.site.settings.markdown.images:
            text = pictures.complete(text, self)
        images = self.site.settings.images
        trace.note("config", "images", trace.digest(repr(images)))
        if images.responsive:
            text = variants.adorn(text, self, images.sizes)
        if self._broken:
            raise BlastoError(*self._broken)
        return text

    def _give(self, kind: str) -> elements.Give:
        """Give what renders the elements of a kind."""
        template = inserts.find(self.templates, f"markdown/{kind}.html", self.root)
        assert template is not None
        place = f"{self.site.shown}/{self.page.path}"
        return lambda told: inserts.render(
            template, self.root, place, {**told, "page": self.page, "size": self.size}
        ).strip()

    def inline(self, text: str) -> str:
        """Finish the HTML of a heading."""
        return text if self._asides is None else self._asides.restore(text)

    # What pictures and shortcodes ask

    @property
    def content_folder(self) -> Path:
        return self.site.content_folder

    def pictures(self, pattern: str) -> list[str]:
        """Give the files beside the page whose paths fit a pattern, as links to them."""
        return measuring.matching(self.site, self.page.folder, pattern)

    def size(self, source: str) -> Size | None:
        """Give the size of a picture by its URL."""
        return measuring.size(self.site, source)

    def variants(self, source: str) -> dict[str, list[variants.Shown]]:
        """Give a picture in other widths and formats by its URL."""
        images = self.site.settings.images
        try:
            return variants.sources(self.site, source, images.widths, images.formats)
        except BlastoError as error:
            if self.quiet:
                return {}  # the text itself says so
            written = self._written.get(source, source)
            at = self._masked.find(written)
            message, hint = variants.failed(error, written), error.problems[0].hint
            self._broken.append(self.problem(message, at if at >= 0 else None, hint))
            return {}

    def nameless(self, source: str) -> None:
        """Warn of a picture without ``alt``."""
        if self.quiet:
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
    def lines(self) -> list[Line]:
        """The file and line that each line of ``source`` comes from."""
        shown = f"{self.site.shown}/{self.page.path}"
        return [(shown, self.first + index) for index in range(self.source.count("\n") + 1)]

    @cached_property
    def _masked(self) -> str:
        return fences.masked(self.source)

    def where(self, place: int) -> str:
        """Name file and line of a place in ``source``."""
        path, line = self.lines[self.source.count("\n", 0, place)]
        return f"{path}:{line}"

    def warn(
        self, message: str, place: int | None, hint: str | None = None, kind: str = OF_TEXT
    ) -> None:
        """Report a problem that does not stop the page.

        :param place: index in ``source``, ``None`` where it is not known.
        :param kind: the rule of ``check`` that it falls under.
        """
        if not self.quiet:
            trace.warn(replace(self.problem(message, place, hint, "warning"), kind=kind))

    def problem(
        self, message: str, place: int | None, hint: str | None = None, severity: Severity = "error"
    ) -> Problem:
        """Make a problem of what stands at a place of ``source``."""
        column = source = None
        path, line = self.lines[0]
        if place is not None:
            start = self.source.rfind("\n", 0, place) + 1
            end = self.source.find("\n", place)
            path, line = self.lines[self.source.count("\n", 0, place)]
            column = place - start + 1
            source = self.source[start : end if end >= 0 else None]
        return Problem(message, path, line, column, hint, source, severity=severity, kind=OF_TEXT)


def has_math(settings: Config, page: Page) -> bool:
    """Say whether dollar signs of a page hold formulas."""
    return settings.markdown.math if page.math is None else page.math
