"""Tests of feeds: which lists have one, what is in it in each format, and what makes it stale."""

from __future__ import annotations

import json
import warnings
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree
from quick import faults, get, page
from sites import Project, blog, check, post

from blasto import sitemaps

ALL = 'feed_formats = ["atom", "rss", "json"]\nfeed_sections = true\nfeed_taxonomies = ["tags"]\n'
NASTY = 'Tom & <b>"Jerry\'s"</b> ]]> </title><script>x</script> \U0001f600'
ATOM = "{http://www.w3.org/2005/Atom}"
# RFC 4287, sections 4.1.1 and 4.1.2: how often an element may stand in a feed and an entry.
ONCE = (
    "title id updated subtitle published summary content rights generator icon logo source".split()
)
FEED = {"title", "id", "updated"}


def site(tmp_path: Path, config: str = ALL, **files: str) -> Project:
    """Make a blog with feeds."""
    made = {**blog(), **files}
    made["blasto.toml"] = config + str(made["blasto.toml"])
    return Project(tmp_path / "site", made)


def read(data: bytes) -> Any:
    """Read a feed as a feed reader does; it must find nothing to complain of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # feedparser's own
        found = feedparser.parse(data)
    assert not found.bozo, found.get("bozo_exception")
    return found


def check_atom(data: bytes) -> None:
    """Hold an Atom feed to what RFC 4287 asks of its elements."""
    root = etree.fromstring(data)
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.iter(f"{ATOM}entry")):
        names = [one.tag.removeprefix(ATOM) for one in element]
        assert set(names) >= FEED
        assert [name for name in ONCE if names.count(name) > 1] == []
        links = element.findall(f"{ATOM}link")
        assert all(one.get("href", "").startswith("https://") for one in links)
        kinds = [(one.get("rel"), one.get("type"), one.get("hreflang")) for one in links]
        assert len(set(kinds)) == len(kinds)
        assert element.findtext(f"{ATOM}id").startswith("https://")
        for name in ("updated", "published"):
            for date in element.findall(f"{ATOM}{name}"):
                assert date.text[10] == "T"
                assert date.text[-6] in "+-"
        assert all(one.find(f"{ATOM}name").text for one in element.findall(f"{ATOM}author"))
        assert all(one.get("term") for one in element.findall(f"{ATOM}category"))
    assert root.find(f"{ATOM}author") is not None or all(
        one.find(f"{ATOM}author") is not None for one in root.iter(f"{ATOM}entry")
    )
    entries = [one.findtext(f"{ATOM}id") for one in root.iter(f"{ATOM}entry")]
    assert len(set(entries)) == len(entries)


def test_which_lists_have_one(tmp_path: Path) -> None:
    """The whole, each section and each term have a feed in each format, linked from their pages."""
    project = site(tmp_path)
    project.freeze()
    files = project.tree()
    names = {"feed.xml", "rss.xml", "feed.json"}
    assert {path for path in files if path.rpartition("/")[2] in names} == {
        f"{folder}{name}" for folder in ("", "blog/", "tags/python/", "tags/web/") for name in names
    }
    for path, data in files.items():
        if path.endswith("feed.xml"):
            check_atom(data)
        if path.endswith(".xml") and path.rpartition("/")[2] in names:
            found = read(data)
            assert len(found.entries) == 3
            assert found.feed.links[-1].href == f"https://example.org/{path}"
    listing = files["tags/web/index.html"].decode()
    assert (
        '<link rel="alternate" type="application/rss+xml" title="web" href="/tags/web/rss.xml">'
        in listing
    )
    assert 'type="application/feed+json" title="Notes" href="/feed.json"' in listing
    assert "/tags/" not in "".join(
        line for line in files["about/index.html"].decode().splitlines() if "alternate" in line
    )
    assert [one.title for one in read(files["tags/web/rss.xml"]).entries] == ["Five", "Four", "Two"]
    assert read(files["tags/web/rss.xml"]).feed.title == "web \N{EN DASH} Notes"


@pytest.mark.parametrize(
    ("config", "feeds"),
    [
        ("", {"feed.xml"}),
        ("feed_formats = []\n", set()),
        ('feed_formats = ["json"]\n', {"feed.json"}),
        ("[sections.blog]\nfeed = true\n", {"feed.xml", "blog/feed.xml"}),
        ('feed_taxonomies = ["tags"]\n', {"feed.xml", "tags/web/feed.xml", "tags/python/feed.xml"}),
    ],
)  # fmt: skip
def test_options(tmp_path: Path, config: str, feeds: set[str]) -> None:
    """Only the feeds that are asked for are made, by default one."""
    files = blog()
    files["blasto.toml"] = str(files["blasto.toml"]).replace("[params]", f"{config}\n[params]")
    project = Project(tmp_path / "site", files)
    project.freeze()
    assert {path for path in project.tree() if "feed." in path or "rss." in path} == feeds
    assert project.report.warnings == []


def test_rss(tmp_path: Path) -> None:
    """RSS has dates as it wants them, the summary and the whole text, with absolute links."""
    project = site(tmp_path)
    project.freeze()
    found = read(project.tree()["rss.xml"])
    assert found.version == "rss20"
    first = found.entries[0]
    assert (first.title, first.link, first.id) == ("Five", *("https://example.org/blog/five/",) * 2)
    assert parsedate_to_datetime(first.published).isoformat() == "2025-05-05T00:00:00+00:00"
    assert first.content[0].value.count('src="https://example.org/blog/five/it.svg"') == 1
    assert "first paragraph" in first.summary
    assert first.author == "Notes"
    assert found.feed.updated.startswith("Mon, 05 May 2025 00:00:00")


def test_json(tmp_path: Path) -> None:
    """JSON Feed is JSON, has what version 1.1 asks for, and the summaries alone on request."""
    project = site(tmp_path, ALL + "feed_full = false\n")
    project.freeze()
    said = json.loads(project.tree()["feed.json"])
    assert said["version"] == "https://jsonfeed.org/version/1.1"
    assert said["feed_url"] == "https://example.org/feed.json"
    assert [one["url"] for one in said["items"]] == [
        f"https://example.org/blog/{name}/" for name in ("five", "four", "three")
    ]
    assert said["items"][1]["tags"] == ["python", "web"]
    assert said["items"][1]["content_html"] == "<p>A first paragraph that is the excerpt.</p>"


def test_nasty_texts(tmp_path: Path) -> None:
    """What an author writes arrives as it was written, in each format, and control characters break nothing."""
    quoted = "'" + NASTY.replace("'", "''") + "'"
    project = site(tmp_path)
    project.write("content/blog/six.md", post(quoted, "2025-06-06", f"`{NASTY}`\x0b", [quoted], description=quoted, author=quoted))  # fmt: skip
    project.write("content/blog/seven.md", post('"a\\x01b"', "2025-07-07", "x"))
    project.freeze()
    files = project.tree()
    assert read(files["feed.xml"]).entries[0].title == "ab"
    item = etree.fromstring(files["rss.xml"]).findall("channel/item")[1]
    assert [item.findtext(name) for name in ("title", "category", "description")] == [NASTY] * 3
    assert item.findtext("{http://purl.org/dc/elements/1.1/}creator") == NASTY
    entry = json.loads(files["feed.json"])["items"][1]
    assert (entry["title"], entry["summary"], entry["tags"]) == (NASTY, NASTY, [NASTY])
    assert b"<script>" not in files["feed.json"]


def test_order(tmp_path: Path) -> None:
    """A section that is sorted by title has the newest first in its feed, undated pages never."""
    project = site(tmp_path, ALL)
    project.edit("blasto.toml", "[params]", '[sections.blog]\nsort = "title"\n\n[params]')
    project.write("content/blog/undated.md", page("x", title="Aaa"))
    project.freeze()
    titles = [entry.title for entry in read(project.tree()["blog/feed.xml"]).entries]
    assert titles == ["Five", "Four", "Three"]


def test_what_makes_it_stale(tmp_path: Path) -> None:
    """An edit of a text rebuilds the feeds that show it, and no other."""
    project = site(tmp_path)
    project.freeze()
    project.edit("content/blog/three.md", "The text", "Another text")
    names = ("feed.xml", "rss.xml", "feed.json")
    folders = ("/", "/blog/", "/tags/python/")
    check(project, ["/blog/three/", *(folder + name for folder in folders for name in names)])
    project.edit("content/blog/one.md", "The text", "Another text")
    check(project, ["/blog/one/"])


def test_feed_comes_and_goes(tmp_path: Path) -> None:
    """The first date in a list brings its feed, and the link to it; the last one takes them away."""
    project = Project(tmp_path / "site", {
        "blasto.toml": 'base_url = "https://example.org"\n' + ALL,
        "content/docs/_index.md": page("Docs.", title="Docs"),
        "content/docs/a.md": page("A.", title="A"),
        "content/docs/b.md": page("B.", title="B"),
        "content/docs/c.md": page("C.", title="C"),
    })  # fmt: skip
    project.freeze()
    assert not [path for path in project.tree() if "feed" in path]
    project.write("content/docs/a.md", page("A.", title="A", date="2025-01-01"))
    project.freeze()
    assert "docs/feed.json" in project.tree()
    assert project.tree() == project.clean()
    project.write("content/docs/a.md", page("A.", title="A"))
    project.freeze()
    assert not [path for path in project.tree() if "feed" in path]
    assert project.tree() == project.clean()


def test_collision(tmp_path: Path) -> None:
    """A file where a section's feed will be is an error that names both."""
    project = site(tmp_path)
    project.write("content/blog/feed.xml", "<own/>")
    (problem,) = faults(project)
    assert "content/blog/feed.xml" in str(problem)
    assert "the feed of /blog/" in str(problem)


