"""One front-matter value made what its key asks for, or refused with a reason.

Under ``keys``, which knows the keys; here are the types: text, truth, number, date, list
of text, image. What people mean is accepted (a number as a title, a comma string as a
list), what cannot be meant is refused (a truth value ``maybe``, a lone number as tags).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, tzinfo
from typing import Any

from .dates import moment
from .words import TRUTHS

_LARGEST = 2**53


class WrongError(Exception):
    """A value of the wrong type: what was expected, and a hint."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint


def truth(value: Any) -> bool | None:
    """Give what a value says about truth, ``None`` where it says nothing."""
    if isinstance(value, bool):
        return value
    return TRUTHS.get(value.lower()) if isinstance(value, str) else None


def boolean(name: str, value: Any) -> bool:
    """Give a truth value; yes, no, on and off are said too."""
    found = truth(value)
    if found is None:
        raise WrongError(f"{name} must be true or false, not {named(value)}")
    return found


def text(name: str, value: Any) -> str:
    """Give text; numbers and dates become text."""
    if isinstance(value, str):
        if value.strip():
            return value.strip()
        if name != "title":
            return ""
        value = None
    if value is None or isinstance(value, (list, Mapping, bytes)):
        hint = "write a title, or leave the key out" if name == "title" else None
        raise WrongError(f"{name} must be text, not {named(value)}", hint)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def texts(name: str, value: Any, *, paths: bool = False) -> list[str]:
    """Give a list of text from a list, or from text with commas."""
    if isinstance(value, str):
        # A comma may be part of a URL, but hardly one before a space or a slash.
        parts = value.replace(",/", ", /").split(", ") if paths else value.split(",")
        items: list[Any] = [part for part in map(str.strip, parts) if part]
    elif isinstance(value, list):
        items = value
    elif isinstance(value, Mapping) and isinstance(value.get("name"), str):
        items = [value]
    else:
        what = f"{name} must be a list or text with commas, not {named(value)}"
        raise WrongError(what, f"write {name}: [one, two]")
    out: dict[str, None] = {}
    for given in items:
        item = given["name"] if isinstance(given, Mapping) and "name" in given else given
        if item is None or isinstance(item, (list, Mapping, bytes)):
            raise WrongError(f"{name} must hold text only, not {named(item)}")
        word = (str(item).lower() if isinstance(item, bool) else str(item)).strip()
        if word:
            out[word] = None
    return list(out)


def number(name: str, value: Any) -> int:
    """Give a whole number, written as one or as text."""
    found: int | None = None
    if isinstance(value, str):
        with suppress(ValueError):
            found = int(value)
    elif isinstance(value, float):
        found = int(value) if value.is_integer() else None
    elif isinstance(value, int) and not isinstance(value, bool):
        found = value
    if found is None or abs(found) > _LARGEST:
        raise WrongError(f"{name} must be a whole number, not {named(value)}")
    return found


def instant(name: str, value: Any, zone: tzinfo) -> datetime:
    """Give an aware datetime; see :func:`.dates.moment`."""
    try:
        return moment(value, zone)
    except ValueError as error:
        shown = named(value)
        raise WrongError(
            f"{name} must be a date, not {shown}: {error}",
            "write it as 2026-01-31, or 2026-01-31 18:30",
        ) from None


def image(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Give ``image`` and, from a mapping with ``alt``, ``image_alt``."""
    if isinstance(value, Mapping):
        source = next((value[k] for k in ("path", "src", "url", "image") if value.get(k)), None)
        if source is None:
            return
        if value.get("alt") is not None:
            yield "image_alt", text(f"{name}.alt", value["alt"])
        value = source
    yield "image", text(name, value)


def menus(name: str, value: Any) -> list[tuple[str, str, int | None]]:
    """Give menu, title (``""`` for the page's) and weight of each entry of a page."""
    if isinstance(value, bool):
        return [("main", "", None)] if value else []
    if not isinstance(value, Mapping):
        return [(menu, "", None) for menu in texts(name, value)]
    entries = value
    if not any(one is None or isinstance(one, Mapping) for one in value.values()):
        entries = {"main": value}
    found = []
    for menu, entry in entries.items():
        said = entry or {}
        if not isinstance(said, Mapping):
            raise WrongError(f"{name}.{menu} must be a mapping, not {named(said)}")
        title = said.get("title", said.get("name"))
        weight = said.get("weight")
        place = f"{name}.{menu}" if entries is value else name
        found.append(
            (
                str(menu),
                "" if title is None else text(f"{place}.title", title),
                None if weight is None else number(f"{place}.weight", weight),
            )
        )
    return found


def named(value: object) -> str:
    """Say what a value is, for ``… must be text, not a list``."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value if len(value) <= 60 else value[:59] + "…"}"'
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "binary data" if isinstance(value, bytes) else str(value)
