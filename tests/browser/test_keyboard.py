"""Who has no mouse: the Tab key stops at everything that can be clicked, in view and outlined."""

from __future__ import annotations

import pytest
from chromium import Chromium
from served import Served

pytestmark = pytest.mark.browser

# Of a group of radio buttons the Tab key stops at one; arrows reach the others.
MARK = """(window.marked = (() => {
    const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, iframe, [tabindex="0"]')]
    const groups = new Set()
    return all.filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.disabled)
        .filter((one) => one.type !== 'radio' || !groups.has(one.name) && groups.add(one.name))
        .filter((one) => !one.closest('[inert]'))
})()).length"""
# Where the Tab key is: which of the marked, and what is wrong with it.
STOP = """(() => {
    const one = document.activeElement
    if (!one || one === document.body || one === document.documentElement) return null
    const at = (window.marked ?? []).findIndex((other) => other === one || one.type === 'radio' && other.name === one.name)
    const shown = one.type === 'radio' ? one.labels[0] : one
    const box = [...shown.getClientRects()].find((part) => part.width)
    const hit = box && document.elementFromPoint(box.left + Math.min(box.width, innerWidth) / 2, box.top + Math.min(box.height, 40) / 2)
    const lined = [one, shown].some((each) => getComputedStyle(each).outlineStyle !== 'none')
    return [at, one.outerHTML.slice(0, 99), shown.contains(hit), lined]
})()"""


def walk(browser: Chromium, *, back: bool = False) -> dict[str, list[str]]:
    """Press Tab until it comes round; give what was missed, out of view and not outlined."""
    count = browser.ask(MARK)
    assert count > 3
    reached: set[int] = set()
    hidden, bare = [], []
    for _ in range(count + 9):
        browser.press("Tab", shift=back)
        stop = browser.ask(STOP)
        if stop is None:
            continue  # past the end; the next one is the first
        at, name, seen, lined = stop
        if at in reached:
            break
        reached.add(at)
        hidden += [] if seen else [name]
        bare += [] if lined else [name]
    missed = browser.ask(
        f"marked.filter((one, at) => !{sorted(reached)}.includes(at)).map((one) => one.outerHTML.slice(0, 99))"
    )
    found = {"missed": missed, "hidden": hidden, "bare": bare}
    return {name: those for name, those in found.items() if those}


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize(
    "name",
    ["home", "tutorial", "/guide/markdown-extras/", "blog", "post", "tags", "/search/", "/404.html",
     "/fr/", "/fr/tutorial/", "/fr/tutorial/more-pages/", "/fr/search/", "/fr/404.html"],
)  # fmt: skip
def test_all_is_reached(name: str, width: int, own: Served, browser: Chromium) -> None:
    """From the top of a page Tab comes to each link, button, box and wide block of code."""
    browser.go(own.url(own.path(name)), width=width)
    if name.endswith("search/"):
        browser.until("document.activeElement.type === 'search'")
        browser.ask("document.activeElement.blur()")
    assert walk(browser) == {}


@pytest.mark.parametrize("name", ["post", "/fr/tutorial/more-pages/"])
def test_way_back(name: str, own: Served, browser: Chromium) -> None:
    """From the end of a page up, the bar covers nothing that Tab comes to with the shift key."""
    browser.go(own.url(own.path(name)), width=375)
    assert walk(browser, back=True) == {}


@pytest.mark.parametrize("path", ["/", "/guide/everything/", "/blog/a/", "/album/"])
def test_all_is_reached_right_to_left(path: str, small: Served, browser: Chromium) -> None:
    """The same in Arabic, on pages with every element."""
    browser.go(small.url(path))
    assert walk(browser) == {}


@pytest.mark.parametrize(
    ("name", "width", "opener", "opened"),
    [
        ("home", 375, ".opener", "#tree"),
        ("guide", 375, ".opener", "#tree"),
        ("/fr/tutorial/more-pages/", 375, ".opener", "#tree"),
        ("home", 1280, "[popovertarget=languages]", "#languages"),
        ("/fr/tutorial/more-pages/", 375, "[popovertarget=languages]", "#languages"),
    ],
)
@pytest.mark.parametrize("scripts", [True, False])
def test_what_opens(
    scripts: bool,
    name: str,
    width: int,
    opener: str,
    opened: str,
    own: Served,
    browser: Chromium,
) -> None:
    """Enter opens the menu and the languages, Tab leads in and through, Escape shuts and comes back."""
    browser.scripts(on=scripts)
    browser.go(own.url(own.path(name)), width=width)
    at = "document.activeElement"
    for _ in range(12):
        if browser.ask(f"{at}.matches('{opener}')"):
            break
        browser.press("Tab")
    browser.press("Enter")
    browser.until(f"document.querySelector('{opened}').matches(':popover-open')")
    inside = f"document.querySelector('{opened}').contains({at})"
    links = browser.ask(f"document.querySelectorAll('{opened} a').length")
    assert links >= 2
    for number in range(links):
        browser.press("Tab")
        assert browser.ask(f"[...document.querySelectorAll('{opened} a')].indexOf({at})") == number
        assert browser.ask(STOP)[2:] == [True, True]
    assert browser.ask(inside) is True
    browser.press("Escape")
    browser.until(f"!document.querySelector('{opened}').matches(':popover-open')")
    assert browser.ask(f"{at}.matches('{opener}')") is True


def test_tabs_by_arrows(own: Served, browser: Chromium) -> None:
    """Tab comes to the first of several tabs, and an arrow shows the next."""
    browser.scripts(on=False)
    browser.go(own.url("/guide/markdown-extras/"))
    shown = "[...document.querySelectorAll('.tabbed-block')].map((one) => one.checkVisibility())"
    browser.ask("document.querySelector('.tabbed-set input').focus()")
    assert browser.ask(shown) == [True, False]
    browser.press("ArrowDown")
    browser.until(f"{shown}[1]")
    assert browser.ask(shown) == [False, True]
