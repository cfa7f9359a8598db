"""What a person reads: problems, progress and summaries, and the options of a freeze.

The one place that prints. It knows a freezer only by what :class:`Freezing` names, so
that ``python freeze.py`` and ``blasto freeze`` share it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, TextIO, TypeVar

import click

from . import examples, formats
from .errors import BlastoError, Problem

C = TypeVar("C", bound=Callable[..., Any])
SHOWN = 50
"""Errors that are printed before the rest is only counted."""


class Reported(Protocol):
    """What is told of a freeze."""

    urls: int
    rendered: int
    reused: int
    removed: int
    written: int
    published: bool
    sent: object
    seconds: float
    warnings: list[Problem]
    errors: list[Problem]
    reasons: dict[str, str]


class Freezing(Protocol):
    """What this room asks of a freezer."""

    report: Any

    def configure(self, **changes: Any) -> None: ...
    def strictness(self) -> bool: ...
    def freeze_options(self, **options: Any) -> Iterator[Any]: ...
    def plan(self, **options: Any) -> Any: ...


class Console:
    """Prints to standard error, and the summary to standard output.

    :param quiet: print errors and warnings only.
    :param debug: print tracebacks too.
    :param format: how problems are told, one of ``formats.FORMATS``.
    """

    def __init__(
        self,
        *,
        quiet: bool = False,
        debug: bool = False,
        format: str = "text",
        err: TextIO | None = None,
    ) -> None:
        self.quiet = quiet or format != "text"
        self.debug = debug
        self.write = formats.FORMATS[format]
        self.err = err or sys.stderr
        self.terminal = self.err.isatty() and os.environ.get("TERM") != "dumb"
        self.color = self.terminal and not os.environ.get("NO_COLOR")
        self._drawn = 0

    def paint(self, text: str, color: str, *, bold: bool = False) -> str:
        return click.style(text, fg=color, bold=bold) if self.color else text

    def problem(self, problem: Problem, at: str = "while making") -> None:
        """Print one problem: its line, the source with a caret, the hint.

        :param at: what stands before its URL.
        """
        kind = self.paint(
            problem.severity, "red" if problem.severity == "error" else "yellow", bold=True
        )
        self._line(f"blasto: {kind}: {problem}")
        if problem.source is not None and problem.line is not None:
            number = f"{problem.line:>5} | "
            text = problem.source[:160].replace("\t", " ")
            self._line(f"{number}{text}")
            if problem.column is not None and problem.column <= len(text) + 1:
                caret = " " * (len(number) + problem.column - 1) + "^"
                self._line(self.paint(caret, "cyan"))
        if problem.url and problem.path is not None and problem.url not in str(problem):
            self._line(f"      {at} {problem.url}")
        if problem.hint:
            self._line("      " + problem.hint)
        if self.debug and problem.trace:
            self._line(problem.trace.rstrip())

    def problems(self, problems: list[Problem]) -> None:
        for problem in problems[:SHOWN]:
            self.problem(problem)
        if len(problems) > SHOWN:
            self._line(f"blasto: {len(problems) - SHOWN} more like these")

    def tell(self, problems: Sequence[Problem], facts: Mapping[str, object]) -> bool:
        """Print problems as other programs read them, if that was asked for.

        GitHub Actions gets its annotations beside the text for people.

        :returns: whether it was; if not, the text is still to be printed.
        """
        write = self.write
        if write is None and os.environ.get("GITHUB_ACTIONS") == "true":
            write = formats.as_github
        if write is not None:
            if write is formats.as_github:
                problems = in_repository(problems)
            told = write(problems, facts)
            if told:
                click.echo(told)
        return self.write is not None

    def _line(self, text: str) -> None:
        self.clear()
        print(text, file=self.err)

    def progress(self, count: int, url: str) -> None:
        """Draw a line of progress on a terminal, now and then."""
        if self.terminal and not self.quiet and (count % 25 == 0 or count == 1):
            text = f"freezing {count:>6}  {url}"[: _width()]
            self.err.write("\r" + text.ljust(self._drawn))
            self.err.flush()
            self._drawn = len(text)

    def clear(self) -> None:
        if self._drawn:
            self.err.write("\r" + " " * self._drawn + "\r")
            self._drawn = 0


def _width() -> int:
    try:
        return os.get_terminal_size(2).columns - 1
    except OSError:
        return 79


def in_repository(problems: Sequence[Problem]) -> Sequence[Problem]:
    """Name files from the top of the repository, as GitHub does, where the site lies deeper."""
    top = os.path.realpath(os.environ.get("GITHUB_WORKSPACE") or ".")
    below = os.path.relpath(os.path.realpath("."), top)
    if below == "." or below.startswith(".."):
        return problems
    return [
        replace(one, path=os.path.join(below, one.path)) if one.path is not None else one
        for one in problems
    ]


def summary(report: Reported) -> str:
    """Give the last line of a freeze."""
    counts = f"{report.rendered} rendered, {report.reused} reused, {report.removed} removed"
    return f"froze {report.urls} URLs in {report.seconds:.1f} s: {counts}"


def facts(report: Reported, *, explain: bool = False) -> dict[str, object]:
    """Give the same for programs."""
    counts: dict[str, object] = {
        "urls": report.urls,
        "rendered": report.rendered,
        "reused": report.reused,
        "removed": report.removed,
        "seconds": round(report.seconds, 3),
    }
    if explain:
        counts["reasons"] = dict(sorted(report.reasons.items()))
    return counts


def format_option(what: str) -> Callable[[C], C]:
    """Give the option that says how problems are told."""
    return click.option(
        "--format", "format_", type=click.Choice(list(formats.FORMATS)), default="text",
        show_default=True, help=f"How {what} are told: text, json, github or sarif.",
    )  # fmt: skip


def freeze_options(command: C) -> C:
    """Give a command the options of a freeze."""
    options = [
        click.option(
            "--destination",
            metavar="DIR",
            help="Where to publish: a folder (build/ by itself) or s3://….",
        ),
        click.option("--base-url", metavar="URL", help="Where the site will be, with its path."),
        click.option("--drafts/--no-drafts", default=None, help="Publish drafts."),
        click.option("--future/--no-future", default=None, help="Publish pages of a date to come."),
        click.option("--expired/--no-expired", default=None, help="Publish expired pages."),
        click.option(
            "--strict/--no-strict", default=None, help="Warnings are errors; on where CI is set."
        ),
        click.option("--full", is_flag=True, help="Render everything again."),
        click.option(
            "--verify",
            is_flag=True,
            help="Render everything and compare with what would be reused.",
        ),
        click.option("--explain", is_flag=True, help="Print why each URL was rendered."),
        click.option("--workers", type=click.IntRange(0), help="Processes; 0 for one a core."),
        click.option(
            "--executor",
            default="pool",
            metavar="NAME",
            help="Where: pool, dask (processes of this machine) or dask:tcp://HOST:PORT.",
        ),
        click.option(
            "--plan", is_flag=True, help="Say what would be rendered and how long; render nothing."
        ),
        click.option(
            "--within",
            type=click.FloatRange(0, min_open=True),
            metavar="SECONDS",
            help="With --plan: say how many workers would render in that time.",
        ),
        click.option("--adopt", is_flag=True, help="Publish into a folder that holds other files."),
        click.option(
            "--keep-going",
            is_flag=True,
            help="Publish what is right, without the pages that have errors.",
        ),
        click.option("--quiet", "-q", is_flag=True, help="Print problems only."),
        format_option("problems"),
        click.option("--json", "json_", is_flag=True, help="The same as --format json."),
        click.option("--debug", is_flag=True, help="Print tracebacks."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def freeze_command(freezer: Freezing) -> click.Command:
    """Make the command that ``python freeze.py`` is."""

    @click.command(help="Freeze the site: publish what changed, all at once or not at all.")
    @freeze_options
    def freeze(**options: Any) -> None:
        run(freezer, **options)

    examples.teach(freeze, "freeze.py")
    return freeze


def run(freezer: Freezing, *, destination: str | None = None, base_url: str | None = None,
        drafts: bool | None = None, future: bool | None = None, expired: bool | None = None,
        strict: bool | None = None, explain: bool = False, workers: int | None = None,
        plan: bool = False, within: float | None = None, executor: str = "pool",
        quiet: bool = False, json_: bool = False, format_: str = "text", debug: bool = False,
        **options: bool) -> None:  # fmt: skip
    """Freeze, print what there is to say, and leave with the right status.

    0 is fine, 1 an error of the site, 2 of what was asked for, 130 an interrupt.
    """
    format_ = "json" if json_ else format_
    console = Console(quiet=quiet, debug=debug, format=format_)

    def said() -> tuple[Mapping[str, object], list[Problem]]:
        return facts(freezer.report, explain=explain), freezer.report.warnings

    with leaving(console, said, lambda: freezer.report.published):
        freezer.configure(
            destination=destination,
            base_url=base_url,
            drafts=drafts,
            future=future,
            expired=expired,
        )
        chosen = freezer.strictness() if strict is None else strict
        if plan:
            planned = freezer.plan(workers=workers or 0, **options)
            as_data = format_ == "json"
            click.echo(
                json.dumps(planned.data(within)) if as_data else "\n".join(planned.lines(within))
            )
            return
        pages = freezer.freeze_options(
            strict=chosen, workers=workers or 0, executor=executor, **options
        )
        for count, page in enumerate(pages, 1):
            console.progress(count, page.url)
        console.clear()
        report = freezer.report
        if console.tell([*report.warnings, *report.errors], facts(report, explain=explain)):
            return
        console.problems(report.warnings)
        if explain:
            for url, reason in sorted(report.reasons.items()):
                click.echo(f"{url}: {reason}")
        if not quiet:
            click.echo(summary(report))
            if report.sent is not None:
                click.echo(report.sent)


class leaving:  # noqa: N801 - reads as a verb
    """Turn exceptions into messages and an exit status.

    :param said: gives the facts and warnings that other programs are told too.
    :param done: tells whether the work was over when an interrupt came.
    """

    def __init__(
        self,
        console: Console,
        said: Callable[[], tuple[Mapping[str, object], list[Problem]]] = lambda: ({}, []),
        done: Callable[[], bool] = lambda: False,
    ) -> None:
        self.console = console
        self.said = said
        self.done = done

    def __enter__(self) -> None:
        def interrupt(number: int, frame: object) -> None:
            raise KeyboardInterrupt

        with contextlib.suppress(ValueError):  # raised outside the main thread
            signal.signal(signal.SIGTERM, interrupt)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        console = self.console
        if error is None or isinstance(
            error, SystemExit | click.ClickException | click.exceptions.Exit
        ):
            return
        if isinstance(error, BrokenPipeError):
            # Whoever reads, `head` say, has enough; Python is not to try again when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise SystemExit(0) from None
        if isinstance(error, KeyboardInterrupt):
            if self.done():
                console._line("blasto: interrupted when all was published")
                raise SystemExit(0) from None
            console._line("blasto: interrupted; what was published is as it was")
            raise SystemExit(130) from None
        problems = getattr(error, "blasto_problems", None)
        if isinstance(error, BlastoError):
            problems = error.problems
        if problems is None or (console.debug and not isinstance(error, BlastoError)):
            if console.debug:
                return
            problems = [
                Problem(f"{type(error).__name__}: {error}", hint="see the traceback with --debug")
            ]
        facts, warnings = self.said()
        if not console.tell([*warnings, *problems], facts):
            console.problems(list(problems))
        status = error.exit_status if isinstance(error, BlastoError) else 1
        raise SystemExit(status) from None
