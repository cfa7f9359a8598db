"""Python-Markdown extensions that fail: which one it is, and at which line of a text.

Between ``converter`` and ``markup``. An extension is code of somebody else's: it may not be
there, not know an option, or stumble over a text; a message names it in each case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from .errors import BlastoError, Problem
from .fences import PARAGRAPH_END

FILE = "blasto.toml"


class ExtensionError(BlastoError):
    """An extension cannot be loaded; ``extension`` is its name."""

    def __init__(self, extension: str, error: BaseException) -> None:
        self.extension = extension
        hint = None
        if isinstance(error, ModuleNotFoundError):
            hint = f"is what has {error.name} installed, and is the name right?"
        elif isinstance(error, KeyError):
            hint = f"{error} is no option that it has"
        super().__init__(
            Problem(
                f'the Markdown extension "{extension}" cannot be loaded: {described(error)}',
                FILE,
                hint=hint,
            )
        )


class Blame(NamedTuple):
    """The extension that failed, and the place in its code."""

    name: str
    file: str
    line: int


def described(error: BaseException) -> str:
    """Give an exception as one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def load(make: Callable[..., Any], names: Iterable[str], options: Mapping[str, Any]) -> None:
    """Load extensions one by one; called when all together could not be.

    :raises ExtensionError: one cannot be loaded.
    """
    for name in names:
        try:
            make(extensions=[name], extension_configs={name: options.get(name, {})})
        except Exception as error:
            raise ExtensionError(name, error) from error


def blame(error: BaseException, names: Iterable[str]) -> Blame | None:
    """Say which of some extensions an exception comes from: the innermost one in its trace."""
    modules = {
        module: name
        for name in names
        for module in (name.partition(":")[0], f"markdown.extensions.{name}")
    }
    found = None
    trace = error.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        while module and module not in modules:
            module = module.rpartition(".")[0]
        if module:
            found = Blame(modules[module], trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        trace = trace.tb_next
    return found


def place(text: str, error: BaseException, convert: Callable[[str], object]) -> int | None:
    """Give the first paragraph whose presence makes a text fail, by its index in the text.

    :param convert: renders a text, and fails on the whole as ``error`` says.
    """

    def fails(end: int) -> bool:
        try:
            convert(text[:end])
        except Exception as other:  # noqa: BLE001 - it is the kind that is asked for
            return type(other) is type(error)
        return False

    ends = [found.end() for found in PARAGRAPH_END.finditer(text)] + [len(text)]
    low, high = 0, len(ends) - 1
    while low < high:
        middle = (low + high) // 2
        if fails(ends[middle]):
            high = middle
        else:
            low = middle + 1
    if not fails(ends[low]):
        return None
    start = ends[low - 1] if low else 0
    piece = text[start : ends[low]]
    return start + len(piece) - len(piece.lstrip())
