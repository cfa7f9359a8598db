"""Whatever ends a freeze early, the published tree is the old one or the new one."""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from sites import Project, big, small, stamps, template

MANY, FEW = 400, 100
CONTRACT = "blasto: error: "


def two_states(root: Path, pages: int) -> tuple[Project, list[dict[str, bytes]]]:
    """Give a frozen site, and the trees of its two states."""
    site = big(root, pages)
    trees = []
    for number in (1, 0):
        site.write("templates/base.html", template(number))
        assert site.run().returncode == 0
        trees.append(site.tree())
    assert sum(trees[0][path] != trees[1].get(path) for path in trees[0]) >= pages
    return site, trees[::-1]


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, list[dict[str, bytes]]]:
    """Give a site of some pages and its two trees."""
    return two_states(tmp_path_factory.mktemp("big") / "site", FEW)


def children(process: psutil.Process) -> list[psutil.Process]:
    """Give a process's workers, none where it has ended."""
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def gone(processes: list[psutil.Process]) -> bool:
    """Tell whether all processes have ended, within some seconds."""
    _, alive = psutil.wait_procs(processes, timeout=10)
    return not [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def sweep(
    site: Project, trees: list[dict[str, bytes]], instants: int, chance: random.Random
) -> dict[str, int]:
    """Kill freezes at random instants; give how many there were of each outcome."""
    counts = {"old": 0, "between": 0, "new": 0, "done": 0}
    state = 0
    began = time.monotonic()
    site.run()
    longest = max(0.5, time.monotonic() - began) * 3
    for number in range(instants):
        state = 1 - state
        site.write("templates/base.html", template(state))
        before, after = trees[1 - state], trees[state]
        process = site.start("--workers", "2" if number % 2 else "1")
        time.sleep(chance.uniform(0.15, longest))
        family = children(psutil.Process(process.pid))
        process.kill()
        process.communicate()
        assert gone(family)
        now = site.tree()
        left = {path: data for path, data in now.items() if not path.startswith(".blasto-tmp-")}
        # Each file is whole, old or new, at any instant.
        assert all(data in (before.get(path), after.get(path)) for path, data in left.items())
        waits = left not in (before, after)
        counts["between" if waits else "old" if left == before else "new"] += 1
        counts["done"] += process.returncode == 0
        if number % 3 == 0 and not waits and left == before:
            # Killed before the point of no return: with the sources as they were, so is the tree.
            state = 1 - state
            site.write("templates/base.html", template(state))
            after = before
        finished = site.run()
        assert finished.returncode == 0, finished.stderr
        assert site.tree() == after
    return counts


def test_killed_at_random_instants(states: tuple[Project, list[dict[str, bytes]]]) -> None:
    """A freeze of 100 changed pages is killed; the next command leaves exactly the new tree."""
    site, trees = states
    sweep(site, trees, 8, random.Random(8))


@pytest.mark.slow
def test_killed_at_a_hundred_random_instants(tmp_path: Path) -> None:
    """The same with 400 pages, a hundred times."""
    site, trees = two_states(tmp_path / "site", MANY)
    counts = sweep(site, trees, 100, random.Random())
    print(counts)
    assert counts["old"] > 0


# A process that stops dead in the middle of publishing, after some files.
DYING = """
import os, signal, sys
from blasto import publish
put = publish.Tree.put
left = [int(sys.argv.pop(1))]
def dying(tree, *arguments):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), getattr(signal, os.environ["DIE"]))
    return put(tree, *arguments)
publish.Tree.put = dying
from blasto.cli import main
main(["freeze"])
"""


@pytest.mark.parametrize("files", [0, 1, 60])
def test_killed_while_publishing(
    files: int, states: tuple[Project, list[dict[str, bytes]]], tmp_path: Path
) -> None:
    """Killed between two files, the next freeze finishes it, though the sources are as before."""
    master, trees = states
    site = Project(tmp_path / "site", {})
    shutil.rmtree(site.root)
    shutil.copytree(master.root, site.root)
    state = 0 if site.tree() == trees[1] else 1
    site.write("templates/base.html", template(state))
    process = subprocess.run([sys.executable, "-c", DYING, str(files)], capture_output=True,
                             **site.popen(env={"DIE": "SIGKILL"}))  # fmt: skip
    assert process.returncode == -signal.SIGKILL
    new = sum(
        data == trees[state].get(path) != trees[1 - state].get(path)
        for path, data in site.tree().items()
    )
    assert new >= files
    site.write("templates/base.html", template(1 - state))
    assert site.run().returncode == 0
    assert site.tree() == trees[1 - state]
    assert not list(site.root.glob(".blasto/*staging/*"))


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_interrupted_while_publishing(
    name: str, states: tuple[Project, list[dict[str, bytes]]], tmp_path: Path
) -> None:
    """An interrupt after the point of no return waits: the new tree, and status 0."""
    master, trees = states
    site = Project(tmp_path / "site", {})
    shutil.rmtree(site.root)
    shutil.copytree(master.root, site.root)
    state = 0 if site.tree() == trees[1] else 1
    site.write("templates/base.html", template(state))
    process = subprocess.run([sys.executable, "-c", DYING, "50"], capture_output=True,
                             **site.popen(env={"DIE": name}))  # fmt: skip
    assert process.returncode == 0, process.stderr
    assert site.tree() == trees[state]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_interrupted(name: str, states: tuple[Project, list[dict[str, bytes]]]) -> None:
    """An interrupt gives status 130 and the old tree, or came too late; no worker stays."""
    site, trees = states
    state = 0 if site.tree() == trees[1] else 1
    outcomes = set()
    for _ in range(2):
        site.write("templates/base.html", template(state))
        process = site.start("--workers", "2", start_new_session=True)
        while process.poll() is None and not any(site.root.glob(".blasto/*staging/*")):
            time.sleep(0.005)
        family = children(psutil.Process(process.pid))
        # As a terminal does it for Ctrl-C: to the whole group.
        (os.killpg if name == "SIGINT" else os.kill)(process.pid, getattr(signal, name))
        _, err = process.communicate(timeout=60)
        assert gone(family)
        outcomes.add(process.returncode)
        if process.returncode == 130:
            assert err.strip() == "blasto: interrupted; what was published is as it was"
            assert site.tree() == trees[1 - state]
        else:
            assert process.returncode == 0, err
            assert site.tree() == trees[state]
            state = 1 - state
    assert 130 in outcomes


def refused(site: Project, *arguments: str, said: str, **options: Any) -> None:
    """Freeze a changed site: status 1, one line that says why, and the tree of before."""
    before, times = site.tree(), stamps(site.build)
    site.write("templates/base.html", template(99))
    done = site.run(*arguments, **options)
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith(CONTRACT)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert (site.tree(), stamps(site.build)) == (before, times)


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Path]:
    """Give a small file system of its own; only root can."""
    folder = tmp_path / "mounted"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True
    )
    if done.returncode:
        pytest.skip("platform: a tmpfs cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_disk_full_where_all_lies(mount: Path) -> None:
    """With the project on a full disk the published site is as it was."""
    site = small(mount / "site", 3)
    free = os.statvfs(mount)
    (mount / "filler").write_bytes(b"x" * (free.f_bavail * free.f_frsize - 4096))
    refused(site, said="")
    (mount / "filler").unlink()
    assert site.run().returncode == 0
    assert site.tree() == site.clean()


def test_disk_full_where_the_output_lies(mount: Path, tmp_path: Path) -> None:
    """With the output on a full disk the published site is as it was, and says so."""
    site = small(tmp_path / "site", 3)
    out = mount / "out"
    assert site.run("--destination", str(out)).returncode == 0
    site.build = out
    free = os.statvfs(mount)
    (mount / "filler").write_bytes(b"x" * (free.f_bavail * free.f_frsize - 8192))
    refused(site, "--destination", str(out), said="No space left on device")
    (mount / "filler").unlink()
    assert site.run("--destination", str(out)).returncode == 0
    assert b"<p>99</p>" in site.tree()["index.html"]


def test_output_on_a_read_only_disk(mount: Path, tmp_path: Path) -> None:
    """A read-only output is refused in words."""
    site = small(tmp_path / "site", 3)
    out = mount / "out"
    assert site.run("--destination", str(out)).returncode == 0
    site.build = out
    subprocess.run(["mount", "-o", "remount,ro", str(mount)], check=True)
    refused(site, "--destination", str(out), said="Read-only file system")


@pytest.fixture
def bound() -> dict[str, Any]:
    """Give options for a process that permissions hold for, though root starts it."""
    if os.name == "nt":
        pytest.skip("platform: Windows has other permissions")
    if os.geteuid():
        return {}
    if sys.platform != "linux":
        pytest.skip("platform: root may do anything here")
    libc = ctypes.CDLL(None)

    def drop() -> None:
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP

    return {"preexec_fn": drop}


def test_output_without_permission(bound: dict[str, Any], tmp_path: Path) -> None:
    """An output folder that may not be written to is refused in words."""
    site = small(tmp_path / "site")
    (site.build / "p").chmod(0o555)
    refused(site, said="Permission denied", **bound)
    (site.build / "p").chmod(0o755)
    assert site.run(**bound).returncode == 0
    assert b"<p>99</p>" in site.tree()["p/0/index.html"]


def test_source_without_permission(bound: dict[str, Any], tmp_path: Path) -> None:
    """A source file that may not be read is an error that names it."""
    site = small(tmp_path / "site")
    site.write("content/p/3.md", "New.\n").chmod(0)
    refused(site, said="content/p/3.md: ", **bound)
