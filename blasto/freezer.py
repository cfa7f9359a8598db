"""The freezer: Frozen-Flask's ``Freezer`` that makes only what changed, all at once.

The contract is Frozen-Flask's: same constructor, same ``FREEZER_*`` settings, same
generators, warnings and bytes. What is new lies behind it in ``freezing``.
"""

from __future__ import annotations

import contextlib
import datetime
import fnmatch
import os
import sqlite3
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from . import bodies, console, contract, output, reads, trace
from .contract import BaseFreezer, Page
from .errors import BlastoError, Problem, UsageError
from .freezing import Done, Freeze, Options, Report
from .frontier import Found, Frontier, marked
from .ledger import Ledger
from .rendering import Result, Task
from .settings import configure
from .site import Site, site_of
from .staging import Staging
from .templating import THEME, trace_templates
from .workers import Reference

F = TypeVar("F", bound=Callable[..., Any])
EXTENSIONLESS = {"folder": "/index.html", "html": ".html"}
reads.install()


def volatile(view: F) -> F:
    """Mark a view whose answer cannot be traced (clock, chance): it is always rendered."""
    view.blasto_volatile = True  # type: ignore[attr-defined]
    return view


def live(view: F) -> F:
    """Mark a view that is for the live app only: it is never frozen."""
    view.blasto_live = True  # type: ignore[attr-defined]
    return view


