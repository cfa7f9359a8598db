"""With ``git_dates`` a page was updated when git saw its last commit: asked once a freeze."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from quick import page
from sites import Project, check

from blasto import gitdates

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
TOML = 'git_dates = true\ndate_format = "%Y-%m-%d"\ntimezone = "Europe/Berlin"\n'


def git(root: Path, *arguments: str, date: str = "2024-01-01T00:00:00+00:00") -> str:
    """Run git as somebody, at some time."""
    env = {
        "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_CONFIG_GLOBAL": "/dev/null",
        **{f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }  # fmt: skip
    return subprocess.run(
        ["git", "-C", str(root), *arguments], env=env, check=True, capture_output=True, text=True
    ).stdout


def commit(site: Project, date: str) -> None:
    """Commit all that there is."""
    git(site.root, "add", "content", "blasto.toml")
    git(site.root, "commit", "-q", "-m", "x", date=date)


def committed(folder: Path) -> Project:
    """Make a site of two commits; it lies in a folder of its repository."""
    root = folder / "repo" / "a site"
    site = Project(root, {
        "blasto.toml": TOML,
        "content/index.md": page(title="Home"),
        "content/one.md": page(title="One"),
        "content/zwei ä.md": page(title="Two"),
        "content/said.md": page(title="Said", updated="2020-02-02"),
    })  # fmt: skip
    git(folder / "repo", "init", "-q")
    commit(site, "2024-03-01T23:30:00+00:00")
    site.edit("content/one.md", "Text.", "More.")
    commit(site, "2024-04-02T12:00:00+02:00")
    return site


def updated(site: Project, url: str) -> str:
    """Give the date that a page shows."""
    text = site.tree()[f"{url}/index.html".lstrip("/")].decode()
    return text.partition("Updated <time")[2].partition(">")[2].partition("<")[0]


def test_dates_of_commits(tmp_path: Path) -> None:
    """Each page shows its last commit in the site's zone; what it says itself wins."""
    site = committed(tmp_path)
    site.freeze()
    assert site.report.warnings == []
    assert updated(site, "/one") == "2024-04-02"
    assert updated(site, "/zwei ä") == "2024-03-02"
    assert updated(site, "/said") == "2020-02-02"
    assert b"<lastmod>2024-04-02" in site.tree()["sitemap.xml"]


def test_a_commit_without_an_edit(tmp_path: Path) -> None:
    """A commit alone renders what shows the date of a page in it, and nothing else."""
    site = committed(tmp_path)
    site.freeze()
    site.edit("content/zwei ä.md", "Text.", "Other.")
    check(site, ["/zwei ä/"])
    assert updated(site, "/zwei ä") == "2024-03-02"
    commit(site, "2024-05-03T12:00:00+00:00")
    check(site, ["/sitemap.xml", "/zwei ä/"])
    assert updated(site, "/zwei ä") == "2024-05-03"
    site.write("unrelated.txt", "")
    git(site.root, "add", "unrelated.txt")
    git(site.root, "commit", "-q", "-m", "x")
    check(site, [])


def test_one_log_for_all_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many pages there are, the history is read once."""
    site = committed(tmp_path)
    asked: list[object] = []
    real = gitdates.last_commits
    monkeypatch.setattr(gitdates, "last_commits", lambda *a: asked.append(1) or real(*a))
    site.freeze()
    assert len(asked) == 1


def test_switched_off(tmp_path: Path) -> None:
    """Without the option git is not asked, and nothing is left to do twice."""
    site = committed(tmp_path)
    site.freeze()
    site.write("blasto.toml", 'date_format = "%Y-%m-%d"\n')
    site.freeze()
    assert updated(site, "/one") == ""
    assert site.tree() == site.clean()
    assert site.freeze() == []


def test_a_shallow_clone(tmp_path: Path) -> None:
    """It is warned of, and no page gets the date at which the history was cut."""
    site = committed(tmp_path)
    url = (tmp_path / "repo").as_uri()
    git(tmp_path, "clone", "-q", "--depth", "1", url, "clone")
    clone = Project(tmp_path / "clone/a site", {})
    clone.freeze()
    (problem,) = clone.report.warnings
    assert "a part of the history only" in str(problem)
    assert "fetch-depth: 0" in str(problem.hint)
    assert (updated(clone, "/one"), updated(clone, "/zwei ä")) == ("", "")
    assert site.root.is_dir()


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside a repository, or without git, there is a warning and a site."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    site = Project(tmp_path / "site", {"blasto.toml": TOML, "content/index.md": page()})
    site.freeze()
    assert [problem.message for problem in site.report.warnings] == [
        "git_dates is on, and the project is no git repository"
    ]
    assert "index.html" in site.tree()
