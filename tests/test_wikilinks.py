from __future__ import annotations

import re
from pathlib import Path

import pytest
from quick import site_in
from sites import Project

from blasto.dialects import WIKILINKS, Extra
from blasto.markup import Renderer

WIKI = 'base_url = "https://example.org/w"\n\n[markdown]\nwikilinks = true\n'


def files() -> dict[str, str | bytes]:
    """Give a small wiki."""
    return {
        "blasto.toml": WIKI,
        "content/index.md": "Home. [[Harbour]]\n",
        "content/boats/marie.md": "---\ntitle: The Marie\n---\nA boat.\n\n## Her Sails\n\nRed.\n",
        "content/boats/harbour.md": "A harbour for boats.\n",
        "content/towns/harbour/index.md": "A town.\n",
        "content/towns/a.md": "Text.\n",
    }


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("[[marie]]", '<a href="/w/boats/marie/">marie</a>'),
        ("[[Marie]]", '<a href="/w/boats/marie/">Marie</a>'),
        ("[[The Marie]]", '<a href="/w/boats/marie/">The Marie</a>'),
        ("[[boats/marie.md|the *boat*]]", '<a href="/w/boats/marie/">the <em>boat</em></a>'),
        ("[[marie#Her Sails]]", '<a href="/w/boats/marie/#her-sails">marie#Her Sails</a>'),
        ("[[marie#her-sails|sails]]", '<a href="/w/boats/marie/#her-sails">sails</a>'),
        ("[[#Top]]", '<a href="#top">Top</a>'),
        ("[[harbour]]", '<a href="/w/towns/harbour/">harbour</a>'),
        ("[[boats/harbour]]", '<a href="/w/boats/harbour/">boats/harbour</a>'),
        ("[[../boats/harbour]]", '<a href="/w/boats/harbour/">../boats/harbour</a>'),
        ("`[[marie]]` \\[[marie]] ![[marie]]", "<code>[[marie]]</code> [[marie]] ![[marie]]"),
        ("[[1]](marie.md)", '<a href="marie.md">[1]</a>'),
        ("[[a]\n[b]]", "[[a]\n[b]]"),
    ],
)  # fmt: skip
def test_what_a_wikilink_means(tmp_path: Path, written: str, html: str) -> None:
    """A path, a file's name or a title; the nearest page of several."""
    site = site_in(tmp_path, {**files(), "content/towns/a.md": written})
    assert site.page("towns/a.md").html == f"<p>{html}</p>"


@pytest.mark.parametrize("dialect", ["python-markdown", "github"])
def test_in_both_dialects(dialect: str) -> None:
    """In a table the bar is escaped, as people know it."""
    renderer = Renderer(dialect=dialect, extras={"wikilinks": WIKILINKS})
    made = renderer.render("| a |\n|---|\n| [[b\\|c]] |\n\n[[d]]", lambda target, _: target).html
    assert '<td><a href="[[b]]">c</a></td>' in made
    assert '<p><a href="[[d]]">d</a></p>' in made


def test_off_by_default(tmp_path: Path) -> None:
    """Brackets are text where nothing else is said."""
    site = site_in(tmp_path, {"content/a.md": "[[a]]\n"})
    assert site.page("a.md").html == "<p>[[a]]</p>"


def test_broken_ones_are_reported(tmp_path: Path) -> None:
    """With file, line and column; a heading that is not there, too."""
    site = Project(
        tmp_path / "site",
        {**files(), "content/towns/a.md": "A\n\n- b [[No such|x]]\n- [[marie#nope]]\n"},
    )
    site.freeze()
    found = [(str(one.path), one.line, one.column, one.message) for one in site.report.warnings]
    assert found == [
        ("content/towns/a.md", 3, 5, 'broken link: "[[No such]]" leads nowhere'),
        (
            "content/towns/a.md",
            4,
            3,
            'broken link: "[[marie#nope]]" there is no "#nope" on that page',
        ),
    ]


def test_wikilinks_are_traced(tmp_path: Path) -> None:
    """A page that comes nearer, moves or goes makes again who names it, and nobody else."""
    site = Project(tmp_path / "site", files())
    site.freeze()
    site.write("content/towns/a.md", "See [[harbour]] and [[quay]].\n")
    site.freeze()
    site.write("content/towns/quay.md", "A quay.\n")
    assert "/towns/a/" in site.freeze()
    assert site.tree() == site.clean()
    site.write("content/towns/quay.md", "Another text.\n")
    assert "/towns/a/" not in site.freeze()
    site.move("content/towns/harbour/index.md", "content/far/away/harbour.md")
    assert "/towns/a/" in site.freeze()
    assert site.tree() == site.clean()
    assert site.freeze() == []


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("See #12, pallets/flask#3 and (#4).",
         ('See <a href="https://github.com/o/n/issues/12">#12</a>, '
         '<a href="https://github.com/pallets/flask/issues/3">pallets/flask#3</a> and '
         '(<a href="https://github.com/o/n/issues/4">#4</a>).')),
        ("a#1 #0 #12a &#35;5 `#6` [#7](x) /#8 #9-1", None),
    ],
)  # fmt: skip
def test_links_to_issues(text: str, html: str | None) -> None:
    """A number behind a hash, and nothing that only looks like it."""
    sign = Extra(("#",), re.compile("#"), {"blasto.tickets": {"project": "o/n"}})
    made = Renderer(extras={"issues": sign}).render(text, lambda target, _: target).html
    assert made == f"<p>{html}</p>" if html else "github.com" not in made


def test_issues_of_another_host(tmp_path: Path) -> None:
    """An address is one that the number is put behind."""
    toml = '[markdown]\nissues = "https://git.example.org/a/b/-/issues"\n'
    site = site_in(tmp_path, {"blasto.toml": toml, "content/a.md": "Text #12\n"})
    assert 'href="https://git.example.org/a/b/-/issues/12"' in site.page("a.md").html
