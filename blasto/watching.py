"""Which files changed, as soon as they do: a burst of saves is one set of paths.

For the server that shows a site while it is written. The system says so through
watchfiles (the extra ``serve``); without it, stats are compared some times a second.
"""

from __future__ import annotations

import importlib.util
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import NamedTuple

from . import files

QUIET = 0.025
"""Seconds without another change after which a burst is over."""
LONGEST = 0.5
STEP, BURST = 5, 50
"""Milliseconds in which watchfiles gathers, and in which it gives what it has."""
PAUSE = 0.4
"""Seconds between two looks at the stats, where the system says nothing."""
NOISE = ("~", ".swp", ".swx", ".swo", ".tmp", ".pyc", "4913", ".DS_Store")


class Places(NamedTuple):
    """What is watched.

    :param whole: folders with all that lies below them.
    :param flat: folders whose own files count and nothing deeper.
    """

    whole: tuple[Path, ...]
    flat: tuple[Path, ...]


def has_system() -> bool:
    """Tell whether the system's own messages can be had."""
    return importlib.util.find_spec("watchfiles") is not None


class Watch:
    """Gives the absolute paths that change, a set at a time, until ``stop`` is set.

    A set is given at once; what :meth:`more` gives then belongs to the same burst.

    :param since: nanoseconds of the clock; a file that changed between then and the moment
        from which the system tells of changes is given, too.
    """

    def __init__(self, places: Places, stop: threading.Event, since: int | None = None) -> None:
        self.stop = stop
        self.places = places
        self.since = since
        self._queue: Queue[tuple[float, set[str]]] = Queue()
        self._last = self._first = 0.0
        start = _listen if has_system() else _poll
        start(places, self._put, self._ready, stop)

    def _ready(self) -> None:
        if self.since is not None:
            found = snapshot(self.places).items()
            missed = {path for path, stat in found if stat.ctime_ns >= self.since}
            if missed:
                self._put(missed)

    def _put(self, paths: set[str]) -> None:
        self._queue.put((time.monotonic(), paths))

    def __iter__(self) -> Iterator[set[str]]:
        while not self.stop.is_set():
            try:
                self._last, paths = self._queue.get(timeout=0.5)
            except Empty:
                continue
            self._first = self._last
            yield paths

    def more(self) -> set[str]:
        """Give what else changed shortly after, nothing when the burst is over."""
        found: set[str] = set()
        while self._last < self._first + LONGEST:
            try:
                wait = max(0.0, self._last + QUIET - time.monotonic())
                self._last, paths = self._queue.get(timeout=wait) if wait else self._queue.get_nowait()  # fmt: skip
            except Empty:
                break
            found |= paths
        return found


def _thread(run: Callable[[], None], name: str) -> None:
    threading.Thread(target=run, daemon=True, name=name).start()


def _noise(path: str) -> bool:
    name = os.path.basename(path)
    return name.endswith(NOISE) or name.startswith((".#", "#"))


def _listen(
    places: Places,
    put: Callable[[set[str]], None],
    ready: Callable[[], None],
    stop: threading.Event,
) -> None:
    """Have the system tell: one thread for what is watched whole, one for what is flat."""
    from watchfiles import watch

    def deep() -> None:
        while not stop.is_set():
            folders = [folder for folder in places.whole if folder.is_dir()]
            renewed.clear()
            if not folders:
                settle()
                renewed.wait(0.5)
                continue
            for found in watch(
                *folders, watch_filter=None, step=STEP, debounce=BURST,
                rust_timeout=500, yield_on_timeout=True, stop_event=stop, raise_interrupt=False,
            ):  # fmt: skip
                settle()
                if take(path for _, path in found):
                    continue
                if renewed.is_set():
                    break

    def flat() -> None:
        missing = [folder for folder in places.whole if not folder.is_dir()]
        for found in watch(
            *(folder for folder in places.flat if folder.is_dir()), watch_filter=None,
            step=STEP, debounce=BURST,
            recursive=False, rust_timeout=500, yield_on_timeout=True, stop_event=stop, raise_interrupt=False,
        ):  # fmt: skip
            settle()
            if any(folder.is_dir() for folder in missing):
                missing = [folder for folder in missing if not folder.is_dir()]
                renewed.set()
            take(path for _, path in found if not os.path.isdir(path) or Path(path) in places.whole)

    def take(paths: Iterable[str]) -> bool:
        kept = {path for path in paths if not _noise(path)}
        if kept:
            put(kept)
        return bool(kept)

    def settle() -> None:
        # What each of them gives first, be it nothing, tells that it listens.
        listening.add(threading.current_thread().name)
        if len(listening) == 2:
            listening.add("done")
            ready()

    listening: set[str] = set()
    renewed = threading.Event()
    _thread(deep, "blasto watch, whole")
    _thread(flat, "blasto watch, flat")


def _poll(
    places: Places,
    put: Callable[[set[str]], None],
    ready: Callable[[], None],
    stop: threading.Event,
) -> None:
    """Compare stats now and then."""

    def run() -> None:
        before = snapshot(places)
        ready()
        while not stop.wait(PAUSE):
            now = snapshot(places)
            differ = {path for path, stat in now.items() ^ before.items()}
            if differ:
                put(differ)
            before = now

    _thread(run, "blasto watch, by stat")


def snapshot(places: Places) -> dict[str, files.Stat]:
    """Give the stat of every file that is watched, by its absolute path."""
    found: dict[str, files.Stat] = {}
    for folder in places.whole:
        for path, stat in files.scan(folder, hidden=True).files.items():
            found[f"{folder}{os.sep}{path.replace('/', os.sep)}"] = stat
    for folder in places.flat:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_file():
                        found[entry.path] = files.Stat.of(entry.stat())
        except OSError:
            continue
    return {path: stat for path, stat in found.items() if not _noise(path)}
