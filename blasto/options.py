"""What an option of ``blasto.toml`` may hold: types that read a value or say what is wrong.

Below ``config``, whose dataclasses are made of :func:`option` fields. A type has a name for
the reference page and reads what TOML gave, or the text of an environment variable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from .errors import did_you_mean
from .permalinks import flask_rule, tells_pages_apart

_TRUE = ("1", "true", "yes", "on")
_FALSE = ("0", "false", "no", "off", "")


class WrongValueError(ValueError):
    """A value that an option cannot hold: what it must be, a hint, the key inside it."""

    def __init__(self, message: str, hint: str | None = None, inside: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        self.inside = inside


@dataclass(frozen=True)
class Type:
    """What an option may hold.

    :param name: for people: ``"text"``, ``"number, at least 1"``.
    :param read: takes what TOML gave, gives the value, raises :class:`WrongValueError`.
    :param from_text: the same for the text of an environment variable; ``None`` where an
        option cannot be set that way.
    :param record: the dataclass that its table, or each of its tables, is checked against.
    :param shape: how many tables: one, a list of them, or a table of them by name.
    :param each: the type of each value of a table with free names.
    """

    name: str
    read: Callable[[Any], Any]
    from_text: Callable[[str], Any] | None = None
    record: type | None = None
    shape: Literal["one", "list", "table"] = "one"
    each: Type | None = None


@dataclass(frozen=True)
class Option:
    """An option as the reference page shows it."""

    name: str
    type: str
    default: object
    doc: str
    env: str | None = None


def about(kind: Type, doc: str) -> dict[str, Any]:
    """Give the metadata of a dataclass field that is an option: its type and its sentence."""
    return {"kind": kind, "doc": doc}


def option(kind: Type, doc: str, default: Any) -> Any:
    """Make a dataclass field that is an option with a type, a sentence and a default."""
    return field(default=default, metadata=about(kind, doc))


def options_of(record: type, env: str = "") -> tuple[Option, ...]:
    """Describe every option of a dataclass made of :func:`option` fields.

    :param env: prefix of the environment variables that set them, where any do.
    """
    made = record()
    return tuple(
        Option(
            one.name,
            one.metadata["kind"].name,
            getattr(made, one.name),
            one.metadata["doc"],
            env + one.name.upper() if env and one.metadata["kind"].from_text else None,
        )
        for one in fields(record)
        if "kind" in one.metadata
    )


def named(value: object) -> str:
    """Say what a value is, for ``… must be text, not a list``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Mapping):
        return "a table"
    return "a list" if isinstance(value, (list, tuple)) else str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise WrongValueError(f"must be text, not {named(value)}", "put it in quotes")
    return value


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise WrongValueError(f"must be true or false, not {named(value)}")
    return value


def _bool_text(text: str) -> bool:
    word = text.strip().lower()
    if word not in _TRUE and word not in _FALSE:
        raise WrongValueError(f'must be true or false, not "{text}"')
    return word in _TRUE


def number(least: int | None = None, most: int | None = None) -> Type:
    """Make the type of whole numbers, within the bounds that are given."""
    name = "whole number"
    if most is not None:
        name += f" from {least} to {most}"
    elif least is not None:
        name += f", at least {least}"

    def read(value: Any) -> int:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if (
            not whole
            or (least is not None and value < least)
            or (most is not None and value > most)
        ):
            raise WrongValueError(f"must be a {name}, not {named(value)}")
        return int(value)

    def from_text(text: str) -> int:
        try:
            return read(int(text))
        except ValueError:
            raise WrongValueError(f'must be a {name}, not "{text}"') from None

    return Type(name, read, from_text)


def numbers(least: int, most: int) -> Type:
    """Make the type of lists of whole numbers within bounds."""
    one = number(least, most)

    def read(value: Any) -> tuple[int, ...]:
        if not isinstance(value, (list, tuple)):
            raise WrongValueError(f"must be a list of numbers, not {named(value)}", "write [480]")
        return tuple(one.read(number) for number in value)

    return Type(f"list of {one.name.replace('number', 'numbers')}", read)


def choice(*known: str) -> Type:
    """Make the type of one word of several."""
    name = " or ".join(f'"{word}"' for word in known)

    def read(value: Any) -> str:
        if value not in known:
            hint = did_you_mean(value, known) if isinstance(value, str) else None
            raise WrongValueError(f"must be {name}, not {named(value)}", hint)
        return str(value)

    return Type(name, read, read)


def several(*known: str) -> Type:
    """Make the type of a list of words, each one of those known."""
    one = choice(*known)

    def read(value: Any) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.read(word) for word in _texts(value)))

    return Type(f"list of {one.name}", read, _comma(read))


def tables(record: type, shape: Literal["one", "list", "table"]) -> Type:
    """Make the type of tables that a dataclass describes; ``tables`` checks them."""
    name = {"one": "table", "list": "list of tables", "table": "tables by name"}[shape]
    return Type(name, _table, None, record, shape)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
        raise WrongValueError(f"must be a list of text, not {named(value)}", 'write ["one", "two"]')
    return tuple(value)


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise WrongValueError(f"must be a table, not {named(value)}")
    return dict(value)


