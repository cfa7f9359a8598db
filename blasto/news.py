"""What changed, told to browsers: server-sent events, one stream a tab.

Between ``watching`` and the script that ``workshop`` puts into pages. A page knows the
version it was made at; a stream that is asked for with an older version answers at once,
so that nothing is lost while a tab slept or the server started again.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Literal

Kind = Literal["reload", "style"]
BREATH = 10.0
"""Seconds after which an empty line tells whether somebody still listens."""
RETRY = 150
"""Milliseconds after which a browser asks again when the stream broke."""


class News:
    """Counts changes, and hands them to whoever waits.

    :param start: the first version; the time of day, so that it is above those of an
        earlier process.
    """

    def __init__(self, start: int | None = None) -> None:
        self.version = self.start = int(time.time() * 1000) if start is None else start
        self._styles: set[int] = set()
        self._waiting = threading.Condition()

    def tell(self, kind: Kind = "reload") -> None:
        """Say that something changed: all of a page, or style sheets only."""
        with self._waiting:
            self.version += 1
            if kind == "style":
                self._styles.add(self.version)
            self._waiting.notify_all()

    def since(self, version: int) -> Kind | None:
        """Tell what a page of that version has to do."""
        if version >= self.version:
            return None
        if version < self.start:
            return "reload"
        newer = range(version + 1, self.version + 1)
        return "style" if self._styles.issuperset(newer) else "reload"

    def stream(self, version: int) -> Iterator[bytes]:
        """Give the events for a page of that version, as they come."""
        yield f"retry: {RETRY}\n\n".encode()
        while True:
            with self._waiting:
                kind = self.since(version)
                if kind is None:
                    self._waiting.wait(BREATH)
                    kind = self.since(version)
                now = self.version
            if kind is None:
                yield b":\n\n"
                continue
            version = now
            data = json.dumps({"kind": kind, "version": now})
            yield f"id: {now}\ndata: {data}\n\n".encode()
