"""What a freeze would know of the whole site: asked of one that publishes aside.

Links, sizes, times and what each URL observed are in a ledger. While a site is written a
freeze of its own, in another process and into ``.blasto/survey/``, keeps one up to date:
drafts included, only what changed rendered again, and ``build/`` left alone.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import msgspec

from . import linkcheck, output, recollection, trace, workers
from .bodies import SUMMARY, Kept
from .errors import BlastoError, Problem
from .freezer import Freezer
from .ledger import Ledger, Row, unpack, unpack_problems

_kept = msgspec.msgpack.Decoder(Kept)


@dataclass
class Facts:
    """What the last survey found.

    :param rows: each URL that has a file.
    :param targets: link targets by number, encoded and with the base path.
    :param observations: number, kind, name and digest of each.
    :param written: for each page, by its path, the links that stand in its text.
    :param base: the base path.
    """

    rows: dict[str, Row] = field(default_factory=dict)
    targets: Mapping[int, str] = field(default_factory=dict)
    observations: Sequence[tuple[int, str, str, str]] = ()
    written: dict[str, list[str]] = field(default_factory=dict)
    base: str = ""

    def local(self, target: str) -> str | None:
        """Give the decoded URL of a link inside the site, ``None`` for another."""
        try:
            path = output.decode(output.split(target)[0])
        except BlastoError:
            return None
        if not path.startswith(self.base + "/"):
            return None
        return path[len(self.base) :]

    def url_of(self, target: str) -> str | None:
        """Give the URL that a link leads to, if there is one."""
        url = self.local(target)
        if url is None:
            return None
        for one in (url, url + "/", url.removesuffix("index.html")):
            if one in self.rows:
                return one
        return None

    @cached_property
    def linking(self) -> dict[str, int]:
        """How many pages lead to each URL, themselves not counted."""
        urls = {number: url for number, text in self.targets.items() if (url := self.url_of(text))}
        found: dict[str, int] = {}
        for row in self.rows.values():
            if row.type == "text/html":
                for url in {urls[one] for one in unpack(row.links) if one in urls} - {row.url}:
                    found[url] = found.get(url, 0) + 1
        return found

    @cached_property
    def problems(self) -> list[Problem]:
        """What was wrong: broken links first."""
        rows = [row for row in self.rows.values() if row.problems or row.findings]
        found = linkcheck.stored(rows)
        for row in rows:
            found += unpack_problems(row.problems)
        return list(dict.fromkeys(found))


class Survey:
    """Freezes aside, and reads what that found.

    :param freezer: the site's; ``None`` where there is no app.
    :param arguments: words after ``blasto freeze`` with which it means the same project.
    """

    def __init__(self, freezer: Freezer | None, arguments: Collection[str] = ()) -> None:
        self.freezer = freezer
        self.arguments = arguments
        self.failed = ""
        self._process: subprocess.Popen[str] | None = None
        self._version = -1
        self._read: tuple[tuple[int, int], Facts] | None = None
        self._lock = threading.Lock()

    @property
    def folder(self) -> Path:
        assert self.freezer is not None
        return recollection.folder(self.freezer)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def begin(self, version: int) -> bool:
        """Survey the site unless that was done at this version; tell whether it is under way."""
        with self._lock:
            if self.freezer is not None and not self.running and version != self._version:
                self._version = version
                self._process = self._start()
                threading.Thread(target=self._wait, args=(self._process,), daemon=True).start()
            return self.running

    def _start(self) -> subprocess.Popen[str]:
        polite = shutil.which("nice")
        command = [*([polite, "-n", "10"] if polite else []), sys.executable, "-m", "blasto"]
        command += ["freeze", *self.arguments, "--drafts", "--future", "--expired"]
        command += ["--keep-going", "--no-strict", "--quiet", "--workers"]
        command += [str(max(1, workers.cores() - 1)), "--destination", str(self.folder / "build")]
        assert self.freezer is not None
        return subprocess.Popen(
            command, cwd=self.freezer.project_root, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env={**os.environ, "FLASK_BLASTO_STATE": str(self.folder)},
        )  # fmt: skip

    def _wait(self, process: subprocess.Popen[str]) -> None:
        _, said = process.communicate()
        self.failed = said.strip() if process.returncode not in (0, 1) else ""

    def stop(self) -> None:
        """End what runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()

    def facts(self) -> Facts | None:
        """Give what was found last, ``None`` before the first survey is done."""
        if self.freezer is None:
            return None
        file = self._ledger()
        if file is None:
            return None
        try:
            stat = file.stat()
            key = (stat.st_mtime_ns, stat.st_size)
            if self._read is None or (self._read[0] != key and not self.running):
                with trace.paused(), closing(Ledger(file, readonly=True)) as ledger:
                    facts = self._facts(ledger)
                if facts.rows:
                    self._read = (key, facts)
        except (sqlite3.Error, OSError, UnicodeDecodeError, msgspec.DecodeError):
            return self._read[1] if self._read else None
        return self._read[1] if self._read else None

    def _ledger(self) -> Path | None:
        """Find the ledger: an app that takes no settings from outside keeps it with the others."""
        assert self.freezer is not None
        place = os.path.relpath(self.folder / "build", self.freezer.project_root)
        name = f"ledger-{trace.digest(place)[:12]}.sqlite"
        for folder in (self.folder, self.freezer.state_folder):
            if (folder / name).is_file():
                return folder / name
        return None

    def _facts(self, ledger: Ledger) -> Facts:
        assert self.freezer is not None
        rows = {row.url: row for row in ledger.rows() if row.path is not None}
        return Facts(
            rows, ledger.links(), ledger.observations(), dict(_written(ledger)),
            self.freezer.script_name,
        )  # fmt: skip


def _written(ledger: Ledger) -> Iterator[tuple[str, list[str]]]:
    for path, data in ledger.db.execute("SELECT path, data FROM body"):
        if not path.endswith(SUMMARY):
            try:
                yield path, list(_kept.decode(zlib.decompress(data)).references)
            except (msgspec.DecodeError, zlib.error):
                continue
