"""YAML text to plain data, with the place of every key.

``frontmatter`` reads ``---`` blocks with it. PyYAML (libyaml where it is there) makes the
node graph; one walk over it makes the data, finds the places, and refuses what a page's
front matter must not hold: a key twice, keys that are no text, tags that make objects,
aliases that multiply. Plain scalars mean what YAML 1.2 says, so ``no``, ``on`` and
``12:30`` are text.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from .errors import BlastoError, Problem
from .tomlread import Positions, line_of
from .yamlschema import (
    BOOL,
    FLOAT,
    INT,
    MAP,
    MERGE,
    NULL,
    SEQUENCES,
    SET,
    STR,
    TAG,
    TIMESTAMP,
    NodeComposer,
    scalar,
)

#: How many nodes a front matter may have, aliases written out.
MOST_NODES = 100_000
#: How deep it may nest.
DEEPEST = 100
_PLACES_DEPTH, _MOST_PLACES = 6, 2_000
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1

_ILLEGAL = re.compile(
    "[^\\t\\n\\r\\x20-\\x7e\\x85\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]"
)
# YAML 1.1 ends lines here too: line numbers of PyYAML are then not those of an editor.
_ODD_BREAK = re.compile("[\\x85\\u2028\\u2029]")
_HINTS = (
    ("mapping values are not allowed", 'a value that holds ": " needs quotes around it'),
    ("found character that cannot start", "put the value in quotes; indent with spaces, not tabs"),
    ("could not find expected ':'", "a line of YAML is key: value"),
    ("found unexpected end of stream", "a quote was opened and never closed"),
    ("did not find expected key", "look for a quote inside a quoted value, or a wrong indent"),
    ("found undefined alias", "a value that begins with * needs quotes"),
    ("did not find expected alphabetic", "a value that begins with & or * needs quotes"),
    ("found unknown escape", "use single quotes, or write \\\\ for a backslash"),
    ("did not find expected ',' or ']'", "a value that begins with [ needs quotes, or its ]"),
    ("did not find expected ',' or '}'", "a value that begins with { needs quotes, or its }"),
    ("block sequence entries are not", "put a list on lines of its own"),
)


def read_yaml(
    text: str,
    path: str,
    first_line: int = 1,
    *,
    verbatim: frozenset[str] = frozenset(),
    what: str = "front matter",
) -> tuple[dict[str, Any], Positions]:
    """Read a YAML mapping.

    :param path: the file, for messages.
    :param first_line: the line of that file on which ``text`` begins.
    :param verbatim: top-level keys whose value, or items of whose list, are text as
        written: ``title: 1.10`` is ``"1.10"``. A lone value of a key that ends in ``[]``
        here is left alone.
    :returns: the data, and the line and column of every key by its dotted name
        (``speakers[0].name``).
    :raises BlastoError: the text is not YAML, or not a mapping, or refused.
    """
    data, positions = read_any(text, path, first_line, verbatim=verbatim, what=what)
    if data is None:
        return {}, positions
    if not isinstance(data, dict):
        stripped = text.lstrip()
        line = first_line + text[: len(text) - len(stripped)].count("\n")
        raise BlastoError.at(
            f"{what} must be a mapping (key: value), not {_named(data)}",
            path,
            line,
            1,
            hint="a line of YAML is key: value",
            source=line_of(text, line - first_line),
        )
    return data, positions


def read_any(
    text: str,
    path: str,
    first_line: int = 1,
    *,
    verbatim: frozenset[str] = frozenset(),
    what: str = "front matter",
) -> tuple[Any, Positions]:
    """Read one YAML document of any shape; see :func:`read_yaml`."""
    walk = _Walk(text, path, first_line, verbatim, what)
    illegal = _ILLEGAL.search(text)
    if illegal is not None:
        code = ord(illegal[0])
        walk.fail_at(illegal.start(), f"{what} holds a control character (U+{code:04X})")
    try:
        node = NodeComposer(text).get_single_node()
        return (None if node is None else walk.build(node, "", 0)), walk.positions
    except yaml.MarkedYAMLError as error:
        raise BlastoError(walk.problem(error)) from None
    except RecursionError:
        walk.fail_at(0, f"{what} is nested too deeply")
    except yaml.YAMLError as error:
        walk.fail_at(0, f"{what} is not valid YAML: {error}")


class _Walk:
    """One walk over a node graph."""

    def __init__(
        self, text: str, path: str, first_line: int, verbatim: frozenset[str], what: str
    ) -> None:
        self.text = text
        self.path = path
        self.first_line = first_line
        self.verbatim = verbatim
        self.what = what
        self.positions: Positions = {}
        self.odd = _ODD_BREAK.search(text) is not None
        self.count = 0
        self.memo: dict[int, tuple[Any, int] | None] = {}

    def build(self, node: Node, name: str, depth: int, text_only: bool = False) -> Any:
        """Give the plain value of a node; ``name`` is its dotted name."""
        self.count += 1
        if self.count > MOST_NODES:
            self.fail(node, f"{self.what} is too large once its aliases are written out")
        if isinstance(node, ScalarNode):
            tag = node.tag
            if tag == STR or (text_only and not node.style and tag != NULL):
                return node.value
            return self.scalar(node, tag, name)
        key = id(node)
        if key in self.memo:
            known = self.memo[key]
            if known is None:
                self.fail(node, "an alias stands inside what it names")
            self.count += known[1]
            return known[0]
        if depth >= DEEPEST:
            self.fail(node, f"{self.what} is nested too deeply (more than {DEEPEST} levels)")
        self.memo[key] = None
        before = self.count
        value: Any
        if isinstance(node, MappingNode):
            value = self.mapping(node, name, depth)
        else:
            value = self.sequence(node, name, depth, text_only)
        self.memo[key] = (value, self.count - before)
        return value

    def mapping(self, node: MappingNode, name: str, depth: int) -> dict[str, Any]:
        if node.tag not in (MAP, SET):
            self.unknown_tag(node)
        out: dict[str, Any] = {}
        merges: list[Node] = []
        noted = depth < _PLACES_DEPTH and len(self.positions) < _MOST_PLACES
        for key_node, value_node in node.value:
            if key_node.tag != STR:
                if key_node.tag == MERGE and not key_node.style:
                    merges.append(value_node)
                    continue
                self.not_text(key_node)
            key = key_node.value
            if key in out:
                self.twice(node, key, key_node)
            inner = f"{name}.{key}" if name else key
            if noted:
                self.positions.setdefault(inner, self.place(key_node))
            if depth == 0 and isinstance(value_node, ScalarNode):
                verbatim = key in self.verbatim
            else:
                verbatim = depth == 0 and (key in self.verbatim or f"{key}[]" in self.verbatim)
            out[key] = self.build(value_node, inner, depth + 1, verbatim)
        for merge in merges:
            self.merge(out, merge, name, depth)
        return out

    def sequence(self, node: Node, name: str, depth: int, text_only: bool) -> list[Any]:
        if node.tag not in SEQUENCES:
            self.unknown_tag(node)
        out = []
        noted = depth < _PLACES_DEPTH and len(self.positions) < _MOST_PLACES
        for index, item in enumerate(node.value):
            inner = f"{name}[{index}]"
            if noted:
                self.positions.setdefault(inner, self.place(item))
            out.append(self.build(item, inner, depth + 1, text_only))
        return out

    def merge(self, out: dict[str, Any], node: Node, name: str, depth: int) -> None:
        value = self.build(node, f"{name}.<<" if name else "<<", depth + 1)
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, dict):
                self.fail(node, f"<< takes a mapping, not {_named(item)}")
            for key, inner in item.items():
                out.setdefault(key, inner)

    def scalar(self, node: ScalarNode, tag: str, name: str) -> Any:
        text: str = node.value
        try:
            value = scalar(tag, text)
        except LookupError:
            self.unknown_tag(node)
        except ValueError as error:
            if tag == TIMESTAMP:
                label = f"{name}: " if name else ""
                self.fail(
                    node,
                    f"{label}{text} is not a date: {error}",
                    "write it as 2026-01-31, or put it in quotes if it is text",
                )
            self.fail(node, f'"{text[:60]}" is not a value for !!{tag.removeprefix(TAG)}')
        if tag == INT and not _SMALLEST <= value <= _LARGEST:
            self.fail(node, "this number is too large", "put it in quotes if it is text")
        return value

    def place(self, node: Node) -> tuple[int, int]:
        mark = node.start_mark
        if self.odd:
            return self.place_of(mark.index)
        return mark.line + self.first_line, mark.column + 1

    def place_of(self, index: int) -> tuple[int, int]:
        line = self.text.count("\n", 0, index) + self.first_line
        return line, index - self.text.rfind("\n", 0, index)

    def fail_at(self, index: int, message: str, hint: str | None = None) -> NoReturn:
        line, column = self.place_of(index)
        raise BlastoError(self.at(message, line, column, hint))

    def fail(self, node: Node, message: str, hint: str | None = None) -> NoReturn:
        raise BlastoError(self.at(message, *self.place(node), hint))

    def at(self, message: str, line: int, column: int, hint: str | None) -> Problem:
        source = line_of(self.text, line - self.first_line)
        return Problem(message, self.path, line, column, hint, source)

    def twice(self, node: MappingNode, key: str, again: Node) -> NoReturn:
        first = next(k for k, _ in node.value if k.tag == STR and k.value == key)
        line = self.place(first)[0]
        self.fail(
            again, f'the key "{key}" is given twice, first on line {line}', "keep one of them"
        )

    def not_text(self, node: Node) -> NoReturn:
        if not isinstance(node, ScalarNode):
            if node.tag not in (MAP, *SEQUENCES):
                self.unknown_tag(node)
            what = "a mapping" if isinstance(node, MappingNode) else "a list"
            self.fail(node, f"a key must be text, not {what}")
        kinds = {INT: "the number", FLOAT: "the number", TIMESTAMP: "the date"}
        if node.tag == NULL:
            self.fail(node, "a key must be text, not empty")
        if node.tag not in (*kinds, BOOL):
            self.unknown_tag(node)
        kind = kinds.get(node.tag, "the truth value")
        self.fail(
            node, f"a key must be text, not {kind} {node.value}", f'write "{node.value}" in quotes'
        )

    def unknown_tag(self, node: Node) -> NoReturn:
        tag = node.tag.replace(TAG, "!!")[:80]
        self.fail(node, f"the tag {tag} is not allowed", "a value that begins with ! needs quotes")

    def problem(self, error: yaml.MarkedYAMLError) -> Problem:
        """Make a problem of what PyYAML found."""
        reason = error.problem or error.context or "cannot be read"
        mark = error.problem_mark or error.context_mark
        if "quoted scalar" in (error.context or "") and "end of" in reason and error.context_mark:
            mark = error.context_mark
            reason = "found unexpected end of stream: a quote is not closed"
        if "another document" in reason:
            reason = "a second document begins here"
        if "nesting depth" in reason:
            message = f"{self.what} is nested too deeply"
        else:
            message = f"{self.what} is not valid YAML: {reason}"
        hint = next((hint for part, hint in _HINTS if part in reason), None)
        if mark is None:
            return Problem(message, self.path, self.first_line, None, hint)
        line, column = self.place_of(min(mark.index, len(self.text)))
        return self.at(message, line, column, hint)


def _named(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, str):
        short = value if len(value) <= 40 else value[:39] + "…"
        return f'text ("{short.splitlines()[0] if short.strip() else short}")'
    return "nothing" if value is None else f"{value}"
