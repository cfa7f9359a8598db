from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from quick import page, site_in

from blasto.listings import in_order
from blasto.pages import Page
from blasto.reading import Reading, assemble, excerpt, first_heading, read

BERLIN = ZoneInfo("Europe/Berlin")


def reading(tmp_path: Path, text: str | bytes, path: str = "post.md", **options: Any) -> Reading:
    """Write one content file and read it."""
    full = tmp_path / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_bytes(text.encode() if isinstance(text, str) else text)
    return read(tmp_path, path, BERLIN, shown=f"content/{path}", **options)


def good(tmp_path: Path, text: str | bytes, path: str = "post.md", **options: Any) -> Page:
    """Read a file that has nothing wrong."""
    found = reading(tmp_path, text, path, **options)
    assert not found.problems
    assert found.page is not None
    return found.page


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2024-03-05", "2024-03-05T00:00:00+01:00"),
        ("2024-07-05", "2024-07-05T00:00:00+02:00"),
        ('"2024-03-05"', "2024-03-05T00:00:00+01:00"),
        ("2024-03-05 18:30", "2024-03-05T18:30:00+01:00"),
        ("2024-03-05T18:30:00Z", "2024-03-05T19:30:00+01:00"),
        ("2024-03-05T23:30:00-05:00", "2024-03-06T05:30:00+01:00"),
        ("March 5, 2024", "2024-03-05T00:00:00+01:00"),
    ],
)
def test_dates_of_any_form_are_in_the_sites_zone(tmp_path: Path, written: str, shown: str) -> None:
    """A date means its first instant in the site's zone, an instant is shown in that zone."""
    for key in ("date", "updated", "expires"):
        found = getattr(good(tmp_path, page(**{key: written})), key)
        assert found.isoformat() == shown
        assert found.tzinfo == BERLIN


def test_dates_of_one_site_sort_whatever_their_form(tmp_path: Path) -> None:
    """Dates, instants, text and none at all stand in one list, newest first."""
    dates = {
        "a": "2024-03-05",
        "b": "2024-03-05T18:30:00Z",
        "c": '"6 March 2024"',
        "d": "",
        "e": "2023-01-01 10:00",
    }
    pages = [
        good(tmp_path, page(**({"date": on} if on else {})), f"{name}.md")
        for name, on in dates.items()
    ]
    assert [one.slug for one in in_order(pages, "date")] == ["c", "b", "a", "e", "d"]


@pytest.mark.parametrize(
    "written", ["2024-13-45", "0001-01-01", "9999-12-31T23:00:00-10:00", "soon", "5", "[1]"]
)
def test_a_date_that_does_not_exist_is_an_error_with_its_place(
    tmp_path: Path, written: str
) -> None:
    """So is one that the zone moves out of the calendar."""
    found = reading(tmp_path, f"---\ntitle: x\ndate: {written}\n---\n")
    assert found.page is None
    assert [(one.path, one.line, one.severity) for one in found.problems] == [
        ("content/post.md", 3, "error")
    ]


def test_the_machines_zone_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same file is the same page wherever it is read."""
    pages = []
    for zone in ("Asia/Tokyo", "America/New_York"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        pages.append(good(tmp_path, page(date="2024-03-05 10:00"), "2024-01-01-a.md"))
    monkeypatch.undo()
    time.tzset()
    assert pages[0] == pages[1]


def test_titles(tmp_path: Path) -> None:
    """What is written counts, be it a number; else the first heading, else the file's name."""
    assert good(tmp_path, page(title=2024)).title == "2024"
    assert good(tmp_path, page(title="1.10")).title == "1.10"
    assert good(tmp_path, page(title="true")).title == "true"
    assert (
        good(tmp_path, "# From `code` and *more* [link](x.md) {#id}\n").title
        == "From code and more link"
    )
    assert good(tmp_path, "Text\n\nHeading\n=======\n").title == "Heading"
    assert good(tmp_path, "```\n# comment\n```\n\n# Real\n").title == "Real"
    assert good(tmp_path, "Text only\n", "my-first_post.md").title == "My first post"
    assert good(tmp_path, "", "2024-03-05-my-post.md").title == "My post"
    assert good(tmp_path, "", "guide/index.md").title == "Guide"
    assert good(tmp_path, "", "index.md").title == "Index"
    found = reading(tmp_path, page(title=""))
    assert [str(one) for one in found.problems] == [
        "content/post.md:2:1: title must be text, not nothing"
    ]


