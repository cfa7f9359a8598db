"""Choosing, sorting and grouping: of pages, and of rows of data files alike.

Below ``listings``. A key is an attribute (``date``), a front-matter key of one's own
(``price``), or a way through both (``date.year``, ``params.price``). Nothing here raises:
what has no such key comes last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from math import isnan
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


class Group(NamedTuple):
    """What has one value of a key."""

    name: Any
    items: list[Any]


def value_of(item: Any, key: str) -> Any:
    """Give what an item has under a key, ``None`` where there is nothing."""
    for name in key.split("."):
        if isinstance(item, Mapping):
            item = item.get(name)
        elif name.startswith("_"):
            return None
        else:
            found = getattr(item, name, None)
            meta = getattr(item, "meta", None)
            item = meta.get(name) if found is None and isinstance(meta, Mapping) else found
    return item


def where(items: Iterable[T], **conditions: Any) -> list[T]:
    """Choose items: each key has the value, or a list with the value in it.

    :param conditions: values by key, ``__`` for the dot of ``date.year``.
    """
    asked = [(key.replace("__", "."), wanted) for key, wanted in conditions.items()]
    return [item for item in items if all(_has(item, key, wanted) for key, wanted in asked)]


def _has(item: Any, key: str, wanted: Any) -> bool:
    found = value_of(item, key)
    if isinstance(found, (list, tuple)) and not isinstance(wanted, (list, tuple)):
        return wanted in found
    return bool(found == wanted)


def sort_by(items: Iterable[T], key: str) -> list[T]:
    """Sort by a key: numbers, dates and text in their order, others last, ties as they were.

    :param key: with ``-`` in front from high to low.
    """
    name = key.removeprefix("-")
    known: list[tuple[Any, T]] = []
    rest: list[T] = []
    for item in items:
        place = _place(value_of(item, name))
        if place is None:
            rest.append(item)
        else:
            known.append((place, item))
    known.sort(key=lambda pair: pair[0], reverse=key.startswith("-"))
    return [item for _, item in known] + rest


def group_by(items: Iterable[T], key: str) -> list[Group]:
    """Gather items by what they have under a key, in the order of their first ones.

    An item whose value is a list is in the group of each of its values; one that has no
    value is in the group of ``None``.
    """
    groups: dict[Any, Group] = {}
    for item in items:
        found = value_of(item, key)
        values = found if isinstance(found, (list, tuple)) else [found]
        for value in dict.fromkeys(map(_name, values)):
            groups.setdefault(value, Group(value, [])).items.append(item)
    return list(groups.values())


def _name(value: Any) -> Any:
    return str(value) if isinstance(value, (list, Mapping)) else value


def _place(value: Any) -> tuple[int, Any] | None:
    """Give where a value stands: numbers before dates before text."""
    if isinstance(value, bool):
        return 0, int(value)
    if isinstance(value, (int, float)):
        return None if isnan(value) else (0, value)
    if isinstance(value, datetime):
        return 1, (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, date):
        return 1, datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp()
    return (2, natural(value)) if isinstance(value, str) else None


def natural(text: str) -> list[tuple[int, int, str]]:
    """Give a sort key under which ``2`` comes before ``10``."""
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part)
        for part in re.split(r"(\d+)", text.casefold())
        if part
    ]
