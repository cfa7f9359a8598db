"""Tests of deploying, against a bare repository on this machine."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from sites import Project, here

from blasto import cli
from blasto.deploy import to_branch
from blasto.errors import BlastoError, UsageError

FILES: dict[str, str | bytes] = {
    ".gitignore": "build/\n.blasto/\n",
    "content/index.md": "# Home\n\nHello.\n",
    "content/a b#c.md": "# Odd\n",
    "public/.well-known/security.txt": "Contact: mailto:a@example.org\n",
}


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Git as it is on a fresh machine: nobody has said who they are."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))


def git(folder: Path, *words: str) -> str:
    """Run Git and give what it prints."""
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def site(tmp_path: Path) -> Project:
    """A frozen site in a repository with a remote."""
    made = Project(tmp_path / "site", FILES)
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    git(made.root, "init", "--quiet", "--initial-branch", "main")
    git(made.root, "remote", "add", "origin", "../remote.git")
    git(made.root, "add", ".")
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    git(made.root, *who, "commit", "--quiet", "-m", "first")
    made.freeze()
    return made


def deploy(
    site: Project, *, branch: str = "gh-pages", push: bool = True, message: str = "Publish"
) -> str:
    """Deploy with the options that a test does not care about."""
    return to_branch(
        site.build, site.root, branch=branch, remote="origin", message=message, push=push
    )


def published(site: Project, branch: str = "gh-pages") -> dict[str, str]:
    """Give the files of a branch of the remote."""
    remote = site.root.parent / "remote.git"
    names = git(remote, "ls-tree", "-r", "-z", "--name-only", branch).split("\0")[:-1]
    return {name: git(remote, "show", f"{branch}:{name}") for name in names}


def test_first_deploy(site: Project) -> None:
    """The branch holds the frozen tree and .nojekyll; the working tree is as it was."""
    before = site.tree()
    sources = (
        git(site.root, "status", "--porcelain", "--ignored"),
        git(site.root, "rev-parse", "HEAD"),
    )
    said = deploy(site)
    files = published(site)
    assert files.pop(".nojekyll") == ""
    assert {name: text.encode() for name, text in files.items()} == before
    assert f"pushed {len(before)} files to the branch gh-pages of origin" in said
    assert site.tree() == before
    assert (
        git(site.root, "status", "--porcelain", "--ignored"),
        git(site.root, "rev-parse", "HEAD"),
    ) == sources
    assert git(site.root, "branch", "--show-current").strip() == "main"


def test_second_deploy_replaces(site: Project) -> None:
    """A second deploy stands on the first, holds the new tree only, and has the message."""
    deploy(site)
    site.remove("content/a b#c.md")
    site.write("content/new.md", "# New\n")
    site.freeze()
    deploy(site, message="It's “new”")
    files = published(site)
    assert "new/index.html" in files
    assert "a b#c/index.html" not in files
    log = git(site.root.parent / "remote.git", "log", "--format=%s", "gh-pages").splitlines()
    assert log == ["It's “new”", "Publish"]


def test_cname_of_the_branch_is_kept(site: Project) -> None:
    """A CNAME that only the branch has stays; one in public/ wins."""
    site.write("build/CNAME", "old.example.org\n")
    deploy(site)
    (site.build / "CNAME").unlink()
    deploy(site)
    assert published(site)["CNAME"].strip() == "old.example.org"
    site.write("public/CNAME", "new.example.org\n")
    site.freeze()
    deploy(site)
    assert published(site)["CNAME"] == "new.example.org\n"


def test_deploy_from_another_clone(site: Project) -> None:
    """A clone that has not fetched still puts its commit on top of the remote's."""
    git(site.root, "push", "--quiet", "origin", "main")
    other = site.root.parent / "other"
    git(
        site.root.parent,
        "clone",
        "--quiet",
        "--single-branch",
        "--branch",
        "main",
        "remote.git",
        "other",
    )
    deploy(site)
    to_branch(site.build, other, branch="gh-pages", remote="origin", message="other", push=True)
    deploy(site)
    log = git(site.root.parent / "remote.git", "log", "--format=%s", "gh-pages").splitlines()
    assert log == ["Publish", "other", "Publish"]


def test_no_push(site: Project) -> None:
    """Without a push the branch is made here and the remote does not hear of it."""
    assert "committed" in deploy(site, push=False)
    assert "index.html" in git(site.root, "ls-tree", "--name-only", "gh-pages")
    assert git(site.root, "ls-remote", "--heads", "origin") == ""


def test_what_is_left_out(site: Project, tmp_path: Path) -> None:
    """A repository's own files and links are not the site's; uploads beside it are."""
    (tmp_path / "secret.txt").write_text("secret")
    site.write("build/.gitignore", "*\n")
    site.write("build/.git/config", "[core]\n")
    site.write("build/uploads/a.txt", "a\n")
    (site.build / "link.txt").symlink_to(tmp_path / "secret.txt")
    deploy(site)
    files = published(site)
    assert {".gitignore", ".git/config", "link.txt"}.isdisjoint(files)
    assert files["uploads/a.txt"] == "a\n"
    assert ".well-known/security.txt" in files


def test_what_cannot_be_asked(site: Project, tmp_path: Path) -> None:
    """No tree, no repository, no remote, a bad branch or the branch in use: each says so."""
    bare = Project(tmp_path / "elsewhere", FILES)
    with pytest.raises(UsageError, match="no frozen site"):
        deploy(bare)
    bare.freeze()
    with pytest.raises(UsageError, match="not in a Git repository"):
        deploy(bare)
    with pytest.raises(UsageError, match="no name for a branch"):
        deploy(site, branch="a..b")
    with pytest.raises(UsageError, match="is checked out"):
        deploy(site, branch="main")
    git(site.root, "remote", "remove", "origin")
    with pytest.raises(UsageError, match="no remote"):
        deploy(site)
    git(site.root, "remote", "add", "origin", "../nowhere.git")
    with pytest.raises(BlastoError, match="could not reach origin") as caught:
        deploy(site)
    assert caught.value.problems[0].hint


def test_without_ghp_import(site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the message says what to install."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError) as caught:
        deploy(site)
    assert "pip install 'blasto[deploy]'" in str(caught.value.problems[0].hint)


def test_command(site: Project) -> None:
    """The command deploys the current folder's site, and an error has exit status 2."""
    with here(site.root):
        done = CliRunner().invoke(cli.main, ["deploy", "--branch", "pages"])
        assert (done.exit_code, "branch pages" in done.output) == (0, True)
        assert CliRunner().invoke(cli.main, ["deploy", "--remote", "nope"]).exit_code == 2
    assert "index.html" in published(site, "pages")
