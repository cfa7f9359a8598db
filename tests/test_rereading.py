"""Tests of content that is read again: only what changed is, and the result is a fresh one."""

from __future__ import annotations

from pathlib import Path

import pytest
from sites import Project, blog

from blasto import contents, create_app
from blasto.site import Site, site_of


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The small blog, and a draft."""
    made = Project(tmp_path / "site", blog())
    made.write("content/draft.md", "---\ndraft: true\n---\n# Draft\n")
    return made


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the pages that were read."""
    found: list[str] = []
    real = contents.read_many

    def spy(work: contents.Work, items: list[contents.Item]) -> object:
        found.extend(item[0] for item in items)
        return real(work, items)

    monkeypatch.setattr(contents, "read_many", spy)
    return found


def made(project: Project) -> Site:
    """Give the site of a project, read for the first time."""
    site = site_of(create_app(project.root))
    assert site is not None
    assert site.refresh(drafts=True)
    return site


def facts(site: Site) -> object:
    """Give all that is known of a site's content."""
    pages = {path: (page, page.digest) for path, page in site.library.by_path.items()}
    return pages, site.routes.targets, [str(one) for one in site.contents.problems]


EDITS = {
    "text": ("content/blog/one.md", "The text of one.", "Another."),
    "title": ("content/blog/one.md", "title: One", "title: First"),
    "draft": ("content/blog/one.md", "title: One", "title: One\ndraft: true"),
    "tag": ("content/blog/two.md", "tags: [python, web]", "tags: [new]"),
    "wrong": ("content/blog/two.md", "title: Two", "title: [Two"),
    "index": ("content/blog/_index.md", "title: Blog", "title: Journal"),
}


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize("name", EDITS)
def test_one_edit(project: Project, read: list[str], name: str, watched: bool) -> None:
    """One file is read after an edit of it, and all is as if everything had been read."""
    site = made(project)
    read.clear()
    path, old, new = EDITS[name]
    project.edit(path, old, new)
    assert site.refresh([str(project.root / path)] if watched else None, drafts=True)
    assert read == [path.removeprefix("content/")]
    assert facts(site) == facts(made(project))
    read.clear()
    assert not site.refresh(drafts=True)
    project.edit(path, new, old)
    assert site.refresh(drafts=True)
    assert facts(site) == facts(made(project))


def test_a_text_leaves_lists_alone(project: Project) -> None:
    """Where only a text changed the library stays, and the page knows its new text."""
    site = made(project)
    library, page = site.library, site.library.by_path["blog/one.md"]
    project.edit("content/blog/one.md", "The text of one.", "Another, longer one.")
    site.refresh(drafts=True)
    assert site.library is library
    assert "Another, longer one." in site.html(page)
    project.edit("content/blog/one.md", "title: One", "title: First")
    site.refresh(drafts=True)
    assert site.library is not library


@pytest.mark.parametrize("watched", [True, False])
def test_files_come_and_go(project: Project, read: list[str], watched: bool) -> None:
    """New, removed and renamed files are seen, in folders that are new too."""
    site = made(project)
    read.clear()

    def refresh(*paths: str) -> bool:
        changed = [str(project.root / "content" / path) for path in paths]
        return site.refresh(changed if watched else None, drafts=True)

    project.write("content/blog/zero.md", "# Zero\n")
    assert refresh("blog/zero.md")
    assert read == ["blog/zero.md"]
    project.write("content/new/deep/page.md", "# Deep\n")
    assert refresh("new")
    project.move("content/about.md", "content/new/about.md")
    assert refresh("about.md", "new/about.md")
    project.remove("content/blog/two.md")
    assert refresh("blog/two.md")
    project.remove("content/map.svg")
    project.write("content/other.svg", "<svg/>")
    assert refresh("map.svg", "other.svg")
    assert facts(site) == facts(made(project))
    assert "/new/about/" in site.routes.targets


def test_what_comes_down_a_tree(project: Project) -> None:
    """An index that hands front matter down has the pages below it read again."""
    site = made(project)
    project.edit("content/blog/_index.md", "title: Blog", "title: Blog\ncascade:\n  authors: Ada")
    site.refresh([str(project.root / "content/blog/_index.md")], drafts=True)
    assert site.library.by_path["blog/one.md"].authors == ["Ada"]
    assert facts(site) == facts(made(project))


def test_the_configuration(project: Project, read: list[str]) -> None:
    """Another title reads no page again, another length of summaries reads all of them."""
    site = made(project)
    read.clear()
    project.edit("blasto.toml", 'title = "Notes"', 'title = "Words"')
    site.settings = site.configured()
    assert site.refresh(drafts=True)
    assert read == []
    assert site.library.config.title == "Words"
    project.edit("blasto.toml", "paginate = 2", "paginate = 2\nsummary_words = 5")
    site.settings = site.configured()
    assert site.refresh(drafts=True)
    assert len(read) == len(site.contents.pages)
