"""Tests of the pages under ``/_blasto/``: what they know of the site, from its app and a survey."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest
from looped import Looped
from sites import Project

from blasto import drawing
from blasto.survey import Survey

FILES: dict[str, str | bytes] = {
    "blasto.toml": 'title = "Notes <1>"\nbase_url = "https://example.org/sub"\n',
    "content/index.md": "---\ndescription: All of it.\n---\n# Home\n\nSee [one](blog/one.md).\n",
    "content/blog/one.md": "---\ntitle: One\ndate: 2025-01-01\ntags: [a]\n---\nSee [two](two.md#part) and [no](no.md).\n",
    "content/blog/two.md": "---\ntitle: Two <b>\ndate: 2025-01-02\ndraft: true\nlang: de\n---\n# Part\n\n[Home](../index.md)\n",
    "content/late.md": "---\ntitle: Late\ndate: 2999-01-01\nexpires: 2999-02-01\n---\nSoon.\n",
    "content/alone.md": "---\ntitle: Alone\nlisted: false\n---\nNobody leads here.\n",
    "templates/partials/footer.html": "<p>{{ site.data.team | length }} {{ site.config.title }}</p>\n",
    "data/team.yaml": "- Ada\n",
    "static/own.css": "p { color: red }\n",
}  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Project:
    """A small site with a bit of everything."""
    return Project(tmp_path / "site", FILES)


@pytest.fixture
def looped(site: Project, monkeypatch: pytest.MonkeyPatch) -> Looped:
    """The site in a loop, surveyed in this process."""
    monkeypatch.setattr(Survey, "begin", lambda self, version: False)
    survey(site)
    return Looped(site)


def survey(site: Project) -> None:
    """Freeze as a survey does."""
    folder = site.root / ".blasto/survey"
    site.write("blasto.toml", site.read("blasto.toml") + "drafts = true\nfuture = true\nexpired = true\n")  # fmt: skip
    site.freeze(state=folder, destination=folder / "build")
    site.write("blasto.toml", FILES["blasto.toml"])


def files(html: str) -> set[str]:
    """Give the files of the pages in a table."""
    return set(re.findall(r'title="Open in the editor">([^<]+)</a></td>', html))


ALL = {"index.md", "blog/one.md", "blog/two.md", "late.md", "alone.md"}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ALL),
        ("only=draft", {"blog/two.md"}),
        ("only=future", {"late.md"}),
        ("only=expired", set()),
        ("only=bare", ALL - {"index.md"}),
        ("only=orphan", {"alone.md", "late.md"}),
        ("only=bare&only=draft", {"blog/two.md"}),
        ("only=nonsense", ALL),
        ("lang=de", {"blog/two.md"}),
        ("kind=blog&section=blog", {"blog/one.md", "blog/two.md"}),
        ("section=*", ALL),
        ("q=one+BLOG", {"blog/one.md"}),
        ("q=%3Cb%3E", {"blog/two.md"}),
    ],
)
def test_filters(looped: Looped, query: str, shown: set[str]) -> None:
    """Each filter leaves the pages that it is about; several together leave what fits all."""
    assert files(looped.text(f"/_blasto/?{query}")) == shown


def test_pages(looped: Looped) -> None:
    """A line has title, marks, editor, date, words, size and how many pages lead there."""
    html = looped.text("/_blasto/")
    assert "Two &lt;b&gt;</a> <em" in html
    assert '<em class="mark">Not before 2999-01-01 00:00</em>' in html
    assert f'href="vscode://file{looped.site.root}/content/blog/one.md:1:1"' in html
    assert "<title>Pages – Notes &lt;1&gt;</title>" in html
    row = next(row for row in html.split("<tr>") if "blog/one.md" in row)
    numbers = re.findall(r'class="(?:date|number)">([^<]*)<', row)
    assert numbers[0] == "2025-01-01"
    assert re.fullmatch(r"[\d.]+ (kB|bytes)", numbers[2])
    assert int(numbers[3]) > 1
    assert "Nobody" not in html


def test_another_editor(looped: Looped, monkeypatch: pytest.MonkeyPatch) -> None:
    """The editor is that of the environment, by name or by its URL."""
    for value, url in (
        ("pycharm", "pycharm://open?file=/"),
        ("my://{path}?{line}", "my:///"),
        ("nonsense", "vscode://file/"),
    ):
        monkeypatch.setenv("BLASTO_EDITOR", value)
        assert url in looped.text("/_blasto/")


def test_many_pages(looped: Looped) -> None:
    """A long table comes in parts, and each button keeps what was asked."""
    for number in range(250):
        looped.site.write(f"content/many/{number}.md", f"# Page {number}\n")
    looped.told(str(looped.site.root / "content"))
    html = looped.text("/_blasto/?section=many")
    assert len(files(html)) == 200
    assert '<input type="hidden" name="section" value="many">' in html
    assert len(files(looped.text("/_blasto/?section=many&page=2"))) == 50


def test_problems(looped: Looped) -> None:
    """What is wrong now and what the survey found stand together, errors first."""
    looped.edit("content/bad.md", "---\ntitle: [\n---\n")
    html = looped.text("/_blasto/problems/")
    assert html.index("content/bad.md:") < html.index("content/blog/one.md:6:")
    assert "1 error and 1 warning" in html
    assert "broken link: &#34;no.md&#34; leads nowhere" in html
    assert "See [two](two.md#part) and [no](no.md)." in html


def test_links(looped: Looped) -> None:
    """Pages are dots, links that stand in texts are lines, and a broken one is red."""
    html = looped.text("/_blasto/links/")
    assert "3 links between 5 pages" in html
    assert len(re.findall(r"data-dot=", html)) == 5
    assert len(re.findall(r'class="broken"', html)) == 1
    assert len(re.findall(r'class="dot orphan"', html)) == 1
    assert len(re.findall(r'class="dot marked( orphan)?"', html)) == 2
    assert 'href="/blog/one/"' in html


def test_sizes(looped: Looped) -> None:
    """Charts have the largest and the slowest first."""
    html = looped.text("/_blasto/sizes/")
    for words in ("Kinds of files", "Largest pages", "Largest other files", "Slowest to render"):
        assert f"<figcaption>{words}</figcaption>" in html
    assert 'width="640.0"' in html


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("content/blog/one.md", ["An edit of the text: ", "the text of &#34;blog/one.md&#34; changed", "An edit of title"]),
        ("templates/partials/footer.html", ["the template &#34;partials/footer.html&#34; changed"]),
        ("data/team.yaml", ["the data file &#34;team&#34; changed"]),
        ("static/own.css", ["An edit of the file: 1 of", "/static/own.css"]),
        ("blasto.toml", ["An edit of the option title: ", "the setting &#34;title&#34; changed"]),
        ("freeze.py", ["the site&#39;s code changed"]),
        ("nowhere.txt", ["Nothing that is published looks at it."]),
        ("../../etc/passwd", ["Nothing that is published looks at it."]),
    ],
)  # fmt: skip
def test_edits(looped: Looped, file: str, said: list[str]) -> None:
    """For each file there is what an edit of it would render, and why."""
    html = looped.text(f"/_blasto/edits/?file={file}")
    for words in said:
        assert words in html


def test_an_edit_is_what_was_said(site: Project, looped: Looped) -> None:
    """What is said of an edit of a title is what a freeze renders after it."""
    html = looped.text("/_blasto/edits/?file=content/blog/one.md")
    part = html[html.index("An edit of title") :]
    told = set(re.findall(r'<li><a href="([^"]+)"', part))
    site.edit("content/blog/one.md", "title: One", "title: One *")
    folder = site.root / ".blasto/survey"
    site.write("blasto.toml", site.read("blasto.toml") + "drafts = true\nfuture = true\nexpired = true\n")  # fmt: skip
    rendered = set(site.freeze(state=folder, destination=folder / "build"))
    assert rendered <= told
    assert told - rendered <= {"/tags/a/"}


def test_before_the_first_survey(site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a survey there are pages and problems, and a word that it is under way."""
    monkeypatch.setattr(Survey, "begin", lambda self, version: True)
    looped = Looped(site)
    for place in ("", "problems/", "links/", "sizes/", "edits/?file=blasto.toml"):
        html = looped.text(f"/_blasto/{place}")
        assert "for the first time" in html
    assert files(looped.text("/_blasto/")) == ALL
    site.write("blasto.toml", "titel = 1\n")
    broken = Looped(site)
    assert "blasto.toml:1" in broken.text("/_blasto/problems/")
    assert broken.text("/_blasto/")


