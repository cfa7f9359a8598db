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
from typing import Any

Clause = frozenset[str]
"""Strings of which at least one is in every text that matches."""

MANY = 16
"""A clause of more strings than this is not worth looking for."""

COMMON = frozenset(" abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;'\"()-/\n")
"""What most texts hold. Any other character says more about a text."""

END = sys.maxsize

REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


@lru_cache(maxsize=1024)
def clauses(regex: re.Pattern[str]) -> tuple[Clause, ...]:
    """Give what a text must hold for an expression to match anywhere in it.

    :return: clauses that all hold, the most telling first; none if nothing is known.
    """
    try:
        # The parser has no public name; without it, or if it changes, nothing is known.
        parser: Any = importlib.import_module("re._parser")
        tree = parser.parse(regex.pattern, regex.flags & ~re.DEBUG)
        found = _sequence(tree, bool(regex.flags & re.IGNORECASE))
    except Exception:  # noqa: BLE001
        return ()
    return tuple(sorted(dict.fromkeys(found), key=_worth))


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


def _sequence(items: Iterable[Any], folded: bool) -> list[Clause]:
    """Give the clauses of what matches one after the other. Runs of characters are joined."""
    found: list[Clause] = []
    run = ""
    for code, argument in items:
        name = str(code)
        piece, goes_on = _literal(name, argument, folded)
        run += piece
        if not goes_on:
            if run:
                found.append(frozenset([run]))
            run = ""
            if not piece:
                found += _item(name, argument, folded)
    if run:
        found.append(frozenset([run]))
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


def _item(name: str, argument: Any, folded: bool) -> list[Clause]:
    if name == "IN":
        clause = _one_of(argument, folded)
        return [clause] if clause else []
    if name == "SUBPATTERN":
        _, added, removed, inner = argument
        return _sequence(inner, (folded or bool(added & re.I)) and not removed & re.I)
    if name == "ATOMIC_GROUP":
        return _sequence(argument, folded)
    if name in REPEATS:
        least, _, inner = argument
        return _sequence(inner, folded) if least else []
    if name == "ASSERT":
        # What a look-around sees is in the text as well.
        return _sequence(argument[1], folded)
    if name == "BRANCH":
        return _branches([_sequence(branch, folded) for branch in argument[1]])
    return []


def _branches(branches: Sequence[list[Clause]]) -> list[Clause]:
    """Give what holds whichever branch matches: one clause of each, united."""
    if not all(branches):
        return []
    shared = [clause for clause in branches[0] if all(clause in other for other in branches)]
    if shared:
        return shared
    united = frozenset().union(*(min(branch, key=_worth) for branch in branches))
    return [united] if len(united) <= MANY else []


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
    """A regular expression that looks for its needle before it searches.

    It has the methods of a compiled expression that search, and gives what they give.

    :param needles: strings of which one is in every text that the expression matches.
    """

    def __init__(self, regex: re.Pattern[str], needles: Clause) -> None:
        self.regex = regex
        search, match, finditer, sub = regex.search, regex.match, regex.finditer, regex.sub
        if len(needles) == 1:
            (needle,) = needles

            def may(text: str) -> bool:
                return needle in text

        else:

            def may(text: str) -> bool:
                return any(needle in text for needle in needles)

        def quick_search(string: str, pos: int = 0, endpos: int = END) -> re.Match[str] | None:
            return search(string, pos, endpos) if may(string) else None

        def quick_match(string: str, pos: int = 0, endpos: int = END) -> re.Match[str] | None:
            return match(string, pos, endpos) if may(string) else None

        def quick_finditer(
            string: str, pos: int = 0, endpos: int = END
        ) -> Iterator[re.Match[str]]:
            return finditer(string, pos, endpos) if may(string) else iter(())

        def quick_sub(repl: Any, string: str, count: int = 0) -> str:
            return sub(repl, string, count) if may(string) else string

        self.search, self.match = quick_search, quick_match
        self.finditer, self.sub = quick_finditer, quick_sub

    def __getattr__(self, name: str) -> Any:
        return getattr(self.regex, name)
