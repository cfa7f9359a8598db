"""Pages in several languages: where they lie, what links them, and what each language says."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import render_template_string
from quick import app_of, faults, get, page, site_in
from sites import Project

from blasto.errors import UsageError
from blasto.languages import split, versions

TWO = 'title = "Notes"\nbase_url = "https://example.org/x"\n[languages.fr]\ntitle = "Carnet"\n'
SITE: dict[str, str | bytes] = {
    "blasto.toml": TWO,
    "content/index.md": page("See [about](about.md).", title="Home"),
    "content/index.fr.md": page("Voir [moi](about.md).", title="Accueil"),
    "content/about.md": page("Me.", title="About"),
    "content/fr/about.md": page("Moi, [un](../log/one.md), [log](log/_index.md).", title="À propos"),
    "content/log/_index.md": page(title="Log"),
    "content/log/one.md": page("One.", title="One", date="2025-01-02", tags="[sea, sky]"),
    "content/log/two.md": page("Two, [one](one.md).", title="Two", date="2025-01-03"),
    "content/log/one.fr.md": page("Un. [Deux](two.md), [anglais](one.en.md).", title="Un",
                                  date="2025-01-02", tags="[sea]"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "scope", "bare"),
    [
        ("about.md", None, "about.md"),
        ("about.fr.md", "fr", "about.md"),
        ("fr/about.md", "fr", "about.md"),
        ("fr/about.fr.md", "fr", "about.md"),
        ("a/about.PT-br.md", "pt-BR", "a/about.md"),
        ("about.en.md", "", "about.md"),
        ("en/log/index.md", "", "log/index.md"),
        ("about.de.md", None, "about.de.md"),
        ("log/fr/one.md", None, "log/fr/one.md"),
        ("fr.md", None, "fr.md"),
        ("map.fr.svg", "fr", "map.svg"),
    ],
)
def test_the_language_of_a_path(path: str, scope: str | None, bare: str) -> None:
    """A suffix or the folder at the top names a language of the site, and no other does."""
    assert split(path, ("en", "fr", "pt-BR")) == (scope, bare)
    assert split(path, ()) == (None, path)


def test_where_a_translation_may_lie() -> None:
    """A file's translation has a suffix, or lies in the folder of the language."""
    assert versions("a/b.md", "fr", ("en", "fr")) == ["a/b.fr.md", "fr/a/b.md"]
    assert versions("a/b.md", "", ("en", "fr")) == ["a/b.en.md", "en/a/b.md"]


def test_urls(tmp_path: Path) -> None:
    """The main language has no prefix; each other language has pages, lists, tags, feed and 404."""
    site = site_in(tmp_path, SITE)
    french = {url for url in (*site.routes.targets, *site.machine) if url.startswith("/fr/")}
    assert french == {
        "/fr/", "/fr/about/", "/fr/log/", "/fr/log/one/", "/fr/tags/", "/fr/tags/sea/",
        "/fr/feed.xml", "/fr/404.html",
    }  # fmt: skip
    assert site.routes.pages["log/one.md"] == "/log/one/"
    assert not site.contents.problems
    assert not site.routes.problems


def test_links_lead_to_the_readers_language(tmp_path: Path) -> None:
    """A file of the main language means its translation; a language that is named is that one."""
    app = app_of(tmp_path, SITE)
    assert '<a href="/fr/about/">moi</a>' in get(app, "/fr/")
    assert '<a href="/about/">about</a>' in get(app, "/")
    text = get(app, "/fr/about/")
    assert '<a href="/fr/log/one/">un</a>' in text
    assert '<a href="/fr/log/">log</a>' in text
    text = get(app, "/fr/log/one/")
    assert '<a href="/log/two/">Deux</a>' in text
    assert '<a href="/log/one/">anglais</a>' in text
    assert '<a href="/log/one/">one</a>' in get(app, "/log/two/")


def test_languages_do_not_mix(tmp_path: Path) -> None:
    """Lists, tags, feeds, neighbours and menus hold pages of one language."""
    app = app_of(tmp_path, SITE)
    assert "Two" not in get(app, "/fr/log/")
    assert "Un</a>" in get(app, "/fr/log/")
    assert "/fr/" not in get(app, "/log/two/").partition("<main")[2]
    assert get(app, "/feed.xml").count("<entry>") == 2
    feed = get(app, "/fr/feed.xml")
    assert feed.count("<entry>") == 1
    assert '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">' in feed
    assert "<title>Carnet</title>" in feed
    menu = get(app, "/fr/").partition('<nav class="menu"')[2].partition("</nav>")[0]
    assert menu.count("href=") == menu.count('href="/fr/') == 2
    get(app, "/fr/tags/sky/", 404)


