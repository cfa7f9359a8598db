"""What the site about blasto says can be done: its examples run, and it freezes itself.

The tutorial is followed from its first page to its last.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from documentation import COMMAND, CONTENT, ROOT, blocks, guide, pages
from PIL import Image

from blasto.cli import main


def environment() -> dict[str, str]:
    """Give an environment in which blasto is found, and nothing else says how to freeze."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BLASTO_")}
    kept.pop("CI", None)
    return {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "LC_ALL": "C"}


def run(command: str, folder: Path) -> str:
    """Run a shown command in a folder; give what it prints, errors first."""
    words = re.sub(r"^python ", f"{shlex.quote(sys.executable)} ", command)
    words = re.sub(r"^blasto ", f"{shlex.quote(sys.executable)} -m blasto ", words)
    done = subprocess.run(
        words, shell=True, cwd=folder, env=environment(), capture_output=True, text=True
    )
    failed = "blasto: error:" in done.stderr
    assert done.returncode == (1 if failed else 0), f"{command}: {done.stderr}"
    return done.stderr + done.stdout


def timeless(output: str) -> str:
    """Take out of a command's output what differs from run to run."""
    return re.sub(r"in \d+\.\d s", "in some time", output).strip()


RUNS = (
    "python freeze.py",
    "python app.py",
    "find build",
    "grep ",
    "blasto why",
    "blasto freeze",
    "blasto check",
    "blasto rules",
)


def follow(shown: list[Path], folder: Path) -> int:
    """Do what pages say, in a folder; give the number of commands that were run."""
    followed = 0
    for block in (block for page in shown for block in blocks(page)):
        if block.title and not block.title.startswith("/"):
            file = folder / block.title
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
        for found in COMMAND.finditer(block.text) if block.language == "console" else ():
            command, output = found["command"], found["output"]
            if command.startswith(RUNS) and (
                output or "guide/" not in block.page or " app.py" in command
            ):
                followed += 1
                given = run(command, folder)
                if output:
                    where = f"{block.page}: {command}\n"
                    assert where + timeless(output) == where + timeless(given)
    return followed


def test_tutorial(tmp_path):
    """Whoever follows the tutorial gets the files and the output that it shows."""
    assert follow(pages("tutorial"), tmp_path) > 8
    build = tmp_path / "build"
    files = {file.relative_to(build).as_posix() for file in build.rglob("*") if file.is_file()}
    assert {
        "index.html",
        "about/index.html",
        "log/first-boat/index.html",
        "tags/boats/index.html",
        "boats/marie/index.html",
        "static/harbour.css",
        "feed.xml",
    } <= files
    assert 'href="/harbour/boats/"' in (build / "about/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "content",
        "wikilinks",
        "shortcodes",
        "render-templates",
        "listings",
        "feeds",
        "search",
        "sharing",
        "routes",
        "existing-app",
        "frozen-flask",
        "assets",
        "checking",
        "hosts",
        "theme",
        "languages",
    ],
)
def test_guide(name, tmp_path):
    """The examples of a guide work together, and print what is shown."""
    assert follow([guide(name)], tmp_path) > 0


def test_guide_to_images(tmp_path):
    """The example of the guide to images, with a picture of its size, gives what is shown."""
    trip = tmp_path / "content/trip"
    trip.mkdir(parents=True)
    Image.effect_mandelbrot((1000, 500), (-2, -1, 1, 1), 20).convert("RGB").save(trip / "sea.jpg")
    assert follow([guide("images")], tmp_path) == 1


def every_command() -> Iterator[tuple[str, str]]:
    """Give each shown use of ``blasto`` and ``python freeze.py``, with its page."""
    for page in (*CONTENT.rglob("*.md"), ROOT / "README.md"):
        text = page.read_text(encoding="utf-8")
        for found in re.finditer(
            r"(?:^\$ |`|&& )((?:blasto|python freeze\.py)(?: [a-z-][^`\n]*)?)", text, re.MULTILINE
        ):
            yield page.name, found[1]


def test_shown_commands_exist():
    """Each command and each flag that a page shows is one that blasto has."""
    shown = list(every_command())
    assert len(shown) > 60
    for page, command in shown:
        words = command.split("  ")[0].split(" #")[0].split(" && ")[0].split()[1:]
        name = "freeze" if command.startswith("python") else words[0] if words else ""
        assert not name or name.startswith("-") or name in main.commands, f"{page}: {command}"
        options = {"--help", "--version"}
        known = main.commands.get(name)
        if isinstance(known, click.Group):
            known = known.commands.get(words[1] if len(words) > 1 else "", known)
        for parameter in known.params if known is not None else ():
            options.update([*parameter.opts, *parameter.secondary_opts])
        assert {word for word in words if word.startswith("-")} <= options, f"{page}: {command}"


def test_workflow_of_the_tutorial():
    """The tutorial's workflow is that of this repository, but for how packages come."""
    (shown,) = (
        block.text
        for block in blocks(CONTENT / "tutorial/github-pages.md")
        if block.title == ".github/workflows/pages.yml"
    )
    own = (ROOT / ".github/workflows/pages.yml").read_text(encoding="utf-8")
    assert re.findall(r"uses: (\S+)", shown) == re.findall(r"uses: (\S+)", own)
    ours, theirs = yaml.safe_load(own), yaml.safe_load(shown)
    assert theirs["jobs"]["deploy"] == ours["jobs"]["deploy"]
    for key in ("permissions", "concurrency", True):  # YAML 1.1 reads `on` as true
        assert theirs[key] == ours[key]


def test_every_page_has_a_description():
    """Search engines and lists get a sentence about each page."""
    for page in CONTENT.rglob("*.md"):
        assert re.search(r"^description: \S", page.read_text(encoding="utf-8"), re.MULTILINE), page


def test_own_site(tmp_path):
    """The site about blasto freezes without a warning, and a check of it finds nothing."""
    command = [
        sys.executable,
        "freeze.py",
        "--strict",
        "--json",
        "--destination",
        str(tmp_path / "out"),
    ]
    settings = {
        **environment(),
        "BLASTO_BASE_URL": "https://example.org/blasto",
        "FLASK_BLASTO_STATE": str(tmp_path / "state"),
    }
    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert said["warnings"] == said["errors"] == []
    assert (tmp_path / "out" / "index.html").is_file()
    words = ["check", "--strict", "--parity", "--destination", str(tmp_path / "out")]
    command = [sys.executable, "-m", "blasto", *words]
    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
