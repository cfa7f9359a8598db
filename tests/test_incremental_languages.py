"""Incremental freezes of a site in three languages: exactly what shows a change is rendered."""

from __future__ import annotations

from pathlib import Path

import pytest
from quick import page
from sites import Project, check, post

from blasto import create_app

PART = "Excerpt.\n\n<!-- more -->\n\n"


@pytest.fixture
def site(tmp_path: Path) -> Project:
    """Give a frozen site with a few pages in three languages."""
    files: dict[str, str | bytes] = {
        "blasto.toml": 'title = "Notes"\nbase_url = "https://example.org"\n'
        '[languages.fr]\ntitle = "Carnet"\n[languages.de]\ntitle = "Heft"\n',
        "content/index.md": page("See [about](about.md).", title="Home"),
        "content/index.fr.md": page("Voir [moi](about.md).", title="Accueil"),
        "content/index.de.md": page("Siehe [Boote](log/one.md).", title="Start"),
        "content/about.md": page("Me.", title="About", weight=1),
        "content/log/_index.md": page(title="Log"),
        "content/log/one.md": post("One", "2025-01-02", PART + "One.", ["sea"]),
        "content/log/two.md": post("Two", "2025-01-03", PART + "Two, [one](one.md)."),
        "content/fr/log/one.md": post("Un", "2025-01-02", PART + "Un, [deux](two.md).", ["sea"]),
    }
    made = Project(tmp_path / "site", files)
    made.freeze()
    return made


def test_nothing_to_do(site: Project) -> None:
    """Nothing is rendered again where nothing changed, and the tree is a clean one."""
    check(site, [])


def test_a_translation_comes_and_goes(site: Project) -> None:
    """The page that is translated, what links to it in that language, and lists of that language."""
    site.write("content/about.de.md", page("Ich.", title="Über mich", weight=1))
    # A second page at the top: German pages get a menu.
    german = ["/de/", "/de/404.html", "/de/about/"]
    check(site, ["/about/", "/sitemap.xml", *german])
    assert b'hreflang="de"' in site.tree()["about/index.html"]
    site.remove("content/about.de.md")
    check(site, ["/about/", "/sitemap.xml", *german[:2]])


def test_a_translation_of_a_post(site: Project) -> None:
    """The translated post, those of its language around it, and what links to it there."""
    site.write("content/fr/log/two.md", post("Deux", "2025-01-03", PART + "Deux."))
    check(site, ["/log/two/", "/sitemap.xml", "/fr/log/two/", "/fr/log/one/", "/fr/log/", "/fr/feed.xml"])  # fmt: skip
    assert b'<a href="/fr/log/two/">deux</a>' in site.tree()["fr/log/one/index.html"]


def test_a_text_in_one_language(site: Project) -> None:
    """A text that changed below its excerpt shows on its page and in the feed of its language."""
    site.edit("content/fr/log/one.md", "Un, ", "Une, ")
    check(site, ["/fr/log/one/", "/fr/feed.xml"])
    site.edit("content/log/one.md", "One.", "Once.")
    check(site, ["/log/one/", "/feed.xml"])


def test_the_first_page_of_a_language(site: Project) -> None:
    """A new language shows in the switcher of every page, and on nothing else."""
    pages = sorted(url for url in site.freeze(full=True) if not url.startswith("/static/"))
    site.write("blasto.toml", site.read("blasto.toml") + '[languages.es]\ntitle = "Cuaderno"\n')
    site.write("content/index.es.md", page("Hola.", title="Inicio"))
    others = {"/robots.txt", "/feed.xml", "/fr/feed.xml"}
    new = {"/es/", "/es/404.html"}
    check(site, sorted({*pages, *new} - others))


def test_the_title_of_a_language(site: Project) -> None:
    """A title of a language shows on its pages alone."""
    site.edit("blasto.toml", "Carnet", "Cahier")
    french = [url for url in site.freeze() if not url.startswith("/fr/")]
    assert french == []
    assert site.tree() == site.clean()


def test_a_word_of_a_language(site: Project) -> None:
    """A file of words changes the pages of its language."""
    site.write("templates/words/fr.toml", 'feed = "Nouvelles"\n')
    rendered = site.freeze()
    assert {url for url in rendered if url.startswith("/fr/")} > {"/fr/", "/fr/log/one/"}
    # The switcher of every page says what French is called.
    assert site.tree() == site.clean()
    assert site.freeze() == []
    assert b"Nouvelles" in site.tree()["fr/index.html"]


def test_a_section_of_a_language(site: Project) -> None:
    """An index of a section names it in its language: where the section is listed or above."""
    site.write("content/log/_index.fr.md", page(title="Journal"))
    rendered = site.freeze()
    assert {url for url in rendered if not url.startswith("/fr/")} <= {"/sitemap.xml", "/log/"}
    assert site.tree() == site.clean()
    assert site.freeze() == []


def test_live_is_frozen(site: Project) -> None:
    """Served live, every URL of every language gives the bytes that were published."""
    app = create_app(site.root)
    tree = site.tree()
    assert len([path for path in tree if path.startswith(("fr/", "de/"))]) > 8
    for path, published in tree.items():
        url = "/" + path.removesuffix("index.html")
        with app.test_client().get(url) as answer:
            assert answer.get_data() == published, url


@pytest.mark.slow
def test_workers_speak_too(site: Project) -> None:
    """Two processes give the bytes that one gives."""
    before = site.tree()
    site.freeze(full=True, workers=2)
    assert site.tree() == before
