"""A site behind ``blasto serve``, in a process of its own, for tests of the writing loop."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.request import Request, urlopen

from sites import Project, environment


class Live:
    """A server that runs: its address, and what it printed."""

    def __init__(self, process: subprocess.Popen[str], origin: str) -> None:
        self.process = process
        self.origin = origin
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(self.process.stdout)

    def get(self, path: str, **headers: str) -> str:
        """Give the body of a page."""
        request = Request(self.origin + path, headers=headers)
        with urlopen(request, timeout=30) as answer:
            return str(answer.read().decode())

    def version(self, path: str = "/") -> int:
        """Give the version of the site that a page was made at."""
        found = re.search(r'data-version="(\d+)"', self.get(path))
        assert found
        return int(found[1])

    def told(self, since: int) -> str:
        """Wait for what a page of a version is told; asks again as a browser does."""
        while True:
            with suppress(OSError):
                address = f"{self.origin}/_blasto/events?since={since}"
                with urlopen(address, timeout=30) as stream:
                    for line in stream:
                        if line.startswith(b"data: "):
                            return str(json.loads(line[6:])["kind"])


@contextmanager
def lived(site: Project, *arguments: str, **environ: str) -> Iterator[Live]:
    """Run ``blasto serve`` in a project."""
    command = [sys.executable, "-m", "blasto", "serve", "--port", "0", *arguments]
    with subprocess.Popen(
        command, cwd=site.root, env=environment(**environ), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.match(r"http://127\.0\.0\.1:\d+", line)
            assert found, line
            live = Live(process, found[0])
            yield live
        finally:
            process.terminate()
            # The second is what a process that just starts again ends with.
            assert process.wait(30) in (0, -15)
