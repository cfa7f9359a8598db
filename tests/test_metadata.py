"""Tests of what a page says of itself to programs: metadata, JSON-LD, cards, Markdown twins."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from quick import app_of, faults, get, page
from sites import Project, blog, check, docs, post

from blasto import cards

NASTY = 'Tom & <b>"Jerry\'s"</b> ]]> </script><script>x</script> \U0001f600'
CARDS = "[social_cards]\nenabled = true\n"


def quoted(text: str) -> str:
    """Give a text as YAML."""
    return "'" + text.replace("'", "''") + "'"


def head(text: str) -> dict[str, str]:
    """Give the metadata of a page, by name or property."""
    tree = html.fromstring(text)
    found = {one.get(key): one.get("content") for one in tree.iter("meta") for key in ("name", "property") if one.get(key)}  # fmt: skip
    return found | {f"link {one.get('rel')}": one.get("href") for one in tree.iter("link")}


def structured(text: str) -> dict[str, Any]:
    """Give the JSON-LD of a page, by type."""
    (script,) = html.fromstring(text).xpath("//script[@type='application/ld+json']")
    said = json.loads(script.text)
    assert said["@context"] == "https://schema.org"
    return {one["@type"]: one for one in said["@graph"]}


def test_an_article(tmp_path: Path) -> None:
    """A post says what it is, when and by whom it was written, and the way to it."""
    files = {**blog(), "content/blog/six.md": post("Six", "2025-06-06", "x", author="Ada", description="Of six.", updated="2025-07-07", image="six.png", image_alt="Six"),
             "content/blog/six.png": b"x"}  # fmt: skip
    text = get(app_of(tmp_path, files), "/blog/six/")
    said, url = head(text), "https://example.org/blog/six/"
    assert said | {
        "description": "Of six.", "og:description": "Of six.", "og:type": "article", "og:url": url,
        "og:title": "Six", "og:site_name": "Notes", "link canonical": url,
        "article:published_time": "2025-06-06T00:00:00+00:00",
        "article:modified_time": "2025-07-07T00:00:00+00:00",
        "og:image": "https://example.org/blog/six.png", "og:image:alt": "Six",
        "twitter:card": "summary_large_image",
    } == said  # fmt: skip
    graph = structured(text)
    assert graph["Article"] == {
        "@type": "Article", "headline": "Six", "url": url,
        "inLanguage": "en", "description": "Of six.", "datePublished": "2025-06-06T00:00:00+00:00",
        "dateModified": "2025-07-07T00:00:00+00:00", "image": "https://example.org/blog/six.png",
        "author": [{"@type": "Person", "name": "Ada"}],
    }  # fmt: skip
    assert [one["item"] for one in graph["BreadcrumbList"]["itemListElement"]] == [
        "https://example.org/blog/", url,
    ]  # fmt: skip


def test_other_pages(tmp_path: Path) -> None:
    """The home page stands for the site; a list and a page of documentation are no articles."""
    app = app_of(tmp_path, docs())
    base = "https://example.org/manual"
    assert (
        structured(app.test_client().get("/", base_url=base).text)["WebSite"]["url"] == f"{base}/"
    )
    text = app.test_client().get("/guide/start/", base_url=base).text
    assert structured(text).keys() == {"BreadcrumbList"}
    said = head(text)
    assert (said["og:type"], said["twitter:card"]) == ("website", "summary")


def test_without_a_base_url(tmp_path: Path) -> None:
    """Nothing that needs a whole address is said where none is known."""
    text = get(app_of(tmp_path, {"content/index.md": page("x")}), "/")
    assert "ld+json" not in text
    assert "canonical" not in text


def test_nasty_texts(tmp_path: Path) -> None:
    """Whatever an author writes stays text, in attributes and in JSON-LD."""
    files = {**blog(), "content/blog/six.md": post(quoted(NASTY), "2025-06-06", "x", description=quoted(NASTY), author=quoted(NASTY))}  # fmt: skip
    text = get(app_of(tmp_path, files), "/blog/six/")
    said, article = head(text), structured(text)["Article"]
    assert said["og:title"] == said["description"] == NASTY
    assert (article["headline"], article["author"][0]["name"]) == (NASTY, NASTY)
    assert len(html.fromstring(text).xpath("//script[text()='x']")) == 0
    assert html.fromstring(text).xpath("string(//h1)") == NASTY


def carded(tmp_path: Path) -> Project:
    """Make a blog whose pages have cards."""
    pytest.importorskip("PIL")
    files = blog()
    files["blasto.toml"] = str(files["blasto.toml"]).replace("[params]", f"{CARDS}\n[params]")
    files["content/blog/six.md"] = post("Six", "2025-06-06", "x", image="six.png")
    files["content/blog/six.png"] = b"x"
    return Project(tmp_path / "site", files)


def test_cards(tmp_path: Path) -> None:
    """Each page without a picture has a card, an image of the size that previews like."""
    project = carded(tmp_path)
    project.freeze()
    files = project.tree()
    from PIL import Image

    drawn = {path for path in files if path.startswith("cards/")}
    names = ("one", "two", "three", "four", "five")
    assert drawn == {"cards/index.png", "cards/about.png", "cards/blog.png", *(f"cards/blog/{name}.png" for name in names)}  # fmt: skip
    with Image.open(BytesIO(files["cards/blog/one.png"])) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))
    said = head(files["blog/one/index.html"].decode())
    assert said["og:image"] == "https://example.org/cards/blog/one.png"
    assert (said["og:image:width"], said["og:image:alt"]) == ("1200", "One")
    assert (
        head(files["blog/six/index.html"].decode())["og:image"]
        == "https://example.org/blog/six.png"
    )
    assert project.report.warnings == []


def test_a_card_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a new title is drawn; everything else leaves cards alone, a full freeze too."""
    project = carded(tmp_path)
    project.freeze()
    titles: list[str] = []
    draw = cards.draw
    monkeypatch.setattr(cards, "draw", lambda options, title, *rest: titles.append(title) or draw(options, title, *rest))  # fmt: skip
    project.edit("content/blog/two.md", "tags: [python, web]", "tags: [python]")
    got = project.freeze()
    assert not [url for url in got if url.startswith("/cards/")]
    project.freeze(full=True)
    assert titles == []
    project.edit("content/blog/two.md", "title: Two", "title: Twain")
    got = project.freeze()
    assert [url for url in got if url.startswith("/cards/")] == ["/cards/blog/two.png"]
    assert titles == ["Twain"]
    assert project.tree() == project.clean()
    project.write("blasto.toml", project.read("blasto.toml").replace("enabled = true", 'enabled = true\naccent = "#FF0000"'))  # fmt: skip
    got = project.freeze()
    assert {url.split("/")[1] for url in got} == {"cards"}
    assert len(got) == 8
    assert project.tree() == project.clean()


