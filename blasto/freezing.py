"""One freeze, from taking the lock to dropping the journal.

The steps stand in :meth:`Freeze.run` in their order; each lives in a room of its own.
Until ``_publish`` has committed, the output folder is untouched.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from . import crew, diagnose, indexing, judging, linkcheck, publishing, reads, today, workers
from .compressing import add as compressed
from .destination import check_destination
from .errors import BlastoError, Problem
from .files import Digests
from .frontier import Found, Frontier, led
from .hostfiles import tell_host
from .ledger import Ledger, Row, is_damage, pack, pack_problems, unpack, unpack_problems
from .past import Past
from .rendering import Made, Rendering, Result, Task, render_many
from .reports import ANEW, Done, Options, Report
from .staging import Lock, Staging

if TYPE_CHECKING:
    from .freezer import Freezer

RETRIES = 3
# How many rendered bodies wait for the ledger.
MANY = 500


class Freeze:
    """Runs once. ``report`` is complete when :meth:`run` has ended, well or not."""

    def __init__(self, freezer: Freezer, options: Options) -> None:
        self.freezer = freezer
        self.options = options
        self.report = Report()
        self.destination = Path(freezer.root)
        self.rows: dict[str, Row] = {}
        self.results: dict[str, Made] = {}
        self.missing: dict[str, str] = {}
        self.exceptions: dict[str, BaseException] = {}
        self._tasks: dict[str, Found] = {}
        self.roots: list[Found] = []
        self.touched: set[str] = set()
        self._replay: list[Row] = []

    def run(self) -> Iterator[Done]:
        """Freeze; yields each URL as soon as it is rendered or found to be still good.

        :raises BlastoError: something is wrong, and nothing has been published.
        """
        began = time.perf_counter()
        reads.seal(True)
        try:
            yield from self._locked()
        finally:
            reads.seal(False)
            self.report.seconds = time.perf_counter() - began

    def _locked(self) -> Iterator[Done]:
        freezer = self.freezer
        with Lock(freezer.state_file("lock")):
            self.ledger = Ledger(freezer.state_file("sqlite"))
            self.staging = Staging(freezer.staging_folder())
            try:
                if not self.ledger.fresh and not self.ledger.is_as_left():
                    self.ledger.check()
                publishing.roll_forward(self)
                self._check_destination()
                self.staging.clear()
                try:
                    yield from self._freeze()
                except sqlite3.DatabaseError as error:
                    if not is_damage(error, self.ledger.path):
                        raise
                    # That no check saw; nothing has been published.
                    self.ledger.restart(str(error))
                    self._anew()
                    self.report.warnings.append(self._lost())
                    yield from self._freeze()
            except sqlite3.Error as error:
                hint = "make room on the disk, or remove the file: it will be made anew"
                raise BlastoError.at(
                    f"the ledger: {error}", str(self.ledger.path), hint=hint
                ) from error
            finally:
                # What a journal names has to wait for the next freeze.
                waiting = self.ledger.waits()
                freezer.leave_bodies()
                self.ledger.close()
                if not waiting:
                    self.staging.clear()

    def _check_destination(self) -> None:
        freezer, ledger = self.freezer, self.ledger
        mode = freezer.removal
        check_destination(
            self.destination,
            freezer.project_root,
            owned=not ledger.fresh or publishing.manifest(self) is not None,
            adopt=self.options.adopt,
            sources=freezer.source_folders(),
            contract=freezer.site is None,
            remove_extra=mode is True,
        )
        if ledger.discarded:
            self.report.warnings.append(self._lost())

    def _lost(self) -> Problem:
        said = f"the ledger was begun anew: {self.ledger.discarded}"
        return Problem(said, severity="warning", kind=ANEW)

    def _anew(self) -> None:
        """Forget what an attempt found."""
        self.report = Report(warnings=[one for one in self.report.warnings if one.kind == ANEW])
        for kept in (
            self.rows,
            self.results,
            self.missing,
            self._tasks,
            self.touched,
            self._replay,
        ):
            kept.clear()

    def _freeze(self) -> Iterator[Done]:
        for attempt in range(RETRIES):
            self.digests = Digests(self.ledger.files())
            self.today = today.Today(self.freezer, self.digests, self.ledger)
            self.frontier = Frontier(self.freezer)
            roots = self.roots = self._generated()
            if attempt == 0 and self.today.nothing_to_do(
                roots, self.frontier, self.options, self.destination
            ):
                yield from self._as_it_was()
                return
            yield from self._attempt(roots)
            edited = any(made.edited for made in self.results.values())
            if not edited or attempt == RETRIES - 1:
                break
            self._anew()
        yield from indexing.add(self)
        yield from tell_host(self)
        yield from compressed(self)
        judging.judge(self)
        if publishing.shown(self):
            return
        publishing.publish(self)
        if self.report.errors:
            raise self.freezer.failure(self.report, self.exceptions)

    def _generated(self) -> list[Found]:
        """Run the generators; what one of them raises gets the place that it comes from."""
        try:
            return list(self.frontier.roots())
        except BlastoError:
            raise
        except Exception as error:
            error.blasto_problems = [  # type: ignore[attr-defined]
                diagnose.problem(error, self.freezer.project_root)
            ]
            raise

    def _as_it_was(self) -> Iterator[Done]:
        """Nothing changed: say again what the last freeze said."""
        count = 0
        for url, path, *_ in self.ledger.outputs():
            count += 1
            yield Done(url, path)
        self.report.urls = self.report.reused = count
        rows = self.ledger.troubled()
        self.report.warnings += linkcheck.stored(rows)
        for row in rows:
            self.report.warnings += unpack_problems(row.problems)
        self.report.warnings += self.ledger.warnings()
        judging.strictly(self)

    def _attempt(self, roots: list[Found]) -> Iterator[Done]:
        """Find all URLs and render those that are stale."""
        frontier, freezer = self.frontier, self.freezer
        afresh = self.options.full or self.options.verify
        self.today.load(self.workers(), afresh=afresh)
        bodies = (self.today.rendering, afresh)
        freezer.use_bodies(self.ledger.path, *bodies)
        self.past = Past(
            self.ledger,
            self.today.digest,
            self.today.everything(self.options),
            self.today.unchanged,
        )
        if freezer.site is not None:
            self.report.errors += self.today.content_problems("error")
            self.report.warnings += self.today.content_problems("warning")
        queue = [*roots, *frontier.content()]
        rendering = Rendering(freezer, self.staging)
        count = self.workers()
        executor: Executor | None = None
        pending: dict[Future[list[Result]], None] = {}
        stale: list[Task] = []
        try:
            while queue or pending or stale:
                for found in queue:
                    page = self.decide(found, stale)
                    if page is not None:
                        yield page
                queue = []
                if stale and executor is None:
                    executor, count = crew.gather(self, rendering, count, len(stale), bodies)
                for chunk in workers.chunks(stale, count):
                    assert executor is not None
                    pending[executor.submit(workers.work, render_many, chunk)] = None
                stale = []
                done = wait(pending, return_when=FIRST_COMPLETED)[0] if pending else ()
                for future in done:
                    del pending[future]
                    for result in future.result():
                        yield from self._receive(result, queue)
                if not (queue or pending):
                    queue = self._replayed()
            self._raise_here(rendering)
        except BrokenProcessPool as error:
            raise BlastoError.at(
                "a worker process died", hint="it may have run out of memory: try --workers 1"
            ) from error
        finally:
            if executor is not None:
                executor.shutdown(wait=True, cancel_futures=True)
            rendering.close()
        self.exceptions = rendering.exceptions

    def _raise_here(self, rendering: Rendering) -> None:
        """Have an error that a worker met here too, where a debugging app wants to see it."""
        app = self.freezer.app
        failed = [url for url, made in self.results.items() if made.failed]
        if (app.debug or app.testing) and len(failed) == 1 and not rendering.exceptions:
            found = self._tasks[failed[0]]
            rendering.render(Task(found.url, self.freezer.file_of(found.url), weak=found.weak))

    def workers(self) -> int:
        asked = self.options.workers or self.freezer.workers
        return asked or workers.cores()

    def decide(self, found: Found, stale: list[Task]) -> Done | None:
        """Reuse a URL, or put it among the stale ones."""
        frontier = self.frontier
        if not frontier.take(found):
            if not found.weak and found.url in self.missing:
                self._fail(found.url, self.missing.pop(found.url), found.source)
            return None
        try:
            path = self.freezer.file_of(found.url)
        except BlastoError as error:
            if not found.weak:
                self.report.errors += [
                    led(replace(one, url=one.url or found.url), found.source)
                    for one in error.problems
                ]
            return None
        row = self.past.rows.get(found.url)
        if row is not None and row.path != path and not self.options.full:
            row = None if row.path is not None else row
        asks = found.since is not None or self.freezer.skips_existing
        kept = asks and self.freezer.keeps_existing(found, self.destination / path)
        reason = None if kept else self._reason(found, path, row)
        if reason is None:
            self._reuse(found, path, row)
            if row is not None and row.path is None:
                return None
            return Done(found.url, path)
        if found.file is not None:
            self._copy(found, path, row, reason)
            return Done(found.url, path)
        self.report.reasons[found.url] = reason
        known = (
            row.digest if row is not None and row.path == path and self.today.intact(row) else ""
        )
        self._tasks[found.url] = found
        stale.append(Task(found.url, path, known, found.weak))
        return None

    def _reason(self, found: Found, path: str, row: Row | None) -> str | None:
        if self.options.full or self.options.verify:
            return "everything is rendered"
        if found.file is not None:
            same = row is not None and row.digest == (found.modified or self.today.file(found.file))
            reason = None if same else f"the file {found.file.name} changed"
        else:
            reason = self.past.reason(found.url, found.modified)
            if (
                reason is None
                and row is not None
                and found.endpoint == "blasto.content"
                and row.source != found.source
            ):
                reason = f"it comes from {found.source} now"
        if reason is None and row is not None and row.path is None:
            return None if found.weak else "it had no answer last time"
        if reason is None and (row is None or row.path != path or not self.today.intact(row)):
            reason = "its file in the output is not as it was left"
        return reason

    def _reuse(self, found: Found, path: str, row: Row | None) -> None:
        self.report.reused += row is None or row.path is not None
        if row is None:
            # FREEZER_SKIP_EXISTING: a file that is not ours stands for the URL.
            row = Row(found.url, found.endpoint, path, type="", source=found.source)
            row.size, row.mtime, row.digest = self.today.stat(path)
        row.reason = ""
        self.rows[found.url] = row
        self.frontier.endpoints.add(row.endpoint)
        self._replay.append(row)

    def _replayed(self) -> list[Found]:
        """Follow the links of reused URLs, as far as they lead to what nothing else found.

        All that they lead to was there last time, so only the URLs count that the last
        freeze had and this one has not met.
        """
        left = self.past.rows.keys() - self.frontier.seen
        left = {url for url in left if not url.startswith(indexing.PREFIX)}
        if not left:
            return []
        local = self.frontier.local
        wanted = {number for number, link in self.past.links.items() if local(link) in left}
        found: list[Found] = []
        for row in self._replay:
            if row.strong:
                found += [
                    Found(url, None, row.url) for url in row.strong.split("\n") if url in left
                ]
            if wanted:
                links = [self.past.links[one] for one in unpack(row.links) if one in wanted]
                found += self.frontier.linked(links, row.url)
        return found

    def _copy(self, found: Found, path: str, row: Row | None, reason: str) -> None:
        """Stage a static file without asking the app for it."""
        assert found.file is not None
        digest = found.modified or self.today.file(found.file)
        result = Result(found.url, found.endpoint, digest=digest)
        if row is None or row.digest != digest or not self.today.intact(row):
            try:
                self.staging.copy(path, found.file)
            except BlastoError:
                if found.file.is_file():
                    raise
                result.edited = True
                problem = Problem("vanished during the freeze", str(found.file), url=found.url)
                self.report.errors.append(problem)
            result.staged = not result.edited
        result.size = (
            os.stat(self.staging.path(path)).st_size if result.staged else row.size if row else 0
        )
        self.report.rendered += 1
        self.report.reasons[found.url] = reason
        self._keep(found, path, result)

    def _receive(self, result: Result, queue: list[Found]) -> Iterator[Done]:
        """Take what a worker found out about a URL."""
        found = self._tasks[result.url]
        path = self.freezer.file_of(result.url)
        self.frontier.endpoints.add(result.endpoint)
        self.report.rendered += result.kept or not found.weak
        if not result.kept:
            self._rejected(found, result)
            if result.problems:
                return
        called = list(self.frontier.called(result.called, result.url))
        queue += called
        queue += self.frontier.linked([*result.links, *result.weak_links], result.url)
        self._keep(found, path if result.kept else None, result, called)
        if result.kept:
            yield Done(result.url, path)

    def _rejected(self, found: Found, result: Result) -> None:
        if result.problems:
            self.results[result.url] = Made(edited=result.edited, failed=True)
            self.report.errors += [
                replace(one, hint=one.hint or self._led(found)) for one in result.problems
            ]
        elif found.weak:
            self.missing[result.url] = str(result.status)
        else:
            self._fail(result.url, self.freezer.status_text(result.status), found.source)

    def _led(self, found: Found) -> str | None:
        return f"found through {found.source}" if found.source.startswith("/") else None

    def _fail(self, url: str, status: str, source: str) -> None:
        self.report.errors.append(
            Problem(
                f"Unexpected status {status!r} on URL {url}"
                + (f", found through {source}" if source else ""),
                url=url,
            )
        )

    def _keep(
        self, found: Found, path: str | None, result: Result, called: list[Found] | None = None
    ) -> None:
        """Turn a result into a row of the ledger."""
        ledger = self.ledger
        problems = result.problems + [
            Problem(message, severity="warning", url=result.url, kind=kind)
            for kind, message in result.warnings
        ]
        links = dict.fromkeys([*result.links, *result.weak_links])
        row = Row(
            result.url, result.endpoint or found.endpoint, path, result.digest, max(result.size, 0), 0,
            result.type,
            pack(ledger.numbered("observation", (kind, name)) for kind, name, _ in result.observations),
            pack(ledger.numbered("link", link) for link in links),
            result.anchors,
            pack_problems(problems),
            volatile=result.volatile,
            seconds=result.seconds,
            reason=self.report.reasons.get(result.url, ""),
            source=found.source,
            modified=found.modified,
            strong="\n".join(one.url for one in called or ()),
            answer=result.answer,
        )  # fmt: skip
        for kind, name, digest in result.observations:
            seen = self.today.observed.setdefault((kind, name), digest)
            if seen != digest:
                # Two URLs saw two states: whoever saw it is stale next time.
                self.today.observed[kind, name] = "?"
        self.rows[result.url] = row
        self.results[result.url] = Made(
            result.staged, result.edited, failed=False, references=result.references
        )
        self.report.warnings += problems
        self.today.bodies += result.bodies
        if len(self.today.bodies) >= MANY:
            # They stand by themselves, and would be a third of this process's memory.
            publishing.remember(self)
