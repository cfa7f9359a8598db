"""Who renders in one freeze: this process, a pool of processes or a cluster.

Asked by ``freezing`` when it knows that there is work. Fewer URLs than a pool pays for are
rendered here, whatever was asked for.
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import TYPE_CHECKING

from . import workers
from .errors import UsageError

if TYPE_CHECKING:
    from .freezing import Freeze
    from .rendering import Rendering

POOL, DASK = "pool", "dask"


def check(asked: str) -> None:
    """Look at a name of an executor.

    :raises UsageError: there is none of that name.
    """
    if asked not in (POOL, DASK) and not asked.startswith(DASK + ":"):
        raise UsageError.at(
            f'there is no executor "{asked}"', hint="it can be pool, dask, or dask:tcp://HOST:PORT"
        )


def gather(
    freeze: Freeze, rendering: Rendering, count: int, size: int, bodies: tuple[str, bool]
) -> tuple[Executor, int]:
    """Give an executor for a number of URLs, and how many can be rendered at once.

    :param count: processes to use on this machine.
    :param bodies: what :meth:`Freezer.use_bodies` takes.
    """
    asked, freezer = freeze.options.executor, freeze.freezer
    if size < workers.FEW:
        return workers.pool(1, rendering, None), 1
    reference = freezer.reference(freeze.staging, freeze.ledger, bodies)
    if asked == POOL:
        if reference is not None and count > 1 and workers.method() != "fork":
            freeze.today.hand_over(freeze.staging)
        return workers.pool(count, rendering, reference), count
    if reference is None:
        raise UsageError.at(
            "a cluster cannot make this app again",
            hint="freeze it by `python freeze.py` or `blasto freeze --app MODULE:NAME`",
        )
    from .cluster import Cluster

    freeze.today.hand_over(freeze.staging)
    cluster = Cluster(asked.removeprefix(DASK).removeprefix(":"), freeze.staging, count,
                      freezer.state_file("dask"))  # fmt: skip
    try:
        site = freezer.site
        now = int(site.loaded.timestamp()) if site is not None else None
        aside = [freeze.destination, freezer.state_folder]
        cluster.ship(freezer.project_root, aside, reference, now)
    except BaseException:
        cluster.shutdown(cancel_futures=True)
        raise
    return cluster, cluster.count
