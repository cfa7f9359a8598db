"""Tests that nginx itself answers as the preview of it does, with its rules."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

from blasto import hostrules, preview
from blasto.hostrules import Header, Redirect, Rules

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
pytestmark = pytest.mark.skipif(
    not Path(NGINX).is_file(), reason="platform: nginx is not a Python package"
)
TREE = ["index.html", "404.html", "file.html", "folder/index.html", "both.html", "both/index.html",
        "bare/a.txt", "style.css", "feed.xml", "icon.ico", "x.webmanifest", "one", "a b.html"]  # fmt: skip
PATHS = ["/", "/index.html", "/file", "/file.html", "/file/", "/folder", "/folder/", "/folder?a=1", "/both",
         "/both/", "/bare", "/bare/", "/none", "/none/", "/style.css", "/feed.xml", "/icon.ico", "/x.webmanifest",
         "/one", "/old/", "/old", "/a%20b.html", "/very%20old/", "/folder/index.html"]  # fmt: skip
RULES = Rules(
    (Redirect("/old/", "/folder/", 301, True), Redirect("/very%20old/", "/a%20b.html", 302, True)),
    (
        Header("/*", (("X-All", 'a "b" \\ c'),)),
        Header("/folder/*", (("X-Folder", "1"),)),
        Header("/one", (("Content-Type", "application/json"), ("Cache-Control", "max-age=60"))),
    ),
)
CONFIGURATION = """\
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/log;
events {{ }}
http {{
    include /etc/nginx/mime.types; default_type application/octet-stream; access_log off;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    {maps}
    server {{
        listen 127.0.0.1:{port}; root {root}; error_page 404 /404.html;
        {inside}
        location / {{ try_files $uri $uri/ =404; }}
    }}
}}
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A tree that nginx serves, and the port."""
    root = tmp_path / "site"
    for name in TREE:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    for path in (tmp_path, *tmp_path.parents[:-1]):
        if path.owner() == tmp_path.owner() and "pytest" in str(path):
            path.chmod(0o755)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    maps, _, inside = hostrules.write_nginx(RULES).partition("# Inside of server { }:\n")
    file = tmp_path / "nginx.conf"
    file.write_text(
        CONFIGURATION.format(folder=tmp_path, root=root, port=port, maps=maps, inside=inside)
    )
    process = subprocess.Popen(
        [NGINX, "-c", str(file), "-p", str(tmp_path)], stderr=subprocess.PIPE
    )
    try:
        for _ in range(100):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield root, port
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_nginx(served: tuple[Path, int]) -> None:
    """Status, target, type, headers and body of each path are those of the preview."""
    root, port = served
    client = Client(preview.StaticHost(root, "", "nginx", RULES))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    names = ("Content-Type", "X-All", "X-Folder", "Cache-Control")
    for path in PATHS:
        connection.request("GET", path)
        real = connection.getresponse()
        body = real.read().decode()
        location = (real.getheader("Location") or "").removeprefix(f"http://127.0.0.1:{port}")
        answer = client.get(path)
        ours = (answer.headers.get("Location") or "").removeprefix("http://localhost")
        assert (path, real.status, location) == (path, answer.status_code, ours)
        if real.status in (200, 404):
            kinds = [real.getheader(name) for name in names]
            expected = [answer.headers.get(name) for name in names]
            if answer.headers.get("Cache-Control") == "no-cache":
                expected[3] = None  # what Flask says of any file
            assert (path, kinds, body) == (path, expected, answer.text)
        answer.close()
    connection.close()
