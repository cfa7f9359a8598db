"""Terms with pages of their own, authors, series and archives."""

from __future__ import annotations

from pathlib import Path

import pytest
from quick import app_of, faults, get, page, site_in
from sites import Project, check, post

from blasto.terms import people

TOML = (
    'taxonomies = ["tags", "authors", "series"]\narchives = "month"\npaginate = 3\n'
    "[sections.tags]\npaginate = 2\n[related]\ncount = 2\n"
)
TEXT = "First paragraph.\n\n<!-- more -->\n\nMore."


def trips(toml: str = TOML) -> dict[str, str | bytes]:
    """Give five dated posts with tags, authors and a series, and pages for some terms."""
    files: dict[str, str | bytes] = {
        "blasto.toml": toml,
        "content/index.md": "# Home\n",
        "content/about.md": page("Who.", title="About"),
        "content/tags/_index.md": page("All of them.", title="Topics"),
        "content/tags/sea.md": page("About the sea.", title="The sea", colour="blue"),
        "content/tags/empty.md": page("Nobody uses it.", title="Empty"),
        "content/authors/ada/index.md": page(
            "She sails.", title="Ada Quay", image="ada.svg", image_alt="Ada"
        ),
        "content/authors/ada/ada.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "data/authors.yaml": "grace:\n  name: Grace Pier\n  url: https://example.org/grace\n  bio: She rows.\n",
    }
    for number, month in enumerate((1, 1, 2, 3, 3), 1):
        files[f"content/log/n{number}.md"] = post(
            f"Trip {number}", f"202{month // 3 + 4}-0{month}-0{number}", TEXT,
            ["sea", "Wind"] if number % 2 else ["sea"], author="ada" if number < 3 else "grace",
            **({"series": "Round the isle", "series_order": 9 - number} if number in (1, 3, 4) else {}),
        )  # fmt: skip
    return files


@pytest.fixture
def site(tmp_path: Path) -> Project:
    """The frozen trips."""
    site = Project(tmp_path / "site", trips())
    site.freeze()
    assert site.report.warnings == []
    return site


def test_pages_of_terms(tmp_path: Path) -> None:
    """They give a list its title, text and data, have its URL, and stand in no other list."""
    app = app_of(tmp_path, trips())
    site = app.extensions["blasto"]
    sea = site.library.listing("tags", "sea")
    assert (sea.title, sea.index.meta, len(sea.members)) == ("The sea", {"colour": "blue"}, 5)
    assert [one.title for one in site.library.terms("tags").values()] == [
        "Empty",
        "The sea",
        "Wind",
    ]
    assert site.routes.pages["tags/sea.md"] == "/tags/sea/"
    assert site.routes.pages["authors/ada/index.md"] == "/authors/ada/"
    assert site.library.sections == ["", "log"]
    assert len(site.library.listing("section", "").members) == 5
    with app.test_request_context():
        homes = {one.path for one in site.pages if one.section}
    assert homes == {f"log/n{n}.md" for n in range(1, 6)}
    shown = get(app, "/tags/sea/")
    assert "<h1>The sea</h1>" in shown
    assert "<p>About the sea.</p>" in shown
    assert 'href="/tags/sea/page/3/"' in get(app, "/tags/sea/page/2/")
    assert "About the sea." not in get(app, "/tags/sea/page/3/").partition("<main")[2]
    whole = get(app, "/tags/")
    assert "<h1>Topics</h1>" in whole
    assert "<p>All of them.</p>" in whole
    assert '<a href="/tags/empty/">Empty</a> <span>0</span>' in whole
    get(app, "/authors/ada/ada.svg")
    crumbs = shown.partition('class="crumbs"')[2].partition("</nav>")[0]
    assert '<a href="/tags/">Topics</a>' in crumbs


