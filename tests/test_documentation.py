"""What the site about blasto says is true: its examples run, its tables are complete.

In a page, a code block with ``title="PATH"`` is a file and a ``console`` block holds
commands, each after ``$``. The tutorial is followed from its first page to its last.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONTENT = ROOT / "content"
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w+)(?P<options>[^\n]*)\n(?P<text>.*?)^(?P=indent)```$",
    re.DOTALL | re.MULTILINE,
)
COMMAND = re.compile(r"^\$ (?P<command>[^\n]*)\n(?P<output>(?:(?!\$ )[^\n]*\n)*)", re.MULTILINE)


class Block(NamedTuple):
    """One code block of a page: ``title`` is the file that it holds, if any."""

    page: str
    language: str
    title: str
    text: str


def blocks(path: Path) -> Iterator[Block]:
    """Give the code blocks of a page."""
    for found in FENCE.finditer(path.read_text(encoding="utf-8")):
        indent = found["indent"]
        text = re.sub(rf"^{indent}", "", found["text"], flags=re.MULTILINE)
        title = re.search(r'title="([^"]*)"', found["options"])
        yield Block(path.relative_to(CONTENT).as_posix(), found["language"], title[1] if title else "", text)


def pages(folder: str) -> list[Path]:
    """Give the pages of a folder in the order of their weights."""
    weights = {}
    for path in (CONTENT / folder).rglob("*.md"):
        found = re.search(r"^weight: (\d+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        weights[path] = int(found[1]) if found and path.name != "_index.md" else 0
    return sorted(weights, key=lambda path: (weights[path], path))


def environment() -> dict[str, str]:
    """Give an environment in which blasto is found, and nothing else says how to freeze."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BLASTO_")}
    kept.pop("CI", None)
    return {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "LC_ALL": "C"}


def run(command: str, folder: Path) -> str:
    """Run a shown command in a folder; give what it prints, errors first."""
    words = re.sub(r"^python ", f"{shlex.quote(sys.executable)} ", command)
    words = re.sub(r"^blasto ", f"{shlex.quote(sys.executable)} -m blasto ", words)
    done = subprocess.run(words, shell=True, cwd=folder, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stderr + done.stdout


def timeless(output: str) -> str:
    """Take out of a command's output what differs from run to run."""
    return re.sub(r"in \d+\.\d s", "in some time", output).strip()


RUNS = ("python freeze.py", "find build", "blasto why", "blasto freeze")


def test_tutorial(tmp_path):
    """Whoever follows the tutorial gets the files and the output that it shows."""
    followed = 0
    for page in pages("tutorial"):
        for block in blocks(page):
            if block.title:
                file = tmp_path / block.title
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(block.text, encoding="utf-8")
            elif block.language == "console":
                for found in COMMAND.finditer(block.text):
                    if found["command"].startswith(RUNS):
                        followed += 1
                        given = run(found["command"], tmp_path)
                        if found["output"]:
                            where = f"{block.page}: {found['command']}"
                            assert (where, timeless(found["output"])) == (where, timeless(given))
    assert followed > 8
    built = {path.relative_to(tmp_path / "build").as_posix() for path in (tmp_path / "build").rglob("*")}
    assert {
        "index.html",
        "about/index.html",
        "log/first-boat/index.html",
        "tags/boats/index.html",
        "boats/marie/index.html",
        "static/harbour.css",
        "feed.xml",
    } <= built
