from __future__ import annotations

from pathlib import Path

import pytest
from quick import page, site_in
from sites import Project

from blasto.errors import BlastoError

SHOWN = (
    "{% extends 'theme/page.html' %}{% block content %}{{ page.html }}"
    "<ul>{% for one in page.backlinks %}<li>{{ one.title }}{% endfor %}</ul>{% endblock %}"
)


def files(**more: str | bytes) -> dict[str, str | bytes]:
    """Give a small site whose pages show who links to them."""
    return {
        "blasto.toml": 'base_url = "https://example.org/w"\n\n[markdown]\nwikilinks = true\n',
        "templates/page.html": SHOWN,
        "content/index.md": page("Home."),
        "content/a.md": page("See [b](b.md#x) and [[c]].", title="A"),
        "content/b.md": page("Text.", title="B"),
        "content/c.md": page(
            "Text.\n\n<!--more-->\n\n[me](c.md), [b](/b/) and `[[a]]`.", title="C"
        ),
        "content/d.md": page("Alone, but for [a](a.md).", title="D", listed="false"),
        **more,
    }


def test_who_links_to_a_page(tmp_path: Path) -> None:
    """Listed pages by path, each once, whatever way the link is written; not the page itself."""
    site = site_in(tmp_path, files())
    found = {
        path: [one.title for one in site.page(path).backlinks]
        for path in ("a.md", "b.md", "c.md", "d.md")
    }
    assert found == {"a.md": [], "b.md": ["A", "C"], "c.md": ["A"], "d.md": []}


@pytest.mark.parametrize("workers", [1, 2])
def test_backlinks_are_traced(tmp_path: Path, workers: int) -> None:
    """A link that comes or goes makes again the page that it leads to; a text without, not."""
    site = Project(tmp_path / "site", files())
    site.freeze(workers=workers)
    assert "<li>A<li>C</ul>" in site.read("build/b/index.html")
    assert site.tree() == site.clean()
    assert site.freeze(workers=workers) == []
    site.edit("content/c.md", "[me]", "[A](a.md), [me]")
    assert site.freeze(workers=workers) == ["/a/", "/c/"]
    assert "<li>C</ul>" in site.read("build/a/index.html")
    assert site.tree() == site.clean()
    site.edit("content/c.md", "and", "or")
    assert site.freeze(workers=workers) == ["/c/"]
    site.edit("content/a.md", "title: A", "title: Other")
    assert {"/a/", "/b/", "/c/"} <= set(site.freeze(workers=workers))
    assert site.tree() == site.clean()
    site.remove("content/a.md")
    site.edit("content/c.md", "[A](a.md), ", "")
    site.edit("content/d.md", "[a](a.md)", "none")
    site.freeze(workers=workers)
    assert "<ul><li>C</ul>" in site.read("build/b/index.html")
    assert site.tree() == site.clean()
    assert site.freeze(workers=workers) == []


def test_links_of_a_snippet_count(tmp_path: Path) -> None:
    """And an edit of the snippet is seen, though no text changed."""
    site = Project(tmp_path / "site", files(**{
        "content/e.md": page('--8<-- "links.txt"', title="E"), "links.txt": "[d](d.md)\n",
    }))  # fmt: skip
    site.freeze()
    assert "<li>E</ul>" in site.read("build/d/index.html")
    site.write("links.txt", "[a](a.md)\n")
    site.freeze()
    assert "<li>E</ul>" in site.read("build/a/index.html")
    assert "<ul></ul>" in site.read("build/d/index.html")
    assert site.tree() == site.clean()


def test_who_does_not_ask_pays_nothing(tmp_path: Path) -> None:
    """A page whose template does not show them is not made again by a link to it."""
    shown = {**files(), "templates/page.html": "<p>{{ page.html }}</p>"}
    site = Project(tmp_path / "site", shown)
    site.freeze()
    site.edit("content/c.md", "[me]", "[A](a.md), [me]")
    assert site.freeze() == ["/c/"]


def test_a_text_cannot_ask(tmp_path: Path) -> None:
    """A shortcode that reads backlinks would depend on itself: an error that says so."""
    site = site_in(tmp_path, files(**{
        "templates/shortcodes/who.html": "{{ page.backlinks | length }}",
        "content/e.md": page("{{< who >}}"),
    }))  # fmt: skip
    with pytest.raises(BlastoError, match="inside of a text"):
        _ = site.page("e.md").html
