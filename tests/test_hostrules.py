"""Tests of redirects and headers as hosts write them, and of what the app says for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sites import Project, afresh, check, here
from werkzeug.test import Client

from blasto import hostfiles, hostrules, preview
from blasto.errors import UsageError
from blasto.hostrules import Header, Redirect, Rules

CODE = """\
from flask import redirect
from blasto import Freezer, create_app

app = create_app(__file__)
freezer = Freezer(app)


@app.get("/go/")
def go():
    return redirect("/a/", 307)


@app.get("/data/one")
def one():
    return "{}", {"Content-Type": "application/json", "Cache-Control": "max-age=60"}


@app.after_request
def safe(response):
    response.headers["X-Frame-Options"] = "DENY"
    return response
"""
FILES: dict[str, str | bytes] = {
    "blasto.toml": 'title = "H"\nbase_url = "https://example.org"\nhost = "netlify"\n',
    "freeze.py": CODE,
    "content/index.md": "# Home\n\n[A](a.md)\n",
    "content/a.md": "---\ntitle: A\naliases: [/old/, /very old/]\n---\nx\n",
    "public/_redirects": "/shop/* https://shop.example/:splat\n",
}
TREE = {
    "index.html": "home", "404.html": "lost", "page.html": "page", "new/index.html": "new",
    "blog/404.html": "blog lost", "app/index.html": "app",
}  # fmt: skip
REDIRECTS = """\
# A comment
/old /new/ 302
/page /new/
/forced/* /new/:splat 301!
/news/:year/:slug /blog/:slug-:year
/app/* /app/ 200
/gone /404.html 404
/store id=:id /item/:id 301
/abroad /de/ 302 Country=de
/proxy/* https://api.example/:splat 200
bad line
"""
HEADERS = """\
/*
  X-All: 1
  # a comment
/new/*
  X-New: a
  X-All: 2
/page
  ! X-All
"""


def site(root: Path, host: str = "netlify") -> Project:
    """Make and freeze a site whose app sends headers and redirects."""
    project = Project(root / "site", FILES)
    project.edit("blasto.toml", "netlify", host)
    project.freeze(strict=False)
    return project


def text(project: Project, name: str) -> list[str]:
    """Give the lines of a published file."""
    return (project.build / name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("host", "force"), [("netlify", "!"), ("cloudflare", "")])
def test_files(tmp_path: Path, host: str, force: str) -> None:
    """Redirects and aliases join the author's file, headers are joined by folder; no warning."""
    project = site(tmp_path, host)
    assert project.report.warnings == []
    assert text(project, "_redirects") == [
        "/shop/* https://shop.example/:splat", f"/go/ /a/ 307{force}", f"/old/ /a/ 301{force}",
        f"/very%20old/ /a/ 301{force}",
    ]  # fmt: skip
    assert text(project, "_headers") == [
        "/*", "  X-Frame-Options: DENY", "/data/one", "  Cache-Control: max-age=60",
        "  Content-Type: application/json",
    ]  # fmt: skip


def test_incremental(tmp_path: Path) -> None:
    """The files are those of a clean freeze after each edit, and stay where nothing changed."""
    project = site(tmp_path)
    check(project, [])
    project.edit("content/a.md", "/old/, ", "")
    check(project, ["/_redirects", "/a/", "/very old/"])
    assert "/old/ /a/ 301!" not in text(project, "_redirects")
    project.write("public/_headers", "/x\n  Y: z\n")
    check(project, ["/_headers"])
    assert text(project, "_headers")[:2] == ["/x", "  Y: z"]
    project.edit("blasto.toml", "netlify", "nginx")
    project.freeze(strict=False)
    assert text(project, "_redirects") == ["/shop/* https://shop.example/:splat"]
    assert project.tree() == project.clean(strict=False)


def test_what_is_lost(tmp_path: Path) -> None:
    """Where the host cannot send a header, that is a warning, told again when nothing changed."""
    project = site(tmp_path, "github")
    for _ in range(2):
        messages = [one.message for one in project.report.warnings]
        assert messages[:2] == [
            'the header "Cache-Control" is lost on GitHub Pages: /data/one sets it',
            'the header "X-Frame-Options" is lost on GitHub Pages: /, and 12 more set it',
        ]
        assert len(messages) == 3  # and the type of /data/one
        project.freeze(strict=False)
    project.edit("blasto.toml", 'host = "github"\n', "")
    project.freeze(strict=False)
    assert [one.kind for one in project.report.warnings] == ["MimetypeMismatchWarning"]


def test_snippets(tmp_path: Path) -> None:
    """Each of nginx and Caddy gets the same as text of their configuration."""
    project = site(tmp_path, "nginx")
    with afresh("1"), here(project.root):
        made = hostfiles.published(project.freezer())
    assert hostrules.written(made, "nginx").splitlines() == [
        "map $request_uri $blasto_cache_control {", r'    "~^/data/one(\\?|$)" "max-age=60";', "}",
        "map $request_uri $blasto_x_frame_options {", '    "~^/" "DENY";', "}",
        "# Inside of server { }:",
        "add_header Cache-Control $blasto_cache_control always;",
        "add_header X-Frame-Options $blasto_x_frame_options always;",
        'location = "/data/one" { types { } default_type "application/json"; }',
        'location = "/go/" { return 307 "/a/"; }', 'location = "/old/" { return 301 "/a/"; }',
        'location = "/very old/" { return 301 "/a/"; }',
    ]  # fmt: skip
    assert hostrules.written(made, "caddy").splitlines() == [
        "header /* X-Frame-Options DENY", "header /data/one Cache-Control max-age=60",
        "header /data/one Content-Type application/json", "redir /go/ /a/ 307", "redir /old/ /a/ 301",
        'redir "/very old/" /a/ 301',
    ]  # fmt: skip


def test_choice(tmp_path: Path) -> None:
    """The host is the one asked for, else that of blasto.toml, else GitHub Pages."""
    project = site(tmp_path)
    with afresh("1"), here(project.root):
        freezer = project.freezer()
    assert (hostfiles.choose(freezer, None), hostfiles.choose(freezer, "file")) == (
        "netlify",
        "file",
    )
    with pytest.raises(UsageError, match='"netify" is not known'):
        hostfiles.choose(freezer, "netify")
    with pytest.raises(UsageError, match='"github" reads no rules'):
        hostfiles.choose(freezer, "github", ("nginx",))


def test_live(tmp_path: Path) -> None:
    """Live, the author's rules and the old addresses are known; other hosts have no such file."""
    project = site(tmp_path)
    with afresh("1"), here(project.root):
        client = project.freezer().app.test_client()
        answer = client.get("/_redirects")
        assert answer.text.splitlines()[1] == "/old/ /a/ 301!"
        assert client.get("/_headers").status_code == 404


def test_grouping() -> None:
    """A header that a whole folder has is one rule; one that differs below stays with its URLs."""
    a, b = ("A", "1"), ("B", "2")
    given = {"/": [a], "/x/1": [a, b], "/x/2": [a, b], "/y/1": [a, b], "/y/2": [a]}
    assert list(hostfiles.grouped(given)) == [
        Header("/*", (a,)), Header("/x/*", (b,)), Header("/y/1", (b,)),
    ]  # fmt: skip
    assert list(hostfiles.grouped({})) == []


def serve(root: Path, host: str, redirects: str = REDIRECTS) -> Client:
    """Serve a tree with rules as a host would."""
    for name, words in TREE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(words)
    rules = hostrules.read(redirects, HEADERS, host)
    return Client(preview.StaticHost(root, "", host, rules))


@pytest.mark.parametrize(
    ("host", "path", "status", "told"),
    [
        ("netlify", "/old", 302, "/new/"), ("netlify", "/old/", 302, "/new/"),
        ("cloudflare", "/old", 302, "/new/"), ("cloudflare", "/old/", 404, "lost"),
        ("netlify", "/page", 200, "page"), ("cloudflare", "/page", 302, "/new/"),
        ("netlify", "/forced/x/y?q=1", 301, "/new/x/y?q=1"),
        ("netlify", "/news/2026/storm", 301, "/blog/storm-2026"),
        ("netlify", "/app/deep/er", 200, "app"), ("cloudflare", "/app/deep", 200, "app"),
        ("netlify", "/gone", 404, "lost"),
        ("netlify", "/store?id=7", 301, "/item/7"), ("netlify", "/store", 404, "lost"),
        ("netlify", "/abroad", 404, "lost"), ("netlify", "/proxy/x", 502, None),
        ("cloudflare", "/blog/none", 404, "blog lost"), ("netlify", "/blog/none", 404, "lost"),
    ],
)  # fmt: skip
def test_preview_follows_rules(
    tmp_path: Path, host: str, path: str, status: int, told: str | None
) -> None:
    """A preview does what the rules say, in the host's order."""
    answer = serve(tmp_path, host).get(path)
    assert answer.status_code == status
    assert told in (None, answer.headers.get("Location"), answer.text)
    answer.close()


def test_preview_sends_headers(tmp_path: Path) -> None:
    """Headers of all rules that fit come together, after one another; one may be taken away."""
    client = serve(tmp_path, "cloudflare", "")
    answers: dict[str, Any] = {path: client.get(path) for path in ("/", "/new/", "/page")}
    seen = {
        path: (one.headers.get("X-All"), one.headers.get("X-New")) for path, one in answers.items()
    }
    assert seen == {"/": ("1", None), "/new/": ("1, 2", "a"), "/page": (None, None)}
    for one in answers.values():
        one.close()


def test_reading_what_was_written() -> None:
    """What is written is read as it was meant; a star in a name is no placeholder."""
    rules = Rules(
        (Redirect("/a*b/:c/", "/new/", 308, force=True),),
        (Header("/x/*", (("A", "b: c"), ("D", "e"))), Header("/a*b", (("F", "g"),))),
    )
    again = hostrules.read(
        hostrules.write_redirects(rules, "netlify"), hostrules.write_headers(rules), "netlify"
    )
    assert again.headers[0] == rules.headers[0]
    assert hostrules.match(again.headers[1].path, "/a*b") == {}
    assert hostrules.match(again.headers[1].path, "/axb") is None
    assert (again.redirects[0].status, again.redirects[0].force) == (308, True)
    assert hostrules.match(again.redirects[0].source, "/a*b/:c/") == {}
    assert hostrules.match("/:a/:a", "/x/x") is None
