"""The site on a Dask cluster: the same tree and the same words as from a pool of processes."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import pytest
from sites import NOW, Project, environment
from test_parallel import many

from blasto import cluster, freezing
from blasto.errors import BlastoError, UsageError

pytest.importorskip("distributed")
# Dask closes some of its sockets when Python gets to it, and reads files with what Python has.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.slow,
]


@pytest.fixture(autouse=True)
def instant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold the clock."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)


def frozen(site: Project, *words: str) -> tuple[int, str, list[str], dict[str, bytes]]:
    """Freeze in a process of its own: status, counts, what was said, and the tree."""
    done = site.run("--no-strict", *words)
    said = sorted(done.stderr.splitlines())
    return done.returncode, done.stdout.split(" s: ")[-1], said, site.tree()


@contextlib.contextmanager
def scheduler(folder: Path) -> Iterator[tuple[str, list[psutil.Popen]]]:
    """Run a scheduler and two workers as processes of their own; give its address and them."""
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    dask = [sys.executable, "-m", "dask"]
    started = [[*dask, "scheduler", "--host", address, "--no-dashboard", "--no-show"]]
    started += [
        [*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder / name)]
        for name in "ab"
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        processes = [
            psutil.Popen(words, cwd=folder, env=environment(), stdout=log, stderr=log)
            for words in started
        ]
    try:
        yield address, processes
    finally:
        for process in processes:
            with contextlib.suppress(psutil.Error):
                process.kill()
        for process in processes:
            process.wait()


def test_a_cluster_of_this_machine(tmp_path: Path) -> None:
    """Bytes, counts and warnings are a pool's, and an edited module of the site is seen."""
    one, two = many(tmp_path / "one"), many(tmp_path / "two")
    assert frozen(one) == frozen(two, "--executor", "dask")
    for site in (one, two):
        site.write("words.py", 'SHOUT = "Ho"\n')
        site.edit("content/p/3.md", "Text.", "Another text.")
    assert frozen(one) == frozen(two, "--executor", "dask")
    assert b"Ho " in (two.build / "extra/9/index.html").read_bytes()
    assert not (two.root / ".blasto/ledger.dask").exists()


def test_errors_on_a_cluster(tmp_path: Path) -> None:
    """One bad page does not hide the other errors, and nothing is published."""
    one, two = many(tmp_path / "one"), many(tmp_path / "two")
    for site in (one, two):
        site.write("templates/post.html", "{{ page.title }}{% if page.title[-1] == '3' %}{{ 1 / 0 }}{% endif %}")  # fmt: skip
    said = [site.run("--no-strict", *words) for site, words in ((one, []), (two, ["--executor", "dask"]))]  # fmt: skip
    assert [done.returncode for done in said] == [1, 1]
    assert said[0].stderr == said[1].stderr
    assert said[0].stderr.count("ZeroDivisionError") == 3
    assert not two.build.exists()


def test_a_worker_that_is_lost(tmp_path: Path) -> None:
    """Workers elsewhere get the site; one is killed in the middle, the other does its work."""
    one, two = many(tmp_path / "one", 120), many(tmp_path / "two", 120)
    for site in (one, two):
        slow = "{% extends 'theme/post.html' %}{% block head %}{{ wait() }}{% endblock %}"
        site.write("templates/post.html", slow)
        site.edit("freeze.py", "@app.get", "import time\napp.jinja_env.globals['wait'] = lambda: time.sleep(0.02) or ''\n@app.get")  # fmt: skip
    with scheduler(tmp_path / "dask") as (address, processes):
        killed: list[float] = []

        def kill() -> None:
            while not list(two.root.glob(".blasto/ledger.staging/*/*")):
                time.sleep(0.02)
            processes[1].kill()
            killed.append(time.monotonic())

        watcher = threading.Thread(target=kill)
        watcher.start()
        got = frozen(two, "--executor", f"dask:{address}")
        ended = time.monotonic()
        watcher.join()
        assert killed[0] < ended
        assert got == frozen(one)
        # The site is there already; an edit is sent as another archive, and the first is dropped.
        two.write("words.py", 'SHOUT = "Ho"\n')
        assert frozen(two, "--full", "--executor", f"dask:{address}")[0] == 0
        assert b"Ho " in (two.build / "extra/9/index.html").read_bytes()
        folders = [one.name for one in tmp_path.glob("dask/b/**/blasto-*") if one.is_dir()]
        assert len(folders) == 1


def test_a_worker_with_other_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster whose Python or blasto differs is refused before anything is sent."""
    kept = cluster._versions
    site = many(tmp_path / "site")
    asked: list[int] = []

    def versions(told: Any) -> dict[str, str]:
        asked.append(1)
        return kept(told) | ({"blasto": "0.0.1"} if len(asked) == 2 else {})

    monkeypatch.setattr(cluster, "_versions", versions)
    with pytest.raises(UsageError, match=r"has blasto 0\.0\.1, this freeze has "):
        site.freeze(executor="dask", workers=1)
    assert not site.build.exists()


def test_no_cluster_and_no_executor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address where nothing listens and a name that means nothing are errors, not waits."""
    monkeypatch.setattr(cluster, "WAIT", 1.0)
    site = many(tmp_path / "site")
    with pytest.raises(UsageError, match="no Dask cluster at tcp://127"):
        site.freeze(executor="dask:tcp://127.0.0.1:9")
    with pytest.raises(UsageError, match='there is no executor "dusk"'):
        site.freeze(executor="dusk")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="needs Dask") as raised:
        site.freeze(executor="dask")
    assert raised.value.problems[0].hint == "pip install 'blasto[cluster]'"


def test_an_archive_depends_on_the_files_alone(tmp_path: Path) -> None:
    """Times and order do not matter; hidden folders, environments and the output stay out."""
    site = many(tmp_path / "one")
    for path in (".git/config", "venv/pyvenv.cfg", "venv/x.py", "build/x.html", "__pycache__/x.py"):
        site.write(path, "x")
    shutil.copytree(site.root, tmp_path / "two")
    os.utime(tmp_path / "two/freeze.py", (1, 1))
    archives = [cluster.pack(tmp_path / name, [tmp_path / name / "build"], {}) for name in ("one", "two")]  # fmt: skip
    assert archives[0] == archives[1]
    names = zipfile.ZipFile(BytesIO(archives[0])).namelist()
    assert {"freeze.py", "words.py", "blasto.toml", "content/p/3.md", "static/a.css"} <= {*names}
    assert not [name for name in names if name.startswith((".git", "venv", "build", "__pycache__"))]
    site.edit("words.py", "Hey", "Ho")
    assert cluster.pack(site.root, [site.build], {}) != archives[0]


def test_a_plain_app_that_cannot_be_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An app that exists in this process only is refused with the way to do it."""
    site = many(tmp_path / "site", script=False)
    monkeypatch.setattr(freezing.workers, "FEW", 1)
    freezer = site.freezer()
    freezer.app.config.pop("BLASTO_REFERENCE", None)
    freezer.site.source = None
    with pytest.raises(BlastoError, match="cannot make this app again"):
        list(freezer.freeze_options(executor="dask"))
