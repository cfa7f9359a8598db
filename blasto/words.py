"""Which known word a misspelt one was meant to be, strictly enough to warn about it.

``keytable`` warns with it about front-matter keys. Its measure is typing slips, not
likeness: ``subtitle`` is like ``title`` and no slip.
"""

from __future__ import annotations

from collections.abc import Iterable

#: Words that mean true and false, beside the booleans of YAML and TOML.
TRUTHS = {
    **dict.fromkeys(("true", "yes", "on"), True),
    **dict.fromkeys(("false", "no", "off"), False),
}
#: Words of people's own that lie one slip from a known key.
_OWN = frozenset(
    "images image_url data dates name names rate border borders cover_image curl updates lead "
    "leads type types paths late lane line lines langs languages locales titles urls orders "
    "covers layouts templates summaries descriptions".split()
)


def near_miss(word: str, known: Iterable[str]) -> str | None:
    """Give the known word that ``word`` is one slip away from, or ``None``.

    A slip is another case, ``-`` for ``_``, or one letter too many, too few, wrong, or
    swapped with its neighbour; two such in a long word, and only a swap or a missing
    letter in a short one.
    """
    if word in _OWN or word.startswith("_") or len(word) > 40:
        return None
    bare = _bare(word)
    best: tuple[int, str] | None = None
    for other in known:
        target = _bare(other)
        if bare == target:
            return other
        most = 2 if len(target) >= 9 else 1
        if abs(len(target) - len(bare)) > most or len(bare) < 3:
            continue
        if len(target) < 5 and not _short_slip(bare, target):
            continue
        slips = _distance(bare, target)
        if slips <= most and (best is None or slips < best[0]):
            best = slips, other
    return best[1] if best else None


def _bare(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "").replace(" ", "")


def _short_slip(word: str, target: str) -> bool:
    if len(word) == len(target):
        return sorted(word) == sorted(target)
    if len(word) > len(target):
        return any(word[i] == word[i + 1] for i in range(len(word) - 1))
    return True


def _distance(a: str, b: str) -> int:
    """Count edits from ``a`` to ``b``, a swap of neighbours being one."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
