"""Tests of the app as a live site: it answers with the very bytes that are published."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from crawl import external, read, targets
from flask import Flask
from oddsite import FREEZE, oddities
from sites import NOW, Project, environment
from werkzeug.test import Client

from blasto import hosts, output, preview
from blasto import project as projects
from blasto.sample_data import make

ALIASES = {"old/start/index.html": "/docs/start/", "start.html": "/docs/start/"}


@pytest.fixture(scope="module", autouse=True)
def clock() -> Iterator[None]:
    """The app and the freeze live at the same instant."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = NOW
    yield
    if before is None:
        del os.environ["SOURCE_DATE_EPOCH"]
    else:
        os.environ["SOURCE_DATE_EPOCH"] = before


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The odd site, frozen."""
    made = Project(tmp_path_factory.mktemp("odd") / "site", oddities())
    made.freeze()
    return made


@pytest.fixture(scope="module")
def based(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The odd site, frozen under a base path."""
    made = Project(
        tmp_path_factory.mktemp("based") / "site", oddities("https://example.org/sub/dir")
    )
    made.freeze()
    return made


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A sample site, frozen."""
    folder = tmp_path_factory.mktemp("sample") / "site"
    make(folder, 15)
    made = Project(folder, {})
    made.freeze()
    return made


def app_of(project: Project) -> Flask:
    """Make the site's app as gunicorn would."""
    return projects.run(project.root / "freeze.py").app


def expect(name: str, data: bytes, status: int, kind: str | None, body: bytes) -> None:
    """Compare an answer of the app with a published file."""
    assert (name, status) == (name, 301 if name in ALIASES else 200)
    assert body == data, name
    media, _, charset = (kind or "").partition(";")
    assert hosts.agrees(name.rpartition("/")[2], media), (name, kind)
    if media.startswith("text/"):
        assert charset.strip().lower() == "charset=utf-8", (name, kind)


def test_odd_site_has_no_problem_but_names(odd: Project) -> None:
    """Every link of the odd site leads somewhere: only names that Windows refuses are warned of."""
    assert [one for one in odd.report.warnings if "Windows" not in one.message] == []
    assert set(ALIASES) < set(odd.tree())


def test_wsgi(odd: Project) -> None:
    """The app keeps to PEP 3333 for every frozen URL, and for one that is not there."""
    app: Any = validator(app_of(odd))
    for name, data in [*odd.tree().items(), ("nowhere/at/all", b"")]:
        for method in ("GET", "HEAD"):
            environ: dict[str, Any] = {"REQUEST_METHOD": method, "QUERY_STRING": ""}
            setup_testing_defaults(environ)
            environ["PATH_INFO"] = output.path_to_url(name).encode().decode("latin-1")
            answers: list[tuple[str, dict[str, str]]] = []

            def start(
                status: str, headers: list[tuple[str, str]], info: object = None, to: Any = answers
            ) -> Any:
                to.append((status, dict(headers)))
                return lambda data: None

            found = app(environ, start)
            body = b"".join(found)
            found.close()
            status, headers = answers[0]
            if data and method == "GET":
                expect(name, data, int(status[:3]), headers["Content-Type"], body)
            elif data:
                assert body == b""
            else:
                assert status.startswith("404")


@contextmanager
def gunicorn(root: Path, **settings: str) -> Iterator[http.client.HTTPConnection]:
    """Run gunicorn in a site's folder on a free port."""
    pytest.importorskip("gunicorn")
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "blasto:APP",
        "--bind",
        "127.0.0.1:0",
        "--threads",
        "2",
    ]
    with subprocess.Popen(
        command, cwd=root, env=environment(**settings), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stderr is not None
            said = ""
            for line in process.stderr:
                said += line
                if found := re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", line):
                    break
            else:
                pytest.fail(f"gunicorn did not start: {said}")
            connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=60)
            yield connection
            connection.close()
        finally:
            process.terminate()
            process.stderr.close() if process.stderr else None
            process.wait(30)


