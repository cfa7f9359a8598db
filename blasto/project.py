"""The site in a folder: its app and freezer, from its ``freeze.py`` where there is one.

What every command of ``blasto`` begins with, so that a site's own routes are seen by all
of them, and what a worker process begins with when it cannot inherit the app.
"""

from __future__ import annotations

import importlib
import runpy
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from flask import Flask

from . import contract, trace
from .app import create_app
from .contents import Contents
from .errors import UsageError
from .freezer import Freezer
from .rendering import Rendering
from .staging import Staging
from .today import HANDED
from .workers import Reference

SCRIPT = "freeze.py"
Handed = tuple[dict[str, str], dict[str, str], dict[str, tuple[str, bytes]]]


class Project(NamedTuple):
    """A site's app and its freezer."""

    app: Flask
    freezer: Freezer


def here(folder: Path | None = None, **settings: Any) -> Project:
    """Give the project of a folder, the current one where none is named.

    :param settings: options of ``blasto.toml`` for a folder without ``freeze.py``.
    """
    root = folder or Path.cwd()
    script = root / SCRIPT
    if script.is_file():
        return run(script)
    app = create_app(root, **settings)
    app.config["BLASTO_REFERENCE"] = str(root)
    return Project(app, Freezer(app))


def run(script: Path) -> Project:
    """Run a site's ``freeze.py`` and give the freezer (and app) that it makes.

    :raises UsageError: it makes neither.
    """
    folder = str(script.parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return find(runpy.run_path(str(script), run_name="blasto_freeze"), script.name)


def state(reference: Reference) -> Rendering:
    """Make again what a worker needs, in a process that inherited nothing."""
    place = Path(reference.script)
    if place.is_dir():
        app = create_app(place)
        made = Project(app, Freezer(app))
    else:
        made = run(place) if place.suffix == ".py" else named(reference.script)
    app, freezer = made
    staging, site = Staging(reference.staging), freezer.site
    if site is not None:
        site.settings = replace(site.settings, **reference.options)
    app.config.update(reference.settings)
    if site is not None:
        with trace.paused():
            data = Path(staging.path(HANDED)).read_bytes()
            content, public, pages = msgspec.msgpack.decode(data, type=Handed)
            contents = Contents(site.root, site.settings, site.kinds)
            contents.load(content, public, pages)
            site.use(contents)
    freezer.use_bodies(Path(reference.ledger), reference.program, reference.afresh)
    return Rendering(freezer, staging)


def named(reference: str) -> Project:
    """Import ``package.module:name``: an app, a freezer, or a function that makes one.

    :raises UsageError: it cannot be imported or is none of these.
    """
    module, _, attribute = reference.partition(":")
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        found: Any = importlib.import_module(module)
    except ImportError as error:
        if error.name and not module.startswith(error.name):
            raise
        raise UsageError.at(
            f'there is no module "{module}"', hint="name it as package.module:freezer"
        ) from error
    if not attribute:
        return find(vars(found), module)
    try:
        for part in attribute.removesuffix("()").split("."):
            found = getattr(found, part)
    except AttributeError as error:
        raise UsageError.at(f'there is no "{attribute}" in {module}') from error
    if callable(found) and not isinstance(found, Flask | Freezer):
        found = found()
    return find(
        {"freezer": found} if not isinstance(found, tuple) else dict(enumerate(found)), reference
    )


def find(names: dict[Any, Any], where: str) -> Project:
    """Give the freezer among some values, else a freezer for the app among them.

    :raises UsageError: there is neither.
    """
    for value in names.values():
        if isinstance(value, Freezer) and value.app is not None:
            return Project(value.app, value)
    for value in names.values():
        if contract.is_freezer(value) and value.app is not None:
            return Project(value.app, Freezer.adopt(value))
    for name in ("app", "APP", "application", *names):
        if isinstance(names.get(name), Flask):
            return Project(names[name], Freezer(names[name]))
    raise UsageError.at(
        f"{where} makes no Flask app and no Freezer",
        hint="write `app = create_app(__file__)` and `freezer = Freezer(app)` at its top level",
    )
