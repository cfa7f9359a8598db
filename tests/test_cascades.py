"""Front matter that comes down a tree of folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from quick import faults, page, site_in
from sites import Project, check

from blasto.cascades import levels

INDEX = "---\ntitle: {title}\ncascade:\n{cascade}---\n{text}\n"
FILES = {
    "content/_index.md": INDEX.format(
        title="Home", cascade="  author: Ada\n  tags: [top]\n  boat: Marie\n", text="Hello."
    ),
    "content/log/_index.md": INDEX.format(
        title="Log", cascade="  layout: page\n  tags: [log]\n  updated: 2026-02-03\n", text="All."
    ),
    "content/log/deep/index.md": page("The index of a section of its own.", title="Deep"),
    "content/log/deep/a.md": page("A.", title="A", author="Grace"),
    "content/log/b.md": page("B.", title="B", tags="[own]", layout="docs", boat="Dora"),
    "content/log/bundle/index.md": page("C.", title="C"),
    "content/about.md": page("About.", title="About"),
}


def test_what_comes_down(tmp_path: Path) -> None:
    """Below the index only; the page's own word wins, then the nearest folder's."""
    pages = site_in(tmp_path, FILES).library.by_path
    said = {
        path: (one.authors, one.tags, one.meta.get("boat"), one.layout_name, bool(one.updated))
        for path, one in pages.items()
    }
    assert said == {
        "_index.md": ([], [], None, None, False),
        "about.md": (["Ada"], ["top"], "Marie", None, False),
        "log/_index.md": (["Ada"], ["top"], "Marie", None, False),
        "log/b.md": (["Ada"], ["own"], "Dora", "docs", True),
        "log/bundle/index.md": (["Ada"], ["log"], "Marie", "page", True),
        "log/deep/a.md": (["Grace"], ["log"], "Marie", "page", True),
        "log/deep/index.md": (["Ada"], ["log"], "Marie", "page", True),
    }


def test_indexes_are_read_from_the_top_down() -> None:
    """Those of folders that hold other pages; a bundle's index hands nothing down."""
    paths = ["index.md", "a/_index.md", "a/b/index.md", "a/b/x.md", "a/c/index.md", "d/e/y.md"]
    indexes = {path for path in paths if "index" in path}
    assert levels(paths, indexes) == [["index.md"], ["a/_index.md"], ["a/b/index.md"]]


def test_a_wrong_value_is_reported_where_it_is_written(tmp_path: Path) -> None:
    """Once, in the index."""
    files = {
        **FILES,
        "content/log/_index.md": INDEX.format(title="x", cascade="  weight: a\n", text=""),
    }
    (wrong,) = faults(Project(tmp_path / "site", files))
    assert (wrong.path, wrong.line) == ("content/log/_index.md", 4)


def test_a_kind_sees_what_comes_down(tmp_path: Path) -> None:
    """A key that it needs may stand in the cascade."""

    @dataclass
    class Trip:
        """A kind."""

        boat: str
        title: str

    site = site_in(tmp_path, FILES, kinds={"log": Trip})
    assert site.contents.problems == []
    assert site.library.by_path["log/deep/a.md"].typed == {"boat": "Marie", "title": "A"}


@pytest.fixture
def site(tmp_path: Path) -> Project:
    """A frozen site of these files, whose template shows little."""
    shown = "<p>{{ page.tags | join if page else '' }}</p>{{ page.html if page else '' }}"
    templates = {
        f"templates/{name}.html": shown for name in ("page", "post", "list", "terms", "404")
    }
    site = Project(tmp_path / "site", {**FILES, **templates, "blasto.toml": "taxonomies = []\n"})
    site.freeze()
    return site


def test_an_edit_of_the_cascade(site: Project) -> None:
    """Pages that get another value are rendered again, and no others."""
    site.edit("content/log/_index.md", "[log]", "[logs]")
    check(site, {"/log/", "/log/deep/", "/log/deep/a/", "/log/bundle/"})
    site.edit("content/log/_index.md", "tags: [logs]", "tags: [logs]\n  unused: 1")
    site.freeze()
    assert site.tree() == site.clean()


def test_a_cascade_comes_and_goes(site: Project) -> None:
    """Without its index a folder hands nothing down; a page that moves gets what is there."""
    site.remove("content/log/_index.md")
    site.freeze()
    assert site.tree() == site.clean()
    assert b"<p>top</p>" in site.tree()["log/bundle/index.html"]
    site.move("content/log/bundle/index.md", "content/bundle/index.md")
    site.write("content/log/_index.md", FILES["content/log/_index.md"])
    site.freeze()
    assert site.tree() == site.clean()


def test_many_pages_on_two_cores(site: Project) -> None:
    """Workers that read pages get the same."""
    for number in range(300):
        site.write(f"content/log/n{number}.md", page("x", title=f"N{number}"))
    site.freeze(workers=2)
    assert site.tree() == site.clean()


def test_nothing_to_publish(tmp_path: Path) -> None:
    """An empty list of outputs takes a page out, as Hugo's `render: never` does."""
    site = site_in(tmp_path, {
        "content/_common/_index.md": INDEX.format(title="x", cascade="  build: {render: never}\n", text=""),
        "content/_common/a.md": "a", "content/b.md": page(outputs="[]"), "content/c.md": "c",
    })  # fmt: skip
    assert sorted(site.library.by_path) == ["c.md"]


def test_dates_of_urls(tmp_path: Path) -> None:
    """Year, month and day as folders of `url` are a date where no other is said."""
    site = site_in(tmp_path, {
        "content/a.md": page(path="2024/02/19/a"), "content/b.md": page(path="/inside/2024/02/30/b"),
        "content/c.md": page(path="/inside/2023/12/31/c/", date="2020-01-01"), "content/d.md": page(url="/x/2021/05/06/d/"),
    })  # fmt: skip
    dates = {p.path: str(p.date)[:10] for p in site.library.by_path.values()}
    assert dates == {
        "a.md": "2024-02-19",
        "b.md": "None",
        "c.md": "2020-01-01",
        "d.md": "2021-05-06",
    }
