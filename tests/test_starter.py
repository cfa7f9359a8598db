"""A new site and a new page: complete, without a warning, and never over somebody's files."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sites import ROOT, environment

from blasto import starter
from blasto.cli import main
from blasto.errors import BlastoError, UsageError
from blasto.project import here

POST = '---\ntitle: "A \\"day\\" at sea: why?"\ndate: 2'


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module or script in a folder."""
    today = environment()
    del today["SOURCE_DATE_EPOCH"]
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=today, capture_output=True, text=True
    )


def test_a_new_site_freezes_and_passes_its_tests(tmp_path: Path) -> None:
    """``blasto new mysite && cd mysite && python freeze.py && pytest``: all fine, no warning."""
    made = run(tmp_path, "-m", "blasto", "new", "my-site")
    assert made.returncode == 0, made.stderr
    assert made.stdout.endswith("now: cd my-site && blasto serve\n")
    site = tmp_path / "my-site"
    frozen = run(site, "freeze.py", "--strict")
    assert (frozen.returncode, frozen.stderr) == (0, "")
    assert "<title>My site</title>" in (site / "build/index.html").read_text()
    tested = run(site, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert tested.returncode == 0, tested.stdout
    assert "10 passed" in tested.stdout


def test_titles_of_any_kind(tmp_path: Path) -> None:
    """Quotes, colons and other scripts are texts in TOML and YAML."""
    title = 'He said: "è" \\ # 日本'
    starter.new_site(tmp_path / "site", title)
    site = here(tmp_path / "site").freezer.site
    assert site is not None
    assert site.settings.title == title
    assert site.page("index.md").title == title


def test_a_folder_that_is_not_empty(tmp_path: Path) -> None:
    """Files stay; a folder with hidden files only will do."""
    (tmp_path / ".git").mkdir()
    assert "freeze.py" in starter.new_site(tmp_path)
    (tmp_path / "freeze.py").write_text("mine")
    with pytest.raises(UsageError, match="is not empty"):
        starter.new_site(tmp_path)
    assert (tmp_path / "freeze.py").read_text() == "mine"


def test_the_workflow_is_our_own() -> None:
    """A new site is published by the same workflow as the site about blasto."""
    ours = (ROOT / ".github/workflows/pages.yml").read_text(encoding="utf-8")
    assert (starter.FOLDER / "pages.yml").read_text(encoding="utf-8") == ours


def test_new_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name, date and title are filled in; the site's own archetypes count first."""
    starter.new_site(tmp_path / "site")
    monkeypatch.chdir(tmp_path / "site")

    def new(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["new", "post", *words])
        return done.exit_code, done.output

    assert new('A "day" at sea: why?') == (0, "content/blog/a-day-at-sea-why.md\n")
    assert Path("content/blog/a-day-at-sea-why.md").read_text().startswith(POST)
    assert "draft: true" in Path("content/blog/a-day-at-sea-why.md").read_text()
    assert new('A "day" at sea: why?')[0] == 2
    Path("archetypes/note.md").write_text("# {{ title }} ({{ section }}, {{ slug }})\n")
    assert new("日本 Ü", "--kind", "note", "--section", "notes") == (0, "content/notes/日本-ü.md\n")
    assert Path("content/notes/日本-ü.md").read_text() == "# 日本 Ü (notes, 日本-ü)\n"
    assert new("x", "--kind", "nota")[0] == 2
    assert new("x", "--section", "../../elsewhere")[0] == 2
    Path("archetypes/bad.md").write_text("a\n{{ nothing }}\n")
    site = here(Path.cwd()).freezer.site
    assert site is not None
    with pytest.raises(BlastoError, match=r"bad\.md.*'nothing' is undefined"):
        starter.new_page(site, "x", kind="bad")
    assert not Path("content/blog/x.md").exists()


def test_what_a_site_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages, drafts, URLs, lists, routes and settings, for people and for programs."""
    starter.new_site(tmp_path / "site", now=datetime(2025, 1, 1, tzinfo=UTC))
    monkeypatch.chdir(tmp_path / "site")
    Path("content/later.md").write_text("---\ndraft: true\n---\n# Later\n")

    def listed(what: str) -> list[dict[str, object]]:
        done = CliRunner().invoke(main, ["list", what, "--json"])
        assert done.exit_code == 0, done.output
        found: list[dict[str, object]] = json.loads(done.output)
        return found

    assert [row["url"] for row in listed("pages")] == ["/about/", "/blog/", "/blog/hello/", "/"]
    assert [(row["file"], row["why"]) for row in listed("drafts")] == [("content/later.md", "draft")]  # fmt: skip
    assert {"url": "/about/", "file": "about/index.html", "from": "content/about.md"} in listed("urls")  # fmt: skip
    assert [(row["url"], row["pages"]) for row in listed("listings")] == [("/blog/", 1), ("/tags/first/", 1)]  # fmt: skip
    assert "/sitemap.xml" in [row["rule"] for row in listed("routes")]
    assert {"name": "title", "value": "Site"} in listed("settings")
    text = CliRunner().invoke(main, ["list"]).output
    assert text.splitlines()[0].split()[:3] == ["content/about.md", "/about/", "About"]
    assert not Path("build").exists()


def test_a_reader_that_has_enough(tmp_path: Path) -> None:
    """``blasto list urls | head`` ends without a word."""
    starter.new_site(tmp_path / "site")
    for number in range(2_000):
        (tmp_path / f"site/content/{number:04}-{'long' * 20}.md").write_text("x")
    command = f"set -o pipefail; {sys.executable} -m blasto list urls | head -n 1"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path / "site", env=environment(), capture_output=True, text=True
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("/ ")