def _base_url(value: Any) -> str:
    text = _text(value).strip()
    if not text:
        return ""
    hint = "write it as https://example.org or https://example.org/project"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise WrongValueError(f'must be a URL, not "{text}": {error}', hint) from None
    if parts.scheme not in ("http", "https") or not host:
        raise WrongValueError(
            f'must be a URL that begins with http:// or https://, not "{text}"', hint
        )
    if parts.query or parts.fragment or "?" in text or "#" in text:
        raise WrongValueError(f'must be a URL without "?" and "#", not "{text}"', hint)
    if "@" in parts.netloc:
        raise WrongValueError("must be a URL without user name and password", hint)
    path = parts.path.split("/")
    if re.search(r"[\s\x00-\x1f\\]", text) or any(p in (".", "..") for p in path):
        raise WrongValueError(f'must be a plain URL, not "{text}"', hint)
    return text.rstrip("/")


def _color(value: Any) -> str:
    text = _text(value)
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", text):
        raise WrongValueError(f'must be a colour, not "{text}"', 'write it as "#0a5bc4"')
    return text.lower()


def _zone(value: Any) -> str:
    text = _text(value)
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        hint = did_you_mean(text, available_timezones()) or 'write it as "Europe/Berlin"'
        raise WrongValueError(f'must be a time zone, not "{text}"', hint) from None
    return text


def _language(value: Any) -> str:
    text = _text(value)
    if not re.fullmatch(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", text):
        raise WrongValueError(f'must be a language, not "{text}"', 'write it as "en" or "pt-BR"')
    return text


def _folder(value: Any) -> str:
    text = _text(value)
    if not text.strip() or "\0" in text:
        raise WrongValueError(f"must name a folder, not {named(text)}")
    return text


def _slugs(value: Any) -> tuple[str, ...]:
    names = _texts(value)
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9][\w-]*", name):
            raise WrongValueError(
                f'must hold names of letters, digits, "-" and "_", not "{name}"',
                "each is a front-matter key and a part of URLs",
            )
        if names.count(name) > 1:
            raise WrongValueError(f'holds "{name}" twice')
    return names


def _permalink(value: Any) -> str:
    text = _text(value)
    if not text:
        return ""
    try:
        rule = flask_rule(text)
    except ValueError as error:
        hint = "write it as /:year/:slug/ or /<int:year>/<slug>/"
        raise WrongValueError(f'must be a URL rule, not "{text}": {error}', hint) from None
    if not tells_pages_apart(rule):
        raise WrongValueError(f'must tell pages apart, and "{text}" does not', "it needs <slug>")
    return rule


def _property(value: Any) -> str:
    text = _text(value)
    if not text.strip() or re.search(r"[;{}<>]|/\*", text):
        raise WrongValueError(
            f'must be the value of a CSS property, not "{text}"', 'write it as "#8a1f5c"'
        )
    return text


def _properties(value: Any) -> dict[str, Any]:
    table = _table(value)
    for name in table:
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            hint = "write the name of a custom property without its two hyphens: accent"
            raise WrongValueError(f'holds "{name}", which is no name', hint, name)
    return table


def _sort(value: Any) -> str:
    text = _text(value)
    known = ("date", "weight", "title")
    near = did_you_mean(text, known)
    if near is not None and text.removeprefix("-") not in known:
        raise WrongValueError(f'must be a key, not "{text}"', near)
    if text and not re.fullmatch(r"-?[A-Za-z][\w-]*(\.[A-Za-z][\w-]*)*", text):
        raise WrongValueError(f'must be a key, not "{text}"', 'write it as "title" or "-price"')
    return text


def _weights(value: Any) -> dict[str, int]:
    return {name: _each_weight(name, one) for name, one in _table(value).items()}


def _each_weight(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        what = f'must give "{name}" a whole number, at least 0, not {named(value)}'
        raise WrongValueError(what, inside=name)
    return value


def _extensions(value: Any) -> dict[str, dict[str, Any]]:
    if isinstance(value, (list, tuple)):
        return {name: {} for name in _texts(value)}
    table = _table(value)
    for name, inner in table.items():
        if not isinstance(inner, Mapping):
            raise WrongValueError(
                f'"{name}" must be a table of options, not {named(inner)}',
                f'write "{name}" = {{}}',
                name,
            )
    return {name: dict(inner) for name, inner in table.items()}


def _comma(read: Callable[[Any], Any]) -> Callable[[str], Any]:
    return lambda text: read([part.strip() for part in text.split(",") if part.strip()])


INTEGER = number()
TEXT = Type("text", _text, _text)
BOOL = Type("true or false", _bool, _bool_text)
TABLE = Type("table", _table)
BASE_URL = Type("URL", _base_url, _base_url)
COLOR = Type("colour", _color, _color)
ZONE = Type("time zone", _zone, _zone)
LANGUAGE = Type("language", _language, _language)
FOLDER = Type("folder", _folder, _folder)
TEXTS = Type("list of text", _texts, _comma(_texts))
SORT = Type("key", _sort)
WEIGHTS = Type("numbers by taxonomy", _weights)
SLUGS = Type("list of names", _slugs, _comma(_slugs))
PERMALINK = Type("URL rule", _permalink)
PERMALINKS = Type("URL rules by section", _table, each=PERMALINK)
PROPERTIES = Type("table of text", _properties, each=Type("CSS value", _property))
EXTENSIONS = Type("list, or table of name to options", _extensions)
