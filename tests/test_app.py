"""An app with blasto: whose rule wins, and how a wrong ``blasto.toml`` is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from blasto import Blasto, BlastoError, Freezer, create_app

ROOT = Path(__file__).resolve().parent.parent
FREEZE = """\
from blasto import Freezer, create_app

app = create_app(__file__)
freezer = Freezer(app)

if __name__ == "__main__":
    freezer.main()
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Make a site of one dated page."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "one.md").write_text("---\ndate: 2026-01-02\n---\n# One\n")
    (tmp_path / "freeze.py").write_text(FREEZE)
    return tmp_path


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("url", ["/", "/one/", "/robots.txt", "/feed.xml", "/404.html"])
def test_rules_of_the_app_win(site, url, first):
    """A rule of the app's own answers, whether it was added before blasto or after."""
    app = Flask("shop", root_path=str(site))
    if not first:
        Blasto(app)
    app.add_url_rule(url, "own", lambda: "my own")
    if first:
        Blasto(app)
    assert app.test_client().get(url).text == "my own"


def test_rules_with_a_variable_win(site):
    """A rule that could mean a page of the content is asked before it."""
    app = create_app(site)
    app.add_url_rule("/<path:name>", "own", lambda name: f"my {name}")
    client = app.test_client()
    assert client.get("/one/").text == "my one/"
    assert "<html" in client.get("/").text


def test_public_files_win(site):
    """A robots.txt in public/ takes the place of the one that blasto makes."""
    (site / "public").mkdir()
    (site / "public" / "robots.txt").write_text("User-agent: *\n")
    app = create_app(site)
    with app.test_client().get("/robots.txt") as response:
        assert response.text == "User-agent: *\n"
    Freezer(app).freeze()
    assert (site / "build" / "robots.txt").read_text() == "User-agent: *\n"


def test_layout_of_the_theme(site):
    """`theme.layout` is the layout of sections that have none of their own."""
    (site / "content" / "log").mkdir()
    (site / "content" / "log" / "two.md").write_text("---\ndate: 2026-01-02\n---\n# Two\n")
    assert 'class="blog"' in create_app(site).test_client().get("/log/two/").text
    (site / "blasto.toml").write_text('[theme]\nlayout = "docs"\n')
    assert 'class="docs"' in create_app(site).test_client().get("/log/two/").text


def test_wrong_options(site):
    """`python freeze.py` prints what is wrong with blasto.toml and leaves with status 2."""
    (site / "blasto.toml").write_text('titel = "x"\n')
    done = subprocess.run(
        [sys.executable, "freeze.py"],
        cwd=site,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith('blasto: error: blasto.toml:1:1: "titel" is not an option\n')
    assert "Traceback" not in done.stderr
    with pytest.raises(BlastoError, match="titel"):
        create_app(site)


def test_old_ledger_is_no_fault_of_the_site(site):
    """A ledger that cannot be used is told, and does not stop a strict freeze."""
    freezer = Freezer(create_app(site))
    freezer.freeze()
    (site / ".blasto" / "ledger.sqlite").write_bytes(b"no ledger" * 1000)
    list(freezer.freeze_options(strict=True))
    (warning,) = freezer.report.warnings
    assert "begun anew" in warning.message
    assert freezer.report.errors == []
