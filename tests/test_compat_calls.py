"""What a Frozen-Flask site calls and catches, and what blasto refuses where Frozen-Flask destroys."""

from __future__ import annotations

import subprocess
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import flask_frozen
import pytest
from flask import Flask, redirect, url_for
from sites import environment, tree
from twins import app_in

from blasto import BlastoError, Freezer, volatile

KINDS = [flask_frozen.Freezer, Freezer]
both = pytest.mark.parametrize("kind", KINDS, ids=["theirs", "ours"])


def small(root: Path) -> Flask:
    """Make an app with a front page, and pages of any name below /at/."""
    app = app_in(root)
    app.add_url_rule("/", "index", lambda: f'<a href="{url_for("at", path="one/")}">')
    app.add_url_rule("/at/<path:path>", "at", lambda path: path)
    return app


@both
def test_progress(kind: Any, tmp_path: Path) -> None:
    """``freeze_yield`` gives each URL once, with its file relative to the destination."""
    freezer = kind(small(tmp_path))
    pages = list(freezer.freeze_yield())
    assert {page.url: page.path for page in pages} == {
        "/": Path("index.html"),
        "/at/one/": Path("at/one/index.html"),
    }
    assert len(pages) == 2
    assert all((freezer.root / page.path).is_file() for page in pages)


def test_abandoned_progress(tmp_path: Path) -> None:
    """A ``freeze_yield`` that is not exhausted publishes nothing and holds no lock."""
    freezer = Freezer(small(tmp_path))
    pages = freezer.freeze_yield()
    next(pages)
    pages.close()
    assert tree(tmp_path / "build") == {}
    assert freezer.freeze() == {"/", "/at/one/"}


@both
def test_all_urls(kind: Any, tmp_path: Path) -> None:
    """``all_urls`` runs the generators and renders nothing."""
    freezer = kind(small(tmp_path))
    freezer.register_generator(lambda: ["/at/two/?q=1#top"])
    assert sorted(freezer.all_urls()) == ["/", "/at/two/"]
    assert not (tmp_path / "build").exists()


@both
def test_static_app(kind: Any, tmp_path: Path) -> None:
    """``make_static_app`` serves what was frozen."""
    freezer = kind(small(tmp_path))
    freezer.freeze()
    client = freezer.make_static_app().test_client()
    with client.get("/at/one/") as response:
        assert (response.status_code, response.data, response.mimetype) == (
            200,
            b"one/",
            "text/html",
        )
    assert client.get("/at/two/").status_code == 404


