"""Dates and numbers as a language writes them, by Babel (extra ``i18n``).

Beside ``dates``, which reads them; ``templating`` makes filters of it. English needs no
Babel, and whatever the language is, dates are written in English where it is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from .dates import MONTHS

ENGLISH = "%-d %B %Y"
"""How a date is shown where nobody says how."""
STYLES = frozenset(("short", "medium", "long", "full"))
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


@lru_cache(maxsize=32)
def locale(language: str, *, english: bool = False) -> Any:
    """Give Babel's locale of a language, ``None`` for English, and where Babel has none.

    :param english: give that of English too.
    """
    if language.partition("-")[0].lower() == "en" and not english:
        return None
    try:
        from babel import Locale, UnknownLocaleError
    except ImportError:
        return None
    for code in (language, language.partition("-")[0]):
        try:
            return Locale.parse(code, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return None


def format_date(value: date | datetime, pattern: str, language: str) -> str:
    """Write a date.

    :param pattern: ``strftime`` codes, or ``short``, ``medium``, ``long`` or ``full``, which
        every language has a way for. That of :data:`ENGLISH` is ``long`` elsewhere.
    """
    known = locale(language)
    style = pattern if pattern in STYLES else "long" if known and pattern == ENGLISH else ""
    if style:
        known = known or locale(language, english=True)
        if known is not None:
            from babel.dates import format_date as written

            day = value.date() if isinstance(value, datetime) else value
            return str(written(day, style, known))
        pattern = ENGLISH
    names: dict[str, Callable[[], str]] = {
        "%B": lambda: known.months["format"]["wide"][value.month] if known else MONTHS[value.month - 1],
        "%b": lambda: known.months["format"]["abbreviated"][value.month] if known else MONTHS[value.month - 1][:3],
        "%A": lambda: known.days["format"]["wide"][value.weekday()] if known else DAYS[value.weekday()],
        "%a": lambda: known.days["format"]["abbreviated"][value.weekday()] if known else DAYS[value.weekday()][:3],
        "%-d": lambda: str(value.day),
        "%-m": lambda: str(value.month),
    }  # fmt: skip
    parts = pattern.split("%%")
    for code, give in names.items():
        parts = [part.replace(code, give()) if code in part else part for part in parts]
    return "%".join(value.strftime(part) if "%" in part else part for part in parts)


def month(year: int, number: int, language: str) -> str:
    """Write a month of a year, ``""`` where Babel has no way for it."""
    known = locale(language)
    if known is None:
        return ""
    from babel.dates import format_skeleton

    return str(format_skeleton("yMMMM", date(year, number, 1), locale=known))


def format_number(value: float, language: str) -> str:
    """Write a number with the separators of a language: ``12,345.5``, ``12.345,5``."""
    known = locale(language)
    if known is None:
        return f"{value:,}"
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=known))
