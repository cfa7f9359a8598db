"""What is wrong, as data: the one shape that every room of blasto reports in.

First in the flow and last: each room raises or collects a :class:`Problem`, and
``console`` alone prints it. Nothing here formats for a terminal or exits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning"]
OF_TEXT = "MarkdownWarning"
"""Kind of what is said of a text: once, however many URLs show it."""
NAMELESS = "alt"
"""Kind of a picture without ``alt``, said of a text too; a rule of ``check``."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a site, and where.

    :param message: what is wrong, in one sentence without a final full stop.
    :param path: the file, relative to the project where it lies inside it.
    :param line: line in that file, from 1, front matter counted.
    :param column: column in that line, from 1, in characters.
    :param hint: how to mend it, a sentence.
    :param source: the text of that line, for the caret.
    :param severity: ``"error"`` or ``"warning"``.
    :param url: the URL that was being made, where that is not plain from ``path``.
    :param trace: the traceback, shown with ``--debug`` only.
    :param kind: name of the warning's class, where Frozen-Flask has one for it.
    """

    message: str
    path: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None
    source: str | None = None
    severity: Severity = "error"
    url: str | None = None
    trace: str | None = None
    kind: str = ""

    @property
    def where(self) -> str:
        """``path:line:column`` as far as it is known, else the URL, else ``""``."""
        if self.path is None:
            return self.url or ""
        parts = [self.path]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)

    def __str__(self) -> str:
        where = self.where
        return f"{where}: {self.message}" if where else self.message

    def as_error(self) -> Problem:
        """Give the same problem as an error, as ``--strict`` makes of a warning."""
        return replace(self, severity="error")

    @property
    def key(self) -> tuple[str, int, int, str]:
        """Sort by place, so that reports do not depend on who found what first."""
        return (self.path or self.url or "", self.line or 0, self.column or 0, self.message)


class BlastoError(ValueError):
    """One or several problems that stop what was asked for.

    A ``ValueError``, since that is what Frozen-Flask raises and its users catch.

    :param problems: what is wrong, at least one.
    """

    exit_status = 1

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))

    @classmethod
    def at(
        cls,
        message: str,
        path: str | None = None,
        line: int | None = None,
        column: int | None = None,
        *,
        hint: str | None = None,
        source: str | None = None,
    ) -> BlastoError:
        """Make an error of one problem."""
        return cls(Problem(message, path, line, column, hint, source))


class UsageError(BlastoError):
    """What was asked for cannot be asked: a wrong option or setting. Exit status 2."""

    exit_status = 2


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Give ``'did you mean "x"?'`` where a known word is near to ``word``."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.75)
    return f'did you mean "{near[0]}"?' if near else None
