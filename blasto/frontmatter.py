"""A content file's bytes to its front matter and its body.

The first step of a page's way: ``pages`` calls :func:`decode` and :func:`parse`, then
``keys`` gives the data its canonical names and ``kinds`` checks it against a kind.
Positions are lines and columns of the file, so that every later message can name them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from .errors import BlastoError, Problem
from .keytable import VERBATIM
from .tomlread import Positions, line_of, read_toml
from .yamlread import read_yaml

#: Front matter larger than this (in characters) is refused.
LARGEST = 1_000_000
#: A page larger than this (in bytes) is told of.
HUGE = 2_000_000
#: Characters that neither HTML nor XML can hold; a form feed is white space to HTML.
CONTROLS = bytes({*range(32)} - {0, *b"\t\n\f\r"})

_OPEN = re.compile(r"(?:[ \t]*+\n)*+(?P<fence>---|\+\+\+|~{3,}(?=[ \t]*toml\b))(?P<rest>[^\n]*)")
_YAML_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_TOML_END = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Document:
    r"""A content file, taken apart.

    :param data: the front matter; ``{}`` where there is none.
    :param body: what follows it, with ``\n`` line ends.
    :param body_line: the line of the file on which the body begins.
    :param positions: line and column of each key by dotted name (``tags[0]``,
        ``params.icon``).
    :param language: what the front matter is written in.
    :param text: the whole file as it was decoded.
    """

    data: dict[str, Any]
    body: str
    body_line: int = 1
    positions: Positions = field(default_factory=dict)
    language: Literal["yaml", "toml"] | None = None
    text: str = ""


def decode(data: bytes, path: str) -> str:
    r"""Give the text of a content file: UTF-8, without BOM, lines ended by ``\n``.

    :raises BlastoError: the bytes are not UTF-8, or hold a NUL; says where.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error.start, path) from None
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    nul = text.find("\0")
    if nul >= 0:
        line, column = _place(text, nul)
        raise BlastoError.at(
            "the file holds a NUL character",
            path,
            line,
            column,
            hint="it may be a binary file: move it out of the content, or rename it",
            source=(line_of(text, line - 1) or "").replace("\0", "\\0"),
        )
    return text


def oddities(data: bytes, text: str, path: str) -> list[Problem]:
    """Give warnings of what is right and still a slip: control characters, a page too large.

    :param data: the bytes of the file.
    :param text: the same as :func:`decode` gives it.
    """
    found: list[Problem] = []
    if len(data) > HUGE:
        found.append(
            Problem(
                f"the page has {len(data) / 1e6:.1f} MB",
                path,
                hint="it is slow to render and to read: split it, or make it a file to download",
                severity="warning",
            )
        )
    if len(data.translate(None, CONTROLS)) < len(data):
        at, character = min((text.find(chr(code)), chr(code)) for code in CONTROLS
                            if chr(code) in text)  # fmt: skip
        line, column = _place(text, at)
        found.append(
            Problem(
                f"a control character, U+{ord(character):04X}",
                path,
                line,
                column,
                "no browser shows it, feeds and the sitemap leave it out: remove it",
                (line_of(text, line - 1) or "").replace(character, "\ufffd"),
                "warning",
            )
        )
    return found


def parse(text: str, path: str) -> Document:
    """Split a content file and read its front matter.

    A fence counts at the very top only (blank lines may stand before it): ``---`` opens
    YAML, ``+++`` opens TOML, and so does a code block fenced with tildes and marked
    ``toml``. Text without a fence is all body.

    :param text: what :func:`decode` gave.
    :raises BlastoError: the front matter is never closed, cannot be read, or is refused.
    """
    text = text.removeprefix("\ufeff")
    opened = _OPEN.match(text)
    if opened is None:
        return Document({}, text, text=text)
    fence = opened["fence"]
    rest = opened["rest"].strip()
    if rest != ("toml" if fence[0] == "~" else ""):
        return Document({}, text, text=text)
    line = text.count("\n", 0, opened.start("fence")) + 1
    begin = min(opened.end() + 1, len(text))
    closed = _closing(fence).search(text, begin)
    if closed is None:
        raise _never_closed(fence, text, path, line)
    if closed.start() - begin > LARGEST:
        raise BlastoError.at(
            f"front matter is larger than {LARGEST:,} characters",
            path,
            line,
            1,
            hint="put large data into a file under data/",
            source=line_of(text, line - 1),
        )
    block = text[begin : closed.start()]
    language: Literal["yaml", "toml"]
    if fence == "---":
        language = "yaml"
        data, positions = read_yaml(block, path, line + 1, verbatim=VERBATIM)
    else:
        language = "toml"
        data, positions = read_toml(block, path, line + 1, "front matter")
    body_line = line + 1 + block.count("\n") + 1
    return Document(data, text[closed.end() + 1 :], body_line, positions, language, text)


def _closing(fence: str) -> re.Pattern[str]:
    if fence == "---":
        return _YAML_END
    if fence == "+++":
        return _TOML_END
    return re.compile(rf"^~{{{len(fence)},}}[ \t]*$", re.MULTILINE)


def _never_closed(fence: str, text: str, path: str, line: int) -> BlastoError:
    fence = fence[:8]
    hint = f"end it with a line that holds only {fence}"
    if fence == "---":
        hint += "; a horizontal rule at the top of a page is written ***"
    source = line_of(text, line - 1)
    message = f"front matter is opened with {fence} and never closed"
    return BlastoError.at(message, path, line, 1, hint=hint, source=source)


def _place(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _not_utf8(data: bytes, offset: int, path: str) -> BlastoError:
    before = data[:offset].decode("utf-8").removeprefix("\ufeff")
    before = before.replace("\r\n", "\n").replace("\r", "\n")
    line, column = _place(before, len(before))
    end = next((i for i in range(offset, min(len(data), offset + 200)) if data[i] in b"\r\n"), None)
    tail = data[offset : end if end is not None else offset + 200]
    source = before[before.rfind("\n") + 1 :] + tail.decode("utf-8", "backslashreplace")
    hint = "save the file as UTF-8"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        hint = "the file looks like UTF-16: save it as UTF-8"
    return BlastoError.at(
        f"the file is not UTF-8: byte 0x{data[offset]:02X} at offset {offset}",
        path,
        line,
        column,
        hint=hint,
        source=source.replace("\0", "\\0"),
    )
