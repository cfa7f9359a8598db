"""Compressed copies beside texts: by option, the same bytes at any time, none stale."""

from __future__ import annotations

import gzip
from importlib.util import find_spec
from pathlib import Path

import brotli
import pytest
from quick import app_of, page
from sites import Project

from blasto import imaging, minifying
from blasto.errors import UsageError

FILES: dict[str, str | bytes] = {
    "blasto.toml": '[assets]\nprecompress = ["gz", "br"]\n',
    "content/index.md": page("Word " * 400, title="Home"),
    "content/about.md": page("Other " * 400, title="About"),
    "templates/page.html": "{{ page.html }}",
    "static/photo.png": b"\x89PNG" + b"0" * 1000,
    "static/small.css": "p{}",
    "public/own.txt": "a" * 1000,
    "public/own.txt.gz": b"mine",
}


def test_copies(tmp_path: Path) -> None:
    """Each text of some size has its copies; what is compressed, small or written stays alone."""
    site = Project(tmp_path / "site", dict(FILES))
    site.freeze()
    tree = site.tree()
    for name in ("index.html", "about/index.html", "static/blasto/style.css"):
        assert gzip.decompress(tree[f"{name}.gz"]) == tree[name]
        assert brotli.decompress(tree[f"{name}.br"]) == tree[name]
        assert tree[f"{name}.gz"][4:8] == b"\0\0\0\0"
    assert not {"static/photo.png.gz", "static/small.css.gz"} & set(tree)
    assert tree["own.txt.gz"] == b"mine"
    assert "own.txt.br" in tree


def test_what_an_edit_makes_again(tmp_path: Path) -> None:
    """Only the copies of what changed are made; those of what is gone, go."""
    site = Project(tmp_path / "site", dict(FILES))
    site.freeze()
    assert site.freeze() == []
    site.edit("content/about.md", "Other", "Another")
    rendered = site.freeze()
    assert [url for url in rendered if url.startswith("/about")] == [
        "/about/", "/about/index.html.br", "/about/index.html.gz",
    ]  # fmt: skip
    assert not [url for url in rendered if "style" in url]
    assert site.tree() == site.clean()
    assert site.freeze() == []
    site.remove("build/index.html.gz")
    assert site.freeze() == ["/index.html.gz"]
    site.remove("content/about.md")
    site.freeze()
    assert not [name for name in site.tree() if name.startswith("about")]
    site.write("blasto.toml", '[assets]\nprecompress = ["gz"]\n')
    site.freeze()
    assert not [name for name in site.tree() if name.endswith(".br")]
    assert site.tree() == site.clean()


def test_what_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options that need an extra say which, all at once, before anything is made."""
    toml = '[assets]\nminify = true\nprecompress = ["br"]\n[images]\nresponsive = true\n'
    monkeypatch.setattr(minifying, "find_spec", lambda name: None)
    monkeypatch.setattr(imaging, "is_installed", lambda: find_spec("no such module") is not None)
    with pytest.raises(UsageError) as raised:
        app_of(tmp_path, {"blasto.toml": toml})
    assert [(problem.message.split()[0], problem.hint) for problem in raised.value.problems] == [
        ("images.responsive", "pip install 'blasto[images]'"),
        ("assets.minify", "pip install 'blasto[assets]'"),
        ("assets.precompress", "pip install 'blasto[assets]'"),
    ]
