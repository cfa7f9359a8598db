"""Tests of the files for machines: well-formed whatever an author wrote, and complete."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree, html
from sites import Project, blog, post

from blasto import create_app

ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
NASTY = 'Tom & <b>"Jerry\'s"</b> ]]> &amp; </title><script>x</script> \U0001f600'


def read(text: str) -> Any:
    """Read a feed as a feed reader does; it must find nothing to complain of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # feedparser's own
        found = feedparser.parse(text.encode())
    assert not found.bozo, found.get("bozo_exception")
    return found


def answer(root: Path, url: str, **files: str | bytes) -> str:
    """Give what a site answers to a URL."""
    for path, text in files.items():
        full = root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(text.encode() if isinstance(text, str) else text)
    got = create_app(root).test_client().get(url)
    assert got.status_code == 200
    return got.text


def test_feed(tmp_path: Path) -> None:
    """A feed reader finds the newest posts first, each with its dates, link, tags and text."""
    feed = read(answer(tmp_path, "/feed.xml", **blog()))
    assert feed.feed.title == "Notes"
    assert [entry.title for entry in feed.entries] == ["Five", "Four", "Three"]
    first = feed.entries[0]
    assert (first.link, first.id) == ("https://example.org/blog/five/",) * 2
    assert (first.published, [tag.term for tag in first.tags]) == (
        "2025-05-05T00:00:00+00:00",
        ["web"],
    )
    assert 'src="https://example.org/blog/five/it.svg"' in first.content[0].value
    assert {link.rel: link.href for link in feed.feed.links} == {
        "alternate": "https://example.org/", "self": "https://example.org/feed.xml",
    }  # fmt: skip
    assert feed.feed.updated == "2025-05-05T00:00:00+00:00"


def test_nasty_texts(tmp_path: Path) -> None:
    """Titles, tags, descriptions and authors arrive as they were written, and break nothing."""
    quoted = "'" + NASTY.replace("'", "''") + "'"
    text = post(
        quoted, "2025-01-01", f"Text `{NASTY}`\n", [quoted], description=quoted, author=quoted
    )
    toml = NASTY.replace('"', '\\"')
    files = {
        "blasto.toml": f'title = "{toml}"\nauthor = "{toml}"\ndescription = "{toml}"\nbase_url = "https://example.org"\n',
        "content/post.md": text,
    }
    tree = etree.fromstring(answer(tmp_path, "/feed.xml", **files).encode())
    for path in (
        "a:title",
        "a:subtitle",
        "a:author/a:name",
        "a:entry/a:title",
        "a:entry/a:summary",
        "a:entry/a:author/a:name",
    ):
        assert [one.text for one in tree.findall(path, ATOM)] == [NASTY], path
    assert tree.find("a:entry/a:category", ATOM).get("term") == NASTY
    assert not [one for one in tree.iter() if one.tag not in {f"{{{ATOM['a']}}}{name}" for name in (
        "feed title subtitle link id updated author name entry published category summary content".split())}]  # fmt: skip
    content = html.fromstring(tree.findtext("a:entry/a:content", namespaces=ATOM))
    assert content.xpath("string(//code)") == NASTY
    assert content.xpath("//script") == []


@pytest.mark.parametrize("full", ["true", "false"])
def test_control_characters(tmp_path: Path, full: str) -> None:
    """Characters that XML cannot hold are left out; the feed and the sitemap stay well-formed."""
    odd = "".join(map(chr, (1, 8, 0x0B, 0x0C, 0x1F, 0x7F, 0x85, 0xFFFE, 0xFFFF)))
    escaped = "".join(f"\\u{ord(character):04x}" for character in odd)
    files = {
        "blasto.toml": f'title = "a{escaped}b"\nfeed_full = {full}\nbase_url = "https://example.org"\n',
        "content/post.md": f'---\ntitle: "c{escaped}d"\ndate: 2025-01-01\ntags: ["e{escaped}f"]\ndescription: "g{escaped}h"\n---\nBody {odd} end.\n',
    }
    text = answer(tmp_path, "/feed.xml", **files)
    read(text)
    tree = etree.fromstring(text.encode())
    for path, kept in (("a:title", "ab"), ("a:entry/a:title", "cd"), ("a:entry/a:summary", "gh")):
        assert re.sub(r"[\x7f\x85]", "", tree.findtext(path, namespaces=ATOM)) == kept
    etree.fromstring(answer(tmp_path, "/sitemap.xml").encode())


def test_sitemap(tmp_path: Path) -> None:
    """The sitemap has each page and list once, encoded, with its date; not what is kept out."""
    files = {
        "blasto.toml": 'base_url = "https://example.org/sub"\n',
        "content/index.md": "# Home\n",
        "content/a & b#c.md": "---\nupdated: 2025-03-04T05:06:07+01:00\n---\n# A\n",
        "content/hidden.md": "---\nnoindex: true\n---\n# H\n",
        "content/out.md": "---\nsitemap: false\naliases: [/old/]\n---\n# O\n",
        "content/draft.md": "---\ndraft: true\n---\n# D\n",
        "content/blog/one.md": post("One", "2025-01-01", "x", ["été"]),
    }
    tree = etree.fromstring(create_site(tmp_path, files, "/sitemap.xml").encode())
    found = {
        one.findtext("s:loc", namespaces=MAP): one.findtext("s:lastmod", namespaces=MAP)
        for one in tree
    }
    assert found == {
        "https://example.org/sub/": None,
        "https://example.org/sub/a%20&%20b%23c/": "2025-03-04T04:06:07+00:00",
        "https://example.org/sub/blog/": None,
        "https://example.org/sub/blog/one/": "2025-01-01T00:00:00+00:00",
        "https://example.org/sub/tags/": None,
        "https://example.org/sub/tags/%C3%A9t%C3%A9/": None,
    }
    robots = create_site(tmp_path, {}, "/robots.txt")
    assert "Sitemap: https://example.org/sub/sitemap.xml" in robots.splitlines()


def create_site(root: Path, files: dict[str, str], url: str) -> str:
    """Give what a site answers under its base path."""
    Project(root, files)
    got = create_app(root).test_client().get(url, base_url="https://example.org/sub")
    assert got.status_code == 200
    return got.text


def test_no_feed_without_dates(tmp_path: Path) -> None:
    """A site without dated pages has no feed, and no page points to one."""
    project = Project(tmp_path / "site", {"content/index.md": "# Home\n"})
    client = project.freezer().app.test_client()
    assert client.get("/feed.xml").status_code == 404
    assert "feed.xml" not in client.get("/").text
    project.freeze()
    assert "feed.xml" not in project.tree()


def test_types(tmp_path: Path) -> None:
    """Each has the type that a static host gives to its name, once."""
    Project(tmp_path, blog())
    client = create_app(tmp_path).test_client()
    assert client.get("/feed.xml").content_type == "application/xml; charset=utf-8"
    assert client.get("/sitemap.xml").content_type == "application/xml; charset=utf-8"
    assert client.get("/robots.txt").content_type == "text/plain; charset=utf-8"
