"""Texts of people who are not trusted: their HTML without what could act in a reader's browser.

Beside ``markup``, for ``passages``. nh3 parses the HTML as a browser does and writes what is
allowed anew; what Markdown makes is allowed.
"""

from __future__ import annotations

import re
from typing import Any

from .errors import BlastoError

TAGS = frozenset(
    "a abbr b blockquote br caption center cite code col colgroup dd del details dfn div dl dt em "
    "figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q s samp small "
    "span strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr".split()
)
ANYWHERE = frozenset(("class", "dir", "id", "lang", "title"))
ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset(("href", "name")),
    "col": frozenset(("span",)),
    "details": frozenset(("open",)),
    "img": frozenset(("alt", "height", "loading", "src", "width")),
    "input": frozenset(("checked", "disabled", "type")),
    "li": frozenset(("value",)),
    "ol": frozenset(("reversed", "start", "type")),
    "span": frozenset(("data-linenos",)),
    "td": frozenset(("align", "colspan", "rowspan", "style")),
    "th": frozenset(("align", "colspan", "rowspan", "scope", "style")),
    "time": frozenset(("datetime",)),
}
SCHEMES = frozenset(("http", "https", "mailto", "tel"))
ALIGNED = re.compile(r"\s*text-align:\s*(?:left|right|center);?\s*")
INPUT = re.compile(r"<input\b[^>]*>")


def clean(text: str) -> str:
    """Give an HTML text with what is harmless of it.

    :raises BlastoError: nh3 is not installed.
    """
    try:
        import nh3
    except ImportError:
        raise BlastoError.at(
            "untrusted texts need nh3", hint="pip install 'blasto[untrusted]'"
        ) from None
    made = nh3.clean(
        text,
        tags=set(TAGS),
        attributes={"*": set(ANYWHERE), **{tag: set(names) for tag, names in ATTRIBUTES.items()}},
        url_schemes=set(SCHEMES),
        link_rel="nofollow ugc",
        attribute_filter=_attribute,
    )
    return INPUT.sub(_checkbox, made)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Let only the alignment of a table's cells be a style."""
    if name == "style" and not ALIGNED.fullmatch(value):
        return None
    return value


def _checkbox(found: re.Match[str]) -> str:
    """Keep the boxes of task lists, which cannot be used, and no other field."""
    written: Any = found[0]
    if 'type="checkbox"' not in written:
        return ""
    return f'<input type="checkbox" disabled{" checked" if " checked" in written else ""}>'
