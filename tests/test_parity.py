"""Tests of the comparison of the live app with the frozen tree."""

from __future__ import annotations

from pathlib import Path

import pytest
from sites import Project, afresh, blog, here
from test_hostrules import FILES

from blasto.check import check
from blasto.errors import UsageError


def differences(project: Project, host: str | None = None) -> list[str]:
    """Give the messages of what differs."""
    with afresh(project.version), here(project.root):
        done = check(project.freezer(), same=True, host=host, count=1)
    return [one.message for one in done.problems if one.kind == "parity"]


@pytest.mark.parametrize("host", ["netlify", "cloudflare", "nginx", "caddy"])
def test_a_host_that_is_told(tmp_path: Path, host: str) -> None:
    """With redirects and headers, the tree answers as the app does."""
    project = Project(tmp_path / "site", FILES)
    project.edit("blasto.toml", "netlify", host)
    project.freeze(strict=False)
    assert differences(project) == []


def test_a_host_that_cannot(tmp_path: Path) -> None:
    """GitHub Pages cannot be told a type; a redirect is as good as a page that leads on."""
    project = Project(tmp_path / "site", FILES)
    project.edit("blasto.toml", "netlify", "github")
    project.freeze(strict=False)
    assert differences(project) == [
        "the app sends application/json, GitHub Pages application/octet-stream"
    ]


@pytest.mark.parametrize("base", ["", "/sub"])
def test_content(tmp_path: Path, base: str) -> None:
    """Pages, lists, feed, files and what is not there are the same live and frozen, under a path too."""
    project = Project(tmp_path / "site", blog())
    project.edit("blasto.toml", "https://example.org", f"https://example.org{base}")
    project.write("static/site.css", "p { background: url(/static/a.svg) }\n")
    project.freeze(strict=False)
    assert differences(project) == []


def test_what_differs(tmp_path: Path) -> None:
    """An edit since the freeze, another redirect, a lost page and a view of chance are found."""
    project = Project(tmp_path / "site", FILES)
    project.freeze(strict=False)
    project.edit("content/a.md", "\nx\n", "\ny\n")
    project.edit("freeze.py", '"/a/", 307', '"/", 302')
    project.edit("freeze.py", '"{}"', '"", 404')
    with afresh("1"), here(project.root):
        done = check(project.freezer(), same=True, count=1)
    found = {(one.url, one.message) for one in done.problems if one.kind == "parity"}
    assert {
        ("/go/", "the app redirects with 302, the host with 307"),
        ("/data/one", "the app answers 404, Netlify 200"),
    } <= found
    (body,) = [message for url, message in found if url == "/a/"]
    assert body.startswith("the bodies differ: line ")
    assert '"y">" live and "' in body
    assert done.problems[0].hint == "if the site was edited since, freeze it first"


def test_only_frozen(tmp_path: Path) -> None:
    """There is nothing to compare with what is not frozen."""
    project = Project(tmp_path / "site", FILES)
    with afresh("1"), here(project.root), pytest.raises(UsageError, match="frozen tree"):
        check(project.freezer(), same=True, live=True)


def test_relative_urls(tmp_path: Path) -> None:
    """Links that a freeze makes relative are no difference."""
    code = FILES["freeze.py"]
    assert isinstance(code, str)
    made = code.replace("freezer =", 'app.config["FREEZER_RELATIVE_URLS"] = True\nfreezer =')
    project = Project(tmp_path / "site", {**FILES, "freeze.py": made})
    project.freeze(strict=False)
    assert differences(project) == []