@pytest.mark.slow
def test_a_survey(site: Project) -> None:
    """It runs in another process, knows drafts, and leaves what is published alone."""
    looped = Looped(site)
    survey = looped.loop.survey
    assert survey.begin(1)
    assert survey._process is not None
    survey._process.wait(60)
    facts = survey.facts()
    assert facts is not None
    assert "/blog/two/" in facts.rows
    assert not survey.begin(1)
    assert not site.build.exists()
    assert sorted(path.name for path in (site.root / ".blasto").iterdir()) == ["survey"]


def test_a_ring() -> None:
    """No two dots of a ring lie in one place, however many there are."""
    for count in (1, 40, 3000):
        groups: dict[str, list[str]] = {"a": [f"a{n}" for n in range(count)], "": ["home"]}
        ring = drawing.ring(groups)
        places: set[Any] = {(round(dot.x, 1), round(dot.y, 1)) for dot in ring.dots.values()}
        assert len(places) == count + 1
        assert all(math.hypot(dot.x, dot.y) <= ring.outer for dot in ring.dots.values())


def test_words_for_sizes() -> None:
    """Sizes are short."""
    assert [drawing.size(n) for n in (0, 999, 1000, 45_600, 123_456, 2_500_000)] == [
        "0 bytes", "999 bytes", "1.0 kB", "45.6 kB", "123 kB", "2.5 MB",
    ]  # fmt: skip
