"""Python-Markdown extensions that fail: named, with the line of the configuration or the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from quick import faults, page
from sites import Project

BOOM = """\
from markdown.extensions import Extension
from markdown.inlinepatterns import SimpleTextInlineProcessor


class Pattern(SimpleTextInlineProcessor):
    def handleMatch(self, m, data):
        raise KeyError("high\\nwater")


class Boom(Extension):
    def __init__(self, **options):
        self.config = {"loud": [True, "How loud"]}
        super().__init__(**options)

    def extendMarkdown(self, md):
        md.inlinePatterns.register(Pattern(r"(boom)", md), "boom", 300)


def makeExtension(**options):
    return Boom(**options)
"""


def test_an_extension_that_fails_on_a_text_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the paragraph it fails on and its own line; of two pages both are told."""
    (tmp_path / "blasto_test_boom.py").write_text(BOOM, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    text = "One.\n\n```\nboom\n```\n\nTwo.\n\n- a\n- boom\n\nThree.\n"
    project = Project(
        tmp_path / "site",
        {
            "blasto.toml": "[markdown.extensions]\nblasto_test_boom = { loud = false }\n",
            "content/a.md": page(text, title="A"),
            "content/b.md": page("boom", title="B"),
            "content/c.md": page("Fine.", title="C"),
        },
    )
    message = """the Markdown extension "blasto_test_boom" failed: KeyError: 'high\\nwater'"""
    hint = f"in {tmp_path / 'blasto_test_boom.py'}:7"
    told = {(one.where, one.message, one.hint) for one in faults(project)}
    assert {
        ("content/a.md:12:1", message, hint),
        ("content/b.md:4:1", message, hint),
    } <= told
    assert {where.partition(":")[0] for where, _, _ in told} == {"content/a.md", "content/b.md"}


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ('"no.such.thing" = {}', "ModuleNotFoundError: No module named 'no'", "is what has no installed, and is the name right?"),
        ('"pymdownx.keys" = { nope = 1 }', "KeyError: 'nope'", "'nope' is no option that it has"),
    ],
)  # fmt: skip
def test_an_extension_that_cannot_be_loaded_is_named(
    line: str, message: str, hint: str, tmp_path: Path
) -> None:
    """At its line of blasto.toml, once."""
    name = line.split('"')[1]
    project = Project(
        tmp_path / "site",
        {
            "blasto.toml": f"[markdown.extensions]\n{line}\n",
            **{f"content/{page_name}.md": page(title=page_name) for page_name in "ab"},
        },
    )
    told = {(one.where, one.message, one.hint) for one in faults(project)}
    assert told == {
        ("blasto.toml:2:2", f'the Markdown extension "{name}" cannot be loaded: {message}', hint)
    }
