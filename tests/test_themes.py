"""Themes: a folder of the project or a package; file by file over the default one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from quick import app_of, get, page
from sites import Project, check, here

from blasto import themes
from blasto.cli import main
from blasto.errors import UsageError

FILES = {
    "blasto.toml": 'theme = "paper"\n',
    "content/index.md": page(title="Home"),
    "content/about.md": page(title="About"),
    "themes/paper/templates/page.html": '{% extends "default/page.html" %}{% block footer %}Paper {{ site.config.title }}{% endblock %}',
    "themes/paper/static/style.css": "p { color: red }\n",
    "themes/paper/static/fonts/a.txt": "a font\n",
}  # fmt: skip


def test_a_theme_of_the_project(tmp_path: Path) -> None:
    """Its files come before the default theme's, which gives all that it lacks."""
    site = Project(tmp_path / "site", dict(FILES))
    site.freeze()
    tree = site.tree()
    assert b"Paper My site" in tree["about/index.html"]
    assert b'class="bar"' in tree["about/index.html"]
    assert tree["static/blasto/style.css"] == b"p { color: red }\n"
    assert tree["static/blasto/fonts/a.txt"] == b"a font\n"
    assert b"blasto-theme" in tree["static/blasto/blasto.js"]
    assert site.freeze() == []


def test_the_sites_own_comes_first(tmp_path: Path) -> None:
    """A site overrides its theme file by file, and reaches it as ``theme/NAME``."""
    own = {
        "templates/page.html": '{% extends "theme/page.html" %}{% block header %}Mine{% endblock %}',
        "static/blasto/style.css": "p { color: blue }\n",
    }
    app = app_of(tmp_path, {**FILES, **own})
    text = get(app, "/about/")
    assert "Mine" in text
    assert "Paper" in text
    assert get(app, "/static/blasto/style.css") == "p { color: blue }\n"
    get(app, "/static/blasto/../page.html", 404)


def test_what_an_edit_renders(tmp_path: Path) -> None:
    """A file of the theme renders what shows it; one that comes or goes is found."""
    site = Project(tmp_path / "site", dict(FILES))
    site.freeze()
    site.edit("themes/paper/static/style.css", "red", "green")
    check(site, ["/static/blasto/style.css"])
    site.edit("themes/paper/templates/page.html", "Paper", "Rag")
    check(site, ["/", "/about/"])
    site.write("themes/paper/static/new.svg", "<svg/>")
    check(site, ["/static/blasto/new.svg"])
    site.remove("themes/paper/static/style.css")
    check(site, ["/static/blasto/style.css"])
    site.write("themes/paper/templates/partials/footer.html", "Foot")
    assert "/404.html" in site.freeze()
    assert site.tree() == site.clean()
    site.write("static/blasto/blasto.js", "0")
    check(site, ["/static/blasto/blasto.js"])


def test_an_installed_theme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that names itself in the entry points is a theme; its code is not run."""
    place = tmp_path / "packages"
    package = Project(place, {
        "blasto_theme_rag/__init__.py": "raise RuntimeError",
        "blasto_theme_rag/templates/page.html": "Rag: {{ page.title }}",
        "blasto_theme_rag-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: blasto-theme-rag\nVersion: 1.0\n",
        "blasto_theme_rag-1.0.dist-info/entry_points.txt": "[blasto.themes]\nrag = blasto_theme_rag\n",
    })  # fmt: skip
    monkeypatch.syspath_prepend(package.root)
    app = app_of(tmp_path / "site", {**FILES, "blasto.toml": '[theme]\nname = "rag"\n'})
    assert get(app, "/about/") == "Rag: About"
    assert themes.available(tmp_path)["rag"].source == "package blasto-theme-rag"
    assert "blasto_theme_rag" not in sys.modules


def test_no_such_theme(tmp_path: Path) -> None:
    """A wrong name is said with what there is."""
    with pytest.raises(UsageError) as raised:
        app_of(tmp_path, {**FILES, "blasto.toml": 'theme = "papre"\n'})
    (problem,) = raised.value.problems
    assert (problem.message, problem.hint) == ('there is no theme "papre"', 'did you mean "paper"?')


def test_the_command(tmp_path: Path) -> None:
    """Files are listed, copied to where they take the theme's place, and compared with it."""
    site = Project(tmp_path / "site", dict(FILES))

    def run(*arguments: str, status: int = 0) -> str:
        with here(site.root):
            done = CliRunner().invoke(main, ["theme", *arguments])
        assert done.exit_code == status, done.output
        return done.output

    assert run("list") == "  default (blasto)\n* paper (themes/paper)\n"
    assert run("copy", "page.html", "static/style.css").splitlines() == [
        "copied page.html to templates/page.html",
        "copied static/style.css to static/blasto/style.css",
    ]
    assert site.read("templates/page.html") == FILES["themes/paper/templates/page.html"]
    assert run("diff") == ""
    site.edit("static/blasto/style.css", "red", "blue")
    assert run("diff").splitlines() == [
        "--- theme/static/style.css", "+++ static/blasto/style.css", "@@ -1 +1 @@",
        "-p { color: red }", "+p { color: blue }",
    ]  # fmt: skip
    assert "static/style.css is the site's own" in run("list")
    assert "is there already" in run("copy", "page.html", status=2)
    assert 'did you mean "page.html"?' in run("diff", "pages.html", status=2)
