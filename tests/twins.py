"""One small Flask site, frozen by Frozen-Flask into one folder and by blasto into another.

A :class:`Twins` keeps two copies of the site's files. Each freeze makes both apps again,
as two new processes would, and compares what was published and what was said.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import flask_frozen
import pytest
from flask import Flask, render_template

import blasto
from blasto import program, reads, trace
from blasto.reports import Report

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
        with new_process(), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            freezer = self.make(kind, root)
            try:
                urls = freezer.freeze()
            finally:
                if kind is blasto.Freezer:
                    self.freezer, self.report = freezer, freezer.report
        shown = [one for one in caught if not issubclass(one.category, DeprecationWarning)]
        said = [f"{one.category.__name__}: {str(one.message).splitlines()[0]}" for one in shown]
        return urls, sorted(said)

    def published(self, root: Path) -> dict[str, bytes]:
        """Read the whole folder of a twin, what it published with it."""
        with trace.paused():
            return {
                name: path.read_bytes()
                for path in sorted(root.rglob("*"))
                if path.is_file()
                and not (name := path.relative_to(root).as_posix()).startswith(".blasto/")
            }


@contextmanager
def new_process() -> Iterator[None]:
    """Forget what this process read, and let nothing count that changes while tests run."""
    reads.startup.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "_blasto", lambda digests: "blasto")
        patch.setattr(program, "_installed", lambda: "packages")
        yield
    reads.startup.clear()


def app_in(root: Path, **options: Any) -> Flask:
    """Make an app that lives in a folder, as if its module lay there."""
    app = Flask("site_app", root_path=str(root), **options)
    app.config["FREEZER_DESTINATION"] = BUILD
    return app


LAYOUT = "<title>{% block title %}{% endblock %}</title>{% block body %}{% endblock %}"
BASE = {
    "templates/layout.html": LAYOUT,
    "templates/index.html": (
        '{% extends "layout.html" %}{% block body %}<a href="{{ url_for("post", name="one") }}">1</a>'
        '<link href="{{ url_for("static", filename="css/style.css") }}">{% endblock %}'
    ),
    "templates/post.html": '{% extends "layout.html" %}{% block title %}{{ name }}{% endblock %}',
    "static/css/style.css": "a { color: red }",
    "static/logo.svg": "<svg/>",
    "static/.hidden": "x",
}


class Case(NamedTuple):
    """A pattern, the files it needs beside the base, and what changes before the third freeze."""

    make: Callable[[Any, Path], Any]
    files: Mapping[str, str | bytes] = MappingProxyType({})
    change: tuple[str, str] = ("templates/layout.html", LAYOUT + "<footer>new</footer>")


def case_of(table: dict[str, Case], **options: Any) -> Callable[[Any], Any]:
    """Add a pattern to a table under its function's name."""

    def add(make: Any) -> Any:
        table[make.__name__] = Case(make, **options)
        return make

    return add


def plain(kind: Any, root: Path, **config: Any) -> Any:
    """Make the site that most patterns are a variation of."""
    options = config.pop("options", {})
    app = app_in(root, **options)
    app.config.update(config)

    @app.route("/")
    def index() -> str:
        return render_template("index.html")

    @app.route("/post/<name>/")
    def post(name: str) -> str:
        return render_template("post.html", name=name)

    return kind(app)


def check_pattern(
    pattern: Case, workers: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Freeze a pattern by both: first, again, after a change, with some workers."""
    monkeypatch.setattr("blasto.workers.FEW", 0)
    monkeypatch.setenv("BLASTO_START_METHOD", "fork")

    def make(kind: Any, root: Path) -> Any:
        freezer = pattern.make(kind, root)
        freezer.app.config["FREEZER_WORKERS"] = workers
        return freezer

    twins = Twins(folder, make, {**BASE, **pattern.files})
    twins.freeze()
    assert len(twins.published(twins.ours)) > len(BASE) + len(pattern.files)
    twins.freeze()
    twins.write(*pattern.change)
    twins.freeze()
