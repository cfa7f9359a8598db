"""blasto: write a Flask site, publish files.

Importing this package does no work; each public name is fetched when it is first used.
``APP`` is the app of the site in the current folder, for ``gunicorn blasto:APP``; under the
name ``application`` it is what ``flask --app blasto`` finds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from .app import Blasto as Blasto
    from .app import create_app as create_app
    from .errors import BlastoError as BlastoError
    from .freezer import Freezer as Freezer
    from .freezer import live as live
    from .freezer import volatile as volatile
    from .library import Library as Library
    from .listings import Listing as Listing
    from .pages import Page as Page
    from .queries import group_by as group_by
    from .queries import sort_by as sort_by
    from .queries import where as where
    from .refs import Ref as Ref
    from .site import Site as Site
    from .site import current_site as current_site

    APP: Flask

__version__ = "0.1.0"

_HOMES = {
    "Blasto": "app",
    "BlastoError": "errors",
    "Freezer": "freezer",
    "Library": "library",
    "Listing": "listings",
    "Page": "pages",
    "Ref": "refs",
    "Site": "site",
    "create_app": "app",
    "current_site": "site",
    "group_by": "queries",
    "live": "freezer",
    "sort_by": "queries",
    "volatile": "freezer",
    "where": "queries",
}
__all__ = [  # noqa: PLE0604 - all of them are strings, made by sorted()
    "APP",
    *sorted(_HOMES),
]


def __getattr__(name: str) -> Any:
    value: Any
    if name in ("APP", "application"):
        value = globals()["APP"] = globals().get("APP") or _app()
        if name == "application":
            _add_commands(value)
    elif name in _HOMES:
        value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def _app() -> Flask:
    from .project import here

    try:
        return here().app
    except AttributeError as error:
        # Flask's look-up would take it for "there is no such name" and go on without a word.
        raise RuntimeError(f"the site's own code failed: {error}") from error


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


def _add_commands(app: Flask) -> None:
    """Let ``flask --app blasto`` know the commands of ``blasto``; an app's own ones win."""
    from .cli import main

    for name, command in main.commands.items():
        if name not in app.cli.commands:
            app.cli.add_command(command, name)
