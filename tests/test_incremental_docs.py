"""What a documentation renders again after an edit, and what its links say then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sites import NOW, Project, check, copied, doc, docs, post

GUIDE = {"/guide/", "/guide/start/", "/guide/install/", "/guide/use/"}
REFERENCE = {"/reference/", "/reference/api/", "/reference/faq/"}
TREE = GUIDE | REFERENCE
PAGES = TREE | {"/", "/404.html"}
START = "content/guide/start.md"

Edit = Callable[[Project], object]

# The tree of pages stands on every page but the first, so that a title in it concerns all.
CASES: dict[str, tuple[Edit, set[str]]] = {
    "text after the excerpt": (lambda site: site.edit(START, "Two.", "Two, too."), {"/guide/start/"}),
    "text of a list": (
        lambda site: site.edit("content/reference/_index.md", "Everything.", "All."),
        REFERENCE - {"/reference/faq/"},
    ),
    "title": (lambda site: site.edit(START, "title: Start", "title: Begin"), TREE),
    "description": (
        lambda site: site.edit(START, "weight: 1", "weight: 1\ndescription: How"),
        {"/guide/", "/guide/start/", "/guide/install/"},
    ),
    "weight": (lambda site: site.edit(START, "weight: 1", "weight: 9"), TREE),
    "weight that changes no order": (
        lambda site: site.edit(START, "weight: 1", "weight: 0"),
        {"/guide/", "/guide/start/", "/guide/install/"},
    ),
    "draft": (
        lambda site: site.edit("content/guide/use.md", "weight: 3", "weight: 3\ndraft: true"),
        TREE - {"/guide/use/"} | {"/sitemap.xml"},
    ),
    "slug": (
        lambda site: site.edit("content/guide/use.md", "weight: 3", "weight: 3\nslug: work"),
        TREE - {"/guide/use/"} | {"/guide/work/", "/sitemap.xml"},
    ),
    "page added": (
        lambda site: site.write("content/guide/more.md", doc("More", 4, "More.")),
        TREE | {"/guide/more/", "/sitemap.xml"},
    ),
    "page removed": (
        lambda site: site.remove("content/reference/faq.md"),
        TREE - {"/reference/faq/"} | {"/sitemap.xml"},
    ),
    "page moved to another section": (
        lambda site: site.move("content/reference/faq.md", "content/guide/faq.md"),
        TREE - {"/reference/faq/"} | {"/guide/faq/", "/sitemap.xml"},
    ),
    "title of a section": (
        lambda site: site.edit("content/guide/_index.md", "title: Guide", "title: Book"), PAGES
    ),
    "order of sections": (
        lambda site: site.edit("content/guide/_index.md", "weight: 1", "weight: 3"), PAGES
    ),
    "address of a section": (
        lambda site: site.edit("content/guide/_index.md", "weight: 1", "weight: 1\nurl: /book/"),
        PAGES - {"/guide/"} | {"/book/", "/sitemap.xml"},
    ),
    "description of a section in blasto.toml": (
        lambda site: site.write("blasto.toml", site.read("blasto.toml") + '[sections.guide]\ndescription = "How."\n'),
        {"/guide/"},
    ),
    "order of a section in blasto.toml": (
        lambda site: site.write("blasto.toml", site.read("blasto.toml") + '[sections.reference]\nsort = "title"\n'),
        set(),
    ),
    "permalinks": (
        lambda site: site.write("blasto.toml", site.read("blasto.toml") + '[permalinks]\nreference = "/r/:slug/"\n'),
        TREE - {"/reference/api/", "/reference/faq/"} | {"/r/api/", "/r/faq/", "/sitemap.xml"},
    ),
    "page in the place of a list": (
        lambda site: (site.remove("content/guide/_index.md"), site.write("content/guide.md", doc("Guide", 1, "How to."))),
        {"/guide/", "/guide/start/"},
    ),
    "page beside a dated one": (
        lambda site: site.write("content/guide/news.md", post("News", "2025-01-01", "New.")),
        PAGES | {"/guide/news/", "/feed.xml", "/sitemap.xml", "/tags/"} - {"/tags/"},
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def instant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold the clock."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Freeze the documentation once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", NOW)
        site = Project(tmp_path_factory.mktemp("docs") / "site", docs())
        site.freeze()
    assert site.report.warnings == []
    return site


@pytest.fixture
def site(frozen: Project, tmp_path: Path) -> Project:
    """Give a copy of the frozen documentation."""
    return copied(frozen, tmp_path / "site")


@pytest.mark.parametrize("case", CASES)
def test_edits(case: str, site: Project) -> None:
    """An edit renders the page and those that show what changed of it."""
    edit, rendered = CASES[case]
    edit(site)
    check(site, rendered)


def test_renamed_heading(site: Project) -> None:
    """A heading that another page links to is renamed: one page rendered, one warning with its line."""
    site.edit(START, "First steps", "Initial steps")
    check(site, {"/guide/start/"})
    (warning,) = site.report.warnings
    assert (warning.path, warning.line, warning.column) == ("content/guide/install.md", 5, 14)
    assert '"start.md#first-steps"' in warning.message
    assert 'no "#first-steps"' in warning.message
    site.edit(START, "Initial steps", "First steps")
    check(site, {"/guide/start/"})
    assert site.report.warnings == []


def test_warnings_of_reused_pages_are_those_of_a_clean_freeze(site: Project) -> None:
    """Pages that go leave broken links in others: the same warnings, rendered or not."""
    site.remove("content/guide/install.md")
    site.edit(START, "First steps", "Initial steps")
    site.freeze()
    warnings = sorted(str(problem) for problem in site.report.warnings)
    assert warnings
    site.freeze(full=True)
    assert warnings == sorted(str(problem) for problem in site.report.warnings)
    site.freeze()
    assert warnings == sorted(str(problem) for problem in site.report.warnings)


def test_one_broken_link_of_three_pages(site: Project) -> None:
    """Two authors and a template share a broken link: reused, each still has its own warning."""
    site.edit("content/guide/use.md", "Use it.", "Use [it](start.md#first-steps).")
    site.write("templates/partials/footer.html", "{% if page is defined and page and page.title == 'API' %}"
               '<a href="/manual/guide/start/#first-steps">x</a>{% endif %}')  # fmt: skip
    site.freeze()
    site.edit(START, "First steps", "Initial steps")
    assert site.freeze() == ["/guide/start/"]
    site.write("content/new.md", doc("New", 1, "Not yet.", draft="true"))
    assert site.freeze() == []
    found = [(problem.path, problem.url) for problem in site.report.warnings]
    assert {path for path, _ in found if path} == {
        "content/guide/install.md",
        "content/guide/use.md",
    }
    site.freeze(full=True)
    assert (None, "/reference/api/") in [(one.path, one.url) for one in site.report.warnings]
    warnings = sorted(map(str, site.report.warnings))
    site.write("content/newer.md", doc("Newer", 1, "Not yet.", draft="true"))
    assert site.freeze() == []
    assert sorted(map(str, site.report.warnings)) == warnings


def test_page_becomes_due(site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time alone publishes a page and takes one away; the same time again does nothing."""

    def at(day: int) -> None:
        instant = datetime(2026, 1, day, tzinfo=UTC)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(instant.timestamp())))

    site.write(
        "content/later.md", doc("Later", 9, "Soon.", date="2026-01-05", expires="2026-01-10")
    )
    check(site, set())
    at(4)
    check(site, set())
    at(6)
    check(site, {"/later/", "/sitemap.xml", "/feed.xml"} | PAGES)
    at(4)
    check(site, PAGES | {"/sitemap.xml"})
    at(6)
    check(site, {"/later/", "/sitemap.xml", "/feed.xml"} | PAGES)
    at(11)
    check(site, PAGES | {"/sitemap.xml"})
    assert not (site.build / "later").exists()


def test_base_path_of_the_command_line(site: Project) -> None:
    """A base URL that is given for one freeze holds for all of it, and only for it."""
    before = site.tree()
    site.run("--base-url", "https://example.com/other")
    assert b"/other/guide/start/" in site.tree()["index.html"]
    site.freeze()
    assert site.tree() == before
