"""What the tests of this folder share: the sites frozen and served, the tools, one browser.

``BLASTO_NODE_MODULES`` is where vnu-jar and axe-core of ``package.json`` are installed;
``BLASTO_CHROMIUM`` is the browser, if it is not on the path.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Chromium
from served import BASE_PATH, Served, served
from sites import ROOT, Project
from small import SMALL

NOT_OF_THE_SITE = {"blasto", "tests", "benchmarks", "build", "dist", "node_modules"}


def freeze(project: Project) -> Path:
    """Freeze a site in a process of its own, with a base path, and give the tree."""
    now = str(int(time.time()))  # no post lies in the future
    url = f"http://localhost{BASE_PATH}/"
    done = project.run(env={"BLASTO_BASE_URL": url, "SOURCE_DATE_EPOCH": now})
    assert done.returncode == 0, done.stderr
    return project.build


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Blasto's own site, from a copy of its sources."""
    copy = tmp_path_factory.mktemp("own") / "site"
    shutil.copytree(
        ROOT, copy,
        ignore=lambda folder, names: [
            name for name in names
            if name.startswith((".", "__")) or (Path(folder) == ROOT and name in NOT_OF_THE_SITE)
        ],
    )  # fmt: skip
    yield from served(freeze(Project(copy, {})))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A small site in Arabic, with an alias and every element that Markdown gives."""
    yield from served(freeze(Project(tmp_path_factory.mktemp("small") / "site", SMALL)))


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder of the packages of ``package.json``."""
    folder = Path(os.environ.get("BLASTO_NODE_MODULES") or "none")
    if not (folder / "axe-core").is_dir():
        pytest.skip("BLASTO_NODE_MODULES names no folder with vnu-jar and axe-core")
    return folder


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """The one browser."""
    pytest.importorskip("websocket")
    program = os.environ.get("BLASTO_CHROMIUM") or shutil.which("chromium")
    if not program:
        pytest.skip("there is no Chromium")
    browser = Chromium(program, tmp_path_factory.mktemp("profile"))
    try:
        yield browser
    finally:
        browser.close()


@pytest.fixture
def browser(chromium: Chromium) -> Iterator[Chromium]:
    """The browser; scripts are on and nothing is stored when a test has ended."""
    yield chromium
    chromium.scripts(on=True)
    chromium.call("Storage.clearDataForOrigin", origin="*", storageTypes="all")
