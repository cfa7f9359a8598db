from __future__ import annotations

from pathlib import Path

import pytest
from markupsafe import Markup
from quick import app_of, get, page
from sites import Project

from blasto.markup import Renderer, plain, rewrite, survey

BODY = """\
| Left | Right |
|------|------:|
| a    | 1     |

```python title="app.py" hl_lines="2"
def f(x):
    return "{{ x }}"
```

    plain code

Text with a note[^1] and ~~old~~ words, "quotes" -- dashes... and H~2~O ==now== ++ctrl+s++ :tada:.

[^1]: The note.

Term
:   What it means.

!!! warning "Careful"
    Hot.

??? note
    Folded.

- [x] done
- [ ] to do

A paragraph.
{: .lead #here data-x="1" }

## A `code` heading

## A `code` heading

The HTML spec.

*[HTML]: HyperText Markup Language

<div markdown="1">
*inside*
</div>

{{ name }} {% for x in y %} {# comment #} `{{ code }}`
"""


@pytest.fixture(scope="module")
def html() -> str:
    """The body above as HTML."""
    return Renderer().render(BODY, lambda target, _: target).html


@pytest.mark.parametrize(
    "part",
    [
        "<th>Left</th>", '<td style="text-align: right;">1</td>',
        '<span class="filename">app.py</span>', '<span class="k">def</span>', '<span class="hll">',
        '<sup id="fnref-1"><a class="footnote-ref" href="#fn-1">1</a></sup>', '<div class="footnote">',
        "<del>old</del>", "&ldquo;quotes&rdquo; &ndash; dashes&hellip;", "H<sub>2</sub>O", "<mark>now</mark>",
        '<kbd class="key-control">Ctrl</kbd>', "🎉",
        "<dt>Term</dt>", "<dd>What it means.</dd>",
        '<div class="admonition warning">\n<p class="admonition-title">Careful</p>', '<details class="note">', "<summary>Note</summary>",
        '<ul class="task-list">', '<li class="task-list-item">', 'type="checkbox"',
        '<p class="lead" data-x="1" id="here">A paragraph.</p>',
        '<h2 id="a-code-heading">A <code>code</code> heading<a class="headerlink" href="#a-code-heading" title="Link to this section">#</a></h2>',
        'id="a-code-heading_1"',
        '<abbr title="HyperText Markup Language">HTML</abbr>', "<em>inside</em>",
        "<p>{{ name }} {% for x in y %} {# comment #} <code>{{ code }}</code></p>",
    ],
)  # fmt: skip
def test_what_markdown_can_say(html: str, part: str) -> None:
    """Each construct of blasto's Markdown has its HTML, and template braces are text."""
    assert part in html


def test_code_has_classes_and_no_styles(html: str) -> None:
    """So that the sheet of the theme decides about colours, light and dark."""
    start = html.index('<div class="highlight">')
    assert "style=" not in html[start : html.index("</div>", start)]
    assert "{{" in html[start : html.index("</div>", start)]


def test_braces_are_text_when_served_and_frozen(tmp_path: Path) -> None:
    """A body is no template, nor is a title."""
    text = page("{{ config }} {% include 'x' %}\n\n    {{ 7 * 7 }}\n", title="'{{ 7 * 7 }}'")
    project = Project(tmp_path / "site", {"content/index.md": text})
    project.freeze()
    from blasto import create_app

    for shown in (project.read("build/index.html"), get(create_app(project.root), "/")):
        assert "{{ config }} {% include ‘x’ %}" in shown.replace("&lsquo;", "‘").replace(
            "&rsquo;", "’"
        )
        assert "{{ 7 * 7 }}" in shown
        assert "49" not in shown.replace("&#39;", "")


def test_the_heading_that_opens_a_body_is_set_apart() -> None:
    """It becomes the page's heading; what lies under it is the table of contents."""
    made = Renderer().render(
        "# Top *one*\n\nText.\n\n## Two\n\n### Three\n\n## Four\n", lambda target, _: target
    )
    assert (made.heading, made.heading_id) == ("Top <em>one</em>", "top-one")
    assert made.html.startswith("<p>Text.</p>")
    assert [(one.title, [two.id for two in one.children]) for one in made.toc] == [
        ("Two", ["three"]),
        ("Four", []),
    ]


def test_two_first_level_headings() -> None:
    """The first stands for the page, the second stays."""
    made = Renderer().render("# One\n\n# Two\n\n## Deep\n", lambda target, _: target)
    assert made.heading == "One"
    assert [one.id for one in made.toc] == ["two"]


def test_a_renderer_forgets() -> None:
    """Footnotes, ids and abbreviations of one body do not show in the next."""
    renderer = Renderer()
    first = renderer.render(BODY, lambda target, _: target).html
    assert "footnote" not in renderer.render("# x\n\nHTML\n", lambda target, _: target).html
    assert renderer.render(BODY, lambda target, _: target).html == first


