"""Carrying out a journal: the tree it gives, killed at any step or not."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blasto.destination import preflight
from blasto.errors import BlastoError
from blasto.publish import LEFTOVER, Entry, LostError, apply, changed, clean
from blasto.staging import Staging
from blasto.trace import digest

ROOT = Path(__file__).parent.parent
Files = dict[str, bytes]


def tree(root: Path) -> Files:
    """Give what a folder holds: files with their bytes, empty folders with a slash."""
    found: Files = {}
    for place, folders, files in os.walk(root):
        here = os.path.relpath(place, root)
        if not folders and not files and here != ".":
            found[here + "/"] = b""
        for name in files:
            path = Path(place, name)
            found[os.path.normpath(os.path.join(here, name))] = path.read_bytes()
    return found


def journal(staging: Staging, old: Files, new: Files) -> list[Entry]:
    """Stage what changes from one site to the next and give the entries."""
    entries = []
    for path, data in new.items():
        if old.get(path) != data:
            staging.write(path, data)
            entries.append(Entry(path, staging.path(path), digest(data)))
    return entries + [Entry(path) for path in old if path not in new]


def test_publish(tmp_path: Path) -> None:
    """New, changed, unchanged and removed files give the new tree; the unchanged keep mtimes."""
    build, staging = tmp_path / "build", Staging(tmp_path / "s")
    old = {"index.html": b"1", "a/b/c.html": b"1", "a/keep.css": b"1", "gone/x/y": b"1"}
    new = {"index.html": b"2", "a/keep.css": b"1", "new/index.html": b"2"}
    apply(build, journal(staging, {}, old))
    assert tree(build) == old
    stamp = os.stat(build / "a" / "keep.css").st_mtime_ns
    (build / "theirs").mkdir()
    (build / "theirs" / "file").write_bytes(b"")
    apply(build, preflight(build, journal(staging, old, new)))
    assert tree(build) == {**new, "theirs/file": b""}
    assert os.stat(build / "a" / "keep.css").st_mtime_ns == stamp


def test_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures come before the pages that show them, and removals last."""
    build, staging = tmp_path / "build", Staging(tmp_path / "s")
    apply(build, journal(staging, {}, {"a.html": b"1", "old.png": b"1"}))
    done: list[str] = []
    real_replace, real_unlink = os.replace, os.unlink

    def replace(source: str, target: str) -> None:
        done.append(os.path.basename(target))
        real_replace(source, target)

    def unlink(path: str) -> None:
        done.append(os.path.basename(path))
        real_unlink(path)

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(os, "unlink", unlink)
    new = {"a.html": b"2", "z.png": b"2", "b.HTM": b"2", "sitemap.xml": b"2"}
    apply(build, journal(staging, {"a.html": b"1", "old.png": b"1"}, new))
    assert done == ["sitemap.xml", "z.png", "a.html", "b.HTM", "old.png"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a": b"1"}, {"a/index.html": b"2"}),
        ({"a/index.html": b"1", "a/b/c": b"1"}, {"a": b"2"}),
        ({"a/b": b"1"}, {"a/b/c": b"2"}),
        ({"a/b/c": b"1", "a/d": b"1"}, {"a/b": b"2", "a/d/e/f": b"2"}),
    ],
)
def test_files_become_folders(tmp_path: Path, old: Files, new: Files) -> None:
    """A file becomes a folder and a folder a file, and a second run changes nothing."""
    build, staging = tmp_path / "build", Staging(tmp_path / "s")
    apply(build, journal(staging, {}, old))
    entries = preflight(build, journal(staging, old, new))
    apply(build, entries)
    assert tree(build) == new
    apply(build, entries)
    assert tree(build) == new


def test_folder_of_empty_folders_becomes_a_file(tmp_path: Path) -> None:
    """Empty folders in the way of a file go."""
    build, staging = tmp_path / "build", Staging(tmp_path / "s")
    (build / "a" / "b").mkdir(parents=True)
    (build / "a" / "c").mkdir()
    apply(build, preflight(build, journal(staging, {}, {"a": b"1"})))
    assert tree(build) == {"a": b"1"}


