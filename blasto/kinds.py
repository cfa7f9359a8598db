"""Front matter checked against a kind: the dataclass or msgspec Struct of a folder.

``pages`` calls :func:`check` beside ``frontmatter.canonical``. All fields are tried, so
that one run tells all that is wrong with a file. msgspec is imported on first use.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import Any, Protocol, TypeVar, cast, get_args, get_origin, get_type_hints

from .dates import moment, parse_date
from .errors import BlastoError, Problem, UsageError, did_you_mean
from .keytable import NAMES
from .refs import decoder, is_reference
from .tomlread import Positions, line_of
from .words import TRUTHS

T = TypeVar("T")

_AT = re.compile(r" - at `(?:key in )?\$(?P<path>[^`]*)`$")
_NAMES = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
    "date": "a date",
    "datetime": "a date and time",
    "time": "a time",
    "bytes": "binary data",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind: the key it is read from, its type, whether it must be there."""

    key: str
    type: Any
    required: bool
    choices: tuple[Any, ...]


class Written(Protocol):
    """What is needed of a ``frontmatter.Document``: the data as written, and where."""

    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def positions(self) -> Positions: ...
    @property
    def text(self) -> str: ...


def check(
    data: Mapping[str, Any],
    kind: type[T],
    document: Written,
    path: str,
    *,
    zone: tzinfo = UTC,
) -> T:
    """Make an instance of a kind from front matter.

    Keys that the kind does not name are passed over (unless it is a Struct with
    ``forbid_unknown_fields``). Dates may be written in any form that blasto reads, truth
    as yes and no, and a list of text as text with commas.

    :param data: what ``keys.canonical`` made of it. A field that goes by another of a
        key's names (``author``, ``lastmod``) gets what is written.
    :param kind: a dataclass or a msgspec Struct.
    :param document: where it comes from, for places and for the line that a message shows.
    :param path: the file, for messages.
    :param zone: the zone of dates that name none.
    :raises BlastoError: all that does not fit.
    :raises UsageError: ``kind`` is no kind.
    """
    import msgspec

    known = fields_of(cast("Any", kind))
    problems: list[Problem] = []
    report = _Report(path, document, problems)
    prepared = dict(data)
    for field in known:
        if field.key not in prepared and field.key in document.data:
            prepared[field.key] = document.data[field.key]
        if field.key in prepared:
            try:
                prepared[field.key] = _prepared(prepared[field.key], field.choices, zone)
            except ValueError as error:
                report.add(field.key, f"{field.key} must be a date: {error}", "2026-01-31")
    if not problems:
        try:
            return msgspec.convert(prepared, kind, strict=False, dec_hook=decoder())
        except msgspec.ValidationError as error:
            whole = str(error)
        except (TypeError, NotImplementedError) as error:
            raise _not_a_kind(kind, str(error)) from None
    reported = {problem.message.split(" ", 1)[0] for problem in problems}
    keys = {field.key for field in known}
    for field in known:
        if field.key in prepared:
            if field.key not in reported:
                try:
                    msgspec.convert(
                        prepared[field.key], field.type, strict=False, dec_hook=decoder()
                    )
                except msgspec.ValidationError as error:
                    report.mismatch(field.key, str(error))
        elif field.required:
            report.missing(field.key, kind.__name__, [key for key in data if key not in keys])
    if not problems:
        report.mismatch("", whole, keys)
    raise BlastoError(*problems)


def field_names(kind: type) -> tuple[str, ...]:
    """Give the front-matter keys that a kind names.

    :raises UsageError: it is no kind.
    """
    return tuple(field.key for field in fields_of(cast("Any", kind)))


@lru_cache(maxsize=256)
def fields_of(kind: type) -> tuple[Field, ...]:
    """Give the fields of a kind.

    :raises UsageError: it is neither a dataclass nor a Struct, or its types cannot be read.
    """
    import msgspec

    found: list[tuple[str, Any, bool]] = []
    try:
        if not isinstance(kind, type):
            raise _not_a_kind(kind, "it is no class")
        if issubclass(kind, msgspec.Struct):
            found = [
                (one.encode_name, one.type, one.required) for one in msgspec.structs.fields(kind)
            ]
        elif dataclasses.is_dataclass(kind):
            hints = get_type_hints(kind, include_extras=True)
            missing = dataclasses.MISSING
            found = [
                (one.name, hints[one.name], one.default is one.default_factory is missing)
                for one in dataclasses.fields(kind)
                if one.init
            ]
        else:
            raise _not_a_kind(kind, "it must be a dataclass or a msgspec Struct")
    except (NameError, TypeError) as error:
        raise _not_a_kind(kind, str(error)) from None
    return tuple(Field(key, type_, required, _choices(type_)) for key, type_, required in found)


