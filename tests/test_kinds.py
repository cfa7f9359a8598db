from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blasto.errors import BlastoError, Problem, UsageError
from blasto.frontmatter import Document, parse
from blasto.keys import canonical
from blasto.kinds import check, field_names

NOTHING = Document({}, "")


@dataclass
class Person:
    """Someone."""

    name: str
    age: int | None = None


@dataclass
class Talk:
    """A kind with every sort of field."""

    title: str
    speaker: str
    day: date
    seats: int = 10
    starts: datetime | None = None
    people: list[Person] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    level: Literal["easy", "hard"] = "easy"
    recorded: bool = False


class Color(Enum):
    """A choice."""

    RED = "red"


class Book(msgspec.Struct, rename="kebab", forbid_unknown_fields=True):
    """A strict Struct."""

    page_count: Annotated[int, msgspec.Meta(ge=1)]
    color: Color = Color.RED


@dataclass
class Range:
    """A kind that checks itself."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low is over high")


def read(kind: type[Any], front: str) -> Any:
    """Check YAML front matter, without its fences, against a kind."""
    document = parse(f"---\n{front}\n---\n", "talk.md")
    return check(document.data, kind, document, "talk.md")


def problems(kind: type[Any], front: str) -> list[Problem]:
    """Give all that does not fit."""
    with pytest.raises(BlastoError) as raised:
        read(kind, front)
    return list(raised.value.problems)


def test_a_dataclass_is_made() -> None:
    """Dates, truth and lists may be written as everywhere in blasto; the rest is passed over."""
    talk = read(
        Talk,
        "title: 1.10\nspeaker: Ann\nday: 5 March 2024\nseats: '7'\nstarts: 2024-03-05\n"
        "people: [{name: Bo, age: 4}]\ntopics: a, b\nrecorded: yes\nother: 1",
    )
    assert talk == Talk(
        "1.10",
        "Ann",
        date(2024, 3, 5),
        7,
        datetime(2024, 3, 5, tzinfo=UTC),
        [Person("Bo", 4)],
        ["a", "b"],
        "easy",
        recorded=True,
    )


def test_a_struct_is_made_and_its_names_are_those_of_the_file() -> None:
    """``rename`` is honoured."""
    book = read(Book, "page-count: 3")
    assert book == Book(page_count=3)
    assert book.color is Color.RED


def test_all_that_does_not_fit_is_reported_with_its_place() -> None:
    """In people's words, for nested values too."""
    found = problems(
        Talk,
        "title: a\nday: soon\nseats: many\npeople:\n  - name: Bo\n    age: old\nlevel: mild\n"
        "recorded: maybe",
    )
    assert {(one.line, one.message) for one in found} >= {
        (4, "seats: expected a whole number, got text"),
        (7, "people[0].age: expected a whole number or nothing, got text"),
        (9, "recorded: expected true or false, got text"),
    }
    assert [one.line for one in found if one.message.startswith("day must be a date")] == [3]
    assert [one.line for one in found if one.message.startswith("level: ")] == [8]
    assert [one for one in found if 'the key "speaker" is missing: Talk needs it' in one.message]
    assert next(one for one in found if one.line == 7).source == "    age: old"


def test_a_missing_key_names_what_may_be_meant() -> None:
    """The place is that of the misspelt key."""
    (one,) = problems(Talk, "title: a\nday: 2024-03-05\nspeakr: Ann")
    assert (one.line, one.column) == (4, 1)
    assert '"speakr"' in (one.hint or "")
    (two,) = problems(Talk, "title: a\nday: 2024-03-05")
    assert two.line == 2
    assert two.hint == "add speaker: …"


def test_a_number_where_text_is_asked_for() -> None:
    """A whole one is text; one with a point may have lost a zero, so it is not."""
    assert read(Person, "name: 5") == Person("5")
    (one,) = problems(Person, "name: 1.50")
    assert (one.message, one.hint) == ("name: expected text, got a number", "put it in quotes")


def test_what_a_struct_forbids_is_reported() -> None:
    """Unknown fields with a did-you-mean, constraints in msgspec's words, enums."""
    (one,) = problems(Book, "page-count: 3\ncolour: red")
    assert one.line == 3
    assert one.hint == 'did you mean "color"?'
    (two,) = problems(Book, "page-count: 0")
    assert two.line == 2
    assert ">= 1" in two.message
    (three,) = problems(Book, "page-count: 1\ncolor: blue")
    assert three.line == 3
    assert "blue" in three.message


def test_what_post_init_says_is_reported() -> None:
    """A kind may check several fields together."""
    (one,) = problems(Range, "low: 5\nhigh: 3")
    assert one.message == "low is over high"
    assert one.line == 2


@pytest.mark.parametrize("kind", [dict, str, 5, None, Color])
def test_what_is_no_kind_is_a_usage_error(kind: Any) -> None:
    """It is the site's code that is wrong, not the page."""
    with pytest.raises(UsageError, match="cannot be the kind of a folder"):
        check({}, kind, NOTHING, "talk.md")


def test_a_kind_with_types_that_cannot_be_read_is_a_usage_error() -> None:
    """The message says which name is unknown."""
    Broken = type("Broken", (), {"__annotations__": {"a": "Nowhere"}})  # noqa: N806
    with pytest.raises(UsageError, match="Nowhere"):
        check({}, dataclass(Broken), NOTHING, "talk.md")


@given(
    st.dictionaries(
        st.sampled_from("title speaker day seats starts people topics level recorded".split()),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates()
            | st.datetimes(),
            lambda inner: st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from(["name", "age"]), inner, max_size=2),
            max_leaves=4,
        ),
    )
)  # fmt: skip
def test_any_data_is_an_instance_or_errors(data: dict[str, object]) -> None:
    """No other exception, whatever the types."""
    try:
        assert isinstance(check(data, Talk, NOTHING, "talk.md"), Talk)
    except BlastoError as error:
        assert error.problems  # noqa: PT017


@dataclass
class Essay:
    """A kind that names blasto's own keys, one of them by another of its names."""

    title: str
    date: date
    author: str
    tags: list[str]
    weight: Annotated[int, msgspec.Meta(le=5)] = 0


def test_a_kind_may_name_what_blasto_knows() -> None:
    """It gets the canonical values, and places of the names that were written."""
    front = "---\ntitle: 5\npubDate: 5 March 2024\nauthor: Ann\ntags: a, b\norder: {}\n---\n"
    document = parse(front.format(3), "essay.md")
    found, meta, _ = canonical(document.data, document.positions, "essay.md", UTC)
    essay = check({**meta, **found}, Essay, document, "essay.md")
    assert essay == Essay("5", date(2024, 3, 5), "Ann", ["a", "b"], 3)
    document = parse(front.format(9), "essay.md")
    found, meta, _ = canonical(document.data, document.positions, "essay.md", UTC)
    with pytest.raises(BlastoError) as raised:
        check({**meta, **found}, Essay, document, "essay.md")
    assert [(one.line, one.column) for one in raised.value.problems] == [(6, 1)]


def test_field_names_are_those_of_the_file() -> None:
    """So that they are no slips."""
    assert field_names(Range) == ("low", "high")
    assert field_names(Book) == ("page-count", "color")
