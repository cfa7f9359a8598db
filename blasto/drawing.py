"""Pictures of a site as numbers: where each page lies in the drawing of links, bars of a chart.

For the pages of the writing server; its templates make SVG of them. Nothing is random, so
that the same site looks the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

RADIUS = 330.0
GAP = 2
MOST = 20_000
"""Links that are drawn; a picture of more of them shows nothing."""


class Dot(NamedTuple):
    """A page in the drawing."""

    path: str
    x: float
    y: float
    angle: float


@dataclass
class Ring:
    """All dots, the arc of each group with its label, and the size of a dot."""

    dots: dict[str, Dot]
    labels: list[tuple[str, float, float, float, str]]
    size: float
    outer: float


def ring(groups: Mapping[str, Sequence[str]]) -> Ring:
    """Put pages on a ring, group beside group, in stacks where there are many.

    :param groups: the pages of each group, in order.
    """
    count = sum(map(len, groups.values())) or 1
    step = 11.0 if count <= 150 else 8.0 if count <= 1000 else 5.5
    room = 2 * math.pi * RADIUS / step - GAP * len(groups)
    stack = max(1, math.ceil(count / max(room, 1)))
    columns = {name: math.ceil(len(paths) / stack) for name, paths in groups.items()}
    total = sum(columns.values()) + GAP * len(groups)
    dots: dict[str, Dot] = {}
    labels = []
    outer = RADIUS + stack * step
    at = GAP / 2
    for name, paths in groups.items():
        for number, path in enumerate(paths):
            angle = 2 * math.pi * (at + number // stack + 0.5) / total - math.pi / 2
            far = RADIUS + (number % stack) * step
            dots[path] = Dot(path, far * math.cos(angle), far * math.sin(angle), angle)
        middle = 2 * math.pi * (at + columns[name] / 2) / total - math.pi / 2
        far = outer + 14
        anchor = "start" if math.cos(middle) > 0.2 else "end" if math.cos(middle) < -0.2 else "middle"  # fmt: skip
        labels.append((name or "/", far * math.cos(middle), far * math.sin(middle), middle, anchor))
        at += columns[name] + GAP
    return Ring(dots, labels, step * 0.36, outer)


def curve(one: Dot, other: Dot) -> str:
    """Give the SVG path from a dot to another, bent towards the middle."""
    apart = abs(one.angle - other.angle) % (2 * math.pi)
    near = 1 - min(apart, 2 * math.pi - apart) / math.pi
    bend = 0.06 + 0.3 * near**2
    x, y = (one.x + other.x) * bend, (one.y + other.y) * bend
    return f"M{one.x:.1f} {one.y:.1f}Q{x:.1f} {y:.1f} {other.x:.1f} {other.y:.1f}"


def away(dot: Dot, outer: float, number: int) -> tuple[float, float]:
    """Give the place of what a broken link means: inside of the ring, where nothing is."""
    far = RADIUS - 34 - 13 * (number % 5)
    return far * math.cos(dot.angle), far * math.sin(dot.angle)


class Bar(NamedTuple):
    """A bar of a chart: what it stands for, its share of the longest, and the value in words."""

    name: str
    url: str
    share: float
    words: str


def bars(values: Iterable[tuple[str, str, float, str]], most: int = 30) -> list[Bar]:
    """Give the longest bars, longest first.

    :param values: name, URL, value and the value in words of each.
    """
    chosen = sorted(values, key=lambda value: (-value[2], value[0]))[:most]
    longest = chosen[0][2] if chosen and chosen[0][2] > 0 else 1
    return [Bar(name, url, value / longest, words) for name, url, value, words in chosen]


def size(count: float) -> str:
    """Put a number of bytes into words."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000 or unit == "MB":
            return f"{count:,.0f} {unit}" if unit == "bytes" or count >= 100 else f"{count:.1f} {unit}"  # fmt: skip
        count /= 1000
    raise AssertionError
