"""Long texts of one thing: twice as much of it is twice the work, and the bytes are Python-Markdown's."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown.extensions import footnotes
from markdown.inlinepatterns import LinkInlineProcessor

from blasto import converter, parts
from blasto.markup import DEFAULT_EXTENSIONS

SETTINGS: dict[str, Any] = {
    "extensions": [*DEFAULT_EXTENSIONS],
    "extension_configs": DEFAULT_EXTENSIONS,
    "output_format": "html",
}

LONG: dict[str, Callable[[int], str]] = {
    "emphases": lambda count: "*a* **b** _c_ " * count,
    "links": lambda count: "[a](b) [c](d 'e') " * count,
    "targets without an end": lambda count: "[a](b " * count,
    "titles without an end": lambda count: '[a](b "c ' * count,
    "apostrophes in targets": lambda count: "[a](b'c) [d](e) " * count,
    "brackets without an end": lambda count: "[a " * count + "]",
    "brackets in brackets": lambda count: "[" * count + "]" * count,
    "targets in targets": lambda count: "[a](" * count + ")" * count,
    "references to one footnote": lambda count: "[^1] " * count + "\n\n[^1]: a\n",
    "footnotes": lambda count: (
        " ".join(f"[^{number}]" for number in range(count))
        + "\n\n"
        + "\n".join(f"[^{number}]: a" for number in range(count))
    ),
}


def lines(convert: Callable[[str], str], text: str) -> int:
    """Give how many lines of Python ran to convert a text."""
    count = 0

    def step(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        convert(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("name", LONG)
def test_twice_as_long(name: str) -> None:
    """Twice as much of a thing in one paragraph takes not much more than twice the lines."""
    made = converter.Markdown(**SETTINGS)
    made.convert(LONG[name](10))
    few, many = (lines(made.reset().convert, LONG[name](count)) for count in (150, 300))
    assert few < many < 2.1 * few


@pytest.mark.parametrize("name", LONG)
def test_same_bytes(name: str) -> None:
    """A long text of one thing becomes the bytes that Python-Markdown makes of it."""
    text = LONG[name](200)
    plain = markdown.Markdown(**SETTINGS).convert(text)
    assert converter.Markdown(**SETTINGS).convert(text) == plain


def test_footnotes_are_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Footnotes are not counted anew for each reference."""
    seen = 0

    class Counted(OrderedDict[str, str]):
        def __iter__(self) -> Iterator[str]:
            nonlocal seen
            for key in super().__iter__():
                seen += 1
                yield key

        def keys(self) -> Any:
            return [*self]

    monkeypatch.setattr(footnotes, "OrderedDict", Counted)
    converter.Markdown(**SETTINGS).convert(LONG["footnotes"](100))
    assert seen <= 500


TARGETS = st.text(st.sampled_from("()()()'\" ab<>[]\n\\"), max_size=60)


def test_text_is_not_made_anew() -> None:
    """What links, code, tags and entities leave of a paragraph is copied once a pattern."""
    copied = 0

    class Counted(str):
        __slots__ = ()

        def __getitem__(self, part: Any) -> Counted:
            nonlocal copied
            taken = Counted(super().__getitem__(part))
            copied += len(taken)
            return taken

        def __add__(self, other: str) -> Counted:
            return Counted(super().__add__(other))

    made = converter.Markdown(**SETTINGS)
    made.convert("a *b*")
    for one in ("[a](b) c ", "`a` b ", "<b>a</b> c ", "&amp; c "):
        text, copied = one * 200, 0
        made.treeprocessors["inline"]._inline(Counted(text))
        assert 0 < copied < 5 * len(text), one


@given(TARGETS, st.integers(0, 3))
def test_targets_are_read_alike(target: str, few: int) -> None:
    """The target of a link is read as Python-Markdown reads it, however it is quoted and nested."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("blasto.brackets.FEW", few)
        md = markdown.Markdown()
        md.convert("a *b* c")
        plain = LinkInlineProcessor("", md)
        quick = parts.quicker(LinkInlineProcessor)("", md)
        data = f"[x]({target}"
        expected = plain.getLink(data, 3)
        for given in (quick.getLink(data, 3), quick.getLink(data, 3)):
            assert given == expected or (given[3], expected[3]) == (False, False)


@given(st.text(st.sampled_from("[]a"), max_size=40), st.integers(0, 3))
def test_texts_are_read_alike(text: str, few: int) -> None:
    """The text of a link is read as Python-Markdown reads it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("blasto.brackets.FEW", few)
        md = markdown.Markdown()
        md.convert("a *b* c")
        plain = LinkInlineProcessor("", md)
        quick = parts.quicker(LinkInlineProcessor)("", md)
        assert quick.getText(f"[{text}", 1) == plain.getText(f"[{text}", 1)
