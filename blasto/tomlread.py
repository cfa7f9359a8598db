"""TOML text to plain data, with the place of every key.

``frontmatter`` reads ``+++`` blocks with it and ``config`` reads ``blasto.toml``.
``tomllib`` keeps no places, so :func:`places` finds them in the text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from .errors import BlastoError, Problem

Positions = dict[str, tuple[int, int]]

#: How deep the data may nest.
DEEPEST = 100
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_BARE = r"(?:[A-Za-z0-9_-]+|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*')"
_DOTTED = rf"{_BARE}(?:[ \t]*\.[ \t]*{_BARE})*"
# Strings and comments come first, so that what stands inside them is no key.
_TOKEN = re.compile(
    rf"^[ \t]*(?P<key>{_DOTTED})[ \t]*="
    rf"|^[ \t]*\[\[?[ \t]*(?P<table>{_DOTTED})[ \t]*\](?P<array>\])?"
    r"|\"\"\"(?:\\.|[^\\])*?\"\"\"|'''.*?'''"
    r"|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|\#[^\n]*",
    re.MULTILINE | re.DOTALL,
)
_PART = re.compile(_BARE)
# tomllib takes a time that grows with the square of a dotted key's length.
_ENDLESS = re.compile(rf"(?:^|[\[{{,])[ \t]*(?:{_BARE}[ \t]*\.[ \t]*){{{DEEPEST}}}", re.MULTILINE)
_HINTS = (
    ("Invalid value", 'text needs quotes in TOML: title = "Hello"'),
    ("Expected '=' after a key", "TOML writes key = value, YAML writes key: value"),
    ("Invalid statement", "a line of TOML is key = value, or [table]"),
    ("the key", "keep one of them"),
    ("Cannot", "each key and each table may be given once"),
)


def read_toml(
    text: str, path: str, first_line: int = 1, what: str = "TOML"
) -> tuple[dict[str, Any], Positions]:
    """Read TOML.

    :param path: the file, for messages.
    :param first_line: the line of that file on which ``text`` begins.
    :param what: what is being read, for messages.
    :returns: the data, and the line and column of every key by its dotted name;
        entries of an array of tables are numbered, as in ``menu[0].title``.
    :raises BlastoError: the text is not TOML.
    """
    deep = BlastoError.at(f"{what} is nested too deeply", path, first_line)
    if text.count(".") >= DEEPEST and _ENDLESS.search(text):
        raise deep
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise deep from None
    except ValueError as error:
        raise BlastoError(_problem(str(error), text, path, first_line, what)) from None
    refused = _refused(data, "", 0)
    if refused is not None:
        name, reason, hint = refused
        found = dict(_keys(text, first_line))
        while name and name not in found:
            name = name[: max(name.rfind("."), name.rfind("["), 0)]
        line, column = found.get(name, (first_line, 1))
        source = line_of(text, line - first_line)
        raise BlastoError.at(f"{name}: {reason}", path, line, column, hint=hint, source=source)
    return data, places(text, first_line)


def places(text: str, first_line: int = 1) -> Positions:
    """Find where each key of a TOML text stands, by dotted name."""
    positions: Positions = {}
    for name, place in _keys(text, first_line):
        positions.setdefault(name, place)
        end = name.rfind(".")
        while end > 0 and name[:end] not in positions:  # a.b = 1 makes the table a, too
            positions[name[:end]] = place
            end = name.rfind(".", 0, end)
    return positions


def _keys(text: str, first_line: int) -> Iterator[tuple[str, tuple[int, int]]]:
    counts: dict[str, int] = {}
    table, line, seen = "", first_line, 0
    for match in _TOKEN.finditer(text):
        group = "key" if match["key"] is not None else "table"
        if match[group] is None:
            continue
        start = match.start(group)
        line += text.count("\n", seen, start)
        seen = start
        place = (line, start - text.rfind("\n", 0, start))
        name = ".".join(_unquoted(part) for part in _PART.findall(match[group]))
        if group == "key":
            yield f"{table}.{name}" if table else name, place
            continue
        table = _numbered(name, counts)
        if match["array"]:
            yield table, place
            counts[table] = counts.get(table, 0) + 1
            table = f"{table}[{counts[table] - 1}]"
        yield table, place


def line_of(text: str, index: int) -> str | None:
    """Give one line of a text by its index from 0, or ``None`` where there is none."""
    lines = text.split("\n", index + 1)
    return lines[index] if 0 <= index < len(lines) else None


def _numbered(name: str, counts: dict[str, int]) -> str:
    """Name a sub-table of an array of tables after the entry it belongs to."""
    done: list[str] = []
    parts = name.split(".")
    for number, part in enumerate(parts):
        done.append(part)
        count = counts.get(".".join(done), 0)
        if count and number < len(parts) - 1:
            done[-1] = f"{part}[{count - 1}]"
    return ".".join(done)


def _unquoted(part: str) -> str:
    if part[0] not in "\"'":
        return part
    try:
        return str(tomllib.loads(f"k = {part}")["k"])
    except ValueError:
        return part[1:-1]


def _refused(value: object, name: str, depth: int) -> tuple[str, str, str | None] | None:
    """Find what no cache can keep: a number over 64 bits, too many levels."""
    if isinstance(value, int):
        if _SMALLEST <= value <= _LARGEST:
            return None
        return name, "this number is too large", "put it in quotes if it is text"
    if not isinstance(value, (dict, list)):
        return None
    if depth > DEEPEST:
        return name.partition(".")[0], f"it is nested too deeply (more than {DEEPEST} levels)", None
    if isinstance(value, dict):
        inside = ((f"{name}.{key}" if name else key, item) for key, item in value.items())
    else:
        inside = ((f"{name}[{index}]", item) for index, item in enumerate(value))
    for inner, item in inside:
        found = _refused(item, inner, depth + 1)
        if found is not None:
            return found
    return None


def _problem(message: str, text: str, path: str, first_line: int, what: str) -> Problem:
    match = _AT.search(message)
    line, column, upto = 1, None, text
    if match is not None:
        message = message[: match.start()]
        if match[1]:
            line, column = int(match[1]), int(match[2])
            upto = "\n".join(text.split("\n", line)[:line])
        else:
            line = text.rstrip("\n").count("\n") + 1
    if message.startswith(("Cannot overwrite", "Cannot declare")):
        *before, (name, place) = _keys(upto, 1)
        first = dict(reversed(before)).get(name)
        if first is not None:
            (line, column), earlier = place, first[0] + first_line - 1
            message = f'the key "{name}" is given twice, first on line {earlier}'
    hint = next((hint for start, hint in _HINTS if message.startswith(start)), None)
    reason = message[:1].lower() + message[1:]
    source = line_of(text, line - 1)
    return Problem(
        f"{what} is not valid: {reason}", path, first_line + line - 1, column, hint, source
    )
