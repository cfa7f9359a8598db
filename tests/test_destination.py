"""Folders that must not be published into, and failures seen before anything is touched."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from blasto.destination import check_destination, preflight
from blasto.errors import BlastoError, UsageError
from blasto.publish import LEFTOVER, Entry, apply
from blasto.staging import Staging


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project with sources."""
    root = tmp_path / "project"
    (root / "content" / "blog").mkdir(parents=True)
    (root / "content" / "a.md").write_text("a")
    return root


def refuse(destination: Path, project: Path, **options: bool) -> str:
    """Give the message of the refusal, and see that nothing changed."""
    before = sorted(project.parent.rglob("*"))
    with pytest.raises(UsageError) as caught:
        check_destination(destination, project, sources=[project / "content"], **options)
    assert caught.value.exit_status == 2
    assert caught.value.problems[0].hint
    assert sorted(project.parent.rglob("*")) == before
    return str(caught.value)


@pytest.mark.parametrize("owned", [False, True])
@pytest.mark.parametrize("adopt", [False, True])
@pytest.mark.parametrize("contract", [False, True])
def test_never(project: Path, owned: bool, adopt: bool, contract: bool) -> None:
    """The root, the home folder, the project and its parents and sources are refused always."""
    (project.parent / "link").symlink_to(project)
    for destination in (
        Path("/"),
        Path.home(),
        Path.home().parent,
        project,
        project / "x" / "..",
        project.parent,
        project.parent / "link",
        project / "content",
    ):
        message = refuse(destination, project, owned=owned, adopt=adopt, contract=contract)
        assert str(destination) in message


