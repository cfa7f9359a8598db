"""Pages that share terms with a page, the nearest first.

Between ``terms`` and ``library``. A term that thousands of pages have says little, so of
each term only the pages that stand nearest by date are looked at: the time for all pages
grows as their number does. Rare terms count more; all numbers are whole ones, so that the
order is the same on any machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .listings import UNDATED, term_slug
from .pages import Page
from .terms import words

REACH = 12
"""How many pages with a term are looked at on either side of a page."""


class Related:
    """Who is related to whom, among some pages.

    :param pages: those that may be named; order does not matter.
    :param weights: what a shared term of each taxonomy counts.
    """

    def __init__(self, pages: Sequence[Page], weights: Mapping[str, int]) -> None:
        self.pages = sorted(pages, key=lambda page: (page.date or UNDATED, page.path))
        self.places = {page.path: place for place, page in enumerate(self.pages)}
        self.terms: list[dict[tuple[str, str], int]] = []
        self.holders: dict[tuple[str, str], list[int]] = {}
        taxonomies = [(name, weight) for name, weight in sorted(weights.items()) if weight > 0]
        for place, page in enumerate(self.pages):
            own = {
                (taxonomy, term_slug(term)): weight
                for taxonomy, weight in taxonomies
                for term in words(page, taxonomy)
            }
            self.terms.append(own)
            for term in own:
                self.holders.setdefault(term, []).append(place)
        self._index = {
            term: {place: number for number, place in enumerate(holders)}
            for term, holders in self.holders.items()
            if len(holders) > 2 * REACH
        }

    def to(self, page: Page, count: int) -> list[Page]:
        """Give the pages that share most with a page; of equals the nearest by date."""
        here = self.places.get(page.path)
        if here is None or count < 1:
            return []
        own = self.terms[here]
        near: set[int] = set()
        worth: dict[tuple[str, str], int] = {}
        for term, weight in own.items():
            holders = self.holders[term]
            worth[term] = weight * (len(self.pages) // len(holders)).bit_length()
            if term in self._index:
                at = self._index[term][here]
                holders = holders[max(0, at - REACH) : at + REACH + 1]
            near.update(holders)
        near.discard(here)

        def rank(place: int) -> tuple[int, int, int]:
            shared = sum(value for term, value in worth.items() if term in self.terms[place])
            return -shared, abs(place - here), -place

        return [self.pages[place] for place in sorted(near, key=rank)[:count]]