@pytest.mark.parametrize("which", ["odd", "sample"])
def test_gunicorn(which: str, request: pytest.FixtureRequest) -> None:
    """Under gunicorn every frozen URL answers with the frozen bytes and type."""
    project: Project = request.getfixturevalue(which)
    tree = project.tree()
    assert len(tree) > 40
    with gunicorn(project.root) as connection:
        for name, data in tree.items():
            connection.request("GET", output.encode(output.path_to_url(name)))
            answer = connection.getresponse()
            expect(name, data, answer.status, answer.getheader("Content-Type"), answer.read())
            if name in ALIASES:
                assert answer.getheader("Location") == ALIASES[name]
        connection.request("GET", "/nowhere/")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (404, tree["404.html"])
        connection.request("GET", "/docs")
        answer = connection.getresponse()
        answer.read()
        if which == "odd":
            assert (answer.status, answer.getheader("Location")) == (301, "/docs/")


def test_live_under_base_path(based: Project) -> None:
    """Mounted at the base path, the live app gives the bytes that were frozen for it."""
    client = Client(app_of(based))
    for name, data in based.tree().items():
        url = output.encode(output.path_to_url(name))
        answer = client.get(url, base_url="http://localhost/sub/dir")
        expect(name, data, answer.status_code, answer.content_type, answer.get_data())
        answer.close()
        if name in ALIASES:
            assert answer.headers["Location"] == "/sub/dir" + ALIASES[name]


@pytest.mark.parametrize("which", ["odd", "based"])
def test_every_address_answers(which: str, request: pytest.FixtureRequest) -> None:
    """On a static host each href and src of each page, style sheet and feed answers with 200."""
    project: Project = request.getfixturevalue(which)
    base = "/sub/dir" if which == "based" else ""
    client = Client(preview.StaticHost(project.build, base))
    tree = project.tree()
    crawled: set[str] = set()
    for name, data in tree.items():
        page = "https://example.org" + output.encode(base + output.path_to_url(name))
        for target in targets(name, data):
            if external(target):
                continue
            url = urljoin(page, target)
            assert url.startswith(f"https://example.org{base}/"), (name, target)
            path, _, fragment = url.removeprefix("https://example.org").partition("#")
            if path not in crawled:
                crawled.add(path)
                answer = client.get(path)
                assert (name, target, answer.status_code) == (name, target, 200)
                answer.close()
            if fragment:
                file = output.url_to_path(output.decode(path.removeprefix(base)))
                assert unquote(fragment) in read(tree[file].decode()).ids, (name, target)
    # What nobody links to: files for machines, aliases, the theme of other pages.
    reached = {output.url_to_path(output.decode(path.removeprefix(base))) for path in crawled}
    assert {path for path in tree if path.endswith("/index.html")} - reached <= set(ALIASES) | {
        "own/index.html"
    }


def test_relative_urls(tmp_path: Path) -> None:
    """With FREEZER_RELATIVE_URLS the tree opens from disk: each address is that of a file."""
    project = Project(tmp_path / "site", oddities(""))
    project.write(
        "freeze.py",
        FREEZE.replace("freezer =", 'app.config["FREEZER_RELATIVE_URLS"] = True\nfreezer ='),
    )
    project.write("content/a:b.md", "[Home](index.md), and [here](./a:b.md) in [a folder](odd/)\n")
    project.write("content/about.md", "See [colon](./a:b.md).\n")
    project.freeze()
    tree = project.tree()
    seen = 0
    for name, data in tree.items():
        # A host shows 404.html at any depth, so it keeps rooted addresses.
        if name == "404.html" or not name.endswith((".html", ".css")):
            continue
        for target in targets(name, data):
            if external(target):
                continue
            assert not target.startswith("/"), (name, target)
            url = urljoin(f"file:///build/{output.encode(name)}", target)
            path = urlsplit(url).path.removeprefix("/build/")
            assert unquote(path) in tree, (name, target)
            seen += 1
    assert seen > 500
