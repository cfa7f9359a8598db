"""Python-Markdown with quicker parts: the same bytes for the same extensions, sooner.

`markup` makes one. Nothing of Python-Markdown is patched: this is a subclass whose
registries put a quicker part wherever Python-Markdown's own, unchanged, would stand. A
part that an extension has derived from Python-Markdown's stays as the extension made it.
"""

from __future__ import annotations

import re
from typing import Any

import markdown
from markdown import inlinepatterns, treeprocessors
from markdown.extensions import Extension
from markdown.util import Registry

from . import inline, parts
from .needles import Regex, clauses, gate

QUICKER: dict[type, type] = {
    treeprocessors.InlineProcessor: inline.InlineProcessor,
    inlinepatterns.DelimiterProcessor: parts.DelimiterProcessor,
}
"""What stands in for which class of Python-Markdown."""

KNOWN = ("markdown.", "pymdownx.")
"""Where the classes come from whose regular expressions may be exchanged."""


class Parts(Registry[Any]):
    """A registry that makes each part that comes in a quicker one."""

    def register(self, item: Any, name: str, priority: float) -> None:
        super().register(quicken(item), name, priority)


def quicken(part: Any) -> Any:
    """Make a part of Python-Markdown quicker; whoever holds it already goes on holding it."""
    kind = type(part)
    if not kind.__module__.startswith(KNOWN):
        return part
    if other := QUICKER.get(kind) or parts.quicker(kind):
        part.__class__ = other
    if issubclass(kind, inlinepatterns.Pattern):
        return part
    for name in dir(kind):
        regex = getattr(part, name, None) if name.isupper() else None
        if isinstance(regex, re.Pattern) and (needed := clauses(regex)):
            setattr(part, name, Regex(regex, gate(needed[0])))
    return part


class Tags(list[str]):
    """A list of tags in which to find one takes no longer the more there are."""

    def __init__(self, tags: list[str]) -> None:
        super().__init__(tags)
        self._found: dict[object, bool] = {}

    def __contains__(self, tag: object) -> bool:
        found = self._found.get(tag)
        if found is None:
            found = self._found[tag] = super().__contains__(tag)
        return found


def _changing(name: str) -> Any:
    plain = getattr(list, name)

    def change(self: Tags, *arguments: Any) -> Any:
        self._found.clear()
        return plain(self, *arguments)

    return change


for _name in "append extend insert remove pop clear __setitem__ __delitem__ __iadd__".split():
    setattr(Tags, _name, _changing(_name))


class Markdown(markdown.Markdown):
    """A Markdown converter to use as Python-Markdown's own."""

    def build_parser(self) -> Markdown:
        self.block_level_elements = Tags(self.block_level_elements)
        super().build_parser()
        self.treeprocessors = _moved(self.treeprocessors)
        self.inlinePatterns = _moved(self.inlinePatterns)
        self.parser.blockprocessors = _moved(self.parser.blockprocessors)
        for processor in self.treeprocessors:
            if isinstance(processor, treeprocessors.InlineProcessor):
                processor.inlinePatterns = self.inlinePatterns
        return self


def _moved(registry: Registry[Any]) -> Parts:
    moved = Parts()
    for name, priority in registry._priority:
        moved.register(registry[name], name, priority)
    return moved
