"""How far a freeze goes past one machine: Dask against the pool, and the client's own cost.

    python benchmarks/cluster.py throughput 2000       # the same freeze by both executors
    python benchmarks/cluster.py client 10000 100000   # memory and time of a simulated client

``client`` sends as many tasks as a freeze of that many URLs would, fifty URLs each, to a
cluster of threads whose workers sleep as long as the ledger says that a page takes, and
keeps of each URL what a freeze keeps. So it measures what scheduling and the client cost,
not rendering. Prints a table; nothing is written outside a temporary folder.
"""

from __future__ import annotations

import argparse
import logging
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import FIRST_COMPLETED, wait
from pathlib import Path
from typing import Any

from blasto import sample_data
from blasto.ledger import Row
from blasto.rendering import Made, Result

CHUNK = 50
SECONDS = 0.0026  # of processor time that a page of the sample takes, from its ledger


def throughput(pages: int, rounds: int) -> None:
    """Freeze the sample by a pool and by Dask with two workers, in turn."""
    with tempfile.TemporaryDirectory(prefix="blasto-cluster-") as folder:
        site = Path(folder, "site")
        sample_data.make(site, pages)
        times: dict[str, list[float]] = {"pool": [], "dask": []}
        for _ in range(rounds):
            for name, taken in times.items():
                for made in (".blasto", "build"):
                    shutil.rmtree(site / made, ignore_errors=True)
                began = time.perf_counter()
                words = ["freeze.py", "-q", "--workers", "2", "--executor", name]
                subprocess.run([sys.executable, *words], cwd=site, check=True)
                taken.append(time.perf_counter() - began)
        pool, dask = (statistics.median(times[name]) for name in ("pool", "dask"))
        print(f"{pages} posts, clean, two workers: pool {pool:.1f} s, dask {dask:.1f} s: "
              f"throughput {pool / dask:.2f} of the pool's")  # fmt: skip


def sleeping(urls: list[str], seconds: float) -> list[Result]:
    """Give what rendering some URLs would, after as long as it would take."""
    time.sleep(seconds * len(urls))
    return [
        Result(url, "blasto.content", type="text/html", digest="0" * 32, size=9000,
               anchors="one\ntwo\nthree", references=b"x" * 120)
        for url in urls
    ]  # fmt: skip


def client(count: int, workers: int) -> None:
    """Hand out the tasks of a freeze of ``count`` URLs, and keep what it keeps."""
    import distributed

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    made = distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=False, dashboard_address=None,
        silence_logs=logging.CRITICAL,
    )  # fmt: skip
    with made, distributed.Client(made, set_as_default=False) as connected:
        executor = connected.get_executor(pure=False)
        before = _memory()
        began = time.perf_counter()
        rows: dict[str, Row] = {}
        results: dict[str, Made] = {}
        pending: set[Any] = set()
        for start in range(0, count, CHUNK):
            urls = [f"/posts/{n}-a-title-of-usual-length/" for n in range(start, min(start + CHUNK, count))]  # fmt: skip
            pending.add(executor.submit(sleeping, urls, SECONDS))
            if len(pending) >= workers * 8:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                _keep(done, rows, results)
        _keep(wait(pending).done, rows, results)
        taken = time.perf_counter() - began
        ideal = count * SECONDS / workers
        print(f"{count:>9} URLs, {workers:>2} workers: {taken:6.1f} s, ideal {ideal:6.1f} s "
              f"({ideal / taken:.2f}); client {(_memory() - before) / count:.0f} bytes a URL")  # fmt: skip


def _keep(done: Any, rows: dict[str, Row], results: dict[str, Made]) -> None:
    """Keep of each result a row and what else a freeze needs of it."""
    for future in done:
        for one in future.result():
            rows[one.url] = Row(
                one.url, one.endpoint, one.url[1:] + "index.html", one.digest, one.size, 0,
                one.type, b"\0" * 8 * 20, b"\0" * 8 * 30, one.anchors,
            )  # fmt: skip
            results[one.url] = Made(staged=True, references=one.references)


def _memory() -> int:
    """Give this process's memory in bytes."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("throughput", "client"))
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, nargs="+", default=[2, 16, 64])
    given = parser.parse_args()
    for size in given.sizes:
        if given.what == "throughput":
            throughput(size, given.rounds)
        else:
            for workers in given.workers:
                client(size, workers)


if __name__ == "__main__":
    main()