class Freezer(BaseFreezer):
    """Freezes a Flask app into files.

    Takes what ``flask_frozen.Freezer`` takes. New settings, all optional:
    ``FREEZER_EXCLUDE`` (endpoints, blueprints, URL globs to leave out),
    ``FREEZER_CRAWL`` (follow and check links in HTML and CSS),
    ``FREEZER_ERROR_PAGES`` (statuses whose error handlers become ``/404.html`` and the like),
    ``FREEZER_EXTENSIONLESS`` (``"folder"`` or ``"html"``: a URL like ``/posts`` becomes
    ``posts/index.html`` or ``posts.html``),
    ``FREEZER_QUERY`` (``"warning"``: say where a query string is lost, ``None``: drop it),
    ``FREEZER_REMOVE_EXTRA_FILES = "owned"`` (remove only what blasto published),
    ``FREEZER_REDIRECT_POLICY = "page"`` (a redirect becomes a page that leads on),
    ``FREEZER_CASE`` (``"error"``, ``"warning"`` or ``None`` for names that differ by case),
    ``FREEZER_WORKERS`` (processes, 0 for one a core), ``BLASTO_STATE`` (the ledger's folder).
    """

    def init_app(self, app: Flask | None) -> None:
        """Use the freezer with an app; see :class:`flask_frozen.Freezer`."""
        super().init_app(app)
        self.report = Report()
        self._ledger_bodies: LedgerBodies | None = None
        if app is not None:
            trace_templates(app)

    @classmethod
    def adopt(cls, other: Any) -> Freezer:
        """Make a freezer that does what a ``flask_frozen.Freezer`` would."""
        made = cls(None, with_static_files=False, with_no_argument_rules=False)
        made.__dict__.update(other.__dict__)
        own = {other.static_files_urls: made.static_files_urls,
               other.no_argument_rules_urls: made.no_argument_rules_urls}  # fmt: skip
        made.url_generators = [own.get(one, one) for one in other.url_generators]
        made.report, made._ledger_bodies = Report(), None
        if type(other).urlpath_to_filepath is not contract.urlpath_to_filepath:
            made.__dict__["urlpath_to_filepath"] = other.urlpath_to_filepath
        trace_templates(made.app)
        return made

    # What Frozen-Flask's users call

    def freeze_yield(self) -> Iterator[Page]:
        """Freeze, yielding ``(url, path)`` of each URL as it is known.

        Nothing is published before the iterator is exhausted.
        """
        freeze = Freeze(self, Options(workers=self.workers))
        self.report = freeze.report
        try:
            for url, path in freeze.run():
                yield Page(url, Path(path))
        finally:
            self.report = freeze.report
            self._warn(freeze.report)

    def freeze_options(self, **options: Any) -> Iterator[Done]:
        """Freeze with :class:`Options`; what there is to warn of is in ``report`` only."""
        options["workers"] = options.get("workers") or self.app.config.get("FREEZER_WORKERS") or 0
        freeze = Freeze(self, Options(**options))
        self.report = freeze.report
        try:
            yield from freeze.run()
        finally:
            self.report = freeze.report

    def all_urls(self) -> Iterator[str]:
        """Run all generators and yield their URLs; nothing is rendered."""
        frontier = Frontier(self)
        for found in (*frontier.roots(), *frontier.content()):
            yield found.url
        if frontier.problems:
            raise BlastoError(*frontier.problems)

    def main(self, arguments: Sequence[str] | None = None) -> None:
        """Run as ``python freeze.py``: the options of ``blasto freeze``, and its exit status."""
        console.freeze_command(self)(args=arguments, prog_name="freeze.py")

    def strictness(self) -> bool:
        """Tell whether warnings are errors where nobody says so: as configured, or in CI."""
        if self.site is not None:
            return self.site.settings.strict
        return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")

    def configure(self, **changes: Any) -> None:
        """Change options of ``blasto.toml`` (or what a plain app has of them) for this run."""
        configure(self.app, **changes)

    # What the rooms of a freeze ask

    @property
    def site(self) -> Site | None:
        return site_of(self.app)

    @property
    def project_root(self) -> Path:
        site = self.site
        return site.root if site is not None else Path(self.app.root_path).resolve()

    @property
    def root(self) -> Path:
        """Absolute path of the folder that is published into."""
        return Path(os.path.abspath(Path(self.app.root_path) / self.app.config["FREEZER_DESTINATION"]))

    @property
    def script_name(self) -> str:
        """The path of ``FREEZER_BASE_URL`` without a final slash."""
        return self.base_path

    @property
    def removal(self) -> bool | str:
        mode = self.app.config["FREEZER_REMOVE_EXTRA_FILES"]
        return "owned" if mode == "owned" else bool(mode)

    @property
    def spared(self) -> list[str]:
        """What of the destination is never removed: ``.git``, and what settings say."""
        return [*self.app.config["FREEZER_DESTINATION_IGNORE"], ".git/"]

    @property
    def workers(self) -> int:
        asked = self.app.config.get("FREEZER_WORKERS")
        if asked is not None:
            return int(asked)
        return self.site.settings.workers if self.site is not None else 1

    @property
    def skips_existing(self) -> bool:
        return bool(self.app.config["FREEZER_SKIP_EXISTING"])

    @property
    def theme_folder(self) -> Path:
        return THEME / "static"

    @property
    def state_folder(self) -> Path:
        """Where the ledger lies: ``.blasto/`` of the project, else a temporary folder."""
        asked = self.app.config.get("BLASTO_STATE")
        folder = Path(asked) if asked else self.project_root / ".blasto"
        existing = folder if folder.exists() else folder.parent
        if not os.access(existing, os.W_OK):
            name = f"blasto-{os.getuid() if hasattr(os, 'getuid') else 0}-{trace.digest(str(folder))}"
            folder = Path(tempfile.gettempdir()) / name
        return folder

    def state_file(self, suffix: str) -> Path:
        """Give a file of this destination's state: ``ledger.sqlite`` and others."""
        root = os.path.relpath(self.root, self.project_root)
        name = "ledger" if root == "build" else f"ledger-{trace.digest(root)[:12]}"
        return self.state_folder / f"{name}.{suffix}"

    def staging_folder(self) -> Path:
        return self.state_file("staging")

    def source_folders(self) -> list[Path]:
        """Give the folders that hold the site's sources."""
        site = self.site
        if site is None:
            folders = [self.app.static_folder, self.app.template_folder]
            folders = [folder and os.path.join(self.app.root_path, folder) for folder in folders]
            for blueprint in self.app.blueprints.values():
                for folder in (blueprint.static_folder, blueprint.template_folder):
                    folders.append(folder and os.path.join(blueprint.root_path, folder))
            return [Path(folder) for folder in folders if folder]
        config = site.settings
        names = (config.content, config.templates, config.static, config.public, config.data)
        return [site.root / name for name in names]

    def file_of(self, url: str) -> str:
        """Give the file of a URL, relative to the output.

        :raises BlastoError: it would lie outside.
        """
        method = self.urlpath_to_filepath
        if getattr(method, "__func__", None) is Freezer.urlpath_to_filepath:
            return self.urlpath_to_filepath(url)
        return output.check_path(str(method(url)), url=url)

    def urlpath_to_filepath(self, path: str) -> str:
        """Convert a URL path like ``/admin/`` to a file path like ``admin/index.html``."""
        file = output.url_to_path(path)
        style = self.app.config.get("FREEZER_EXTENSIONLESS")
        if style is not None and "." not in file.rpartition("/")[2] and not self._is_static(path):
            if style not in EXTENSIONLESS:
                raise UsageError.at(
                    f"FREEZER_EXTENSIONLESS is {style!r}", hint="it can be 'folder', 'html' or None"
                )
            file = output.check_path(file + EXTENSIONLESS[style], url=path)
        return file

    def _is_static(self, path: str) -> bool:
        try:
            endpoint, _ = self.app.url_map.bind("localhost").match(path)
        except HTTPException:
            return False
        return endpoint in self.static_endpoints()

    @property
    def error_pages(self) -> dict[str, int]:
        """Status codes of ``FREEZER_ERROR_PAGES`` by the URL of their page."""
        return {f"/{code}.html": code for code in self.app.config.get("FREEZER_ERROR_PAGES") or ()}

    def keeps_existing(self, found: Found, path: Path) -> bool:
        """Tell whether ``FREEZER_SKIP_EXISTING`` or a generator's date lets a file stand."""
        skip = self.app.config["FREEZER_SKIP_EXISTING"]
        if not skip and found.since is None:
            return False
        if callable(skip):
            skip = skip(found.url, str(path))
        if not path.is_file():
            return False
        mtime = datetime.datetime.fromtimestamp(path.stat().st_mtime)  # noqa: DTZ006 - Frozen-Flask compares local times
        return bool(skip) or (found.since is not None and mtime >= found.since)

    def processes(self, file: Path) -> bool:
        """Tell whether a static file's bytes differ from those that are published."""
        if file.suffix.lower() != ".css":
            return False
        config = self.app.config
        if config.get("FREEZER_CRAWL"):
            return True
        return self.site is not None and bool(self.script_name or config["FREEZER_RELATIVE_URLS"])

    def accepts(self, task: Task, result: Result, response: Response) -> bool:
        """Tell whether an answer other than 200 is kept all the same, as settings say."""
        config = self.app.config
        status = response.status
        if task.url in self.error_pages:
            return True
        if response.status_code == 404 and config["FREEZER_IGNORE_404_NOT_FOUND"] and not task.weak:
            result.warnings.append(("NotFoundWarning", f"Ignored {status!r} on URL {task.url}"))
            return True
        if response.status_code in (301, 302) and config["FREEZER_REDIRECT_POLICY"] == "ignore":
            result.warnings.append(("RedirectWarning", f"Ignored {status!r} on URL {task.url}"))
            return True
        return False

    def lost_query(self, url: str, endpoint: str) -> str | None:
        """Say that a query string will be lost, where this site wants to know.

        Static files are left alone: their query strings are for the browser's cache.
        """
        path, query, _ = output.split(url)
        wanted = self.app.config.get("FREEZER_QUERY", "warning" if self.site is not None else None)
        if not query or wanted is None or endpoint in self.static_endpoints():
            return None
        view = self.app.view_functions.get(endpoint)
        if getattr(view, "__module__", "").startswith("blasto."):
            return None
        return (
            f'url_for("{endpoint}", …) gave "{path}?{query}", and a file has no query string: '
            f"take the value into the path, as in @app.route(\"/…/<value>/\"), or let the page's "
            f"JavaScript read it and set FREEZER_QUERY = None"
        )

    def status_text(self, code: int) -> str:
        from werkzeug.http import HTTP_STATUS_CODES

        return f"{code} {HTTP_STATUS_CODES.get(code, 'UNKNOWN').upper()}"

    def declared_volatile(self, endpoint: str | None) -> str | None:
        view = self.app.view_functions.get(endpoint) if endpoint else None
        return "its view is marked @volatile" if marked(view, "volatile") else None

    def missing_generators(self, frontier: Frontier) -> list[Problem]:
        """Warn of endpoints of which no URL was frozen, with the generator to paste."""
        rules = [rule for rule in self.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
        wanted = {
            rule.endpoint: rule
            for rule in rules
            if not rule.build_only
            and not rule.endpoint.startswith("blasto.")
            and not any(fnmatch.fnmatchcase(rule.rule, glob) for glob in frontier.globs)
        }
        missing = set(wanted) - frontier.endpoints - frontier.excluded
        if self.static_files_urls in self.url_generators:
            missing -= set(self.static_endpoints())
        if not missing:
            return []
        names = ", ".join(sorted(missing))
        paste = "\n".join(_generator(name, sorted(wanted[name].arguments)) for name in sorted(missing))
        return [
            Problem(
                f"Nothing frozen for endpoints {names}. Did you forget a URL generator?",
                severity="warning",
                kind="MissingURLGeneratorWarning",
                hint=f"add to freeze.py:\n{paste}",
            )
        ]

    def reference(
        self, staging: Staging, ledger: Ledger, bodies: tuple[str, bool]
    ) -> Reference | None:
        """Say how another process makes this freezer, where that can be said.

        :param bodies: program and ``afresh`` for :meth:`use_bodies`.
        """
        named = self.app.config.get("BLASTO_REFERENCE")
        site = self.site
        script = named or (str(site.source) if site is not None and site.source else None)
        if script is None:
            return None
        config: Mapping[str, Any] = self.app.config
        settings = {
            name: config[name] for name in ("FREEZER_DESTINATION", "FREEZER_BASE_URL",
                                            "FREEZER_RELATIVE_URLS", "FREEZER_REDIRECT_POLICY")
        }  # fmt: skip
        settings = {name: str(value) if isinstance(value, Path) else value
                    for name, value in settings.items()}  # fmt: skip
        options = {} if site is None else {
            name: getattr(site.settings, name) for name in ("base_url", "drafts", "future", "expired", "content")
        }  # fmt: skip
        return Reference(script, settings, options, staging.folder, str(ledger.path), *bodies)

    # Bodies that the ledger keeps

    def use_bodies(self, ledger: Path, program: str, afresh: bool = False) -> None:
        """Keep rendered bodies in a ledger; called once in each process of a freeze.

        :param program: digest of what renders them.
        :param afresh: look none up.
        """
        if self.site is not None:
            self._ledger_bodies = self.site.bodies = LedgerBodies(ledger, program, afresh)

    def take_bodies(self) -> list[tuple[str, bytes]]:
        """Give the bodies that were rendered since the last call."""
        if self._ledger_bodies is None:
            return []
        made, self._ledger_bodies.made = self._ledger_bodies.made, []
        return made

    # Failing

    def failure(self, report: Report, exceptions: Mapping[str, BaseException]) -> BaseException:
        """Give the exception that a failed freeze raises.

        The view's own where Flask would let it through (debug or testing) and it is the
        only one; else one error that holds all problems.
        """
        if len(report.errors) == 1 and exceptions and (self.app.debug or self.app.testing):
            (error,) = list(exceptions.values())[:1]
            if not isinstance(error, BlastoError):
                url = next(iter(exceptions))
                hints = [one.hint for one in report.errors if one.url == url and one.hint]
                error.add_note(", ".join([f"while freezing {url}", *hints]))
                error.blasto_problems = tuple(report.errors)  # type: ignore[attr-defined]
                return error
        failed = BlastoError(*report.errors)
        # A plain site prints the exception and knows no hints.
        failed.args = ("\n".join(map(_whole, report.errors)),)
        return failed

    def _warn(self, report: Report) -> None:
        for problem in report.warnings:
            category: type[Warning] = contract.category(problem.kind)
            text = str(problem) if category is UserWarning else problem.message
            if problem.kind == "MissingURLGeneratorWarning" and problem.hint:
                text += f"\n{problem.hint}"
            warnings.warn(text, category, stacklevel=4)


class LedgerBodies:
    """Rendered bodies: those of past freezes from the ledger, new ones gathered for it."""

    def __init__(self, path: Path, program: str, afresh: bool) -> None:
        self.path = path
        self.program = program
        self.afresh = afresh
        self.made: list[tuple[str, bytes]] = []
        self._memory = bodies.Memory(64)
        self._ledger: Ledger | None = None
        self._process = 0

    def get(self, key: str) -> bytes | None:
        found = self._memory.get(key)
        if found is not None or self.afresh:
            return found
        with contextlib.suppress(sqlite3.Error), trace.paused():
            if self._ledger is None or self._process != os.getpid():
                self._ledger, self._process = Ledger(self.path, readonly=True), os.getpid()
            return self._ledger.body(trace.digest(key, self.program))
        return None

    def put(self, key: str, data: bytes) -> None:
        self._memory.put(key, data)
        self.made.append((trace.digest(key, self.program), data))


def _whole(problem: Problem) -> str:
    text = str(problem)
    if problem.url and problem.url not in text:
        text += f", while making {problem.url}"
    return f"{text}\n    {problem.hint}" if problem.hint else text


def _generator(endpoint: str, arguments: Sequence[str]) -> str:
    values = ", ".join(f'"{name}": ...' for name in arguments)
    name = endpoint.replace(".", "_")
    return (
        f"    @freezer.register_generator\n"
        f"    def {name}_urls():\n"
        f"        yield {endpoint!r}, {{{values}}}"
    )


__all__ = ["Freezer", "live", "volatile"]
