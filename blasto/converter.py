"""Python-Markdown with quicker parts: the same bytes for the same extensions, sooner.

`markup` makes one. Nothing of Python-Markdown is patched: this is a subclass whose
registries put a quicker part wherever Python-Markdown's own, unchanged, would stand. A
part that an extension has derived from Python-Markdown's stays as the extension made it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Literal
from xml.etree.ElementTree import Element

import markdown
from markdown import inlinepatterns, treeprocessors
from markdown.util import Registry

from . import highlight, inline, parts, serialize
from .needles import Regex, clauses, gate

KNOWN = ("markdown.", "pymdownx.")
"""Where the parts come from whose regular expressions may be exchanged."""

TESTED = (3, 11)
"""The Python-Markdown whose parts are known; another is taken as it is."""

MANY = 1000
"""How many tags to remember."""


def make(**settings: Any) -> markdown.Markdown:
    """Make a converter; the settings are those of ``markdown.Markdown``."""
    known = markdown.__version_info__[:2] == TESTED
    return Markdown(**settings) if known else markdown.Markdown(**settings)


def quicken(part: Any) -> Any:
    """Make a part of Python-Markdown quicker; whoever holds it already goes on holding it."""
    kind: Any = type(part)
    if not kind.__module__.startswith(KNOWN):
        return part
    if kind is treeprocessors.InlineProcessor:
        part.__class__ = inline.InlineProcessor
    elif (other := parts.quicker(kind)) is not kind:
        part.__class__ = other
    if not isinstance(part, inlinepatterns.Pattern):
        for name in dir(kind):
            regex = getattr(part, name) if name.isupper() else None
            if isinstance(regex, re.Pattern) and (needed := clauses(regex)):
                setattr(part, name, Regex(regex, gate(needed[0])))
    return part


class Parts(Registry[Any]):
    """A registry that makes each part that comes in a quicker one."""

    def __init__(self, registry: Any) -> None:
        super().__init__()
        self._items: list[Any] | None = None
        for name, priority in list(registry._priority):
            self.register(registry[name], name, priority)

    def register(self, item: Any, name: str, priority: float) -> None:
        super().register(quicken(item), name, priority)
        self._items = None

    def deregister(self, name: str, strict: bool = True) -> None:
        super().deregister(name, strict)
        self._items = None

    def __iter__(self) -> Iterator[Any]:
        if self._items is None:
            self._items = list(super().__iter__())
        return iter(self._items)


class Tags(list[str]):
    """The tags of blocks, and what has been found out about other tags."""

    def __init__(self, tags: list[str]) -> None:
        super().__init__(tags)
        self.known: dict[object, bool] = {}


def _changing(name: str) -> Any:
    plain = getattr(list, name)

    def change(self: Tags, *arguments: Any) -> Any:
        self.known.clear()
        return plain(self, *arguments)

    return change


for _name in "append extend insert remove pop clear __setitem__ __delitem__ __iadd__".split():
    setattr(Tags, _name, _changing(_name))


class Markdown(markdown.Markdown):
    """A Markdown converter to use as Python-Markdown's own."""

    output_formats: ClassVar[dict[Literal["xhtml", "html"], Callable[[Element], str]]] = {
        "html": serialize.to_html,
        "xhtml": serialize.to_xhtml,
    }

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for extension in self.registeredExtensions:
            highlight.lighten(extension, self.treeprocessors)
            quicken(extension)

    def build_parser(self) -> Markdown:
        """Build the parser out of quicker parts."""
        self.block_level_elements = Tags(self.block_level_elements)
        super().build_parser()
        self.preprocessors = Parts(self.preprocessors)
        self.treeprocessors = Parts(self.treeprocessors)
        self.inlinePatterns = Parts(self.inlinePatterns)
        self.parser.blockprocessors = Parts(self.parser.blockprocessors)
        self.treeprocessors["inline"].inlinePatterns = self.inlinePatterns
        return self

    def is_block_level(self, tag: Any) -> bool:
        """Say whether a tag is a block's, as the list of them is now."""
        tags = self.block_level_elements
        if type(tags) is not Tags:
            return super().is_block_level(tag)
        found = tags.known.get(tag)
        if found is None:
            if len(tags.known) >= MANY:
                tags.known.clear()
            found = tags.known[tag] = super().is_block_level(tag)
        return found
