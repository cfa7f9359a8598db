"""What a reader does: narrow and wide screens, no scripts, keys only, the buttons, from a disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import Chromium
from served import Served
from sites import Project
from small import SMALL

pytestmark = pytest.mark.browser

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
GROUND = "getComputedStyle(document.documentElement).backgroundColor"
SEEN = (
    "[...document.querySelectorAll('main, main *')].filter((one) => one.checkVisibility()).length"
)
TEXT = "document.querySelector('main').innerText"
FRENCH = ("/fr/", "/fr/tutorial/more-pages/")
FREEZE = """\
from blasto import Freezer, create_app

app = create_app(__file__)
app.config["FREEZER_RELATIVE_URLS"] = True
freezer = Freezer(app)
"""


def test_sideways(own: Served, small: Served, browser: Chromium) -> None:
    """No page scrolls sideways, from the smallest telephone to the largest screen."""
    wide = {}
    for site in (own, small):
        for path in site.paths:
            browser.go(site.url(path))
            for width in (320, 375, 768, 1120, 3840):
                browser.look(width=width)
                if browser.ask(OVERFLOW) > 0:
                    wide[path] = width
    assert wide == {}


@pytest.mark.parametrize(
    "name",
    [
        "home",
        "tutorial",
        "guide",
        "reference",
        "blog",
        "post",
        "tags",
        "404",
        *FRENCH,
        "/fr/search/",
    ],
)
def test_no_complaint(name: str, own: Served, browser: Chromium) -> None:
    """A page loads all it asks for, and its script raises nothing."""
    url = own.url(own.path(name))
    browser.go(url)
    assert [one for one in browser.complaints if f"({url})" not in one] == []
    assert browser.ask("document.styleSheets.length") >= 2


@pytest.mark.parametrize(
    "name", ["tutorial", "reference", "home", "blog", "post", "tags", "404", *FRENCH]
)
def test_without_scripts(name: str, own: Served, browser: Chromium) -> None:
    """Without JavaScript all text is there, and what only a script can do is not."""
    url = own.url(own.path(name))
    browser.go(url)
    browser.ask("document.querySelectorAll('.copy').forEach((button) => button.remove())")
    text, seen = browser.ask(TEXT), browser.ask(SEEN)
    browser.scripts(on=False)
    browser.go(url)
    assert browser.ask(TEXT) == text
    assert browser.ask(SEEN) == seen
    assert browser.ask("document.querySelector('.copy')") is None
    assert browser.ask("document.querySelector('.toggle').checkVisibility()") is False


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("name", ["home", "guide", "post", *FRENCH])
def test_menu(scripts: bool, name: str, own: Served, browser: Chromium) -> None:
    """On a telephone the menu's button opens the menu and shuts it, with or without JavaScript."""
    browser.scripts(on=scripts)
    browser.go(own.url(own.path(name)), width=375)
    shown = "document.querySelector('#tree').checkVisibility()"
    assert browser.ask(shown) is False
    browser.click(".opener")
    browser.until(shown)
    assert browser.ask(OVERFLOW) <= 0
    assert browser.ask("document.querySelector('#tree a').getBoundingClientRect().top >= 0")
    browser.press("Escape")
    browser.until(f"!{shown}")
    browser.click(".opener")
    browser.until(shown)
    browser.click("#tree a")
    browser.until("location.pathname.endsWith('/tutorial/') && document.readyState === 'complete'")


def test_tree_is_on_desks(own: Served, browser: Chromium) -> None:
    """On a desk a documentation's tree stands beside the text, and no button is needed."""
    browser.go(own.url(own.path("guide")))
    assert browser.ask("document.querySelector('#tree').checkVisibility()") is True
    assert browser.ask("document.querySelector('.opener').checkVisibility()") is False
    right = "document.querySelector('#tree').getBoundingClientRect().right"
    assert browser.ask(f"{right} <= document.querySelector('h1').getBoundingClientRect().left")


def test_copy(own: Served, browser: Chromium) -> None:
    """The button of a code block puts its text on the clipboard and says so."""
    browser.call(
        "Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"]
    )
    browser.go(own.url(own.path("tutorial")))
    browser.click(".copy")
    browser.until("document.querySelector('.copy').textContent === 'Copied'")
    text = (
        "document.querySelector('.copy').parentElement.querySelector('code').textContent.trimEnd()"
    )
    assert browser.ask("navigator.clipboard.readText()") == browser.ask(text) != ""


def test_copy_leaves_line_numbers(small: Served, browser: Chromium) -> None:
    """Line numbers are no part of what is copied."""
    browser.call(
        "Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"]
    )
    browser.go(small.url("/guide/everything/"))
    browser.ask("document.querySelector('[data-linenos]').closest('.highlight').id = 'numbered'")
    browser.click("#numbered .copy")
    browser.until("document.querySelector('#numbered .copy').textContent === 'تم النسخ'")
    assert browser.ask("navigator.clipboard.readText()") == "first = 1\nsecond = first + 1"


def test_colours_are_remembered(own: Served, browser: Chromium) -> None:
    """A choice of colours holds on other pages; the system's own colours are no choice."""
    browser.go(own.url("/"))
    light = browser.ask(GROUND)
    pressed = "document.querySelector('.toggle').getAttribute('aria-pressed')"
    assert browser.ask(pressed) == "false"
    browser.click(".toggle")
    dark = browser.ask(GROUND)
    assert dark != light
    browser.go(own.url(own.path("guide")))
    assert (browser.ask(GROUND), browser.ask(pressed)) == (dark, "true")
    browser.click(".toggle")
    assert (browser.ask(GROUND), browser.ask("localStorage.length")) == (light, 0)
    browser.look(dark=True)
    browser.until(f"{pressed} === 'true'")
    assert browser.ask(GROUND) == dark


