"""Shortcodes: calls in a text carried out by the templates of ``templates/shortcodes/``.

Between ``calls``, which reads them, and ``passages``, which knows page and site. ``include``
alone is no template: what it names becomes part of the text before anything else is done.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from markupsafe import Markup

from . import calls, fences, inserts, reads, trace
from .asides import FORBIDDEN, Asides, Piece
from .calls import Call
from .errors import OF_TEXT, Problem, did_you_mean
from .markup import EXTERNAL, plain, rewrite
from .pages import MARKDOWN, Page

PREFIX = re.compile(r"[ \t>]*")
INCLUDE = re.compile(r"\{\{<\s*include\s")
DEEP = 10
"""How many files may include one another."""

Edit = tuple[int, int, str]
"""Start and end of a piece of a text, and what takes its place."""

Line = tuple[str, int]
"""A file, as messages name it, and a line of it."""


class Carried(Protocol):
    """What this room asks of a passage."""

    source: str
    page: Page

    @property
    def untrusted(self) -> bool: ...
    @property
    def root(self) -> Path: ...
    @property
    def templates(self) -> inserts.Templates | None: ...
    @property
    def lines(self) -> list[Line]: ...
    @property
    def quiet(self) -> bool: ...
    @property
    def content_folder(self) -> Path: ...
    def warn(self, message: str, place: int | None, hint: str | None = None) -> None: ...
    def where(self, place: int) -> str: ...
    def resolve(self, written: str, attribute: str) -> str: ...
    def pictures(self, pattern: str) -> list[str]: ...


def edits(passage: Carried, asides: Asides, skipped: list[tuple[int, int]]) -> Iterator[Edit]:
    """Give what takes the place of each call in a text.

    :param skipped: where nothing is a call.
    """
    text = passage.source
    lost: dict[str, bool] = {}
    openings: dict[int, Piece] = {}
    for call in calls.read(text, skipped):
        written = text[call.start : call.end]
        if call.fault:
            passage.warn(call.fault, call.start, 'write {{< name arg key="value" >}}')
        elif passage.untrusted and call.literal is None:
            lost[call.name] = True
            if not call.closing:
                passage.warn("shortcodes are not called in texts that are not trusted", call.start)
        elif call.literal is None and call.name not in lost:
            template = inserts.find(passage.templates, f"shortcodes/{call.name}.html", passage.root)
            lost[call.name] = template is None
        if call.literal is not None or call.fault or lost[call.name]:
            told = call.literal is not None or call.fault or passage.untrusted
            if not told and not call.closing and call.name != "include":
                _unknown(passage, call)
            shown = written if call.literal is None else call.literal
            yield call.start, call.end, asides.take(_literal(written, shown))
            continue
        piece = Piece(written, _giver(passage, call), _plainly(passage, call))
        if call.closing:
            assert call.partner is not None
            piece.role, piece.opening = "closes", openings[call.partner.start]
        elif call.partner is not None:
            piece.role = "opens"
            openings[call.start] = piece
        yield call.start, call.end, _spaced(text, call, asides.take(piece))


def _literal(written: str, shown: str) -> Piece:
    return Piece(written, lambda _: html.escape(shown, quote=False), lambda: shown)


def _unknown(passage: Carried, call: Call) -> None:
    known = inserts.known(passage.templates, "shortcodes") if passage.templates else []
    passage.warn(
        f'there is no shortcode "{call.name}"',
        call.start,
        did_you_mean(call.name, [*known, "include"])
        or f"make templates/shortcodes/{call.name}.html, or write {{{{</* {call.name} */>}}}}",
    )


def _giver(passage: Carried, call: Call) -> Callable[[str], str]:
    return lambda inner: run(passage, call, inner)


def _plainly(passage: Carried, call: Call) -> Callable[[], str]:
    return lambda: plain(run(passage, call, ""))


def run(passage: Carried, call: Call, inner: str) -> str:
    """Carry out a call.

    :param inner: the HTML between it and the one that closes it.
    """
    template = inserts.find(passage.templates, f"shortcodes/{call.name}.html", passage.root)
    assert template is not None
    until = call.partner.start if call.partner else call.end

    def warn(message: str) -> str:
        passage.warn(f"{call.name}: {message}", call.start)
        return ""

    context: dict[str, Any] = {
        "page": passage.page,
        "args": call.args,
        "kwargs": call.kwargs,
        "inner": Markup(inner),
        "source": passage.source[call.end : until],
        "paired": call.partner is not None,
        "resolve": lambda target: passage.resolve(str(target), "href"),
        "pictures": passage.pictures,
        "warn": warn,
    }
    made = inserts.render(template, passage.root, passage.where(call.start), context)

    def local(written: str, attribute: str) -> str:
        if EXTERNAL.match(written) or written.startswith(("/", "#")):
            return written
        return passage.resolve(written, attribute)

    return rewrite(made.strip(), local)


def _spaced(text: str, call: Call, token: str) -> str:
    """Give a token the blank lines that make a block of what stands between two lines."""
    opening, closing = (call.partner, call) if call.closing else (call, call.partner)
    if opening is None or closing is None or text.find("\n", opening.end, closing.start) < 0:
        return token
    start = text.rfind("\n", 0, opening.start) + 1
    end = text.find("\n", closing.end)
    prefix = text[start : opening.start]
    if not PREFIX.fullmatch(prefix) or text[closing.end : end if end >= 0 else None].strip():
        return token
    blank = prefix.rstrip()
    if call is opening:
        rest = text[call.end : text.find("\n", call.end)]
        return f"\n{prefix}{token}\n{blank}" + (f"\n{prefix}" if rest.strip() else "")
    return f"\n{blank}\n{prefix}{token}\n{blank}"


class _Included(NamedTuple):
    text: str
    lines: list[Line]


def include(passage: Carried) -> bool:
    """Put what a text includes into it; say whether there was anything to include."""
    if not INCLUDE.search(passage.source):
        return False
    made = _included(passage, passage.source, passage.lines, ())
    passage.source = made.text
    passage.lines[:] = made.lines
    return True


def _included(passage: Carried, text: str, lines: list[Line], stack: tuple[Path, ...]) -> _Included:
    parts: list[str] = []
    places: list[Line] = []
    position = 0
    for call in calls.read(text, fences.verbatim(text)):
        if call.name != "include" or call.fault or call.closing:
            continue
        number = text.count("\n", 0, call.start)
        file, fault = _file(passage, call, stack)
        if file is None:
            if not passage.quiet:
                warn_at(passage, lines[number], f"include: {fault}")
            continue
        start = text.rfind("\n", 0, call.start) + 1
        found = PREFIX.match(text, start)
        prefix = found[0] if found and found.end() >= call.start else ""
        inner = _text(passage, call, file, stack)
        before = text[position : call.start]
        parts += [before, inner.text.replace("\n", "\n" + prefix)]
        places += _lines_of(text, lines, position, call.start)
        # The last line goes on with what follows the call.
        places += inner.lines[: inner.text.count("\n")]
        position = call.end
    parts.append(text[position:])
    places += _lines_of(text, lines, position, len(text))
    places.append(lines[text.count("\n")] if lines else ("", 1))
    return _Included("".join(parts), places)


def _lines_of(text: str, lines: list[Line], start: int, end: int) -> list[Line]:
    """Give the places of the lines that end in a piece of a text."""
    first = text.count("\n", 0, start)
    return lines[first : first + text.count("\n", start, end)]


def _file(passage: Carried, call: Call, stack: tuple[Path, ...]) -> tuple[Path | None, str]:
    """Give the file that an ``include`` names, or what is wrong with it."""
    name = str(call.args[0]) if call.args else ""
    if not name:
        return None, "names no file"
    own = stack[-1].parent if stack else passage.content_folder / passage.page.folder
    file = passage.root / name.lstrip("/") if name.startswith("/") else own / name
    real, fault = within(passage.root, file, name)
    if real is None:
        return None, fault
    if not reads.digest(str(real)):
        return None, f'there is no file "{name}"'
    if real in stack or len(stack) >= DEEP:
        return None, f'"{name}" includes itself'
    return real, ""


def within(root: Path, file: Path, name: str) -> tuple[Path | None, str]:
    """Note a file that is to be part of a text; say what is wrong if it may not be.

    :param name: how the text names it.
    """
    with trace.paused():
        try:
            real = file.resolve()
            inside = real.relative_to(root.resolve())
        except (OSError, ValueError, RuntimeError):
            return None, f'"{name}" lies outside the site'
        if any(part.startswith(".") for part in inside.parts):
            return None, f'"{name}" is hidden'
        digest = reads.digest(str(real))
    trace.note("file", str(real), digest)
    return real, ""


def _text(passage: Carried, call: Call, file: Path, stack: tuple[Path, ...]) -> _Included:
    """Read an included file: Markdown and HTML as they are, all else as code."""
    from . import frontmatter  # here, for a freeze with nothing to do needs no YAML

    shown = file.relative_to(passage.root.resolve()).as_posix()
    with trace.paused():
        whole = frontmatter.decode(file.read_bytes(), shown)
    language = call.kwargs.get("lang")
    if language is None and file.suffix in MARKDOWN:
        document = frontmatter.parse(whole, shown)
        body = FORBIDDEN.sub("", document.body).rstrip("\n")
        first = document.body_line
        lines = [(shown, first + index) for index in range(body.count("\n") + 1)]
        return _included(passage, body, lines, (*stack, file))
    whole = FORBIDDEN.sub("", whole).rstrip("\n")
    if language is None and file.suffix in (".html", ".htm", ".svg"):
        lines = [(shown, 1 + index) for index in range(whole.count("\n") + 1)]
        return _Included(whole, lines)
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`{3,}", whole)), default=2))
    word = file.suffix.removeprefix(".") if language is None else str(language)
    code = f"{fence}{word}\n{whole}\n{fence}"
    lines = [(shown, max(index, 1)) for index in range(code.count("\n") + 1)]
    return _Included(code, lines)


def warn_at(passage: Carried, line: Line, message: str, hint: str | None = None) -> None:
    """Report what is wrong with a line, of whichever file it comes from."""
    trace.warn(Problem(message, line[0], line[1], hint=hint, severity="warning", kind=OF_TEXT))
