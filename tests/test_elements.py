"""Render templates: elements of a text through templates of the site."""

from __future__ import annotations

from pathlib import Path

from quick import faults, page, site_in
from sites import Project
from test_pictures import png

TEXT = """\
# Top

See [*the* start](b.md#x "T") and <https://example.org>, ![A "w"](it.png "It")[^1].

## Part {: .c }

> quoted [one](b.md)
>
> > deeper

| a | b |
|---|---|
| 1 | [x](b.md) |

```python title="a<b" linenums="1"
if x < 1: "[y](z)"
```

    plain

[^1]: Note.
"""

TEMPLATES = {
    "link": '<a href="{{ url }}" class="{{ "out" if external else "in" }}" title="{{ title }}" data-text="{{ text }}">{{ html }}</a>',
    "image": '<img src="{{ src }}" alt="{{ alt }}" data-title="{{ title }}" data-size="{{ size(src) | join("x") }}">',
    "heading": '<h{{ level }} id="{{ id }}"{{ attributes | xmlattr }}>{{ html }} {{ anchor }}</h{{ level }}>',
    "code": '<figure data-language="{{ language }}" data-title="{{ title }}"><pre>{{ source }}</pre></figure>',
    "table": '<div class="scroll">{{ default }}</div>',
    "blockquote": '<aside data-page="{{ page.title }}">{{ html }}</aside>',
}


def made(folder: Path, *names: str) -> str:
    """Give the text above with some of the templates."""
    templates = {f"templates/markdown/{name}.html": TEMPLATES[name] for name in names}
    files = {"content/a.md": page(TEXT, title="A"), "content/b.md": "## X\n{: #x }\n", "content/it.png": png(4, 3)}  # fmt: skip
    return str(site_in(folder, {**templates, **files}).page("a.md").html)


def test_each_kind_of_element(tmp_path: Path) -> None:
    """Is rendered by its template, the others stay as they are; what nobody wrote is left alone."""
    plain = made(tmp_path / "plain")
    link = made(tmp_path / "link", "link")
    assert '<a href="/b/#x" class="in" title="T" data-text="the start"><em>the</em> start</a>' in link  # fmt: skip
    assert '<a href="https://example.org" class="out"' in link
    assert '<a class="headerlink" href="#part"' in link
    assert '<a class="footnote-ref"' in link
    assert link.count('class="in"') == 3
    image = made(tmp_path / "image", "image")
    assert '<img src="/it.png" alt="A &#34;w&#34;" data-title="It" data-size="4x3" width="4" height="3">' in image  # fmt: skip
    heading = made(tmp_path / "heading", "heading")
    assert '<h2 id="part" class="c">Part <a class="headerlink"' in heading
    assert heading.replace("Part <a", "Part<a").replace('id="part" class="c"', 'class="c" id="part"') == plain  # fmt: skip
    code = made(tmp_path / "code", "code")
    assert '<figure data-language="python" data-title="a&lt;b"><pre>if x &lt; 1: &#34;[y](z)&#34;\n</pre></figure>' in code  # fmt: skip
    assert '<figure data-language="" data-title=""><pre>plain\n</pre></figure>' in code.replace("text", "")  # fmt: skip
    assert '<div class="scroll"><table>' in made(tmp_path / "table", "table")
    quote = made(tmp_path / "quote", "blockquote")
    assert quote.count('<aside data-page="A">') == quote.count("</aside>") == 2
    assert "<blockquote" not in quote
    together = made(tmp_path / "all", *TEMPLATES)
    assert '<aside data-page="A">\n<p>quoted <a href="/b/" class="in"' in together
    assert '<td><a href="/b/" class="in"' in together


def test_raw_html_that_is_never_closed_stays(tmp_path: Path) -> None:
    """What no end tag fits is left as it is."""
    text = "<blockquote>\n<a href=x>\n<table>\n\n> q\n\n</pre></blockquote>\n\n<blockquote>\n"
    files = {"templates/markdown/blockquote.html": "[{{ html }}]", "content/a.md": page(text)}
    shown = site_in(tmp_path, files).page("a.md").html
    assert shown.startswith("[\n<a href=")
    assert shown.rstrip().endswith("<blockquote>")


def test_the_pages_with_such_an_element_are_rendered(tmp_path: Path) -> None:
    """When a template comes, changes, includes another or goes; and no page else."""
    project = Project(
        tmp_path / "site",
        {
            "content/a.md": page("> [q](b.md)", title="A"),
            "content/b.md": page("Text.", title="B"),
            "content/c.md": page("## H\n\n```\nx\n```\n", title="C"),
        },
    )
    project.freeze()
    first = project.tree()
    for path, text, rendered in (
        ("blockquote.html", "<q>{{ html }}</q>", {"/a/"}),
        ("link.html", "<u>{{ html }}</u>", {"/a/"}),
        ("heading.html", "<h2>{% include 'part.html' %}</h2>", {"/c/"}),
        ("code.html", "{{ source }}", {"/c/"}),
        ("table.html", "", set()),
        ("image.html", "", set()),
    ):
        project.write("templates/part.html", "part")
        project.write(f"templates/markdown/{path}", text)
        assert set(project.freeze()) == rendered, path
        assert project.tree() == project.clean()
    project.write("templates/part.html", "other")
    assert project.freeze() == ["/c/"]
    assert "<h2>other</h2>" in project.read("build/c/index.html")
    for path in ("blockquote", "link", "heading", "code", "table", "image"):
        project.remove(f"templates/markdown/{path}.html")
    assert set(project.freeze()) == {"/a/", "/c/"}
    assert project.tree() == first


def test_a_template_that_fails_says_where(tmp_path: Path) -> None:
    """With its own line and the text that it was used in."""
    project = Project(
        tmp_path / "site",
        {"content/a.md": page("[x](a.md)"), "templates/markdown/link.html": "\n{{ url / 2 }}"},
    )
    told = {(one.where, one.hint) for one in faults(project)}
    assert told == {("templates/markdown/link.html:2", "used in content/a.md")}
