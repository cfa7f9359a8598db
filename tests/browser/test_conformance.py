"""What checkers say of whole pages: vnu of each page's HTML, axe of the ones that stand for all."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from chromium import Chromium
from served import Served

pytestmark = pytest.mark.browser

NAMES = ("home", "tutorial", "guide", "reference", "blog", "post", "tags", "tag", "404")
PATHS = ("/about/", "/search/?q=freeze", "/guide/formulas/", "/guide/markdown-extras/")
AXE = """axe.run(document, {resultTypes: ["violations"]}).then((result) => result.violations.map(
    (rule) => rule.id + ": " + rule.nodes.map((node) => node.target + " " + node.html.slice(0, 99)).join("; ")))"""


# The theme's script hears of a new size with the next frame.
SETTLED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))"


@cache
def axe(tools: Path) -> str:
    """Give the checker's source, as an expression without a value."""
    return (tools / "axe-core/axe.min.js").read_text(encoding="utf-8") + ";0"


def violations(browser: Chromium, url: str, tools: Path) -> dict[str, list[str]]:
    """Give what axe finds in a page: light and dark, on a telephone and on a desk."""
    browser.go(url)
    browser.ask(axe(tools))
    found = {}
    for width in (1280, 375):
        for dark in (False, True):
            browser.look(width=width, dark=dark)
            browser.ask(SETTLED)
            found[f"{width} px, {'dark' if dark else 'light'}"] = browser.ask(AXE)
    return {look: rules for look, rules in found.items() if rules}


def test_html(own: Served, small: Served, tools: Path) -> None:
    """Vnu finds no error on any page."""
    java = shutil.which("java")
    if not java:
        pytest.skip("there is no java")
    done = subprocess.run(
        [java, "-jar", tools / "vnu-jar/build/dist/vnu.jar", "--skip-non-html", "--errors-only",
         "--format", "json", own.folder, small.folder],
        capture_output=True, text=True,
    )  # fmt: skip
    messages = json.loads(done.stderr)["messages"]
    assert [
        f"{one.get('url', '').rsplit('/build/')[-1]}:{one.get('lastLine')} {one['message']} {one.get('extract', '')}"
        for one in messages
    ] == []
    assert done.returncode == 0


@pytest.mark.parametrize("name", NAMES)
def test_axe(name: str, own: Served, browser: Chromium, tools: Path) -> None:
    """Axe finds no violation on blasto's own site."""
    assert violations(browser, own.url(own.path(name)), tools) == {}


@pytest.mark.parametrize("path", PATHS)
def test_axe_of_more(path: str, own: Served, browser: Chromium, tools: Path) -> None:
    """Axe finds no violation where there are formulas, tabs, keys and results of a search."""
    assert violations(browser, own.url(path), tools) == {}


@pytest.mark.parametrize(
    "path", ["/fr/", "/fr/tutorial/", "/fr/tutorial/more-pages/", "/fr/404.html"]
)
def test_axe_in_french(path: str, own: Served, browser: Chromium, tools: Path) -> None:
    """Axe finds no violation on the pages of blasto's own site in French."""
    assert violations(browser, own.url(path), tools) == {}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/de/guide/other/",
        "/zh/",
        "/guide/everything/",
        "/blog/a/",
        "/blog/",
        "/tags/",
        "/tags/python/",
        "/album/",
    ],
)
def test_axe_right_to_left(path: str, small: Served, browser: Chromium, tools: Path) -> None:
    """Axe finds no violation on a site in Arabic that has every element."""
    assert violations(browser, small.url(path), tools) == {}
