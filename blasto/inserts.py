"""Templates inside of a text: what shortcodes and render templates share.

Below ``shortcodes`` and ``elements``. A template is found by the app's Jinja2 environment,
which notes it and those that were looked for; what goes wrong in one is told with the
template's line and the line of the text.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from jinja2 import Template, TemplateNotFound, TemplateSyntaxError

from . import trace
from .errors import BlastoError, Problem


class Templates(Protocol):
    """What is asked of a Jinja2 environment."""

    def get_template(self, name: str) -> Template: ...
    def list_templates(self) -> list[str]: ...
    def digest_of(self, name: str) -> str: ...


def find(templates: Templates | None, name: str, root: Path) -> Template | None:
    """Give a template, ``None`` where there is none; either is noted.

    :param root: the project, for messages.
    :raises BlastoError: it has a fault of syntax.
    """
    if templates is None:
        return None
    try:
        return templates.get_template(name)
    except TemplateNotFound as error:
        if error.name != name:
            raise
        return None
    except TemplateSyntaxError as error:
        path = _shown(error.filename, root) if error.filename else name
        raise BlastoError.at(f"template syntax: {error.message}", path, error.lineno) from error


def has(templates: Templates | None, name: str) -> bool:
    """Say whether there is a template, and note the answer."""
    if templates is None:
        return False
    digest = templates.digest_of(name)
    trace.note("template", name, digest)
    return bool(digest)


def known(templates: Templates, folder: str) -> list[str]:
    """Give the names of all templates in a folder, without ``.html``."""
    with trace.paused():
        names = templates.list_templates()
    return [name[len(folder) + 1 : -5] for name in names
            if name.startswith(folder + "/") and name.endswith(".html")]  # fmt: skip


def render(template: Template, root: Path, place: str, context: dict[str, Any]) -> str:
    """Render a template inside of a text.

    :param root: the project, for messages.
    :param place: where in a text it is used, for messages.
    :raises BlastoError: the template failed.
    """
    try:
        return template.render(context)
    except BlastoError:
        raise
    except Exception as error:
        path, line = _place(error.__traceback__, root)
        text = str(error)
        if not isinstance(error, TemplateNotFound):
            text = f"{type(error).__name__}: {text}" if text else type(error).__name__
        else:
            text = f'there is no template "{text}"'
        raise BlastoError(
            Problem(text, path or template.name, line, hint=f"used in {place}")
        ) from error


def _place(traced: TracebackType | None, root: Path) -> tuple[str | None, int | None]:
    """Give file and line of the innermost template."""
    found: tuple[str | None, int | None] = (None, None)
    while traced is not None:
        if "__jinja_template__" in traced.tb_frame.f_globals or traced.tb_frame.f_code.co_filename.endswith(".html"):  # fmt: skip
            found = (_shown(traced.tb_frame.f_code.co_filename, root), traced.tb_lineno)
        traced = traced.tb_next
    return found


def _shown(path: str, root: Path) -> str:
    inside = path.startswith(f"{root}{os.sep}")
    return Path(path).relative_to(root).as_posix() if inside else path