def test_headings() -> None:
    """A first-level heading is found, others and code are not."""
    assert first_heading("## Two\n\n# One #\n") == "One"
    assert first_heading("#No heading\n") is None
    assert first_heading("~~~\n# no\n~~~\n") is None
    assert first_heading("# \\*stars\\*\n") == "*stars*"
    assert first_heading("") is None


@pytest.mark.parametrize(
    "written",
    ["[Python, web]", "Python, web", '"Python,web,"', "\n  - Python\n  - web\n  - Python"],
)
def test_tags_are_a_list_or_text_with_commas(tmp_path: Path, written: str) -> None:
    """Each form gives the same tags, once each."""
    for key in ("tags", "categories"):
        assert getattr(good(tmp_path, page(**{key: written})), key) == ["Python", "web"]


def test_tags_may_look_like_other_things(tmp_path: Path) -> None:
    """Numbers and dates among the tags are text, as written."""
    assert good(tmp_path, page(tags="[2024, 3.10, true, 2024-01-01]")).tags == [
        "2024",
        "3.10",
        "true",
        "2024-01-01",
    ]


def test_name_and_date_come_from_the_files_name(tmp_path: Path) -> None:
    """A date before the name is the page's, unless the front matter has another."""
    found = good(tmp_path, "Hi\n", "blog/2024-03-05-hello.md")
    assert (found.slug, found.date) == ("hello", datetime(2024, 3, 5, tzinfo=BERLIN))
    assert good(tmp_path, page(date="2020-01-01"), "2024-03-05-hello.md").date == datetime(
        2020, 1, 1, tzinfo=BERLIN
    )
    bundle = good(tmp_path, "Hi\n", "blog/2024-03-05-hello/index.md")
    assert (bundle.slug, bundle.is_index, str(bundle.date)[:10]) == ("hello", True, "2024-03-05")
    assert good(tmp_path, "Hi\n", "2024-13-45-hello.md").date is None
    assert good(tmp_path, "Hi\n", "0001-01-01-hello.md").date is None
    assert good(tmp_path, "Hi\n", "2024-03-05.md").slug == "2024-03-05"
    assert good(tmp_path, page(slug="own"), "2024-03-05-hello.md").slug == "own"


def test_drafts(tmp_path: Path) -> None:
    """A page says so, or lies in a folder of drafts."""
    assert good(tmp_path, page(draft="true")).draft
    assert good(tmp_path, page(status="draft")).draft
    assert good(tmp_path, page(published="false")).draft
    assert good(tmp_path, "Hi\n", "blog/_drafts/a.md").draft
    assert not good(tmp_path, "Hi\n", "blog/a.md").draft


def test_own_keys_are_plain_data(tmp_path: Path) -> None:
    """A date among one's own keys is its text, with or without a zone, and a mapping stays one."""
    found = good(
        tmp_path,
        page(venue="{city: Berlin, seats: 200}", on="2024-03-05", at="2024-03-05T10:00:00Z"),
    )
    assert found.meta == {
        "venue": {"city": "Berlin", "seats": 200},
        "on": "2024-03-05",
        "at": "2024-03-05T10:00:00Z",
    }


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("# Title\n\nFirst.\n\n<!--more-->\n\nRest.", "# Title\n\nFirst."),
        ("First.\n\n<!-- TEASER_END -->\nRest.", "First."),
        ("# Title\n\nOne two three.\n\nFour five.\n\nSix.", "One two three.\n\nFour five."),
        ("One two.\n\n- a list\n\nThree.", "One two."),
        ("![picture](a.png)\n\n| a | b |\n|---|---|\n\nProse here.", "Prose here."),
        ("```\ncode\n```\n\nProse.", "Prose."),
        (
            "See [it][a] and\nso on it goes.\n\n## More\n\n[a]: https://example.org",
            "See [it][a] and\nso on it goes.\n\n[a]: https://example.org",
        ),
        ("# Only\n\n## Headings", ""),
        ("", ""),
    ],
)
def test_excerpts(body: str, kept: str) -> None:
    """The text before a divider, else whole paragraphs of prose up to some words."""
    assert excerpt(body, 5) == kept


