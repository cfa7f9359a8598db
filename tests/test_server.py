"""Tests of the two servers: what they show, whom they answer, and what cannot break them."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sites import Project, environment
from werkzeug.test import Client

from blasto import create_app, server
from blasto.errors import UsageError
from blasto.preview import StaticHost
from blasto.serving import live

SECRET = "the-secret-outside"
FILES: dict[str, str | bytes] = {
    "blasto.toml": 'base_url = "https://example.org/sub"\n',
    "content/index.md": "# Home\n\nHello.\n",
    "content/draft.md": "---\ndraft: true\n---\n# Draft\n",
    "content/later.md": "---\ndate: 2999-01-01\n---\n# Later\n",
    "static/site.css": "p { color: red }\n",
    "../secret.txt": SECRET,
}
RAW = {
    "parent": "GET /../secret.txt HTTP/1.1",
    "parent in static": "GET /static/../../secret.txt HTTP/1.1",
    "encoded dots": "GET /static/%2e%2e/%2e%2e/secret.txt HTTP/1.1",
    "encoded slash": "GET /static/..%2f..%2fsecret.txt HTTP/1.1",
    "twice encoded": "GET /static/%252e%252e/secret.txt HTTP/1.1",
    "backslash": "GET /static/..\\..\\secret.txt HTTP/1.1",
    "absolute path": "GET //etc/passwd HTTP/1.1",
    "absolute in theme": "GET /static/blasto//etc/passwd HTTP/1.1",
    "NUL": "GET /static/%00 HTTP/1.1",
    "NUL in theme": "GET /static/blasto/a%00.css HTTP/1.1",
    "NUL in page": "GET /a%00/ HTTP/1.1",
    "not UTF-8": "GET /%ff%fe/ HTTP/1.1",
    "symlink": "GET /static/out.txt HTTP/1.1",
    "state": "GET /.blasto/ledger.sqlite HTTP/1.1",
    "long": f"GET /{'a' * 5000}/ HTTP/1.1",
    "long in static": f"GET /static/{'a' * 300} HTTP/1.1",
    "other host": "GET http://evil.example/ HTTP/1.1",
    "parent of the server's pages": "GET /_blasto/../../secret.txt HTTP/1.1",
    "encoded in the server's pages": "GET /_blasto/%2e%2e%2f%2e%2e%2fsecret.txt HTTP/1.1",
    "NUL in the server's pages": "GET /_blasto/a%00 HTTP/1.1",
    "folder": "GET /static/ HTTP/1.1",
    "method": "PUT / HTTP/1.1",
    "no method": "/ HTTP/1.1",
    "no version": "nonsense",
    "binary": "\x16\x03\x01\x02",
    "debugger": "GET /?__debugger__=yes&cmd=resource&f=debugger.js HTTP/1.1",
    "console": "GET /console HTTP/1.1",
}


@pytest.fixture
def site(tmp_path: Path) -> Project:
    """A small site, with a secret beside it."""
    return Project(tmp_path / "site", FILES)


def test_drafts_and_edits(site: Project) -> None:
    """Drafts and pages to come are shown, and an edit is seen at the next request."""
    client = Client(live(create_app(site.root)))
    assert b"Draft" in client.get("/draft/").data
    assert b"Later" in client.get("/later/").data
    site.write("content/index.md", "# Home\n\nChanged.\n")
    assert b"Changed." in client.get("/").data
    site.write("content/new.md", "# New\n")
    assert client.get("/new/").status_code == 200
    site.remove("content/new.md")
    assert client.get("/new/").status_code == 404


def test_templates(site: Project) -> None:
    """A template that is edited, added or removed shows at the next request."""
    client = Client(live(create_app(site.root)))
    assert b"theirs" not in client.get("/").data
    site.write("templates/page.html", "<p>theirs</p>")
    assert client.get("/").data == b"<p>theirs</p>"
    site.write("templates/page.html", "<p>theirs, longer</p>")
    assert client.get("/").data == b"<p>theirs, longer</p>"
    site.remove("templates/page.html")
    assert b"Hello." in client.get("/").data


@pytest.mark.parametrize(
    ("bound", "header", "status"),
    [
        ("127.0.0.1", "localhost", 200),
        ("127.0.0.1", "localhost:5000", 200),
        ("127.0.0.1", "LOCALHOST.", 200),
        ("127.0.0.1", "site.localhost:80", 200),
        ("127.0.0.1", "127.0.0.1:8000", 200),
        ("127.0.0.1", "127.8.8.8", 200),
        ("::1", "[::1]:5000", 200),
        ("127.0.0.1", "evil.example", 400),
        ("127.0.0.1", "evil.example:5000", 400),
        ("127.0.0.1", "localhost.evil.example", 400),
        ("127.0.0.1", "localhost@evil.example", 400),
        ("127.0.0.1", "127.0.0.1.evil.example", 400),
        ("127.0.0.1", "192.168.1.4", 400),
        ("127.0.0.1", "", 400),
        ("127.0.0.1", "a/b", 400),
        ("0.0.0.0", "my-machine.lan:5000", 200),
        ("192.168.1.4", "192.168.1.4", 200),
        ("0.0.0.0", "a b", 400),
    ],
)
def test_host_header(site: Project, bound: str, header: str, status: int) -> None:
    """On loopback only this machine's own names are answered; elsewhere all well-formed ones."""
    checked = server.HostCheck(create_app(site.root), bound)
    assert Client(checked).get("/", headers={"Host": header}).status_code == status


