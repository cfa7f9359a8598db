"""Files for URLs: their types, lost queries, missing extensions, error pages, links that lead on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Response, request, url_for
from flask_frozen import NotFoundWarning
from sites import tree
from small_apps import Make, app_of, frozen, refused

from blasto import Freezer, create_app
from blasto.hosts import agrees, mimetype
from blasto.reports import Report


@pytest.fixture
def site(tmp_path: Path) -> Make:
    """Make an app in a folder of its own."""
    return partial(app_of, tmp_path)


# Types

TYPES = """
index.html text/html; a.htm text/html; a.xhtml application/xhtml+xml; s.css text/css
s.js application/javascript; s.js text/javascript; s.mjs text/javascript; d.json application/json
s.js.map application/json; d.geojson application/geo+json; d.jsonld application/ld+json
a.webmanifest application/manifest+json; f.xml application/xml; f.xml text/xml
f.atom application/atom+xml; f.rss application/rss+xml; r.txt text/plain; r.md text/markdown
d.csv text/csv; d.yaml text/yaml; d.yml application/yaml; d.toml application/toml
c.ics text/calendar; v.vtt text/vtt; p.pdf application/pdf; e.epub application/epub+zip
a.zip application/zip; a.gz application/gzip; a.tar application/x-tar; w.wasm application/wasm
i.png image/png; i.jpg image/jpeg; i.jpeg image/jpeg; i.gif image/gif; i.webp image/webp
i.avif image/avif; i.svg image/svg+xml; i.ico image/vnd.microsoft.icon; i.ico image/x-icon
a.mp3 audio/mpeg; a.ogg audio/ogg; a.wav audio/x-wav; v.mp4 video/mp4; v.webm video/webm
f.woff font/woff; f.woff2 font/woff2; f.ttf font/ttf; f.otf font/otf; INDEX.HTML text/html
CNAME application/octet-stream; .nojekyll application/octet-stream; a.unknown application/octet-stream
"""


@pytest.mark.parametrize("pair", TYPES.replace("\n", ";").strip("; ").split(";"))
def test_types(pair: str) -> None:
    """A file name agrees with the type that GitHub Pages sends it with, on any machine."""
    name, kind = pair.split()
    assert agrees(name, kind)
    assert not agrees(name, "text/x-other")


def test_types_do_not_depend_on_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own table cannot change what is known."""
    monkeypatch.setattr("mimetypes.guess_type", lambda name: ("text/x-odd", None))
    assert mimetype("a.js") == "application/javascript"
    assert not agrees("a.js", "text/x-odd")
    assert agrees("a.odd", "text/x-odd")


# Query strings


def test_lost_query_strings(tmp_path: Path) -> None:
    """A site of blasto's own is told once where a query string is lost; static files may have one."""

    def freeze(**config: Any) -> Report:
        app = create_app(tmp_path, strict=False)
        app.config.update(config)
        app.add_url_rule("/search/", "search", lambda: request.args.get("q", ""))
        for name in ("a", "b"):
            view = lambda: url_for("search", q=1) + url_for("static", filename="s.css", v=3)  # noqa: E731
            app.add_url_rule(f"/{name}/", name, view)
        freezer = Freezer(app)
        for _ in freezer.freeze_options():
            pass
        return freezer.report

    for path, text in {"content/index.md": "# Home\n", "static/s.css": "a {}"}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    for _ in range(2):
        (warning,) = freeze().warnings
        assert warning.url == "/a/"
        assert 'url_for("search", …) gave "/search/?q=1"' in warning.message
    assert freeze(FREEZER_QUERY=None).warnings == []


def test_query_strings_of_plain_apps(site: Make) -> None:
    """A plain app's query strings are dropped as Frozen-Flask drops them, unless it wants to know."""
    rules = {"/": lambda: url_for("at", name="x", page=2), "/at/<name>/": lambda name: name}
    app = site({"/": rules["/"]})
    app.add_url_rule("/at/<name>/", "at", rules["/at/<name>/"])
    assert frozen(app, ("at", {"name": "y", "page": 3})) == {
        "index.html",
        "at/x/index.html",
        "at/y/index.html",
    }
    app.config["FREEZER_QUERY"] = "warning"
    freezer = Freezer(app)
    freezer.register_generator(lambda: [("at", {"name": "y", "page": 3})])
    with pytest.warns(UserWarning, match="a file has no query string") as caught:
        freezer.freeze()
    assert len(caught) == 2


# Routes without extension


def posts() -> Iterator[str]:
    """Give the URLs of a collection and its items."""
    yield from ("/posts", "/posts/1", "/posts/2")


def test_extensionless_collision(site: Make) -> None:
    """``/posts`` and ``/posts/1`` cannot both be files: the error names both."""
    app = site({"/posts": "all", "/posts/<int:n>": "one"}, FREEZER_IGNORE_MIMETYPE_WARNINGS=True)
    assert "/posts and /posts/1 cannot both be published" in str(refused(app, *posts()))