def test_home_from_the_environment(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The home folder is the one of the environment."""
    home = project.parent / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    assert "home folder" in refuse(home, project, contract=True, remove_extra=False)


def test_inside_a_source(project: Path) -> None:
    """Output among the sources would be read as input by the next freeze."""
    assert "source" in refuse(project / "content" / "build", project, adopt=True)


def test_fine(project: Path) -> None:
    """A folder that is missing, empty, or holds dot-files only is fine."""
    build = project / "build"
    assert check_destination(build, project) == Path(os.path.realpath(build))
    assert not build.exists()
    build.mkdir()
    (build / ".nojekyll").write_text("")
    check_destination(build, project, sources=[project / "content"])


def test_not_empty(project: Path) -> None:
    """A folder with files is refused until it is owned or adopted."""
    build = project / "build"
    build.mkdir()
    for name in "cadb":
        (build / name).write_text("")
    message = refuse(build, project)
    assert "(a, b, c, ...)" in message
    check_destination(build, project, owned=True)
    check_destination(build, project, adopt=True)
    check_destination(build, project, contract=True)


@pytest.mark.parametrize("worktree", [False, True])
def test_git(project: Path, worktree: bool) -> None:
    """A Git repository or work tree is refused until it is owned or adopted."""
    build = project / "build"
    build.mkdir()
    if worktree:
        (build / ".git").write_text("gitdir: elsewhere")
    else:
        (build / ".git").mkdir()
    assert "Git" in refuse(build, project)
    check_destination(build, project, adopt=True)
    check_destination(build, project, contract=True)


def test_file(project: Path) -> None:
    """A file is no folder."""
    (project / "build").write_text("")
    assert "is a file" in refuse(project / "build", project, adopt=True, contract=True)


def test_frozen_flask_into_the_project(project: Path) -> None:
    """A Frozen-Flask site may be its own output while nothing is removed."""
    check_destination(
        project, project, sources=[project / "content"], contract=True, remove_extra=False
    )
    assert "project" in refuse(project.parent, project, contract=True, remove_extra=False)
    assert "project" in refuse(project, project, contract=False, remove_extra=False)


def entries(staging: Staging, *paths: str) -> list[Entry]:
    """Stage files whose text is their path."""
    for path in paths:
        staging.write(path, path.encode())
    return [Entry(path, staging.path(path)) for path in paths]


def state(root: Path) -> dict[str, tuple[bytes | None, int]]:
    """Give bytes and mtime of all below a folder, and of itself."""
    return {
        str(path): (path.read_bytes() if path.is_file() else None, path.stat().st_mtime_ns)
        for path in [root, *root.rglob("*")]
        if path.exists()
    }


def test_preflight_touches_nothing(tmp_path: Path) -> None:
    """On one file system the entries come back as they are."""
    made = entries(Staging(tmp_path / "s"), "a/index.html", "b")
    assert preflight(tmp_path / "build", made) == made
    assert not (tmp_path / "build").exists()
    assert preflight(tmp_path / "build", []) == []


def test_foreign_files_in_the_way(tmp_path: Path) -> None:
    """Files that blasto does not own are never removed for a folder or a file of ours."""
    build = tmp_path / "build"
    (build / "c" / "d").mkdir(parents=True)
    (build / "c" / "d" / "theirs").write_text("theirs")
    (build / "c" / "ours").write_text("ours")
    (build / "a").write_text("theirs")
    before = state(build)
    made = entries(Staging(tmp_path / "s"), "a/x/index.html", "c", "fine")
    with pytest.raises(BlastoError) as caught:
        preflight(build, [*made, Entry("c/ours")])
    first, second = caught.value.problems
    assert first.message.startswith("a is in the way of a/x/index.html")
    assert second.message.startswith("c/d/theirs is in the way of c,")
    assert state(build) == before
    preflight(build, [*made, Entry("c/ours"), Entry("a"), Entry("c/d/theirs")])


def test_links_are_not_in_the_way(tmp_path: Path) -> None:
    """A link planted where a folder or file goes is no obstacle: it will be replaced."""
    build = tmp_path / "build"
    build.mkdir()
    (build / "a").symlink_to(tmp_path)
    (build / "b").symlink_to("nowhere")
    made = entries(Staging(tmp_path / "s"), "a/x", "b")
    assert preflight(build, made) == made


def test_staged_file_missing(tmp_path: Path) -> None:
    """A journal whose files are not there is refused before it is stored."""
    made = entries(Staging(tmp_path / "s"), "a")
    os.unlink(made[0].staged or "")
    with pytest.raises(BlastoError, match="No such file"):
        preflight(tmp_path / "build", made)


def test_path_out_of_the_folder(tmp_path: Path) -> None:
    """A path that leads out of the folder is refused, to write and to remove."""
    for path in ("../a", "/a", "a/../../b", "", "a/", "a//b", ".", "a\x00", f"{LEFTOVER}a"):
        with pytest.raises(BlastoError, match="inside"):
            preflight(tmp_path / "build", [Entry(path)])
        with pytest.raises(BlastoError, match="inside"):
            apply(tmp_path / "build", [Entry(path)])


def test_folder_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be written to is named, also for a removal in it."""
    build = tmp_path / "build"
    (build / "shut").mkdir(parents=True)
    (build / "shut" / "old").write_text("")
    (build / "shut").chmod(0o555)
    if os.access(build / "shut", os.W_OK):
        # We are root, whom no mode stops.
        shut = str(build / "shut")
        monkeypatch.setattr(os, "access", lambda path, mode: os.fspath(path) != shut)
    made = entries(Staging(tmp_path / "s"), "a")
    for entry in (Entry("shut/old"), Entry("shut/new/deep", made[0].staged)):
        with pytest.raises(BlastoError, match="shut: Permission denied"):
            preflight(build, [*made, entry])
    (build / "shut").chmod(0o755)


def mounted(folder: Path, options: str, kind: str = "tmpfs") -> Iterator[Path]:
    """Mount a small file system, where this process may."""
    folder.mkdir()
    command = ["mount", "-t", kind, "-o", options, kind, str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        done = False
    if not done:
        pytest.skip("may not mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 320 kB."""
    yield from mounted(tmp_path / "small", "size=320k")


def test_disk_full_in_staging(small: Path) -> None:
    """Staging on a full disk says "No space left" and leaves no half file."""
    staging = Staging(small / "s")
    staging.write("fits", b"x" * 200_000)
    with pytest.raises(BlastoError, match="No space left"):
        staging.write("does not", b"x" * 200_000)
    assert [path.stat().st_size for path in (small / "s").rglob("*/*")] == [200_000]
    (small.parent / "big").write_bytes(b"x" * 400_000)
    staging.clear()
    with pytest.raises(BlastoError, match="No space left"):
        staging.copy("big", small.parent / "big")


@pytest.mark.parametrize("measured", [True, False])
def test_disk_full_elsewhere(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measured: bool
) -> None:
    """An output folder on another, full disk is as it was, down to its mtime."""
    build = small / "build"
    build.mkdir()
    (build / "old").write_bytes(b"x" * 100_000)
    staging = Staging(tmp_path / "s")
    for number in range(30):
        staging.write(f"{number}", b"x" * 10_000)
    made = [Entry(f"{number}", staging.path(f"{number}")) for number in range(30)]
    if not measured:
        monkeypatch.setattr("blasto.destination._space", lambda *_: None)
    before = state(build)
    with pytest.raises(BlastoError, match="No space left") as caught:
        preflight(build, made)
    assert caught.value.problems[0].hint
    assert state(build) == before
    with pytest.raises(BlastoError, match="No space left"):
        preflight(small / "new", made)
    assert not (small / "new").exists()


def test_other_file_system(small: Path, tmp_path: Path) -> None:
    """Staging elsewhere is brought over first, so that publishing is a rename."""
    build = small / "build"
    staging = Staging(tmp_path / "s")
    made = entries(staging, "a/index.html", "b")
    near = preflight(build, made)
    assert all((entry.staged or "").startswith(f"{build}/{LEFTOVER}") for entry in near)
    staging.clear()
    apply(build, near)
    assert {str(path.relative_to(build)) for path in build.rglob("*")} == {
        "a",
        "a/index.html",
        "b",
    }
    assert (build / "b").stat().st_mode & 0o777 == 0o644
    # Without a preflight, as for a mount below the folder, the copy is made on the way.
    apply(build, entries(staging, "b", "c/d"))
    assert (build / "c" / "d").read_bytes() == b"c/d"
    assert not list(build.rglob(LEFTOVER + "*"))


def test_read_only(tmp_path: Path) -> None:
    """A read-only file system is said to be one, also to root."""
    for folder in mounted(tmp_path / "ro", "ro"):
        with pytest.raises(BlastoError, match="Read-only file system"):
            preflight(folder, entries(Staging(tmp_path / "s"), "a"))
        with pytest.raises(BlastoError, match="Read-only file system"):
            preflight(folder / "build", entries(Staging(tmp_path / "s"), "a"))
