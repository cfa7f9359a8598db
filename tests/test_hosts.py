"""Tests of how GitHub Pages answers: types by file name, and requests for a tree."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from documentation import rows
from werkzeug.test import Client, TestResponse

from blasto import hosts, preview

TREE = {
    "index.html": "home",
    "404.html": "lost",
    "file.html": "file",
    "folder/index.html": "folder",
    "both.html": "both",
    "both/index.html": "both folder",
    "bare/a.txt": "a",
    "style.css": "p {}",
    "no-extension": "plain",
    "c# sharp?/index.html": "odd",
    "x%41y.html": "percent",
    "日本/index.html": "Japan",
    ".well-known/security.txt": "Contact",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree to serve, with a secret beside it and links out of it."""
    root = tmp_path / "build"
    for name, text in TREE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "buildings").mkdir()
    (tmp_path / "buildings" / "index.html").write_text("secret")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "linked").symlink_to(tmp_path / "buildings")
    return root


def get(tree: Path, path: str, base: str = "", **options: Any) -> TestResponse:
    """Ask for a path as it stands, without the client's normalising."""
    answer = Client(preview.StaticHost(tree, base)).open(base + path, **options)
    answer.get_data()
    answer.close()
    return answer


@pytest.mark.parametrize("base", ["", "/repo", "/a/b c"])
@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/", 200, "home"),
        ("/index.html", 200, "home"),
        ("/index", 200, "home"),
        ("/index.html/", 404, "lost"),
        ("/file", 200, "file"),
        ("/file.html", 200, "file"),
        ("/file/", 404, "lost"),
        ("/folder/", 200, "folder"),
        ("/folder/index.html", 200, "folder"),
        ("/both", 200, "both"),
        ("/both/", 200, "both folder"),
        ("/bare/", 404, "lost"),
        ("/bare", 404, "lost"),
        ("/bare/a.txt", 200, "a"),
        ("/.well-known/security.txt", 200, "Contact"),
        ("/c%23%20sharp%3F/", 200, "odd"),
        ("/x%2541y.html", 200, "percent"),
        ("/x%41y.html", 404, "lost"),
        ("/日本/", 200, "Japan"),
        ("/nowhere", 404, "lost"),
        ("/404.html", 200, "lost"),
        ("/%00", 404, "lost"),
        ("/" + "a" * 5000, 404, "lost"),
        ("/%ff/", 404, "lost"),
        ("/../secret.txt", 404, "lost"),
        ("/%2e%2e/secret.txt", 404, "lost"),
        ("/..%2fsecret.txt", 404, "lost"),
        ("/bare/../../secret.txt", 404, "lost"),
        ("/link.txt", 404, "lost"),
        ("/linked/", 404, "lost"),
    ],
)
def test_answers(tree: Path, base: str, path: str, status: int, body: str) -> None:
    """Each request gets what GitHub Pages would give, and nothing from outside the tree."""
    answer = get(tree, path, base.replace(" ", "%20"))
    shown = preview.StaticHost(tree, base)
    assert shown.base_path == base
    if " " not in base:
        assert (answer.status_code, answer.text) == (status, body)
    else:
        answer = Client(shown).get(base.replace(" ", "%20") + path)
        assert (answer.status_code, answer.text) == (status, body)
        answer.close()


def test_folder_without_slash(tree: Path) -> None:
    """A folder without its slash is redirected to, query and odd names kept."""
    for base in ("", "/repo"):
        for path, there in [
            ("/folder", "/folder/"), ("/folder?a=1&b=%20", "/folder/?a=1&b=%20"),
            ("/c%23%20sharp%3F", "/c%23%20sharp%3F/"),
        ]:  # fmt: skip
            answer = get(tree, path, base)
            assert answer.status_code == 301
            assert answer.headers["Location"] == f"http://localhost{base}{there}"


def test_outside_the_base_path(tree: Path) -> None:
    """The base path without its slash leads in; beside it there is nothing."""
    client = Client(preview.StaticHost(tree, "/repo/"))
    answer = client.get("/repo")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/repo/")
    for path in ("/", "/repository/", "/file.html", "//repo/"):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (404, "lost")
        answer.close()


def test_no_open_redirect(tree: Path) -> None:
    """No path leads a browser to another host."""
    for path in (
        "//evil.example/folder",
        "//evil.example/..",
        "/\\evil.example/folder",
        "//folder",
    ):
        answer = get(tree, path)
        location = answer.headers.get("Location", "http://localhost/")
        assert location.startswith("http://localhost/")


def test_methods_and_conditions(tree: Path) -> None:
    """HEAD has no body, other methods are refused, an unchanged file is not sent again."""
    answer = get(tree, "/", method="HEAD")
    assert (answer.status_code, answer.data, answer.content_length) == (200, b"", 4)
    assert get(tree, "/", method="POST").status_code == 405
    tag = get(tree, "/").headers["ETag"]
    assert get(tree, "/", headers={"If-None-Match": tag}).status_code == 304
    assert get(tree, "/nowhere", headers={"If-None-Match": tag}).status_code == 404


