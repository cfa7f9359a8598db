"""Fixtures for the tests of a site: pytest finds them where blasto is installed.

The outermost door, beside ``cli``. Nothing of blasto is imported until a test asks for it.
The site is the one in pytest's root folder, or the app that the option ``blasto_app``
names; a plain Flask app will do.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from .errors import Problem
    from .freezer import Freezer
    from .pages import Page
    from .project import Project
    from .reports import Report
    from .site import Site

LINKS = {"link", "fragment", "asset", "case", "base-path", "redirect", "feed"}
PAGES = {"duplicate-id", "alt", "lang", "title", "heading-order"}
Judge = Callable[..., None]


class Frozen(NamedTuple):
    """A frozen tree, and what the freeze said.

    :param root: the folder, which is not the site's own ``build/``.
    """

    root: Path
    report: Report
    freezer: Freezer

    def read(self, url: str) -> str:
        """Give the text of a URL's file."""
        return (self.root / self.freezer.file_of(url)).read_text(encoding="utf-8")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take ``blasto_app`` from pytest's configuration."""
    parser.addini("blasto_app", "The app or freezer to test, as module:name.", default="")


def _project(config: pytest.Config) -> Project:
    kept: Project | None = config.__dict__.get("_blasto_project")
    if kept is None:
        from . import project

        named = str(config.getini("blasto_app"))
        kept = project.named(named) if named else project.here(config.rootpath)
        config.__dict__["_blasto_project"] = kept
    return kept


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Call a test that takes ``every_url`` once for each URL of the site's pages."""
    if "every_url" in metafunc.fixturenames:
        freezer = _project(metafunc.config).freezer
        urls = sorted({url for url in freezer.all_urls() if _is_page(freezer.file_of(url))})
        metafunc.parametrize("every_url", urls)


def _is_page(path: str) -> bool:
    return path.endswith((".html", ".htm"))


@pytest.fixture(scope="session")
def blasto_project(pytestconfig: pytest.Config) -> Project:
    """The site's app and its freezer."""
    return _project(pytestconfig)


@pytest.fixture
def site(blasto_project: Project) -> Site:
    """The site: its pages, lists and settings."""
    found = blasto_project.freezer.site
    if found is None:
        pytest.fail("this app has no content of blasto's: use `client` or `frozen`", pytrace=False)
    return found


@pytest.fixture
def page(site: Site) -> Callable[[str], Page]:
    """A function that gives a page by its file, as in ``page("guide/start.md")``."""
    return site.page


@pytest.fixture
def client(blasto_project: Project) -> FlaskClient:
    """A client of the live app."""
    return blasto_project.app.test_client()


@pytest.fixture(scope="session")
def frozen(blasto_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    """The site, frozen once for all tests into a folder of its own.

    Errors of the site fail the test that asks first, with their files and lines.
    """
    from .errors import BlastoError

    folder = tmp_path_factory.mktemp("frozen")
    freezer = blasto_project.freezer
    freezer.app.config["BLASTO_STATE"] = str(folder / "state")
    freezer.configure(destination=str(folder / "build"))
    failed = ""
    try:
        for _ in freezer.freeze_options(workers=1):
            pass
    except BlastoError as error:
        failed = _told(error.problems)
    if failed:
        pytest.fail(failed, pytrace=False)
    return Frozen(folder / "build", freezer.report, freezer)


@pytest.fixture(scope="session")
def _problems(frozen: Frozen) -> dict[str, list[Problem]]:
    """What ``blasto check`` finds, by rule; the live app is compared, too."""
    from .check import check

    found: dict[str, list[Problem]] = {}
    for problem in check(frozen.freezer, count=1, same=True).problems:
        found.setdefault(problem.kind, []).append(problem)
    return found


@pytest.fixture(scope="session")
def assert_links(frozen: Frozen, _problems: dict[str, list[Problem]]) -> Judge:
    """A function that fails where links lead nowhere: of one URL, or of the whole site.

    What stands in one place and shows on many pages is told of the first of them.
    """
    return lambda url=None: _judge(frozen, _problems, LINKS, url)


@pytest.fixture(scope="session")
def assert_parity(frozen: Frozen, _problems: dict[str, list[Problem]]) -> Judge:
    """A function that fails where the live app answers otherwise than the frozen files."""
    return lambda url=None: _judge(frozen, _problems, {"parity"}, url)


@pytest.fixture(scope="session")
def assert_valid_html(frozen: Frozen, _problems: dict[str, list[Problem]]) -> Judge:
    """A function that fails where a page's HTML is wrong: of one URL, or of the whole site.

    Titles, languages, ids, headings and alternative texts are looked at by blasto; where
    there is a ``vnu`` (or Java and the path of its jar in ``BLASTO_VNU``), by that too.
    """
    said: dict[str, list[str]] | None = None

    def judge(url: str | None = None) -> None:
        nonlocal said
        _judge(frozen, _problems, PAGES, url)
        if said is None:
            said = _vnu(frozen.root)
        path = frozen.freezer.file_of(url) if url is not None else None
        lines = [line for file, told in said.items() if path in (None, file) for line in told]
        if lines:
            pytest.fail("\n".join(lines), pytrace=False)

    return judge


def _judge(
    frozen: Frozen, problems: dict[str, list[Problem]], rules: set[str], url: str | None
) -> None:
    from . import output

    encoded = output.encode(frozen.freezer.script_name + url) if url is not None else None
    found = [
        problem for rule in sorted(rules) for problem in problems.get(rule, ())
        if encoded is None or problem.url == encoded
    ]  # fmt: skip
    if found:
        pytest.fail(_told(found), pytrace=False)


def _told(problems: Iterable[Problem]) -> str:
    lines = []
    for problem in problems:
        lines.append(str(problem))
        if problem.source is not None:
            lines.append(f"    {problem.source.strip()}")
        if problem.hint:
            lines.append(f"    {problem.hint}")
    return "\n".join(lines)


def _vnu(root: Path) -> dict[str, list[str]]:
    """Ask the W3C's checker about every page at once; give its errors by file."""
    jar = os.environ.get("BLASTO_VNU")
    if shutil.which("vnu"):
        command = ["vnu"]
    elif jar and shutil.which("java"):
        command = ["java", "-jar", jar]
    else:
        return {}
    words = [*command, "--format", "json", "--errors-only", "--skip-non-html", str(root)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    found: dict[str, list[str]] = {}
    told: list[dict[str, Any]] = json.loads(done.stderr or "{}").get("messages", [])
    for one in told:
        path = os.path.relpath(str(one.get("url", "")).removeprefix("file:"), root)
        place = f"{Path(path).as_posix()}:{one.get('lastLine', 0)}:{one.get('firstColumn', 0)}"
        found.setdefault(Path(path).as_posix(), []).append(f"{place}: {one.get('message')}")
    return found
