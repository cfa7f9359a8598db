"""What one computation looked at: observations, links and warnings, gathered as it runs.

The freezer opens a recording around each URL (and ``site`` around each body); whatever
is read meanwhile calls :func:`note`. An observation is ``kind:name -> digest``; a URL is
stale when one digest differs today. Outside a recording every call is a no-op.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from .errors import Problem

Observation = tuple[str, str]
_Method = TypeVar("_Method", bound=Callable[..., Any])

EVERYWHERE = frozenset(
    "template data file read page body url asset image route translations languages".split()
)
"""Kinds of observations that mean the same in every language of a site."""
MARK = "\x1f"
"""What stands between the language of an observation and its name."""


@dataclass(slots=True)
class Trace:
    """All that one computation observed.

    ``observations`` maps ``(kind, name)`` to a digest; ``links`` holds the URL paths it
    pointed to (percent-encoded, with the base path) and ``references`` what an author wrote
    in a file to get there, for messages; ``volatile`` says why it can never be reused.
    """

    observations: dict[Observation, str] = field(default_factory=dict)
    links: dict[str, None] = field(default_factory=dict)
    references: dict[str, tuple[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    volatile: str | None = None


_current: ContextVar[Trace | None] = ContextVar("blasto_trace", default=None)
_paused: ContextVar[bool] = ContextVar("blasto_paused", default=False)
_scope: ContextVar[str] = ContextVar("blasto_scope", default="")


def current() -> Trace | None:
    """Give the open recording, or ``None`` outside a freeze."""
    return _current.get()


@contextmanager
def recording() -> Iterator[Trace]:
    """Record what the block observes; nested recordings do not see each other's notes."""
    trace = Trace()
    token, past = _current.set(trace), _paused.set(False)
    try:
        yield trace
    finally:
        _paused.reset(past)
        _current.reset(token)


class paused:  # noqa: N801 - used as the functions beside it; a class, since it is entered often
    """Observe nothing in the block: for blasto's own book-keeping reads."""

    __slots__ = ("_past", "_token")

    def __enter__(self) -> None:
        self._token, self._past = _current.set(None), _paused.set(True)

    def __exit__(self, *raised: object) -> None:
        _paused.reset(self._past)
        _current.reset(self._token)


def is_paused() -> bool:
    """Tell whether blasto's own book-keeping is at work."""
    return _paused.get()


def scope() -> str:
    """Give the language that is being spoken: ``""`` for the site's main one, and its only one."""
    return _scope.get()


def speak(scope: str) -> str:
    """Speak a language from now on, and give the one that was spoken before."""
    before = _scope.get()
    _scope.set(scope)
    return before


@contextmanager
def speaking(scope: str) -> Iterator[None]:
    """Speak a language in the block: the site answers in it, and notes say so."""
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


def of_its_own(method: _Method) -> _Method:
    """Make a method of a page or listing speak the language of that."""

    @functools.wraps(method)
    def call(self: Any, *arguments: Any, **named: Any) -> Any:
        if self.scope == _scope.get():
            return method(self, *arguments, **named)
        with speaking(self.scope):
            return method(self, *arguments, **named)

    return cast("_Method", call)


def of_subject(method: _Method) -> _Method:
    """Make a method of the site speak the language of the page or listing that it is about."""

    @functools.wraps(method)
    def call(self: Any, subject: Any, *arguments: Any, **named: Any) -> Any:
        if subject.scope == _scope.get():
            return method(self, subject, *arguments, **named)
        with speaking(subject.scope):
            return method(self, subject, *arguments, **named)

    return cast("_Method", call)


def spoken(kind: str, name: str) -> str:
    """Give the name under which an observation is noted in the language that is spoken."""
    scope = _scope.get()
    return f"{scope}{MARK}{name}" if scope and kind not in EVERYWHERE else name


def note(kind: str, name: str, digest: str) -> None:
    """Say that ``kind:name`` was looked at and had this digest."""
    trace = _current.get()
    if trace is not None:
        trace.observations[kind, spoken(kind, name) if _scope.get() else name] = digest


def link(url: str, page: str | None = None, written: str | None = None) -> None:
    """Say that the computation points to ``url``.

    :param page: the content file that the link stands in, where one does.
    :param written: the target as its author wrote it.
    """
    trace = _current.get()
    if trace is not None:
        trace.links[url] = None
        if page is not None:
            trace.references.setdefault(url, (page, written or url))


def warn(problem: Problem) -> None:
    """Report a problem that does not stop the computation."""
    trace = _current.get()
    if trace is not None:
        trace.problems.append(problem)


def volatile(reason: str) -> None:
    """Say that the computation cannot be traced: it will be made again each time."""
    trace = _current.get()
    if trace is not None and trace.volatile is None:
        trace.volatile = reason


def replay(past: Trace) -> None:
    """Add a past trace to the open recording, as when a cached result is used again."""
    trace = _current.get()
    if trace is not None and trace is not past:
        trace.observations.update(past.observations)
        trace.links.update(past.links)
        for url, reference in past.references.items():
            trace.references.setdefault(url, reference)
        trace.problems.extend(past.problems)
        trace.volatile = trace.volatile or past.volatile


def digest(*parts: str | bytes) -> str:
    """Give 32 hexadecimal digits of BLAKE2b over the parts, each framed by its length."""
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(b"%d:" % len(data))
        state.update(data)
    return state.hexdigest()
