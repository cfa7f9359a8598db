from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from quick import app_of, faults, get, page, site_in
from sites import Project

from blasto.contents import choose_indexes
from blasto.errors import BlastoError

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_one_file_speaks_for_a_folder() -> None:
    """``_index`` before ``index`` before ``README``, whatever the ending."""
    paths = [
        "_index.md",
        "index.md",
        "a/index.markdown",
        "a/README.md",
        "b/README.md",
        "b/x.md",
        "c/readme.md",
    ]
    assert choose_indexes(paths) == {"_index.md", "a/index.markdown", "b/README.md", "c/readme.md"}


def test_what_counts_as_a_page(tmp_path: Path) -> None:
    """Markdown in any of its endings; the rest lies beside it; hidden files and leftovers do not count."""
    files = {
        f"content/{name}": "x"
        for name in (
            "a.md",
            "b.markdown",
            "c.MD",
            "d.mdown",
            "e.txt",
            ".hidden.md",
            ".git/x.md",
            "f.md~",
            "Thumbs.db",
            "g.html",
        )
    }
    contents = site_in(tmp_path, files).contents
    assert sorted(contents.pages) == ["a.md", "b.markdown", "c.MD", "d.mdown"]
    assert sorted(contents.assets) == ["e.txt", "g.html"]


PAGES = {
    "content/now.md": page(date="2025-12-31"),
    "content/draft.md": page(draft="true"),
    "content/future.md": page(date="2026-01-02"),
    "content/expired.md": page(expires="2025-12-31T23:59:59Z"),
    "content/expires.md": page(expires="2026-01-02"),
    "content/all.md": page(draft="true", date="2027-01-01", expires="2026-01-01"),
}


@pytest.mark.parametrize(
    ("settings", "more"),
    [({}, set()), ({"drafts": True}, {"draft"}), ({"future": True}, {"future"}), ({"expired": True}, {"expired"}),
     ({"drafts": True, "future": True, "expired": True}, {"draft", "future", "expired", "all"})],
)  # fmt: skip
def test_what_is_published(tmp_path: Path, settings: dict[str, bool], more: set[str]) -> None:
    """No drafts, nothing of a date to come or expired, unless it is asked for."""
    contents = site_in(tmp_path, PAGES, **settings).contents
    assert {one.slug for one in contents.published(NOW)} == {"now", "expires"} | more


def test_a_freeze_publishes_what_is_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options bring the rest, and the clock brings it by itself."""
    project = Project(tmp_path / "site", PAGES)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
    names = {"now", "draft", "future", "expired", "expires", "all"}

    def published() -> set[str]:
        return names & {path.partition("/")[0] for path in project.tree()}

    project.freeze()
    assert published() == {"now", "expires"}
    ended = project.run(
        "--drafts", "--future", "--expired", env={"SOURCE_DATE_EPOCH": str(int(NOW.timestamp()))}
    )
    assert (ended.returncode, published()) == (0, names)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp()) + 2 * 86400))
    project.freeze()
    assert published() == {"now", "future"}


def test_the_moments_that_change_a_site(tmp_path: Path) -> None:
    """The last one and the next one, dates and expiries alike."""
    contents = site_in(tmp_path, PAGES).contents
    assert contents.changes(NOW) == (
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 2, tzinfo=UTC),
    )


def test_no_pages_is_an_error(tmp_path: Path) -> None:
    """So is a content folder that is not there, or one whose only page is no page."""
    empty = faults(Project(tmp_path / "empty", {"content/x.txt": "x"}))
    assert [one.message for one in empty] == ["there is not one page"]
    missing = Project(tmp_path / "missing", {}).run()
    assert missing.returncode in (1, 2)
    assert "content" in missing.stderr
    assert "Traceback" not in missing.stderr


@dataclass
class Talk:
    """A talk somewhere."""

    title: str
    date: date
    venue: str
    minutes: int = 30
    slides: list[str] = field(default_factory=list)


class Recipe(msgspec.Struct):
    """A dish."""

    serves: int
    when: datetime | None = None


TALKS = {
    "content/index.md": "x",
    "content/talks/flask.md": page(
        title="Flask", date="2025-05-06", venue="Berlin", slides="a.pdf, b.pdf"
    ),
    "content/talks/2024/old.md": page(
        title="Old", date='"6 May 2024"', venue="Bonn", minutes='"45"'
    ),
    "content/recipes/soup.md": page(serves="4", when="2025-01-01"),
    "content/about.md": page(anything="5"),
    "templates/page.html": "{{ page.data }}",
    "templates/post.html": "{{ page.data.venue }} {{ page.data.date.year }} {{ page.data.minutes }} {{ page.data.slides }}",
}


def test_kinds(tmp_path: Path) -> None:
    """Each folder's front matter becomes an object of its kind: a dataclass or a Struct."""
    app = app_of(tmp_path, TALKS, kinds={"talks": Talk, "recipes": Recipe})
    assert get(app, "/talks/flask/") == "Berlin 2025 30 [&#39;a.pdf&#39;, &#39;b.pdf&#39;]"
    assert get(app, "/talks/2024/old/") == "Bonn 2024 45 []"
    assert get(app, "/recipes/soup/").startswith(
        "Recipe(serves=4, when=datetime.datetime(2025, 1, 1, 0, 0"
    )
    assert get(app, "/about/") == "{&#39;anything&#39;: 5}"
    site = app.extensions["blasto"]
    assert isinstance(site.page("talks/flask.md").data, Talk)