def test_debugger_only_on_loopback(site: Project) -> None:
    """The debugger is off unless asked for, and refused where others could reach it."""
    app = create_app(site.root)
    address = "/?__debugger__=yes&cmd=resource&f=debugger.js"
    assert b"openShell" not in Client(live(app)).get(address).data
    asked = Client(live(app, debugger=True)).get(address, base_url="http://127.0.0.1")
    assert b"openShell" in asked.data
    asked.close()
    with pytest.raises(UsageError, match="open to others"):
        live(app, "0.0.0.0", debugger=True)


def test_errors_are_shown(site: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong stands on the terminal and in the browser, escaped, and the server lives on."""
    app = create_app(site.root)

    @app.get("/own/")
    def own() -> str:
        raise ValueError("<b>no</b>")

    client = Client(live(app))
    answer = client.get("/own/")
    assert answer.status_code == 500
    assert b"ValueError: &lt;b&gt;no&lt;/b&gt;" in answer.data
    assert "ValueError: <b>no</b>" in capsys.readouterr().err
    site.write("content/bad.md", "---\ntitle: [\n---\n")
    site.write("templates/page.html", "{{ 1 +")
    answer = client.get("/")
    assert answer.status_code == 500
    assert b"templates/page.html:1" in answer.data
    said = capsys.readouterr().err
    assert "templates/page.html:1" in said
    assert said.count("content/bad.md:") == 1
    site.remove("templates/page.html")
    assert client.get("/").status_code == 200
    assert "bad.md" not in capsys.readouterr().err


def test_next_free_port() -> None:
    """A port that is taken leads to the next one."""
    with server.listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with server.listen("127.0.0.1", port) as second:
            assert port < second.getsockname()[1] <= port + server.TRIES


@pytest.mark.parametrize(
    ("host", "port"), [("203.0.113.9", 5000), ("no such host", 5000), ("127.0.0.1", 70000)]
)
def test_address_that_cannot_be_used(host: str, port: int) -> None:
    """An address of another machine, a wrong name or port is a usage error."""
    with pytest.raises(UsageError):
        server.listen(host, port)


def test_no_tree(tmp_path: Path) -> None:
    """A preview of nothing says what to do."""
    with pytest.raises(UsageError, match="no frozen site"):
        server.serve_frozen(StaticHost(tmp_path / "build"), "127.0.0.1", 0)


@contextmanager
def serving(site: Project, *arguments: str) -> Iterator[tuple[int, str]]:
    """Run a server of the command line on a free port; give the port and what it printed."""
    command = [sys.executable, "-m", "blasto", *arguments, "--port", "0"]
    with subprocess.Popen(
        command, cwd=site.root, env=environment(), text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.match(r"http://127\.0\.0\.1:(\d+)/", line)
            assert found, line
            yield int(found[1]), line
        finally:
            process.terminate()
            assert process.wait(30) == 0


def ask(port: int, request: str, host: str = "localhost") -> bytes:
    """Send a request as it stands and give the whole answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(
            f"{request}\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("latin-1")
        )
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while data := connection.recv(65536):
            answer += data
        return answer


@pytest.mark.parametrize("command", ["serve", "preview"])
def test_hostile_requests(site: Project, command: str) -> None:
    """Paths that lead out, malformed requests and foreign hosts get a 4xx, and the server lives on."""
    site.freeze()
    for place in ("static", "build/static"):
        (site.root / place / "out.txt").symlink_to(site.root.parent / "secret.txt")
    with serving(site, command) as (port, _):
        base = "/sub" if command == "preview" else ""
        for name, request in RAW.items():
            prefixed = (
                request.replace(" /", f" {base}/", 1) if request.startswith("GET /") else request
            )
            answer = ask(port, prefixed)
            status = re.match(rb"HTTP/1\.[01] (\d+)", answer)
            assert SECRET.encode() not in answer, name
            assert b"openShell" not in answer, name
            if name == "debugger":
                assert status is not None
                assert status[1] == b"200"
            elif status:
                assert 400 <= int(status[1]) < 500 or int(status[1]) in (301, 308, 501), (
                    name,
                    answer,
                )
            else:
                assert name in {"binary", "no version", "no method"}, name
        for place in (f"{base}/", "/_blasto/", "/_blasto/events"):
            refused = ask(port, f"GET {place} HTTP/1.1", "evil.example")
            assert b" 400 " in refused.partition(b"\r\n")[0]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", f"{base}/")
        answer = connection.getresponse()
        assert (answer.status, b"Hello." in answer.read()) == (200, True)
        connection.close()


def test_preview_under_base_path(site: Project) -> None:
    """A preview lives at the base path and prints it; outside of it there is nothing."""
    site.freeze()
    with serving(site, "preview") as (port, line):
        assert f":{port}/sub/ " in line
        assert b" 200 " in ask(port, "GET /sub/static/site.css HTTP/1.1").partition(b"\r\n")[0]
        assert b" 404 " in ask(port, "GET /static/site.css HTTP/1.1").partition(b"\r\n")[0]
        assert b" 301 " in ask(port, "GET /sub HTTP/1.1").partition(b"\r\n")[0]
