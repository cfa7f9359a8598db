"""Makes of the records of `run.py` what a person reads: medians, ratios, a table, a plot.

Last of the benchmarks' flow. The bars that blasto set itself are data here
(:data:`BARS`), so that every run says which are met.
``python benchmarks/report.py results/FILE.json [PAGE.md]`` reports an earlier run again.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable
from html import escape
from pathlib import Path
from statistics import median
from typing import Any

import peers

Key = tuple[int, str, str]

LABELS = {
    "clean": "clean build",
    "noop": "nothing changed",
    "body": "one body edited",
    "title": "one title edited",
    "template": "template of every page edited",
    "memory": "clean build, memory sampled",
}
SVG_HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {height}" width="800" \
height="{height}" role="img" aria-labelledby="t">
<title id="t">Seconds to build {pages} posts</title>
<style>
text {{ font: 14px system-ui, sans-serif; fill: #222 }}
.other {{ fill: #9aa3a8 }}
.mine {{ fill: #1f5e6b }}
@media (prefers-color-scheme: dark) {{
  text {{ fill: #ddd }}
  .other {{ fill: #66707a }}
  .mine {{ fill: #6fc1d1 }}
}}
</style>"""
BEGIN, END = "<!-- benchmark -->", "<!-- end of benchmark -->"


class Figures:
    """The medians of one result, by pages, kind of build and peer."""

    def __init__(self, result: dict[str, Any]) -> None:
        gathered: dict[str, dict[Key, list[float]]] = {
            name: defaultdict(list) for name in ("seconds", "cpu", "largest", "total")
        }
        for one in result["runs"]:
            for name, by_key in gathered.items():
                if one[name] is not None:
                    by_key[one["pages"], one["what"], one["peer"]].append(one[name])
        self.medians = {
            name: {key: median(values) for key, values in by_key.items()}
            for name, by_key in gathered.items()
        }
        keys = list(self.medians["seconds"])
        self.sizes = sorted({pages for pages, _, _ in keys})
        self.what = list(dict.fromkeys(what for _, what, _ in keys))
        self.peers = [name for name in peers.PEERS if any(name == peer for _, _, peer in keys)]

    def get(self, name: str, pages: int, what: str, peer: str) -> float | None:
        """Give a median, or None where that was not measured."""
        return self.medians[name].get((pages, what, peer))

    def ratio(
        self, pages: int, what: str, peer: str, of: str, to: str, name: str = "seconds"
    ) -> float | None:
        """Give how many times `what` of `peer` is `of` of `to`."""
        a, b = self.get(name, pages, what, peer), self.get(name, pages, of, to)
        return a / b if a is not None and b else None


Bar = tuple[str, str, float, Callable[[Figures, int, str], float | None]]


def _over(
    what: str, other: str, name: str = "seconds"
) -> Callable[[Figures, int, str], float | None]:
    return lambda found, pages, me: found.ratio(pages, what, me, "clean", other, name)


def _seconds(what: str, size: int) -> Callable[[Figures, int, str], float | None]:
    return lambda found, pages, me: found.get("seconds", pages, what, me) if pages == size else None


def _memory(size: int) -> Callable[[Figures, int, str], float | None]:
    return lambda found, pages, me: (
        found.get("largest", pages, "clean", me) if pages == size else None
    )


def _workers(found: Figures, pages: int, me: str) -> float | None:
    many = [int(what[8:]) for what in found.what if what.startswith("workers-")]
    return found.ratio(pages, "workers-1", me, f"workers-{max(many)}", me) if many else None


def _growth(found: Figures, pages: int, me: str) -> float | None:
    first = found.get("seconds", found.sizes[0], "clean", me)
    here = found.get("seconds", pages, "clean", me)
    if pages == found.sizes[0] or first is None or here is None:
        return None
    return (here / pages) / (first / found.sizes[0])


BARS: tuple[Bar, ...] = (
    ("clean build ÷ Hugo's", "<=", 0.75, _over("clean", "hugo")),
    ("clean build ÷ Eleventy's", "<=", 0.75, _over("clean", "eleventy")),
    ("clean build ÷ Pelican's", "<=", 0.25, _over("clean", "pelican")),
    ("clean build ÷ Frozen-Flask's", "<=", 0.25, _over("clean", "flask")),
    ("memory of the largest process ÷ Hugo's", "<=", 0.2, _over("clean", "hugo", "largest")),
    ("nothing changed, seconds", "<=", 0.7, _seconds("noop", 10_000)),
    ("nothing changed ÷ Hugo's build", "<=", 1 / 30, _over("noop", "hugo")),
    ("one body edited, seconds", "<=", 1.0, _seconds("body", 10_000)),
    ("one body edited ÷ Hugo's build", "<=", 1 / 20, _over("body", "hugo")),
    ("one title edited, seconds", "<=", 2.0, _seconds("title", 10_000)),
    (
        "template edited ÷ clean build",
        "<=",
        1 / 3,
        lambda found, pages, me: found.ratio(pages, "template", me, "clean", me),
    ),
    ("one worker ÷ all workers", ">=", 1.7, _workers),
    ("memory of the largest process, MB", "<=", 300, _memory(10_000)),
    ("memory of the largest process, MB", "<=", 1500, _memory(100_000)),
    ("time per page ÷ that of the smallest site", "<=", 1.25, _growth),
)


