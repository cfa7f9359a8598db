"""Formulas between dollar signs: what is one, what it becomes, what cannot be shown."""

from __future__ import annotations

import re
from pathlib import Path

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from quick import page, site_in
from sites import Project

from blasto import formulas
from blasto.formulas import FormulaError, convert

TOML = "[markdown]\nmath = true\n"


def made(folder: Path, text: str) -> str:
    """Give a text with formulas as HTML."""
    site = site_in(folder, {"blasto.toml": TOML, "content/a.md": page(text)})
    return str(site.page("a.md").html)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$x$ and $y_1$", ["x", "y_1"]),
        ("$5 and $6 or 4 $", []),
        ("it is $5, $6", []),
        ("US$5 to US$6", []),
        ("$x$5", []),
        ("$$x$$ $$\na\n= b\n$$", ["x", "a\n= b"]),
        ("$a\n\nb$ $$a\n\nb$$", []),
        (r"\$x$ $\text{a \$ b}$", ["", r"\text{a \$ b}"]),
        ("$ x$ $x $ $$$ $$$$", []),
    ],
)
def test_what_a_formula_is(text: str, found: list[str]) -> None:
    """Dollar signs close to what they hold, within a paragraph, and no price."""
    assert [one.latex for one in formulas.find(text, 0, len(text))] == found


def test_formulas_of_a_page(tmp_path: Path) -> None:
    """In line and on their own, in headings, tables, lists and quotes; never in code."""
    text = "## The $x^2$ rule\n\n$a_1*b_2*c$ costs \\$5, `$x$` and \\`$y$\n\n$$\n\\frac{1}{2}\n- 3 < 4\n$$\n\n| a |\n|---|\n| $p$ |\n\n> $$\n> q\n> > r\n> $$\n\n    $no$\n"
    shown = made(tmp_path, text)
    assert '<h2 id="the-rule">The <math display="inline"><mrow><msup>' in shown
    assert "<em>" not in shown
    assert "costs $5, <code>$x$</code> and `<math" in shown
    assert (
        '<p><math display="block"><mrow><mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac>'
        "<mo>&#x02212;</mo><mn>3</mn><mo>&lt;</mo><mn>4</mn></mrow></math></p>"
    ).replace("&#x02212;", "\u2212") in shown
    assert "<td><math" in shown
    assert "<mi>q</mi><mo>&gt;</mo><mi>r</mi>" in shown
    assert "<code>$no$\n</code>" in shown
    assert shown.count("<math") == 6


@pytest.mark.parametrize(
    ("latex", "why"),
    [
        (r"\frac{1", "a brace is not closed"),
        (r"\frac{1}", "a part is missing"),
        (r"\foo{x}", r"\foo is not known"),
        (r"x^", "missing super script or subscript"),
        (r"\left( x", "extra left or missing right"),
        (r"x_1_2", "double subscripts"),
    ],
)
def test_what_cannot_be_shown(latex: str, why: str) -> None:
    """Says why, in words."""
    with pytest.raises(FormulaError, match=re.escape(why)):
        convert(latex, display=False)


def test_a_formula_that_cannot_be_shown_is_a_warning(tmp_path: Path) -> None:
    """With file, line and column; it stands in the page as code."""
    text = "Text.\n\nSee $\\foo<$ and\n$$\nx^\n$$\n"
    project = Project(
        tmp_path / "site", {"blasto.toml": TOML, "content/a.md": page(text, title="A")}
    )
    project.freeze()
    assert [(one.where, one.message) for one in project.report.warnings] == [
        ("content/a.md:6:5", r"the formula cannot be shown: \foo is not known"),
        ("content/a.md:7:1", "the formula cannot be shown: missing super script or subscript"),
    ]
    assert "<code>\\foo&lt;</code> and\n<code>x^</code>" in project.read("build/a/index.html")


def test_formulas_are_off_until_asked_for(tmp_path: Path) -> None:
    """By the site or by a page, which wins; a change of either renders what it has to."""
    files = {f"content/{name}.md": page("$x$", title=name) for name in "ab"}
    project = Project(tmp_path / "site", {**files, "content/c.md": page("$x$", math="false")})
    project.freeze()
    assert "$x$" in project.read("build/a/index.html")
    project.write("content/a.md", page("$x$", title="a", math="true"))
    assert "/b/" not in project.freeze()
    assert "<math" in project.read("build/a/index.html")
    project.write("blasto.toml", TOML)
    assert "/b/" in project.freeze()
    assert project.tree() == project.clean()
    assert ["<math" in project.read(f"build/{name}/index.html") for name in "abc"] == [
        True,
        True,
        False,
    ]


@given(st.text(st.sampled_from(r"""\{}^_&<>"'=ax1 $#"""), max_size=40)
       | st.builds("\\text{{{}}}\\href{{{}}}{{x}}\\style{{{}}}{{x}}".format, st.text(), st.text(), st.text()))  # fmt: skip
def test_no_formula_breaks_out(latex: str) -> None:
    """What comes out is MathML and text, whatever goes in."""
    try:
        shown = convert(latex, display=True)
    except FormulaError:
        return
    tree = html5lib.parseFragment(shown, namespaceHTMLElements=False)
    for element in tree.iter():
        if element is not tree:
            assert "Math/MathML" in str(element.tag) or element.tag == "math", shown
            for name in element.attrib:
                assert name not in ("href", "style", "id", "class"), shown
                assert not str(name).startswith("on"), shown
