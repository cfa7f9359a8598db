"""Tests of cleaning: all that blasto published goes, nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from sites import Project, blog, here, tree

from blasto import cli
from blasto.clean import clean
from blasto.staging import BusyError, Lock


@pytest.fixture
def site(tmp_path: Path) -> Project:
    """A frozen blog."""
    made = Project(tmp_path / "site", blog())
    made.freeze()
    return made


def test_all_of_it(site: Project) -> None:
    """Published files, their folders and the ledger go; the sources stay."""
    count = len(site.tree())
    sources = {
        name: data
        for name, data in tree(site.root).items()
        if not name.startswith(("build/", ".blasto/"))
    }
    assert clean(site.freezer()) == count
    assert not site.build.exists()
    assert not (site.root / ".blasto").exists()
    assert tree(site.root) == sources
    assert clean(site.freezer()) == 0


def test_strangers_stay(site: Project, tmp_path: Path) -> None:
    """Files that blasto did not publish stay, with the folders that hold them."""
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "index.html").write_text("mine")
    site.write("build/.git/config", "[core]\n")
    site.write("build/blog/upload.pdf", "pdf")
    for file in (site.build / "about").iterdir():
        file.unlink()
    (site.build / "about").rmdir()
    (site.build / "about").symlink_to(tmp_path / "victim")
    site.write(".blasto/notes.txt", "mine")
    clean(site.freezer())
    assert (site.build / "about").is_symlink()
    (site.build / "about").unlink()
    assert set(site.tree()) == {".git/config", "blog/upload.pdf"}
    assert (tmp_path / "victim" / "index.html").read_text() == "mine"
    assert set(tree(site.root / ".blasto")) == {"notes.txt"}


def test_from_the_list_alone(site: Project) -> None:
    """A ledger that was lost or cannot be read leaves the list of what was published."""
    (site.root / ".blasto" / "ledger.sqlite").write_bytes(b"nonsense" * 600)
    clean(site.freezer())
    assert not site.build.exists()


def test_each_destination_by_itself(site: Project, tmp_path: Path) -> None:
    """Cleaning one destination leaves the other and its ledger."""
    other = tmp_path / "other"
    site.freeze(destination=other)
    clean(site.freezer(destination=str(other)))
    assert not other.exists()
    assert site.tree()
    assert site.freeze() == []


def test_freeze_again(site: Project) -> None:
    """After a clean, a freeze makes the same tree anew."""
    before = site.tree()
    clean(site.freezer())
    site.freeze()
    assert site.tree() == before


def test_not_while_a_freeze_runs(site: Project) -> None:
    """A freeze that runs keeps its files."""
    freezer = site.freezer()
    before = site.tree()
    with Lock(freezer.state_file("lock")), pytest.raises(BusyError):
        clean(freezer)
    assert site.tree() == before


def test_command(site: Project) -> None:
    """The command says how many files it removed."""
    count = len(site.tree())
    with here(site.root):
        done = CliRunner().invoke(cli.main, ["clean"])
    assert (done.exit_code, done.output) == (0, f"removed {count} files\n")
