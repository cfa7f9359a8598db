from __future__ import annotations

import contextlib
import locale
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blasto.dates import moment, parse_date, parse_iso

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2024, 3, 5)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05",
        "2024-3-5",
        "2024/03/05",
        "5 March 2024",
        "05 Mar 2024",
        "March 5, 2024",
        "Mar 05 2024",
        "Mar. 5th, 2024",
        "Tuesday, 5 March 2024",
        "Tue, 05 Mar 2024",
        " 2024-03-05 ",
    ],
)
def test_dates_in_common_forms(text: str) -> None:
    """ISO first, and what Astro, feeds and people write."""
    assert parse_date(text) == DAY


@pytest.mark.parametrize(
    ("text", "hour", "zone"),
    [
        ("2024-03-05 18:30", 18, None),
        ("2024-03-05T18:30:00", 18, None),
        ("2024-03-05 18:30:00.000001", 18, None),
        ("2024-03-05T18:30:00Z", 18, timedelta()),
        ("2024-03-05T18:30:00.5+02:00", 18, timedelta(hours=2)),
        ("2024-03-05 18:30:00 -0500", 18, timedelta(hours=-5)),
        ("2024-03-05 18:30 UTC-03:30", 18, -timedelta(hours=3, minutes=30)),
        ("2024-03-05 18:30 GMT", 18, timedelta()),
        ("2024-03-05 18:30 Europe/Berlin", 18, timedelta(hours=1)),
        ("2024-03-05 6:30 pm", 18, None),
        ("2024-03-05 12:30 am", 0, None),
        ("Tue, 05 Mar 2024 18:30:00 +0100", 18, timedelta(hours=1)),
        ("5 March 2024 at 18:30", 18, None),
        ("5 March 2024, 18:30", 18, None),
    ],
)
def test_times_and_zones(text: str, hour: int, zone: timedelta | None) -> None:
    """With or without seconds, fractions and an offset."""
    found = parse_date(text)
    assert isinstance(found, datetime)
    assert (found.date(), found.hour, found.minute) == (DAY, hour, 30)
    assert found.utcoffset() == zone


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2024",
        "20240305",
        "05/03/2024",
        "2024-13-45",
        "2023-02-29",
        "2024-03-05 25:00",
        "2024-03-05 18:30 +99:00",
        "2024-03-05 18:30 Nowhere/Atlantis",
        "2024-03-05 13:30 pm",
        "32 March 2024",
        "5 Smarch 2024",
        "2024-03/05",
        "2024-03-05 18",
        "٢٠٢٤-٠٣-٠٥",
        "2024-03-05" + " " * 100,
        "{{ .Date }}",
        "0000-01-01",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    """Ambiguous forms too: the fifth of March, or the third of May."""
    with pytest.raises(ValueError, match=r"."):
        parse_iso(text)
    if text.strip() != "2024-03-05":
        with pytest.raises(ValueError, match=r"."):
            parse_date(text)


def test_a_moment_is_aware_and_in_the_sites_zone() -> None:
    """Dates mean their first instant, naive times the site's, aware ones keep the instant."""
    assert moment(DAY, BERLIN) == datetime(2024, 3, 5, tzinfo=BERLIN)
    assert moment("2024-03-05", BERLIN) == moment(DAY, BERLIN)
    assert moment(datetime(2024, 7, 5, 1), BERLIN).utcoffset() == timedelta(hours=2)  # noqa: DTZ001
    late = moment(datetime(2024, 3, 5, 23, 30, tzinfo=UTC), BERLIN)
    assert (late.day, late.hour, late.tzinfo) == (6, 0, BERLIN)


@pytest.mark.parametrize("value", [None, 5, 2024, True, 1.5, [], {}, b"2024-03-05"])
def test_a_moment_of_another_type_is_refused(value: object) -> None:
    """A number is no date, though it may look like a year."""
    with pytest.raises(ValueError, match="not written as a date"):
        moment(value, UTC)


def test_the_ends_of_time_are_errors() -> None:
    """Not an OverflowError."""
    first = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    with pytest.raises(ValueError, match="out of range"):
        moment(first, ZoneInfo("America/New_York"))


def test_month_names_are_english_in_any_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same file is the same date on every machine."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "")
        assert parse_date("5 May 2024") == date(2024, 5, 5)
    finally:
        locale.setlocale(locale.LC_ALL, before)


@given(st.text(max_size=40) | st.datetimes().map(str) | st.dates().map(str))
def test_only_value_errors(text: str) -> None:
    """Whatever stands there; what Python writes is read."""
    for read in (parse_iso, parse_date, lambda text: moment(text, BERLIN)):
        with contextlib.suppress(ValueError):
            read(text)


@given(st.lists(st.datetimes(timezones=st.just(UTC) | st.none()) | st.dates() | st.sampled_from(
    ["2024-03-05", "5 March 2024", "2024-03-05T18:30Z"])))  # fmt: skip
def test_mixed_dates_sort(values: list[object]) -> None:
    """Once they are moments, a site may mix every form."""
    found = []
    for value in values:
        try:
            found.append(moment(value, BERLIN))
        except ValueError:
            continue
    assert sorted(found, reverse=True) == sorted(found)[::-1]
