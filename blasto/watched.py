"""Which files of a project make a difference to its live app, and what each of them is.

Tells ``serving`` where to look, and what to do about a file that changed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from flask import Flask
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PrefixLoader

from . import reads
from .config import FILE
from .diagnose import LIBRARIES
from .site import site_of
from .watching import Places

Kind = Literal["content", "template", "configuration", "other"]
ASIDE = frozenset("node_modules build dist venv env site-packages __pycache__".split())
"""Folders in which no code of the site is looked for."""


class Watched:
    """The files of one project.

    :param app: its app, ``None`` where it could not be made: then all code counts.
    :param root: the project.
    """

    def __init__(self, app: Flask | None, root: Path) -> None:
        self.app = app
        self.root = root
        self.site = site_of(app) if app is not None else None
        self.toml = str(root / FILE)
        self.templates = [Path(folder) for folder in _templates(app)] if app is not None else []
        self.content: list[str] = []
        folders = [*map(str, self.templates)]
        if self.site is not None:
            config = self.site.settings
            self.content = [str(root / name) for name in (config.content, config.public)]
            folders += [*self.content, str(root / config.data), str(root / config.templates)]
            folders += [str(folder / "static") for folder in self.site.theme_folders]
        if app is not None:
            scaffolds: list[Any] = [app, *app.blueprints.values()]
            folders += [str(one.static_folder) for one in scaffolds if one.static_folder]
        self.folders = list(dict.fromkeys(folders))
        self.modules = set(_modules(root))
        # What code read while it was loaded is part of it.
        self.read = {path for path in reads.startup if not self._inside(path, self.folders)}

    def places(self) -> Places:
        """Say where to look."""
        flat = {self.root, *(Path(path).parent for path in self.modules)}
        flat |= {Path(path).parent for path in self.read if path.startswith(f"{self.root}{os.sep}")}
        if self.app is None:
            flat |= set(_packages(self.root))
        return Places(tuple(Path(folder) for folder in self.folders), tuple(sorted(flat)))

    def code(self, paths: Collection[str]) -> list[str]:
        """Give the names of those that make the process start again."""
        loaded = self.modules | set(_modules(self.root))
        if self.app is None:
            found = [path for path in paths if path.endswith(".py") or path == self.toml]
        else:
            found = [path for path in paths if path in loaded or path in self.read]
        return [self._name(path) for path in found if path != self.toml or self.app is None]

    def kind(self, path: str) -> Kind | None:
        """Say what a file is, ``None`` where it makes no difference."""
        if path == self.toml:
            return "configuration"
        if self._inside(path, self.content):
            return "content"
        if self._inside(path, map(str, self.templates)):
            return "template"
        if self._inside(path, self.folders) or path in reads.startup:
            return "other"
        return None

    def names(self, paths: Collection[str]) -> str:
        """Name changed files, the first few of them."""
        shown = sorted(map(self._name, paths))
        return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")

    def _name(self, path: str) -> str:
        try:
            return Path(path).relative_to(self.root).as_posix()
        except ValueError:
            return path

    def _inside(self, path: str, folders: Iterable[str]) -> bool:
        return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


def _modules(root: Path) -> Iterator[str]:
    """Give the files of the site's own code."""
    top = f"{root}{os.sep}"
    yield f"{top}freeze.py"
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and file.startswith(top) and not any(part in file for part in LIBRARIES):
            yield file


def _packages(root: Path) -> Iterator[Path]:
    """Give the folders of a project that hold code."""
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name not in ASIDE and not name.startswith(".")]
        if any(name.endswith(".py") for name in files):
            yield Path(folder)


def _templates(app: Flask) -> Iterator[str]:
    """Give the folders that an app's templates come from."""
    loaders = [app.jinja_loader, *(one.jinja_loader for one in app.blueprints.values())]
    while loaders:
        loader: BaseLoader | None = loaders.pop(0)
        if isinstance(loader, FileSystemLoader):
            yield from loader.searchpath
        elif isinstance(loader, ChoiceLoader):
            loaders.extend(loader.loaders)
        elif isinstance(loader, PrefixLoader):
            mapping: Mapping[str, BaseLoader] = loader.mapping
            loaders.extend(mapping.values())
