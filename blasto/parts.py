"""Quicker methods for single parts of Python-Markdown and of pymdown-extensions.

`converter` asks here for each part it is given. A quicker method first makes sure that
the plain one would do nothing, or does the same with fewer steps; a class is named by its
full name, so that an extension nobody uses is not imported, and one that somebody has
derived from it keeps its own ways.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import inlinepatterns
from markdown.util import ETX, STX

from . import brackets

Method = Callable[..., Any]
BLANK = re.compile(r"(?<=\n) +\n")
NEITHER = frozenset("fnref0123456789")

Make = Callable[[Method], Method]
"""Makes a quicker method of a plain one."""


def _find_delimiter(plain: Method) -> Method:
    """Search for delimiters instead of looking at each character."""
    if not _same(plain, inlinepatterns.DelimiterProcessor.search):
        return plain

    def search(self: Any, data: str, start: int) -> re.Match[str] | None:
        for found in self.compiled_re.finditer(data, start):
            if len(found[0]) != 1:
                break
            delimiter = self.delimiters[found[0]]
            match: re.Match[str] | None = delimiter.boundary.match(data, found.start())
            if match is not None and (delimiter.stack or match.lastgroup != "end"):
                return match
        else:
            return None
        of_many: re.Match[str] | None = plain(self, data, start)
        return of_many

    return search


def _get_text(_: Method) -> Method:
    """Look at brackets only, and at none if no bracket closes."""

    def getText(self: Any, data: str, index: int) -> tuple[str, int, bool]:  # noqa: N802
        if data.find("]", index) >= 0:
            depth = 1
            for looked, found in enumerate(brackets.SQUARE.finditer(data, index)):
                depth += 1 if found[0] == "[" else -1
                if not depth:
                    end = found.start()
                    return data[index:end], end + 1, True
                if looked == brackets.FEW and data[index - 1] == "[":
                    if end := brackets.squares(data).get(index - 1, 0):
                        return data[index:end], end + 1, True
                    break
        return data[index:], len(data), False

    return getText


def _get_link(plain: Method) -> Method:
    """Read no more of a text than tells what a link leads to."""

    def getLink(self: Any, data: str, index: int) -> Any:  # noqa: N802
        opening = self.RE_LINK.match(data, pos=index)
        if opening and not opening[1]:
            end = brackets.link_end(data, index, opening.end())
            if end is None:
                return "", None, len(data), False
            if end < len(data):
                href, title, length, handled = plain(self, data[index:end], 0)
                return href, title, index + length, handled
        return plain(self, data, index)

    return getLink


def _number_note(plain: Method) -> Method:
    """Remember the numbers of footnotes, which are counted in the order of their texts."""

    def handleMatch(self: Any, match: re.Match[str], data: str) -> Any:  # noqa: N802
        notes = self.footnotes
        texts, name = notes.footnotes, match[1]
        if name not in texts or not notes.getConfig("USE_DEFINITION_ORDER"):
            return plain(self, match, data)
        known = vars(self).get("blasto_numbers")
        if known is None or known[0] is not texts or len(known[1]) != len(texts):
            known = (texts, {text: number for number, text in enumerate(texts, 1)})
            self.blasto_numbers = known
        notes.addFootnoteRef(name)
        raised = Element("sup", {"id": notes.makeFootnoteRefId(name, found=True)})
        link = SubElement(
            raised, "a", {"href": f"#{notes.makeFootnoteId(name)}", "class": "footnote-ref"}
        )
        link.text = notes.getConfig("SUPERSCRIPT_TEXT").format(known[1][name])
        return raised, match.start(), match.end()

    return handleMatch


def _order_note(_: Method) -> Method:
    """Remember which footnotes are in the order already."""

    def addFootnoteRef(self: Any, id: str) -> None:  # noqa: N802
        order = self.footnote_order
        known = vars(self).get("blasto_order")
        if known is None or known[0] is not order or len(known[1]) != len(order):
            known = self.blasto_order = (order, set(order))
        if id not in known[1]:
            known[1].add(id)
            order.append(id)

    return addFootnoteRef


def _name_reference(plain: Method) -> Method:
    """Go on from the last reference to a footnote, not from its first."""

    def unique_ref(self: Any, reference: str, found: bool = False) -> str:
        times = self.found_refs.get(reference, 0) if found else 0
        separator = self.get_separator()
        start, _, rest = reference.partition(separator) if separator else ("", "", "")
        if times < 2 or start != "fnref" or not NEITHER.isdisjoint(separator):
            unique: str = plain(self, reference, found)
            return unique
        # As often as it was found there are references: fnref:1, fnref2:1, fnref3:1…
        number = times + 1
        while (unique := f"fnref{number}{separator}{rest}") in self.used_refs:
            number += 1
        self.used_refs.add(unique)
        self.found_refs[reference] = times + 1
        return unique

    return unique_ref


def _is_table(plain: Method) -> Method:
    """A table has pipes."""

    def test(self: Any, parent: Element, block: str) -> bool:
        return "|" in block and bool(plain(self, parent, block))

    return test


def _replace_toc(plain: Method) -> Method:
    """Walk the tree with each element's whole text only if the marker is somewhere."""

    def replace_marker(self: Any, root: Element, elem: Element) -> None:
        marker = self.marker
        for element in root.iter():
            if (text := element.text) and marker in text:
                plain(self, root, elem)
                break

    return replace_marker


