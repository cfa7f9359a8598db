"""Rendered bodies: made once, used again while nothing that they saw has changed.

A body's HTML depends on its text, the Markdown options, the base path and the pages and
files that its links mean. It is traced like a URL is; a :class:`Store` keeps the result
with its trace, and :func:`rendered` uses it again only if each observation still holds.
"""

from __future__ import annotations

import html
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec
from markupsafe import Markup

from . import extending, trace
from .errors import BlastoError, Problem
from .markup import Rendered
from .pages import Page

if TYPE_CHECKING:
    from . import passages

    class Bodied(passages.Sited, Protocol):
        """What this room asks of a site."""

        bodies: Store

        @property
        def content_folder(self) -> Path: ...
        def today(self, kind: str, name: str) -> str: ...


SUMMARY = "#summary"
"""What stands behind a page's path where its summary is kept, not its body."""


class EditedError(BlastoError):
    """A file changed while it was being used: what was made of it must be made again."""


class Store(Protocol):
    """Where rendered bodies are kept: by key, compressed."""

    def get(self, key: str) -> bytes | None: ...
    def put(self, key: str, data: bytes) -> None: ...


class Memory:
    """Keeps the bodies that were used last, in this process."""

    def __init__(self, size: int = 256) -> None:
        self.size = size
        self.kept: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    def put(self, key: str, data: bytes) -> None:
        while len(self.kept) >= self.size:
            self.kept.pop(next(iter(self.kept)))
        self.kept[key] = data


class Kept(msgspec.Struct, array_like=True):
    """A rendered body and its trace, as the store has it."""

    rendered: Rendered
    observations: list[tuple[str, str, str]] = []
    links: list[str] = []
    references: dict[str, tuple[str, str]] = {}
    problems: list[Problem] = []
    volatile: str | None = None


_decoder = msgspec.msgpack.Decoder(Kept)
_encoder = msgspec.msgpack.Encoder()


def rendered(site: Bodied, page: Page) -> Rendered:
    """Give a page's body as HTML and replay what it observed."""
    key = f"{_key(site, page, page.digest)} {page.path}"
    return _kept(site, key, lambda: _render(site, page))


def _key(site: Bodied, page: Page, text: str) -> str:
    """Name what a text becomes, as far as that depends on no other page or file."""
    from . import passages  # a dozen rooms that a freeze with nothing to do never enters

    settings = site.settings
    page_wise = f"{passages.has_math(settings, page)} {settings.trusts(page.path)}"
    return trace.digest(text, site.base_path, site.renderer.key, page_wise)


def _kept(site: Bodied, key: str, make: Callable[[], Rendered]) -> Rendered:
    """Give what is kept under a key, or make it under a trace of its own and keep it."""
    kept = _recall(site, key)
    if kept is None:
        with trace.recording() as past:
            made = make()
        observations = [(kind, name, digest) for (kind, name), digest in past.observations.items()]
        kept = Kept(
            made, observations, list(past.links), past.references, past.problems, past.volatile
        )
        site.bodies.put(key, zlib.compress(_encoder.encode(kept), 1))
    trace.replay(
        trace.Trace(
            {(kind, name): digest for kind, name, digest in kept.observations},
            dict.fromkeys(kept.links),
            kept.references,
            kept.problems,
            kept.volatile,
        )
    )
    return kept.rendered


def _recall(site: Bodied, key: str) -> Kept | None:
    data = site.bodies.get(key)
    if data is None:
        return None
    try:
        kept = _decoder.decode(zlib.decompress(data))
    except (msgspec.DecodeError, zlib.error):
        return None
    with trace.paused():
        fits = all(site.today(kind, name) == digest for kind, name, digest in kept.observations)
    return kept if fits and kept.volatile is None else None


def _render(site: Bodied, page: Page) -> Rendered:
    from . import passages

    text = source(site.content_folder, site.shown, page)
    passage = passages.Passage(site, page, text, page.body_line)
    with _naming_extensions(site, passage):
        return passage.renderer.render(passage.text, passage.resolve, passage)


@contextmanager
def _naming_extensions(site: Bodied, passage: passages.Passage) -> Iterator[None]:
    """Say which extension of Markdown stopped it, if one did."""
    try:
        yield
    except extending.ExtensionError as error:
        line, column, shown = locate(site.root / extending.FILE, error.extension)
        (problem,) = error.problems
        raise BlastoError(replace(problem, line=line, column=column, source=shown)) from error
    except BlastoError:
        raise
    except Exception as error:
        if passage.quiet:
            _render(site, passage.page)  # says the same, with a line
        raise BlastoError(_failed(passage, error)) from error


def _failed(passage: passages.Passage, error: Exception) -> Problem:
    """Say what stopped Markdown: which extension, at which line of the text."""
    renderer = passage.renderer
    at = extending.place(passage.text, error, lambda text: renderer.markdown(text).convert(text))
    if passage.quiet or passage.text is not passage.source:
        at = None  # a summary stands elsewhere, and lines were put into the other
    words = extending.described(error)
    blamed = extending.blame(error, renderer.names(passage.text))
    if blamed is None:
        hint = "take parts of the text away until it works, to find the one at fault"
        return passage.problem(f"Markdown could not be rendered: {words}", at, hint)
    return passage.problem(
        f'the Markdown extension "{blamed.name}" failed: {words}',
        at,
        f"in {blamed.file}:{blamed.line}",
    )


def summary(site: Bodied, page: Page) -> Markup:
    """Give a page's excerpt as HTML."""
    if not page.excerpt:
        return Markup()

    def make() -> Rendered:
        from . import passages

        passage = passages.Passage(site, page, page.excerpt, None)
        with _naming_extensions(site, passage):
            made = passage.renderer.fragment(passage.text, passage.resolve, passage)
        return Rendered(str(made))

    key = f"{_key(site, page, page.excerpt)} {page.path}{SUMMARY}"
    return Markup(_kept(site, key, make).html)


def source(folder: Path, shown: str, page: Page) -> str:
    """Read the body of a page again.

    :raises EditedError: the file is not the one that the page was read from.
    """
    with trace.paused():
        try:
            data = (folder / page.path).read_bytes()
        except OSError as error:
            raise EditedError.at(
                f"vanished during the freeze: {error.strerror}", f"{shown}/{page.path}"
            ) from error
        if trace.digest(data) != page.digest:
            raise EditedError.at("was edited during the freeze", f"{shown}/{page.path}")
        from . import frontmatter  # here, for a freeze with nothing to do needs no YAML

        name = f"{shown}/{page.path}"
        return frontmatter.parse(frontmatter.decode(data, name), name).body


def locate(file: Path, written: str) -> tuple[int | None, int | None, str | None]:
    """Give line, column and text of the line where ``written`` stands in a file."""
    with trace.paused():
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None, None, None
    if written.startswith("[["):
        name = written[:-2]
        places = (text.find(name + end) for end in ("]]", "|", "\\|"))
        return _line(text, next((at for at in places if at >= 0), -1))
    needles = (f"]({written}", f"](<{written}", f"]: {written}", f'"{written}"', written)
    for needle in (*needles, html.escape(written)):
        at = text.find(needle)
        if at >= 0:
            return _line(text, at + max(needle.find(written), 0))
    return None, None, None


def _line(text: str, at: int) -> tuple[int | None, int | None, str | None]:
    """Give line, column and text of the line of a place, nothing before the text."""
    if at < 0:
        return None, None, None
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return text.count("\n", 0, at) + 1, at - start + 1, text[start : end if end >= 0 else None]
