"""Tests of the views: what is escaped where, redirects, templates, and who wins a URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import html5lib
import pytest
from flask import Flask
from sites import Project

from blasto import Blasto, create_app
from blasto.errors import BlastoError

ATTACKS = {
    "script": "</title><script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)',
    "single": "' onfocus='alert(1)",
    "close": '"><img src=x onerror=alert(1)>',
    "comment": "<!-- --><b>x</b>",
    "entity": "a &amp; b &lt;i&gt; &#39;",
    "unclosed": "<a href='",
}


def site(root: Path, attack: str, **more: str | bytes) -> dict[str, str]:
    """Give every page of a site where one text stands wherever an author can put one."""
    quoted = "'" + attack.replace("'", "''") + "'"
    toml = attack.replace("\\", "\\\\").replace('"', '\\"')
    meta = "".join(
        f"{key}: {quoted}\n"
        for key in (
            "title",
            "nav_title",
            "description",
            "author",
            "image_alt",
            "series",
            "headline",
            "lead",
        )
    )
    files: dict[str, str | bytes] = {
        "blasto.toml": f'title = "{toml}"\ndescription = "{toml}"\nauthor = "{toml}"\nbase_url = "https://example.org"\n'
        f'[[menu]]\ntitle = "{toml}"\nurl = "/"\n',
        "content/index.md": f"---\n{meta}---\nText.\n",
        "content/blog/_index.md": f"---\n{meta}---\nText.\n",
        "content/blog/post.md": f"---\n{meta}date: 2025-01-01\ntags: [{quoted}]\ncategories: [{quoted}]\nimage: a.png\naliases: [/old/]\n---\nText.\n",
        "content/blog/next.md": f"---\n{meta}date: 2025-01-02\n---\nText.\n",
        "content/docs/_index.md": f"---\n{meta}layout: docs\n---\nText.\n",
        "content/docs/page.md": f"---\n{meta}---\n## Heading\n\nText.\n",
        "content/blog/a.png": b"",
        **more,
    }
    project = Project(root, files)
    client = project.freezer().app.test_client()
    urls = [
        "/",
        "/blog/",
        "/blog/post/",
        "/blog/next/",
        "/docs/",
        "/docs/page/",
        "/tags/",
        "/old/",
        "/404.html",
        "/categories/",
    ]
    pages = {url: client.get(url).text for url in urls}
    for rule in ("/tags/", "/categories/"):
        tree = html5lib.parse(pages[rule], namespaceHTMLElements=False)
        (link,) = [
            one.attrib["href"]
            for one in tree.iter("a")
            if one.attrib["href"].startswith(rule) and one.attrib["href"] != rule
        ]
        pages[rule + "TERM"] = client.get(link).text
    return pages


def shape(html: str) -> list[Any]:
    """Give a page's elements in order, each with the names of its attributes."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return [(str(one.tag), sorted(one.attrib)) for one in tree.iter() if isinstance(one.tag, str)]


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The same site with a plain word."""
    return site(tmp_path_factory.mktemp("plain") / "site", "Harmless")


@pytest.mark.parametrize("attack", list(ATTACKS))
def test_nothing_breaks_out(tmp_path: Path, harmless: dict[str, str], attack: str) -> None:
    """No title, tag, description or author changes the elements and attributes of any page."""
    for url, html in site(tmp_path / "site", ATTACKS[attack]).items():
        # A slug without letters and digits has no page of its own; the rest has the same elements.
        assert shape(html) == shape(harmless[url]), url


def test_texts_are_whole(tmp_path: Path) -> None:
    """Escaped once: the reader sees the title as it was written."""
    text = ATTACKS["entity"]
    tree = html5lib.parse(site(tmp_path / "site", text)["/blog/post/"], namespaceHTMLElements=False)
    assert [one.text for one in tree.iter("h1")] == [text]
    assert next(tree.iter("title")).text == f"{text} – {text}"
    described = [
        one.attrib["content"]
        for one in tree.iter("meta")
        if one.attrib.get("name") == "description"
    ]
    assert described == [text]


def test_code_fence_cannot_break_out(tmp_path: Path) -> None:
    """What stands behind a fence, in a link's title or in an image's text stays inside its attribute."""
    attacks = [
        '```x" onmouseover="alert(1)\ncode\n```',
        '```python title="a\\" onclick=\\"alert(1)"\ncode\n```',
        '[x](/ "a\\" onmouseover=\\"alert(1)")',
        '![a" onerror="alert(1)](a.png)',
        '[x](/"onmouseover="alert(1))',
        "[a]: / 't\" onmouseover=\"alert(1)'\n\n[a]",
    ]
    for attack in attacks:
        project = Project(tmp_path / "site", {"content/index.md": f"# T\n\n{attack}\n"})
        html = project.freezer().app.test_client().get("/").text
        names = {name for _, given in shape(html) for name in given}
        assert not {name for name in names if name.startswith("on")}, attack


def test_bodies_are_no_templates(tmp_path: Path) -> None:
    """Braces in a body are text."""
    body = "{{ config }} {% raw %} {# a #} {{ 7 * 7 }}"
    project = Project(
        tmp_path / "site", {"content/index.md": f"# T {{{{ 1 }}}}\n\n{body}\n\n`{body}`\n"}
    )
    html = project.freezer().app.test_client().get("/").text
    assert html.count(body) >= 2
    assert "T {{ 1 }}" in html


def test_redirects_and_misses(tmp_path: Path) -> None:
    """A missing slash and an alias are redirected, what is not there gets the site's 404."""
    project = Project(tmp_path / "site", {"content/a b/c#d.md": "---\naliases: [/old]\n---\n# C\n"})
    client = project.freezer().app.test_client()
    answer = client.get("/a%20b/c%23d")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/a%20b/c%23d/")
    answer = client.get("/old/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/a%20b/c%23d/")
    assert 'http-equiv="refresh"' in answer.text
    assert 'rel="canonical"' in answer.text
    for path in (
        "/nope/",
        "/static/blasto/nope.css",
        "/static/blasto/%00",
        "/static/nope.css",
        "/a%20b/c%23d/x",
        "/%ff/",
    ):
        answer = client.get(path)
        assert (answer.status_code, "no such page" in answer.text) == (404, True), path
    assert client.post("/").status_code == 405


