"""Code in a text: where it stands, its language, diagrams."""

from __future__ import annotations

from pathlib import Path

import pytest
from quick import page
from sites import Project

from blasto.fences import Fence, code, fences, masked
from blasto.markup import Renderer

TEXT = """\
`a` and ``b ` c`` and \\`no and \\\\`yes` and `open

next `x
y`

````markdown
```python
`z`
```
````
> ```js title="x"
> q
> ```

1. ~~~ {.toml #x hl_lines="1"}
   r
   ~~~

```never closed
`w`
"""


def test_where_code_stands() -> None:
    """Fences in fences, quotes and lists; spans that end in their paragraph; nothing else."""
    shown = [TEXT[start:end] for start, end in code(TEXT)]
    assert shown == [
        "`a`",
        "``b ` c``",
        "`yes`",
        "`x\ny`",
        "````markdown\n```python\n`z`\n```\n````",
        '> ```js title="x"\n> q\n> ```',
        '1. ~~~ {.toml #x hl_lines="1"}\n   r\n   ~~~',
        "`w`",
    ]
    assert [fence.language for fence in fences(TEXT)] == ["markdown", "js", "toml"]
    hidden = masked(TEXT)
    assert len(hidden) == len(TEXT)
    assert hidden.count("\n") == TEXT.count("\n")
    assert "no" in hidden
    assert "python" not in hidden


@pytest.mark.parametrize(
    ("info", "language"),
    [("", ""), (" c++ linenums='1'", "c++"), ('title="a"', ""), ("{ .x .y }", "x"), ("{ #x }", "")],
)
def test_the_language_of_a_fence(info: str, language: str) -> None:
    """The first word, or the first class in braces."""
    assert Fence(0, 0, info).language == language


@pytest.mark.parametrize(
    "piece", ["```\n", "`a ``b ```c\n\n", "~~~a\n", "> ```x\n", "`\\` ", "``` "]
)
def test_a_text_is_looked_through_in_linear_steps(piece: str) -> None:
    """A hundred thousand marks are no trouble."""
    text = piece * (100_000 // len(piece))
    assert len(masked(text)) == len(text)


def test_an_unknown_language_is_a_warning(tmp_path: Path) -> None:
    """With the line of the file; the code stays plain. Known words and other fences are fine."""
    text = "```pyton\n1\n```\n\n````md\n```nope\n```\n````\n\n- x\n\n    ``` {.klingon}\n    <q>\n    ```\n\n```text\n```\n\n```plain\n```\n"
    project = Project(tmp_path / "site", {"content/a.md": page(text, title="A")})
    project.freeze()
    assert [(one.where, one.message, one.hint) for one in project.report.warnings] == [
        (
            "content/a.md:4:1",
            '"pyton" is no language that code can be coloured in',
            'did you mean "python"?',
        ),
        (
            "content/a.md:15:1",
            '"klingon" is no language that code can be coloured in',
            'write "text" for code without colours',
        ),
    ]
    assert "&lt;q&gt;" in project.read("build/a/index.html")
    project.write(
        "blasto.toml", '[markdown.extensions."pymdownx.highlight"]\nuse_pygments = false\n'
    )
    project.freeze(strict=True)


def test_a_diagram_can_be_read_and_drawn(tmp_path: Path) -> None:
    """The text is in the page; the script too, on pages with a diagram where the theme has it."""
    text = '```mermaid\ngraph TD\n  A["<x>"] --> B & C\n```\n'
    assert Renderer().render(text, lambda target, _: target).html == (
        '<pre class="mermaid">graph TD\n  A["&lt;x&gt;"] --&gt; B &amp; C</pre>'
    )
    project = Project(
        tmp_path / "site",
        {
            "blasto.toml": 'base_url = "https://example.org/x"\n[theme]\nmermaid = "/static/m.js"\n',
            "content/a.md": page(text),
            "content/b.md": page("Text."),
            "static/m.js": "1\n",
        },
    )
    project.freeze()
    script = '<script src="/x/static/m.js" defer></script>'
    assert script in project.read("build/a/index.html")
    assert script not in project.read("build/b/index.html")


def test_lines_have_addresses_where_that_is_asked_for() -> None:
    """Numbers, marks, titles and anchors of one block."""
    renderer = Renderer({"pymdownx.highlight": {"anchor_linenums": True}})
    text = '```python linenums="7" hl_lines="2" title="a<b"\nx\ny\n```\n'
    assert renderer.render(text, lambda target, _: target).html == (
        '<div class="highlight"><span class="filename">a&lt;b</span><pre><span></span><code>'
        '<a id="__codelineno-0-7" name="__codelineno-0-7"></a><a href="#__codelineno-0-7">'
        '<span class="linenos" data-linenos="7 "></span></a><span class="n">x</span>\n'
        '<a id="__codelineno-0-8" name="__codelineno-0-8"></a><span class="hll">'
        '<a href="#__codelineno-0-8"><span class="linenos" data-linenos="8 "></span></a>'
        '<span class="n">y</span>\n</span></code></pre></div>'
    )
