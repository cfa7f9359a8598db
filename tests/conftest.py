"""What holds for every test.

With ``BLASTO_REQUIRE_ALL=1``, as in CI, a test that is skipped has failed: there
each tool is installed, so a skip hides a test. Only a skip whose reason starts with
``platform:`` stays one; it says that no machine of this kind can run the test.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TypeVar

import pytest
from fault_rows import names

os.environ.pop("GITHUB_ACTIONS", None)  # there blasto prints annotations too
REQUIRE_ALL = os.environ.get("BLASTO_REQUIRE_ALL") == "1"

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def fail_if_skipped(report: Report) -> Report:
    """Turn the report of a skip into one of a failure, where every test must run."""
    if not REQUIRE_ALL or not report.skipped or hasattr(report, "wasxfail"):
        return report
    reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = reason.removeprefix("Skipped: ")
    if not reason.startswith("platform:"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but BLASTO_REQUIRE_ALL is set: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Look at the report of each test."""
    return fail_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Look at the report of each module: ``importorskip`` at its top skips it whole."""
    return fail_if_skipped((yield))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let ``pytest -k row_12`` choose the tests of a row of the table of faults."""
    item.extra_keyword_matches.update(names(item.nodeid))