def verdicts(found: Figures) -> list[tuple[int, str, str, float, str, float, bool]]:
    """Give (pages, who, what, value, relation, bar, met) of each bar that was measured."""
    out = []
    for pages in found.sizes:
        for me in ("blasto", "blasto-theme"):
            for what, relation, bar, value_of in BARS:
                value = value_of(found, pages, me)
                if value is not None:
                    met = value <= bar if relation == "<=" else value >= bar
                    out.append((pages, me, what, value, relation, bar, met))
    return out


def label(what: str) -> str:
    """Give the words for a kind of build."""
    if what.startswith("workers-"):
        count = what[8:]
        return f"clean build, {count} worker{'' if count == '1' else 's'}"
    return LABELS[what]


def rows(found: Figures, pages: int) -> list[list[str]]:
    """Give the table of one size: a row a build, a column a peer, and two of memory."""
    table = [[f"{pages:,} posts", *(peers.PEERS[name].label for name in found.peers)]]
    for what in found.what:
        if what != "memory":
            cells = [found.get("seconds", pages, what, peer) for peer in found.peers]
            table.append([label(what), *("-" if v is None else f"{v:.2f} s" for v in cells)])
    for name, what, words in (
        ("cpu", "clean", "processor time of a clean build"),
        ("largest", "clean", "memory, largest process"),
        ("total", "memory", "memory, all processes"),
    ):
        cells = [found.get(name, pages, what, peer) for peer in found.peers]
        if any(cell is not None for cell in cells):
            unit = "{:.2f} s" if name == "cpu" else "{:.0f} MB"
            table.append([words, *("-" if v is None else unit.format(v) for v in cells)])
    return table


def text(result: dict[str, Any]) -> str:
    """Give the report for a terminal."""
    found = Figures(result)
    out = []
    for pages in found.sizes:
        table = rows(found, pages)
        widths = [max(len(row[n]) for row in table) for n in range(len(table[0]))]
        for row in table:
            cells = [row[0].ljust(widths[0])]
            cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
            out.append("  ".join(cells))
        out.append("")
    for pages, me, what, value, relation, bar, met in verdicts(found):
        sign = "ok  " if met else "MISS"
        out.append(f"{sign} {pages:>7,} {me:<13}{what}: {value:.3g} ({relation} {bar:.3g})")
    load = result["machine"]
    out.append(
        f"load {load['load']:.1f} before, {load['load_after']:.1f} after, on {load['cores']} cores"
    )
    return "\n".join(out)


def markdown(result: dict[str, Any], plot: str) -> str:
    """Give the report as Markdown: what ran, the plot, a table for each size."""
    found, on = Figures(result), result["machine"]
    versions = ", ".join(f"{name} {what}" for name, what in result["versions"].items())
    rounds = "one run" if result["rounds"] == 1 else f"medians of {result['rounds']} runs"
    measured = (
        f"Measured on {result['date'][:10]}, {rounds}, taken in turn, on {on['cores']} cores "
        f"({on['processor']}, {on['system']}), with {versions}."
    )
    out = [
        measured,
        f"![Seconds that each program took]({plot})",
    ]
    for pages in found.sizes:
        head, *table = rows(found, pages)
        lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
        out.append("\n".join([*lines, *("| " + " | ".join(row) + " |" for row in table)]))
    return "\n\n".join(out)


def svg(result: dict[str, Any]) -> str:
    """Give a bar chart of the largest size: clean builds of all, then blasto's rebuilds."""
    found = Figures(result)
    pages = found.sizes[-1]
    bars = []
    for what in found.what:
        for peer in found.peers:
            seconds = found.get("seconds", pages, what, peer)
            mine = issubclass(peers.PEERS[peer], peers.Blasto)
            if seconds is None or what == "memory" or not (what == "clean" or mine):
                continue
            words = peers.PEERS[peer].label + ("" if what == "clean" else f", {label(what)}")
            bars.append((seconds, words, mine))
    bars.sort(key=lambda bar: -bar[0])
    longest = max((seconds for seconds, _, _ in bars), default=1)
    height = 40 + 30 * len(bars)
    out = [
        SVG_HEAD.format(height=height, pages=f"{pages:,}"),
        f'<text x="0" y="18">Seconds to build {pages:,} posts (shorter is better)</text>',
    ]
    for number, (seconds, words, mine) in enumerate(bars):
        y, width = 34 + 30 * number, max(1.0, 340 * seconds / longest)
        out.append(
            f'<text x="370" y="{y + 15}" text-anchor="end">{escape(words)}</text>'
            f'<rect class="{"mine" if mine else "other"}" x="380" y="{y}" width="{width:.1f}" '
            f'height="20" rx="2"/><text x="{386 + width:.1f}" y="{y + 15}">{seconds:.2f}</text>'
        )
    return "\n".join([*out, "</svg>"]) + "\n"


def write(page: Path, result: dict[str, Any]) -> None:
    """Put table and plot into a page, between its two markers; make the page if need be."""
    plot = page.with_suffix(".svg")
    page.parent.mkdir(parents=True, exist_ok=True)
    plot.write_text(svg(result), encoding="utf-8")
    part = f"{BEGIN}\n\n{markdown(result, plot.name)}\n\n{END}"
    if page.is_file():
        old = page.read_text(encoding="utf-8")
        before, begin, rest = old.partition(BEGIN)
        _, end, after = rest.partition(END)
        if not begin or not end:
            raise SystemExit(f"{page}: no place between {BEGIN} and {END} to write to")
        page.write_text(before + part + after, encoding="utf-8")
    else:
        page.write_text(f"---\ntitle: Speed\n---\n\n{part}\n", encoding="utf-8")


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(text(given))
    if len(sys.argv) > 2:
        write(Path(sys.argv[2]), given)
