"""Builds the same site with blasto and with its peers, in turn, and says how they compare.

The entry of the benchmarks: `peers.py` writes the sites, `measure.py` runs one build,
`report.py` makes tables and a plot of what is noted here. Every round goes through all
peers, each time beginning with another, so that a slow minute of the machine hits all;
figures are medians over the rounds. `README.md` beside this file says how to read them.

    python benchmarks/run.py --pages 1000,10000 --rounds 3
    python benchmarks/run.py --what clean --peers hugo,blasto-theme
    python benchmarks/run.py --write content/guide/speed.md
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import peers
import report
from measure import Sample, measure

WHAT = ("clean", "noop", "body", "title", "template", "workers", "memory")
EDITS = ("body", "title", "template")
DEFAULT_PEERS = "blasto,hugo,eleventy,pelican,flask"
RESULTS = peers.HERE / "results"


@dataclass
class Plan:
    """What to run, as asked for on the command line."""

    what: Sequence[str]
    rounds: int
    everything: bool

    def applies(self, what: str, peer: peers.Peer) -> bool:
        """Whether a peer takes part: one that always builds everything has only `clean`."""
        if what == "workers":
            return isinstance(peer, peers.Blasto)
        return what in ("clean", "memory") or peer.incremental or self.everything


def environment() -> dict[str, str]:
    """The environment of every build: this one, without what makes blasto strict or chatty."""
    env = {name: value for name, value in os.environ.items() if name not in ("CI", "FORCE_COLOR")}
    env["PYTHONPATH"] = os.pathsep.join(filter(None, (str(peers.ROOT), env.get("PYTHONPATH"))))
    env["NO_COLOR"] = "1"
    return env


def build(what: str, peer: peers.Peer, edit: int) -> Iterator[tuple[str, Sample]]:
    """Prepare and run one kind of build; gives (name of the figure, sample)."""
    env = environment()
    if what == "workers":
        assert isinstance(peer, peers.Blasto)
        for workers in (1, os.cpu_count() or 1):
            peer.workers = workers
            peer.clean()
            os.sync()
            yield f"workers-{workers}", measure(peer.command(), peer.site, env)
        peer.workers = None
        return
    if what in ("clean", "memory"):
        peer.clean()
    elif not (peer.site / peer.output).is_dir():
        measure(peer.command(), peer.site, env)
    if what in EDITS:
        peer.edit(what, edit)
    os.sync()  # or this build waits for what was written or removed before it
    yield what, measure(peer.command(), peer.site, env, sampled=what == "memory")


def run(plan: Plan, sites: Sequence[peers.Peer], pages: int) -> Iterator[dict[str, Any]]:
    """Write the site for every peer and go through the rounds; gives one record a build."""
    source = peers.corpus(pages)
    for peer in sites:
        peer.write(source)
    for number in range(plan.rounds):
        turn = [*sites[number % len(sites) :], *sites[: number % len(sites)]]
        for at, what in enumerate(plan.what):
            for peer in turn:
                if not plan.applies(what, peer) or (what == "memory" and number):
                    continue
                for figure, sample in build(what, peer, 1 + number * len(WHAT) + at):
                    print(
                        f"{pages:>7} pages  round {number + 1}  {figure:<10} {peer.name:<13}"
                        f"{sample.seconds:8.2f} s {sample.largest:7.0f} MB",
                        flush=True,
                    )
                    yield {
                        "pages": pages,
                        "round": number + 1,
                        "what": figure,
                        "peer": peer.name,
                        **asdict(sample),
                    }


def machine() -> dict[str, Any]:
    """Say what this ran on, and how busy that was: figures of two machines do not compare."""
    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(": ")[2]
                break
    except OSError:
        pass
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": model,
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
    }


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    add = parser.add_argument
    add("--pages", default="1000", help="how many posts; several sizes with commas")
    add("--rounds", type=int, default=3, help="how often to measure each")
    add("--what", default=",".join(WHAT), help="which builds: %(default)s")
    add("--peers", default=DEFAULT_PEERS, help=f"of {', '.join(peers.PEERS)}")
    add("--everything", action="store_true", help="edits for peers that always build all, too")
    add("--write", type=Path, metavar="PAGE.md", help="put table and plot into this page")
    add("--no-results", action="store_true", help=f"write no JSON into {RESULTS.name}/")
    chosen = parser.parse_args(arguments)
    for given, known in ((chosen.what, WHAT), (chosen.peers, tuple(peers.PEERS))):
        if unknown := set(given.split(",")) - set(known):
            parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return chosen


def main(arguments: Sequence[str] | None = None) -> int:
    """Install, measure, report. Gives the exit status."""
    chosen = options(arguments)
    peers.install()
    plan = Plan(
        [what for what in WHAT if what in chosen.what.split(",")], chosen.rounds, chosen.everything
    )
    started = machine()
    records: list[dict[str, Any]] = []
    for pages in map(int, chosen.pages.split(",")):
        sites = [
            peers.PEERS[name](peers.BENCH / "sites" / f"{name}-{pages}")
            for name in chosen.peers.split(",")
        ]
        for peer in sites:
            if not peer.installed:
                print(f"{peer.label} is not here, left out", file=sys.stderr)
        records += run(plan, [peer for peer in sites if peer.installed], pages)
    result: dict[str, Any] = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {**started, "load_after": os.getloadavg()[0]},
        "versions": peers.versions(),
        "rounds": chosen.rounds,
        "runs": records,
    }
    if not chosen.no_results:
        RESULTS.mkdir(exist_ok=True)
        name = f"{result['date'][:16].replace(':', '')}-{chosen.pages.replace(',', '-')}.json"
        (RESULTS / name).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print("\n" + report.text(result))
    if chosen.write:
        report.write(chosen.write, result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