def test_a_term_page_is_found_by_file_or_folder(tmp_path: Path) -> None:
    """As `tags/x.md` or `tags/x/_index.md`, by its slug; its own `url` and aliases count."""
    site = site_in(tmp_path, {
        "content/tags/c.md": page(title="C++", slug="c++"), "content/tags/web/_index.md": page(title="Web", url="/www/"),
        "content/tags/old.md": page(title="Old", aliases="[/ancient/]"), "content/a.md": page("[it](tags/c.md)", tags="[C++, web]"),
    })  # fmt: skip
    assert site.routes.problems == []
    titles = {url: site.routes.targets[url].name for url in ("/tags/c++/", "/www/", "/tags/old/")}
    assert titles == {"/tags/c++/": "tags|c++", "/www/": "tags|web", "/tags/old/": "tags|old"}
    assert site.routes.targets["/ancient/"].kind == "alias"
    assert "/tags/web/" not in site.routes.targets


def test_authors(tmp_path: Path) -> None:
    """A name that knows its page, or what the data file says; else a name alone."""
    app = app_of(tmp_path, trips())
    with app.test_request_context():
        site = app.extensions["blasto"]
        ada, grace, new = map(site.author, ("ada", "grace", "Someone New"))
        assert (ada, ada.url, str(ada.bio), ada.image) == (
            "Ada Quay", "/authors/ada/", "<p>She sails.</p>", "/authors/ada/ada.svg")  # fmt: skip
        assert (grace, grace.url, grace.bio, grace.image) == (
            "Grace Pier",
            "/authors/grace/",
            "She rows.",
            None,
        )
        assert grace.meta["url"] == "https://example.org/grace"
        assert (new, new.key, new.page, new.meta) == ("Someone New", "Someone New", None, {})
        assert ", ".join(site.page("log/n5.md").authors) == "Grace Pier"
    assert '<a href="/authors/ada/" rel="author">Ada Quay</a>' in get(app, "/log/n1/")
    assert "<h1>Grace Pier</h1>" in get(app, "/authors/grace/")
    assert '<img class="portrait" src="/authors/ada/ada.svg" alt="Ada"' in get(app, "/authors/ada/")


def test_authors_without_lists(tmp_path: Path) -> None:
    """Where they are no taxonomy, an author's page is a page like any other."""
    app = app_of(tmp_path, trips("archives = 'year'\n"))
    with app.test_request_context():
        site = app.extensions["blasto"]
        assert site.author("ada").url == "/authors/ada/"
        assert site.author("grace").url == "https://example.org/grace"
        assert [one.path for one in site.listing("authors", "grace").pages] == [
            "log/n5.md", "log/n4.md", "log/n3.md"]  # fmt: skip
    get(app, "/authors/grace/", 404)


def test_a_data_file_of_authors_that_is_none(tmp_path: Path) -> None:
    """It is named, without a traceback."""
    assert people([{"id": "a", "name": "Ann B"}]) == {
        "a": {"id": "a", "name": "Ann B"},
        "ann-b": {"id": "a", "name": "Ann B"},
    }
    assert people({"a": "Ann"}) == {"a": {"name": "Ann"}, "ann": {"name": "Ann"}}
    (wrong,) = {
        str(one)
        for one in faults(Project(tmp_path / "site", {**trips(), "data/authors.yaml": "5\n"}))
    }
    assert "data/authors" in wrong


def test_series(tmp_path: Path) -> None:
    """In the order of `series_order`; the page shows which part it is, and leads to the others."""
    app = app_of(tmp_path, trips())
    with app.test_request_context():
        site = app.extensions["blasto"]
        part = site.page("log/n3.md").part
        assert [one.title for one in part.pages] == ["Trip 4", "Trip 3", "Trip 1"]
        assert (part.number, part.total, part.title, part.url) == (
            2,
            3,
            "Round the isle",
            "/series/round-the-isle/",
        )
        assert (part.previous.title, part.next.title) == ("Trip 4", "Trip 1")
        assert site.page("log/n4.md").part.previous is None
        assert site.page("log/n1.md").part.next is None
        assert site.page("log/n2.md").part is None
    shown = get(app, "/log/n3/")
    assert "<summary>Part 2 of 3: <a href=" in shown
    assert '<li><span aria-current="page">Trip 3</span></li>' in shown
    assert "<details>" not in get(app, "/log/n2/")
    plain = app_of(tmp_path / "plain", trips(""))
    assert "<summary>Part 2 of 3: Round the isle</summary>" in get(plain, "/log/n3/")
    get(plain, "/series/round-the-isle/", 404)


