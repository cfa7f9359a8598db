"""Where the work is done: this process, or a pool of processes, behind one interface.

Any ``concurrent.futures.Executor`` will do. Where a fork is safe workers inherit the app;
elsewhere each makes it again from a :class:`Reference`, the only thing it is told.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import Any, ParamSpec, TypeVar

import msgspec

P = ParamSpec("P")
T = TypeVar("T")
FEW = 24
"""With fewer URLs than this a pool costs more than it saves."""

_state: Any = None
_calls: tuple[Callable[..., Any], Sequence[tuple[object, ...]]] | None = None


class Reference(msgspec.Struct, frozen=True):
    """How a process that inherits nothing makes the app again: plain data.

    :param script: path of a ``freeze.py``, or ``module:name``.
    :param settings: the app's Frozen-Flask settings and the site's options of this freeze.
    """

    script: str
    settings: dict[str, Any] = {}
    options: dict[str, Any] = {}
    staging: str = ""
    ledger: str = ""
    program: str = ""
    afresh: bool = False


class Here(Executor):
    """Runs each task at once, in this process."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - an executor hands on whatever is raised
            future.set_exception(error)
        return future


def method() -> str | None:
    """Name the start method that is safe here: ``fork`` on Linux while no thread runs."""
    asked = os.environ.get("BLASTO_START_METHOD")
    if asked:
        return asked
    if sys.platform == "linux" and threading.active_count() == 1:
        return "fork"
    return "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


def pool(count: int, state: object, reference: Reference | None) -> Executor:
    """Give an executor for :func:`work`.

    :param count: processes; with one, or where none can be started, this process works.
    :param state: what a forked worker inherits.
    :param reference: how another worker makes its state; without it only a fork will do.
    """
    global _state
    start = method()
    _state = state
    if count <= 1 or (start != "fork" and reference is None):
        return Here()
    context: Any = multiprocessing.get_context(start)
    if start == "fork":
        return ProcessPoolExecutor(count, mp_context=context, initializer=_begin)
    return ProcessPoolExecutor(
        count, mp_context=context, initializer=_rebuild, initargs=(msgspec.json.encode(reference),)
    )


def work(function: Callable[[Any, Sequence[Any]], list[T]], tasks: Sequence[Any]) -> list[T]:
    """Call a function with this process's state and some tasks."""
    return function(_state, tasks)


def _begin() -> None:
    """Leave interrupts to the parent, and end when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _rebuild(data: bytes) -> None:
    global _state
    _begin()
    reference = msgspec.json.decode(data, type=Reference)
    from importlib import import_module

    # Named, not imported: this room lies below the one that knows how to find a project.
    _state = import_module("blasto.project").state(reference)


def spread(
    function: Callable[..., T], calls: Sequence[tuple[object, ...]], count: int
) -> Iterator[T]:
    """Call a function with each tuple of arguments, on all cores where that pays.

    Arguments are inherited by a fork, so they need not be picklable; results must be.
    """
    global _calls
    if count <= 1 or len(calls) < 4 or method() != "fork":
        for call in calls:
            yield function(*call)
        return
    _calls = (function, calls)
    context: Any = multiprocessing.get_context("fork")
    try:
        with ProcessPoolExecutor(count, mp_context=context, initializer=_begin) as executor:
            yield from executor.map(_call, range(len(calls)))
    finally:
        _calls = None


def _call(number: int) -> Any:
    assert _calls is not None
    function, calls = _calls
    return function(*calls[number])


def cores() -> int:
    """Give the number of processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def chunks(items: Sequence[T], count: int, limit: int = 50) -> Iterable[Sequence[T]]:
    """Cut work into pieces: small enough to share fairly, large enough to be worth sending."""
    size = max(1, min(limit, len(items) // (count * 8) or 1))
    return [items[start : start + size] for start in range(0, len(items), size)]
