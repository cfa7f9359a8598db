"""What everything that was observed looks like today, and whether there is anything to do.

Beside ``past``. The order of questions is that of their cost: the files' stats, the
program, the few observations that are not about content; only where content changed is
the library loaded and asked.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from jinja2 import FileSystemBytecodeCache

from . import contents, contract, past, program, reads, trace, workers
from .errors import Problem, Severity
from .files import Digests, Stat
from .languages import codes
from .ledger import Ledger, Row
from .noting import CONTENT
from .pages import encode
from .staging import Staging
from .templating import Traced, trace_templates

if TYPE_CHECKING:
    from .freezer import Freezer
    from .frontier import Found, Frontier
    from .reports import Options

HANDED = "\0contents"
"""Where content is left in staging: no path of the output is called so."""


class Today:
    """Answers for one freeze.

    ``observed`` gathers the digests that this freeze's URLs saw, ``bodies`` what they
    rendered: both go into the ledger.
    """

    def __init__(self, freezer: Freezer, digests: Digests, ledger: Ledger) -> None:
        self.freezer = freezer
        self.digests = digests
        self.ledger = ledger
        self.site = freezer.site
        self.root = str(freezer.root)
        self.observed: dict[tuple[str, str], str] = {}
        self.bodies: list[tuple[str, bytes]] = []
        self.site_warnings: list[Problem] = []
        self.gone: list[str] = []
        self.found: tuple[dict[str, str], dict[str, str]] = ({}, {})
        self.unchanged: frozenset[str] = frozenset()
        self.contents: contents.Contents | None = None
        self._facts: dict[str, str] | None = None
        self._stats: dict[str, tuple[int, int, str]] = {}
        self._standing: set[str] = set()
        environment: Traced = trace_templates(freezer.app)
        environment.forget()
        if environment.bytecode_cache is None:
            folder = freezer.state_file("templates")
            folder.mkdir(parents=True, exist_ok=True)
            # Which filters take the context is compiled in.
            pattern = f"{environment.calls[:12]}_%s.cache"
            environment.bytecode_cache = FileSystemBytecodeCache(str(folder), pattern)
        self.environment = environment
        if self.site is not None:
            with trace.paused():
                self.contents = contents.Contents(
                    self.site.root, self.site.settings, self.site.kinds
                )
                self.found = self.contents.scan(self.digests)

    # Facts of the whole

    @property
    def facts(self) -> dict[str, str]:
        """Digests of the whole: program by part, content, configuration."""
        if self._facts is None:
            freezer = self.freezer
            aside = [str(folder) for folder in freezer.source_folders()] + [self.root]
            aside += [str(freezer.state_folder), str(freezer.project_root / "blasto.toml")]
            parts = program.parts(freezer.project_root, freezer.app.config, self.digests, aside)
            facts = {f"program {name}": digest for name, digest in parts.items()}
            if self.site is not None:
                facts["git"] = ""
                if self.site.settings.git_dates:
                    from . import gitdates

                    facts["git"] = gitdates.head(self.site.root)
                content, public = self.found
                facts["content"] = trace.digest(
                    *(f"{path}|{digest}" for path, digest in content.items()), "",
                    *(f"{path}|{digest}" for path, digest in public.items()),
                )  # fmt: skip
                facts["program lower_urls of blasto.toml"] = str(self.site.settings.lower_urls)
                facts["paths"] = trace.digest(*content, "", *public)
                themed = self.freezer.theme_files if len(self.site.theme_folders) > 1 else ()
                facts["configuration"] = trace.digest(repr(self.site.settings), *themed, repr(
                    {name: kind.__qualname__ for name, kind in self.site.kinds.items()}))  # fmt: skip
            self._facts = facts
        return self._facts

    def same(self, *names: str) -> bool:
        return all(self.ledger.fact(name) == self.facts.get(name) for name in names)

    def everything(self, options: Options) -> str | None:
        """Say why every URL is stale, where it is so."""
        if self.ledger.fact("complete") != "1":
            return "there was no complete freeze before"
        if options.full:
            return "--full was given"
        for name in self.facts:
            if name.startswith("program ") and not self.same(name):
                return f"{name.removeprefix('program ')} changed"
        return None

    def _due(self) -> bool:
        """Tell whether the clock alone changed what is published, be it set back."""
        since, due = self.ledger.fact("since"), self.ledger.fact("due")
        assert self.site is not None
        now = self.site.now
        return (bool(due) and datetime.fromisoformat(str(due)) <= now) or (
            bool(since) and datetime.fromisoformat(str(since)) > now
        )

    def content_is_same(self) -> bool:
        return self.site is None or (
            self.same("content", "configuration", "git") and not self._due()
        )

    def nothing_to_do(
        self, roots: Sequence[Found], frontier: Frontier, options: Options, destination: Path
    ) -> bool:
        """Tell whether the last freeze still stands as it is. Asked before content is loaded."""
        ledger = self.ledger
        if options.full or options.verify or self.everything(options) is not None:
            return False
        if not self.content_is_same() or frontier.problems:
            return False
        if (self.contents and self.contents.problems) or ledger.fact("troubled") == "1":
            return False
        if ledger.fact("roots") != self.roots_digest(roots):
            return False
        if any(found.since is not None for found in roots) or self.freezer.skips_existing:
            return False
        (volatile,) = ledger.db.execute(
            "SELECT count(*) FROM url WHERE volatile IS NOT NULL"
        ).fetchone()
        if volatile:
            return False
        for _, kind, name, digest in ledger.observations(CONTENT):
            if self.digest(kind, name) != digest:
                return False
        if self.freezer.removal is True and self._strangers(destination):
            return False
        return all(self._intact(path, size, mtime, digest)
                   for _, path, size, mtime, digest in ledger.outputs())  # fmt: skip

    def roots_digest(self, roots: Sequence[Found]) -> str:
        lines = []
        for found in roots:
            digest = self.file(found.file) if found.file is not None else ""
            lines.append(f"{found.url}|{found.endpoint}|{found.modified}|{digest}")
        return trace.digest(*sorted(lines))

    def _strangers(self, destination: Path) -> bool:
        """Tell whether there are files in the output that Frozen-Flask would remove."""
        known = {path for _, path, *_ in self.ledger.outputs()}
        return any(
            name not in known for name in contract.walk(str(destination), self.freezer.spared)
        )

    # Content

    def load(self, count: int, *, afresh: bool = False) -> None:
        """Read the site's content: from the ledger what it knows, the rest on all cores.

        :param afresh: take nothing from the ledger.
        """
        if self.site is None or self.contents is None:
            return
        remembered = self.ledger.pages() if self.same_reading() else {}
        known = {} if afresh else remembered
        spread = partial(workers.spread, count=count)
        with trace.paused():
            self.contents.load(*self.found, known, spread)
            self.gone = [path for path in remembered if path not in self.contents.pages]
            self.site.use(self.contents)
        if self.content_is_same():
            self.unchanged = CONTENT
        elif self._texts_only():
            self.unchanged = CONTENT - {"body", "image", "picture", "backlinks"}

    def _texts_only(self) -> bool:
        """Tell whether the difference to last time is in the texts of pages alone."""
        alike = self.same("paths", "configuration") and not self._due()
        return alike and self.ledger.fact("metadata") == self.metadata

    @cached_property
    def metadata(self) -> str:
        """A digest of all that the pages say of themselves.

        A fact of its own, since the ledger's pages are newer than its URLs where a freeze
        failed in between.
        """
        pages = self.contents.pages if self.contents is not None else {}
        return trace.digest(*(f"{path}|{page.meta_digest}" for path, page in pages.items()))

    def hand_over(self, staging: Staging) -> None:
        """Leave the content for workers that inherit nothing: they are to see the same."""
        if self.contents is not None:
            pages = {
                path: (page.digest, encode(page)) for path, page in self.contents.pages.items()
            }
            staging.write(HANDED, msgspec.msgpack.encode((*self.found, pages)))

    def same_reading(self) -> bool:
        """Tell whether pages that were read before would be read in the same way now."""
        return self.ledger.fact("reading") == self.reading

    @property
    def reading(self) -> str:
        assert self.site is not None
        config = self.site.settings
        kinds = sorted((name, kind.__qualname__) for name, kind in self.site.kinds.items())
        return trace.digest(
            repr((config.timezone, config.summary_words, config.taxonomies, codes(config), kinds)),
            self.rendering,
        )  # fmt: skip

    @property
    def rendering(self) -> str:
        """Digest the code that reads pages and renders bodies."""
        names = ("blasto", "the installed packages", "the site's code")
        return trace.digest(*(self.facts[f"program {name}"] for name in names))

    def content_problems(self, severity: Severity) -> list[Problem]:
        """Give what is wrong with content files and their URLs."""
        assert self.site is not None
        assert self.contents is not None
        found = [*self.contents.problems, *self.site.routes.problems]
        return [problem for problem in found if problem.severity == severity]

    def page_rows(self) -> list[tuple[str, str, bytes]]:
        """Give the pages that the ledger does not have yet."""
        fresh = self.contents.fresh if self.contents is not None else {}
        return [(path, digest, data) for path, (digest, data) in fresh.items()]

    def kept(self) -> None:
        """Let go of what the ledger has now."""
        if self.contents is not None:
            self.contents.fresh.clear()
        self.gone.clear()

    # Single digests

    def digest(self, kind: str, name: str) -> str:
        """Give today's digest of one observation."""
        if kind == "template":
            return self.environment.digest_of(name)
        if kind in reads.FILES:
            name = reads.placed(name, str(self.freezer.project_root))
            return reads.today(name) if name.startswith("dir:") else self.file(Path(name))
        if self.site is not None:
            return self.site.today(kind, name)
        return ""

    def file(self, path: Path) -> str:
        """Give the digest of a file by its stat where that is known; ``""`` without one."""
        try:
            return self.digests.digest(self._key(path), path, Stat.of(os.stat(path)))
        except OSError:
            return ""

    def _key(self, path: Path) -> str:
        try:
            return path.relative_to(self.freezer.project_root).as_posix()
        except ValueError:
            return str(path)

    # The output

    def intact(self, row: Row) -> bool:
        """Tell whether a row's file is in the output as it was left."""
        return row.path is not None and self._intact(row.path, row.size, row.mtime, row.digest)

    def _intact(self, path: str, size: int, mtime: int, digest: str) -> bool:
        if past.stands(self.root, path, size, mtime):
            self._standing.add(path)
            return True
        found = self.stat(path)
        return found[0] == size and found[2] == digest

    def settle(self, row: Row) -> bool:
        """Bring a row's size and mtime in line with its file; tell whether they differed."""
        assert row.path is not None
        if row.path in self._standing or past.stands(self.root, row.path, row.size, row.mtime):
            return False
        row.size, row.mtime, _ = self.stat(row.path)
        return True

    def stat(self, path: str) -> tuple[int, int, str]:
        """Give size, mtime and digest of a file in the output, a link not followed."""
        if path not in self._stats:
            full = Path(self.root, path)
            try:
                stat = os.lstat(full)
                digest = reads.today(str(full)) if not full.is_symlink() else ""
                self._stats[path] = (stat.st_size, stat.st_mtime_ns, digest)
            except OSError:
                self._stats[path] = (-1, 0, "")
        return self._stats[path]


def facts_of(
    today: Today, roots: Sequence[Found], warnings: Iterable[Problem], complete: bool
) -> dict[str, Any]:
    """Give the facts that the ledger keeps of a freeze."""
    facts = dict(today.facts)
    facts["complete"] = "1" if complete else "0"
    facts["roots"] = today.roots_digest(roots)
    facts["warnings"] = msgspec.json.encode(list(warnings)).decode()
    facts["troubled"] = "1" if today.contents and today.contents.problems else "0"
    if today.site is not None and today.contents is not None:
        facts["reading"] = today.reading
        facts["metadata"] = today.metadata
        since, due = today.contents.changes(today.site.loaded)
        facts["since"] = since.isoformat() if since else ""
        facts["due"] = due.isoformat() if due else ""
    return facts
