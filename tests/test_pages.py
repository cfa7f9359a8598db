from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from flask import current_app
from quick import app_of, get, page, site_in
from sites import Project

from blasto import trace
from blasto.pages import Page, decode, encode, meta_digest

BERLIN = ZoneInfo("Europe/Berlin")


def made(**fields: object) -> Page:
    """Make a page."""
    return Page(**{"path": "blog/a.md", "title": "A", "slug": "a", **fields})  # type: ignore[arg-type]


def test_a_page_is_kept_as_it_is() -> None:
    """What the ledger gives back is the page, dates in the site's zone with it."""
    whole = made(date=datetime(2024, 7, 5, tzinfo=BERLIN), updated=datetime(2024, 1, 5, 12, tzinfo=UTC), expires=datetime(2030, 1, 1, tzinfo=BERLIN),
                 taxonomies={"tags": ["x"]}, meta={"own": [1, {"a": None}]}, weight=-3)  # fmt: skip
    back = decode(encode(whole), BERLIN)
    assert back == whole
    assert [str(one) for one in (back.date, back.updated, back.expires)] == [
        "2024-07-05 00:00:00+02:00", "2024-01-05 13:00:00+01:00", "2030-01-01 00:00:00+01:00"]  # fmt: skip
    assert back.date is not None
    assert back.date.tzinfo is BERLIN


def test_what_is_no_page_is_refused() -> None:
    """A ledger of another version is an exception that its reader knows."""
    with pytest.raises(msgspec.DecodeError):
        decode(b"\x93\x01\x02\x03", BERLIN)


def test_the_digest_is_of_the_metadata() -> None:
    """It follows what is known of a page and how its dates look, and not the body."""
    first = made(date=datetime(2024, 7, 5, tzinfo=BERLIN))
    assert meta_digest(first) == meta_digest(
        msgspec.structs.replace(first, digest="x", counted=5, body_line=9)
    )
    assert meta_digest(first) != meta_digest(made(date=datetime(2024, 7, 5, tzinfo=UTC)))
    assert meta_digest(first) != meta_digest(made(date=datetime(2024, 7, 4, 22, tzinfo=UTC)))
    assert meta_digest(first) != meta_digest(made())


def test_a_page_knows_its_place() -> None:
    """Folder, home, words of its own and time to read come from the page alone."""
    home = made(path="index.md", is_index=True, counted=700)
    assert (home.folder, home.is_home, home.reading_time) == ("", True, 3)
    assert (made().folder, made().is_home, made().reading_time, made().tags) == (
        "blog",
        False,
        1,
        [],
    )
    assert repr(made()) == "<Page blog/a.md>"
    with trace.recording() as past:
        assert home.words == 700
    assert list(past.observations) == [("body", "index.md")]


def test_a_page_opens_doors_to_its_site(tmp_path: Path) -> None:
    """URL, HTML, table of contents, summary, section, neighbours, terms and picture."""
    files = {
        "blasto.toml": 'base_url = "https://example.org/sub"\n',
        "content/blog/_index.md": "---\ntitle: Notes\n---\n",
        "content/blog/a.md": page(
            "# A *title*\n\nHello [b](b.md#two).\n\n## Part `x`\n\n### Under\n",
            date="2024-01-01",
            tags="One, two",
            image="a.png",
            author="Ada",
        ),
        "content/blog/b.md": page("## Two\n", date="2024-01-02", toc="false"),
        "content/blog/a.png": b"png",
    }
    app = app_of(tmp_path, files)
    site = app.extensions["blasto"]
    first, second = site.page("blog/a.md"), site.page("blog/b.md")
    with app.test_request_context(base_url="https://example.org/sub/"):
        assert (first.url, first.absolute_url) == (
            "/sub/blog/a/",
            "https://example.org/sub/blog/a/",
        )
        assert first.html.startswith('<p>Hello <a href="/sub/blog/b/#two">b</a>.</p>')
        assert first.heading == "A <em>title</em>"
        assert first.heading_id == "a-title"
        assert [
            (one.id, one.title, one.level, [two.id for two in one.children]) for one in first.toc
        ] == [("part-x", "Part <code>x</code>", 2, ["under"])]
        assert second.toc == []
        assert (first.previous, first.next) == (None, second)
        assert first.section is not None
        assert (first.section.title, first.layout) == ("Notes", "blog")
        assert [(one.title, one.url) for one in first.terms()] == [
            ("One", "/sub/tags/one/"),
            ("two", "/sub/tags/two/"),
        ]
        assert (first.image, first.authors) == ("/sub/blog/a.png", ["Ada"])
        assert (second.image, second.heading, list(second.terms())) == (None, "B", [])


def test_dates_are_the_sites_before_and_after_the_ledger(tmp_path: Path) -> None:
    """The page of a midnight in Berlin shows that day, live, frozen, and frozen again."""
    files = {
        "blasto.toml": 'timezone = "Europe/Berlin"\n',
        "content/index.md": "# Home\n",
        "content/blog/a.md": page(date="2024-03-05"),
        "content/blog/b.md": page(date="2024-03-04T23:30:00Z"),
    }
    project = Project(tmp_path / "site", files)
    project.freeze()
    for name in ("a", "b"):
        assert "5 March 2024" in project.read(f"build/blog/{name}/index.html")
    project.write("content/blog/c.md", page(date="2024-03-06"))
    project.freeze()  # a and b come from the ledger
    listing = project.read("build/blog/index.html")
    assert listing.count("5 March 2024") == 2
    assert project.tree() == project.clean()
    project.edit("blasto.toml", "Europe/Berlin", "UTC")
    assert "/blog/b/" in project.freeze()
    assert "4 March 2024" in project.read("build/blog/b/index.html")
    assert project.tree() == project.clean()


def test_front_matter_as_a_kind(tmp_path: Path) -> None:
    """Without one for the folder, ``page.data`` is the mapping of unknown keys."""
    site = site_in(tmp_path, {"content/a.md": page(venue="Berlin")})
    assert site.page("a.md").data == {"venue": "Berlin"}


def test_a_template_may_ask_for_the_current_app(tmp_path: Path) -> None:
    """Pages work in any request of their app."""
    app = app_of(tmp_path, {"content/a.md": "# A\n"})

    @app.get("/own")
    def own() -> str:
        return str(current_app.extensions["blasto"].page("a.md").url)

    assert get(app, "/own") == "/a/"