@pytest.mark.parametrize(
    ("style", "files"),
    [
        ("folder", {"posts/index.html", "posts/1/index.html", "posts/2/index.html"}),
        ("html", {"posts.html", "posts/1.html", "posts/2.html"}),
    ],
)
def test_extensionless(style: str, files: set[str], site: Make, tmp_path: Path) -> None:
    """``FREEZER_EXTENSIONLESS`` makes folders or .html files of them; static files keep their names."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "LICENSE").write_text("free")
    app = site({"/posts": "all", "/posts/<int:n>": "one"}, FREEZER_EXTENSIONLESS=style)
    assert frozen(app, *posts()) == files | {"static/LICENSE"}
    with Freezer(app).make_static_app().test_client().get("/posts/1") as response:
        assert response.data == b"one"


def test_extensionless_mistake(site: Make) -> None:
    """A value that ``FREEZER_EXTENSIONLESS`` cannot have is refused."""
    assert "it can be 'folder', 'html' or None" in str(
        refused(site({"/a": "a"}, FREEZER_EXTENSIONLESS="dir"))
    )


# Error pages


def test_error_pages(site: Make) -> None:
    """``FREEZER_ERROR_PAGES`` publishes what the app's handlers give, whatever the status."""
    app = site({"/": "x", "/<path:rest>": "anything"}, FREEZER_ERROR_PAGES=[404, 500],
               FREEZER_EXCLUDE=["page1"])  # fmt: skip
    app.config["FREEZER_BASE_URL"] = "https://example.org/sub/"
    app.register_error_handler(
        404, lambda error: (f"<a href='{url_for('page0')}'>{error.code}</a>", 404)
    )
    app.register_error_handler(500, lambda error: Response("broken", 500))
    assert frozen(app) == {"index.html", "404.html", "500.html"}
    published = tree(Path(app.root_path) / "build")
    assert published["404.html"] == b"<a href='/sub/'>404</a>"
    assert published["500.html"] == b"broken"


def test_error_page_without_a_handler(site: Make) -> None:
    """An error page that nobody wrote is an error with advice."""
    text = str(refused(site({"/": "x"}, FREEZER_ERROR_PAGES=[404])))
    assert "names 404, but the app has no page for it" in text
    assert "@app.errorhandler(404)" in text


# Crawling


def test_crawling(site: Make, tmp_path: Path) -> None:
    """``FREEZER_CRAWL`` follows links in HTML and CSS, of views and of static files."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "s.css").write_text(
        "@import '/made.css'; a { background: url(/pic/1.svg) }"
    )
    page = '<link rel="stylesheet" href="/static/s.css"><a href="deep/a/?x=1#top">a</a> <a href="/slash">s</a>'
    rules = {
        "/": page,
        "/deep/<name>/": '<img src="/pic/3.svg" srcset="/pic/4.svg 2x">',
        "/slash/": "s",
        "/<any(made):name>.css": lambda name: Response(
            'b { src: url("pic/2.svg") }', mimetype="text/css"
        ),
        "/pic/<int:n>.svg": lambda n: Response("<svg/>", mimetype="image/svg+xml"),
    }
    app = site(rules, FREEZER_CRAWL=True)
    for _ in range(2):
        assert frozen(app) == {
            "index.html", "deep/a/index.html", "slash/index.html", "made.css", "static/s.css",
            "pic/1.svg", "pic/2.svg", "pic/3.svg", "pic/4.svg",
        }  # fmt: skip
    assert (tmp_path / "build/static/s.css").read_text().startswith("@import '/made.css'")


def test_crawling_reports_dead_links(site: Make) -> None:
    """A link that leads nowhere is a warning that names the page; the freeze goes on."""
    app = site(
        {"/": '<a href="/nowhere/">x</a><a href="https://example.org/">y</a>'}, FREEZER_CRAWL=True
    )
    for _ in range(2):
        with pytest.warns(
            UserWarning, match='^/: broken link: "/nowhere/" leads nowhere$'
        ) as caught:
            Freezer(app).freeze()
        assert [one.category for one in caught] == [UserWarning]


def test_ignored_404_only_where_asked(site: Make) -> None:
    """``FREEZER_IGNORE_404_NOT_FOUND`` publishes a generator's missing page, not a dead link's."""
    app = site({"/": '<a href="/at/dead/">', "/at/<name>/": ("no", 404)},
               FREEZER_CRAWL=True, FREEZER_IGNORE_404_NOT_FOUND=True)  # fmt: skip
    freezer = Freezer(app)
    freezer.register_generator(lambda: ["/at/asked/"])
    with pytest.warns((NotFoundWarning, UserWarning)):
        freezer.freeze()
    assert set(tree(freezer.root)) == {"index.html", "at/asked/index.html"}
