"""One small Flask site, frozen by Frozen-Flask into one folder and by blasto into another.

A :class:`Twins` keeps two copies of the site's files. Each freeze makes both apps again,
as two new processes would, and compares what was published and what was said.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import flask_frozen
from flask import Flask
from sites import afresh

import blasto
from blasto import trace
from blasto.freezing import Report

Make = Callable[[Any, Path], Any]
BUILD = "build"


class Twins:
    """A site twice.

    :param folder: an empty folder for the two.
    :param make: gives the freezer for the class of freezer and the site's folder.
    :param files: the site's files by path.
    :param state: part of paths that is not compared: blasto's own.
    """

    def __init__(self, folder: Path, make: Make, files: Mapping[str, str | bytes]) -> None:
        self.make = make
        self.theirs, self.ours = folder / "theirs", folder / "ours"
        self.report = Report()
        self.freezer: Any = None
        for root in (self.theirs, self.ours):
            root.mkdir()
        for path, text in files.items():
            self.write(path, text)

    def write(self, path: str, text: str | bytes) -> None:
        """Write a file of the site, twice."""
        for root in (self.theirs, self.ours):
            full = root / path
            full.parent.mkdir(parents=True, exist_ok=True)
            full.write_bytes(text.encode() if isinstance(text, str) else text)

    def remove(self, path: str) -> None:
        for root in (self.theirs, self.ours):
            (root / path).unlink()

    def freeze(self) -> list[str]:
        """Freeze both, compare, and give the URLs that blasto rendered."""
        urls, said = self.one(flask_frozen.Freezer, self.theirs)
        own_urls, own_said = self.one(blasto.Freezer, self.ours)
        assert own_urls == urls
        assert own_said == said
        assert self.published(self.ours) == self.published(self.theirs)
        return sorted(self.report.reasons)

    def one(self, kind: Any, root: Path) -> tuple[set[str], list[str]]:
        """Freeze one of them: its URLs, and the first line of each warning."""
        with afresh(), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            freezer = self.make(kind, root)
            try:
                urls = freezer.freeze()
            finally:
                if kind is blasto.Freezer:
                    self.freezer, self.report = freezer, freezer.report
        said = sorted(f"{one.category.__name__}: {str(one.message).splitlines()[0]}" for one in caught)
        return urls, said

    def published(self, root: Path) -> dict[str, bytes]:
        """Read the whole folder of a twin, what it published with it."""
        with trace.paused():
            return {
                name: path.read_bytes()
                for path in sorted(root.rglob("*"))
                if path.is_file() and not (name := path.relative_to(root).as_posix()).startswith(".blasto/")
            }


def app_in(root: Path, **options: Any) -> Flask:
    """Make an app that lives in a folder, as if its module lay there."""
    app = Flask("site_app", root_path=str(root), **options)
    app.config["FREEZER_DESTINATION"] = BUILD
    return app
