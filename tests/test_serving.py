"""Tests of the writing loop: what an edit makes the server do, without a browser."""

from __future__ import annotations

import re
import threading
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from lived import lived
from looped import Looped
from sites import Project, here
from werkzeug.test import Client

from blasto import project as projects
from blasto import serving
from blasto.cli import main
from blasto.freezer import Freezer
from blasto.news import News
from blasto.serving import Loop

FILES: dict[str, str | bytes] = {
    "blasto.toml": 'title = "Notes"\n',
    "content/index.md": "# Home\n\nHello.\n",
    "content/blog/one.md": "---\ntitle: One\ndate: 2025-01-01\n---\nText.\n",
    "content/draft.md": "---\ndraft: true\nexpires: 2020-01-01\n---\n# Draft\n",
    "static/own.css": "p { color: red }\n",
    "data/team.yaml": "- Ada\n",
    "freeze.py": "from blasto import Freezer, create_app\napp = create_app(__file__)\n"
    "freezer = Freezer(app)\n\n@app.get('/team/')\ndef team():\n"
    "    return ' '.join(app.extensions['blasto'].data.team)\n",
}


@pytest.fixture
def site(tmp_path: Path) -> Project:
    """A small site."""
    return Project(tmp_path / "site", FILES)


@pytest.fixture
def looped(site: Project) -> Looped:
    """The site in a loop."""
    return Looped(site)


def test_every_kind_of_edit(looped: Looped) -> None:
    """Pages, templates, data, settings and files are seen, and pages are told to reload."""
    assert looped.edit("content/index.md", "# Home\n\nChanged.\n") == "reload"
    assert "Changed." in looped.text("/")
    assert looped.edit("content/blog/two.md", "---\ndate: 2025-02-02\n---\n# Two\n") == "reload"
    assert "Two" in looped.text("/blog/")
    assert looped.edit("templates/post.html", "<p>theirs</p>") == "reload"
    assert "<p>theirs</p>" in looped.text("/blog/one/")
    assert looped.edit("templates/post.html", "<p>theirs, longer</p>") == "reload"
    assert "theirs, longer" in looped.text("/blog/one/")
    (looped.site.root / "templates/post.html").unlink()
    assert looped.told(str(looped.site.root / "templates/post.html")) == "reload"
    assert "Text." in looped.text("/blog/one/")
    assert looped.edit("data/team.yaml", "- Grace\n") == "reload"
    assert "Grace" in looped.text("/team/")
    assert looped.edit("blasto.toml", 'title = "Words"\n') == "reload"
    assert "Words" in looped.text("/")
    assert looped.edit("content/a.svg", "<svg/>") == "reload"
    assert looped.text("/a.svg") == "<svg/>"
    assert looped.edit("static/own.css", "p { color: blue }\n") == "style"
    assert "blue" in looped.text("/static/own.css")


def test_what_makes_no_difference(looped: Looped) -> None:
    """Nobody is told of a file that nothing is made of, or that was saved as it was."""
    for path in ("notes.txt", "build/index.html", ".blasto/ledger.sqlite", "content/.hidden"):
        assert looped.edit(path, "x") is None, path
    assert looped.edit("content/index.md", "# Home\n\nHello.\n") in (None, "reload")
    assert looped.told(str(looped.site.root / "content/index.md")) is None


def test_the_script_is_in_pages_only(looped: Looped) -> None:
    """Pages get a script at their end; other files, and what a script fetches, are untouched."""
    html = looped.text("/")
    assert re.search(r'<script src="/_blasto/live.js" data-version="\d+" defer></script>\s*</body>', html)  # fmt: skip
    answer = looped.get("/")
    assert answer.content_length == len(answer.data)
    assert answer.headers["Cache-Control"] == "no-store"
    plain = Client(looped.loop.workshop).get("/")
    assert plain.data == looped.get("/", **{"Sec-Fetch-Dest": "empty"}).data
    assert b"_blasto" not in plain.data
    for path in ("/static/own.css", "/feed.xml", "/sitemap.xml", "/robots.txt"):
        assert "_blasto" not in looped.text(path)
    assert b"live.js" in looped.get("/nowhere/").data
    assert "EventSource" in looped.text("/_blasto/live.js")
    assert looped.get("/_blasto/nothing.js").status_code == 404


def test_not_in_what_is_published(site: Project, looped: Looped) -> None:
    """Neither the frozen tree nor the app for gunicorn knows any of this."""
    site.freeze()
    assert not any(b"_blasto" in data for data in site.tree().values())
    live = projects.here(site.root).app.test_client()
    assert b"_blasto" not in live.get("/").data
    assert live.get("/_blasto/").status_code == 404
    assert looped.get("/_blasto/events").status_code == 200


def test_marks(looped: Looped) -> None:
    """A badge says what a freeze leaves out, and how much is wrong."""
    html = looped.text("/draft/")
    assert '<span class="mark">Draft</span><span class="mark">Expired 2020-01-01 00:00</span>' in html  # fmt: skip
    assert "blasto-badge" not in looped.text("/blog/one/")
    looped.edit("content/bad.md", "---\ntitle: [\n---\n")
    assert '<span class="errors">1 error</span>' in looped.text("/blog/one/")
    assert "content/bad.md:" in looped.text("/_blasto/problems/")
    (looped.site.root / "content/bad.md").unlink()
    looped.told(str(looped.site.root / "content/bad.md"))
    assert "blasto-badge" not in looped.text("/blog/one/")


