"""YAML's node graph, and what a plain scalar in it means: YAML 1.2's core schema and dates.

``yamlread`` walks the graph. PyYAML by itself resolves scalars as YAML 1.1 does, where
``no`` is a truth value, ``12:30`` is 750 and ``010`` is 8; here they are text.
"""

from __future__ import annotations

import base64
import re
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode

from .dates import parse_iso

try:
    from yaml.cyaml import CParser as _Parser  # type: ignore[attr-defined]
except ImportError:  # PyYAML was built without libyaml
    from yaml.composer import Composer
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class _Parser(Reader, Scanner, Parser, Composer):  # type: ignore[no-redef]
        def __init__(self, stream: str) -> None:
            Reader.__init__(self, stream)
            Scanner.__init__(self)
            Parser.__init__(self)
            Composer.__init__(self)


TAG = "tag:yaml.org,2002:"
STR, INT, FLOAT, BOOL, NULL = (TAG + n for n in ("str", "int", "float", "bool", "null"))
TIMESTAMP, MERGE, BINARY = TAG + "timestamp", TAG + "merge", TAG + "binary"
MAP, SET, SEQ = TAG + "map", TAG + "set", TAG + "seq"
SEQUENCES = frozenset({SEQ, TAG + "omap", TAG + "pairs"})
_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), NULL),
    **dict.fromkeys(("true", "True", "TRUE", "false", "False", "FALSE"), BOOL),
    "<<": MERGE,
}
_NUMBER = re.compile(
    r"(?P<int>[-+]?(?:0|[1-9][0-9]*)|0o[0-7]+|0x[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
    r"|(?P<timestamp>[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?"
    r"(?:(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)?)"
)
_GROUP_TAGS = {"int": INT, "float": FLOAT, "timestamp": TIMESTAMP}
_FIRST = frozenset("+-.0123456789")


class NodeComposer(_Parser):
    """Make the node graph, with YAML 1.2's meaning of plain scalars."""

    def resolve(self, kind: type[Node], value: Any, implicit: Any) -> str:
        if kind is ScalarNode:
            if not implicit[0]:
                return STR
            tag = _CONSTANTS.get(value)
            if tag is not None:
                return tag
            if value[0] in _FIRST:
                match = _NUMBER.fullmatch(value)
                if match is not None and match.lastgroup is not None:
                    return _GROUP_TAGS[match.lastgroup]
            return STR
        return MAP if kind is MappingNode else SEQ

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        """Do nothing: no tag depends on the path to a node here."""

    def ascend_resolver(self) -> None:
        """Do nothing, as above."""


def scalar(tag: str, text: str) -> Any:
    """Give the value of a scalar by its tag.

    :raises ValueError: the text is no value of that tag.
    :raises LookupError: the tag is not known.
    """
    if tag in (STR, MERGE):
        return text
    if tag == NULL:
        return None
    if tag == BOOL:
        truth = {"true": True, "false": False}.get(text.lower())
        if truth is None:
            raise ValueError(text)
        return truth
    if tag == INT:
        return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
    if tag == FLOAT:
        return _float(text)
    if tag == TIMESTAMP:
        return parse_iso(text)
    if tag == BINARY:
        return base64.b64decode("".join(text.split()), validate=True)
    raise LookupError(tag)


def _float(text: str) -> float | str:
    word = text.lower()
    if word.endswith((".inf", ".nan")):
        return float(word.replace(".", "", 1))
    number = float(word)
    # 1e999, a commit's name more likely than a number
    return text if number in (float("inf"), float("-inf")) else number
