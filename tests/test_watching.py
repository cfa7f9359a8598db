"""Tests of the watch on files: what it gives, as one set a burst, with and without watchfiles."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest

from blasto import watching
from blasto.watching import Places, Watch

Burst = Callable[[], set[str]]


@pytest.fixture(params=["system", "stat"])
def burst(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Burst]:  # fmt: skip
    """Watch ``whole/`` with all below it and the folder's own files; give the next burst."""
    if request.param == "system":
        pytest.importorskip("watchfiles")
    else:
        monkeypatch.setattr(watching, "has_system", lambda: False)
        monkeypatch.setattr(watching, "PAUSE", 0.05)
    # Long enough for a busy machine.
    monkeypatch.setattr(watching, "QUIET", 0.3)
    (tmp_path / "whole/deep").mkdir(parents=True)
    (tmp_path / "early.txt").write_text("")
    stop, found = threading.Event(), Queue[set[str]]()

    def run() -> None:
        watch = Watch(Places((tmp_path / "whole", tmp_path / "later"), (tmp_path,)), stop, 0)
        for paths in watch:
            whole = paths
            while more := watch.more():
                whole |= more
            found.put(whole)

    thread = threading.Thread(target=run)
    thread.start()

    def following() -> set[str]:
        return {Path(path).relative_to(tmp_path).as_posix() for path in found.get(timeout=10)}

    # What was there when the watch began is given: this is how a test knows that it runs.
    assert "early.txt" in following()
    yield following
    stop.set()
    thread.join()


def test_one_set_a_burst(burst: Burst, tmp_path: Path) -> None:
    """Many saves in a row are one set of paths, and what comes later is another."""
    for number in range(30):
        (tmp_path / f"whole/deep/{number % 10}.md").write_text(str(number))
        time.sleep(0.004)
    assert {f"whole/deep/{number}.md" for number in range(10)} <= burst()
    (tmp_path / "own.toml").write_text("a = 1")
    assert "own.toml" in burst()


def test_folders_that_come_later(burst: Burst, tmp_path: Path) -> None:
    """A folder that did not exist is watched as soon as it does."""
    (tmp_path / "later").mkdir()
    (tmp_path / "later/one.txt").write_text("1")
    assert any(path.startswith("later") for path in burst())
    time.sleep(0.7)
    (tmp_path / "later/two.txt").write_text("2")
    assert "later/two.txt" in burst()


def test_noise(burst: Burst, tmp_path: Path) -> None:
    """What editors write beside a file, and what lies deeper in a flat folder, is no change."""
    (tmp_path / "other").mkdir()
    for name in ("whole/.a.md.swp", "whole/a.md~", "whole/4913", "whole/.#a.md", "other/deep.md"):
        (tmp_path / name).write_text("x")
    time.sleep(0.3)
    (tmp_path / "whole/a.md").write_text("x")
    assert {path for path in burst() if path != "other"} == {"whole/a.md"}
