"""Pages that share terms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from quick import app_of, get, page
from sites import Project, check

from blasto.pages import Page
from blasto.related import REACH, Related

WEIGHTS = {"tags": 2, "categories": 1}


def made(name: str, day: int, **taxonomies: list[str]) -> Page:
    """Make a page with terms."""
    date = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=day)
    return Page(path=f"{name}.md", title=name, slug=name, date=date, taxonomies=taxonomies)


def names(pages: list[Page]) -> list[str]:
    """Give titles."""
    return [page.title for page in pages]


def test_more_shared_terms_come_first() -> None:
    """Then weightier ones, then rarer ones, then the nearest by date."""
    pages = [
        made("it", 10, tags=["a", "b"], categories=["x"]),
        made("both", 90, tags=["b", "a"]),
        made("one", 80, tags=["a"]),
        made("near", 12, tags=["a"]),
        made("category", 11, categories=["x"]),
        made("none", 10, tags=["c"]),
    ]
    related = Related(pages, WEIGHTS)
    assert names(related.to(pages[0], 9)) == ["both", "category", "near", "one"]
    assert names(related.to(pages[0], 1)) == ["both"]
    assert related.to(pages[5], 5) == []
    assert related.to(made("stranger", 1, tags=["a"]), 5) == []
    assert names(Related(list(reversed(pages)), WEIGHTS).to(pages[0], 9)) == names(
        related.to(pages[0], 9)
    )
    assert names(Related(pages, {"categories": 1, "tags": 0}).to(pages[0], 9)) == ["category"]


def test_of_a_common_term_the_nearest_are_looked_at() -> None:
    """So that the time does not grow with the square of the pages."""
    pages = [made(str(day), day, tags=["all"]) for day in range(1000)]
    related = Related(pages, WEIGHTS)
    found = names(related.to(pages[500], 100))
    assert len(found) == 2 * REACH
    assert found[:4] == ["501", "499", "502", "498"]


FILES = {
    "blasto.toml": "[related]\ncount = 1\n",
    "content/index.md": "x",
    "content/log/a.md": page(
        "A.\n\n<!-- more -->\n\nMore.", title="A", date="2024-01-01", tags="[x, y]"
    ),
    "content/log/b.md": page(
        "B.\n\n<!-- more -->\n\nMore.", title="B", date="2024-01-02", tags="[x, y]"
    ),
    "content/log/c.md": page("C.", title="C", date="2024-01-03", tags="[z]"),
    "content/log/d.md": page("D.", title="D", date="2024-01-04", tags="[z]"),
    "content/log/e.md": page("E.", title="E", date="2024-01-05"),
}


def test_the_theme_shows_them_where_asked(tmp_path: Path) -> None:
    """With a count in blasto.toml; a template may ask for more."""
    app = app_of(tmp_path / "one", FILES)
    assert "<h2>Related</h2>" in get(app, "/log/a/")
    assert (
        '<li><a href="/log/b/">B</a></li>' in get(app, "/log/a/").partition("<h2>Related</h2>")[2]
    )
    assert "Related" not in get(app, "/log/e/")
    app = app_of(tmp_path / "two", {**FILES, "blasto.toml": ""})
    assert "Related" not in get(app, "/log/a/")
    with app.test_request_context():
        site = app.extensions["blasto"]
        assert site.page("log/a.md").related == []
        assert [one.title for one in site.related_to(site.page("log/a.md"), 3)] == ["B"]


def test_edits(tmp_path: Path) -> None:
    """Whoever shows another page, or another title, is rendered again."""
    site = Project(tmp_path / "site", FILES)
    site.freeze()
    site.edit("content/log/b.md", "More.", "More and more.")
    check(site, {"/log/b/", "/feed.xml"})
    site.edit("content/log/b.md", "[x, y]", "[z]")
    got = set(site.freeze())
    assert {"/log/a/", "/log/b/"} - got == set()
    assert not {"/log/d/", "/log/e/"} & got
    assert site.tree() == site.clean()
    assert site.freeze() == []
