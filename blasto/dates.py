"""Dates as people write them, made into aware datetimes of the site's time zone.

At the very start of a page's way: ``yamlread`` asks :func:`parse_iso` for a timestamp,
``keys`` asks :func:`moment` for whatever stands in ``date``. Month names are English,
whatever the machine's locale.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d*))?)?"
    r"(?:\s*(?P<half>[ap]\.?m\.?))?"
    r"\s*(?P<zone>Z|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT|[A-Z][A-Za-z_]+/[\w/+-]+)?"
)
_ISO = re.compile(
    rf"(?P<year>\d{{4}})(?P<dash>[-/])(?P<month>\d{{1,2}})(?P=dash)(?P<day>\d{{1,2}})"
    rf"(?:(?:T|\s+){_TIME})?",
    re.ASCII | re.IGNORECASE,
)
_WORDS = re.compile(
    r"(?:[a-z]{3,9}\.?,?\s+)??"
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?P<month>[a-z]{3,9})\.?,?"
    r"|(?P<month2>[a-z]{3,9})\.?\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?,?)"
    rf"\s+(?P<year>\d{{4}})(?:,?\s+(?:at\s+)?{_TIME})?",
    re.ASCII | re.IGNORECASE,
)
MONTHS = (
    "January February March April May June July August September October November December"
).split()
_MONTHS = [name.lower() for name in MONTHS]
#: The longest text that can be a date: longer ones are not even looked at.
_LONGEST = 80


def parse_iso(text: str) -> date | datetime:
    """Read ``2026-11-24``, with or without a time and an offset.

    :returns: a date where no time is given; a datetime without zone where no offset is.
    :raises ValueError: the text has another form, or names a day that does not exist.
    """
    match = _ISO.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise ValueError("it is not written as a date")
    day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    return day if match["hour"] is None else _with_time(day, match)


def parse_date(text: str) -> date | datetime:
    """Read a date in ISO form or in words: ``24 November 2026``, ``Tue, 24 Nov 2026 10:00 +0100``.

    :returns: a date where no time is given; a datetime without zone where none is given.
    :raises ValueError: the text has another form, or names a day that does not exist.
    """
    text = text.strip()
    match = _WORDS.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return parse_iso(text)
    name = (match["month"] or match["month2"]).lower()
    months = [number for number, month in enumerate(_MONTHS, 1) if month.startswith(name)]
    if name == "sept":
        months = [9]
    if not months:
        raise ValueError(f'"{name}" is not a month')
    day = date(int(match["year"]), months[0], int(match["day"] or match["day2"]))
    return day if match["hour"] is None else _with_time(day, match)


def moment(value: object, zone: tzinfo) -> datetime:
    """Give the instant that a front-matter value means, in the site's time zone.

    :param value: a date, a datetime or text. A date means its first instant.
    :param zone: the zone that a value without one is meant in.
    :raises ValueError: the value is no date, or one that does not exist; says why.
    """
    if isinstance(value, str):
        value = parse_date(value)
    if not isinstance(value, date):
        raise ValueError("it is not written as a date")  # noqa: TRY004 - documented
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=zone)
    elif value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    try:
        # By way of UTC, in which the ledger keeps it.
        return value.astimezone(UTC).astimezone(zone)
    except OverflowError:
        raise ValueError("the year is out of range") from None


def _with_time(day: date, match: re.Match[str]) -> datetime:
    hour = int(match["hour"])
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("hour must be in 1..12")
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    fraction = ((match["fraction"] or "") + "000000")[:6]
    zone = _zone(match["zone"]) if match["zone"] else None
    return datetime(
        day.year,
        day.month,
        day.day,
        hour,
        int(match["minute"]),
        int(match["second"] or 0),
        int(fraction),
        tzinfo=zone,
    )


def _zone(text: str) -> tzinfo:
    if "/" in text:
        try:
            return ZoneInfo(text)
        except (KeyError, ValueError, OSError):
            raise ValueError(f'"{text}" is not a known time zone') from None
    offset = text.upper().removeprefix("UTC").removeprefix("GMT")
    if offset in ("", "Z"):
        return UTC
    digits = offset[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    if hours > 23 or minutes > 59:
        raise ValueError(f'"{text}" is not an offset from UTC')
    distance = timedelta(hours=hours, minutes=minutes)
    return timezone(-distance if offset[0] == "-" else distance)
