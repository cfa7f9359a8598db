from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, render_template, url_for
from quick import app_of, get, page
from sites import Project

import blasto
from blasto import Blasto, Freezer, create_app
from blasto.errors import UsageError

FILES: dict[str, str | bytes] = {
    "content/index.md": "# Home\n", "content/a b/ü.md": page(title="U"), "content/blog/2024-01-01-x.md": "x",
    "blasto.toml": 'title = "Site"\nauthor = "Ada"\n', "static/site.css": "a { background: url(/static/x.png) }\n", "public/CNAME": "example.org\n", "public/.well-known/x": "y",
}  # fmt: skip


def test_a_folder_is_an_app(tmp_path: Path) -> None:
    """From the folder or the ``freeze.py`` in it, without any file of configuration."""
    Project(tmp_path, {"content/index.md": "# Home\n", "freeze.py": ""})
    for path in (tmp_path, str(tmp_path), tmp_path / "freeze.py"):
        app = create_app(path)
        assert "<h1" in get(app, "/")
        assert app.extensions["blasto"].root == tmp_path
    with pytest.raises(UsageError, match="there is no folder"):
        create_app(tmp_path / "gone")


def test_making_an_app_reads_no_content(tmp_path: Path) -> None:
    """So that the command line is quick and a broken page does not stop it."""
    app = app_of(tmp_path, {"content/index.md": "---\n"})
    assert app.extensions["blasto"]._libraries is None


def test_what_a_site_answers(tmp_path: Path) -> None:
    """Pages, feeds, sitemap, robots, files, the theme's files, and 404 for the rest."""
    app = app_of(tmp_path, FILES)
    client = app.test_client()
    for url, kind in {
        "/": "text/html", "/a%20b/%C3%BC/": "text/html", "/blog/": "text/html", "/blog/x/": "text/html", "/404.html": "text/html",
        "/feed.xml": "application/xml", "/sitemap.xml": "application/xml", "/robots.txt": "text/plain",
        "/static/site.css": "text/css", "/static/blasto/style.css": "text/css", "/CNAME": "application/octet-stream", "/.well-known/x": "application/octet-stream",
    }.items():  # fmt: skip
        with client.get(url) as response:
            assert (url, response.status_code, response.mimetype) == (url, 200, kind)
    for url in (
        "/gone/",
        "/static/gone.css",
        "/static/blasto/gone.css",
        "/static/blasto/../../pyproject.toml",
        "/../secret",
        "/content/index.md",
        "/blasto.toml",
    ):
        with client.get(url) as response:
            assert (url, response.status_code) == (url, 404)
    assert "There is no such page" in get(app, "/gone/", 404)
    with client.post("/") as response:
        assert response.status_code == 405


def test_settings_of_code_and_flask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments win over Flask's configuration, which wins over the environment and the file."""
    Project(tmp_path, FILES)
    monkeypatch.setenv("BLASTO_AUTHOR", "Grace")
    monkeypatch.setenv("FLASK_BLASTO_LANGUAGE", "de")
    app = create_app(tmp_path, title="Mine")
    settings = app.extensions["blasto"].settings
    assert (settings.title, settings.author, settings.language) == ("Mine", "Grace", "de")
    with pytest.raises(UsageError, match=r"titel"):
        create_app(tmp_path, titel="x")


def test_url_for_a_page(tmp_path: Path) -> None:
    """By its file, or the page itself, under a base path too."""
    app = app_of(tmp_path, FILES)
    with app.test_request_context(base_url="https://example.org/sub/"):
        assert url_for("blasto.page", path="a b/ü.md") == "/sub/a%20b/%C3%BC/"
        assert url_for("blasto.page", path=app.extensions["blasto"].page("index.md")) == "/sub/"
        assert url_for("blasto.feed") == "/sub/feed.xml"
        with pytest.raises(ValueError, match=r'there is no page "gone\.md"'):
            url_for("blasto.page", path="gone.md")


