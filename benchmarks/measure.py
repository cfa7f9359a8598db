"""Runs one command and measures it: time, processor time, peak memory.

`run.py` calls :func:`measure` for each build. The peak of the *largest* process comes
from the kernel (``wait4`` counts children that were waited for too). The peak of *all*
processes together has to be sampled, as proportional set size, which counts a page that
two workers share once; sampling costs time, so it is asked for in runs of their own.
POSIX only; the sum needs Linux.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Sample:
    """One build: seconds by the clock and of the processors, memory in MB (of 10^6 bytes)."""

    seconds: float
    cpu: float
    largest: float
    total: float | None = None


def measure(
    command: Sequence[str], folder: Path, env: Mapping[str, str], *, sampled: bool = False
) -> Sample:
    """Run a command in a folder to its end.

    :param sampled: take the memory of all processes together as well.
    :raises RuntimeError: if it fails; with the end of what it printed.
    """
    with tempfile.TemporaryFile() as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        watch = _Watch(process.pid) if sampled else None
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        total = watch.stop() if watch else None
        if process.returncode:
            log.seek(max(0, log.tell() - 4000))
            said = log.read().decode("utf-8", "replace")
            raise RuntimeError(f"{' '.join(command)} in {folder}: {process.returncode}\n{said}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Sample(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6, total)


class _Watch:
    """Adds up the memory of a process and all below it, twenty times a second."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.peak = 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        while not self.done.wait(0.05):
            self.peak = max(self.peak, sum(map(_memory, _family(self.pid))))

    def stop(self) -> float | None:
        self.done.set()
        self.thread.join()
        return self.peak / 1e6 or None


def _family(pid: int) -> list[int]:
    """Give a process and its descendants; those that end meanwhile are left out."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        try:
            for task in (PROC / str(one) / "task").iterdir():
                waiting += map(int, (task / "children").read_text(encoding="ascii").split())
        except OSError:
            continue
    return found


def _memory(pid: int) -> int:
    """Give the proportional set size of a process in bytes, 0 if it is gone."""
    try:
        for line in (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
