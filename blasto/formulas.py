r"""Formulas: LaTeX between dollar signs to MathML, which browsers show by themselves.

Beside ``markup``, for ``passages``. latex2mathml makes the elements; they are written here,
since a text in a formula may hold ``<`` and is no HTML. What cannot be converted is an
error that says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape, unescape
from typing import NamedTuple
from xml.etree.ElementTree import Element

from .errors import BlastoError

FORMULA = re.compile(
    r"\\(?P<escaped>\$)"
    r"|(?<![\\$])\$\$(?!\$)(?P<block>(?:(?!\n[ \t>]*\n)(?:\\.|[^\\$]))+?)\$\$(?!\$)"
    r"|(?<![\\$\w])\$(?![\s$])(?P<inline>(?:(?!\n[ \t>]*\n)(?:\\.|[^\\$]))+?)(?<!\s)\$(?![\d$])",
    re.S,
)
CHILDREN = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2,
            "msubsup": 3, "munderover": 3}  # fmt: skip
UNSAFE = frozenset(("href", "style", "id", "class", "xmlns"))
"""Attributes that a formula may ask for, and that are not its business in a page."""


class Formula(NamedTuple):
    """Dollar signs in a text: a formula, or a sign that is only itself where ``latex`` is empty."""

    start: int
    end: int
    latex: str
    display: bool


class FormulaError(ValueError):
    """A formula cannot be converted; the text says why."""


def find(text: str, start: int, end: int) -> Iterator[Formula]:
    """Give the formulas in a piece of a text, and its escaped dollar signs."""
    for found in FORMULA.finditer(text, start, end):
        latex = found["block"] or found["inline"] or ""
        if latex.strip() or found["escaped"]:
            yield Formula(found.start(), found.end(), latex.strip(), found["block"] is not None)


@lru_cache(maxsize=4096)
def convert(latex: str, *, display: bool) -> str:
    """Give a formula as MathML.

    :raises FormulaError: it cannot be converted.
    :raises BlastoError: latex2mathml is not installed.
    """
    try:
        from latex2mathml.converter import Converter
    except ImportError:
        raise BlastoError.at(
            "formulas need latex2mathml", hint="pip install 'blasto[math]'"
        ) from None
    if re.sub(r"\\.", "", latex).count("{") != re.sub(r"\\.", "", latex).count("}"):
        raise FormulaError("a brace is not closed")
    try:
        root = Converter(display="block" if display else "inline").convert_to_element(latex)
    except RecursionError:
        raise FormulaError("it is too deep") from None
    except Exception as error:
        raise FormulaError(_words(error)) from error
    try:
        return _write(root)
    except RecursionError:
        raise FormulaError("it is too deep") from None


def as_code(latex: str) -> str:
    """Give a formula that cannot be converted as code."""
    return f"<code>{escape(latex, quote=False)}</code>"


def _words(error: Exception) -> str:
    """Put an exception of latex2mathml into words; most of them say it in their names."""
    name = re.sub(r"Error$", "", type(error).__name__)
    return str(error) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _write(element: Element) -> str:
    if len(element) != CHILDREN.get(element.tag, len(element)):
        raise FormulaError("a part is missing")
    text = unescape(element.text or "")
    if re.match(r"\\[A-Za-z]", text):
        raise FormulaError(f"{text} is not known")
    attributes = "".join(
        f' {name}="{escape(unescape(value))}"'
        for name, value in element.attrib.items()
        if name not in UNSAFE
    )
    inside = "".join(_write(child) for child in element)
    tail = escape(unescape(element.tail or ""), quote=False)
    return f"<{element.tag}{attributes}>{escape(text, quote=False)}{inside}</{element.tag}>{tail}"
