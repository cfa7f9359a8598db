"""What a blog renders again after an edit: exactly that, and what a clean freeze would give."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sites import NOW, PARAGRAPH, Project, blog, check, copied, post, stamps

ONE = "content/blog/one.md"
EVERY_POST = {f"/blog/{name}/" for name in ("one", "two", "three", "four", "five")}
SLICES = {"/blog/", "/blog/page/2/", "/blog/page/3/"}
TAGS = {"/tags/", "/tags/python/", "/tags/python/page/2/", "/tags/web/", "/tags/web/page/2/"}
PAGES = {"/", "/about/", "/404.html"} | EVERY_POST | SLICES | TAGS
STATIC = {
    "/static/site.css",
    *(f"/static/blasto/{name}" for name in ("blasto.js", "code.css", "style.css")),
}
FILES = STATIC | {"/CNAME", "/map.svg", "/blog/five/it.svg"}
MACHINES = {"/feed.xml", "/sitemap.xml", "/robots.txt"}
EVERYTHING = PAGES | FILES | MACHINES

Edit = Callable[[Project], object]

# A list, a neighbour or a tag looks at a page's metadata as one thing (title, date, tags,
# excerpt, ...), so that it is rendered again where a part changed that it does not show.
CONTENT: dict[str, tuple[Edit, set[str]]] = {
    "nothing": (lambda site: None, set()),
    "the same bytes written again": (lambda site: site.write(ONE, site.read(ONE)), set()),
    "body": (lambda site: site.edit(ONE, "text of one", "TEXT of one"), {"/blog/one/"}),
    "body that the feed carries": (
        lambda site: site.edit("content/blog/four.md", "text of four", "TEXT of four"),
        {"/blog/four/", "/feed.xml"},
    ),
    "excerpt": (
        lambda site: site.edit(ONE, "A first", "Another first"),
        {"/blog/one/", "/blog/two/", "/blog/page/3/", "/tags/python/page/2/"},
    ),
    "title": (
        lambda site: site.edit(ONE, "title: One", "title: Uno"),
        {"/blog/one/", "/blog/two/", "/blog/page/3/", "/tags/python/page/2/"},
    ),
    "title that no list shows": (
        lambda site: site.edit("content/about.md", "About", "Who"), {"/about/"}
    ),
    "date": (
        lambda site: site.edit(ONE, "2025-01-01", "2025-01-02"),
        {"/blog/one/", "/blog/two/", "/blog/page/3/", "/tags/python/page/2/", "/sitemap.xml"},
    ),
    "date that changes the order": (
        lambda site: site.edit(ONE, "2025-01-01", "2025-06-06"),
        {"/blog/one/", "/blog/two/", "/blog/five/", "/tags/python/", "/tags/python/page/2/",
         "/feed.xml", "/sitemap.xml"} | SLICES,
    ),
    "tag": (
        lambda site: site.edit(ONE, "[python]", "[flask]"),
        {"/blog/one/", "/blog/two/", "/blog/page/3/", "/tags/", "/tags/flask/",
         "/tags/python/page/2/", "/sitemap.xml"},
    ),
    "spelling of a tag": (
        lambda site: site.edit("content/blog/five/index.md", "[web]", "[Web]"),
        {"/blog/", "/blog/five/", "/blog/four/", "/blog/two/", "/tags/", "/tags/web/",
         "/tags/web/page/2/", "/feed.xml"},
    ),
    "draft": (
        lambda site: site.edit(ONE, "title: One", "title: One\ndraft: true"),
        {"/blog/two/", "/blog/", "/blog/page/2/", "/tags/", "/tags/python/page/2/", "/sitemap.xml"},
    ),
    "slug": (
        lambda site: site.edit("content/blog/two.md", "title: Two", "title: Two\nslug: zwei"),
        {"/", "/blog/zwei/", "/blog/one/", "/blog/three/", "/blog/page/2/",
         "/tags/python/page/2/", "/tags/web/page/2/", "/sitemap.xml"},
    ),
    "page added": (
        lambda site: site.write("content/blog/six.md", post("Six", "2025-06-06", "Six.")),
        {"/blog/six/", "/blog/five/", "/feed.xml", "/sitemap.xml"} | SLICES,
    ),
    "page removed": (
        lambda site: site.remove(ONE),
        {"/blog/two/", "/blog/", "/blog/page/2/", "/tags/", "/tags/python/page/2/", "/sitemap.xml"},
    ),
    "page renamed": (
        lambda site: site.move(ONE, "content/blog/uno.md"),
        {"/blog/uno/", "/blog/two/", "/blog/page/3/", "/tags/python/page/2/", "/sitemap.xml"},
    ),
    "alias added": (
        lambda site: site.edit("content/about.md", "title: About", "title: About\naliases: [/us/]"),
        {"/about/", "/us/"},
    ),
    "image beside a page": (
        lambda site: site.write("content/blog/five/it.svg", "<svg/>"), {"/blog/five/it.svg"}
    ),
    "image renamed under a page that links to it": (
        lambda site: site.move("content/map.svg", "content/plan.svg"), {"/about/", "/plan.svg"}
    ),
    "text of a list": (
        lambda site: site.edit("content/blog/_index.md", "All posts.", "All of them."), SLICES
    ),
}  # fmt: skip

MADE: dict[str, tuple[Edit, set[str]]] = {
    "template edited": (
        lambda site: site.edit("templates/partials/footer.html", "<p>", '<p id="foot">'), PAGES
    ),
    "template of one kind overridden": (
        lambda site: site.write("templates/post.html", "{% extends 'theme/post.html' %}{% block title %}{{ page.title }}{% endblock %}"),
        EVERY_POST,
    ),
    "partial overridden": (lambda site: site.write("templates/partials/tags.html", "Tags"), EVERY_POST),
    "override taken away": (lambda site: site.remove("templates/partials/footer.html"), PAGES),
    "static file edited": (lambda site: site.write("static/site.css", "b {}"), {"/static/site.css"}),
    "static file added": (lambda site: site.write("static/new.css", "b {}"), {"/static/new.css"}),
    "static file removed": (lambda site: site.remove("static/site.css"), set()),
    "file of the theme overridden": (
        lambda site: site.write("static/blasto/style.css", "b {}"), {"/static/blasto/style.css"}
    ),
    "public file": (lambda site: site.write("public/CNAME", "example.com\n"), {"/CNAME"}),
    "parameter that one page reads": (
        lambda site: site.edit("blasto.toml", "Slow.", "Fast."), {"/about/"}
    ),
    "parameter that no page reads": (
        lambda site: site.edit("blasto.toml", "unused = 1", "unused = 2"), set()
    ),
    "title of the site": (
        lambda site: site.edit("blasto.toml", '"Notes"', '"Diary"'), PAGES | {"/feed.xml"}
    ),
    "format of dates": (
        lambda site: site.edit("blasto.toml", "%Y-%m-%d", "%d.%m.%Y"),
        (EVERY_POST | SLICES | TAGS) - {"/tags/"},
    ),
    "length of lists": (
        lambda site: site.edit("blasto.toml", "paginate = 2", "paginate = 3"),
        {"/blog/", "/blog/page/2/", "/tags/python/", "/tags/python/page/2/", "/tags/web/", "/sitemap.xml"},
    ),
    "length of the feed": (
        lambda site: site.edit("blasto.toml", "feed_limit = 3", "feed_limit = 4"), {"/feed.xml"}
    ),
    "menu": (
        lambda site: site.write("blasto.toml", site.read("blasto.toml") + '[[menu]]\ntitle = "Us"\npage = "about.md"\n'),
        PAGES,
    ),
    "Markdown": (
        lambda site: site.write("blasto.toml", site.read("blasto.toml") + "[markdown.extensions.smarty]\n"),
        EVERY_POST | SLICES | TAGS - {"/tags/"} | {"/", "/about/", "/feed.xml"},
    ),
    "base URL": (lambda site: site.edit("blasto.toml", "example.org", "example.org/notes"), EVERYTHING),
}  # fmt: skip


@pytest.fixture(autouse=True)
def instant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold the clock."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Freeze the blog once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", NOW)
        site = Project(tmp_path_factory.mktemp("blog") / "site", blog())
        assert set(site.freeze()) == EVERYTHING
    return site


@pytest.fixture
def site(frozen: Project, tmp_path: Path) -> Project:
    """Give a copy of the frozen blog, its ledger with it."""
    return copied(frozen, tmp_path / "site")


@pytest.mark.parametrize("case", CONTENT)
def test_edits_of_content(case: str, site: Project) -> None:
    """An edit of content renders the page and those that show what changed of it."""
    edit, rendered = CONTENT[case]
    edit(site)
    check(site, rendered)


@pytest.mark.parametrize("case", MADE)
def test_edits_around_content(case: str, site: Project) -> None:
    """An edit of a template, a file or a setting renders the URLs that looked at it."""
    edit, rendered = MADE[case]
    edit(site)
    check(site, rendered)


def test_unchanged_files_keep_their_mtime(site: Project) -> None:
    """A URL that is rendered again to the same bytes leaves its file alone."""
    before = stamps(site.build)
    site.edit(ONE, "A first paragraph", "Another paragraph")
    site.freeze()
    after = stamps(site.build)
    changed = {path for path in after if before.get(path) != after[path]}
    assert "blog/two/index.html" not in changed
    assert changed == {
        "blog/one/index.html",
        "blog/page/3/index.html",
        "tags/python/page/2/index.html",
    }


def test_an_edit_that_is_taken_back(site: Project) -> None:
    """An edit and its reversal leave the tree as it was."""
    before = site.tree()
    site.edit(ONE, "A first", "No first")
    site.freeze()
    assert site.tree() != before
    site.edit(ONE, "No first", "A first")
    check(site, {"/blog/one/", "/blog/two/", "/blog/page/3/", "/tags/python/page/2/"})
    assert site.tree() == before


def test_the_last_dated_page_goes(site: Project) -> None:
    """Without dated pages the feed goes, and every page that linked to it says so."""
    for name in ("one", "two", "three", "four", "five/index"):
        site.remove(f"content/blog/{name}.md")
    site.freeze()
    tree = site.tree()
    assert "feed.xml" not in tree
    assert not any(b"feed.xml" in data for path, data in tree.items() if path.endswith(".html"))
    assert tree == site.clean()


def test_many_edits_at_once(site: Project) -> None:
    """Edits add up."""
    site.edit(ONE, "text of one", "TEXT of one")
    site.edit("content/about.md", "Who writes", "Who WRITES")
    site.write("static/site.css", "i {}")
    site.write("content/blog/six.md", post("Six", "2024-12-12", PARAGRAPH))
    check(
        site,
        {"/blog/one/", "/about/", "/static/site.css", "/blog/six/", "/blog/page/3/", "/sitemap.xml"},
    )  # fmt: skip
