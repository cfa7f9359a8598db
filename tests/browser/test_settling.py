"""Nothing moves by itself: not while a page loads over a slow line, nor when it is read to its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from chromium import Chromium
from served import Served

pytestmark = pytest.mark.browser

SLOW = {"offline": False, "latency": 40, "downloadThroughput": 250_000, "uploadThroughput": 250_000}
FAST = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
WATCH = """window.moved = []
new PerformanceObserver((list) => list.getEntries().forEach((one) => moved.push(
    one.value + one.sources.map((source) => " " + source.node?.parentElement?.innerHTML.slice(0, 99)).join(";")
))).observe({type: "layout-shift", buffered: true})"""
# Pictures that are loaded late are loaded when they come near the window.
READ = """(async () => {
    const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
        scrollTo(0, y)
        await frames()
    }
    await Promise.all([...document.images].map((one) => one.decode().catch(() => 0)))
    await frames()
})()"""
NAMES = ("home", "tutorial", "guide", "/guide/pictures/", "blog", "post", "tags", "/404.html")
FRENCH = ("/fr/", "/fr/tutorial/", "/fr/tutorial/more-pages/", "/fr/404.html")
SMALL = ("/", "/guide/everything/", "/blog/", "/blog/a/", "/album/", "/zh/")


@pytest.fixture
def slow(browser: Chromium) -> Iterator[Chromium]:
    """The browser on a slow line, with an empty cache."""
    browser.call("Network.enable")
    browser.call("Network.setCacheDisabled", cacheDisabled=True)
    browser.call("Network.emulateNetworkConditions", **SLOW)
    script = browser.call("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
    yield browser
    browser.call("Page.removeScriptToEvaluateOnNewDocument", **script)
    browser.call("Network.emulateNetworkConditions", **FAST)
    browser.call("Network.disable")


def moved(browser: Chromium, url: str, width: int) -> Any:
    """Give what moved in a page while it was loaded, and while it was read."""
    browser.go(url, width=width)
    browser.ask(READ)
    return browser.ask("moved")


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("name", [*NAMES, *FRENCH])
def test_nothing_moves(name: str, width: int, own: Served, slow: Chromium) -> None:
    """The pages of blasto's own site stand still, in both layouts and both languages."""
    assert moved(slow, own.url(own.path(name)), width) == []


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("path", SMALL)
def test_nothing_moves_right_to_left(path: str, width: int, small: Served, slow: Chromium) -> None:
    """Pages with every element stand still, the ones with pictures and wide tables among them."""
    assert moved(slow, small.url(path), width) == []


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("path", ["/search/", "/search/?q=gunicorn", "/fr/search/?q=page"])
def test_search_moves_nothing(path: str, width: int, own: Served, slow: Chromium) -> None:
    """What is found comes into a place that was kept for it."""
    slow.go(own.url(path), width=width)
    slow.until("document.querySelector('.find input') !== null")
    if "?" in path:
        slow.until("document.querySelector('.find li') !== null")
    slow.ask(READ)
    assert slow.ask("moved") == []


def test_what_moves_is_seen(own: Served, slow: Chromium) -> None:
    """A page whose text is pushed down after it was shown would be found out."""
    slow.go(own.url("/fr/"))
    slow.ask("document.querySelector('main').style.marginTop = '9rem'")
    slow.until("moved.length > 0")
