"""Which bracket of a text closes which, found once for a text and not once for each bracket.

`parts` asks here where Python-Markdown would walk to the end of a text for each bracket
that nothing closes. A text of many such brackets is then read once.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

FEW = 32
"""How many brackets to look at before all of a text are paired."""

SQUARE = re.compile(r"[\[\]]")
ROUND = re.compile(r"[()]")
QUOTE = re.compile("['\"]")
ROUND_OR_QUOTE = re.compile(r"[()'\"]")
TITLE_END = re.compile(r"['\"] *\)")


class Pairs:
    """The brackets of one sort in a text.

    :param brackets: finds one.
    """

    def __init__(self, data: str, brackets: re.Pattern[str]) -> None:
        self.places: list[int] = []
        self.closing: dict[int, int] = {}
        self.depths: list[int] = []
        opened: list[int] = []
        depth = 0
        for found in brackets.finditer(data):
            place = found.start()
            if found[0] in "[(":
                opened.append(place)
                depth += 1
            else:
                depth -= 1
                if opened:
                    self.closing[opened.pop()] = place
            self.places.append(place)
            self.depths.append(depth)

    def depth(self, place: int) -> int:
        """Give how many more brackets open than close before a place."""
        count = bisect_left(self.places, place)
        return self.depths[count - 1] if count else 0


class Parentheses(Pairs):
    """What closes the parenthesis of a link, in one text."""

    def __init__(self, data: str) -> None:
        super().__init__(data, ROUND)
        self.quotes = [found.start() for found in QUOTE.finditer(data)]
        self.ends = [found.start() for found in TITLE_END.finditer(data)]


@lru_cache(maxsize=1)
def squares(data: str) -> dict[int, int]:
    """Give where each square bracket of a text closes, of those that do."""
    return Pairs(data, SQUARE).closing


@lru_cache(maxsize=1)
def parentheses(data: str) -> Parentheses:
    """Give the parentheses of a text."""
    return Parentheses(data)


@lru_cache(maxsize=1)
def _questions(data: str) -> list[int]:
    """Give where to note what has been asked of a text."""
    return []


def link_end(data: str, opening: int, start: int) -> int | None:
    """Say up to where Python-Markdown has to read a link's target.

    A text is paired as a whole when it is asked of a second time: most change with every
    link that is found.

    :param opening: where the parenthesis opens.
    :param start: where the target starts.
    :return: the length of the text if that cannot be told in advance, less if no more of
        the text matters, ``None`` if the parenthesis does not close.
    """
    depth = 1
    for looked, found in enumerate(ROUND_OR_QUOTE.finditer(data, start)):
        if found[0] in "'\"":
            questions = _questions(data)
            questions.append(opening)
            if len(questions) > 1:
                break
            quote = found.start()
            ends = (end.start() for end in TITLE_END.finditer(data, quote))
            return _title_end(data, quote, ends, ROUND.finditer(data, quote), depth)
        if looked == FEW:
            break
        depth += 1 if found[0] == "(" else -1
        if not depth:
            return found.end()
    else:
        return None
    text = parentheses(data)
    closing = text.closing.get(opening, len(data))
    at = bisect_left(text.quotes, start)
    quote = text.quotes[at] if at < len(text.quotes) else len(data)
    if closing < quote:
        return closing + 1
    if quote == len(data):
        return None
    ends = (text.ends[at] for at in range(bisect_left(text.ends, quote), len(text.ends)))
    depth = text.depth(quote) - text.depth(opening)
    last = bisect_left(text.places, quote) + depth - 1
    rounds = ROUND.finditer(data, text.places[last] if last < len(text.places) else len(data))
    return _title_end(data, quote, ends, rounds, 1)


def _title_end(
    data: str, quote: int, ends: Iterable[int], rounds: Iterator[re.Match[str]], depth: int
) -> int | None:
    """Do as :func:`link_end` does, from the first quote of a target on.

    From there on a parenthesis closes the link behind a second quote of the same sort. If
    there is none, the link ends where as many parentheses have come as had been open.

    :param ends: where quotes stand before a parenthesis, from the first quote on.
    :param rounds: parentheses.
    :param depth: which of them ends the link.
    """
    firsts: dict[str, int] = {data[quote]: quote}
    for end in ends:
        mark = data[end]
        if mark not in firsts:
            firsts[mark] = data.find(mark, quote)
        if end > firsts[mark]:
            return data.index(")", end) + 1
    last = next(islice(rounds, depth - 1, None), None)
    if last is None:
        return None
    return last.end() if last[0] == ")" else len(data)
