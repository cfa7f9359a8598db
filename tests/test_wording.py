"""The theme's words, dates and numbers in each language, and what a site adds to them."""

from __future__ import annotations

import re
import sys
import tomllib
from datetime import datetime
from pathlib import Path

import pytest
from documentation import CONTENT, FENCE
from quick import app_of, faults, get, page
from sites import Project

from blasto import locales
from blasto.themes import THEME
from blasto.wording import files_of

WORDS = THEME / "templates" / "words"
LANGUAGES = "ar de es fr ja zh".split()


def english() -> dict[str, str]:
    """Give the words of the theme as they stand in its template."""
    text = (THEME / "templates/partials/words.html").read_text(encoding="utf-8")
    return dict(re.findall(r'^  "(\w+)": "(.*)",$', text, re.MULTILINE))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_word_is_translated(code: str) -> None:
    """Each language of the theme has every word, with the same places for numbers."""
    words = tomllib.loads((WORDS / f"{code}.toml").read_text(encoding="utf-8"))
    assert {*english(), "language", "tags", "categories", "authors"} == {*words}
    for name, said in english().items():
        assert words[name].count("%d") == said.count("%d"), name
        assert words[name] == words[name].strip() or name == "comma"


def test_languages_of_the_theme() -> None:
    """There are no others."""
    assert sorted(file.stem for file in WORDS.iterdir()) == sorted([*LANGUAGES, "en"])


def test_where_words_are_looked_for() -> None:
    """The site's file comes after the theme's, the nearer language after the wider one."""
    assert files_of("fr") == ["default/words/fr.toml", "theme/words/fr.toml", "words/fr.toml"]
    assert files_of("pt-BR")[::3] == ["default/words/pt.toml", "default/words/pt-BR.toml"]


@pytest.mark.parametrize(
    ("code", "said", "direction"),
    [
        ("en", "Go to the home page", "ltr"),
        ("fr", "Aller à la page d’accueil", "ltr"),
        ("de-AT", "Zur Startseite", "ltr"),
        ("zh-TW", "返回首页", "ltr"),
        ("ar", "إلى الصفحة الرئيسية", "rtl"),
        ("it", "Go to the home page", "ltr"),
    ],
)
def test_one_language(tmp_path: Path, code: str, said: str, direction: str) -> None:
    """A site with one language speaks it, without a table of languages or a switcher."""
    app = app_of(tmp_path, {"blasto.toml": f'language = "{code}"\n', "content/index.md": page()})
    text = get(app, "/404.html")
    assert said in text
    assert f'<html lang="{code}" dir="{direction}">' in text
    assert 'id="languages"' not in text


def test_a_site_changes_a_word_and_adds_a_language(tmp_path: Path) -> None:
    """One file in the templates is enough for either; what it does not say stays."""
    files: dict[str, str | bytes] = {
        "blasto.toml": "[languages.fr]\n[languages.it]\n",
        "content/index.md": page(),
        "content/index.fr.md": page(),
        "content/index.it.md": page(tags="[a]"),
        "templates/words/fr.toml": 'home = "Au port"\nboats = "Bateaux"\n',
        "templates/words/it.toml": 'language = "Italiano"\ntags = "Etichette"\n',
        "templates/page.html": '{% extends "theme/page.html" %}{% block footer %}'
        "[{{ site.words.get('boats') }}]{% endblock %}",
    }
    app = app_of(tmp_path, files)
    text = get(app, "/fr/404.html")
    assert "Au port" in text
    assert "Cette page n’existe pas" in text
    assert "[Bateaux]" in get(app, "/fr/")
    assert "[]" in get(app, "/")
    assert ">Italiano</a>" in get(app, "/")
    assert "<h1>Etichette</h1>" in get(app, "/it/tags/")
    assert "<h1>Tags</h1>" not in get(app, "/it/tags/")


def test_words_are_seen_while_developing(tmp_path: Path) -> None:
    """An edit of a file of words shows on the next request."""
    site = Project(tmp_path, {"blasto.toml": 'language = "fr"\n', "content/index.md": page(),
                              "templates/words/fr.toml": 'home = "Un"\n'})  # fmt: skip
    app = app_of(tmp_path, {})
    app.jinja_env.auto_reload = True  # as in debug mode
    assert ">Un</a>" in get(app, "/404.html")
    site.write("templates/words/fr.toml", 'home = "Deux, plus long"\n')
    assert ">Deux, plus long</a>" in get(app, "/404.html")


