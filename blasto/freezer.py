"""The freezer: Frozen-Flask's ``Freezer`` that makes only what changed, all at once.

The contract is Frozen-Flask's: same constructor, same ``FREEZER_*`` settings, same
generators, warnings and bytes. What is new lies behind it in ``freezing``.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask

from . import bodies, console, contract, crew, reads, store, trace
from .bodystore import LedgerBodies
from .contract import Page
from .errors import BlastoError, Problem
from .freezing import Freeze
from .frontier import Frontier
from .ledger import Ledger
from .policy import Policy
from .reports import Done, Options, Report
from .settings import configure
from .staging import Staging
from .templating import trace_templates
from .workers import Reference

if TYPE_CHECKING:
    from .planning import Plan

F = TypeVar("F", bound=Callable[..., Any])
reads.install()


def volatile(view: F) -> F:
    """Mark a view whose answer cannot be traced (clock, chance): it is always rendered."""
    view.blasto_volatile = True  # type: ignore[attr-defined]
    return view


def live(view: F) -> F:
    """Mark a view that is for the live app only: it is never frozen."""
    view.blasto_live = True  # type: ignore[attr-defined]
    return view


class Freezer(Policy):
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
        asked = Options(**options)
        crew.check(asked.executor)
        freeze = Freeze(self, asked)
        self.report = freeze.report
        try:
            yield from freeze.run()
            url = self.app.config.get("BLASTO_STORE")
            if url is not None:
                from . import sending

                freeze.report.sent = sending.frozen(self, url, adopt=asked.adopt, again=asked.full)
        finally:
            self.report = freeze.report

    def plan(self, **options: Any) -> Plan:
        """Give what a freeze with :class:`Options` would render; nothing is rendered."""
        from .planning import Planning

        planning = Planning(self, Options(**options))
        for _ in planning.run():
            pass
        return planning.plan

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
        """Change options of ``blasto.toml`` (or what a plain app has of them) for this run.

        A destination that is a URL is an object store: the tree is kept beside the ledger,
        and what differs is sent there.
        """
        destination = changes.get("destination")
        if store.is_url(destination):
            self.app.config["BLASTO_STORE"] = destination
            mirror = self.state_folder / "stores" / trace.digest(destination)[:16]
            changes["destination"] = str(mirror)
        configure(self.app, **changes)

    # How a freeze uses it

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
            self.site.state = ledger.parent
            self._ledger_bodies = self.site.bodies = LedgerBodies(ledger, program, afresh)

    def leave_bodies(self) -> None:
        """Let go of the ledger, so that it is one file again when it is closed."""
        if self.site is not None and self._ledger_bodies is not None:
            self._ledger_bodies.close()
            self._ledger_bodies, self.site.bodies = None, bodies.Memory()

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


def _whole(problem: Problem) -> str:
    text = str(problem)
    if problem.url and problem.url not in text:
        text += f", while making {problem.url}"
    return f"{text}\n    {problem.hint}" if problem.hint else text