def test_templates(tmp_path: Path) -> None:
    """The site's templates win over the theme's and can extend them; pages choose their own."""
    project = Project(
        tmp_path / "site",
        {
            "content/index.md": "# Home\n",
            "content/own.md": "---\ntemplate: own.html\n---\n# Own\n",
            "content/short.md": "---\ntemplate: own\n---\n# Short\n",
            "content/bad.md": "---\ntemplate: nowhere.html\n---\n# Bad\n",
            "templates/page.html": '{% extends "theme/page.html" %}{% block content %}<i>mine</i>{{ super() }}{% endblock %}',
            "templates/own.html": "own {{ page.title }} {{ url_for('blasto.page', path='index.md') }}",
        },
    )
    client = project.freezer().app.test_client()
    assert "<i>mine</i>" in client.get("/").text
    assert "<h1" in client.get("/").text
    assert client.get("/own/").text == "own Own /"
    assert client.get("/short/").text == "own Short /"
    app = project.freezer().app
    app.testing = True
    with pytest.raises(BlastoError, match=r"content/bad\.md.*no template"):
        app.test_client().get("/bad/")


def test_an_app_of_ones_own(tmp_path: Path) -> None:
    """``Blasto(app)`` adds content to an app; the app's own routes win."""
    Project(tmp_path, {"content/a.md": "# A\n", "content/b.md": "# B\n", "templates/x.html": "x"})
    app = Flask("mine", root_path=str(tmp_path))

    @app.get("/a/")
    def a() -> str:
        return "my own"

    Blasto(app)
    client = app.test_client()
    assert client.get("/a/").text == "my own"
    assert "<h1" in client.get("/b/").text
    assert client.get("/nope/").status_code == 404


def test_redirects_are_frozen(tmp_path: Path) -> None:
    """A redirect becomes a page that leads on; a circle of them is an error that names it."""
    text = """
from flask import redirect
from blasto import Freezer, create_app
app = create_app(__file__)
freezer = Freezer(app)
app.add_url_rule("/go/", "go", lambda: redirect("../to/?a=1"))
app.add_url_rule("/to/", "to", lambda: redirect("https://example.com/?a=1&b=2"))
"""
    project = Project(tmp_path / "site", {"content/index.md": "[go](/go/)", "freeze.py": text})
    project.freeze()
    tree = project.tree()
    assert b'content="0; url=/to/?a=1"' in tree["go/index.html"]
    assert b'href="https://example.com/?a=1&amp;b=2"' in tree["to/index.html"]
    project.edit("freeze.py", "https://example.com/?a=1&b=2", "/go/")
    with pytest.raises(BlastoError, match="redirects in a circle: /go/ to /to/ to /go/"):
        project.freeze()
    assert project.tree() == tree


def test_theme_file_of_ones_own(tmp_path: Path) -> None:
    """``static/blasto/style.css`` stands in for the theme's; base paths reach style sheets."""
    project = Project(
        tmp_path / "site",
        {"content/index.md": "# H\n", "static/blasto/style.css": "p { background: url(/a.png) }"},
    )
    client = create_app(project.root).test_client()
    for name, base, text in [
        ("style.css", "", "p { background: url(/a.png) }"),
        ("style.css", "/sub", "p { background: url(/sub/a.png) }"),
        ("code.css", "", "color"),
    ]:
        with client.get(f"/static/blasto/{name}", base_url=f"http://localhost{base}") as answer:
            assert text in answer.text
