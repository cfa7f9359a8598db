"""What a URL was made of, in words: the ledger and today's site, asked about one URL.

Nothing is changed or rendered: it reads what the last freeze noted, and asks for today's
digests as the next freeze would.
"""

from __future__ import annotations

import inspect
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException

from . import output, reads, trace
from .errors import BlastoError, UsageError, did_you_mean
from .files import Digests
from .ledger import Ledger, Row, unpack, unpack_problems
from .past import Past
from .program import PACKAGE
from .reports import Options
from .today import Today

if TYPE_CHECKING:
    from .freezer import Freezer

SHOWN = 10
"""Pages named in one line before the rest is only counted."""


def explain(freezer: Freezer, url: str) -> list[str]:
    """Say all that is known of a URL, line by line.

    :param url: a URL or its path, encoded or not, with or without the base path; or the
        file that it became or was made from.
    :raises UsageError: nothing was frozen yet, or not this URL.
    """
    path = freezer.state_file("sqlite")
    if not path.is_file():
        raise UsageError.at("nothing has been frozen yet", hint="run blasto freeze first")
    reads.seal(True)
    try:
        with closing(Ledger(path, readonly=True)) as ledger:
            rows = {row.url: row for row in ledger.rows()}
            return list(_lines(freezer, ledger, rows, find(freezer, rows, url)))
    except sqlite3.DatabaseError as error:
        raise UsageError.at(
            f"the ledger cannot be read: {error}", hint="run blasto freeze"
        ) from error
    finally:
        reads.seal(False)


def find(freezer: Freezer, rows: dict[str, Row], asked: str) -> Row:
    """Give the row that was meant."""
    parts = urlsplit(asked)
    text = parts.path if parts.scheme in ("http", "https") else output.split(asked)[0]
    spellings = [asked, text]
    with suppress(BlastoError):
        spellings.append(output.decode(text))
    base = freezer.script_name
    for spelling in dict.fromkeys(spellings):
        rooted = "/" + spelling.lstrip("/")
        for url in (
            rooted,
            rooted[len(base) :] if base and rooted.startswith(base + "/") else None,
        ):
            for candidate in (url, f"{url}/", url.removesuffix("index.html")) if url else ():
                if candidate in rows:
                    return rows[candidate]
        if base and rooted == base and "/" in rows:
            return rows["/"]
    # Perhaps it names a file: what was published, or what it was made from.
    file = os.path.normpath(asked)
    published = os.path.relpath(os.path.abspath(file), freezer.root)
    for row in rows.values():
        if row.path is not None and row.path in (file, published):
            return row
    for row in rows.values():
        if row.path is not None and row.source == file:
            return row
    known = [url for url, row in rows.items() if row.path is not None]
    raise UsageError.at(
        f'the last freeze has no URL "{asked}"',
        hint=did_you_mean("/" + spellings[-1].lstrip("/"), known) or "run blasto freeze first",
    )


def _lines(freezer: Freezer, ledger: Ledger, rows: dict[str, Row], row: Row) -> Iterator[str]:
    yield output.encode(freezer.script_name + row.url)
    if row.path is not None:
        kind = f", {row.type}" if row.type else ""
        shown = os.path.relpath(freezer.root / row.path, freezer.project_root)
        yield _line("file", f"{shown} ({row.size:,} bytes{kind})")
    else:
        yield _line("file", "none: it has no answer")
    yield from _view(freezer, row)
    if row.source:
        yield _line("found by", row.source)
    linking = [url for url in _linking(freezer, ledger, rows, row) if url != row.url]
    if linking:
        more = f" and {len(linking) - SHOWN} more" if len(linking) > SHOWN else ""
        yield _line("linked from", ", ".join(linking[:SHOWN]) + more)
    numbers = set(unpack(row.observations))
    seen = [(kind, name) for number, kind, name, _ in ledger.observations() if number in numbers]
    for count, (kind, name) in enumerate(sorted(seen)):
        yield _line("observed" if count == 0 else "", f"{kind} {_shown(freezer, name)}".rstrip())
    for problem in unpack_problems(row.problems):
        yield _line(problem.severity, str(problem))
    yield _line("seconds", f"{row.seconds:.4f}")
    yield _line("rendered", f"because {row.reason}" if row.reason else "before the last freeze")
    yield _line("next time", _next(freezer, ledger, row))


def _line(word: str, text: str) -> str:
    return f"  {word:<12}{text}"


def _view(freezer: Freezer, row: Row) -> Iterator[str]:
    """Say which rule takes the URL, and which function of which file answers."""
    app = freezer.app
    try:
        rule, _ = app.url_map.bind("localhost").match(row.url, return_rule=True)
    except HTTPException:
        if row.endpoint:
            yield _line("endpoint", row.endpoint)
        return
    endpoint = row.endpoint or rule.endpoint
    yield _line("rule", rule.rule)
    site = freezer.site
    target = site.target(row.url) if site is not None and endpoint == "blasto.content" else None
    shown = f"{endpoint}, as blasto.{target.kind}" if target else endpoint
    yield _line("endpoint", shown)
    view = app.view_functions.get(f"blasto.{target.kind}" if target else endpoint)
    code = getattr(inspect.unwrap(view), "__code__", None) if view is not None else None
    if code is not None:
        file = _shown(freezer, code.co_filename)
        yield _line("view", f"{code.co_name} in {file}:{code.co_firstlineno}")


def _shown(freezer: Freezer, name: str) -> str:
    """Give a file of the project or of blasto by its place there; other names as they are."""
    name = name.replace(trace.MARK, ": ")
    for folder in (freezer.project_root, PACKAGE.parent):
        if name.startswith((str(folder) + os.sep, f"dir:{folder}{os.sep}")):
            return name.replace(str(folder) + os.sep, "", 1)
    return name


def _linking(freezer: Freezer, ledger: Ledger, rows: dict[str, Row], row: Row) -> list[str]:
    """Give the URLs that link to this one."""
    base, numbers = freezer.script_name, set()
    for number, target in ledger.links().items():
        try:
            path = output.decode(output.split(target)[0])
        except BlastoError:
            continue
        if path.startswith(base + "/") and path[len(base) :] in (row.url, row.url.rstrip("/")):
            numbers.add(number)
    return sorted(url for url, one in rows.items() if not numbers.isdisjoint(unpack(one.links)))


def _next(freezer: Freezer, ledger: Ledger, row: Row) -> str:
    """Say what a freeze would do with the URL now."""
    today = Today(freezer, Digests(ledger.files()), ledger)
    today.load(1)
    past = Past(ledger, today.digest, today.everything(Options()), today.unchanged)
    site = freezer.site
    if site is not None and row.endpoint == "blasto.content" and site.target(row.url) is None:
        return "removed: nothing makes it any more"
    if row.endpoint is None or not _copied(row):
        reason = past.reason(row.url, row.modified)
        if reason is not None:
            return f"rendered, because {reason}"
    if row.path is not None and not today.intact(row):
        return "made again, because its file in the output is not as it was left"
    return "reused: nothing that it observed has changed"


def _copied(row: Row) -> bool:
    """Tell whether a static file was copied: then its bytes alone decide."""
    return not row.observations and row.source == "static_files_urls"
