"""Tests of files that are published as they are, and of addresses in style sheets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sites import Project

from blasto import create_app, statics
from blasto.errors import BlastoError

SHEET = """\
@import "/a.css"; @import url(/b.css); @import 'c.css';
p { background: url("/d e.png"), url( '/f.png' ), url(../g.png), URL(/h.png?x#y) }
/* url(/comment.png) */ q { background: url(data:image/png;base64,AA==) url(//cdn/x.png) url(#svg) }
"""


def test_addresses() -> None:
    """All addresses of a sheet are found, comments left aside."""
    found = statics.addresses(SHEET)
    assert {"/a.css", "/b.css", "c.css", "../g.png", "/h.png?x#y", "//cdn/x.png", "#svg"} <= set(
        found
    )
    assert "/comment.png" not in found


def test_rewrite_keeps_the_rest() -> None:
    """Only addresses change; every other byte stays."""
    assert statics.rewrite(SHEET, lambda target: target) == SHEET
    changed = statics.rewrite(
        SHEET,
        lambda target: "/sub" + target if target.startswith("/") and target[1] != "/" else target,
    )
    assert "@import \"/sub/a.css\"; @import url(/sub/b.css); @import 'c.css';" in changed
    assert "url( '/sub/f.png' )" in changed
    assert "/* url(/comment.png) */" in changed
    assert "url(//cdn/x.png) url(#svg)" in changed


def test_base_path_in_style_sheets(tmp_path: Path) -> None:
    """Under a base path the sheet of static/, of a bundle and of public/ lead to the right place."""
    sheet = "p { background: url(/static/a.png) url(a.png) }"
    project = Project(
        tmp_path / "site",
        {
            "blasto.toml": 'base_url = "https://example.org/sub"\n',
            "content/index.md": "# H\n",
            "content/b/index.md": "# B\n",
            "content/b/own.css": sheet,
            "static/a.css": sheet,
            "static/a.png": b"x",
            "static/deep/a.png": b"y",
            "public/p.css": sheet,
        },
    )
    project.freeze()
    tree = project.tree()
    for name in ("static/a.css", "b/own.css", "p.css"):
        assert tree[name] == b"p { background: url(/sub/static/a.png) url(a.png) }"
    assert (tree["static/a.png"], tree["static/deep/a.png"]) == (b"x", b"y")


def test_files_are_copied_whole(tmp_path: Path) -> None:
    """Bytes of any kind arrive as they are, from static/, public/ and content/."""
    data = bytes(range(256)) * 300
    names = [
        "static/x.bin",
        "public/.well-known/x",
        "public/CNAME",
        "content/x.bin",
        "content/b/x.bin",
    ]
    files: dict[str, str | bytes] = dict.fromkeys(names, data)
    project = Project(
        tmp_path / "site", {"content/index.md": "# H\n", "content/b/index.md": "# B\n", **files}
    )
    project.freeze()
    tree = project.tree()
    for name in ("static/x.bin", ".well-known/x", "CNAME", "x.bin", "b/x.bin"):
        assert tree[name] == data


def test_live_requests(tmp_path: Path) -> None:
    """A file that did not change is not sent again, and parts of it can be asked for."""
    project = Project(
        tmp_path / "site", {"content/index.md": "# H\n", "content/a.txt": "0123456789"}
    )
    client = create_app(project.root).test_client()
    with client.get("/a.txt") as first:
        assert (first.data, first.content_type) == (b"0123456789", "text/plain; charset=utf-8")
        tag = first.headers["ETag"]
    with client.get("/a.txt", headers={"If-None-Match": tag}) as again:
        assert again.status_code == 304
    with client.get("/a.txt", headers={"Range": "bytes=2-4"}) as part:
        assert (part.status_code, part.data) == (206, b"234")


@pytest.mark.parametrize("folder", ["static", "public", "content"])
def test_links_out_of_the_project(tmp_path: Path, folder: str) -> None:
    """A link to a file outside the project is neither published nor sent."""
    (tmp_path / "secret.txt").write_text("secret")
    project = Project(
        tmp_path / "site", {"content/index.md": "# H\n", f"{folder}/good.txt": "good"}
    )
    (project.root / folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(
        BlastoError, match=rf"{folder}/out\.txt: is a link to .*secret\.txt, outside"
    ):
        project.freeze()
    assert not project.build.exists()
    client = create_app(project.root).test_client()
    base = "/static" if folder == "static" else ""
    assert client.get(f"{base}/out.txt").status_code == 404
    with client.get(f"{base}/good.txt") as answer:
        assert answer.data == b"good"


def test_what_is_no_file(tmp_path: Path) -> None:
    """Pipes, loops and broken links are passed over, and a link inside the folder is followed."""
    project = Project(tmp_path / "site", {"content/index.md": "# H\n", "static/good.txt": "good"})
    static = project.root / "static"
    os.mkfifo(static / "pipe")
    (static / "loop").symlink_to(static)
    (static / "broken").symlink_to("nowhere")
    (static / "same.txt").symlink_to("good.txt")
    project.freeze()
    tree = project.tree()
    assert tree["static/same.txt"] == b"good"
    assert [name for name in tree if name.startswith("static/") and "blasto" not in name] == [
        "static/good.txt",
        "static/same.txt",
    ]
