from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from documentation import blocks, guide
from quick import app_of, get, site_in

from blasto.errors import BlastoError
from blasto.markup import DEFAULT_EXTENSIONS, Renderer


def shown(text: str, **settings: object) -> str:
    """Render a text with blasto's own dialect; without the line ends between blocks."""
    made = Renderer(**settings).render(text, lambda target, _: target).html  # type: ignore[arg-type]
    return made.replace(">\n<", "><")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("> [!NOTE]\n> a *b*", ('<div class="admonition note"><p class="admonition-title">Note</p>'
         "<p>a <em>b</em></p></div>")),
        ("> x\n\n> [!Warning]\n> a\n\n> [!tip]\n> b",
         ('<blockquote><p>x</p></blockquote><div class="admonition warning"><p class="admonition-title">Warning</p>'
         '<p>a</p></div><div class="admonition tip"><p class="admonition-title">Tip</p><p>b</p></div>')),
        ("> [!NOTE] a\n> b", "<blockquote><p>[!NOTE] a\nb</p></blockquote>"),
        ("> [!OTHER]\n> b", "<blockquote><p>[!OTHER]\nb</p></blockquote>"),
        ("++ctrl+alt+k++", ('<p><span class="keys"><kbd class="key-control">Ctrl</kbd><span>+</span>'
         '<kbd class="key-alt">Alt</kbd><span>+</span><kbd class="key-k">K</kbd></span></p>')),
        ("C++ and C++ and i++", "<p>C++ and C++ and i++</p>"),
        ("==a b== a == b", "<p><mark>a b</mark> a == b</p>"),
        ("x^2^ H~2~O ~~a~~ ^^b^^ 2^3 ~5 and ~6",
         "<p>x<sup>2</sup> H<sub>2</sub>O <del>a</del> <ins>b</ins> 2^3 ~5 and ~6</p>"),
        (":tada: :+1: `:tada:` :no_such: 10:20:30 a:b:c :heavy_check_mark:",
         "<p>🎉 👍 <code>:tada:</code> :no_such: 10:20:30 a:b:c ✔️</p>"),
        ('=== "A"\n\n    a\n\n=== "B"\n\n    b',
         ('<div class="tabbed-set tabbed-alternate" data-tabs="1:2">'
         '<input checked id="__tabbed_1_1" name="__tabbed_1" type="radio">'
         '<input id="__tabbed_1_2" name="__tabbed_1" type="radio"><div class="tabbed-labels">'
         '<label for="__tabbed_1_1">A</label><label for="__tabbed_1_2">B</label></div>'
         '<div class="tabbed-content"><div class="tabbed-block"><p>a</p></div>'
         '<div class="tabbed-block"><p>b</p></div></div></div>')),
        ("(c) 1/2 -->", "<p>(c) 1/2 &ndash;&gt;</p>"),
        ("!!! tip \"A\"\n    b", '<div class="admonition tip"><p class="admonition-title">A</p><p>b</p></div>'),
        ("??? note \"A\"\n    b", '<details class="note"><summary>A</summary><p>b</p></details>'),
        ("A\n:   b", "<dl><dt>A</dt><dd>b</dd></dl>"),
        ("AB\n\n*[AB]: all but", '<p><abbr title="all but">AB</abbr></p>'),
        ("a\n{ .b #c }", '<p class="b" id="c">a</p>'),
    ],
)  # fmt: skip
def test_forms(text: str, html: str) -> None:
    """Each form of the default dialect and its extras has its HTML."""
    assert shown(text) == html


def test_extras_can_be_chosen(tmp_path: Path) -> None:
    """``markdown.extras`` names them; symbols have an option of their own."""
    text = "==a== :tada: H~2~O (c) 1st\n"
    for options, html in (
        ('extras = ["marks"]', "<mark>a</mark> :tada: H~2~O (c) 1st"),
        ("extras = []\nsymbols = true", "==a== :tada: H~2~O &copy; 1<sup>st</sup>"),
        ('dialect = "github"', "<mark>a</mark> 🎉 H<del>2</del>O (c) 1st"),
    ):
        app = app_of(tmp_path, {"content/a.md": text, "blasto.toml": f"[markdown]\n{options}\n"})
        assert f"<p>{html}</p>" in get(app, "/a/")


def test_a_wrong_extra_is_an_error_with_a_hint(tmp_path: Path) -> None:
    """As any wrong word in blasto.toml is."""
    with pytest.raises(BlastoError) as raised:
        site_in(tmp_path, {"blasto.toml": '[markdown]\nextras = ["mark"]\n'})
    assert "marks" in str(raised.value.problems[0].hint)


def test_options_of_a_site_win_over_an_extra() -> None:
    """Who configures or takes away an extension has the last word."""
    assert shown("==a== ~b~", extensions={"pymdownx.mark": False}) == "<p>==a== <sub>b</sub></p>"
    kept = {"pymdownx.tilde": {"subscript": False}}
    assert shown("==a== ~b~", extensions=kept) == "<p><mark>a</mark> ~b~</p>"


def test_what_is_not_used_is_not_imported() -> None:
    """A text without an extra's sign is rendered without importing it."""
    code = (
        "import sys; from blasto.markup import Renderer; r = Renderer();"
        "r.render('# A\\n\\nb[^1] `c`\\n\\n[^1]: d\\n', lambda t, a: t);"
        "print(sorted(m for m in sys.modules if m.startswith(('blasto.', 'pymdownx.'))"
        " and m.rpartition('.')[2] in 'emoji gemoji_db keys keymap_db mark caret tabbed"
        " smartsymbols github spans blocks structure'.split()), len(r._made))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] 1"


def test_alerts_change_no_other_byte() -> None:
    """A text without the sign is rendered as without the extension."""
    text = "> a\n> > b\n\n- > [x]\n\n> [a]: /b\n> [a]\n"
    bare = dict.fromkeys(("blasto.alerts",))
    assert "blasto.alerts" in DEFAULT_EXTENSIONS
    assert shown(text) == shown(text, extensions=bare)


@pytest.mark.parametrize(
    "name", ["markdown", "markdown-extras"]
)  # fmt: skip
def test_documentation_shows_what_it_says(name: str, tmp_path: Path) -> None:
    """Under each source in the guide stands just what it gives."""
    path = guide(name)
    text = path.read_text(encoding="utf-8")
    told = [block.text for block in blocks(path) if block.language == "markdown"]
    live = [source for source in told if text.count(source) >= 2]
    assert len(live) >= 4
    for source in live:
        fence = text.index(source)
        assert text[fence + len(source) :].lstrip("`\n").startswith(source)
