"""The inline patterns of a dialect, and which of them can match in a text.

`inline` makes a plan of its patterns and asks it for each text. What a pattern needs comes
from `needles`; here it becomes a list of few strings to look for, and a memory of which
patterns go with which of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from markdown import inlinepatterns
from markdown.util import INLINE_PLACEHOLDER_PREFIX

from .needles import Clause, anchor, behind, clauses, gate

Find = Callable[[str, int], int]
"""Finds a needle in a text from a position on; -1 if there is none."""


FEW = 8
"""Characters. A placeholder has more."""


class Step:
    """A pattern and its place in the order of all.

    :param regex: its regular expression; ``None`` if it has to be asked for it each time.
    """

    def __init__(self, index: int, pattern: Any, regex: re.Pattern[str] | None) -> None:
        self.index = index
        self.pattern = pattern
        self.regex = regex
        self.excludes = frozenset(tag.lower() for tag in pattern.ANCESTOR_EXCLUDES)
        self.clauses: tuple[Clause, ...] = ()
        self.find: Find | None = None
        if regex is not None:
            self.clauses = clauses(regex)
            anchored = anchor(regex)
            if anchored and isinstance(pattern, inlinepatterns.InlineProcessor):
                self.find, self.low, self.high = _finder(anchored.needles), *anchored[1:]
                self.match = regex.match
                self.behind = _apart(pattern, regex)

    def may(self, data: str) -> bool:
        """Say whether a text holds a string of each clause."""
        for clause in self.clauses:
            for needle in clause:
                if needle in data:
                    break
            else:
                return False
        return True


def _apart(pattern: Any, regex: re.Pattern[str]) -> int | None:
    """Say how near to the last match a pattern must see what was put in its place.

    :return: the characters it looks back; ``None`` if it has to see all as it is, as one
        that is not known has, and one that remembers places.
    """
    known = type(pattern).__module__.startswith(("markdown.", "pymdownx.", "blasto.parts"))
    if not known or hasattr(pattern, "regions"):
        return None
    width = behind(regex)
    return width if width is not None and width <= FEW else None


class Plan:
    """Says which of a registry's patterns can match in a text.

    :param patterns: the inline patterns of the dialect, in order.
    """

    def __init__(self, patterns: list[Any]) -> None:
        self.patterns = patterns
        self.seen = [_features(pattern) for pattern in patterns]
        self.steps = [
            Step(index, pattern, regex)
            for index, (pattern, (regex, _)) in enumerate(zip(patterns, self.seen, strict=True))
        ]
        self.gates = [gate(step.clauses[0]) if step.clauses else None for step in self.steps]
        for step, needed in zip(self.steps, self.gates, strict=True):
            # What the gate has asked for need not be asked for again.
            step.clauses = tuple(clause for clause in step.clauses if clause != needed)
        self.needles = sorted(set().union(*(needed for needed in self.gates if needed)))
        # One search tells whether a text has anything at all for a pattern or a placeholder.
        alternatives = [re.escape(text) for text in [*self.needles, INLINE_PLACEHOLDER_PREFIX]]
        self.search = re.compile("" if None in self.gates else "|".join(alternatives)).search
        self.chosen: dict[tuple[str, ...], list[Step]] = {}

    def holds(self, patterns: list[Any]) -> bool:
        """Say whether the plan was made for these patterns as they are now."""
        return patterns == self.patterns and self.seen == [_features(item) for item in patterns]

    def choose(self, data: str) -> list[Step]:
        """Give the patterns that may match in a text, in order."""
        key = tuple([needle for needle in self.needles if needle in data])
        steps = self.chosen.get(key)
        if steps is None:
            found = set(key)
            steps = self.chosen[key] = [
                step
                for step, needed in zip(self.steps, self.gates, strict=True)
                if needed is None or found & needed
            ]
        return steps


def _features(pattern: Any) -> tuple[re.Pattern[str] | None, Any]:
    """Give what a plan has to know of a pattern, which an extension may change between runs."""
    asked = type(pattern).getCompiledRegExp is not inlinepatterns.Pattern.getCompiledRegExp
    changed = asked or "getCompiledRegExp" in vars(pattern)
    return None if changed else pattern.compiled_re, pattern.ANCESTOR_EXCLUDES


def _finder(needles: Clause) -> Find:
    """Give a function that finds the first of some needles from a position on, or -1."""
    if len(needles) == 1:
        (needle,) = needles
        return lambda data, position: data.find(needle, position)
    search = re.compile("|".join(map(re.escape, needles))).search

    def find(data: str, position: int) -> int:
        found = search(data, position)
        return found.start() if found else -1

    return find
