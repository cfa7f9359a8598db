"""The whole of a freeze, looked at when all its URLs are known and nothing is published yet.

Collisions, broken links, endpoints that nothing reached: all problems of a run come out
together. Called by ``freezing``; whoever passes is published by ``publishing``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import linkcheck, output, publishing, undefined
from .errors import NAMELESS, OF_TEXT, Problem, Severity
from .frontier import described
from .ledger import unpack_problems
from .rendering import LOST_QUERY
from .reports import ANEW

if TYPE_CHECKING:
    from .freezing import Freeze

ONCE = frozenset({LOST_QUERY, undefined.KIND, OF_TEXT, NAMELESS})
"""Kinds of warnings that are told for the first URL only."""


def judge(freeze: Freeze) -> None:
    """Look at the whole: collisions, links, endpoints; raise if anything is wrong."""
    report, freezer = freeze.report, freeze.freezer
    plan = output.Plan()
    plain = freezer.site is None
    first: dict[str, str] = {}
    for url, row in freeze.rows.items():
        # A plain app may give one page two URLs, "/" and "/index.html".
        if row.path is not None and (not plain or first.setdefault(row.path, url) == url
                                     or freeze.rows[first[row.path]].digest != row.digest):  # fmt: skip
            plan.add(row.path, url, None if plain else described(row.endpoint, row.source))
    case = freezer.app.config.get("FREEZER_CASE", "error")
    windows: Severity | None = None if freezer.site is None else "warning"
    problems = plan.problems(case=case, windows=windows) if len(freeze.rows) else []
    report.errors += [one for one in problems if one.severity == "error"]
    report.warnings += [one for one in problems if one.severity == "warning"]
    report.errors += freeze.frontier.problems
    for row in freeze.rows.values():
        if row.problems and row.url not in freeze.results:
            report.warnings += unpack_problems(row.problems)
    if freezer.app.config.get("FREEZER_CRAWL"):
        made = freeze.results

        def written(url: str) -> linkcheck.Written | None:
            return made[url].written() if url in made else None

        check = linkcheck.LinkCheck(
            freeze.rows, freeze.ledger.links, freeze.frontier.expected, freeze.past.rows
        )
        report.warnings += check.report(written, freezer.site)
        freeze.touched |= check.changed
    missing = list(freeze.frontier.warnings)
    if not report.errors:  # a page that failed may be the one that leads there
        missing += freezer.missing_generators(freeze.frontier)
    report.warnings += missing
    freeze.today.site_warnings = [*missing, *(one for one in problems if one.severity == "warning")]
    if freeze.options.verify:
        report.errors += publishing.differences(freeze)
    report.urls = sum(1 for row in freeze.rows.values() if row.path is not None)
    if freezer.site is not None and not freezer.site.contents.pages and not report.errors:
        report.errors.append(
            Problem(
                "there is not one page", str(freezer.site.content_folder),
                hint="write one: content/index.md",
            )
        )  # fmt: skip
    strictly(freeze)


def strictly(freeze: Freeze) -> None:
    """Make errors of warnings where that was asked for, and raise if there is any error."""
    report = freeze.report
    # A template that every page uses says it once for each.
    first: dict[object, Problem] = {}
    for one in report.warnings:
        if one.kind in ONCE:
            place = (one.path, one.line, one.message)
            known = first.setdefault(place, one)
            first[place] = min(known, one, key=lambda problem: problem.url or "")
    report.warnings = [
        one
        for one in report.warnings
        if one.kind not in ONCE or first[one.path, one.line, one.message] is one
    ]
    # Not in the order in which workers came back.
    report.warnings.sort(key=lambda one: (one.kind != ANEW, one.key, one.url or ""))
    if freeze.options.strict:
        # An old cache in CI is slower and no fault of the site.
        report.errors += [one.as_error() for one in report.warnings if one.kind != ANEW]
        report.warnings = [one for one in report.warnings if one.kind == ANEW]
    if report.errors:
        report.errors.sort(key=lambda problem: (problem.key, problem.url or ""), reverse=True)
        report.errors = list({
            (one.key, None if one.kind in ONCE else one.url): one for one in report.errors
        }.values())  # fmt: skip
        report.errors.sort(key=lambda problem: (problem.key, problem.url or ""))
        if freeze.options.keep_going and not freeze.frontier.problems:
            return
        publishing.remember(freeze)
        raise freeze.freezer.failure(report, freeze.exceptions)
