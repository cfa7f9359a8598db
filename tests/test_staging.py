"""Files that wait, and the lock."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from blasto.errors import BlastoError
from blasto.staging import BusyError, Lock, Staging

ROOT = Path(__file__).parent.parent


def test_write_and_replace(tmp_path: Path) -> None:
    """Bytes wait under a name that depends on the path alone; a second write replaces."""
    staging = Staging(tmp_path / "staging")
    staging.write("a", b"longer")
    staging.write("a", b"one")
    staging.write("a/index.html", b"two")
    long = "é" * 127 + "/" + "x" * 255
    staging.write(long, b"three")
    assert Path(staging.path("a")).read_bytes() == b"one"
    assert Path(staging.path("a/index.html")).read_bytes() == b"two"
    assert Path(Staging(tmp_path / "staging").path(long)).read_bytes() == b"three"
    staging.clear()
    assert not (tmp_path / "staging").exists()
    staging.clear()


def test_modes_do_not_depend_on_the_umask(tmp_path: Path) -> None:
    """Files are readable by a web server, whatever the umask."""
    staging = Staging(tmp_path / "staging")
    (tmp_path / "source").write_bytes(b"x")
    (tmp_path / "source").chmod(0o600)
    past = os.umask(0o077)
    try:
        staging.write("a", b"x")
        staging.copy("b", tmp_path / "source")
    finally:
        os.umask(past)
    for name in "ab":
        assert os.stat(staging.path(name)).st_mode & 0o777 == 0o644


def test_copy_is_no_link(tmp_path: Path) -> None:
    """A source that changes after it was staged does not change what is published."""
    source = tmp_path / "source"
    source.write_bytes(b"old")
    staging = Staging(tmp_path / "staging")
    staging.copy("a", source)
    source.write_bytes(b"new")
    assert Path(staging.path("a")).read_bytes() == b"old"


def test_copy_names_the_source(tmp_path: Path) -> None:
    """A source that cannot be read is named in the error, and nothing is left behind."""
    staging = Staging(tmp_path / "staging")
    with pytest.raises(BlastoError, match="missing"):
        staging.copy("a", tmp_path / "missing")
    assert not os.path.exists(staging.path("a"))


def test_failed_write_leaves_nothing(tmp_path: Path) -> None:
    """A write that the system stops half-way is an error, and no half file stays."""
    script = (
        "import resource, signal, sys; sys.path.insert(0, sys.argv[1]);"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        "from blasto.staging import Staging;"
        "Staging(sys.argv[2]).write('a', b'x' * 5000)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(ROOT), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "BlastoError: a: File too large" in done.stderr
    assert not os.path.exists(Staging(tmp_path).path("a"))


def work(staging: Staging, number: int) -> None:
    """Write some files from another process."""
    for other in range(20):
        staging.write(f"{number}/{other}", b"%d" % number)


def test_any_process_may_write(tmp_path: Path) -> None:
    """Staging is plain data: workers share it."""
    staging = Staging(tmp_path / "staging")
    assert pickle.loads(pickle.dumps(staging)).folder == staging.folder
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(work, [staging] * 8, range(8)))
    assert sum(len(files) for _, _, files in os.walk(staging.folder)) == 160


def test_second_lock_is_refused(tmp_path: Path) -> None:
    """A second freeze, even in this process, is told who has the lock; exit status 2."""
    path = tmp_path / ".blasto" / "lock"
    with Lock(path):
        with pytest.raises(
            BusyError, match=rf"another freeze \(pid {os.getpid()}\) is running"
        ) as caught:
            Lock(path).acquire()
        assert caught.value.exit_status == 2
    with Lock(path):
        pass
    Lock(path).release()


def test_stale_file_is_no_lock(tmp_path: Path) -> None:
    """A lock file that nobody holds is taken over, whatever it says."""
    (tmp_path / "lock").write_text("4194304999 and more\n")
    with Lock(tmp_path / "lock"):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


@contextmanager
def holder(path: Path, then: str = "") -> Iterator[subprocess.Popen[str]]:
    """Run a process that takes the lock and waits."""
    script = (
        "import sys, os, time; sys.path.insert(0, sys.argv[1]);"
        "from blasto.staging import Lock;"
        f"lock = Lock(sys.argv[2]).acquire(); {then}print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(ROOT), str(path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        assert process.stdout.readline().startswith("ready")
        yield process
    finally:
        process.kill()
        process.communicate()


def test_killed_holder(tmp_path: Path) -> None:
    """The lock of a killed freeze is free at once."""
    with holder(tmp_path / "lock") as process:
        with pytest.raises(BusyError, match=str(process.pid)):
            Lock(tmp_path / "lock").acquire()
        process.send_signal(signal.SIGKILL)
        process.wait()
        Lock(tmp_path / "lock").acquire().release()


def test_worker_does_not_keep_the_lock(tmp_path: Path) -> None:
    """A worker that outlives its killed freeze does not hold the lock."""
    then = "os.fork() or (os.close(1), os.close(2), time.sleep(5), os._exit(0)); "
    with holder(tmp_path / "lock", then) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        end = time.monotonic() + 2
        while True:
            try:
                Lock(tmp_path / "lock").acquire().release()
                break
            except BusyError:
                assert time.monotonic() < end, "the worker holds the lock"
                time.sleep(0.01)


def test_lock_in_a_forbidden_place(tmp_path: Path) -> None:
    """Where no lock file can be made, the error names it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(BlastoError, match="file"):
        Lock(tmp_path / "file" / "lock").acquire()