def test_what_a_page_tells_of_its_translations(tmp_path: Path) -> None:
    """The head names each version of the page and itself; the switcher leads to it, or home."""
    app = app_of(tmp_path, SITE)
    text = get(app, "/fr/about/")
    assert '<html lang="fr" dir="ltr">' in text
    for line in (
        '<link rel="alternate" hreflang="en" href="https://example.org/about/">',
        '<link rel="alternate" hreflang="fr" href="https://example.org/fr/about/">',
        '<link rel="alternate" hreflang="x-default" href="https://example.org/about/">',
    ):
        assert line in text
    assert '<li><a href="/about/" lang="en" hreflang="en" dir="ltr">English</a></li>' in text
    alone = get(app, "/log/two/")
    assert "x-default" not in alone
    assert '<a href="/fr/" lang="fr" hreflang="fr"' in alone
    assert 'hreflang="fr" href="https://example.org/fr/tags/sea/"' in get(app, "/tags/sea/")
    assert 'hreflang="fr" href="https://example.org/fr/tags/"' in get(app, "/tags/")
    assert "x-default" not in get(app, "/tags/sky/")


def test_translations_in_templates(tmp_path: Path) -> None:
    """`page.translations`, `listing.translations` and `site.languages` say what there is."""
    app = app_of(tmp_path, SITE)
    site = app.extensions["blasto"]
    with app.test_request_context("/log/one/"):
        one = site.page("log/one.md")
        assert [(there.lang, there.url) for there in one.translations] == [("fr", "/fr/log/one/")]
        assert one.translations[0].translations == [one]
        assert [there.url for there in site.page("log/two.md").translations] == []
        assert one.translations[0].section.title == "Log"
        assert (
            one.translations[0].section.translations[0].pages
            == site.listing("section", "log").pages
        )
        assert one.terms("tags")[0].translations[0].url == "/fr/tags/sea/"
        shown = [(one.code, one.name, one.main, one.active, one.translated, one.url, one.home_url)
                 for one in site.languages]  # fmt: skip
        assert shown == [
            ("en", "English", True, True, True, "/log/one/", "/"),
            ("fr", "Français", False, False, True, "/fr/log/one/", "/fr/"),
        ]


def test_what_is_not_translated_is_that_of_the_main_language(tmp_path: Path) -> None:
    """Menu entries, pages, lists, titles of sections: the reader's language, else the main one."""
    files = SITE | {
        "blasto.toml": TWO + '[[menu]]\ntitle = "About"\npage = "about.md"\n'
        '[[menu]]\ntitle = "Two"\npage = "log/two.md"\n',
        "content/news/a.md": page(title="News", date="2025-02-02"),
        "content/log/two.md": page("Two.", title="Two"),
        "templates/page.html": "{{ site.menu | map(attribute='url') | join(' ') }} "
        "{{ site.page('about.md').title }} {{ site.latest(1, 'news')[0].title }} "
        "{{ site.latest(1, 'log')[0].title }}",
    }
    app = app_of(tmp_path, files)
    assert get(app, "/fr/") == "/fr/about/ /log/two/ À propos News Un"
    assert get(app, "/") == "/about/ /log/two/ About News One"
    site = app.extensions["blasto"]
    assert site.libraries["fr"].listing("section", "log").title == "Log"


def test_what_a_language_says_of_itself(tmp_path: Path) -> None:
    """A language has its own title, menu, names of sections and values for templates."""
    files = SITE | {
        "blasto.toml": TWO + 'description = "Mots."\n[languages.fr.params]\nmotto = "Doux."\n'
        '[[languages.fr.menu]]\ntitle = "Moi"\npage = "about.md"\n'
        '[languages.fr.sections.log]\ntitle = "Journal"\n[params]\nmotto = "Slow."\nn = 1\n'
        '[sections.log]\ntitle = "Logbook"\n',
        "templates/page.html": "{{ site.config.params.motto }}{{ site.config.params.n }} "
        "{{ site.config.description }} {{ site.menu[0].title }} {{ site.listing('section', 'log').title }}",
    }
    app = app_of(tmp_path, files)
    assert get(app, "/fr/about/") == "Doux.1 Mots. Moi Journal"
    assert get(app, "/about/") == "Slow.1  Log Logbook"


