"""Texts that are right and still odd: control characters, and very much of one thing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from quick import app_of
from sites import Project

MANY: dict[str, Callable[[int], str]] = {
    "words in a line": lambda count: "word " * count,
    "paragraphs": lambda count: "word\n\n" * count,
    "headings": lambda count: "## Heading\n\n" * count,
    "links": lambda count: "[a](https://a.example/) " * count,
    "pictures in links": lambda count: "[![a](https://a.example/)](https://a.example/) " * count,
    "items": lambda count: "- item\n" * count,
    "emphasis that stays open": lambda count: "*a " * count,
    "brackets that stay open": lambda count: "[" * count,
    "ticks of every length": lambda count: "".join("`" * (n % 50) + " a " for n in range(count)),
    "angles": lambda count: "<" * count,
    "elements that stay open": lambda count: "<div>\n" * (count // 10),
}


def calls(text: str, folder: Path, dialect: str) -> int:
    """Count the calls of functions that the body of a page takes."""
    app = app_of(folder, {"content/a.md": text}, markdown={"dialect": dialect})
    site = app.extensions["blasto"]
    count = 0

    def called(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    with app.test_request_context():
        page = site.page("a.md")
        before = sys.getprofile()
        sys.setprofile(called)
        try:
            assert page.html
        finally:
            sys.setprofile(before)
    return count


@pytest.mark.parametrize("what", MANY)
@pytest.mark.parametrize("dialect", ["python-markdown", "github"])
def test_work_grows_with_the_text(dialect: str, what: str, tmp_path: Path) -> None:
    """Twice the text is about twice the work."""
    calls("warm up", tmp_path / "first", dialect)
    once = calls(MANY[what](200), tmp_path / "once", dialect)
    twice = calls(MANY[what](400), tmp_path / "twice", dialect)
    assert twice < 2.3 * once + 2000


def test_control_characters_are_told(tmp_path: Path) -> None:
    """With their place, the first of a file; again by the next freeze; a form feed is space."""
    files = {"content/index.md": "# Home\n\f\n", "content/a.md": "---\ntitle: A\n---\nx\x07y\x08\n"}
    site = Project(tmp_path / "site", files)
    for rendered in (True, False):
        assert bool(site.freeze()) is rendered
        (told,) = site.report.warnings
        assert (told.path, told.line, told.column) == ("content/a.md", 4, 2)
        assert told.message == "a control character, U+0007"


def test_a_huge_page_is_told(tmp_path: Path) -> None:
    """From two megabytes on; it is published all the same."""
    text = "x" * 2_100_000
    site = Project(tmp_path / "site", {"content/index.md": "# Home\n", "content/a.md": text})
    site.freeze()
    (told,) = site.report.warnings
    assert (told.path, told.message) == ("content/a.md", "the page has 2.1 MB")
    assert len(site.tree()["a/index.html"]) > 2_000_000
