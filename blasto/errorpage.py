"""What is wrong, as a page for the browser: file, line, the lines around it, and the hint.

For the server that shows a site while it is written; ``console`` says the same on the
terminal. Everything in it comes from files of the site, so all of it is escaped.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader

from . import trace
from .diagnose import LIBRARIES, PACKAGE, shown
from .errors import Problem
from .themes import THEME

FOLDER = Path(__file__).parent / "workbench"
AROUND = 4
"""Lines shown before and after the one at fault."""
WIDE = 400
EDITORS = {
    "vscode": "vscode://file{path}:{line}:{column}",
    "vscodium": "vscodium://file{path}:{line}:{column}",
    "cursor": "cursor://file{path}:{line}:{column}",
    "zed": "zed://file{path}:{line}:{column}",
    "pycharm": "pycharm://open?file={path}&line={line}",
    "idea": "idea://open?file={path}&line={line}",
    "sublime": "subl://open?url=file://{path}&line={line}",
    "textmate": "txmt://open?url=file://{path}&line={line}",
}
PROGRAMS = {"code": "vscode", "codium": "vscodium", "subl": "sublime", "mate": "textmate"}


class Line(NamedTuple):
    """One line of an excerpt; ``caret`` is the text before the place at fault."""

    number: int
    text: str
    wrong: bool
    caret: str | None = None


@cache
def environment() -> Environment:
    """Give the templates of this server's own pages."""
    made = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.globals["style"] = (FOLDER / "style.css").read_text(encoding="utf-8")
    return made


def page(
    problems: Sequence[Problem],
    root: Path,
    *,
    heading: str,
    error: BaseException | None = None,
) -> str:
    """Show problems.

    :param root: the project.
    :param heading: what stands above them.
    :param error: the exception behind the first of them.
    """
    with trace.paused():
        shown_now = [
            {"problem": one, "lines": excerpt(one, root), "editor": editor_url(one, root)}
            for one in problems
        ]
        return environment().get_template("error.html").render(
            problems=shown_now, heading=heading, frames=frames(error, root),
            trace="".join(traceback.format_exception(error)) if error is not None else "",
        )  # fmt: skip


def file_of(path: str, root: Path) -> Path:
    """Give the file that a problem names."""
    if path.startswith("theme/") and not (root / path).exists():
        return THEME / "templates" / path.removeprefix("theme/")
    return root / path


def excerpt(problem: Problem, root: Path) -> list[Line]:
    """Give the lines around the place at fault, none where there is no such file."""
    if problem.path is None or problem.line is None:
        return []
    try:
        text = file_of(problem.path, root).read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        text = ""
    lines = text.splitlines()
    wrong = problem.line
    if not 0 < wrong <= len(lines):
        if problem.source is None:
            return []
        return [Line(wrong, problem.source[:WIDE], True)]
    first = max(1, wrong - AROUND)
    found = []
    for number in range(first, min(len(lines), wrong + AROUND) + 1):
        caret = None
        line = lines[number - 1][:WIDE]
        if number == wrong and problem.column is not None and problem.column <= len(line) + 1:
            caret = "".join("\t" if one == "\t" else " " for one in line[: problem.column - 1])
        found.append(Line(number, line, number == wrong, caret))
    return found


def frames(error: BaseException | None, root: Path) -> list[tuple[str, int, str, str]]:
    """Give place, line, function and source of the site's own frames, outermost first."""
    found = []
    for frame in traceback.extract_tb(error.__traceback__ if error is not None else None):
        own = frame.filename.startswith(str(root) + os.sep)
        theme = frame.filename.startswith(PACKAGE + "theme" + os.sep)
        if (own or theme) and not any(part in frame.filename for part in LIBRARIES):
            found.append(
                (shown(frame.filename, root), frame.lineno or 0, frame.name, frame.line or "")
            )
    return found if len(found) > 1 else []


def editor() -> str:
    """Give the URL by which an editor opens a file: as ``BLASTO_EDITOR`` says, or a guess."""
    asked = os.environ.get("BLASTO_EDITOR", "")
    if "{path}" in asked:
        return asked
    program = os.path.basename((os.environ.get("VISUAL") or os.environ.get("EDITOR") or "").split(" ")[0])  # fmt: skip
    for name in (asked, PROGRAMS.get(program, program)):
        if name in EDITORS:
            return EDITORS[name]
    return EDITORS["vscode"]


def editor_url(problem: Problem, root: Path) -> str | None:
    """Give the URL that opens the editor at a problem's place."""
    if problem.path is None:
        return None
    return file_url(file_of(problem.path, root), problem.line or 1, problem.column or 1)


def file_url(file: Path, line: int = 1, column: int = 1) -> str:
    """Give the URL that opens a file in the editor."""
    return editor().format(path=quote(file.as_posix()), line=line, column=column)


def unique(problems: Iterable[Problem]) -> list[Problem]:
    """Give each problem once, in order."""
    return list(dict.fromkeys(problems))