def test_pages_that_a_key_joins(tmp_path: Path) -> None:
    """`translation_key` joins pages of other names; `lang` says what no path does."""
    files: dict[str, str | bytes] = {
        "blasto.toml": TWO,
        "content/about.md": page(title="About"),
        "content/a-propos.md": page(title="À propos", lang="fr", translation_key="about"),
        "content/contact.md": page(title="Contact", translation_key="k"),
        "content/fr/ecrire.md": page(title="Écrire", translation_key="k"),
        "content/fr/autre.md": page(title="Autre", translation_key="k"),
        "content/quote.md": page("Zitat.", title="Quote", lang="de"),
    }
    app = app_of(tmp_path, files)
    site = app.extensions["blasto"]
    with app.test_request_context():
        assert [one.url for one in site.page("about.md").translations] == ["/fr/a-propos/"]
        assert [one.path for one in site.page("contact.md").translations] == ["fr/autre.md"]
    assert '<html lang="de"' in get(app, "/quote/")
    (problem,) = site.routes.problems
    assert "same translation_key" in problem.message
    assert problem.path == "content/fr/ecrire.md"


def test_a_language_without_pages(tmp_path: Path) -> None:
    """A language that nobody wrote in has no URL, and a warning says so."""
    files: dict[str, str | bytes] = {"blasto.toml": TWO, "content/index.md": page()}
    app = app_of(tmp_path, files)
    assert 'hreflang="fr"' not in get(app, "/")
    get(app, "/fr/", 404)
    (problem,) = app.extensions["blasto"].routes.problems
    assert (problem.severity, problem.path) == ("warning", "blasto.toml")
    assert 'no page is in the language "fr"' in problem.message


def test_two_sources_of_one_translation(tmp_path: Path) -> None:
    """A page that is translated twice is an error that names both files."""
    site = Project(tmp_path, SITE | {"content/about.fr.md": page()})
    (problem,) = faults(site)
    assert 'two sources for the URL "/fr/about/"' in problem.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[languages.x_y]\n", "languages.x_y must be a language"),
        ("[languages.fr]\n[languages.FR]\n", "are one language"),
        ('[languages.en]\ntitle = "N"\n', '"en" is the main language'),
        ("[languages.fr]\ntitel = 1\n", '"languages.fr.titel" is not an option'),
    ],
)
def test_wrong_tables(tmp_path: Path, text: str, message: str) -> None:
    """A table of languages that cannot be one is an error with its line."""
    with pytest.raises(UsageError) as raised:
        site_in(tmp_path, {"blasto.toml": text})
    assert message in str(raised.value)
    assert raised.value.problems[0].line


def test_assets_in_a_language(tmp_path: Path) -> None:
    """An image in the reader's language is taken first, else the one that all share."""
    files = SITE | {
        "content/log/one.fr.md": page("![a](a.svg) ![b](b.svg)", title="Un"),
        "content/fr/log/c/index.md": page("![b](../b.svg) ![d](d.svg)", title="C"),
        "content/log/a.svg": "<svg/>",
        "content/log/a.fr.svg": "<svg/>",
        "content/log/b.svg": "<svg/>",
        "content/fr/log/c/d.svg": "<svg/>",
    }
    app = app_of(tmp_path, files)
    text = get(app, "/fr/log/one/")
    assert 'src="/log/a.fr.svg"' in text
    assert 'src="/log/b.svg"' in text
    text = get(app, "/fr/log/c/")
    assert 'src="/log/b.svg"' in text
    assert 'src="/fr/log/c/d.svg"' in text


def test_routes_of_ones_own_speak_by_their_url(tmp_path: Path) -> None:
    """A route below `/fr/`, and a miss there, are in French when served live."""
    app = app_of(tmp_path, SITE)
    text = "{{ site.config.title }} {{ site.home_url }} {{ site.languages[1].active }}"
    app.add_url_rule("/fr/boats/", "bateaux", lambda: render_template_string(text))
    app.add_url_rule("/boats/", "boats", lambda: render_template_string(text))
    assert get(app, "/fr/boats/") == "Carnet /fr/ True"
    assert get(app, "/boats/") == "Notes / False"
    assert "Cette page n’existe pas" in get(app, "/fr/nothing/", 404)
    assert "There is no such page" in get(app, "/nothing/", 404)


def test_a_cascade_stays_in_its_language(tmp_path: Path) -> None:
    """What a section's index hands down goes to pages of its language."""
    files = SITE | {
        "content/log/_index.md": "---\ntitle: Log\ncascade:\n  author: Ada\n---\n",
        "content/log/_index.fr.md": "---\ntitle: Journal\ncascade:\n  author: Adèle\n---\n",
    }
    site = site_in(tmp_path, files)
    with site_app(tmp_path).test_request_context():
        assert site.page("log/one.md").authors == ["Ada"]
        assert site.page("log/one.fr.md").authors == ["Adèle"]


def site_app(folder: Path):
    """Give an app for a request context."""
    return app_of(folder, {})
