"""From results to the published tree: the commit of a freeze.

Plans writes and removals, stores them with the new facts in one transaction of the
ledger, then carries them out. A freeze that was killed in between is finished by the
next command from the journal alone.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

from . import contract
from . import publish as publish_room
from .destination import preflight
from .errors import Problem
from .ledger import Move
from .publish import Entry, LostError
from .today import facts_of

if TYPE_CHECKING:
    from .freezing import Freeze


def publish(freeze: Freeze) -> None:
    """Change the output folder to what this freeze found, all at once or not at all."""
    entries = [*_writes(freeze), *_removals(freeze)]
    destination = freeze.destination
    if entries:
        entries = preflight(destination, entries)
    else:
        destination.mkdir(parents=True, exist_ok=True)
    freeze.report.written = sum(1 for entry in entries if entry.staged is not None)
    with undisturbed():
        _commit(freeze, entries)
        if entries:
            publish_room.apply(destination, entries)
        _done(freeze)
        freeze.report.published = True


def shown(freeze: Freeze) -> bool:
    """Show what would be published to whoever asked for it in place of publishing it."""
    inspect = freeze.options.inspect
    if inspect is None:
        return False
    remember(freeze)
    staged = {
        row.path: freeze.staging.path(row.path)
        for url, row in freeze.rows.items()
        if row.path is not None and url in freeze.results and freeze.results[url].staged
    }
    from . import trees

    inspect(trees.to_come(freeze.destination, freeze.rows.values(), staged))
    return True


def roll_forward(freeze: Freeze) -> None:
    """Finish a freeze that was killed while it published."""
    moves = freeze.ledger.journal()
    destination = freeze.destination
    if not moves:
        if destination.is_dir():
            publish_room.clean(destination)
        return
    entries = [Entry(move.path, move.staged, move.digest) for move in moves]
    with undisturbed():
        try:
            publish_room.apply(destination, entries)
        except LostError as error:
            freeze.ledger.forget_paths(error.paths)
        _done(freeze)


def _done(freeze: Freeze) -> None:
    """Note what is published now; where that fails the journal is carried out once more."""
    with contextlib.suppress(OSError, sqlite3.Error):
        _write_manifest(freeze)
        freeze.ledger.clear_journal()


def remember(freeze: Freeze) -> None:
    """Keep what cost time and is right whatever the freeze comes to: parsed pages and bodies."""
    ledger, today = freeze.ledger, freeze.today
    with ledger.transaction():
        _keep_sources(freeze)
        if today.site is not None and not today.same_reading():
            ledger.set_facts({"reading": today.reading})


def _writes(freeze: Freeze) -> Iterator[Entry]:
    """Give the files to put in place, and note in their rows what they will be."""
    today = freeze.today
    waiting: dict[str, Entry] = {}
    changed = freeze.touched
    for url, row in freeze.rows.items():
        if row.path is None:
            continue
        result = freeze.results.get(url)
        if result is not None and result.staged:
            staged = freeze.staging.path(row.path)
            row.mtime = os.stat(staged).st_mtime_ns
            waiting[row.path] = Entry(row.path, staged, row.digest)
        else:
            touched = today.settle(row)
            if touched:
                changed.add(url)
    untouched = set(waiting)
    for entry in publish_room.changed(freeze.destination, waiting.values()):
        untouched.discard(entry.path)
        yield entry
    if untouched:
        for row in freeze.rows.values():
            if row.path in untouched:
                row.mtime = os.lstat(freeze.destination / row.path).st_mtime_ns


def _removals(freeze: Freeze) -> Iterator[Entry]:
    """Give the files that the site no longer has, as far as they are ours to remove."""
    mode = freeze.freezer.removal
    kept = {row.path for row in freeze.rows.values()}
    if mode is True and freeze.destination.is_dir():
        extra = set(contract.walk(str(freeze.destination), freeze.freezer.spared)) - kept
    elif mode == "owned":
        owned = {row.path for row in freeze.past.rows.values() if row.path is not None}
        extra = (owned | (manifest(freeze) or set())) - kept
        extra = {path for path in extra if os.path.lexists(freeze.destination / path)}
    else:
        extra = set()
    freeze.report.removed = len(extra)
    for path in sorted(extra):
        yield Entry(path)


def _commit(freeze: Freeze, entries: list[Entry]) -> None:
    """Store everything, the journal with it: from here on the freeze will be finished."""
    ledger, today, past = freeze.ledger, freeze.today, freeze.past
    with ledger.transaction():
        _keep_sources(freeze)
        ledger.remove_rows(url for url in past.rows if url not in freeze.rows)
        ledger.set_rows(
            row for url, row in freeze.rows.items()
            if url in freeze.results or past.rows.get(url) is not row or url in freeze.touched
        )  # fmt: skip
        for number, key in past.changed.items():
            # Seen by nobody any more, or it would have been seen anew.
            if key not in today.observed:
                ledger.forget_observation(number)
        ledger.set_observations(today.observed)
        ledger.set_links()
        ledger.set_facts(
            facts_of(today, freeze.roots, today.site_warnings, not freeze.report.errors)
        )
        ledger.set_journal(
            Move("write" if e.staged else "remove", e.path, e.staged, e.digest) for e in entries
        )


def _keep_sources(freeze: Freeze) -> None:
    ledger, today = freeze.ledger, freeze.today
    if today.site is not None and not today.same_reading():
        ledger.forget_sources()
    ledger.add_bodies(today.bodies)
    today.bodies.clear()
    if today.site is not None:
        ledger.set_pages(today.page_rows(), today.gone)
        today.kept()
    ledger.update_files(today.digests.dump(today.digests.changed))


def manifest_path(freeze: Freeze) -> Path:
    """Give the file that lists what blasto published, apart from the ledger."""
    return freeze.freezer.state_file("owned")


def manifest(freeze: Freeze) -> set[str] | None:
    """Give the files that blasto published here, even where the ledger was lost."""
    try:
        text = manifest_path(freeze).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return {line for line in text.split("\n") if line}


def _write_manifest(freeze: Freeze) -> None:
    path = manifest_path(freeze)
    lines = sorted(freeze.ledger.paths())
    text = "\n".join(line for line in lines if "\n" not in line)
    if not path.exists() or path.read_text(encoding="utf-8", errors="replace") != text:
        waiting = path.with_name(path.name + ".new")
        waiting.write_text(text, encoding="utf-8")
        os.replace(waiting, path)


def differences(freeze: Freeze) -> list[Problem]:
    """For ``--verify``: each URL that would have been reused but is not what it was."""
    found = []
    for url, row in freeze.rows.items():
        before = freeze.past.rows.get(url)
        result = freeze.results.get(url)
        if before is None or result is None or before.digest == row.digest or row.path is None:
            continue
        if freeze.past.reason(url, row.modified) is not None or before.path != row.path:
            continue
        old = _text(freeze.destination / row.path)
        new = _text(Path(freeze.staging.path(row.path)))
        line = next(
            (text for text in unified_diff(old, new, lineterm="", n=0)
             if text[:1] in "+-" and text[:3] not in ("---", "+++")), "",
        )  # fmt: skip
        found.append(
            Problem(
                f"would have been reused, but is different now; first difference: {line[:200]}",
                url=url,
                hint="mark its view @volatile, or read what it uses through blasto",
            )
        )
    return found


def _text(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let no interrupt in between the commit and the end of publishing; drop what came."""
    wanted = {signal.SIGINT, signal.SIGTERM}
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
    try:
        yield
        if hasattr(signal, "sigtimedwait"):
            while signal.sigtimedwait(wanted, 0) is not None:
                pass
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