def test_an_excerpt_is_shown_without_headings(tmp_path: Path) -> None:
    """In a list it is HTML whose reference links work and which has no heading of its own."""
    site = site_in(
        tmp_path,
        {
            "content/a.md": "# Title\n\nSee [it][b] *now*.[^1]\n\n<!--more-->\n\n[b]: b.md\n\n[^1]: Note.\n",
            "content/b.md": "B\n",
        },
    )
    app = Flask(__name__)
    app.extensions["blasto"] = site
    with app.test_request_context():
        assert site.page("a.md").summary.strip() == '<p>See <a href="/b/">it</a> <em>now</em>.</p>'


def test_words_are_counted(tmp_path: Path) -> None:
    """Words with apostrophes are one; each character of Chinese is one."""
    found = good(tmp_path, "It's a well-known fact: 日本語.\n")
    assert found.counted == 7


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"---\n---\n",
        b"---\r\ntitle: x\r\n---\r\nHi",
        b"\xef\xbb\xbf---\ntitle: x\n---\n",
        b"\n\n---\ntitle: x\n---\nHi",
        b"Hi\rthere",
    ],
)
def test_what_is_odd_and_right(tmp_path: Path, text: bytes) -> None:
    """Empty files, a BOM, blank lines in front and any line ends are all fine."""
    found = good(tmp_path, text)
    assert found.title == ("x" if b"title" in text else "Post")


def test_what_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    """A file that is gone, one that is no UTF-8, one with a NUL: each has its name."""
    gone = read(tmp_path, "gone.md", BERLIN, shown="content/gone.md")
    assert [str(one) for one in gone.problems] == [
        "content/gone.md: cannot be read: No such file or directory"
    ]
    latin = reading(tmp_path, "---\ntitle: x\n---\nCaf\xe9".encode("latin-1"))
    assert [str(one) for one in latin.problems] == [
        "content/post.md:4:4: the file is not UTF-8: byte 0xE9 at offset 20"
    ]
    nul = reading(tmp_path, "one\ntw\0o")
    assert [str(one) for one in nul.problems] == [
        "content/post.md:2:3: the file holds a NUL character"
    ]


def test_all_errors_of_a_file_are_told(tmp_path: Path) -> None:
    """Two wrong values are two problems, and there is no page."""
    found = reading(tmp_path, "---\ntags: 5\ndraft: maybe\n---\n")
    assert found.page is None
    assert [one.line for one in found.problems] == [2, 3]


def test_a_day_is_a_day_all_year(tmp_path: Path) -> None:
    """Also where the clocks change."""
    for day in range(1, 367, 13):
        on = date(2024, 1, 1) + timedelta(days=day)
        assert good(tmp_path, page(date=on)).date.date() == on  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "words", "minutes"),
    [
        ("one two-three it's", 3, 1),
        ("[one](https://example.org/a-b-c) <b class='x'>two</b> https://example.org/d/e", 2, 1),
        ("你好，世界。", 4, 1),
        ("Python入門と3月", 6, 1),
        ("日々のｶﾅ", 5, 1),
        ("word " * 460, 460, 2),
        ("字" * 1500, 1500, 3),
        ("字" * 500 + " word" * 460, 960, 3),
    ],
)
def test_words_and_minutes(text: str, words: int, minutes: int) -> None:
    """Chinese and Japanese are counted and read by characters; what nobody reads is not counted."""
    made = assemble("a.md", {}, {}, text, ZoneInfo("UTC"))
    assert (made.words, made.reading_time) == (words, minutes)


def test_an_excerpt_cuts_no_code() -> None:
    """A fence ends it, and a divider that is shown as code is none."""
    text = "First.\n\nSecond:\n```html\n<!--more-->\n\nx\n```\n\nThird.\n"
    assert excerpt(text, 50) == "First.\n\nSecond:"
    assert excerpt(text + "\n<!-- more -->\n\nFourth.", 50) == text.strip()
    assert excerpt('--8<-- "a"\n\n=== "A"\n\n    b\n\nText.', 50) == "Text."
