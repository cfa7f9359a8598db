"""Reading the pages of the site about blasto, for the tests of what they say.

In a page, a code block with ``title="PATH"`` is a file and a ``console`` block holds
commands, each after ``$``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

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
        yield Block(
            path.relative_to(CONTENT).as_posix(), found["language"], title[1] if title else "", text
        )


def pages(folder: str) -> list[Path]:
    """Give the pages of a folder in the order of their weights."""
    weights = {}
    for path in (CONTENT / folder).rglob("*.md"):
        found = re.search(r"^weight: (\d+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        weights[path] = int(found[1]) if found and path.name != "_index.md" else 0
    return sorted(weights, key=lambda path: (weights[path], path))


def guide(name: str) -> Path:
    """Give a page of the guide, in whichever folder of it the page lies."""
    (found,) = (CONTENT / "guide").rglob(f"{name}.md")
    return found


def rows(page: str, heading: str) -> list[str]:
    """Give the rows of the table under a heading."""
    text = (CONTENT / page).read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    under = {name.strip("`"): part for name, part in zip(parts[1::2], parts[2::2], strict=True)}
    lines = [line for line in under[heading].splitlines() if line.startswith("|")]
    return lines[2:]


def names(page: str, heading: str) -> set[str]:
    """Give what stands as code in the first column of the table under a heading."""
    return {
        word
        for row in rows(page, heading)
        for word in re.findall(r"`([^`]+)`", row.split(" | ")[0])
    }
