from __future__ import annotations

from pathlib import Path

import markdown
import pytest
from quick import app_of, get

from blasto.markup import Renderer
from blasto.structure import Structure

RENDERER = Renderer({"toc": {"permalink": False}}, dialect="github")


def shown(text: str) -> str:
    """Render a text with the dialect; without the line ends between blocks."""
    made = RENDERER.render(text, lambda target, _: target)
    return made.html.replace(">\n<", "><")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Text\n- a\n- b", "<p>Text</p><ul><li>a</li><li>b</li></ul>"),
        ("- a\n  - b\n    - c", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li></ul>"),
        ("- a\n\n  b\n- c", "<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>"),
        ("3) a\n4) b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("- a\n* b", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
        ("The year was\n1986. What a year.", "<p>The year was\n1986. What a year.</p>"),
        ("- [x] a\n- [ ] b",
         ('<ul class="task-list"><li class="task-list-item"><input type="checkbox" disabled checked/> a</li>'
         '<li class="task-list-item"><input type="checkbox" disabled/> b</li></ul>')),
        ("Text\n| a | b |\n|--:|---|\n| `x|y` | \\| |",
         ('<p>Text</p><table><thead><tr><th style="text-align: right;">a</th><th>b</th></tr></thead>'
         '<tbody><tr><td style="text-align: right;"><code>x|y</code></td><td>|</td></tr></tbody></table>')),
        ("a | b\n--|--\n1 | 2\n\nText", ("<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>"
         "<tr><td>1</td><td>2</td></tr></tbody></table><p>Text</p>")),
        ("~~a b~~ ~c~", "<p><del>a b</del> <del>c</del></p>"),
        ("See https://a.example/x_y_z?q=1. (www.b.example/(c))",
         ('<p>See <a href="https://a.example/x_y_z?q=1">https://a.example/x_y_z?q=1</a>. '
         '(<a href="http://www.b.example/(c)">www.b.example/(c)</a>)</p>')),
        ("me@a.example, a@b, http://localhost, x.https://a.example",
         '<p><a href="mailto:me@a.example">me@a.example</a>, a@b, http://localhost, x.https://a.example</p>'),
        ("[https://a.example](b.md)", '<p><a href="b.md">https://a.example</a></p>'),
        ("a\\\nb  \nc", "<p>a<br>\nb<br>\nc</p>"),
        ("`` a ` b `` `c", "<p><code>a ` b</code> `c</p>"),
        ("[a *b* `]`](<c d.md> 'e')", '<p><a href="c d.md" title="e">a <em>b</em> <code>]</code></a></p>'),
        ("[![a *b*](c.png)](d)", '<p><a href="d"><img alt="a b" src="c.png"></a></p>'),
        ("[Foo], [x][foo], [foo][]\n\n[FOO]: /a\n  (b)",
         '<p><a href="/a" title="b">Foo</a>, <a href="/a" title="b">x</a>, <a href="/a" title="b">foo</a></p>'),
        ("<details>\n<summary>S</summary>\n\n**b**\n\n</details>",
         "<details><summary>S</summary><p><strong>b</strong></p></details>"),
        ("a <b>c</b> &copy; <https://d.example>",
         '<p>a <b>c</b> &copy; <a href="https://d.example">https://d.example</a></p>'),
        ("\"a\" -- b...", '<p>"a" -- b...</p>'),
        ("#a\n# b #", "<p>#a</p><h1 id=\"b\">b</h1>"),
        ("> a\nb\n\n> c", "<blockquote><p>a\nb</p></blockquote><blockquote><p>c</p></blockquote>"),
        ("> [!TIP]\n> a\n\n> [!caution]\n> - b",
         ('<div class="admonition tip"><p class="admonition-title">Tip</p><p>a</p></div>'
         '<div class="admonition caution"><p class="admonition-title">Caution</p><ul><li>b</li></ul></div>')),
        ("## Größe, *x*?\n## Größe, x", '<h2 id="größe-x">Größe, <em>x</em>?</h2><h2 id="größe-x-1">Größe, x</h2>'),
    ],
)  # fmt: skip
def test_what_is_pasted_from_github(text: str, html: str) -> None:
    """Each form comes out as it does there."""
    assert shown(text) == html


@pytest.mark.parametrize(
    "fence",
    ["```js\nlet a\n```", "~~~ js\nlet a\n~~~", "```js {1,3} words\nlet a\n```", "```js\nlet a",
     "Text\n```js\nlet a\n```", "- a\n  ```js\n  let a\n  ```", "> ```js\n> let a\n> ```",
     "1. a\n\n   ```js\n   let a\n   ```\n", "````js\nlet a\n````"],
)  # fmt: skip
def test_fences_everywhere(fence: str) -> None:
    """Fenced code is a highlighted block wherever it stands."""
    assert '<pre><span></span><code><span class="kd">let</span>' in shown(fence)
    assert "```" not in shown(fence)
    assert "<p><div" not in shown(fence)


