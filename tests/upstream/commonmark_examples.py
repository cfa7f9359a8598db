"""Show how much of CommonMark the dialects read.

Renders every example of CommonMark's specification and prints the share that comes out as
the specification says: with Python-Markdown alone, with blasto's default dialect and with
the ``github`` dialect. The examples come with the sources of another parser, from the
package index, and stay in `.tools/upstream`. Results are compared as documents: character
references resolved, percent-encoding undone, white space between blocks left out. What a
dialect adds to headings and code (names, colours) is off. ``--show`` prints what differs in
the ``github`` dialect; the exit status is 1 if fewer than `LEAST` examples agree there.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

PROJECT = Path(__file__).parent.parent.parent
CACHE = PROJECT / ".tools" / "upstream"
SOURCE = "mistletoe==1.6.0"
INSIDE = "test/specification/commonmark.json"
LEAST = 634
ALL = 652
BLOCKS = frozenset(
    "blockquote br dd details div dl dt h1 h2 h3 h4 h5 h6 hr iframe li ol p pre script section "
    "style summary table tbody td textarea th thead tr ul".split()
)


def examples() -> list[dict[str, Any]]:
    """Give the examples, downloaded where they are not there yet."""
    name = SOURCE.partition("==")[0]
    folder = CACHE / SOURCE.replace("==", "-")
    if not list(folder.glob("*.tar.gz")):
        folder.mkdir(parents=True, exist_ok=True)
        words = ["download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        words += ["--no-binary", name, "--dest", str(folder), SOURCE]
        subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        (member,) = (one for one in opened.getnames() if one.endswith(INSIDE))
        file = opened.extractfile(member)
        assert file is not None
        found: list[dict[str, Any]] = json.load(file)
    return found


class Document(HTMLParser):
    """An HTML text as a list of its tags and texts."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.inside_pre = 0
        self.feed(text)
        self.close()
        self.trim()

    def trim(self) -> None:
        """Take off white space before a block."""
        if self.parts and not self.inside_pre and self.parts[-1][0] != "<":
            self.parts[-1] = self.parts[-1].rstrip()
            if not self.parts[-1]:
                self.parts.pop()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.trim()
        self.inside_pre += tag == "pre"
        given = "".join(f" {name}={unquote(value or '')!r}" for name, value in sorted(attrs))
        self.parts.append(f"<{tag}{given}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.inside_pre -= tag == "pre"
        if tag in BLOCKS:
            self.trim()
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.inside_pre:
            data = re.sub(r"[ \t\n]+", " ", data)
            before = re.match(r"</?(\w+)", self.parts[-1]) if self.parts else None
            data = data.lstrip() if before and before[1] in BLOCKS else data
        if data and self.parts and self.parts[-1][0] != "<":
            self.parts[-1] += data
        elif data:
            self.parts.append(data)

    def handle_comment(self, data: str) -> None:
        self.parts.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.parts.append(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self.parts.append(f"<![{data}]>")

    def handle_pi(self, data: str) -> None:
        self.parts.append(f"<?{data}>")


def converters() -> dict[str, Any]:
    """Give a converter for each dialect, without what it adds to headings and code."""
    import markdown

    from blasto import dialects
    from blasto.converter import make
    from blasto.markup import DEFAULT_EXTENSIONS

    plain = {name: value for name, value in DEFAULT_EXTENSIONS.items() if name != "toc"}
    for name in ("smarty", "pymdownx.superfences", "pymdownx.highlight"):
        plain.pop(name)
    fenced = {**plain, "fenced_code": {}}
    sets = {"blasto's default": fenced, "github": dialects.github(plain)}
    made: dict[str, Any] = {
        "Python-Markdown alone": markdown.Markdown(extensions=["fenced_code", "sane_lists"])
    }
    for name, extensions in sets.items():
        made[name] = make(extensions=list(extensions), extension_configs=extensions,
                          output_format="html")  # fmt: skip
    return made


def main() -> int:
    """Print each dialect's share, and give the exit status."""
    found = examples()
    counts: dict[str, Counter[str]] = {}
    every = Counter(one["section"] for one in found)
    for name, converter in converters().items():
        counts[name] = Counter()
        for one in found:
            got = converter.reset().convert(one["markdown"])
            if Document(got).parts == Document(one["html"]).parts:
                counts[name][one["section"]] += 1
            elif name == "github" and "--show" in sys.argv:
                print(f"{one['example']}: {one['markdown']!r}\n  {one['html']!r}\n  {got!r}")
    for section, number in every.items():
        shares = ", ".join(f"{name} {count[section]}" for name, count in counts.items())
        print(f"   {section}: of {number}: {shares}")
    for name, count in counts.items():
        total = count.total()
        print(f"== CommonMark, {name}: {total} of {len(found)} examples, {total / len(found):.1%}")
    return 0 if counts["github"].total() >= LEAST and len(found) == ALL else 1


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT))
    sys.exit(main())