def own_app(root: Path) -> Flask:
    """Make an app that had routes, templates and static files before blasto came."""
    app = Flask("own", root_path=str(root))

    @app.get("/")
    def home() -> str:
        return render_template("home2.html")

    @app.get("/api/<int:number>.json")
    def api(number: int) -> dict[str, int]:
        return {"number": number}

    @app.errorhandler(404)
    def lost(error: Exception) -> tuple[str, int]:
        return "own 404", 404

    return app


def test_an_app_keeps_what_it_had(tmp_path: Path) -> None:
    """Its routes, error pages, templates and static files win; content is added."""
    Project(tmp_path, {
        "content/about.md": page(title="About"), "templates/home2.html": "{% set about = site.page('about.md') %}own home {{ about.url }} {{ url_for('static', filename='x.css') }}",
        "static/x.css": "a{}\n",
    })  # fmt: skip
    app = own_app(tmp_path)
    Blasto(app)
    assert get(app, "/") == "own home /about/ /static/x.css"
    assert get(app, "/api/5.json").strip() == '{"number":5}'
    assert "<h1>About</h1>" in get(app, "/about/")
    assert get(app, "/gone/", 404) == "own 404"
    freezer = Freezer(app)

    @freezer.register_generator
    def api() -> object:
        yield "/api/7.json"

    freezer.freeze()
    tree = {
        path.relative_to(tmp_path / "build").as_posix()
        for path in (tmp_path / "build").rglob("*")
        if path.is_file()
    }
    assert {"index.html", "about/index.html", "api/7.json", "static/x.css", "sitemap.xml"} <= tree
    assert (tmp_path / "build/index.html").read_text() == "own home /about/ /static/x.css"


def test_an_extension_may_come_first(tmp_path: Path) -> None:
    """``init_app`` later, with a folder and settings of its own."""
    Project(tmp_path / "site", {"words/about.md": page(title="About")})
    extension = Blasto(root=tmp_path / "site", content="words")
    app = own_app(tmp_path)
    extension.init_app(app)
    assert "<h1>About</h1>" in get(app, "/about/")


def test_two_apps_in_one_process(tmp_path: Path) -> None:
    """Each has its own site."""
    one = app_of(tmp_path / "one", {"content/a.md": "One\n"})
    two = app_of(tmp_path / "two", {"content/a.md": "Two\n"})
    assert "One" in get(one, "/a/")
    assert "Two" in get(two, "/a/")


def test_edits_are_seen_while_developing(tmp_path: Path) -> None:
    """With Flask's debug mode: content, drafts, templates and what comes and goes."""
    project = Project(
        tmp_path, {"content/a.md": "First\n", "content/draft.md": page("Draft!", draft="true")}
    )
    app = create_app(tmp_path)
    get(app, "/draft/", 404)
    app.debug = True
    assert "First" in get(app, "/a/")
    assert "Draft!" in get(app, "/draft/")
    project.write("content/a.md", "Second text\n")
    project.write("content/b.md", "New\n")
    assert "Second text" in get(app, "/a/")
    assert "New" in get(app, "/b/")
    project.write("templates/page.html", "own {{ page.html }}")
    assert get(app, "/b/") == "own <p>New</p>"
    project.remove("templates/page.html")
    project.remove("content/b.md")
    get(app, "/b/", 404)
    assert "<h1" in get(app, "/a/")


def test_views_can_be_replaced(tmp_path: Path) -> None:
    """The view of each kind of target is an endpoint of its own."""
    app = app_of(tmp_path, FILES)
    app.view_functions["blasto.page"] = lambda target: f"mine {target.name}"
    assert get(app, "/a b/ü/") == "mine a b/ü.md"


def test_the_app_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``blasto:APP`` is the app of the current folder, its own routes with it."""
    Project(
        tmp_path,
        {
            **FILES,
            "freeze.py": "from blasto import create_app\n\napp = create_app(__file__)\n\n\n@app.get('/own/')\ndef own():\n    return 'own'\n",
        },
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(vars(blasto), "APP", raising=False)
    try:
        assert get(blasto.APP, "/own/") == "own"
        assert "<h1" in get(blasto.APP, "/")
    finally:
        vars(blasto).pop("APP", None)
