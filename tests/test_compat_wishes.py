"""What Frozen-Flask's users have asked for since 2012: leaving out, and messages that help."""

from __future__ import annotations

import warnings
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, g, redirect, url_for
from flask_frozen import MissingURLGeneratorWarning
from small_apps import Make, app_of, frozen, refused

from blasto import Freezer, live


@pytest.fixture
def site(tmp_path: Path) -> Make:
    """Make an app in a folder of its own."""
    return partial(app_of, tmp_path)


# Leaving out


def admin() -> Blueprint:
    """Make a blueprint that must not be frozen: it removes when it is asked."""
    blueprint = Blueprint("admin", __name__, url_prefix="/admin")
    blueprint.add_url_rule("/", "index", lambda: pytest.fail("the admin was asked"))
    blueprint.add_url_rule(
        "/remove/<int:number>", "remove", lambda number: pytest.fail("it was removed")
    )
    return blueprint


@pytest.mark.parametrize(
    "patterns", [["admin"], ["admin.*"], ["admin.index", "admin.remove"], ["/admin/*"], ["*in"]]
)
def test_excluding(patterns: list[str], site: Make) -> None:
    """``FREEZER_EXCLUDE`` leaves out a blueprint, endpoints or URLs, however they are found."""
    page = '<a href="/admin/remove/1"></a><a href="/admin"></a>'
    app = site({"/": page}, FREEZER_EXCLUDE=patterns, FREEZER_CRAWL=True)
    app.register_blueprint(admin())
    app.add_url_rule("/called/", "called", lambda: url_for("admin.remove", number=2))
    assert frozen(app, "/admin/remove/3", ("admin.remove", {"number": 4})) == {
        "index.html", "called/index.html"
    }  # fmt: skip


def test_live_views(site: Make) -> None:
    """A view marked ``@live`` is never asked, and never missed."""

    @live
    def search() -> str:
        pytest.fail("the search was asked")

    app = site({"/": '<a href="/search">', "/search": search, "/find": lambda: url_for("search")},
               FREEZER_CRAWL=True, FREEZER_EXTENSIONLESS="html")  # fmt: skip
    assert frozen(app, "/search") == {"index.html", "find.html"}


def test_languages_in_flask_g(site: Make) -> None:
    """``url_defaults`` that look at ``flask.g`` see what the page's own request put there."""
    app = site({"/": lambda: url_for("home", lang="de") + url_for("home", lang="fr")})

    @app.url_defaults
    def add_language(endpoint: str, values: dict[str, Any]) -> None:
        if app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values.setdefault("lang", g.get("lang"))

    @app.url_value_preprocessor
    def take_language(endpoint: str, values: dict[str, Any] | None) -> None:
        g.lang = (values or {}).pop("lang", None)

    app.add_url_rule("/<lang>/", "home", lambda: url_for("text", name="hello"))
    app.add_url_rule("/<lang>/<name>/", "text", lambda name: f"{g.lang} {name}")
    assert frozen(app) == {
        "index.html", "de/index.html", "fr/index.html", "de/hello/index.html", "fr/hello/index.html"
    }  # fmt: skip


# Messages


def test_who_linked(site: Make) -> None:
    """A URL that fails is named with the page that led to it, by ``url_for`` and by generator."""
    app = site({"/": lambda: url_for("post", number=7)})
    app.add_url_rule("/post/<int:number>/", "post", lambda number: ("no", 404))
    assert (
        str(refused(app))
        == "/post/7/: Unexpected status '404 NOT FOUND' on URL /post/7/, found through /"
    )
    app = site({"/": "x"})
    text = str(refused(app, "/typo/"))
    assert "'404 NOT FOUND' on URL /typo/, found through <lambda>" in text


def test_who_linked_to_what_raises(site: Make) -> None:
    """A view that raises is named with its line, its URL and the page that led to it."""
    app = site({"/": lambda: url_for("post", number=0)})
    app.add_url_rule("/post/<int:number>/", "post", lambda number: str(1 // number))
    text = str(refused(app))
    assert "test_compat_wishes.py" in text
    assert "ZeroDivisionError" in text
    assert "while making /post/0/" in text
    assert "found through /" in text


def test_all_failures_at_once(site: Make) -> None:
    """One error lists every URL that failed."""
    app = site({"/": "x", "/a/": lambda: {}["a"], "/b/": ("b", 500), "/c/": lambda: None})
    assert {one.url for one in refused(app, "/d/").problems} == {"/a/", "/b/", "/c/", "/d/"}


def test_string_counts_for_its_endpoint(site: Make) -> None:
    """An endpoint of which a plain URL was frozen is not missed."""
    app = site(
        {"/": "x", "/post/<name>/": lambda name: name, "/old/<name>/": lambda name: redirect("/")}
    )
    for _ in range(2):
        assert frozen(app, "/post/a/", "/old/b/") == {
            "index.html",
            "post/a/index.html",
            "old/b/index.html",
        }


def test_generator_to_paste(site: Make, tmp_path: Path) -> None:
    """The warning of a missing generator carries one that can be pasted, and it works."""
    app = site({"/": "x"})
    blog = Blueprint("blog", __name__)
    blog.add_url_rule("/blog/<int:year>/<slug>/", "post", lambda year, slug: f"{year} {slug}")
    app.register_blueprint(blog)
    freezer = Freezer(app)
    with pytest.warns(
        MissingURLGeneratorWarning, match="Nothing frozen for endpoints blog.post"
    ) as caught:
        freezer.freeze()
    lines = str(caught[0].message).splitlines()
    code = "\n".join(line[4:] for line in lines if line.startswith("    "))
    assert '"slug": ..., "year": ...' in code
    code = code.replace('"slug": ...', '"slug": "a"').replace('"year": ...', '"year": 2026')
    exec(code, {"freezer": freezer})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert freezer.freeze() == {"/", "/blog/2026/a/"}