def test_own_template(tmp_path: Path) -> None:
    """A site's own template takes the place of the theme's."""
    project = site(tmp_path)
    project.write("templates/rss.xml", "<rss>{{ feed.title }} {{ pages | length }}</rss>")
    project.freeze()
    assert project.tree()["tags/web/rss.xml"] == "<rss>web \N{EN DASH} Notes 3</rss>".encode()


def test_sitemaps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More URLs than one sitemap may hold are in several, with an index; a date rebuilds one."""
    monkeypatch.setattr(sitemaps, "LIMIT", 6)
    project = site(tmp_path, "")
    project.write("content/blog/hidden/_index.md", page("x", title="H", noindex="true"))
    project.write("content/blog/hidden/copy.md", page("x", canonical="https://example.com/"))
    project.freeze()
    files = project.tree()
    index = etree.fromstring(files["sitemap.xml"])
    urls = [one.text for one in index.iter("{*}loc")]
    assert urls == [f"https://example.org/sitemap-{number}.xml" for number in (1, 2, 3)]
    found = [
        one.text for url in urls
        for one in etree.fromstring(files[url.rpartition("/")[2]]).iter("{*}loc")
    ]  # fmt: skip
    assert len(found) == len(set(found)) == 15
    assert "https://example.org/blog/five/" in found
    assert not [url for url in found if "hidden" in url]
    project.edit("content/about.md", "title: About", "title: About\nupdated: 2025-02-02")
    got = project.freeze()
    assert [url for url in got if "sitemap" in url] == ["/sitemap-1.xml"]
    assert project.tree() == project.clean()
    get(project.freezer().app, "/sitemap-4.xml", 404)