FREEZE = """from dataclasses import dataclass
from blasto import Freezer, create_app

@dataclass
class Talk:
    venue: str
    minutes: int = 30

app = create_app(__file__, kinds={"talks": Talk})
freezer = Freezer(app)
"""


def test_a_page_that_does_not_fit_its_kind(tmp_path: Path) -> None:
    """All errors, each with file, line, column, the line with a caret, and a hint."""
    project = Project(tmp_path / "site", {
        "freeze.py": FREEZE, "content/index.md": "x",
        "content/talks/a.md": "---\ntitle: A\nvenu: Berlin\n---\n",
        "content/talks/b.md": "---\ntitle: B\nvenue: Berlin\nminutes: half an hour\n---\n",
    })  # fmt: skip
    ended = project.run()
    assert ended.returncode == 1
    lines = ended.stderr.splitlines()
    assert (
        lines[0]
        == 'blasto: error: content/talks/a.md:3:1: the key "venue" is missing: Talk needs it'
    )
    assert lines[1:3] == ["    3 | venu: Berlin", "        ^"]
    assert (
        "blasto: error: content/talks/b.md:4:1: minutes: expected a whole number, got text" in lines
    )
    assert "    4 | minutes: half an hour" in lines
    assert any('"venu" is near it' in line for line in lines)
    assert not project.build.exists()


def test_kinds_are_checked_in_workers_too(tmp_path: Path) -> None:
    """Many pages are read by several processes, and the errors are the same."""
    files = {f"content/talks/{n}.md": page(venue="x") for n in range(150)}
    project = Project(
        tmp_path / "site",
        {
            **files,
            "freeze.py": FREEZE,
            "content/talks/7.md": page(title="x"),
            "content/talks/140.md": page(venue="[x]"),
        },
    )
    found = faults(project, workers=2)
    assert [one.path for one in found] == ["content/talks/140.md", "content/talks/7.md"]


def test_links_out_pipes_and_broken_links(tmp_path: Path) -> None:
    """What leads out of the content is an error with its target; pipes and dead links are passed over."""
    project = Project(tmp_path / "site", {"content/index.md": "x\n", "secret.md": "SECRET\n"})
    outside = tmp_path / "secret.md"
    outside.write_text("SECRET")
    os.symlink(outside, project.root / "content/leak.md")
    os.symlink(tmp_path, project.root / "content/folder")
    os.symlink("gone.md", project.root / "content/broken.md")
    os.symlink(".", project.root / "content/loop")
    os.mkfifo(project.root / "content/pipe.md")
    found = faults(project)
    assert {one.path for one in found if one.severity == "error"} == {
        "content/leak.md",
        "content/folder",
    }
    assert all(str(tmp_path) in str(one) or "secret.md" in str(one) for one in found)
    for name in ("leak.md", "folder"):
        project.remove(f"content/{name}")
    project.freeze()
    assert not any(b"SECRET" in data for data in project.tree().values())
    assert sorted(path for path in project.tree() if path.endswith("index.html")) == ["index.html"]
    assert {str(one.path) for one in project.report.warnings} >= {
        "content/broken.md",
        "content/pipe.md",
    }


def test_what_was_read_is_remembered(tmp_path: Path) -> None:
    """A file that did not change is not parsed again; one that another began to speak for is."""
    project = Project(
        tmp_path / "site", {"content/guide/README.md": "# Read me\n", "content/guide/a.md": "# A\n"}
    )
    project.freeze()
    assert "/guide/a/" in project.freeze(full=True)
    project.write("content/guide/_index.md", "# The guide\n")
    project.freeze()
    assert "guide/README/index.html" in project.tree()
    assert project.tree() == project.clean()


def test_an_unreadable_page_names_itself(tmp_path: Path) -> None:
    """The index speaks for a folder only while it can be read."""
    found = faults(
        Project(
            tmp_path / "site",
            {
                "content/index.md": b"\xff\xfe",
                "content/guide/_index.md": "---\ntitle: [\n---\n",
                "content/guide/a.md": "x",
            },
        )
    )
    assert [(one.path, one.line) for one in found if one.path] == [
        ("content/guide/_index.md", 3),
        ("content/index.md", 1),
    ]
    with pytest.raises(BlastoError, match="there is no page"):
        site_in(tmp_path / "site", {}).page("index.md")
