"""Data files: ``data/team.toml`` is ``site.data.team`` in templates.

Each file is read when it is first asked for, and noted by name and content digest.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from . import trace
from .errors import BlastoError, did_you_mean

FORMATS = (".yaml", ".yml", ".toml", ".json", ".csv")


class Data:
    """The files and folders of ``data/`` by name, without their extension."""

    def __init__(self, folder: Path, name: str = "") -> None:
        self._folder = folder
        self._name = name
        self._known: dict[str, tuple[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Any:
        whole = f"{self._name}{name}"
        with trace.paused():
            digest = self.digest(name)
            if digest and self._known.get(name, ("",))[0] != digest:
                self._known[name] = (digest, self._read(name))
        trace.note("data", whole, digest)
        if digest:
            return self._known[name][1]
        if name and (self._folder / name).is_dir():
            return Data(self._folder / name, f"{whole}/")
        known = [path.stem for path in self._folder.glob("*")] if self._folder.is_dir() else []
        raise BlastoError.at(
            f'there is no data file "{whole}"',
            hint=did_you_mean(name, known) or f"make {self._folder.name}/{name}.yaml",
        )

    def digest(self, name: str) -> str:
        """Give the digest of the file behind a name (``"sub/team"`` too), ``""`` without one."""
        path = self._file(name)
        return trace.digest(path.suffix, path.read_bytes()) if path else ""

    def _file(self, name: str) -> Path | None:
        for suffix in FORMATS:
            path = self._folder / f"{name}{suffix}"
            if path.is_file():
                return path
        return None

    def _read(self, name: str) -> Any:
        path = self._file(name)
        assert path is not None
        top = self._folder.parents[self._name.count("/") - 1] if self._name else self._folder
        shown = path.relative_to(top.parent).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".toml":
                from .tomlread import read_toml

                return read_toml(text, shown)[0]
            if path.suffix == ".json":
                return json.loads(text)
            if path.suffix == ".csv":
                return list(csv.DictReader(io.StringIO(text, newline="")))
            from .yamlread import read_any

            return read_any(text, shown, what="the file")[0]
        except BlastoError:
            raise
        except json.JSONDecodeError as error:
            raise BlastoError.at(error.msg, shown, error.lineno, error.colno) from error
        except ValueError as error:
            raise BlastoError.at(str(error), shown) from error
