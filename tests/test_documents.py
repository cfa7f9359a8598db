"""Tests of what is read from an HTML document: links, ids, and what it lacks."""

from __future__ import annotations

import time

import pytest

from blasto import documents

PAGE = '<!doctype html><html lang="en"><title>T</title>{}</html>'


def rules(body: str) -> list[tuple[str, str]]:
    """Give rule and needle of each flaw of a page with that body."""
    return [(flaw.rule, flaw.needle) for flaw in documents.read(PAGE.format(body)).flaws]


@pytest.mark.parametrize(
    ("body", "links"),
    [
        ('<a href="x/">y</a>', [("x/", "a")]),
        ("<A HREF=x/>y</A>", [("x/", "a")]),
        ("<a\n href = 'x?a=1&amp;b=2'>", [("x?a=1&b=2", "a")]),
        ('<a title="1 > 0" href="x">', [("x", "a")]),
        ('<!-- <a href="x"> --><script>"<a href=\'y\'>"</script>', []),
        ('<textarea><a href="x"></textarea><script src=a.js></script>', [("a.js", "script")]),
        ('<img alt srcset="a.png 1x, b.png 2x" src="a.png">', [("a.png", "img"), ("b.png", "img")]),
        ('<a href="mailto:x@y.z"><a href="tel:1"><a href="data:,x"><a href="">', []),
        ('<link rel="dns-prefetch" href="//x.example"><link rel=icon href=i.png>', [("i.png", "link")]),
        ('<video src=v.mp4 poster=p.jpg></video>', [("v.mp4", "video"), ("p.jpg", "video")]),
        ('<svg><use xlink:href="i.svg#a"/></svg>', [("i.svg#a", "use")]),
        ('<meta property="og:image" content="/o.png">', [("/o.png", "meta")]),
        ('<a href="x"/><a/href=y>', [("x", "a"), ("y", "a")]),
    ],
)  # fmt: skip
def test_links(body: str, links: list[tuple[str, str]]) -> None:
    """Each link is found once with its element, as a browser would find it."""
    assert documents.read(PAGE.format(body)).links == links


def test_ids_and_metadata() -> None:
    """Names of anchors count as ids; refresh, base, robots, styles and data attributes are kept."""
    found = documents.read(
        PAGE.format(
            '<meta http-equiv="refresh" content="0; url=/new/"><meta name=robots content="noindex">'
            '<base href="/b/"><p id=a><a name="b"></a><style>p{background:url(x.png)}</style>'
            '<i style="background:url(y.png)" data-full="big.jpg" data-n="1">'
        )
    )
    assert (found.ids, found.refresh, found.base, found.noindex) == (["a", "b"], "/new/", "/b/", True)  # fmt: skip
    assert (found.styles, found.mentions) == (
        ["p{background:url(x.png)}", "background:url(y.png)"], ["big.jpg"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('<p id="x"><p id="x"><p id="y">', [("duplicate-id", "x")]),
        ('<img src="a.png">', [("alt", "a.png")]),
        ('<img src="a.png" alt=""><img alt src=b.png>', []),
        ("<h1>A</h1><h3>B <i>c</i></h3><h2>D</h2>", [("heading-order", "B c")]),
        ("<h2>A</h2><h3>B</h3><h1>C</h1>", []),
    ],
)
def test_flaws(body: str, found: list[tuple[str, str]]) -> None:
    """Doubled ids, images without alt and left out levels are flaws."""
    assert rules(body) == found


def test_whole_documents() -> None:
    """A page needs a language and a title, a piece of HTML does not; an SVG's title is none."""
    assert [flaw.rule for flaw in documents.read("<!doctype html><p>x").flaws] == ["lang", "title"]
    assert documents.read("<p>x</p>").flaws == []
    assert [one.rule for one in documents.read("<html lang=en><title> </title>").flaws] == ["title"]


@pytest.mark.parametrize(
    "piece", ["<a b='", '<a b="', "<!--", "<script>", "<a ", "<", "<a b=c ", "</"]
)
def test_no_text_takes_long(piece: str) -> None:
    """Twice the broken HTML takes no more than about twice the time."""
    times = []
    for size in (2_000, 8_000):
        began = time.process_time()
        documents.read(piece * size)
        times.append(time.process_time() - began)
    assert times[1] < max(0.2, 12 * times[0])