def test_letters_that_a_font_lacks(tmp_path: Path) -> None:
    """A letter that cannot be drawn is left out or loses its accent, and a warning names it."""
    project = carded(tmp_path)
    project.write("content/cafe.md", page("x", title="Café ж"))
    project.freeze()
    (warning,) = project.report.warnings
    assert warning.path == "content/cafe.md"
    assert "é ж" in warning.message
    assert project.tree() == project.clean()


def test_card_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong font, and Pillow that is missing, are errors that say what to do."""
    project = carded(tmp_path)
    project.edit("blasto.toml", "enabled = true", 'enabled = true\nfont = "site.ttf"')
    assert {problem.message for problem in faults(project)} == {"there is no font file site.ttf"}
    project.write("site.ttf", "no font")
    assert all("site.ttf" in str(problem) for problem in faults(project))
    monkeypatch.setattr(cards, "available", lambda: False)
    (problem,) = faults(project)
    assert problem.hint == "pip install 'blasto[images]'"


TWINS = {
    "blasto.toml": 'title = "Notes"\ndescription = "All of it."\nbase_url = "https://example.org/n"\nllms = true\n',
    "content/index.md": page("See [two](guide/two.md#x \"T\") and ![it](it.svg).", title="Home"),
    "content/it.svg": "<svg/>",
    "content/guide/_index.md": page("Guide.", title="Guide", description="How."),
    "content/guide/one.md": page("# One\n\n`[a](two.md)` and\n\n```\n[b](two.md)\n```\n\n[c] and [d](/guide/two.md)[^1]\n\n[c]: ../index.md\n[^1]: Note.\n", title="First"),
    "content/guide/two.md": page("Begin.\n\n<!-- more -->\n\n## X\n\nText.", title="A [second]"),
    "content/guide/away.md": page("x", noindex="true"),
}  # fmt: skip


def test_twins(tmp_path: Path) -> None:
    """Each page is there as Markdown too, links made whole and code left alone."""
    project = Project(tmp_path / "site", TWINS)
    project.freeze()
    files = {
        path: data.decode()
        for path, data in project.tree().items()
        if path.endswith((".md", ".txt"))
    }
    assert files.keys() == {"index.md", "guide/index.md", "guide/one/index.md", "guide/two/index.md", "llms.txt", "llms-full.txt", "robots.txt"}  # fmt: skip
    assert files["index.md"] == (
        '# Home\n\nSee [two](https://example.org/n/guide/two/#x "T") and ![it](https://example.org/n/it.svg).\n'
    )
    assert files["guide/one/index.md"] == (
        "# One\n\n`[a](two.md)` and\n\n```\n[b](two.md)\n```\n\n[c] and [d](https://example.org/n/guide/two/)[^1]\n\n"
        "[c]: https://example.org/n/\n[^1]: Note.\n"
    )
    assert files["llms.txt"] == (
        "# Notes\n\n> All of it.\n\n## Notes\n\n- [Home](https://example.org/n/index.md)\n\n## Guide\n\n"
        "- [Guide](https://example.org/n/guide/index.md): How.\n"
        "- [First](https://example.org/n/guide/one/index.md)\n"
        "- [A \\[second\\]](https://example.org/n/guide/two/index.md)\n"
    )
    assert files["llms-full.txt"].count("\n# ") == 3
    text = project.tree()["guide/one/index.html"].decode()
    assert '<link rel="alternate" type="text/markdown" href="/n/guide/one/index.md">' in text
    assert "text/markdown" not in project.tree()["guide/away/index.html"].decode()
    assert project.report.warnings == []


def test_what_makes_a_twin_stale(tmp_path: Path) -> None:
    """An edit renders a page's Markdown and the text of all; a new address those that link there."""
    project = Project(tmp_path / "site", TWINS)
    project.freeze()
    project.edit("content/guide/two.md", "Text.\n", "Text.\n\nMore.\n")
    check(project, ["/guide/two/", "/guide/two/index.md", "/llms-full.txt"])
    project.edit("content/guide/two.md", "title: A", "slug: deux\ntitle: A")
    got = project.freeze()
    assert {"/index.md", "/guide/one/index.md", "/guide/deux/index.md", "/llms.txt"} <= {*got}
    assert "/guide/index.md" not in got
    assert project.tree() == project.clean()
