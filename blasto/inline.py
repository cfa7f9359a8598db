"""Python-Markdown's inline pass, with the searches left out that cannot find anything.

It stands between Python-Markdown's block parser and its serializer, in place of
Python-Markdown's own tree processor, and gives the same tree. For every pattern of the
dialect, `needles` says which characters a text must hold; a text is looked through for
those first. Most texts hold few of them, so most patterns never run.
"""

from __future__ import annotations

from collections import deque
from typing import Any
from xml.etree.ElementTree import Element

from markdown import inlinepatterns, treeprocessors
from markdown.util import (
    INLINE_PLACEHOLDER,
    INLINE_PLACEHOLDER_PREFIX,
    INLINE_PLACEHOLDER_RE,
    AtomicString,
)

from .patterns import Plan, Step

Placed = list[tuple[Element, list[str]]]
"""Elements made from a text, each with the tags of the elements around it."""


class InlineProcessor(treeprocessors.InlineProcessor):
    """Does what Python-Markdown's own does, in less time.

    It takes patterns of the old style as well, and patterns that compute their regular
    expression anew each time: those are always tried.
    """

    plan: Plan | None = None
    tree: Element

    def run(self, tree: Element, ancestors: list[str] | None = None) -> Element:
        """Apply the inline patterns to a tree.

        :param ancestors: the tags of what the tree stands in, if it is a part.
        """
        patterns = list(self.inlinePatterns)
        if self.plan is None or not self.plan.holds(patterns):
            self.plan = Plan(patterns)
        search = self.plan.search
        self.stashed_nodes: dict[str, Any] = {}
        self.tree = tree
        around = [] if ancestors is None else ancestors[:]
        around.append(tree.tag.lower())
        waiting = deque([(tree, around)])
        while waiting:
            current, parents = waiting.popleft()
            if not len(current):
                continue
            self.ancestors = parents
            if current is not tree:
                parents.append(current.tag.lower())
            made: list[tuple[Element, Placed]] = []
            for child in current:
                text = child.text
                if text and search(text) and not isinstance(text, AtomicString):
                    parents.append(child.tag.lower())
                    child.text = None
                    placed = self._place(self._inline(text), child)
                    waiting += placed
                    made.append((child, placed))
                    parents.pop()
                tail = child.tail
                if tail and search(tail):
                    self._tail(current, child, tail)
                if len(child):
                    waiting.append((child, parents[:]))
            for child, placed in made:
                for index, (node, _) in enumerate(placed):
                    child.insert(index, node)
        return tree

    @property
    def parent_map(self) -> dict[Element, Element]:
        """Each element's parent. Python-Markdown keeps it while it runs, and needs it not."""
        return {child: parent for parent in self.tree.iter() for child in parent}

    @parent_map.setter
    def parent_map(self, value: dict[Element, Element]) -> None:
        """Take nothing: it is computed."""

    def _tail(self, parent: Element, child: Element, tail: str) -> None:
        holder = Element("d")
        data = self._inline(tail)
        child.tail = None
        placed = self._place(data, holder, is_text=False)
        if holder.tail:
            child.tail = holder.tail
        if placed:
            position = list(parent).index(child) + 1
            for node, _ in reversed(placed):
                parent.insert(position, node)

    def _inline(self, data: str, first: int = 0) -> str:
        """Put placeholders in a text for what the patterns from ``first`` on make of it."""
        if isinstance(data, AtomicString):
            return data
        assert self.plan is not None
        while True:
            for step in self.plan.choose(data):
                if step.index < first:
                    continue
                if step.excludes and not step.excludes.isdisjoint(self.ancestors):
                    continue
                if step.clauses and not step.may(data):
                    continue
                changed = self._apply(step, data)
                if changed is not data:
                    # Other patterns may match now, and some that did no longer.
                    data = changed
                    first = step.index + 1
                    break
            else:
                return data

    def _apply(self, step: Step, data: str) -> str:
        """Put placeholders in a text for all that one pattern makes of it."""
        if step.find is None:
            return self._apply_any(step, data)
        find, low, high, match_at = step.find, step.low, step.high, step.match
        handle, behind = step.pattern.handleMatch, step.behind
        done: list[str] = []  # what comes of the text up to where the last match ended
        last = position = 0
        while (hit := find(data, position + low)) >= 0:
            # A match that has this needle can only start in between.
            first = max(position, hit - high)
            if done and behind and first < last + behind:
                # It can see the placeholder before it: from there on make a text of both.
                placeholder = done.pop()
                data = placeholder + data[last:]
                position += len(placeholder) - last
                last = 0
                continue
            for place in range(first, hit - low + 1):
                if match := match_at(data, place):
                    break
            else:
                position = hit - low + 1
                continue
            node, start, end = handle(match, data)
            if start is None or end is None:
                position = match.end()
            elif node is None:
                position = end
            elif behind is None or not place <= start <= end:
                placeholder = self._stash(node, step.index)
                before = "".join([*done, data[last:start], placeholder])
                data = before + data[end:]
                last, position = 0, len(before)
                done.clear()
            else:
                placeholder = self._stash(node, step.index)
                done += data[last:start], placeholder
                last = position = end
        return "".join([*done, data[last:]]) if done else data

    def _apply_any(self, step: Step, data: str) -> str:
        """Do as :meth:`_apply` does, where no needle says how far a match may be."""
        pattern = step.pattern
        if not isinstance(pattern, inlinepatterns.InlineProcessor):
            return self._apply_old(step, data)
        position = 0
        while True:
            regex = step.regex or pattern.getCompiledRegExp()
            for match in regex.finditer(data, position):
                node, start, end = pattern.handleMatch(match, data)
                if start is not None and end is not None:
                    break
            else:
                return data
            if node is None:
                position = end
                continue
            placeholder = self._stash(node, step.index)
            data = data[:start] + placeholder + data[end:]
            position = start + len(placeholder)

    def _apply_old(self, step: Step, data: str) -> str:
        """Do as :meth:`_apply` does, with a pattern that matches the whole text."""
        pattern = step.pattern
        position = 0
        while True:
            match = pattern.getCompiledRegExp().match(data[position:])
            if not match:
                return data
            before = data[:position]
            node = pattern.handleMatch(match)
            if node is None:
                position = match.end(0)
                continue
            placeholder = self._stash(node, step.index)
            data = f"{before}{match[1]}{placeholder}{match.groups()[-1]}"
            position = len(before) + len(match[1]) + len(placeholder)

    def _stash(self, node: Any, index: int) -> str:
        """Keep what a pattern made, its own texts treated, and give the placeholder for it."""
        if not isinstance(node, str) and not isinstance(node.text, AtomicString):
            for child in [node, *node]:
                if child.text:
                    self.ancestors.append(child.tag.lower())
                    child.text = self._inline(child.text, index + 1)
                    self.ancestors.pop()
                if child.tail:
                    child.tail = self._inline(child.tail, index)
        name = f"{len(self.stashed_nodes):04d}"
        self.stashed_nodes[name] = node
        return INLINE_PLACEHOLDER % name

    def _place(self, data: str | None, parent: Element, *, is_text: bool = True) -> Placed:
        """Split a text at its placeholders: give the elements, and set the texts between them.

        :param is_text: whether it is the parent's text or its tail that opens it.
        """
        placed: Placed = []
        texts: list[str] = []  # since the last element
        start = 0
        while data:
            index = data.find(INLINE_PLACEHOLDER_PREFIX, start)
            if index < 0:
                rest = data[start:]
                texts.append(AtomicString(rest) if isinstance(data, AtomicString) else rest)
                break
            found = INLINE_PLACEHOLDER_RE.search(data, index)
            if found is None or found[1] not in self.stashed_nodes:
                end = index + len(INLINE_PLACEHOLDER_PREFIX)
                texts.append(data[start:end])
                start = end
                continue
            texts.append(data[start:index])
            start = found.end()
            node = self.stashed_nodes[found[1]]
            if isinstance(node, str):
                texts.append(node)
            else:
                _append(texts, parent, placed, is_text=is_text)
                self._place_within(node)
                placed.append((node, self.ancestors[:]))
        _append(texts, parent, placed, is_text=is_text)
        return placed

    def _place_within(self, node: Any) -> None:
        """Do as :meth:`_place` does for the texts of an element, and of its children."""
        for child in [node, *node]:
            tail = child.tail
            if tail and INLINE_PLACEHOLDER_PREFIX in tail:
                child.tail = None
                placed = self._place(tail, child, is_text=False)
                position = list(node).index(child) + 1 if child is not node else 0
                for inner, _ in reversed(placed):
                    node.insert(position, inner)
            text = child.text
            if text and INLINE_PLACEHOLDER_PREFIX in text:
                child.text = None
                for inner, _ in reversed(self._place(text, child)):
                    child.insert(0, inner)


def _append(texts: list[str], parent: Element, placed: Placed, *, is_text: bool) -> None:
    """Add texts behind what has been placed, and forget them."""
    some = [text for text in texts if text]
    texts.clear()
    if not some:
        return
    text = some[0] if len(some) == 1 else "".join(some)
    if placed:
        last = placed[-1][0]
        last.tail = last.tail + text if last.tail else text
    elif is_text:
        parent.text = parent.text + text if parent.text else text
    else:
        parent.tail = parent.tail + text if parent.tail else text
