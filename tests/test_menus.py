from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from quick import app_of, get, page, site_in
from sites import Project

SHOW = (
    "{% macro tree(items) %}{% for i in items %}{{ i.title }}{{ '*' if i.active }}{{ '+' if i.open }}{% if i.children %}({{ tree(i.children) }}){% endif %} {% endfor %}{% endmacro %}"
    "menu: {% for i in site.menu %}{{ i.title }}{{ '*' if i.active }}={{ i.url }} {% endfor %}\n"
    "nav: {{ tree(site.nav) }}\n"
    "crumbs: {% for i in site.breadcrumbs %}{{ i.title }}{{ '*' if i.active }}={{ i.url }} {% endfor %}\n"
)
SHOWN = {f"templates/{name}.html": SHOW for name in ("page", "post", "list", "terms", "404")}
DOCS = {
    **SHOWN,
    "content/index.md": "x",
    "content/about.md": page(title="About us", nav_title="About", weight=9),
    "content/guide/_index.md": page(title="The guide", nav_title="Guide", weight=1),
    "content/guide/b.md": page(title="Second", weight=2),
    "content/guide/a.md": page(title="First", weight=1),
    "content/guide/deep/_index.md": page(title="Deep", weight=3),
    "content/guide/deep/x.md": page(title="X"),
    "content/reference/_index.md": page(title="Reference", weight=2),
    "content/reference/2.md": page(title="Part 2"),
    "content/reference/10.md": page(title="Part 10"),
    "content/reference/hidden.md": page(title="Hidden", listed="false"),
    "content/blog/2024-01-01-hello.md": page(title="Hello", tags="x"),
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A site with two sections of documentation and a blog."""
    return app_of(tmp_path_factory.mktemp("menus"), DOCS)


def ways(app: Flask, url: str, status: int = 200) -> dict[str, str]:
    """Give the menu, the tree and the breadcrumbs of a page."""
    return {
        name: text.strip()
        for name, _, text in (line.partition(":") for line in get(app, url, status).splitlines())
    }


@pytest.mark.parametrize(
    ("url", "nav"),
    [
        ("/", "Guide(First Second Deep(X ) ) Reference(Part 2 Part 10 )"),
        ("/guide/", "Guide*+(First Second Deep(X ) ) Reference(Part 2 Part 10 )"),
        ("/guide/a/", "Guide+(First* Second Deep(X ) ) Reference(Part 2 Part 10 )"),
        ("/guide/deep/", "Guide+(First Second Deep*+(X ) ) Reference(Part 2 Part 10 )"),
        ("/guide/deep/x/", "Guide+(First Second Deep+(X* ) ) Reference(Part 2 Part 10 )"),
        ("/blog/hello/", "Guide(First Second Deep(X ) ) Reference(Part 2 Part 10 )"),
    ],
)
def test_the_tree(app: Flask, url: str, nav: str) -> None:
    """Sections by weight, pages by weight and natural title, each once; the current page is marked."""
    assert ways(app, url)["nav"] == nav


def test_a_large_tree_is_open_where_one_is(tmp_path: Path) -> None:
    """Only the section around the page shows its pages; of one with very many only sections."""
    files = {
        **DOCS,
        **{f"content/guide/p{n}.md": page(title=f"P{n}", weight=100 + n) for n in range(61)},
    }
    app = app_of(tmp_path, files)
    assert ways(app, "/reference/2/")["nav"] == "Guide Reference+(Part 2* Part 10 )"
    assert ways(app, "/guide/a/")["nav"].startswith("Guide+(First* Second Deep P0 P1")


@pytest.mark.parametrize(
    ("url", "crumbs"),
    [
        ("/", ""),
        ("/about/", "About*=/about/"),
        ("/guide/", "Guide*=/guide/"),
        ("/guide/a/", "Guide=/guide/ First*=/guide/a/"),
        ("/guide/deep/", "Guide=/guide/ Deep*=/guide/deep/"),
        ("/guide/deep/x/", "Guide=/guide/ Deep=/guide/deep/ X*=/guide/deep/x/"),
        ("/blog/hello/", "Blog=/blog/ Hello*=/blog/hello/"),
        ("/tags/x/", "Tags=/tags/ x*=/tags/x/"),
    ],
)
def test_breadcrumbs(app: Flask, url: str, crumbs: str) -> None:
    """From the top section down, the page itself last."""
    assert ways(app, url)["crumbs"] == crumbs


def test_the_menu_is_made_of_the_top(app: Flask) -> None:
    """Sections and single pages by weight; the one that the current page lies under is marked."""
    assert (
        ways(app, "/guide/deep/x/")["menu"]
        == "Guide*=/guide/ Reference=/reference/ About=/about/ Blog=/blog/"
    )
    assert (
        ways(app, "/about/")["menu"]
        == "Guide=/guide/ Reference=/reference/ About*=/about/ Blog=/blog/"
    )
    assert "*" not in ways(app, "/")["menu"]
    assert "*" not in ways(app, "/nothing/", 404)["menu"]


def test_a_menu_of_ones_own(tmp_path: Path) -> None:
    """Pages, URLs and addresses, by weight; under a base path."""
    menu = (
        'base_url = "https://example.org/sub"\n'
        '[[menu]]\ntitle = "Home"\nurl = "/"\n[[menu]]\ntitle = "Code"\nurl = "https://example.org/x"\nweight = 5\n'
        '[[menu]]\ntitle = "Start"\npage = "guide/a.md"\nweight = 1\n'
    )
    app = app_of(tmp_path, {**DOCS, "blasto.toml": menu})
    response = app.test_client().get("/guide/a/", base_url="https://example.org/sub/")
    assert "menu: Home=/sub/ Start*=/sub/guide/a/ Code=https://example.org/x \n" in response.text
    response = app.test_client().get("/", base_url="https://example.org/sub/")
    assert "menu: Home*=/sub/ " in response.text


def test_a_menu_that_leads_nowhere(tmp_path: Path) -> None:
    """An entry for a page that is not published is left out, with a warning."""
    project = Project(
        tmp_path / "site",
        {**DOCS, "blasto.toml": '[[menu]]\ntitle = "Start"\npage = "guide/aa.md"\n'},
    )
    project.freeze()
    (warning,) = project.report.warnings
    assert (
        str(warning)
        == 'blasto.toml: the menu entry "Start" leads to "guide/aa.md", which is not published'
    )
    assert warning.hint == 'did you mean "guide/a.md"?'
    assert "menu: \n" in project.read("build/index.html")


def test_many_sections_make_no_menu(tmp_path: Path) -> None:
    """A menu that would not fit shows single pages only."""
    files = {
        **SHOWN,
        "content/about.md": page(title="About"),
        **{f"content/s{n}/x.md": "x" for n in range(8)},
    }
    assert ways(app_of(tmp_path, files), "/about/")["menu"] == "About*=/about/"


FRONT = {
    **SHOWN,
    "blasto.toml": '[[menu]]\ntitle = "Code"\nurl = "https://example.org/x"\nweight = 5\n'
    '[[menu]]\ntitle = "Privacy"\nurl = "/p/"\nmenu = "footer"\n',
    "content/index.md": "x",
    "content/a.md": page(title="Long title", nav_title="A", menu="true", weight=9),
    "content/b.md": page(title="B", menu="{main: {title: Bee, weight: 1}, footer: {weight: -1}}"),
    "content/c.md": page(title="C", menus="footer, other", weight=2),
    "content/p.md": page(title="P", menu="{name: Pea, weight: 2}"),
    "content/d.md": page(title="D", menu="true", draft="true"),
    "templates/404.html": "{% for m in ('main', 'footer', 'other', 'none') %}{% for i in site.menus[m] %}{{ i.title }}{{ '*' if i.active }} {% endfor %}|{% endfor %}",
    "templates/page.html": '{% include "404.html" %}',
}


def test_entries_of_pages(tmp_path: Path) -> None:
    """They stand among those of blasto.toml, by weight, in the menus that the page names."""
    app = app_of(tmp_path, FRONT)
    assert get(app, "/b/") == "Bee* Pea Code A |B* Privacy C |C ||"
    assert get(app, "/p/") == "Bee Pea* Code A |B Privacy* C |C ||"


def test_edits_of_entries(tmp_path: Path) -> None:
    """Who shows a menu is rendered again when an entry of it looks different."""
    site = Project(
        tmp_path / "site",
        {
            **FRONT,
            "templates/page.html": "{{ page.title }}{% for i in site.menus.footer %}{{ i.title }}{% endfor %}",
        },
    )
    site.freeze()
    site.edit("content/a.md", "weight: 9", "weight: 3")
    got = set(site.freeze())
    assert "/a/" in got
    assert "/404.html" in got
    assert not {"/b/", "/c/"} & got
    site.edit("content/c.md", "footer, other", "other")
    assert {"/a/", "/b/", "/c/", "/404.html"} <= set(site.freeze())
    assert site.tree() == site.clean()


def test_an_entry_that_is_none(tmp_path: Path) -> None:
    """What cannot be an entry is refused with its line."""
    (wrong,) = site_in(
        tmp_path, {"content/a.md": page(menu="{main: {weight: x}}")}
    ).contents.problems
    assert (wrong.line, wrong.message) == (2, 'menu.main.weight must be a whole number, not "x"')