def test_archives(tmp_path: Path) -> None:
    """All dated pages, then by year, then by month; only where they are asked for."""
    app = app_of(tmp_path, trips())
    site = app.extensions["blasto"]
    urls = [url for url in site.routes.targets if url.startswith("/archive/")]
    assert urls == ["/archive/", "/archive/page/2/", "/archive/2025/03/", "/archive/2025/",
                    "/archive/2024/02/", "/archive/2024/01/", "/archive/2024/"]  # fmt: skip
    assert site.library.listing("archive", "2024/01").title == "January 2024"
    assert '<a href="/archive/2025/">2025</a> <span>2</span>' in get(app, "/archive/")
    year = get(app, "/archive/2024/")
    assert '<a href="/archive/2024/02/">February 2024</a> <span>1</span>' in year
    month = get(app, "/archive/2024/01/")
    assert '<a href="/archive/2024/">2024</a>' in month.partition('class="crumbs"')[2]
    yearly = site_in(
        tmp_path / "yearly", trips('archives = "year"\n[sections.archive]\ntitle = "All"\n')
    )
    assert [url for url in yearly.routes.targets if "archive" in url] == [
        "/archive/", "/archive/2025/", "/archive/2024/"]  # fmt: skip
    assert yearly.library.listing("archive").title == "All"
    none = site_in(tmp_path / "none", trips(""))
    assert not [url for url in none.routes.targets if "archive" in url]


LOGS = {f"/log/n{number}/" for number in range(1, 6)}


def test_edits_of_term_pages(site: Project) -> None:
    """What shows the term's name or text is rendered again, nothing else."""
    site.edit("content/tags/sea.md", "About the sea", "All about the sea")
    check(site, {"/tags/sea/", "/tags/sea/page/2/", "/tags/sea/page/3/", "/tags/", *LOGS})
    site.remove("content/tags/empty.md")
    check(site, {"/tags/", "/sitemap.xml"})
    site.edit("content/tags/_index.md", "All of them", "Each of them")
    check(
        site,
        {
            "/tags/",
            *(f"/tags/sea/{n}" for n in ("", "page/2/", "page/3/")),
            "/tags/wind/",
            "/tags/wind/page/2/",
        },
    )


def test_edits_of_authors(site: Project) -> None:
    """Of the pages that name the author and show what changed."""
    site.edit("data/authors.yaml", "Grace Pier", "Grace Jetty")
    check(site, {"/log/n3/", "/log/n4/", "/log/n5/", "/authors/grace/", "/authors/", "/feed.xml"})
    site.edit("data/authors.yaml", "grace:", "nobody:\n  name: No One\ngrace:")
    check(site, set())
    site.edit("content/authors/ada/index.md", "Ada Quay", "Ada Kay")
    check(site, {"/log/n1/", "/log/n2/", "/authors/ada/", "/authors/", "/feed.xml"})


def test_edits_of_a_series(site: Project) -> None:
    """A title in it concerns the parts; one outside does not."""
    site.edit("content/log/n4.md", "series: Round", "series: About")
    got = site.freeze()
    assert {"/log/n1/", "/log/n3/", "/log/n4/", "/series/round-the-isle/"} <= set(got)
    assert "/log/n2/" not in got
    assert site.tree() == site.clean()


def test_edits_that_archives_show(site: Project) -> None:
    """A text below the excerpt concerns the page only, a new page its own month and year."""
    site.edit("content/log/n1.md", "More.", "Much more.")
    check(site, {"/log/n1/", "/feed.xml"})
    site.write("content/log/n6.md", post("Trip 6", "2025-03-09", TEXT))
    got = set(site.freeze())
    assert {"/archive/", "/archive/2025/", "/archive/2025/03/"} <= got
    assert not [url for url in got if url.startswith("/archive/2024")]
    assert site.tree() == site.clean()


def test_authors_of_a_site_with_two_workers(site: Project) -> None:
    """Other processes say the same."""
    before = site.tree()
    site.freeze(full=True, workers=2)
    assert site.tree() == before
