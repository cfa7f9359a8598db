"""Tests of links between Markdown files: every form, in pages, listings and feeds."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from crawl import read
from oddsite import PNG
from sites import Project, post

ATOM = "{http://www.w3.org/2005/Atom}"
FORMS = {
    "one.md": "/blog/one/",
    "./one.md": "/blog/one/",
    "../guide/start.md": "/guide/start/",
    "../guide/start.md#install": "/guide/start/#install",
    "../guide/start.md?a=1#install": "/guide/start/?a=1#install",
    "/guide/start.md": "/guide/start/",
    "/guide/start/": "/guide/start/",
    "/blog/one/#part": "/blog/one/#part",
    "../guide/start": "/guide/start/",
    "../guide/start/": "/guide/start/",
    "../guide/start.html": "/guide/start/",
    "../guide/": "/guide/",
    "../guide": "/guide/",
    "../guide/_index.md": "/guide/",
    "..": "/",
    "../": "/",
    "../index.md": "/",
    "/": "/",
    ".": "/blog/",
    "_index.md": "/blog/",
    "../with%20space.md": "/with%20space/",
    "../with space.md": "/with%20space/",
    "../c%23.md": "/c%23/",
    "../100%25.md": "/100%25/",
    "../h%C3%A9llo.md": "/h%C3%A9llo/",
    "../héllo.md": "/h%C3%A9llo/",
    "../moved.md": "/somewhere/else/",
    "../dated/2024-05-06-news.md": "/dated/news/",
    "bundle/index.md": "/blog/bundle/",
    "bundle/": "/blog/bundle/",
    "bundle": "/blog/bundle/",
    "bundle/a%20file.txt": "/blog/bundle/a%20file.txt",
    "bundle/deep/two.png": "/blog/bundle/deep/two.png",
    "beside.png": "/blog/beside.png",
    "../README-like/README.md": "/README-like/",
    "/feed.xml": "/feed.xml",
    "/tags/python/": "/tags/python/",
    "/static/site.css": "/static/site.css",
    "/robots.txt": "/robots.txt",
    "#part": "#part",
    "https://example.com/x.md": "https://example.com/x.md",
    "//example.com/x.md": "//example.com/x.md",
    "mailto:a@example.com": "mailto:a@example.com",
    "tel:+123": "tel:+123",
    "": "",
}
PAGES: dict[str, str | bytes] = {
    "content/index.md": "# Home\n\n## Part\n",
    "content/blog/_index.md": "---\ntitle: Blog\n---\nSee [one](one.md#part) and [start](../guide/start.md).\n",
    "content/blog/one.md": post("One", "2025-01-01", "## Part\n\nText.", ["python"]),
    "content/blog/bundle/index.md": post(
        "Bundle",
        "2025-01-02",
        "![t](deep/two.png) [f](<a file.txt>) [up](../one.md) [out](../../guide/start.md)",
    ),
    "content/blog/bundle/deep/two.png": PNG,
    "content/blog/bundle/a file.txt": "x",
    "content/blog/beside.png": PNG,
    "content/guide/_index.md": "---\ntitle: Guide\nlayout: docs\n---\n",
    "content/guide/start.md": "# Start\n\n## Install\n",
    "content/with space.md": "# S\n",
    "content/c#.md": "# C\n",
    "content/100%.md": "# P\n",
    "content/héllo.md": "# H\n",
    "content/moved.md": "---\nurl: /somewhere/else/\n---\n# M\n",
    "content/dated/2024-05-06-news.md": "# News\n",
    "content/README-like/README.md": "# R\n",
    "static/site.css": "p {}\n",
}


def files(base_url: str = "https://example.org") -> dict[str, str | bytes]:
    """Give a site with a post that has a link of each form."""
    links = "\n".join(f"- [x](<{written}>)" for written in FORMS)
    return {
        **PAGES,
        "blasto.toml": f'base_url = "{base_url}"\nsummary_words = 1000\n',
        "content/blog/links.md": post(
            "Links",
            "2025-01-03",
            f"[first](<../guide/start.md#install>) ![pic](beside.png)\n\n## Part\n\n{links}",
        ),
    }


def prose(html: str) -> list[str]:
    """Give the link targets of a page's text."""
    return read(html.partition('class="prose"')[2].partition("</div>")[0]).found


