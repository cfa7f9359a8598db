"""The search index as a part of the published tree: made of all pages, copied like static files.

Called by ``freezing`` when every page is known and before the whole is judged. Which
bundles are stale is told by the digests of the pages' HTML alone; the rest is ``search``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from . import search, trace, workers
from .frontier import Found

if TYPE_CHECKING:
    from .freezing import Freeze
    from .reports import Done

ENDPOINT = "blasto.search_file"
PREFIX = search.PREFIX


def add(freeze: Freeze) -> Iterator[Done]:
    """Index what changed, and take all files of the index into the freeze.

    :raises BlastoError: pagefind failed.
    """
    site, options = freeze.freezer.site, freeze.options
    if site is None or (freeze.report.errors and not options.keep_going):
        return
    if not site.has_search:
        if site.settings.search:
            problem = search.missing().problems[0]
            freeze.frontier.warnings.append(replace(problem, severity="warning"))
        return
    folder = freeze.freezer.state_file("search")
    if options.full or options.verify:
        shutil.rmtree(folder, ignore_errors=True)
    names = ("program blasto", "program the installed packages")
    stamp = trace.digest(*(freeze.today.facts[name] for name in names))
    pages = list(_pages(freeze))
    number = search.bundles(len(pages))
    groups: dict[int, list[search.Source]] = {one: [] for one in range(number)}
    for page in pages:
        groups[search.bundle(page.url, number)].append(page)
    with trace.paused():
        made = {one: search.made(folder / str(one)) for one in groups}
        stale = [one for one in groups if not search.is_current(made[one], groups[one], stamp)]
        calls = [(folder / str(one), groups[one], stamp) for one in stale]
        made.update(zip(stale, workers.spread(search.index, calls, freeze.workers()), strict=True))
        _forget(folder, number)
        said, files = search.catalogue(made)
        (folder / search.CATALOGUE).write_bytes(said)
    files[search.CATALOGUE] = trace.digest(said)
    for name, digest in files.items():
        done = freeze.decide(
            Found(PREFIX + name, ENDPOINT, "the search index", digest,
                  search.place(folder, name)), [],
        )  # fmt: skip
        if done is not None:
            yield done


def _pages(freeze: Freeze) -> Iterator[search.Source]:
    """Give every page of the site that is published as HTML."""
    root = str(freeze.destination)
    for url, row in sorted(freeze.rows.items()):
        if row.path is not None and row.type == "text/html":
            result = freeze.results.get(url)
            staged = result is not None and result.staged
            file = freeze.staging.path(row.path) if staged else f"{root}/{row.path}"
            yield search.Source(url, row.path, row.digest, file)


def _forget(folder: Path, number: int) -> None:
    """Take away bundles of a site that was larger once."""
    for path in folder.iterdir():
        if path.name.isdecimal() and int(path.name) >= number:
            shutil.rmtree(path, ignore_errors=True)
