"""Names that a template prints and nobody defined: a warning with template and line.

Flask's templates are lenient, and sites rely on it, so nothing fails; ``--strict`` makes
an error of the warning, as of any other. A name that is only tested (``{% if name %}``,
``name is defined``, ``name | default("")``) is left alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import current_app
from jinja2 import Undefined, is_undefined

from . import diagnose, trace
from .errors import Problem, did_you_mean

KIND = "UndefinedWarning"


class Told(Undefined):
    """What Jinja2 puts in the place of a name that is not there: says so when it is used."""

    __slots__ = ()

    def __str__(self) -> str:
        self._tell()
        return super().__str__()

    def __iter__(self) -> Iterator[Any]:
        self._tell()
        return super().__iter__()

    def __len__(self) -> int:
        self._tell()
        return super().__len__()

    def __eq__(self, other: object) -> bool:
        # Two missing names are compared by Jinja2's own tests, not by an author.
        if not is_undefined(other):
            self._tell()
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return super().__hash__()

    def _tell(self) -> None:
        frame: Any = sys._getframe(2)
        template = frame.f_globals.get("__jinja_template__")
        while template is None and frame.f_back is not None:
            frame = frame.f_back
            template = frame.f_globals.get("__jinja_template__")
        if template is None:
            return
        near = None
        if self._undefined_obj is not None and self._undefined_name is not None:
            near = did_you_mean(str(self._undefined_name), dir(self._undefined_obj))
        name = self._undefined_name or "name"
        problem = Problem(
            self._undefined_message,
            diagnose.shown(template.filename, Path(current_app.root_path))
            if template.filename
            else template.name,
            template.get_corresponding_lineno(frame.f_lineno),
            hint=near or f'test it first, or give it a default: {{{{ {name} | default("") }}}}',
            severity="warning",
            kind=KIND,
        )
        if trace.current() is not None:
            trace.warn(problem)
        elif current_app.debug and not trace.is_paused():
            current_app.logger.warning("%s", problem)
