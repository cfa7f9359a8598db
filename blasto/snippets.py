"""Snippets: ``--8<-- "file"`` becomes the lines of a file of the site.

Between ``shortcodes`` and ``passages``, before any other form is looked at, so that a snippet
may stand in a code block. A file outside the site is not read, be it by ``..`` or a symbolic
link; each file that is asked for is noted, found or not.
"""

from __future__ import annotations

import re
from pathlib import Path

from . import reads, shortcodes, trace
from .errors import did_you_mean
from .pages import MARKDOWN
from .shortcodes import DEEP, Carried, Line

SIGN = "--8<--"
ONE = re.compile(
    r"(?P<indent>[ \t>]*)(?P<kept>;*)-{1,}8<-{1,}[ \t]+(?P<quote>[\"'])(?P<name>.+?)(?P=quote)[ \t]*$"
)
MANY = re.compile(r"(?P<indent>[ \t>]*)(?P<kept>;*)-{1,}8<-{1,}[ \t]*$")
MARK = re.compile(
    r"^.*-{1,}8<-{1,}[ \t]*\[[ \t]*(?P<word>start|end)[ \t]*(?::[ \t]*(?P<name>[\w-]+)[ \t]*)?\].*$",
    re.I,
)
PART = re.compile(r":(?P<start>\d*)(?::(?P<end>\d*))?$|:(?P<name>[A-Za-z_][\w-]*)$")

Lines = list[tuple[str, Line]]
"""Lines of text, each with the file and line that it comes from."""


def include(passage: Carried) -> None:
    """Put the snippets that a text names into it."""
    lines = list(zip(passage.source.split("\n"), passage.lines, strict=False))
    made = _filled(passage, lines, ())
    passage.source = "\n".join(text for text, _ in made)
    passage.lines[:] = [line for _, line in made]


def _filled(passage: Carried, lines: Lines, stack: tuple[Path, ...]) -> Lines:
    made: Lines = []
    inside: str | None = None
    for text, line in lines:
        found = ONE.match(text) if SIGN[2:4] in text else None
        many = MANY.match(text) if found is None and SIGN[2:4] in text else None
        kept = (found and found["kept"]) or (many and many["kept"])
        if kept:
            # A semicolon before it makes text of it.
            made.append((text.replace(kept, kept[1:], 1), line))
        elif many:
            inside = many["indent"] if inside is None else None
        elif inside is not None:
            name = text.strip(" \t>")
            if name and not name.startswith(";"):
                made += _snippet(passage, text, name, inside, line, stack)
        elif found:
            made += _snippet(passage, text, found["name"], found["indent"], line, stack)
        else:
            made.append((text, line))
    return made


def _snippet(
    passage: Carried, text: str, name: str, indent: str, line: Line, stack: tuple[Path, ...]
) -> Lines:
    """Give the lines of one snippet; the line as it was where there is none."""
    part = PART.search(name)
    plain = name[: part.start()] if part else name
    file, fault, hint = _file(passage, plain, stack)
    if file is not None:
        own = _read(passage, file)
        chosen = _chosen(own, part) if part else own
        if chosen is not None:
            marked = [(one, place) for one, place in chosen if not MARK.match(one)]
            inner = _filled(passage, marked, (*stack, file))
            return [(indent + one if one else indent.rstrip(" \t"), place) for one, place in inner]
        fault, hint = f'"{plain}" has no part "{name[len(plain) + 1 :]}"', None
    if not passage.quiet:
        shortcodes.warn_at(passage, line, f"snippet: {fault}", hint)
    return [(text, line)]


def _file(
    passage: Carried, name: str, stack: tuple[Path, ...]
) -> tuple[Path | None, str, str | None]:
    """Find a file: from the folder of the site, of the content, of the page."""
    if "://" in name:
        return None, f'"{name}" is no file', "an address is not read: keep a copy in the site"
    fault = f'there is no file "{name}"'
    folders = (passage.root, passage.content_folder, passage.content_folder / passage.page.folder)
    for folder in dict.fromkeys(folders):
        found, wrong = shortcodes.within(passage.root, folder / name, name)
        if found is None:
            fault = wrong
        elif found in stack or len(stack) >= DEEP:
            return None, f'"{name}" includes itself', None
        elif reads.digest(str(found)):
            return found, "", None
    near = did_you_mean(Path(name).name, _names(passage.root / Path(name).parent))
    return None, fault, near


def _names(folder: Path) -> list[str]:
    with trace.paused():
        try:
            return sorted(one.name for one in folder.iterdir())
        except (OSError, ValueError):
            return []


def _read(passage: Carried, file: Path) -> Lines:
    from . import frontmatter  # here, for a freeze with nothing to do needs no YAML

    shown = file.relative_to(passage.root.resolve()).as_posix()
    with trace.paused():
        whole = frontmatter.decode(file.read_bytes(), shown)
    first = 1
    if file.suffix in MARKDOWN:
        document = frontmatter.parse(whole, shown)
        whole, first = document.body, document.body_line
    texts = whole.rstrip("\n").split("\n")
    return [(text, (shown, first + index)) for index, text in enumerate(texts)]


def _chosen(lines: Lines, part: re.Match[str]) -> Lines | None:
    """Give a part of a file: lines by number from 1, or what stands between two marks."""
    if part["name"] is None:
        start = int(part["start"] or 1)
        end = int(part["end"] or len(lines)) if part["end"] is not None else len(lines)
        return lines[max(start, 1) - 1 : end]
    chosen: Lines | None = None
    for one in lines:
        found = MARK.match(one[0])
        if found and found["word"].lower() == "start" and found["name"] == part["name"]:
            chosen = chosen or []
            inside = True
        elif found and found["word"].lower() == "end" and found["name"] in (part["name"], None):
            inside = False
        elif chosen is not None and inside:
            chosen.append(one)
    return chosen
