"""Tests of the writing loop in a browser: files are edited, and the page looks after itself."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from chromium import Chromium
from lived import Live, lived
from sites import Project

pytestmark = pytest.mark.browser
LONG = "\n\n".join(f"Paragraph {number} of many." for number in range(120))
FILES: dict[str, str | bytes] = {
    "blasto.toml": 'title = "Notes"\n',
    "content/index.md": "# Home\n\nHello.\n",
    "content/blog/one.md": f"---\ntitle: One\ndate: 2025-01-01\n---\nFirst text.\n\n{LONG}\n",
    "content/blog/draft.md": "---\ntitle: Secret\ndate: 2025-01-02\ndraft: true\n---\nNot yet.\n",
    "content/blog/late.md": "---\ntitle: Late\ndate: 2999-01-02\n---\nTo come.\n",
    "content/blog/past.md": "---\ntitle: Past\ndate: 2024-01-02\nexpires: 2024-02-02\n---\nGone.\n",
    "templates/base.html": '{% extends "theme/base.html" %}\n{% block head %}{{ super() }}'
    '<link rel="stylesheet" href="/static/own.css">{% endblock %}\n',
    "templates/hello.html": "<p>{{ greeting }}</p>\n",
    "static/own.css": "main { outline-color: rgb(1, 2, 3) }\n",
    "greeting.py": 'WORD = "hello"\n',
    "freeze.py": "from blasto import Freezer, create_app\nfrom greeting import WORD\n"
    "app = create_app(__file__)\nfreezer = Freezer(app)\n\n"
    "@app.get('/hello/')\ndef hello():\n    return f'<p>{WORD}</p>'\n\n"
    "if __name__ == '__main__':\n    freezer.main()\n",
}
TEXT = "(document.body?.innerText ?? '')"
BADGE = "document.querySelector('blasto-badge')?.shadowRoot.textContent.trim()"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A site with a page of each sort, and code of its own."""
    return Project(tmp_path_factory.mktemp("writing") / "site", FILES)


@pytest.fixture(scope="module")
def live(site: Project) -> Iterator[Live]:
    """The site behind ``blasto serve``."""
    with lived(site) as running:
        yield running


def holds(browser: Chromium, expression: str) -> None:
    """Wait until something is true of a page that may reload meanwhile, so that asking fails."""
    end = time.monotonic() + 20
    while True:
        try:
            if browser.ask(expression):
                return
        except AssertionError:
            pass
        assert time.monotonic() < end, f"waited in vain for {expression}"
        time.sleep(0.02)


def has(browser: Chromium, text: str) -> None:
    """Wait until the page shows a text."""
    holds(browser, f"{TEXT}.includes({json.dumps(text)})")


def test_an_edit_is_seen(browser: Chromium, live: Live, site: Project) -> None:
    """A page changes by itself, as often as its file, and stays where the reader was."""
    browser.go(f"{live.origin}/blog/one/")
    browser.ask("scrollTo(0, 1500)")
    for word in ("Second", "Third"):
        site.edit("content/blog/one.md", "First text.", f"First text. {word}.")
        has(browser, f"{word}.")
        holds(browser, "scrollY === 1500")
    assert browser.complaints == []


def test_a_new_page_is_listed(browser: Chromium, live: Live, site: Project) -> None:
    """A list shows a page that is added, and drops one that is removed."""
    browser.go(f"{live.origin}/blog/")
    site.write("content/blog/new.md", "---\ntitle: Brand new\ndate: 2025-03-03\n---\nHi.\n")
    has(browser, "Brand new")
    site.remove("content/blog/new.md")
    holds(browser, f"!{TEXT}.includes('Brand new')")


def test_a_broken_template(browser: Chromium, live: Live, site: Project) -> None:
    """The error page has file, line and source; it goes when the template is mended."""
    browser.go(f"{live.origin}/blog/one/")
    browser.ask("scrollTo(0, 900)")
    site.write("templates/post.html", "<p>fine</p>\n<p>\n{% if page %}\n<b>{{ 1 + }}</b>\n")
    has(browser, "templates/post.html:4")
    wrong = browser.ask("document.querySelector('.wrong').innerText")
    assert "<b>{{ 1 + }}</b>" in wrong
    assert browser.ask("document.querySelectorAll('.excerpt .line').length") == 4
    site.write("templates/post.html", '{% extends "theme/post.html" %}\n')
    has(browser, "First text.")
    holds(browser, "scrollY === 900")
    browser.go("about:blank")
    site.remove("templates/post.html")


