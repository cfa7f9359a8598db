"""What a page costs to load, and colours that can be read; all of it counted in the files."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from lxml import html
from served import Served
from sites import ROOT

STATIC = ROOT / "blasto/theme/static"
GROUNDS = ("paper", "raised", "wash")
PAIR = re.compile(r"--([\w-]+):\s*light-dark\(\s*(#\w{6})\s*,\s*(#\w{6})\s*\)")
COLOURS = {
    name: {"light": light, "dark": dark}
    for file in ("style.css", "code.css")
    for name, light, dark in PAIR.findall((STATIC / file).read_text(encoding="utf-8"))
}
TEXTS = sorted(COLOURS.keys() - {*GROUNDS, "line"})


def luminance(colour: str) -> float:
    """Give the relative luminance of a colour, as WCAG defines it."""
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Give the contrast ratio of two colours."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_every_colour_is_seen_here() -> None:
    """Every colour property of the theme is one that these tests know how to read."""
    text = "".join(
        (STATIC / file).read_text(encoding="utf-8") for file in ("style.css", "code.css")
    )
    assert len(COLOURS) == len(re.findall(r"--[\w-]+:\s*light-dark\(", text)) >= 14


@pytest.mark.parametrize(("text", "scheme"), list(product(TEXTS, ("light", "dark"))))
def test_contrast(text: str, scheme: str) -> None:
    """Each colour of text holds 4.5 : 1 on each ground."""
    ratios = {
        ground: contrast(COLOURS[text][scheme], COLOURS[ground][scheme]) for ground in GROUNDS
    }
    assert {ground: ratio for ground, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_of_buttons(scheme: str) -> None:
    """A button filled with the accent colour can be read."""
    assert contrast(COLOURS["paper"][scheme], COLOURS["accent"][scheme]) >= 4.5


@pytest.mark.parametrize(
    ("file", "limit"), [("style.css", 12_000), ("code.css", 3_000), ("blasto.js", 4_000)]
)
def test_files(file: str, limit: int) -> None:
    """The theme's files keep their budgets."""
    assert (STATIC / file).stat().st_size < limit


@pytest.mark.parametrize("file", ["style.css", "code.css", "blasto.js"])
def test_nothing_from_elsewhere(file: str) -> None:
    """The theme's style and script load nothing and name no other host."""
    text = (STATIC / file).read_text(encoding="utf-8")
    assert re.findall(r"@import|url\(|https?:|\bfetch\(", text) == []


@pytest.mark.browser
def test_first_load(own: Served, small: Served) -> None:
    """A page of text is under 22.5 kB of HTML, style and script, apart from the text.

    Two of them are in the head, for machines: these sites have feeds, cards and languages.
    """
    costs = {}
    for site in (own, small):
        for path in site.paths:
            if '<div class="shell">' in site.html(path):
                costs[path] = cost(site, path, LISTS if site is own else ENTRIES)
    assert len(costs) > 10
    assert {path: size for path, size in costs.items() if size >= 22_500} == {}


ENTRIES = ".//ul[starts-with(@class, 'entries')]"
# They grow with a documentation: one link for each of its pages, and of the page's headings.
LISTS = f"{ENTRIES} | .//nav[@id='tree']/ul | .//nav[@class='toc']//ol"


def cost(site: Served, path: str, lists: str) -> int:
    """Give the bytes of a page without its text, and of all that it loads before it is shown.

    Text is what a reader reads: the body of an article and the entries of ``lists`` as they
    are, and elsewhere the words without the elements around them.
    """
    page = site.html(path)
    files = re.findall(r'<link rel="stylesheet" href="([^"]+)"|<script src="([^"]+)"', page)
    assert files
    body = html.fromstring(page).find("body")
    text = 0
    while parts := body.xpath(f".//div[@class='prose'] | {lists}"):
        text += len(html.tostring(parts[0], encoding="utf-8", with_tail=False))
        parts[0].drop_tree()
    text += len(re.sub(r"\s+", " ", body.text_content()).encode())
    sizes = [loaded(site.folder, style or script).stat().st_size for style, script in files]
    return len(page.encode()) - text + sum(sizes)


def loaded(folder: Path, url: str) -> Path:
    """Give the file behind a URL of the site."""
    assert url.startswith("/repo/"), url
    return folder / url.removeprefix("/repo/").partition("?")[0]