@both
def test_serving(kind: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``run`` freezes, then serves below the base URL's path."""
    app = small(tmp_path)
    app.config["FREEZER_BASE_URL"] = "https://example.org/sub/"
    served: list[Any] = []
    monkeypatch.setattr(Flask, "run", lambda self, **options: served.append((self, options)))
    kind(app).run(port=1234)
    ((static, options),) = served
    assert options == {"port": 1234}
    with static.test_client().get("/sub/at/one/") as response:
        assert response.data == b"one/"
    assert static.test_client().get("/at/one/").location == "/sub/"


@both
def test_redirect_error(kind: Any, tmp_path: Path) -> None:
    """``FREEZER_REDIRECT_POLICY = "error"`` raises the same ``ValueError``."""
    app = small(tmp_path)
    app.config["FREEZER_REDIRECT_POLICY"] = "error"
    app.add_url_rule("/old/", "old", lambda: redirect("/", 301))
    with pytest.raises(ValueError, match="Unexpected status '301 MOVED PERMANENTLY' on URL /old/"):
        kind(app).freeze()


@both
@pytest.mark.parametrize("url", ["https://example.org/", "//example.org/x", "file:///etc/passwd"])
def test_external_urls(kind: Any, url: str, tmp_path: Path) -> None:
    """A URL on another host is refused in the same words."""
    freezer = kind(small(tmp_path))
    freezer.register_generator(lambda: [url])
    with pytest.raises(ValueError, match="External URLs not supported"):
        freezer.freeze()


@both
@pytest.mark.parametrize("debug", [False, True])
def test_view_that_raises(kind: Any, debug: bool, tmp_path: Path) -> None:
    """A debugging app lets a view's exception through; else a ``ValueError`` names the URL."""
    app = small(tmp_path)
    app.debug = debug
    app.add_url_rule("/broken/", "broken", lambda: {}["key"])
    with pytest.raises(KeyError if debug else ValueError, match="key" if debug else "/broken/"):
        kind(app).freeze()


@both
def test_type_mismatch(kind: Any, tmp_path: Path) -> None:
    """A type that no host would give to the file's name is warned of, unless ignored."""
    app = small(tmp_path)
    app.add_url_rule("/api", "api", lambda: {"a": 1})
    freezer = kind(app)
    with pytest.warns(flask_frozen.MimetypeMismatchWarning, match="'api' .*application/json"):
        freezer.freeze()
    app.config["FREEZER_IGNORE_MIMETYPE_WARNINGS"] = True
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        freezer.freeze()


SITE = """
from flask import Flask, url_for
from flask_frozen import Freezer

class Named(Freezer):
    def urlpath_to_filepath(self, path):
        return super().urlpath_to_filepath(path).replace("index.html", "index.htm")

class Mine(Named):
    pass

app = Flask(__name__)
freezer = Mine(app)

@app.route("/")
def index():
    return url_for("page", name="linked")

@app.route("/page/<name>/")
def page(name):
    return name

@freezer.register_generator
def page():
    yield {"name": "generated"}

if __name__ == "__main__":
    freezer.freeze()
"""


def test_untouched_site(tmp_path: Path) -> None:
    """``blasto freeze --app site:freezer`` gives what a site's own script gives, without a change."""
    for name in ("theirs", "ours"):
        (tmp_path / name / "static").mkdir(parents=True)
        (tmp_path / name / "static" / "style.css").write_text("a {}")
        (tmp_path / name / "site_of_mine.py").write_text(SITE)
    subprocess.run([sys.executable, "site_of_mine.py"], cwd=tmp_path / "theirs", check=True)
    words = [sys.executable, "-m", "blasto", "freeze", "--app", "site_of_mine:freezer"]
    for again in ("0 reused", "4 reused"):
        done = subprocess.run(
            words, cwd=tmp_path / "ours", env=environment(), capture_output=True, text=True
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert again in done.stdout
        published = tree(tmp_path / "ours/build")
        assert published == tree(tmp_path / "theirs/build")
        assert "page/linked/index.htm" in published


HOSTILE = [
    "../evil.txt", "../../evil.txt", "a/../../evil.txt", "..", ".", "%2e%2e/evil.txt", "..%2fevil.txt",
    "..\\evil.txt", "/evil.txt", "//evil.txt", "a//evil.txt", "C:/evil.txt", "evil\0.txt", "evil\n.txt",
    "~/../../evil.txt", "x" * 300, "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("form", ["values", "string", "called", "link"])
def test_hostile_values(form: str, value: str, tmp_path: Path) -> None:
    """Whatever a generator yields for a path, nothing appears outside the destination."""
    root = tmp_path / "above" / "site"
    root.mkdir(parents=True)
    (root.parent / "evil.txt").write_text("mine")
    app = small(root)
    app.config["FREEZER_CRAWL"] = form == "link"
    freezer = Freezer(app)
    if form in ("values", "string"):
        freezer.register_generator(
            lambda: [("at", {"path": value}) if form == "values" else "/at/" + value]
        )
    elif form == "called":
        app.view_functions["index"] = lambda: url_for("at", path=value)
    else:
        app.view_functions["index"] = lambda: f'<a href="/at/{value}">'.encode(
            "utf-8", "surrogatepass"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with suppress(ValueError):
            freezer.freeze()
    outside = {
        name: data for name, data in tree(tmp_path).items() if not name.startswith("above/site/")
    }
    assert outside == {"above/evil.txt": b"mine"}
    inside = set(tree(root))
    assert all(name.startswith(("build/", ".blasto/")) for name in inside)


def test_hostile_urls_are_named(tmp_path: Path) -> None:
    """The error names every URL that leads outside, and the generator it came from."""
    freezer = Freezer(small(tmp_path))

    @freezer.register_generator
    def pages() -> Any:
        yield "/at/../../x.txt"
        yield "at", {"path": "../y.txt"}

    with pytest.raises(BlastoError) as caught:
        freezer.freeze()
    problems = caught.value.problems
    assert [problem.url for problem in problems] == ["/at/../../x.txt", "/at/../y.txt"]
    assert all("pages" in (problem.hint or "") for problem in problems)
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize("destination", [".", "..", "static", "/"])
def test_destinations_that_would_be_emptied(destination: str, tmp_path: Path) -> None:
    """The project, what holds it and its sources are no destination while extra files are removed."""
    root = tmp_path / "site"
    for path in ("app.py", "static/style.css", "templates/index.html"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("mine")
    before = tree(tmp_path)
    app = small(root)
    app.config["FREEZER_DESTINATION"] = destination
    with pytest.raises(BlastoError) as caught:
        Freezer(app).freeze()
    assert caught.value.exit_status == 2
    left = {name: data for name, data in tree(tmp_path).items() if ".blasto/" not in name}
    assert left == before


def test_two_urls_for_one_file(tmp_path: Path) -> None:
    """Two URLs that become one file with different bytes are refused, with both names."""
    app = small(tmp_path)
    app.add_url_rule("/index.html", "other", lambda: "other")
    with pytest.raises(BlastoError, match=r"/ and /index\.html become the same file"):
        Freezer(app).freeze()


def test_git_is_spared(tmp_path: Path) -> None:
    """A repository in the destination stays, though other extra files are removed."""
    for path in ("build/.git/HEAD", "build/deep/.git/HEAD", "build/.github/x", "build/extra/x"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    for _ in range(2):
        Freezer(small(tmp_path)).freeze()
        assert set(tree(tmp_path / "build")) == {
            ".git/HEAD", "deep/.git/HEAD", "index.html", "at/one/index.html"
        }  # fmt: skip


@pytest.mark.filterwarnings("ignore::flask_frozen.MissingURLGeneratorWarning")
def test_a_failed_freeze_changes_nothing(tmp_path: Path) -> None:
    """Where one page fails, what was published stays as it was, to the byte."""
    app = small(tmp_path)
    app.add_url_rule("/gone/", "gone", lambda: "here")
    freezer = Freezer(app)
    freezer.freeze()
    before = tree(tmp_path / "build")
    app.view_functions["gone"] = volatile(lambda: ("gone", 410))
    app.view_functions["index"] = volatile(lambda: "new")
    app.config["MORE"] = "settings are an observation of every URL"
    with pytest.raises(BlastoError, match="410 GONE"):
        freezer.freeze()
    assert tree(tmp_path / "build") == before