def _set_attributes(plain: Method) -> Method:
    """A list of attributes has braces."""

    def run(self: Any, doc: Element) -> None:
        for element in doc.iter():
            text, tail = element.text, element.tail
            if (text and "}" in text and "{" in text) or (tail and "}" in tail and "{" in tail):
                plain(self, doc)
                break

    return run


def _unescape(_: Method) -> Method:
    """What was escaped is marked."""

    def run(self: Any, root: Any) -> None:
        unescape = self.unescape
        for element in root.iter():
            text, tail = element.text, element.tail
            if text and STX in text and element.tag != "code":
                element.text = unescape(text)
            if tail and STX in tail:
                element.tail = unescape(tail)
            for key, value in element.items():
                if value is not None and STX in value:
                    element.set(key, unescape(value))

    return run


def _normalize(_: Method) -> Method:
    """Clear lines of white space only if there are any."""

    def run(self: Any, lines: list[str]) -> list[str]:
        source = "\n".join(lines).replace(STX, "").replace(ETX, "")
        source = source.replace("\r\n", "\n").replace("\r", "\n") + "\n\n"
        source = source.expandtabs(self.md.tab_length)
        if "\n " in source and " \n" in source:
            source = BLANK.sub("\n", source)
        return source.split("\n")

    return run


def _find_html(plain: Method) -> Method:
    """Without a tag or an entity there is nothing to find."""

    def run(self: Any, lines: list[str]) -> list[str]:
        source = "\n".join(lines)
        if "<" in source or "&" in source:
            found: list[str] = plain(self, lines)
            return found
        return source.split("\n")

    return run


def _find_lexer(plain: Method) -> Method:
    """Remember the class of lexer that goes by a name: Pygments looks through them all."""
    if _parameters(plain) != ["self", "src", "language", "inline", "stripnl"]:
        return plain
    known: dict[str, Any] = {}

    def get_lexer(self: Any, src: str, language: str, inline: bool, stripnl: bool) -> Any:
        if language in known and self.get_extended_language(language) == (language, {}):
            return known[language](stripnl=stripnl), language
        lexer, name = plain(self, src, language, inline, stripnl)
        if name == language and self.get_extended_language(language) == (language, {}):
            known[language] = type(lexer)
        return lexer, name

    return get_lexer


def _same(one: Method, other: Method) -> bool:
    """Say whether two functions do the same: pymdown-extensions has copies, and changes them."""
    codes = one.__code__, other.__code__
    return codes[0].co_code == codes[1].co_code and codes[0].co_names == codes[1].co_names


def _parameters(method: Method) -> list[str]:
    return list(inspect.signature(method).parameters)


def _get_highlighter(plain: Method) -> Method:
    def get_pymdownx_highlighter(self: Any) -> Any:
        return quicker(plain(self))

    return get_pymdownx_highlighter


LINKS = "Link Image Reference ShortReference ImageReference ShortImageReference".split()

QUICKER: dict[str, dict[str, Make]] = {
    "markdown.inlinepatterns.DelimiterProcessor": {"search": _find_delimiter},
    "pymdownx.delimiterprocessor.DelimiterProcessor": {"search": _find_delimiter},
    **{
        f"markdown.inlinepatterns.{name}InlineProcessor": {
            "getText": _get_text,
            **({"getLink": _get_link} if name in ("Link", "Image") else {}),
        }
        for name in LINKS
    },
    "markdown.extensions.footnotes.FootnoteInlineProcessor": {"handleMatch": _number_note},
    "markdown.extensions.footnotes.FootnoteExtension": {
        "addFootnoteRef": _order_note,
        "unique_ref": _name_reference,
    },
    "markdown.extensions.tables.TableProcessor": {"test": _is_table},
    "markdown.extensions.toc.TocTreeprocessor": {"replace_marker": _replace_toc},
    "markdown.extensions.attr_list.AttrListTreeprocessor": {"run": _set_attributes},
    "markdown.preprocessors.NormalizeWhitespace": {"run": _normalize},
    "markdown.preprocessors.HtmlBlockPreprocessor": {"run": _find_html},
    "markdown.extensions.md_in_html.HtmlBlockPreprocessor": {"run": _find_html},
    "markdown.treeprocessors.UnescapeTreeprocessor": {"run": _unescape},
    "pymdownx.highlight.Highlight": {"get_lexer": _find_lexer},
    "pymdownx.highlight.HighlightExtension": {"get_pymdownx_highlighter": _get_highlighter},
}


@cache
def quicker(kind: Any) -> Any:
    """Give a class that does the same in less time; the very class if there is none."""
    methods = QUICKER.get(f"{kind.__module__}.{kind.__qualname__}")
    if not methods:
        return kind
    made = {name: make(getattr(kind, name)) for name, make in methods.items()}
    return type(kind.__name__, (kind,), {**made, "__module__": __name__})