def test_extensions_can_be_added_and_taken_away() -> None:
    """By name, with options; each set has a key of its own."""
    without = Renderer({"smarty": None, "pymdownx.tilde": False})
    assert '<p>"a" -- ~~b~~</p>' in without.render(
        '"a" -- ~~b~~', lambda target, _: target
    ).html.replace("&quot;", '"')
    more = Renderer({"pymdownx.mark": True, "toc": {"permalink": False}})
    shown = more.render("## x\n\n==marked==", lambda target, _: target).html
    assert '<h2 id="x">x</h2>' in shown
    assert "<mark>marked</mark>" in shown
    assert len({Renderer().key, without.key, more.key}) == 3
    assert Renderer().key == Renderer({}).key


def test_extensions_of_the_configuration(tmp_path: Path) -> None:
    """``[markdown.extensions]`` reaches pages."""
    app = app_of(
        tmp_path,
        {
            "content/a.md": "==marked==\n",
            "blasto.toml": '[markdown.extensions]\n"pymdownx.mark" = {}\n',
        },
    )
    assert "<mark>marked</mark>" in get(app, "/a/")


def test_a_fragment_is_safe_in_a_list() -> None:
    """No headings, ids or footnotes that would stand twice in a page."""
    made = Renderer().fragment(
        "# Title\n\nText[^1] *now*.\n{: #x .y }\n\n## More\n\n[^1]: Note.", lambda target, _: target
    )
    assert made == '<p class="y">Text <em>now</em>.</p>'


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ('<a href="a.md">a</a>', '<a href="A.MD">a</a>'),
        ("<a title='x' href='a&amp;b'>", "<a title='x' href=\"A&amp;B\">"),
        ("<img src=a.png alt=b>", '<img src="A.PNG" alt=b>'),
        ('<img srcset="a.png 1x, b.png 2x">', '<img srcset="A.PNG 1x, B.PNG 2x">'),
        ('<video poster="p.png">', '<video poster="P.PNG">'),
        ('<A HREF="x">', '<A HREF="X">'),
        ('<!-- <a href="x"> -->', '<!-- <a href="x"> -->'),
        (
            '<script src="s.js">let a = "<a href=x>"</script>',
            '<script src="S.JS">let a = "<a href=x>"</script>',
        ),
        ('<style>a[href="x"] {}</style>', '<style>a[href="x"] {}</style>'),
        ("<p title=\"href='x'\">", "<p title=\"href='x'\">"),
        ('a < b href="x" > c', 'a < b href="x" > c'),
        ('<code>&lt;a href="x"&gt;</code>', '<code>&lt;a href="x"&gt;</code>'),
        ('<a href="">', '<a href="">'),
    ],
)
def test_links_are_rewritten_and_nothing_else(text: str, changed: str) -> None:
    """In attributes that hold URLs, quoted or not; not in comments, scripts or text."""
    assert rewrite(text, lambda target, _: target.upper()) == changed
    assert rewrite(text, lambda target, _: target) == text


def test_survey() -> None:
    """All targets in order, and every id and name that a fragment may mean."""
    text = '<a id=one href="/a/?x=1&amp;y=2#z">x</a><img name="two" srcset="/b.png 1x, /c.png 2x" src=\'/d.png\'><script src="/e.js">"<a href=\'/no/\'>"</script><!-- <a href="/no/"> --><a href="">'
    targets, ids = survey(text)
    assert targets == ["/a/?x=1&y=2#z", "/b.png", "/c.png", "/d.png", "/e.js"]
    assert ids == {"one", "two"}


def test_plain() -> None:
    """Tags go, entities become characters."""
    assert plain("<p>One &amp; <b>two</b>\n</p><p>3</p>") == "One & two 3"


@pytest.mark.parametrize(
    "text",
    [
        "<![",
        "obj<</>>endobj",
        "<foo",
        "<a href=",
        "<!--",
        "&#x110000;",
        "[a](<b",
        "```\nx",
        "<div>\n<p",
        "[x]: <",
        "\\",
        "*" * 200,
        "[" * 200,
        "> " * 60 + "x",
        "<?php",
        "<!DOCTYPE",
        "]]>",
        "<script>",
    ],
)
def test_what_breaks_parsers(tmp_path: Path, text: str) -> None:
    """Text that stops Markdown engines is rendered, or is an error that names its page."""
    from blasto.errors import BlastoError

    app = app_of(tmp_path, {"content/a.md": text + "\n"})
    site = app.extensions["blasto"]
    with app.test_request_context():
        try:
            shown: object = site.page("a.md").html
        except BlastoError as error:
            shown = error.problems[0].path
    assert not isinstance(shown, str) or isinstance(shown, Markup) or shown == "content/a.md"