def test_skip_link(own: Served, browser: Chromium) -> None:
    """The first stop of the Tab key leads past the menu into the text."""
    browser.go(own.url(own.path("guide")))
    browser.press("Tab")
    assert browser.ask("document.activeElement.className") == "skip"
    box = browser.ask("document.activeElement.getBoundingClientRect().toJSON()")
    assert box["left"] >= 0
    assert box["top"] >= 0
    assert browser.ask("getComputedStyle(document.activeElement).clipPath") == "none"
    browser.press("Enter")
    browser.until("location.hash === '#main'")
    browser.press("Tab")
    assert browser.ask("document.querySelector('main').contains(document.activeElement)") is True


def test_focus_is_seen(own: Served, browser: Chromium) -> None:
    """Each stop of the Tab key in the bar and the tree shows that it has the focus."""
    browser.go(own.url(own.path("guide")))
    for _ in range(12):
        browser.press("Tab")
        assert browser.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_wide_code_is_within_reach(small: Served, browser: Chromium) -> None:
    """Code and tables that scroll sideways can be scrolled with the keyboard."""
    browser.go(small.url("/guide/everything/"), width=375)
    stuck = "(box) => box.scrollWidth > box.clientWidth && box.tabIndex !== 0"
    browser.until(f"![...document.querySelectorAll('pre, .prose table')].some({stuck})")


def test_right_to_left(small: Served, browser: Chromium) -> None:
    """A page in Arabic is a mirror: the tree at the right, contents at the left, code as ever."""
    browser.go(small.url("/guide/everything/"))

    def box(selector: str) -> dict[str, float]:
        return browser.ask(f"document.querySelector('{selector}').getBoundingClientRect().toJSON()")

    assert browser.ask("getComputedStyle(document.body).direction") == "rtl"
    assert box(".brand")["left"] > box(".toggle")["right"]
    assert box("#tree")["left"] >= box(".prose")["right"]
    assert box(".toc")["right"] <= box(".prose")["left"]
    assert browser.ask("getComputedStyle(document.querySelector('.prose pre')).direction") == "ltr"
    # A mirror has no element that starts left of the window, where nobody can scroll to.
    out = "[...document.querySelectorAll('main *')].filter((one) => !one.closest('pre, table') && one.getBoundingClientRect().left < -1)"
    assert browser.ask(f"{out}.map((one) => one.outerHTML.slice(0, 80))") == []


def test_print(own: Served, browser: Chromium) -> None:
    """On paper there is the text, dark on light, and nothing to click."""
    browser.go(own.url(own.path("guide")), dark=True, media="print")
    for part in (".bar", "#tree", ".foot"):
        assert browser.ask(f"document.querySelector('{part}').checkVisibility()") is False
    assert browser.ask(GROUND) == "rgb(253, 253, 252)"


def test_from_a_disk(tmp_path: Path, browser: Chromium) -> None:
    """A tree with relative URLs opens from a disk, with its style, and its links lead on."""
    project = Project(tmp_path / "site", {**SMALL, "freeze.py": FREEZE})
    done = project.run()
    assert done.returncode == 0, done.stderr
    browser.go((project.build / "guide/everything/index.html").as_uri())
    assert browser.complaints == []
    assert browser.ask(GROUND) == "rgb(253, 253, 252)"
    assert browser.ask("document.documentElement.classList.contains('js')") is True
    browser.click(".prose a[href*=other]")
    browser.until(
        "location.pathname.endsWith('/guide/other/index.html') && document.readyState === 'complete'"
    )
    browser.click(".brand")
    browser.until(
        f"location.pathname === '{project.build.as_posix()}/index.html' && document.readyState === 'complete'"
    )
    assert browser.ask(GROUND) == "rgb(253, 253, 252)"


@pytest.mark.parametrize("width", [375, 1280])
def test_the_switcher(width: int, small: Served, browser: Chromium) -> None:
    """A button opens the languages below the bar at its end; a link leads to this page in another."""
    browser.go(small.url("/guide/other/"), width=width)
    browser.ask("document.querySelector('[popovertarget=languages]').click()")
    box, bar = browser.ask(
        """['#languages', '.bar'].map(name => document.querySelector(name).getBoundingClientRect().toJSON())"""
    )
    assert 0 <= box["left"] < width / 2, "at the end of a line from right to left"
    assert box["right"] < width
    assert abs(box["top"] - bar["bottom"]) < 2
    links = browser.ask(
        "[...document.querySelectorAll('#languages a')].map(a => [a.lang, a.pathname])"
    )
    base = browser.ask("new URL(document.querySelector('.brand').href).pathname")
    assert links == [
        ["ar", f"{base}guide/other/"],
        ["de", f"{base}de/guide/other/"],
        ["zh", f"{base}zh/"],
    ]
    browser.go(small.url("/de/guide/other/"), width=width)
    browser.ask("document.querySelector('[popovertarget=languages]').click()")
    box = browser.ask("document.querySelector('#languages').getBoundingClientRect().toJSON()")
    assert box["left"] > width / 2


def test_tabs(own: Served, browser: Chromium) -> None:
    """One tab's text is shown, another's when its label is clicked, without a script; on paper all."""
    browser.scripts(on=False)
    (path,) = (one for one in own.paths if one.endswith("guide/markdown-extras/"))
    browser.go(own.url(path))
    shown = "[...document.querySelectorAll('.tabbed-block')].map((one) => one.checkVisibility())"
    assert browser.ask(shown) == [True, False]
    browser.click(".tabbed-labels label:last-child")
    assert browser.ask(shown) == [False, True]
    browser.look(media="print")
    assert browser.ask(shown) == [True, True]
