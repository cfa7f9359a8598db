"""Texts that are not trusted, and attributes that nothing breaks out of in any text."""

from __future__ import annotations

import re
from pathlib import Path

import html5lib
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from quick import page, site_in
from sites import Project
from test_markup import BODY

from blasto import untrusted
from blasto.markup import Renderer
from blasto.site import Site

BAD = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1)) [y](JaVa\tscript:alert(1)) ![z](data:text/html,x)",
    "[x]($javascript:alert(1)$) [y]({{</* javascript:alert(1) */>}})",
    "<iframe src='//x'></iframe><object data=x></object><embed src=x><base href=//x>",
    "<form action=//x><input name=p><button>x</button></form>",
    "<p style='position:fixed' onclick=x()>a</p>{: onclick='x()' }",
    "text\n{: onclick='x()' style='color:red' }",
    "```{.python onclick='x()' style='y'}\nx\n```",
    "<svg><a xlink:href='javascript:x()'>a</a></svg><math href='javascript:x()'>b</math>",
    "$\\href{javascript:x}{y}$ $\\text{<script>x</script>}$",
    "# <img src=x onerror=x()> a\n\n## <b onclick=x()>b</b>",
    "<!--><script>x</script>-->",
    "{{< youtube x >}}{{< include /secret.md >}}",
    "*[a]: \"onclick=\"x\n\na",
]  # fmt: skip


def events(shown: str) -> list[str]:
    """Give what of an HTML text could act."""
    tree = html5lib.parseFragment(shown, namespaceHTMLElements=False)
    found = []
    for element in tree.iter():
        tag = str(element.tag).rpartition("}")[2].lower()
        if tag in {"script", "iframe", "object", "embed", "form", "base", "svg", "style", "link"}:
            found.append(tag)
        for name, value in element.attrib.items():
            if str(name).startswith("on") or (name == "style" and "text-align" not in value):
                found.append(f"{tag} {name}")
            if name in ("href", "src") and re.sub(r"[\t\n\r]", "", value).strip(
                "".join(map(chr, range(33)))
            ).lower().startswith(("javascript:", "data:", "vbscript:")):
                found.append(f"{tag} {name}={value}")
    return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site in which nothing is trusted."""
    text = "\n\n".join(BAD)
    return site_in(
        tmp_path_factory.mktemp("site"),
        {
            "blasto.toml": "[markdown]\nuntrusted = true\nmath = true\n",
            "content/bad.md": page(text, title="Bad"),
            "content/good.md": page(BODY, title="Good"),
            "secret.md": "A secret.",
        },
    )


def test_what_could_act_is_taken_out(site: Site) -> None:
    """In the body, the headings, the contents and the summary."""
    shown = site.page("bad.md")
    assert events(shown.html) == []
    assert events(shown.heading) == []
    assert events(shown.summary) == []
    assert [events(one.title) for one in shown.toc] == [[] for _ in shown.toc]
    assert "secret" not in shown.html.replace("include /secret.md", "")
    assert 'rel="nofollow ugc"' in site.page("good.md").html


def test_what_markdown_makes_stays(site: Site) -> None:
    """Tables, notes, footnotes, code, tasks and folds look as they do elsewhere."""
    shown = site.page("good.md").html
    for part in (
        '<td style="text-align: right;">1</td>',
        '<span class="filename">app.py</span>',
        '<sup id="fnref-1"><a class="footnote-ref" href="#fn-1"',
        '<div class="admonition warning">',
        '<details class="note">',
        '<input type="checkbox" disabled checked>',
        '<input type="checkbox" disabled>',
        '<h2 id="a-code-heading">',
        '<abbr title="HyperText Markup Language">',
        "<dt>Term</dt>",
        "<del>old</del>",
    ):
        assert part in shown, part


def test_a_folder_that_is_not_trusted(tmp_path: Path) -> None:
    """And those in it; saying so renders its pages. Calls in it are warnings with a line."""
    text = "<b onclick='x()'>y</b> {{< youtube x >}}"
    project = Project(
        tmp_path / "site",
        {f"content/{name}.md": page(text, title=name) for name in ("a", "guests/b", "guests/c/d")},
    )
    project.freeze()
    assert project.read("build/guests/b/index.html").count("onclick") == 1
    project.write("blasto.toml", "[sections.guests]\nuntrusted = true\n")
    assert {"/guests/b/", "/guests/c/d/"} <= set(project.freeze())
    assert project.tree() == project.clean()
    assert "onclick" in project.read("build/a/index.html")
    for path in ("guests/b", "guests/c/d"):
        assert "onclick" not in project.read(f"build/{path}/index.html")
        assert "{{&lt; youtube x &gt;}}" in project.read(f"build/{path}/index.html")
    assert [one.where for one in project.report.warnings] == [
        "content/guests/b.md:4:24",
        "content/guests/c/d.md:4:24",
    ]


TEXTS = st.lists(
    st.sampled_from(BAD)
    | st.text(max_size=20)
    | st.sampled_from([*"<>\"'`={}[]()!*_:\n /", "on", "x=", "<a ", "javascript:", "```"]),
    max_size=12,
).map("".join)


@given(TEXTS)
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_nothing_acts_whatever_is_written(text: str) -> None:
    """As a browser's parser sees it."""
    made = Renderer().markdown(text).convert(text)
    assert events(untrusted.clean(made)) == []


HOSTILE = st.text(st.sampled_from("\"'>=& onx/\\`]#;")).map(lambda text: text + "\" onx=y '")


@given(HOSTILE, HOSTILE)
@example('x" onx="', "y")
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_attributes_hold(one: str, other: str) -> None:
    """Of links, images, figures and code, in texts that are trusted: a quotation mark ends none."""
    text = (
        f"```{one}\nx\n```\n\n~~~ python title=\"{one}\"\nx\n~~~\n\n[a]({one})\n\n[a](<{one}> '{other}')\n\n"
        f'![{one}](b "{other}")\n\nSee ![{one}](b "{other}").\n\n[r] ![{one}][r]\n\n[r]: /u "{other}"\n'
        f"\n```mermaid {one}\nx\n```\n\n*[WORD]: {one}\n\nWORD\n"
    )  # fmt: skip
    shown = Renderer().render(text, lambda target, _: target).html
    tree = html5lib.parseFragment(shown, namespaceHTMLElements=False)
    for element in tree.iter():
        for name in element.attrib:
            assert not str(name).startswith("on"), shown
