"""The fixtures that blasto gives to the tests of a site: what passes, and how a failure reads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sites import Project, doc, environment

TEST = """
def test_links(assert_links):
    assert_links()

def test_pages(every_url, assert_valid_html, assert_links):
    assert_valid_html(every_url)

def test_parity(assert_parity):
    assert_parity()

def test_page(page, site, client, frozen):
    assert page("a.md").title == "A"
    assert client.get("/a/").text == frozen.read("/a/")
    assert frozen.report.rendered > 3
"""


def outcome(project: Project, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a site's tests in a process of their own."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
    return subprocess.run(
        command, cwd=project.root, env=environment(), capture_output=True, text=True
    )


def test_a_sound_site(tmp_path: Path) -> None:
    """Every page is a test of its own, and all pass."""
    files: dict[str, str | bytes] = {"content/a.md": doc("A", 1, "See [b](b.md)."), "content/b.md": doc("B", 2, "Text."), "test_it.py": TEST}  # fmt: skip
    done = outcome(Project(tmp_path / "site", files))
    assert done.returncode == 0, done.stdout
    assert "test_it.py" not in done.stdout
    assert not (tmp_path / "site/build").exists()


def test_failures_name_the_source(tmp_path: Path) -> None:
    """A broken link and a second id are told with the file and line that they were written in."""
    files: dict[str, str | bytes] = {
        "content/a.md": doc("A", 1, 'See [b](gone.md).\n\n<p id="x"></p><p id="x"></p>'),
        "test_it.py": TEST,
    }
    done = outcome(Project(tmp_path / "site", files))
    assert done.returncode == 1
    assert "content/a.md:" in done.stdout
    assert '"gone.md" leads nowhere' in done.stdout
    assert "FAILED test_it.py::test_pages[/a/]" in done.stdout
    assert "FAILED test_it.py::test_pages[/]" not in done.stdout
    assert "Traceback" not in done.stdout


def test_a_plain_flask_app(tmp_path: Path) -> None:
    """The app is named in pytest's configuration; what is blasto's own says that it is not there."""
    files: dict[str, str | bytes] = {
        "pytest.ini": "[pytest]\nblasto_app = web:app\npythonpath = .\n",
        "web.py": "from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef home():\n    return '<!doctype html><html lang=en><title>x</title><h1>x</h1>'\n",
        "test_it.py": "def test_all(every_url, assert_links, assert_valid_html, assert_parity):\n    assert_links(every_url)\n    assert_valid_html(every_url)\n    assert_parity()\n\ndef test_site(site):\n    pass\n",
    }
    done = outcome(Project(tmp_path / "site", files))
    assert "1 passed, 1 error" in done.stdout, done.stdout
    assert "this app has no content of blasto's" in done.stdout


def test_loading_the_plugin_imports_nothing(tmp_path: Path) -> None:
    """A project that only has blasto installed pays for no Flask."""
    program = "import sys, blasto.pytest_plugin\nprint([one for one in sys.modules if one.startswith(('flask', 'blasto.', 'markdown'))])"
    done = subprocess.run([sys.executable, "-c", program], env=environment(), capture_output=True, text=True)  # fmt: skip
    assert done.stdout == "['blasto.pytest_plugin']\n"
