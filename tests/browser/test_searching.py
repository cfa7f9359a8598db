"""What a reader does who looks for a word: with the keyboard alone, in the box and on the page."""

from __future__ import annotations

import pytest
from chromium import Chromium
from served import Served

pytestmark = pytest.mark.browser

FOUND = "[...document.querySelectorAll('.find li a')].map((one) => new URL(one.href).pathname)"
FOCUS = "document.activeElement"


def test_keyboard(own: Served, browser: Chromium) -> None:
    """A slash opens the box, words bring pages, the arrows walk and Enter opens the page."""
    browser.go(own.url(own.path("guide")))
    browser.type("/")
    browser.until(f"{FOCUS}.type === 'search'")
    browser.type("жабы")
    browser.until("document.querySelector('.find [role=status]').textContent === 'Nothing found'")
    browser.ask(f"{FOCUS}.select()")
    browser.type("gunicorn")
    browser.until(f"{FOUND}.includes('/repo/guide/live/')")
    browser.press("ArrowDown")
    assert browser.ask(f"{FOCUS}.closest('.find li') !== null")
    browser.press("ArrowUp")
    assert browser.ask(f"{FOCUS}.type") == "search"
    first = browser.ask("document.querySelector('.find a').href")
    browser.press("Enter")
    browser.until(f"location.href === {first!r} && document.readyState === 'complete'")
    assert browser.complaints == []


def test_french(own: Served, browser: Chromium) -> None:
    """A page in French finds pages in French, says so in French, and opens one."""
    browser.go(own.url("/fr/tutorial/"))
    browser.type("/")
    browser.until(f"{FOCUS}.placeholder === 'Mots à chercher'")
    browser.type("étiquettes")
    browser.until(f"{FOUND}.includes('/repo/fr/tutorial/more-pages/')")
    assert browser.ask(f"{FOUND}.filter((path) => !path.startsWith('/repo/fr/'))") == []
    assert browser.ask("document.querySelector('.find [role=status]').textContent").endswith(
        " trouvés"
    )
    first = browser.ask("document.querySelector('.find a').href")
    browser.press("Enter")
    browser.until(f"location.href === {first!r} && document.readyState === 'complete'")
    assert browser.complaints == []


@pytest.mark.parametrize("path", ["/search/?q=page", "/fr/search/?q=page"])
def test_phone(path: str, own: Served, browser: Chromium) -> None:
    """On a telephone what is found, on the page and in the box, is not wider than the window."""
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    browser.go(own.url(path), width=320)
    browser.until(f"{FOUND}.length > 0")
    assert browser.ask(wide) is False
    browser.go(own.url(path.partition("search/")[0]), width=320)
    browser.click(".finder")
    browser.until("document.querySelector('dialog')?.open")
    browser.type("page")
    browser.until(f"{FOUND}.length > 0")
    box = "document.querySelector('dialog')"
    assert browser.ask(f"{box}.scrollWidth > {box}.clientWidth") is False
    assert browser.ask(wide) is False


def test_box_shuts(own: Served, browser: Chromium) -> None:
    """Tab reaches the box, Enter opens it, Escape shuts it and gives the focus back."""
    browser.go(own.url(own.path("guide")))
    while browser.ask(f"{FOCUS}.className") != "finder":
        browser.press("Tab")
        assert browser.ask(f"!document.querySelector('main').contains({FOCUS})")
    browser.press("Enter")
    browser.until("document.querySelector('dialog')?.open")
    browser.press("Escape")
    browser.until("!document.querySelector('dialog').open")
    assert browser.ask(f"{FOCUS}.className") == "finder"


def test_nothing_is_loaded_before(own: Served, browser: Chromium) -> None:
    """Until it is used, search costs a link and no request."""
    browser.go(own.url(own.path("guide")))
    loaded = "performance.getEntriesByType('resource').map((one) => one.name).filter((name) => /search|pagefind/.test(name))"
    assert browser.ask(loaded) == []
    browser.click(".finder")
    browser.until("document.querySelector('dialog')?.open")
    browser.until(f"{loaded}.some((name) => name.endsWith('pagefind.js'))")


def test_page(own: Served, browser: Chromium) -> None:
    """The page of search takes words from its address, and leads to the part that has them."""
    browser.go(own.url("/search/?q=gunicorn"))
    browser.until(f"{FOUND}.includes('/repo/guide/live/')")
    part = browser.ask("document.querySelector('.find li ul a').getAttribute('href')")
    assert part.startswith("/repo/")
    assert "#" in part
    browser.click(".find li ul a")
    browser.until("location.hash !== '' && document.readyState === 'complete'")
    assert browser.ask(
        "document.getElementById(decodeURIComponent(location.hash.slice(1))) !== null"
    )


def test_without_scripts(own: Served, browser: Chromium) -> None:
    """Without JavaScript the page says that search needs it."""
    browser.scripts(on=False)
    browser.go(own.url("/search/"))
    assert browser.ask("document.querySelector('main').innerText").endswith(
        "Search needs JavaScript."
    )
