"""Permalink patterns, all translated to the one form that Flask knows: a URL rule.

``config`` translates what stands in ``blasto.toml``; ``pages`` fills the rule in. A rule
is what Flask's users write (``/blog/<int:year>/<slug>/``); the colon tokens of Hugo and
Jekyll (``/:year/:month/:title/``) become one.
"""

from __future__ import annotations

import re

from .errors import did_you_mean

#: The variables that a rule may hold, and what each stands for.
VARIABLES = {
    "year": "year of the page's date",
    "month": "month of the page's date",
    "day": "day of the page's date",
    "slug": "the page's slug",
    "title": "the title, in letters, digits and hyphens",
    "filename": "file name without its suffix",
    "section": "first folder that the page lies in",
    "sections": "all folders that the page lies in",
    "category": "the first category",
    "categories": "all categories, as folders",
    "hour": "hour of the page's date",
    "minute": "minute of the page's date",
    "second": "second of the page's date",
}
_DIGITS = {"year": 4, "month": 2, "day": 2, "hour": 2, "minute": 2, "second": 2}
#: Hugo's and Jekyll's tokens, and what they become.
TOKENS = {
    **{name: f"<int(fixed_digits={count}):{name}>" for name, count in _DIGITS.items()},
    "i_month": "<int:month>",
    "i_day": "<int:day>",
    "slug": "<slug>",
    "title": "<slug>",
    "slugorfilename": "<slug>",
    "slugorcontentbasename": "<slug>",
    "filename": "<filename>",
    "contentbasename": "<filename>",
    "name": "<filename>",
    "section": "<section>",
    "sections": "<path:sections>",
    "category": "<category>",
    "categories": "<path:categories>",
    "output_ext": ".html",
}
_PRESETS = {
    "pretty": "/:year/:month/:day/:title/",
    "date": "/:year/:month/:day/:title.html",
    "none": "/:title.html",
}
_CONVERTERS = ("string", "default", "int", "path", "any", "float", "uuid")
_PIECE = re.compile(
    r"<(?P<variable>[^<>]*)>|:(?P<token>[A-Za-z_]+)|(?P<bad>[<>{}\\?#\s\x00-\x1f\x7f%])"
)
_VARIABLE = re.compile(r"(?:(?P<converter>\w+)(?:\([^()]*\))?:)?(?P<name>[A-Za-z_]\w*)")


def flask_rule(pattern: str) -> str:
    """Translate a permalink pattern into a Flask URL rule.

    >>> flask_rule("/:year/:slug/")
    '/<int(fixed_digits=4):year>/<slug>/'

    :param pattern: a Flask rule, a pattern with colon tokens, a mix of both, or one of
        Jekyll's names ``pretty``, ``date`` and ``none``. ``:title`` is the slug.
    :raises ValueError: the pattern is none of these; says what is wrong with it.
    """
    pattern = _PRESETS.get(pattern, pattern)
    names: list[str] = []

    def translated(match: re.Match[str]) -> str:
        if match["bad"]:
            raise ValueError(_forbidden(match["bad"]))
        if match["token"] is None:
            names.append(_checked(match["variable"]))
            return match[0]
        piece = TOKENS.get(match["token"])
        if piece is None:
            hint = did_you_mean(match["token"], TOKENS) or "known are " + _listed(TOKENS)
            raise ValueError(f'":{match["token"]}" is not known: {hint}')
        if piece[0] == "<":
            names.append(_checked(piece[1:-1]))
        return piece

    rule = _PIECE.sub(translated, pattern)
    if not rule.startswith("/"):
        rule = "/" + rule
    if "//" in rule or any(part in (".", "..") for part in rule.split("/")):
        raise ValueError('it holds an empty part, "." or ".."')
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ValueError(f'"{twice}" is in it twice')
    return rule


def tells_pages_apart(rule: str) -> bool:
    """Say whether a rule holds a variable that differs from page to page."""
    return re.search(r"[<:](?:slug|filename|title)>", rule) is not None


def _checked(variable: str) -> str:
    match = _VARIABLE.fullmatch(variable)
    if match is None:
        raise ValueError(f'"<{variable}>" is not a variable of a Flask rule')
    converter, name = match["converter"], match["name"]
    if converter and converter not in _CONVERTERS:
        hint = did_you_mean(converter, _CONVERTERS) or "known are " + ", ".join(_CONVERTERS)
        raise ValueError(f'the converter "{converter}" is not known: {hint}')
    if name not in VARIABLES:
        hint = did_you_mean(name, VARIABLES) or "known are " + ", ".join(VARIABLES)
        raise ValueError(f'"<{name}>" is not known: {hint}')
    return name


def _forbidden(character: str) -> str:
    if character in "{}":
        return "braces mean nothing here: write <slug> or :slug"
    if character in "<>":
        return 'a variable is written <name>, with both "<" and ">"'
    shown = character if character.isprintable() and character != " " else repr(character)
    return f"{shown} cannot be part of a URL path"


def _listed(names: dict[str, str]) -> str:
    return ", ".join(f":{name}" for name in names)
