"""Code highlighters of Markdown extensions, without what they build anew for each block.

`converter` calls it for each extension. Pygments works out a style sheet whenever it makes
a formatter, though with classes instead of inline styles nothing of it is ever written.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from markdown.extensions import Extension

from .errors import did_you_mean

PLAIN = {
    "markdown.extensions.codehilite.CodeHiliteExtension": ["hilite"],
    "pymdownx.highlight.HighlightExtension": ["indent-highlight"],
}
"""Extensions that are known to do nothing else with a style, with their tree processors."""


def lighten(extension: Extension, treeprocessors: Any) -> None:
    """Give a highlighting extension lighter means, if it is one of those known."""
    names = PLAIN.get(f"{type(extension).__module__}.{type(extension).__qualname__}")
    if names is None:
        return
    holders = [treeprocessors[name].config for name in names if name in treeprocessors]
    for key, value in _lighter(extension.getConfigs()).items():
        extension.config[key][0] = value
        for holder in holders:
            holder[key] = value


def _lighter(settings: dict[str, Any]) -> dict[str, Any]:
    """Give the settings to change."""
    if not settings.get("use_pygments", True):
        return {}
    if "pygments_formatter" in settings:
        return (
            {"pygments_formatter": _formatter()} if settings["pygments_formatter"] == "html" else {}
        )
    style = settings.get("pygments_style")
    if settings.get("noclasses") or not isinstance(style, str):
        return {}
    return {"pygments_style": _bare(style)}


@cache
def knows(language: str) -> bool:
    """Say whether Pygments has a language by that name."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        get_lexer_by_name(language)
    except ClassNotFound:
        return False
    return True


def suggestion(language: str) -> str:
    """Give a hint for the name of a language that Pygments does not know."""
    from pygments.lexers import get_all_lexers

    names = {name for _, aliases, _, _ in get_all_lexers() for name in aliases}
    return did_you_mean(language, names) or 'write "text" for code without colours'


@cache
def _bare(name: str) -> Any:
    """Give a style that has no rules to write, or its name if there is no such style."""
    from pygments.styles import get_style_by_name
    from pygments.util import ClassNotFound

    try:
        style = get_style_by_name(name)
    except ClassNotFound:
        return name

    def rules(_: Any) -> Iterator[Any]:
        return iter(())

    kind: Any = type("StyleMeta", (type(style),), {"__iter__": rules})
    return kind(style.__name__, (style,), {})


@cache
def _formatter() -> type:
    """Give Pygments' formatter of HTML, made to work out the sheet of a style only once."""
    from pygments.formatters import HtmlFormatter

    plain: Any = HtmlFormatter
    sheets: dict[Any, Any] = {}

    def _create_stylesheet(self: Any) -> None:
        key = (self.style, self.classprefix)
        if key not in sheets:
            plain._create_stylesheet(self)
            sheets[key] = self.ttype2class, self.class2style
        self.ttype2class, self.class2style = sheets[key]

    return type("HtmlFormatter", (plain,), {"_create_stylesheet": _create_stylesheet})
