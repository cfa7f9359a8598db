from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Comment, Element, ProcessingInstruction, QName, SubElement

import pytest
from markdown.serializers import to_html_string, to_xhtml_string

from blasto.serialize import to_html, to_xhtml

PAIRS = [(to_html, to_html_string), (to_xhtml, to_xhtml_string)]
Write = Callable[[Element], str]


def trees() -> list[Element]:
    """Trees with everything that a serializer may meet."""
    plain = Element("div", {"b": "1", "a": '"<&>\n', "c": "&amp;", "checked": "checked"})
    plain.text = "a & b &amp; <c>"
    for tag in ("p", "br", "IMG", "script", "style", "hr", "x-y"):
        child = SubElement(plain, tag, {"id": "i"} if tag == "p" else {})
        child.text, child.tail = f"{tag} <&>", "tail > &"
        SubElement(child, "em").text = "in"
    bare = Element("input")
    bare.attrib["data-x"] = None  # type: ignore[assignment]
    bare.attrib["disabled"] = "disabled"
    others = []
    for special in (
        Comment("a -- b"),
        ProcessingInstruction("pi", "x"),
        Element(QName("{u}t"), {}),
    ):
        tree = Element("div")
        special.tail = "tail"
        tree.append(special)
        others.append(tree)
    loose = Element("div")
    loose.append(Element(None))  # type: ignore[arg-type]
    loose[0].text, loose[0].tail = "a<b", "c"
    named = Element("a", {QName("h"): QName("v")})  # type: ignore[dict-item]
    return [plain, bare, loose, named, *others, Element("p"), Element("br")]


@pytest.mark.parametrize(("quick", "plain"), PAIRS)
@pytest.mark.parametrize("number", range(len(trees())))
def test_a_tree_is_written_the_same(number: int, quick: Write, plain: Write) -> None:
    """Every tree gives the bytes that Python-Markdown's serializer gives."""
    tree = trees()[number]
    assert quick(tree) == plain(tree)


@pytest.mark.parametrize(("quick", "plain"), PAIRS)
def test_what_cannot_be_written_is_the_same_error(quick: Write, plain: Write) -> None:
    """A text that is no text is refused as before."""
    tree = Element("p")
    tree.text = 1  # type: ignore[assignment]
    for write in (plain, quick):
        with pytest.raises(TypeError, match="cannot serialize 1"):
            write(tree)


def test_depth_has_no_limit() -> None:
    """A tree of any depth is written."""
    root = last = Element("b")
    for _ in range(3000):
        last = SubElement(last, "b")
    assert to_html(root) == "<b>" * 3001 + "</b>" * 3001
