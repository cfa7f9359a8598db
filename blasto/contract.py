"""What blasto uses of Frozen-Flask, with types: the one module that imports it.

Frozen-Flask 1.0.2 has no type hints. Its names are given here once, so that a change of
theirs is met in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, cast

import flask_frozen
from flask import Flask
from flask_frozen import (
    FrozenFlaskWarning,
    MimetypeMismatchWarning,
    MissingURLGeneratorWarning,
    NotFoundWarning,
    Page,
    RedirectWarning,
)


class BaseFreezer(flask_frozen.Freezer):
    """``flask_frozen.Freezer`` as mypy should see it; nothing is changed."""

    app: Flask
    url_generators: list[Callable[[], Iterable[Any]]]
    log_url_for: bool
    url_for_logger: Any

    def __init__(
        self,
        app: Flask | None = None,
        with_static_files: bool = True,
        with_no_argument_rules: bool = True,
        log_url_for: bool = True,
    ) -> None:
        super().__init__(app, with_static_files, with_no_argument_rules, log_url_for)  # type: ignore[no-untyped-call]

    def init_app(self, app: Flask | None) -> None:
        super().init_app(app)  # type: ignore[no-untyped-call]

    @property
    def base_path(self) -> str:
        """The path of ``FREEZER_BASE_URL`` without a final slash."""
        return cast(str, self._script_name())  # type: ignore[no-untyped-call]

    def static_endpoints(self) -> list[str]:
        """Give the endpoints of the app's and its blueprints' static files, each once."""
        return list(dict.fromkeys(self._static_rules_endpoints()))  # type: ignore[no-untyped-call]

    def freeze(self) -> set[str]:
        return cast("set[str]", super().freeze())  # type: ignore[no-untyped-call]


urlpath_to_filepath = flask_frozen.Freezer.urlpath_to_filepath


def walk(folder: str, ignore: Sequence[str] = ()) -> Iterator[str]:
    """Give the files below a folder as Frozen-Flask sees them, names in NFC."""
    return cast("Iterator[str]", flask_frozen.walk_directory(folder, ignore))  # type: ignore[no-untyped-call]


def relative_url_for(app: Flask) -> AbstractContextManager[None]:
    """Make ``url_for`` in templates relative within the block."""
    return cast("AbstractContextManager[None]", flask_frozen.patch_url_for(app))


def owner(view: object) -> Any:
    """Give the object that a bound method belongs to, ``None`` for a function."""
    return getattr(view, "__self__", None)


def is_freezer(value: Any) -> bool:
    """Tell whether a value is a freezer of Frozen-Flask or of blasto."""
    return isinstance(value, flask_frozen.Freezer)


def category(name: str) -> type[Warning]:
    """Give the warning class of that name, ``UserWarning`` where there is none."""
    return {one.__name__: one for one in WARNINGS}.get(name, UserWarning)


WARNINGS: tuple[type[Warning], ...] = (
    MissingURLGeneratorWarning,
    MimetypeMismatchWarning,
    NotFoundWarning,
    RedirectWarning,
)

__all__ = ["WARNINGS", "BaseFreezer", "FrozenFlaskWarning", "Page"]
