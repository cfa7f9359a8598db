"""Compressed copies beside the texts of the published tree, for hosts that send them.

Called by ``freezing`` when every URL is known and before the whole is judged. A copy is the
same answer in another coding, so it is made of a row, not of a view: again only where the
row's bytes changed.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from . import trace
from .ledger import Row
from .rendering import Made
from .reports import Done

if TYPE_CHECKING:
    from .freezing import Freeze

ENDPOINT = "blasto.compressed"
ENDINGS = (".html", ".css", ".js", ".mjs", ".json", ".xml", ".svg", ".txt", ".md", ".webmanifest", ".ico", ".wasm")  # fmt: skip
LEAST = 256
"""Smaller files gain nothing: they fit into one packet as they are."""


def gz(data: bytes) -> bytes:
    """Compress with gzip, the same bytes at any time."""
    return gzip.compress(data, 9, mtime=0)


def br(data: bytes) -> bytes:
    """Compress with Brotli."""
    import brotli  # type: ignore[import-untyped]

    made: bytes = brotli.compress(data, mode=brotli.MODE_TEXT, quality=11)
    return made


KINDS: dict[str, Callable[[bytes], bytes]] = {"gz": gz, "br": br}


def add(freeze: Freeze) -> Iterator[Done]:
    """Take a compressed copy of each text into the freeze, in each coding that was asked for."""
    site = freeze.freezer.site
    if site is None or not site.settings.assets.precompress or freeze.report.errors:
        return
    taken = {row.path for row in freeze.rows.values()}
    stale: list[tuple[Row, str, str]] = []
    for row in list(freeze.rows.values()):
        if row.path is None or row.size < LEAST or not row.path.lower().endswith(ENDINGS):
            continue
        for kind in site.settings.assets.precompress:
            path = f"{row.path}.{kind}"
            if path in taken:
                continue
            past = freeze.past.rows.get("/" + path)
            if past is not None and past.modified == row.digest and freeze.today.intact(past):
                past.reason = ""
                freeze.rows[past.url] = past
                freeze.report.reused += 1
                yield Done(past.url, path)
            else:
                stale.append((row, path, kind))
    with trace.paused(), ThreadPoolExecutor(freeze.workers()) as pool:
        made = pool.map(lambda one: KINDS[one[2]](_bytes(freeze, one[0])), stale)
        for (row, path, _), data in zip(stale, made, strict=True):
            if len(data) < row.size:
                yield _take(freeze, row, path, data)


def _bytes(freeze: Freeze, row: Row) -> bytes:
    """Read what is published for a row, or waits to be."""
    assert row.path is not None
    result = freeze.results.get(row.url)
    if result is not None and result.staged:
        return Path(freeze.staging.path(row.path)).read_bytes()
    return (freeze.destination / row.path).read_bytes()


def _take(freeze: Freeze, row: Row, path: str, data: bytes) -> Done:
    url, digest = "/" + path, trace.digest(data)
    freeze.staging.write(path, data)
    reason = f'"{row.path}" changed'
    freeze.rows[url] = Row(
        url, ENDPOINT, path, digest, len(data), source=row.url, modified=row.digest, reason=reason
    )
    freeze.results[url] = Made(staged=True)
    freeze.report.reasons[url] = reason
    freeze.report.rendered += 1
    return Done(url, path)
