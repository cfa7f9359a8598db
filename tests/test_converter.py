from __future__ import annotations

from typing import Any

import markdown
import pytest
from markdown.extensions.toc import TocExtension, TocTreeprocessor

from blasto import converter, inline
from blasto.markup import Renderer

CODE = "# T\n\n```python hl_lines='1' title='a'\ndef f(): return '<x>'\n```\n\n    #!python\n    x = 1\n\n```nope\nx\n```\n"


def both(text: str, **settings: Any) -> list[str]:
    """Give what Python-Markdown and what blasto make of a text."""
    return [kind(**settings).convert(text) for kind in (markdown.Markdown, converter.Markdown)]


@pytest.mark.parametrize("output", ["html", "xhtml"])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("codehilite", {}),
        ("codehilite", {"noclasses": True, "linenums": True}),
        ("codehilite", {"use_pygments": False}),
        ("codehilite", {"pygments_formatter": "nothing", "pygments_style": "monokai"}),
        ("pymdownx.highlight", {}),
        ("pymdownx.highlight", {"noclasses": True, "linenums": True}),
        ("pymdownx.highlight", {"linenums": True, "line_spans": "l", "anchor_linenums": True}),
        ("pymdownx.highlight", {"extend_pygments_lang": [{"name": "nope", "lang": "php"}]}),
        ("pymdownx.highlight", {"use_pygments": False, "auto_title": True}),
    ],
)
def test_code_is_highlighted_the_same(name: str, options: dict[str, Any], output: str) -> None:
    """Lighter means make the same code blocks, whichever way they are asked to look."""
    fences = "fenced_code" if name == "codehilite" else "pymdownx.superfences"
    settings = {"extensions": [name, fences], "extension_configs": {name: options}}
    plain, quick = both(CODE + CODE, output_format=output, **settings)
    assert quick == plain


def test_a_style_that_is_not_there_fails_as_before() -> None:
    """An unknown style is the same error as without blasto."""
    settings = {
        "extensions": ["codehilite"],
        "extension_configs": {"codehilite": {"pygments_style": "no"}},
    }
    for kind in (markdown.Markdown, converter.Markdown):
        with pytest.raises(Exception, match=r"pygments\.styles\.no"):
            kind(**settings).convert("    x\n")


def test_tags_of_blocks_may_change_at_any_time() -> None:
    """An extension that changes the list of block-level tags is heard at once."""
    made = converter.Markdown()
    assert not made.is_block_level("x-tag")
    made.block_level_elements.append("x-tag")
    assert made.is_block_level("x-tag")
    made.block_level_elements.remove("x-tag")
    assert not made.is_block_level("x-tag")
    made.block_level_elements += ["X"]
    assert not made.is_block_level("X")
    assert not made.is_block_level(len)
    made.block_level_elements = ["b"]
    assert made.is_block_level("B/")
    for number in range(converter.MANY + 5):
        assert not made.is_block_level(f"t{number}")


def test_what_an_extension_derives_stays_its_own() -> None:
    """Only Python-Markdown's own classes are exchanged, never one that somebody derived."""

    class Mine(TocTreeprocessor):
        pass

    class MineExtension(TocExtension):
        TreeProcessorClass = Mine

    made = converter.Markdown(extensions=[MineExtension()])
    assert type(made.treeprocessors["toc"]) is Mine
    assert isinstance(made.treeprocessors["inline"], markdown.treeprocessors.InlineProcessor)
    assert type(made.treeprocessors["inline"]) is inline.InlineProcessor


def test_parts_come_and_go() -> None:
    """A part that is registered or taken away later counts from then on."""
    made = converter.Markdown(extensions=["smarty"])
    names = [type(part).__name__ for part in made.treeprocessors]
    smarty = made.treeprocessors["smarty"]
    made.treeprocessors.deregister("smarty")
    assert len(list(made.treeprocessors)) == len(names) - 1
    assert made.convert("a -- b") == "<p>a -- b</p>"
    made.treeprocessors.register(smarty, "smarty", 6)
    assert made.reset().convert("a -- b") == "<p>a &ndash; b</p>"


def test_another_python_markdown_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the parts are not known, Python-Markdown does it all by itself."""
    assert type(converter.make()) is converter.Markdown
    monkeypatch.setattr(converter, "TESTED", (2, 0))
    assert type(converter.make()) is markdown.Markdown


def test_the_renderer_uses_it() -> None:
    """Pages are rendered by the quicker converter."""
    assert type(Renderer().markdown("")) is converter.Markdown


@pytest.mark.parametrize("output", ["html", "xhtml"])
@pytest.mark.parametrize(
    "text",
    [
        "a {: title='\"<&>' hidden=hidden hidden data-x }",
        "![a\"b](c 'd') & &amp; < >\n\n***\n\n[a](b){: .c download checked }",
        "<div markdown>\n*a*\n\n<!-- c --> <?pi?>\n</div>",
        "a  \nb\n\n| a |\n|---|\n| `<` |",
        "[TOC]\n\n# a _b_ `c` {#x}\n\n## a[^1]\n\n[^1]: n\n",
    ],
)
def test_trees_are_written_the_same(text: str, output: str) -> None:
    """Attributes, empty elements and raw HTML come out as before."""
    plain, quick = both(text, extensions=["extra", "toc"], output_format=output)
    assert quick == plain