def test_links_are_not_followed(tmp_path: Path) -> None:
    """Links planted in the output are replaced, and what they point to is as it was."""
    build, staging = tmp_path / "build", Staging(tmp_path / "s")
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "index.html").write_bytes(b"mine")
    (victim / "gone").write_bytes(b"mine")
    build.mkdir()
    (build / "index.html").symlink_to(victim / "index.html")
    (build / "blog").symlink_to(victim)
    (build / "deep").mkdir()
    (build / "deep" / "er").symlink_to(victim)
    (build / "removed").symlink_to(victim)
    (build / "lone").symlink_to(victim / "gone")
    new = {"index.html": b"2", "blog/index.html": b"2", "deep/er/index.html": b"2"}
    removals = [Entry("removed/gone"), Entry("lone")]
    apply(build, preflight(build, journal(staging, {}, new) + removals))
    assert tree(victim) == {"index.html": b"mine", "gone": b"mine"}
    assert not (build / "blog").is_symlink()
    assert not (build / "lone").is_symlink()
    for path, data in new.items():
        assert (build / path).read_bytes() == data


def test_output_folder_may_be_a_link(tmp_path: Path) -> None:
    """The folder itself may be a link: its owner chose it."""
    (tmp_path / "www").mkdir()
    (tmp_path / "build").symlink_to("www")
    apply(tmp_path / "build", journal(Staging(tmp_path / "s"), {}, {"a/b": b"1"}))
    assert tree(tmp_path / "www") == {"a/b": b"1"}


def test_modes(tmp_path: Path) -> None:
    """Files and folders have the same modes whatever the umask."""
    past = os.umask(0o077)
    try:
        files = {"a/b/c.html": b"", "d": b""}
        apply(tmp_path / "x" / "build", journal(Staging(tmp_path / "s"), {}, files))
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(past)
    build = tmp_path / "x" / "build"
    assert {os.stat(build / name).st_mode & 0o777 for name in ("a/b/c.html", "d")} == {0o644}
    assert {os.stat(build / name).st_mode & 0o777 for name in (".", "a", "a/b")} == {0o755}


def test_theirs_in_the_way_stays(tmp_path: Path) -> None:
    """A file that turned up after the preflight is an error, not a loss."""
    build, staging = tmp_path / "build", Staging(tmp_path / "s")
    entries = preflight(build, journal(staging, {}, {"a/b": b"1"}))
    build.mkdir()
    (build / "a").write_bytes(b"theirs")
    with pytest.raises(BlastoError, match="a: File exists"):
        apply(build, entries)
    assert tree(build) == {"a": b"theirs"}
    (build / "a").unlink()
    apply(build, entries)
    assert tree(build) == {"a/b": b"1"}


def test_lost_staging(tmp_path: Path) -> None:
    """Staged files that vanished are named, unless an earlier run had put them in place."""
    build, staging = tmp_path / "build", Staging(tmp_path / "s")
    old = {"a": b"1", "b": b"1", "c": b"1"}
    apply(build, journal(staging, {}, old))
    entries = journal(staging, old, {"a": b"2", "b": b"2", "d": b"2"})
    apply(build, entries[:1])
    staging.clear()
    with pytest.raises(LostError) as caught:
        apply(build, entries)
    assert caught.value.paths == ("b", "d")
    assert tree(build) == {"a": b"2", "b": b"1"}