def test_an_error_in_content(looped: Looped) -> None:
    """A page that cannot be read shows all that is wrong with the content, escaped."""
    looped.edit("content/blog/one.md", "---\ntitle: <b>&\ntags: [\n---\n")
    looped.edit("content/bad.md", "---\ndate: 2024-13-45\n---\n")
    answer = looped.get("/blog/one/")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "content/blog/one.md:" in html
    assert "content/bad.md:2" in html
    assert "title: &lt;b&gt;&amp;" in html
    assert 'class="line wrong"' in html
    assert looped.edit("content/blog/one.md", "# One\n") == "reload"
    assert looped.get("/blog/one/").status_code == 200


def test_an_error_in_settings(looped: Looped) -> None:
    """All that is wrong in blasto.toml stands in place of every page until it is mended."""
    looped.edit("blasto.toml", 'titel = "x"\npaginate = "many"\n')
    for path in ("/", "/blog/one/", "/nowhere/"):
        html = looped.text(path)
        assert "blasto.toml:1" in html
        assert "blasto.toml:2" in html
        assert "did you mean" in html
    looped.edit("content/index.md", "# Edited meanwhile\n")
    assert "blasto.toml:1" in looped.text("/")
    looped.edit("blasto.toml", 'title = "Mended"\n')
    assert "Mended" in looped.text("/")
    assert "Edited meanwhile" in looped.text("/")


def test_an_error_in_code(site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site whose code does not run is shown as its error, with file, line and traceback."""
    site.edit("freeze.py", "freezer = ", "1/0\nfreezer = ")
    monkeypatch.chdir(site.root)
    html = Looped(site).text("/")
    assert "freeze.py:3" in html
    assert "ZeroDivisionError: division by zero" in html
    assert "Traceback (most recent call last)" in html
    site.write("freeze.py", "app = (\n")
    assert "freeze.py:1" in Looped(site).text("/")
    site.remove("freeze.py")
    site.write("blasto.toml", '\ntitel = "x"\n')
    assert "blasto.toml:2" in Looped(site).text("/")


def test_files_that_start_the_process_again(looped: Looped) -> None:
    """Code that is loaded and the folders that the app was made with need a new process."""
    started: list[list[str]] = []
    looped.loop.restart = lambda names: started.append(sorted(names))  # type: ignore[method-assign]
    root = looped.site.root
    assert looped.loop.watched.code([str(root / "freeze.py")]) == ["freeze.py"]
    assert looped.loop.watched.code([str(root / "other.py"), str(root / "content/index.md")]) == []
    looped.edit("blasto.toml", 'title = "Notes"\nstatic = "files"\n')
    assert started == [["blasto.toml"]]


def test_a_plain_flask_app(tmp_path: Path) -> None:
    """An app that knows nothing of blasto is watched and shown, too."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_text("<p>first</p>")
    app = Flask("plain", root_path=str(tmp_path))

    @app.get("/")
    def page() -> str:
        return app.jinja_env.get_template("page.html").render()

    loop = Loop(projects.Project(app, Freezer(app)))
    loop.read()
    client = Client(loop.app)
    assert b"<p>first</p>" in client.get("/").data
    (tmp_path / "templates/page.html").write_text("<p>second, longer</p>")
    assert loop.take([str(tmp_path / "templates/page.html")])
    assert b"<p>second, longer</p>" in client.get("/").data


def test_news() -> None:
    """A stream says what a page of a version has to do; several changes are one answer."""
    news = News(100)
    assert news.since(100) is None
    assert news.since(99) == "reload"
    news.tell("style")
    news.tell("style")
    assert news.since(100) == "style"
    news.tell()
    assert news.since(100) == "reload"
    assert news.since(103) is None
    sent = b"".join(islice(news.stream(100), 2)).decode()
    assert sent == 'retry: 150\n\nid: 103\ndata: {"kind": "reload", "version": 103}\n\n'


def test_a_start_reads_nothing_twice(site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a freeze or an earlier server has read is not read again; what changed since is."""
    monkeypatch.setattr(serving, "WORTH", 0)
    first = Looped(site).loop
    assert first.site is not None
    for thread in threading.enumerate():
        if thread.name == "blasto keep":
            thread.join()
    assert first.site.reread.read == 3
    second = Looped(site).loop
    assert second.site is not None
    assert second.site.reread.read == 0
    assert second.site.library.by_path == first.site.library.by_path
    site.edit("content/blog/one.md", "title: One", "title: First")
    third = Looped(site)
    assert third.loop.site is not None
    assert third.loop.site.reread.read == 1
    assert "First" in third.text("/blog/one/")
    with here(site.root):
        assert CliRunner().invoke(main, ["clean"]).exit_code == 0
    assert not (site.root / ".blasto/survey").exists()
    assert site.run().returncode == 0
    fourth = Looped(site).loop
    assert fourth.site is not None
    assert fourth.site.reread.read == 0


@pytest.mark.slow
def test_a_server_of_its_own(site: Project) -> None:
    """A burst of saves is one event, code starts the process again, and it is the same one."""
    with lived(site) as live:
        version = live.version()
        for number in range(20):
            site.write("content/blog/one.md", f"# One\n\nText {number}.\n")
        assert live.told(version) == "reload"
        assert "Text 19." in live.get("/blog/one/")
        version = live.version()
        site.edit("freeze.py", "' '.join", "'we ' + ' '.join")
        assert live.told(version) == "reload"
        assert "we Ada" in live.get("/team/")
        assert [line for line in live.said if "again" in line and "freeze.py" in line]


@pytest.mark.slow
def test_without_reload(site: Project) -> None:
    """Without it nothing is put into pages, and an edit is seen at the next request."""
    with lived(site, "--no-reload") as live:
        assert "_blasto" not in live.get("/")
        site.write("content/index.md", "# Edited\n")
        assert "Edited" in live.get("/")