def test_without_404_page(tree: Path) -> None:
    """A tree without 404.html gets a plain answer."""
    (tree / "404.html").unlink()
    answer = get(tree, "/nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")


def test_wsgi(tree: Path) -> None:
    """It keeps to PEP 3333, whatever the answer is."""
    app: Any = validator(preview.StaticHost(tree))
    for path in ("/", "/folder", "/nowhere", "/style.css"):
        environ: dict[str, Any] = {"PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": ""}
        setup_testing_defaults(environ)
        found = app(environ, lambda status, headers, info=None: lambda data: None)
        assert b"".join(found)
        found.close()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("STYLE.CSS", "text/css; charset=utf-8"),
        ("app.js", "application/javascript; charset=utf-8"),
        ("feed.xml", "application/xml; charset=utf-8"),
        ("data.json", "application/json; charset=utf-8"),
        ("a.tar.gz", "application/gzip"),
        ("logo.svg", "image/svg+xml"),
        ("photo.jpeg", "image/jpeg"),
        ("CNAME", "application/octet-stream"),
        (".htaccess", "application/octet-stream"),
        ("a.unknown", "application/octet-stream"),
    ],
)
def test_types(tree: Path, name: str, kind: str) -> None:
    """The type follows from the name alone, is given once, and is what is served."""
    assert hosts.content_type(name) == kind
    (tree / name).write_text("x")
    assert get(tree, f"/{name}").content_type == kind


def test_agreement() -> None:
    """Two names of one format agree; a type that the file would not get does not."""
    assert hosts.agrees("app.js", "text/javascript")
    assert hosts.agrees("feed.xml", "text/xml")
    assert hosts.agrees("CNAME", "application/octet-stream")
    assert not hosts.agrees("page.html", "text/plain")
    assert not hosts.agrees("feed", "application/xml")


SHOWN = {"file.html", "folder/index.html", "both.html", "both/index.html", "index.html", "404.html"}


class Shown:
    """The tree of the guide, by names alone."""

    def file(self, name: str) -> bool:
        return name in SHOWN

    def folder(self, name: str) -> bool:
        return name in {"", "folder", "both"}


def shown(host: hosts.Host, path: str) -> str:
    """Give what a path gets, in the words of the guide."""
    reply = host.reply(path, Shown())
    if reply.location is not None:
        return f"to `{reply.location}`"
    if reply.status == 404:
        lost = f"`{reply.file}`" if path == "/none" and reply.file else "404"
        return (
            f"{lost} of the nearest folder"
            if host.name == "cloudflare" and path == "/none"
            else lost
        )
    if path.endswith("/"):
        assert reply.file == path.strip("/") + "/index.html"
        return "its page"
    return "itself" if reply.file == path.strip("/") else f"`{reply.file}`"


def test_the_table_of_the_guide() -> None:
    """The guide says of each host what it does."""
    table = [
        [cell.strip() for cell in row.strip("|").split("|")]
        for row in rows("guide/publish/hosts.md", "What they do")
    ]
    assert len(table) == 9
    for path, *told in table:
        assert told == [shown(host, path.strip("`")) for host in hosts.HOSTS.values()], path


@pytest.mark.parametrize(
    ("host", "path", "status", "told"),
    [
        ("cloudflare", "/index.html", 308, "/"), ("cloudflare", "/folder/index", 308, "/folder/"),
        ("cloudflare", "/index", 308, "/"), ("cloudflare", "/_redirects", 404, "404.html"),
        ("netlify", "/_headers", 404, "404.html"), ("github", "/_headers", 404, "404.html"),
        ("nginx", "/deep/", 403, None), ("nginx", "/deep", 301, "/deep/"),
        ("caddy", "/file.html/", 308, "/file.html"), ("file", "/", 404, None),
        ("github", "/../x", 404, "404.html"), ("nginx", "/a/../../x", 404, "404.html"),
    ],
)  # fmt: skip
def test_replies(host: str, path: str, status: int, told: str | None) -> None:
    """What else hosts do: index pages, their own files, folders without a page, ways out."""

    class Deep(Shown):
        def folder(self, name: str) -> bool:
            return name == "deep"

    reply = hosts.HOSTS[host].reply(path, Deep())
    assert reply == hosts.Reply(
        status, None if status in (301, 308) else told, told if status in (301, 308) else None
    )


def test_an_application_of_one_page() -> None:
    """Cloudflare Pages shows the first page for all that it has not, where there is no 404.html."""

    class Single(Shown):
        def file(self, name: str) -> bool:
            return name == "index.html"

    assert hosts.HOSTS["cloudflare"].reply("/none", Single()) == hosts.Reply(200, "index.html")
    assert hosts.HOSTS["github"].reply("/none", Single()) == hosts.Reply(404)


def test_types_of_nginx() -> None:
    """What nginx's table does not know is an octet stream; no charset is added."""
    kinds = [
        hosts.nginx_type(name)
        for name in ("a.html", "a.xml", "a.ico", "a.md", "a.webmanifest", "CNAME")
    ]
    assert kinds == ["text/html", "text/xml", "image/x-icon", *["application/octet-stream"] * 3]
