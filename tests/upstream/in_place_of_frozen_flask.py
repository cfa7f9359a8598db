"""A pytest plugin: whoever imports ``flask_frozen.Freezer`` gets blasto's.

With UPSTREAM_WORKERS every freeze renders in that many processes, however few URLs it
has; the run fails if none did.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import flask_frozen
import pytest

import blasto.freezer
from blasto import workers

WORKERS = int(os.environ.get("UPSTREAM_WORKERS", "0"))
pools = 0

flask_frozen.Freezer = blasto.freezer.Freezer

if WORKERS:
    plain_init_app = blasto.freezer.Freezer.init_app
    plain_pool = workers.pool

    def init_app(self: Any, app: Any) -> None:
        """Set the workers where a site would: in the app's configuration."""
        plain_init_app(self, app)
        if app is not None:
            app.config.setdefault("FREEZER_WORKERS", WORKERS)

    def pool(*arguments: Any) -> Any:
        """Count the pools."""
        global pools
        made = plain_pool(*arguments)
        pools += isinstance(made, ProcessPoolExecutor)
        return made

    blasto.freezer.Freezer.init_app = init_app
    workers.pool = pool
    workers.FEW = 0


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    """Fail the run where no process pool was at work though one was wanted."""
    yield
    if WORKERS and not pools:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_report_header() -> str:
    """Say what is tested."""
    return f"flask_frozen.Freezer is {flask_frozen.Freezer.__module__}.Freezer"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many process pools there were."""
    if WORKERS:
        terminalreporter.write_line(f"{pools} process pools of {WORKERS} workers")