@pytest.mark.parametrize(
    ("text", "message"),
    [("home = 1\n", "home must be text"), ('home = "a\n', "words/fr.toml")],
)
def test_a_broken_file_of_words(tmp_path: Path, text: str, message: str) -> None:
    """A file of words that is none is an error with its line."""
    files: dict[str, str | bytes] = {"blasto.toml": 'language = "fr"\n', "content/index.md": page(),
                                     "templates/words/fr.toml": text}  # fmt: skip
    found = faults(Project(tmp_path, files))
    assert any(message in f"{one.path} {one.message}" and one.line == 1 for one in found), found


@pytest.mark.parametrize(
    ("language", "pattern", "shown"),
    [
        ("en", locales.ENGLISH, "5 March 2024"),
        ("fr", locales.ENGLISH, "5 mars 2024"),
        ("de", locales.ENGLISH, "5. März 2024"),
        ("zh", locales.ENGLISH, "2024年3月5日"),
        ("de", "%A, %-d. %b %Y", "Dienstag, 5. März 2024"),
        ("fr", "%Y-%m-%d", "2024-03-05"),
        ("en-GB", "long", "5 March 2024"),
        ("xx", locales.ENGLISH, "5 March 2024"),
    ],
)
def test_dates(language: str, pattern: str, shown: str) -> None:
    """Each language writes a date in its way, where nobody says how."""
    assert locales.format_date(datetime(2024, 3, 5), pattern, language) == shown  # noqa: DTZ001


def test_numbers_and_months() -> None:
    """Numbers have the separators of the language, months of the archive its order."""
    assert locales.format_number(12345.5, "en") == "12,345.5"
    assert locales.format_number(12345.5, "de") == "12.345,5"
    assert locales.month(2026, 3, "fr") == "mars 2026"
    assert locales.month(2026, 3, "en") == ""


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Babel all of it is English."""
    locales.locale.cache_clear()
    monkeypatch.setitem(sys.modules, "babel", None)
    day = datetime(2024, 3, 5)  # noqa: DTZ001
    assert locales.format_date(day, locales.ENGLISH, "fr") == "5 March 2024"
    assert locales.format_date(day, "long", "fr") == "5 March 2024"
    assert locales.format_number(1234, "fr") == "1,234"
    locales.locale.cache_clear()


def test_a_date_on_a_page(tmp_path: Path) -> None:
    """The filters speak the language of the page, in archives too."""
    files: dict[str, str | bytes] = {
        "blasto.toml": 'archives = "month"\n[languages.de]\ndate_format = "%-d. %B"\n[languages.fr]\n',
        "content/log/a.md": page(date="2024-03-05"),
        "content/log/a.fr.md": page(date="2024-03-05"),
        "content/log/a.de.md": page(date="2024-03-05"),
        "templates/post.html": "{{ page.date | date }} {{ 1234 | number }}",
    }
    app = app_of(tmp_path, files)
    assert get(app, "/log/a/") == "5 March 2024 1,234"
    assert get(app, "/de/log/a/") == "5. März 1.234"
    assert get(app, "/fr/log/a/").startswith("5 mars 2024 1")
    assert "<h1>März 2024</h1>" in get(app, "/de/archive/2024/03/")
    assert "<h1>March 2024</h1>" in get(app, "/archive/2024/03/")


@pytest.mark.parametrize("path", sorted((CONTENT / "fr").rglob("*.md")), ids=lambda path: path.stem)
def test_the_tutorial_in_french(path: Path) -> None:
    """Each translation shows the code of its original, and has its title and description."""
    name = path.relative_to(CONTENT / "fr")
    own, original = (file.read_text(encoding="utf-8") for file in (path, CONTENT / name))
    assert [found[0] for found in FENCE.finditer(own)] == [
        found[0] for found in FENCE.finditer(original)
    ]
    assert own.count("\n## ") == original.count("\n## ")