def test_new_case_of_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where A.html and a.html are one file, removing the old name keeps the new file."""
    build, staging = tmp_path / "build", Staging(tmp_path / "s")
    apply(build, journal(staging, {}, {"A.html": b"1"}))
    entries = journal(staging, {"A.html": b"1"}, {"a.html": b"2"})
    apply(build, entries)
    assert tree(build) == {"a.html": b"2"}
    os.link(build / "a.html", build / "A.html")
    apply(build, entries)
    assert tree(build) == {"a.html": b"2", "A.html": b"2"}, "one file as far as stat can tell"


def test_changed(tmp_path: Path) -> None:
    """Files with the same bytes are left out; links and other bytes are not."""
    build, staging = tmp_path / "build", Staging(tmp_path / "s")
    files = {"same": b"1", "other": b"1", "size": b"1", "link": b"1", "new": b"1", "d/x": b"1"}
    entries = [*journal(staging, {}, files), Entry("gone")]
    build.mkdir()
    (build / "same").write_bytes(b"1")
    (build / "other").write_bytes(b"2")
    (build / "size").write_bytes(b"12")
    (build / "link").symlink_to("same")
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_bytes(b"1")
    (build / "d").symlink_to(tmp_path / "d")
    left = [entry.path for entry in changed(build, entries)]
    assert left == ["other", "size", "link", "new", "d/x", "gone"]


def test_clean(tmp_path: Path) -> None:
    """Leftovers go, and nothing else."""
    (tmp_path / f"{LEFTOVER}a").mkdir()
    (tmp_path / f"{LEFTOVER}a" / "x").write_bytes(b"")
    (tmp_path / f"{LEFTOVER}b").write_bytes(b"")
    (tmp_path / f"{LEFTOVER}c").symlink_to(tmp_path / "keep")
    (tmp_path / "keep").mkdir()
    clean(tmp_path)
    assert tree(tmp_path) == {"keep/": b""}
    clean(tmp_path / "none")


class Killed(BaseException):
    """Stands for SIGKILL at one step."""


@contextmanager
def killed_after(steps: int) -> Iterator[None]:
    """Let that many changes of the file system pass, then stop for good."""
    left = steps

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            if left <= 0:
                raise Killed
            left -= 1
            return real(*arguments, **options)

        return call

    with (
        patch.object(os, "replace", dying(os.replace)),
        patch.object(os, "unlink", dying(os.unlink)),
        patch.object(os, "mkdir", dying(os.mkdir)),
        patch.object(os, "rmdir", dying(os.rmdir)),
    ):
        yield


NAMES = st.lists(st.sampled_from(["a", "b", "c.html", "é"]), min_size=1, max_size=4).map("/".join)


@st.composite
def sites(draw: st.DrawFn) -> Files:
    """Draw a site that its plan allows: no file is also a folder."""
    files: Files = {}
    for path in draw(st.lists(NAMES, max_size=8)):
        parts = path.split("/")
        above = {"/".join(parts[:end]) for end in range(1, len(parts))}
        if not above & files.keys() and not any(name.startswith(path + "/") for name in files):
            files[path] = draw(st.sampled_from([b"1", b"2", b"3"]))
    return files


@given(sites(), sites(), st.lists(st.integers(0, 25), max_size=4), st.randoms())
@settings(max_examples=150, deadline=None)
def test_killed_at_any_step(old: Files, new: Files, kills: list[int], chance: Any) -> None:
    """However often it is stopped and at whatever step, a full run gives the new tree."""
    with tempfile.TemporaryDirectory() as folder:
        build, staging = Path(folder, "build"), Staging(Path(folder, "s"))
        apply(build, journal(staging, {}, old))
        entries = preflight(build, journal(staging, old, new))
        for steps in kills:
            with suppress(Killed), killed_after(steps):
                apply(build, entries)
            chance.shuffle(entries)
        for _ in range(2):
            apply(build, entries)
            assert tree(build) == new


def test_kill_for_real(tmp_path: Path) -> None:
    """A process killed while it publishes leaves what the next run completes."""
    old = {f"d{number % 7}/{number}.html": b"old" * 50 for number in range(150)}
    new = {f"d{number % 5}/{number}/index.html": b"new" * 50 for number in range(150)}
    script = (
        "import json, sys; sys.path.insert(0, sys.argv[1]);"
        "from blasto.publish import Entry, apply;"
        "entries = [Entry(*row) for row in json.load(sys.stdin)];"
        "print('ready', flush=True); apply(sys.argv[2], entries)"
    )
    for turn in range(4):
        shutil.rmtree(tmp_path)
        build, staging = tmp_path / "build", Staging(tmp_path / "s")
        apply(build, journal(staging, {}, old))
        entries = preflight(build, journal(staging, old, new))
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(ROOT), str(build)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(entries).encode())
        process.stdin.close()
        process.stdout.readline()
        time.sleep(random.uniform(0, 0.02) * (turn > 0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        apply(build, entries)
        assert tree(build) == new
