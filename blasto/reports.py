"""What may be asked of a freeze, and what it tells when it has ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from .errors import Problem

if TYPE_CHECKING:
    from .trees import Tree

if TYPE_CHECKING:
    from .store import Sent

ANEW = "LedgerWarning"
"""Kind of the warning that a ledger could not be used."""


class Done(NamedTuple):
    """A URL that is rendered or still good, and its file in the output."""

    url: str
    path: str


@dataclass
class Options:
    """What may be asked of one freeze.

    :param full: render everything, whatever the ledger says.
    :param verify: render everything and compare with what would have been reused.
    :param strict: warnings are errors.
    :param adopt: take over an output folder that blasto did not make.
    :param keep_going: publish all the same, without the URLs that have errors.
    :param workers: processes; 0 for one a core.
    :param executor: where: ``pool``, ``dask`` or ``dask:tcp://host:port``.
    :param inspect: called with the tree to come in place of publishing it.
    """

    full: bool = False
    verify: bool = False
    strict: bool = False
    adopt: bool = False
    keep_going: bool = False
    workers: int = 0
    executor: str = "pool"
    inspect: Callable[[Tree], None] | None = None


@dataclass
class Report:
    """What a freeze did. ``reasons`` says for each rendered URL why."""

    urls: int = 0
    rendered: int = 0
    reused: int = 0
    removed: int = 0
    written: int = 0
    published: bool = False
    sent: Sent | None = None
    seconds: float = 0.0
    warnings: list[Problem] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    first_error: BaseException | None = None
