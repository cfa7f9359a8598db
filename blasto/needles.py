"""Needles: strings of which a text must hold one for a regular expression to match in it.

`inline` asks here, once per pattern, what may be looked for before a search is worth its
while. The answer is read off the parse tree of the expression, so that it is sound for
whatever pattern an extension brings; where the tree says nothing, neither do we.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

Clause = frozenset[str]
"""Strings of which at least one is in every text that matches."""

MANY = 16
"""A clause of more strings than this is not worth looking for."""

COMMON = frozenset(" abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;'\"()-/\n")
"""What most texts hold. Any other character says more about a text."""

NEAR = 8
"""How far apart the places may be where a match that has a needle can start."""

FAR = 1 << 16


END = sys.maxsize

REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


class Anchor(NamedTuple):
    """Needles with their distance from where a match starts."""

    needles: Clause
    low: int
    high: int


@lru_cache(maxsize=1024)
def clauses(regex: re.Pattern[str]) -> tuple[Clause, ...]:
    """Give what a text must hold for an expression to match anywhere in it.

    :return: clauses that all hold, the most telling first; none if nothing is known.
    """
    found = [anchor.needles for anchor in _read(regex)]
    return tuple(sorted(dict.fromkeys(found), key=_worth))


@lru_cache(maxsize=1024)
def anchor(regex: re.Pattern[str]) -> Anchor | None:
    """Give needles of which one is at a known distance from the start of each match.

    :return: ``None`` if there are none, or if the expression can match nothing at all.
    """
    near = [found for found in _read(regex) if found.high < FAR and found.high - found.low < NEAR]
    if not near or _parser().parse(regex.pattern, regex.flags & ~re.DEBUG).getwidth()[0] == 0:
        return None
    return min(near, key=lambda found: (_worth(found.needles), found.high - found.low))


@lru_cache(maxsize=1024)
def behind(regex: re.Pattern[str]) -> int | None:
    """Give how many characters before a match an expression can look at; ``None`` if unknown."""
    try:
        return _behind(_parser().parse(regex.pattern, regex.flags & ~re.DEBUG))
    except Exception:  # noqa: BLE001
        return None


def _behind(item: Any) -> int:
    """Look through a tree, or a part of one, for what looks back."""
    if isinstance(item, tuple) and item and str(item[0]) == "AT":
        return 1
    if isinstance(item, tuple) and item and str(item[0]).startswith("ASSERT"):
        direction, inner = item[1]
        width = int(inner.getwidth()[1]) if direction < 0 else 0
        return width + _behind(inner)
    parts = item if isinstance(item, (tuple, list)) else getattr(item, "data", ())
    return max(map(_behind, parts), default=0)


def gate(clause: Clause) -> Clause:
    """Give a clause that holds wherever the given one does, and is quicker to look for."""
    return frozenset(_rarest(needle) for needle in clause)


def _rarest(needle: str) -> str:
    rare = [character for character in needle if character not in COMMON]
    return rare[-1] if rare else needle


def _worth(clause: Clause) -> tuple[int, int, int]:
    """Order clauses: rare characters before common ones, few strings before many."""
    return max(map(_commonness, clause)), len(clause), -min(map(len, clause))


def _commonness(needle: str) -> int:
    if not COMMON.issuperset(needle):
        return 0
    return 1 if len(needle) > 1 else 2


def _parser() -> Any:
    """Give the parser of regular expressions. It has no public name."""
    return importlib.import_module("re._parser")


def _read(regex: re.Pattern[str]) -> list[Anchor]:
    try:
        tree = _parser().parse(regex.pattern, regex.flags & ~re.DEBUG)
        return _sequence(tree, bool(regex.flags & re.IGNORECASE), 0, 0)
    except Exception:  # noqa: BLE001
        # Should the parser change or go, nothing is known, and all is searched.
        return []


def _sequence(tree: Any, folded: bool, low: int, high: int) -> list[Anchor]:
    """Read what matches one after the other, from a distance on. Characters are joined."""
    found: list[Anchor] = []
    run, run_low, run_high = "", low, high
    for index, (code, argument) in enumerate(tree):
        name = str(code)
        piece, goes_on = _literal(name, argument, folded)
        if not run:
            run_low, run_high = low, high
        run += piece
        if not goes_on:
            if run:
                found.append(Anchor(frozenset([run]), run_low, run_high))
            run = ""
            if not piece:
                found += _item(name, argument, folded, low, high)
        least, most = tree[index : index + 1].getwidth()
        low, high = min(low + least, FAR), min(high + most, FAR)
    if run:
        found.append(Anchor(frozenset([run]), run_low, run_high))
    return found


def _literal(name: str, argument: Any, folded: bool) -> tuple[str, bool]:
    """Give the characters that an item stands for, and whether the next follow at once."""
    if name == "LITERAL":
        character = _character(argument, folded)
        return character, bool(character)
    if name in REPEATS:
        least, most, inner = argument
        if len(inner) == 1 and str(inner[0][0]) == "LITERAL":
            piece = _character(inner[0][1], folded) * min(least, MANY)
            return piece, bool(piece) and least == most <= MANY
    return "", False


def _item(name: str, argument: Any, folded: bool, low: int, high: int) -> list[Anchor]:
    if name == "IN":
        clause = _one_of(argument, folded)
        return [Anchor(clause, low, high)] if clause else []
    if name == "SUBPATTERN":
        _, added, removed, inner = argument
        folded = (folded or bool(added & re.I)) and not removed & re.I
        return _sequence(inner, folded, low, high)
    if name == "ATOMIC_GROUP":
        return _sequence(argument, folded, low, high)
    if name in REPEATS:
        least, _, inner = argument
        return _sequence(inner, folded, low, high) if least else []
    if name == "ASSERT":
        # What a look-around sees is in the text as well.
        direction, inner = argument
        if direction > 0:
            return _sequence(inner, folded, low, high)
        return [Anchor(seen.needles, 0, FAR) for seen in _sequence(inner, folded, 0, 0)]
    if name == "BRANCH":
        return _branches([_sequence(branch, folded, low, high) for branch in argument[1]])
    return []


def _branches(branches: Sequence[list[Anchor]]) -> list[Anchor]:
    """Give what holds whichever branch matches: the best of each, united."""
    if not all(branches):
        return []
    united = []
    for rank in (
        lambda found: (_worth(found.needles), found.high - found.low),
        lambda found: (found.high - found.low, _worth(found.needles)),
    ):
        chosen = [min(branch, key=rank) for branch in branches]
        needles = frozenset().union(*(one.needles for one in chosen))
        if len(needles) <= MANY:
            low, high = min(one.low for one in chosen), max(one.high for one in chosen)
            united.append(Anchor(needles, low, high))
    return united


def _one_of(items: Iterable[Any], folded: bool) -> Clause:
    found: set[str] = set()
    for code, argument in items:
        name = str(code)
        if name == "LITERAL":
            points = [argument]
        elif name == "RANGE" and argument[1] - argument[0] < MANY:
            points = list(range(argument[0], argument[1] + 1))
        else:
            return frozenset()
        for point in points:
            character = _character(point, folded)
            if not character:
                return frozenset()
            found.add(character)
    return frozenset(found) if len(found) <= MANY else frozenset()


def _character(point: int, folded: bool) -> str:
    """Give a character that must be there as it is: with case folded, no letter must."""
    character = chr(point)
    return character if not folded or (point < 128 and not character.isalpha()) else ""


class Regex:
    """A regular expression that looks for its needles before it searches.

    It has the methods of a compiled expression, and gives what they give.

    :param needles: strings of which one is in every text that the expression matches.
    """

    def __init__(self, regex: re.Pattern[str], needles: Clause) -> None:
        self.regex = regex
        first, *others = sorted(needles)

        def none(text: str) -> bool:
            if first in text:
                return False
            for needle in others:  # noqa: SIM110
                if needle in text:
                    return False
            return True

        search, match, finditer, sub = regex.search, regex.match, regex.finditer, regex.sub

        def quick_search(string: str, pos: int = 0, endpos: int = END) -> re.Match[str] | None:
            return None if none(string) else search(string, pos, endpos)

        def quick_match(string: str, pos: int = 0, endpos: int = END) -> re.Match[str] | None:
            return None if none(string) else match(string, pos, endpos)

        def quick_finditer(string: str, pos: int = 0, endpos: int = END) -> Iterator[re.Match[str]]:
            return iter(()) if none(string) else finditer(string, pos, endpos)

        def quick_sub(repl: Any, string: str, count: int = 0) -> str:
            return str(string) if none(string) else sub(repl, string, count)

        if not others:
            # Most have one needle, and most are searched: one call less.
            def quick_search(string: str, pos: int = 0, endpos: int = END) -> re.Match[str] | None:
                return search(string, pos, endpos) if first in string else None

        self.search, self.match = quick_search, quick_match
        self.finditer, self.sub = quick_finditer, quick_sub

    def __getattr__(self, name: str) -> Any:
        return getattr(self.regex, name)
