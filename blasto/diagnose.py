"""An exception to a problem: which file and line is at fault, in words of the author.

Looks for the innermost frame that is the site's own (a template or a file of the
project), so that a message names what its reader can mend.
"""

from __future__ import annotations

import linecache
import os
from pathlib import Path
from types import TracebackType

from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError

from .bodies import EditedError
from .errors import BlastoError, Problem

PACKAGE = str(Path(__file__).parent) + os.sep
LIBRARIES = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)


def problem(error: BaseException, root: Path) -> Problem:
    """Describe an exception that stopped a view.

    :param root: the project; files below it are named relative to it.
    """
    if isinstance(error, TemplateSyntaxError):
        path = error.filename or error.name
        return Problem(
            f"template syntax: {error.message}",
            shown(path, root) if path else None,
            error.lineno,
            source=_line(path, error.lineno),
        )
    if isinstance(error, TemplateNotFound):
        names = getattr(error, "templates", None) or [error.name]
        path, line = _place(error.__traceback__, root)
        return Problem(
            "there is no template " + " or ".join(f'"{name}"' for name in names),
            path, line,
            hint="looked in templates/ and in the theme",
            source=_line(path and str(root / path), line),
        )  # fmt: skip
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return Problem(
            f"{type(error).__name__}: {error.msg}", shown(error.filename, root),
            error.lineno, error.offset or None, source=_line(error.filename, error.lineno),
        )  # fmt: skip
    path, line = _place(error.__traceback__, root)
    message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if isinstance(error, UndefinedError):
        message = str(error.message)
    return Problem(message, path, line, source=_line(path and str(root / path), line))


def shown(path: str, root: Path) -> str:
    """Give a path as messages show it: relative to the project where it lies inside."""
    try:
        return Path(path).resolve().relative_to(root.resolve()).as_posix()
    except (ValueError, OSError):
        theme = PACKAGE + "theme" + os.sep + "templates" + os.sep
        return "theme/" + path[len(theme) :] if path.startswith(theme) else path


def _place(trace: TracebackType | None, root: Path) -> tuple[str | None, int | None]:
    """Give file and line of the innermost frame that the author can mend."""
    found: tuple[str | None, int | None] = (None, None)
    fallback = found
    top = str(root.resolve()) + os.sep
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if (
            name.startswith(top) and not any(part in name for part in LIBRARIES)
        ) or name.startswith(PACKAGE + "theme" + os.sep):
            found = (shown(name, root), trace.tb_lineno)
        elif not name.startswith((PACKAGE, "<")) and not any(part in name for part in LIBRARIES):
            fallback = (name, trace.tb_lineno)
        trace = trace.tb_next
    return found if found[0] is not None else fallback


def _line(path: str | None, line: int | None) -> str | None:
    if path is None or line is None:
        return None
    return linecache.getline(path, line).rstrip("\n") or None


def was_edited(error: BlastoError) -> bool:
    """Tell whether an error only says that a file changed while it was used."""
    return isinstance(error, EditedError)
