"""What a freeze would render, and how long that would take: ``--plan``.

The steps of ``freezing`` up to the point where rendering would begin. Links of stale pages
are followed as the last freeze saw them, since nothing is rendered; times are those that
the ledger has of each URL, else of others of its kind.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .files import Digests
from .freezing import Freeze
from .frontier import Found, Frontier
from .ledger import Row
from .past import Past
from .rendering import Result, Task
from .reports import Done, Options
from .today import Today

if TYPE_CHECKING:
    from .freezer import Freezer


@dataclass
class Kind:
    """The URLs of one kind: how many there are, how many are stale, and their seconds."""

    urls: int = 0
    stale: int = 0
    seconds: float = 0.0


@dataclass
class Plan:
    """What a freeze would do.

    :param kinds: by endpoint, such as ``blasto.page``.
    :param count: processes that the freeze would have.
    :param unknown: stale URLs of which no time is known, not even of others of their kind.
    """

    kinds: dict[str, Kind] = field(default_factory=dict)
    count: int = 1
    unknown: int = 0

    @property
    def stale(self) -> int:
        """The number of URLs that would be rendered."""
        return sum(kind.stale for kind in self.kinds.values())

    @property
    def urls(self) -> int:
        """The number of URLs that are known without rendering."""
        return sum(kind.urls for kind in self.kinds.values())

    @property
    def seconds(self) -> float:
        """Seconds that one process would render."""
        return sum(kind.seconds for kind in self.kinds.values())

    def workers(self, within: float) -> int:
        """Give how many processes would render it all within some seconds (above 0)."""
        return max(1, math.ceil(self.seconds / within))

    def lines(self, within: float | None = None) -> Iterator[str]:
        """Say it to a person.

        :param within: seconds that it may take.
        """
        yield f"{self.stale} of {self.urls} URLs would be rendered"
        for name, kind in sorted(self.kinds.items()):
            if kind.stale:
                yield f"  {name}: {kind.stale} of {kind.urls}, {_time(kind.seconds)} of rendering"
        if self.unknown:
            yield f"  no time is known of {self.unknown} of them"
        if self.stale and self.unknown < self.stale:
            yield f"about {_time(self.seconds / self.count)} of rendering with --workers {self.count}"
            if within is not None:
                yield f"within {_time(within)}: --workers {self.workers(within)}"

    def data(self, within: float | None = None) -> dict[str, object]:
        """Give the same for programs; times in seconds."""
        kinds = {
            name: {"urls": kind.urls, "stale": kind.stale, "seconds": round(kind.seconds, 3)}
            for name, kind in sorted(self.kinds.items())
        }
        found = {"urls": self.urls, "stale": self.stale, "unknown": self.unknown, "kinds": kinds,
                 "seconds": round(self.seconds, 3), "workers": self.count}  # fmt: skip
        return found if within is None else found | {"needed": self.workers(within)}


class Planning(Freeze):
    """A freeze that stops before it renders. ``plan`` is complete when :meth:`run` has ended."""

    def __init__(self, freezer: Freezer, options: Options) -> None:
        super().__init__(freezer, options)
        self.plan = Plan(count=self.workers())

    def _freeze(self) -> Iterator[Done]:
        self.digests = Digests(self.ledger.files())
        self.today = Today(self.freezer, self.digests, self.ledger)
        self.frontier = Frontier(self.freezer)
        roots = self.roots = self._generated()
        if self.today.nothing_to_do(roots, self.frontier, self.options, self.destination):
            self._count(self.ledger.rows(), {})
            return
        self.today.load(self.workers())
        everything = self.today.everything(self.options)
        self.past = Past(self.ledger, self.today.digest, everything, self.today.unchanged)
        queue, stale = [*roots, *self.frontier.content()], dict[str, Found]()
        while queue:
            for found in queue:
                tasks: list[Task] = []
                self.decide(found, tasks)
                if tasks:
                    stale[found.url] = found
                    row = self.past.rows.get(found.url)
                    if row is not None:
                        self._replay.append(row)
            queue = self._replayed()
        known = [row for url, row in self.rows.items() if row.path is not None]
        past = self.past.rows
        # What a link leads to counts where there was an answer last time.
        counted = {
            url: found for url, found in stale.items()
            if not found.weak or (url in past and past[url].path is not None)
        }  # fmt: skip
        self._count(known, counted)
        yield from ()

    def _keep(
        self, found: Found, path: str | None, result: Result, called: list[Found] | None = None
    ) -> None:
        """Keep nothing of a static file but that it is there."""
        self.rows[found.url] = Row(found.url, found.endpoint, path)

    def _count(self, rows: Iterable[Row], stale: dict[str, Found]) -> None:
        times: dict[str, list[float]] = defaultdict(list)
        past = {row.url: row for row in self.ledger.rows()}
        for row in past.values():
            if row.seconds:
                times[self._name(row.url, row.endpoint)].append(row.seconds)
        for row in rows:
            if row.path is not None:
                self._kind(row.url, row.endpoint).urls += 1
        for url, found in stale.items():
            before = past.get(url)
            endpoint = found.endpoint or (before.endpoint if before is not None else None)
            name = self._name(url, endpoint)
            kind = self._kind(url, endpoint)
            kind.urls += 1
            kind.stale += 1
            if before is not None and before.seconds:
                kind.seconds += before.seconds
            elif times[name]:
                kind.seconds += sum(times[name]) / len(times[name])
            else:
                self.plan.unknown += 1

    def _kind(self, url: str, endpoint: str | None) -> Kind:
        return self.plan.kinds.setdefault(self._name(url, endpoint), Kind())

    def _name(self, url: str, endpoint: str | None) -> str:
        """Name an endpoint; of the content's one rule the kind of what it leads to."""
        site = self.freezer.site
        if endpoint == "blasto.content" and site is not None:
            target = site.routes.targets.get(url) if site.contents.pages else None
            return f"blasto.{target.kind}" if target is not None else endpoint
        return endpoint or "others"


def _time(seconds: float) -> str:
    """Say seconds as a person would."""
    if seconds < 120:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
