"""Tests of links to other servers, which are all on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sites import Project, afresh, here

from blasto.check import Checked, check
from blasto.external import Asker, Known, verdict


class Server(ThreadingHTTPServer):
    """Answers by path, and counts."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, str, str | None]] = []
        self.now = self.most = 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """What the server does."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        with self.server.lock:
            self.server.now += 1
            self.server.most = max(self.server.most, self.server.now)
            self.server.seen.append((self.command, self.path, self.headers.get("If-None-Match")))
        status, location = 200, None
        match self.path.split("?")[0]:
            case "/gone":
                status = 410
            case "/no-head":
                status = 405 if self.command == "HEAD" else 200
            case "/moved":
                status, location = 301, "/fine"
            case "/angry":
                status = 503
            case "/lost":
                status = 404
        if self.path == "/fine" and self.headers.get("If-None-Match") == '"1"':
            status = 304
        self.send_response(status)
        self.send_header("ETag", '"1"')
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        # Before the client can know of it, and ask again.
        with self.server.lock:
            self.server.now -= 1
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815 - the names are http.server's

    def log_message(self, format: str, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on this machine."""
    made = Server()
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def site(root: Path, server: Server) -> Project:
    """Make and freeze a site that links to the server."""
    paths = ("fine", "gone", "no-head", "moved", "angry", "lost")
    links = "".join(f"[x]({server.url}/{path})\n\n" for path in paths)
    text = f"# Home\n\n{links}[y](https://example.org/none) [z](mailto:a@b.example) [p]({server.url}/%C3%A4?a=b#c)\n"
    project = Project(root / "site", {"content/index.md": text})
    project.freeze(strict=False)
    return project


def look(project: Project, **options: object) -> Checked:
    """Check a site with other servers."""
    with afresh("1"), here(project.root):
        return check(project.freezer(), ask=True, count=1, **options)  # type: ignore[arg-type]


def test_answers(tmp_path: Path, server: Server) -> None:
    """What is gone is an error with its line, a server in trouble a warning; HEAD comes first."""
    project = site(tmp_path, server)
    found = {(one.kind, one.path, one.line, one.message) for one in look(project).problems}
    assert found == {
        ("external", "content/index.md", 5, f'"{server.url}/gone": its server answers 410'),
        ("external-unsure", "content/index.md", 11, f'"{server.url}/angry": its server answers 503'),
        ("external", "content/index.md", 13, f'"{server.url}/lost": its server answers 404'),
    }  # fmt: skip
    methods = [method for method, path, _ in server.seen if path == "/no-head"]
    assert methods == ["HEAD", "GET"]
    assert ("HEAD", "/fine", None) in server.seen
    assert ("HEAD", "/%C3%A4?a=b", None) in server.seen
    assert server.most == 1


def test_not_asked(tmp_path: Path, server: Server) -> None:
    """Without --external nobody is asked; addresses can be left out."""
    project = site(tmp_path, server)
    with afresh("1"), here(project.root):
        assert check(project.freezer(), count=1).problems == []
    assert server.seen == []
    done = look(project, ignore=["external:*/gone", "external:*/lost", "external-unsure"])
    assert done.problems == []
    assert "/gone" not in {path for _, path, _ in server.seen}


def test_memory(tmp_path: Path, server: Server) -> None:
    """Within a day nobody is asked again; later the ETag is sent, and what is as it was stays so."""
    project = site(tmp_path, server)
    first = look(project).problems
    server.seen.clear()
    assert look(project).problems == first
    assert server.seen == []
    now = 0.0
    asker = Asker(tmp_path / "kept.json", lambda: now)
    address = f"{server.url}/fine"
    assert asker.ask([address])[address].etag == '"1"'
    asker.keep()
    now = 90_000.0
    again = Asker(tmp_path / "kept.json", lambda: now)
    assert again.ask([address])[address] == Known(200, now, '"1"')
    assert server.seen[-1] == ("HEAD", "/fine", '"1"')
    (tmp_path / "kept.json").write_text("{broken")
    assert Asker(tmp_path / "kept.json").known == {}


def test_no_answer(tmp_path: Path, server: Server) -> None:
    """A server that is not there is asked a few times only, and that is no sure fault."""
    closed = server.url
    server.shutdown()
    server.server_close()
    asker = Asker(tmp_path / "kept.json")
    answers = asker.ask([f"{closed}/{number}" for number in range(8)])
    told = [verdict(one) for one in answers.values()]
    assert [one is not None and one.sure for one in told] == [False] * 8
    messages = [one.message for one in told if one is not None]
    assert messages == ["Connection refused"] * 4 + ["the server does not answer"] * 4
    assert verdict(Known(0, 0, error="there is no such server")) == (
        "there is no such server",
        True,
    )