def test_a_fence_keeps_what_is_in_it() -> None:
    """Fences in a fence, tabs, blank lines and signs of other forms are code."""
    made = shown("````\n```\n\n\tx\n!!! note\n[^1]: y\n<b>\n````\n")
    assert "<code>```\n\n\tx\n!!! note\n[^1]: y\n&lt;b&gt;\n</code>" in made


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("!!! note \"A\"\n    b\n\n    - c\n\n      d\n\ne",
         ('<div class="admonition note"><p class="admonition-title">A</p><p>b</p>'
         "<ul><li><p>c</p><p>d</p></li></ul></div><p>e</p>")),
        ("a\n!!! tip\n    b", '<p>a</p><div class="admonition tip"><p class="admonition-title">Tip</p><p>b</p></div>'),
        ("??? note\n    a", '<details class="note"><summary>Note</summary><p>a</p></details>'),
        ("A\n:   b\n    c\n\n:   d\n\nE\n:   f",
         "<dl><dt>A</dt><dd>b\nc</dd><dd>d</dd><dt>E</dt><dd>f</dd></dl>"),
        ("a\n{ .b }\n\n## C { #d }", '<p class="b">a</p><h2 id="d">C</h2>'),
        ("AB\n\n*[AB]: all but", '<p><abbr title="all but">AB</abbr></p>'),
        ("- !!! note\n      a", ('<ul><li><div class="admonition note"><p class="admonition-title">Note</p>'
         "<p>a</p></div></li></ul>")),
    ],
)  # fmt: skip
def test_what_only_blasto_has(text: str, html: str) -> None:
    """Forms of the default dialect work in this one too."""
    assert shown(text) == html


def test_footnotes_and_tabs() -> None:
    """What is indented under them is theirs, code with blank lines too."""
    made = shown("a[^1] b[^x]\n\n[^1]: c\n\n    d\n[^x]: e\n\nf\n")
    assert '<li id="fn-1"><p>c</p><p>d' in made
    assert '<li id="fn-x"><p>e' in made
    assert "</sup></p><p>f</p>" in made
    made = shown('=== "A"\n    a\n\n    ```\n    x\n\n    y\n    ```\n\n=== "B"\n\n    b\n')
    assert made.count('class="tabbed-block"') == 2
    assert "<code>x\n\ny\n</code>" in made


def test_each_text_begins_anew() -> None:
    """Definitions, names of headings and fences of one text do not show in the next."""
    first = shown("## A\n\n[b]: /c\n\n[b]\n\n```\nx\n```")
    assert shown("[b]") == "<p>[b]</p>"
    assert shown("## A\n\n[b]: /c\n\n[b]\n\n```\nx\n```") == first


def test_the_option(tmp_path: Path) -> None:
    """``markdown.dialect`` chooses the dialect for pages and for summaries."""
    app = app_of(
        tmp_path,
        {
            "content/a.md": "Text ~gone~\n- a\n  - [b](b.md)\n",
            "content/b.md": "B\n",
            "blasto.toml": '[markdown]\ndialect = "github"\n',
        },
    )
    made = get(app, "/a/")
    assert '<p>Text <del>gone</del></p>\n<ul>\n<li>a<ul>\n<li><a href="/b/">b</a></li>' in made


def test_without_blasto() -> None:
    """The dialect is an extension that any Python-Markdown can use."""
    made = markdown.markdown("a\n```x <b\nc & d\n\n```", extensions=["blasto.github"])
    assert made == '<p>a</p>\n<pre><code class="language-x">c &amp; d\n\n</code></pre>'


@pytest.mark.parametrize(
    "text",
    ["[" * 3000, "[" * 1500 + "a" + "]" * 1500, "[a](" * 2000, "![a](" * 2000, "<a b " * 2000,
     "<?" * 3000, "`a ``b " * 2000, "*a _b " * 2000, "> " * 60 + "a", "- " * 60 + "a",
     "\\" * 3001, "&#" * 2000, "http://a.b/(" * 1000, "|a" * 2000 + "\n" + "|-" * 2000, "[a]: " * 2000,
     "[a]: b\n" * 1000, "\t" * 200 + "a", "\x02wzxhzdk:0\x03", "\x00", "```" * 1000],
)  # fmt: skip
def test_what_breaks_parsers(text: str) -> None:
    """Nothing takes long or fails."""
    assert isinstance(shown(text), str)


def test_structure_of_a_text() -> None:
    """Lines become a tree of blocks; link definitions are given away."""
    known = {}
    document = Structure(known.setdefault).read(
        "> - a\n>\n>   b\nc\n[x]: /y 'z'\n\n    d".split("\n")
    )
    quote, code = document.children
    assert [(one.kind, one.tight) for one in quote.children] == [("list", False)]
    assert [one.text for one in quote.children[0].children[0].children] == [
        "a",
        "b\nc\n[x]: /y 'z'",
    ]
    assert (code.kind, code.text, known) == ("code", "d", {})
    assert Structure(known.setdefault).read(["[x]: /y 'z'"]).children == []
    assert known["X"][1:3] == ("/y", "z")