@pytest.fixture(scope="module", params=["", "/sub/dir"])
def frozen(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, bytes]]:
    """The site, frozen at the root and under a base path: the base path and the tree."""
    project = Project(
        tmp_path_factory.mktemp("links") / "site", files(f"https://example.org{request.param}")
    )
    project.freeze()
    assert project.report.warnings == []
    return request.param, project.tree()


def based(base: str, url: str) -> str:
    """Put the base path before a rooted URL."""
    return base + url if url.startswith("/") and not url.startswith("//") else url


def test_every_form(frozen: tuple[str, dict[str, bytes]]) -> None:
    """Each form of a link becomes the URL of what it means, under the base path."""
    base, tree = frozen
    found = [
        target for target in prose(tree["blog/links/index.html"].decode()) if target != "#part"
    ]
    expected = [based(base, url) for url in FORMS.values()]
    expected.remove("#part")
    assert found[2:] == expected


def test_bundle(frozen: tuple[str, dict[str, bytes]]) -> None:
    """Links in a bundle are relative to its folder, in Markdown's terms and in the browser's."""
    base, tree = frozen
    assert prose(tree["blog/bundle/index.html"].decode()) == [
        based(base, url)
        for url in (
            "/blog/bundle/deep/two.png",
            "/blog/bundle/a%20file.txt",
            "/blog/one/",
            "/guide/start/",
        )
    ]


def test_listing_and_section_text(frozen: tuple[str, dict[str, bytes]]) -> None:
    """The text of a section's own file has its links right on the section's page."""
    base, tree = frozen
    assert prose(tree["blog/index.html"].decode()) == [
        based(base, "/blog/one/#part"),
        based(base, "/guide/start/"),
    ]


def test_feed_is_absolute(frozen: tuple[str, dict[str, bytes]]) -> None:
    """In the feed each link of a text that is ours has scheme and host, once."""
    base, tree = frozen
    feed = ElementTree.fromstring(tree["feed.xml"])
    contents = {
        entry.findtext(f"{ATOM}title"): entry.findtext(f"{ATOM}content") or ""
        for entry in feed.iter(f"{ATOM}entry")
    }
    assert read(contents["Bundle"]).found == [
        f"https://example.org{base}{url}"
        for url in (
            "/blog/bundle/deep/two.png",
            "/blog/bundle/a%20file.txt",
            "/blog/one/",
            "/guide/start/",
        )
    ]
    links = read(contents["Links"]).found
    assert links[:2] == [
        f"https://example.org{base}/guide/start/#install",
        f"https://example.org{base}/blog/beside.png",
    ]
    assert not [
        target for target in links if target.startswith("/") and not target.startswith("//")
    ]
    assert f"https://example.org{base}/blog/links/#part" in links
    assert not [target for target in links if target.startswith("#")]
    assert "headerlink" not in contents["Links"]


def test_raw_html_and_references(tmp_path: Path) -> None:
    """Raw HTML, reference links, images with sizes and srcset are resolved too; code is not touched."""
    text = (
        "<a class=x href=\"../guide/start.md#install\">a</a> <a href='one.md'>b</a> <a href=one.md>c</a>\n\n"
        '<img src="beside.png" srcset="beside.png 1x, bundle/deep/two.png 2x" alt="">\n\n'
        '<video poster="beside.png"></video>\n\n'
        '[ref][start] and [start] and ![pic][p]\n\n[start]: ../guide/start.md "T"\n[p]: beside.png\n\n'
        "<../guide/start.md> `[x](one.md)` \\[x](one.md)\n\n    [x](one.md)\n\n"
        '<!-- <a href="one.md"> -->\n<script>var a = \'<a href="one.md">\'</script>\n'
    )
    project = Project(tmp_path / "site", {**PAGES, "content/blog/raw.md": f"# Raw\n\n{text}"})
    html = project.freezer().app.test_client().get("/blog/raw/").text
    shown = html.partition('class="prose"')[2]
    for whole in (
        '<a class=x href="/guide/start/#install">', '<a href="/blog/one/">b', '<a href="/blog/one/">c',
        'srcset="/blog/beside.png 1x, /blog/bundle/deep/two.png 2x"', '<video poster="/blog/beside.png">',
        'href="/guide/start/" title="T"', 'src="/blog/beside.png"', "<code>[x](one.md)", '<!-- <a href="one.md"> -->',
        "var a = '<a href=\"one.md\">'",
    ):  # fmt: skip
        assert whole in shown, whole
