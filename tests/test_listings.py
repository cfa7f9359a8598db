from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quick import app_of, get, page

from blasto import trace
from blasto.listings import Listing, in_order, natural, slices, term_slug
from blasto.pages import Page


def pages(*names: str, **fields: object) -> list[Page]:
    """Make pages with these titles."""
    return [
        Page(path=f"{name}.md", title=name, slug=name, nav_title=name, meta_digest=name, **fields)
        for name in names
    ]  # type: ignore[arg-type]


def test_numbers_in_names_count_as_numbers() -> None:
    """Chapter 2 comes before chapter 10, whatever the case."""
    assert sorted(["Chapter 10", "chapter 2", "Appendix", "10", "2b", "2a"], key=natural) == [
        "2a",
        "2b",
        "10",
        "Appendix",
        "chapter 2",
        "Chapter 10",
    ]


@given(st.lists(st.text(max_size=8), max_size=6))
def test_any_names_sort(names: list[str]) -> None:
    """No two names cannot be compared."""
    assert len(sorted(names, key=natural)) == len(names)


def test_weights_come_first() -> None:
    """Low weights, then what has none by title; negative and equal weights are fine."""
    heavy, light, equal = (
        pages("b", weight=20)[0],
        pages("z", weight=-1)[0],
        pages("a", weight=20)[0],
    )
    rest = pages("page 10", "page 9")
    assert [one.title for one in in_order([*rest, heavy, light, equal], "weight")] == [
        "z",
        "a",
        "b",
        "page 9",
        "page 10",
    ]
    assert [one.title for one in in_order([*rest, heavy, light, equal], "title")] == [
        "a",
        "b",
        "page 9",
        "page 10",
        "z",
    ]


def test_newest_first() -> None:
    """Of one instant in order of path; without a date at the end."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    old, new = pages("old", date=start)[0], pages("new", date=start + timedelta(days=1))[0]
    same, none = pages("also", date=start)[0], pages("none")[0]
    assert [one.title for one in in_order([none, old, same, new], "date")] == [
        "new",
        "also",
        "old",
        "none",
    ]


@pytest.mark.parametrize(
    ("term", "slug"),
    [("Python", "python"), ("Static Sites", "static-sites"), ("C/C++", "c-c++"), ("Carol (Nichols || Goulding)", "carol-(nichols-goulding)"), ('S "Shnatsel" D?', "s-shnatsel-d"), ("a\\b", "a-b"), ("..", "-"), (".NET", "net"),
     ("Füße", "füße"), ("Cafe\u0301", "café"), ("2024", "2024"), ("  x  ", "x"), ("c#", "c#")],
)  # fmt: skip
def test_terms_as_urls(term: str, slug: str) -> None:
    """Lower case, hyphens for spaces and slashes, one Unicode form, never a dot alone."""
    assert term_slug(term) == slug


def test_slices_are_noted_one_by_one() -> None:
    """Who looks at a slice depends on the pages in it only."""
    listing = Listing("tags", "x", "X", pages("a", "b", "c"), page_size=2)
    with trace.recording() as past:
        assert [one.title for one in listing[:2]] == ["a", "b"]
        assert [one.title for one in listing[5:9]] == []
    assert past.observations == {
        ("listing", "tags|x|0|2"): trace.digest("a.mda", "b.mdb"),
        ("listing", "tags|x|3|9"): trace.digest(),
    }
    with trace.recording() as past:
        assert (len(listing.pages), listing.count, slices(listing)) == (3, 3, 2)
    assert [kind for kind, _ in past.observations] == ["listing", "count", "slices"]


def test_pagination_stands_in_the_path(tmp_path: Path) -> None:
    """Slices after the first have URLs of their own, and each leads to its neighbours."""
    files = {f"content/blog/{n}.md": page(date=f"2024-01-{n:02}", tags="x") for n in range(1, 6)}
    files["blasto.toml"] = "paginate = 2\n"
    files["templates/list.html"] = (
        "{{ pagination.number }}/{{ pagination.count }} of {{ pagination.total }}: {% for one in pagination.pages %}{{ one.slug }} {% endfor %}"
        "{{ pagination.previous_url }} {{ pagination.next_url }} {{ pagination.urls | join(',') }} {{ pagination.url }}"
    )
    app = app_of(tmp_path, files)
    for base in ("/blog/", "/tags/x/"):
        urls = f"{base},{base}page/2/,{base}page/3/"
        assert get(app, base) == f"1/3 of 5: 5 4 None {base}page/2/ {urls} {base}"
        assert (
            get(app, f"{base}page/2/") == f"2/3 of 5: 3 2 {base} {base}page/3/ {urls} {base}page/2/"
        )
        assert get(app, f"{base}page/3/") == f"3/3 of 5: 1 {base}page/2/ None {urls} {base}page/3/"
        get(app, f"{base}page/4/", 404)
        get(app, f"{base}page/1/", 404)


def test_a_documentation_is_one_slice(tmp_path: Path) -> None:
    """Only blogs and terms are cut, unless the section says so."""
    files = {f"content/{name}/{n}.md": "x\n" for n in range(15) for name in ("guide", "short")}
    files["blasto.toml"] = "[sections.short]\npaginate = 10\n"
    app = app_of(tmp_path, files)
    get(app, "/guide/page/2/", 404)
    get(app, "/short/page/2/")


def test_a_listing_shows_its_section(tmp_path: Path) -> None:
    """Text, sections below and feed of a section come from its ``_index.md`` and its site."""
    files = {
        "content/blog/_index.md": page("All *posts*.", title="Notes", description="What I wrote"),
        "content/blog/a.md": page(date="2024-01-01"),
        "content/blog/old/b.md": page(date="2023-01-01"),
        "templates/list.html": "{{ listing.title }} {{ listing.description }} {{ listing.html }} {{ listing.sections | map(attribute='name') | join }} {{ listing.feed_url }} {{ listing.count }}",
    }
    app = app_of(tmp_path, files)
    assert get(app, "/blog/") == "Notes What I wrote <p>All <em>posts</em>.</p> blog/old None 2"
    assert get(app, "/") == "My site   blog /feed.xml 2"