class _Report:
    """Turn what msgspec says into problems with a place."""

    def __init__(self, path: str, document: Written, problems: list[Problem]) -> None:
        self.path = path
        self.source = document.text
        self.problems = problems
        # A canonical name stands where the name that was written stands.
        self.positions = {NAMES.get(n, n): place for n, place in document.positions.items()}
        self.positions |= document.positions

    def add(self, name: str, message: str, hint: str | None = None) -> None:
        line, column = self.place(name)
        source = line_of(self.source, line - 1) if self.source and line else None
        self.problems.append(Problem(message, self.path, line, column, hint, source))

    def place(self, name: str) -> tuple[int | None, int | None]:
        """Find the key, or the nearest one that it stands in, or the front matter."""
        while name:
            if name in self.positions:
                return self.positions[name]
            name = name[: max(name.rfind("."), name.rfind("["), 0)]
        return min((line for line, _ in self.positions.values()), default=1), None

    def missing(self, key: str, kind: str, unused: list[str]) -> None:
        near = did_you_mean(key, unused)
        if near is None:
            self.add("", f'the key "{key}" is missing: {kind} needs it', f"add {key}: …")
            return
        written = near.split('"')[1]
        self.add(written, f'the key "{key}" is missing: {kind} needs it', f'"{written}" is near it')

    def mismatch(self, key: str, message: str, known: set[str] | None = None) -> None:
        match = _AT.search(message)
        inner = match["path"].replace("[...]", "") if match else ""
        reason = message[: match.start()] if match else message
        name = (key + inner).strip(".")
        hint = None
        quoted = re.findall(r"`([^`]*)`", reason)
        if "unknown field" in reason and quoted:
            name = f"{name}.{quoted[-1]}".strip(".")
            hint = did_you_mean(quoted[-1], known or ())
        elif "Invalid enum value" in reason and quoted:
            hint = None
        elif reason.startswith("Expected `str`, got `"):
            hint = "put it in quotes"
        reason = re.sub(r"`([^`]*)`", _worded, reason)
        reason = reason[:1].lower() + reason[1:]
        self.add(name, f"{name}: {reason}" if name else reason, hint)


def _worded(match: re.Match[str]) -> str:
    words = [_NAMES.get(word.strip(), word.strip()) for word in match[1].split("|")]
    return " or ".join(words)


def _choices(type_: Any) -> tuple[Any, ...]:
    """Flatten unions, ``Annotated`` and type aliases: what a value may be."""
    if hasattr(type_, "__value__"):
        return _choices(type_.__value__)
    if hasattr(type_, "__metadata__"):
        return _choices(type_.__origin__)
    if get_origin(type_) is not None and type(None) in get_args(type_):
        return tuple(c for one in get_args(type_) for c in _choices(one))
    return (type_,)


def _prepared(value: Any, choices: tuple[Any, ...], zone: tzinfo) -> Any:
    """Read what blasto reads in its own keys, where a field asks for the type."""
    if datetime in choices:
        if type(value) is date or isinstance(value, (str, datetime)):
            return moment(value, zone)
    elif date in choices:
        read = parse_date(value) if isinstance(value, str) else value
        return read.date() if isinstance(read, datetime) else read
    elif bool in choices and isinstance(value, str):
        return TRUTHS.get(value.lower(), value)
    elif str in choices and isinstance(value, int) and not isinstance(value, bool):
        return value if int in choices or float in choices else str(value)
    elif isinstance(value, str) and any(
        get_origin(one) in (list, tuple, set, frozenset)
        and (get_args(one)[:1] == (str,) or is_reference((*get_args(one), None)[0]))
        for one in choices
    ):
        return value if str in choices else [w for w in map(str.strip, value.split(",")) if w]
    return value


def _not_a_kind(kind: object, reason: str) -> UsageError:
    name = getattr(kind, "__name__", repr(kind))
    return UsageError(Problem(f"{name} cannot be the kind of a folder: {reason}"))