def test_broken_front_matter(browser: Chromium, live: Live, site: Project) -> None:
    """A page that cannot be read any more shows why, with a caret, and comes back."""
    browser.go(f"{live.origin}/blog/one/")
    site.edit("content/blog/one.md", "title: One", "title: [One")
    has(browser, "content/blog/one.md:")
    assert browser.ask("document.querySelector('.caret') !== null")
    site.edit("content/blog/one.md", "title: [One", "title: One")
    holds(browser, f"{TEXT}.includes('First text.') && !document.querySelector('.excerpt')")


def test_style_sheets_are_swapped(browser: Chromium, live: Live, site: Project) -> None:
    """A style sheet is taken anew while the page stays as it is."""
    browser.go(f"{live.origin}/blog/one/")
    browser.ask("window.stayed = true")
    site.write("static/own.css", "main { outline-color: rgb(4, 5, 6) }\n")
    holds(browser, "getComputedStyle(document.querySelector('main')).outlineColor === 'rgb(4, 5, 6)'")  # fmt: skip
    assert browser.ask("window.stayed")
    assert browser.ask("document.querySelectorAll('link[href*=own]').length") == 1


def test_what_a_freeze_leaves_out_is_marked(browser: Chromium, live: Live) -> None:
    """Drafts, pages to come and expired ones have a badge; others have none."""
    for name, word in (("draft", "Draft"), ("late", "Not before 2999"), ("past", "Expired 2024")):
        browser.go(f"{live.origin}/blog/{name}/")
        assert word in browser.ask(BADGE)
    browser.go(f"{live.origin}/blog/one/")
    assert browser.ask(BADGE) is None
    assert browser.complaints == []


def test_all_pages_while_one_types(browser: Chromium, live: Live) -> None:
    """The table answers while one types, and ticking a box leaves the pages that it is about."""
    browser.go(f"{live.origin}/_blasto/")
    rows = "document.querySelectorAll('tbody tr').length"
    done = "document.readyState === 'complete' && !document.querySelector('[data-busy]')"
    holds(browser, f"{done} && {rows} === 5")
    browser.ask("document.querySelector('[name=q]').focus()")
    browser.call("Input.insertText", text="secr")
    holds(browser, f"{rows} === 1")
    assert browser.ask("location.search.includes('q=secr')")
    browser.go(f"{live.origin}/_blasto/")
    browser.click("[value=expired] + span")
    holds(browser, f"{rows} === 1")
    assert "Past" in browser.ask("document.querySelector('tbody').innerText")
    browser.scripts(on=False)
    browser.go(f"{live.origin}/_blasto/?only=draft")
    browser.scripts(on=True)
    assert "Secret" in browser.ask("document.querySelector('tbody').innerText")
    assert browser.complaints == []


def test_the_drawing_of_links(browser: Chromium, live: Live, site: Project) -> None:
    """A broken link is red, the pages about the site follow an edit, and a dot has its lines."""
    browser.go(f"{live.origin}/_blasto/links/")
    holds(browser, "document.querySelectorAll('.dot').length === 5")
    site.edit("content/index.md", "Hello.", "Hello, [one](blog/one.md) and [none](none.md).")
    holds(browser, "document.querySelectorAll('.broken').length === 1")
    red = browser.ask("getComputedStyle(document.querySelector('.lost')).fill")
    assert red == "rgb(179, 38, 30)"
    lit = "document.querySelector('.lit').getAttribute('d').startsWith('M')"
    over = "new PointerEvent('pointerover', {bubbles: true})"
    holds(
        browser, f"document.querySelector('[href=\"/blog/one/\"]').dispatchEvent({over}) && {lit}"
    )
    assert "One" in browser.ask("document.querySelector('.graph .name').textContent")
    assert browser.complaints == []


def test_python_code_starts_the_server_again(browser: Chromium, live: Live, site: Project) -> None:
    """Code that changes is run, broken code is shown, and the page reconnects each time."""
    process = live.process.pid
    browser.go(f"{live.origin}/hello/")
    has(browser, "hello")
    site.write("greeting.py", 'WORD = "good day"\n')
    has(browser, "good day")
    site.write("greeting.py", "WORD = \n")
    has(browser, "greeting.py:1")
    site.write("greeting.py", 'WORD = "mended"\n')
    has(browser, "mended")
    assert live.process.poll() is None
    assert live.process.pid == process
