"""What a dialect is made of, and which extras a text has use for.

`markup` asks here for the extensions to render with. An extra is known by a sign that must
stand in a text that uses it; where the sign is missing the extra is not even imported, and
the text is rendered as if there were none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .config import Markdown

Extensions = dict[str, dict[str, Any]]

LEFT_OUT = ("smarty", "md_in_html", "sane_lists", "pymdownx.tilde")
"""Extensions of the default dialect that GitHub's has no use for."""


class Extra(NamedTuple):
    """An extra: what a text that uses it holds, the sign of its use, its extensions."""

    needles: tuple[str, ...]
    sign: re.Pattern[str]
    extensions: Extensions


Extras = dict[str, Extra]

EXTRAS: Extras = {
    "emoji": Extra((":",), re.compile(r":[a-z0-9_+-]+:"), {"blasto.emoji": {}}),
    "keys": Extra(("++",), re.compile(r"\+\+[\w\"][^\n]*\+\+"), {"pymdownx.keys": {}}),
    "marks": Extra(("==",), re.compile(r"==[^\s=]"), {"pymdownx.mark": {}}),
    "scripts": Extra(
        ("^", "~"),
        re.compile(r"(?<!\[)\^[^\s\]]|(?<!~)~[^\s~]"),
        {"pymdownx.caret": {}, "pymdownx.tilde": {"subscript": True}},
    ),
    "snippets": Extra((), re.compile(r"--8<--"), {}),
    "tabs": Extra(
        ("===",),
        re.compile(r"^[ >]*={3}[!+]* ?\"", re.M),
        {"pymdownx.tabbed": {"alternate_style": True}},
    ),
}
"""The extras that are on where nothing else is said. `snippets` is no part of Python-Markdown."""

SCRIPTS = Extra(("^",), re.compile(r"(?<!\[)\^[^\s\]]"), {"pymdownx.caret": {}})
"""Raised text alone: on GitHub a single tilde strikes through."""

WIKILINKS = Extra(("[[",), re.compile(r"\[\[[^\[\]]+\]\]"), {"blasto.wikilinks": {}})
SYMBOLS = Extra(("",), re.compile(r""), {"pymdownx.smartsymbols": {}})


def github(extensions: Mapping[str, dict[str, Any]]) -> Extensions:
    """Give the extensions of the ``github`` dialect, of those of the default one."""
    chosen = {name: options for name, options in extensions.items() if name not in LEFT_OUT}
    if "pymdownx.superfences" in chosen:
        # A word that no highlighter knows does not make a fence plain text.
        chosen["pymdownx.superfences"] = {**chosen["pymdownx.superfences"], "relaxed_headers": True}
    chosen["blasto.github"] = {}
    return chosen


def extras_of(config: Markdown) -> Extras:
    """Give the extras that a site's options ask for."""
    chosen = {name: EXTRAS[name] for name in config.extras}
    if config.dialect == "github" and "scripts" in chosen:
        chosen["scripts"] = SCRIPTS
    if config.symbols:
        chosen["symbols"] = SYMBOLS
    if config.wikilinks:
        chosen["wikilinks"] = WIKILINKS
    if config.issues:
        options = {"project": config.issues}
        chosen["issues"] = Extra(("#",), re.compile(r"#\d"), {"blasto.tickets": options})
    return chosen


def signs(text: str, extras: Extras) -> frozenset[str]:
    """Give the names of the extras that a text may use."""
    return frozenset(
        name
        for name, extra in extras.items()
        if any(needle in text for needle in extra.needles) and extra.sign.search(text)
    )


def extended(
    base: Mapping[str, dict[str, Any]], given: Mapping[str, Any], extras: Iterable[Extra]
) -> Extensions:
    """Add extras to the extensions of a dialect.

    :param base: the dialect's extensions, with the site's options.
    :param given: what the site says of extensions, which counts more than an extra's options.
    """
    chosen = dict(base)
    for extra in extras:
        for name, options in extra.extensions.items():
            said = given.get(name, {})
            if said is not None and said is not False:
                own = said if isinstance(said, Mapping) else {}
                chosen[name] = {**chosen.get(name, {}), **options, **own}
    return chosen
