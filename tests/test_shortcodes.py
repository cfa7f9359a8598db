"""Shortcodes: calls in a text, the templates that carry them out, and what they touch."""

from __future__ import annotations

from pathlib import Path

import pytest
from quick import faults, get, page, site_in
from sites import Project
from test_pictures import png

from blasto import create_app
from blasto.calls import read
from blasto.fences import verbatim

KBD = "<kbd>{{ inner }}</kbd>"
BOX = '<aside data-args="{{ args | join("|") }}" data-kwargs="{{ kwargs | dictsort | join("|") }}">{{ inner }}</aside>'


def made(folder: Path, text: str, **files: str) -> str:
    """Give a text with calls as HTML."""
    templates = {"kbd": KBD, "box": BOX, "here": "{{ page.title }}", **files}
    written = {f"templates/shortcodes/{name}.html": body for name, body in templates.items()}
    site = site_in(folder, {**written, "content/a.md": page(text, title="A & B")})
    return str(site.page("a.md").html)


@pytest.mark.parametrize(
    ("text", "args", "kwargs"),
    [
        ('{{< a "x \\"y\\" \\\\" `r"w` bare/1?b >}}', ['x "y" \\', 'r"w', "bare/1?b"], {}),
        ("{{<a k=1 long-name=\"v\" t = true\n  u=false>}}", [], {"k": "1", "long_name": "v", "t": True, "u": False}),
        ("{{< a/b />}}", [], {}),
        ("{{< a https://example.org/x />}}", ["https://example.org/x"], {}),
    ],
)  # fmt: skip
def test_arguments(text: str, args: list[object], kwargs: dict[str, object]) -> None:
    """Quoted, raw and bare ones, by place and by name, over several lines."""
    (call,) = read(text)
    assert (call.args, call.kwargs, call.fault, call.end) == (args, kwargs, None, len(text))


def test_pairs_are_found() -> None:
    """The nearest open call of the name is closed; those inside stand alone."""
    text = "{{< a >}}{{< b >}}{{< a >}}{{< /a >}}{{< /a >}}{{< /c >}}"
    calls = read(text)
    assert [calls.index(call.partner) if call.partner else None for call in calls] == [
        4,
        None,
        3,
        2,
        0,
        None,
    ]
    assert calls[5].fault == '"c" is closed and was never opened'
    assert read('{{< a "x >}} and')[0].fault == 'the call of "a" cannot be read'
    assert read("{{< >}} {{<}} {{< 1 >}}") == []


@pytest.mark.parametrize("piece", ["{{< a >}}", "<!-- {{< a ", '{{< a "', "{{</* ", "{{< /a >}}"])
def test_calls_are_read_in_linear_steps(piece: str) -> None:
    """A hundred thousand characters of calls are no trouble."""
    text = piece * (100_000 // len(piece))
    assert len(read(text, verbatim(text))) <= len(text)


CASES = {
    "in a line": ("See {{< kbd >}}*Ctrl*{{< /kbd >}} now", "<p>See <kbd><em>Ctrl</em></kbd> now</p>"),
    "alone in a line": ("{{< here >}}", "<p>A &amp; B</p>"),
    "a block of its own": ("{{< box 1 k=2 />}}", '<aside data-args="1" data-kwargs="(&#39;k&#39;, &#39;2&#39;)"></aside>'),
    "a block in a line": ("a {{< box >}} b", '<p>a </p><aside data-args="" data-kwargs=""></aside><p> b</p>'),
    "between lines": ("{{< box >}}\n# H\n\n- x\n{{< /box >}}\nText", '<aside data-args="" data-kwargs=""><h1 id="h">H<a class="headerlink" href="#h" title="Link to this section">#</a></h1>\n<ul>\n<li>x</li>\n</ul></aside>\n<p>Text</p>'),
    "in a list": ("- x\n\n    {{< box >}}\n    y\n    {{< /box >}}", '<ul>\n<li>\n<p>x</p>\n<aside data-args="" data-kwargs=""><p>y</p></aside>\n</li>\n</ul>'),
    "in a quote": ("> {{< box >}}\n> y\n> {{< /box >}}", '<blockquote>\n<aside data-args="" data-kwargs=""><p>y</p></aside>\n</blockquote>'),
    "one in another": ("{{< box >}}{{< kbd >}}x{{< /kbd >}}{{< /box >}}", '<aside data-args="" data-kwargs=""><kbd>x</kbd></aside>'),
    "in an address": ('[x]({{< ref "a.md#y" >}}) <a href="{{< here >}}">z</a>', '<p><a href="/a/#y">x</a> <a href="A &amp; B">z</a></p>'),
    "in a heading": ("## {{< kbd >}}K{{< /kbd >}} key", '<h2 id="k-key"><kbd>K</kbd> key<a class="headerlink" href="#k-key" title="Link to this section">#</a></h2>'),
    "escaped": ('{{</* here "x" */>}} {{</*/here*/>}}', '<p>{{&lt; here "x" &gt;}} {{&lt;/here&gt;}}</p>'),
    "in code": ("`{{< here >}}`\n\n~~~\n{{</* here */>}}\n~~~", '<p><code>{{&lt; here &gt;}}</code></p>\n<div class="highlight"><pre><span></span><code>{{&lt;/* here */&gt;}}\n</code></pre></div>'),
    "in indented code": ("    {{< here >}}", '<div class="highlight"><pre><span></span><code>{{&lt; here &gt;}}\n</code></pre></div>'),
    "in a comment": ("<!-- {{< here >}} -->", "<!-- {{< here >}} -->"),
    "in raw HTML": ("<div>\n{{< here >}}\n</div>", "<div>\nA &amp; B\n</div>"),
    "unknown": ('{{< nope "x" >}}y{{< /nope >}}', '<p>{{&lt; nope "x" &gt;}}y{{&lt; /nope &gt;}}</p>'),
    "details": ('{{< details "More" open=true >}}x{{< /details >}}', "<details open><summary>More</summary>\nx\n</details>"),
    "youtube": ('{{< youtube `a"><b` >}}', '<div class="video"><iframe src="https://www.youtube-nocookie.com/embed/a%22%3E%3Cb" title="YouTube" loading="lazy" allowfullscreen referrerpolicy="strict-origin-when-cross-origin"></iframe></div>'),
    "vimeo": ('{{< vimeo 1 title="T" >}}', '<div class="video"><iframe src="https://player.vimeo.com/video/1?dnt=1" title="T" loading="lazy" allowfullscreen referrerpolicy="strict-origin-when-cross-origin"></iframe></div>'),
    "figure": ('{{< figure src=x.png alt="A" link="a.md" class=w width=3 >}}*C*{{< /figure >}}', '<figure class="w"><a href="/a/"><img src="x.png" alt="A" width="3"></a><figcaption><em>C</em></figcaption></figure>'),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_becomes_of_a_call(case: str, tmp_path: Path) -> None:
    """Wherever it stands in a text."""
    text, shown = CASES[case]
    assert made(tmp_path, text).strip() == shown


def test_what_is_wrong_with_calls(tmp_path: Path) -> None:
    """Warnings with file and line, errors when strict; a template's fault names both lines."""
    text = '{{< detials >}}\n\nx {{< /box >}}\n\n{{< box "y >}}\n\n{{< youtube >}}\n\n{{< gallery "*.png" >}}\n'
    project = Project(tmp_path / "site", {"content/a.md": page(text, title="A")})
    project.freeze()
    assert [(one.where, one.message) for one in project.report.warnings] == [
        ("content/a.md:4:1", 'there is no shortcode "detials"'),
        ("content/a.md:6:3", '"box" is closed and was never opened'),
        ("content/a.md:8:1", 'the call of "box" cannot be read'),
        ("content/a.md:10:1", "youtube: names no video"),
        ("content/a.md:12:1", 'gallery: no picture fits "*.png"'),
    ]
    assert project.report.warnings[0].hint == 'did you mean "details"?'
    assert len(faults(project, strict=True)) == 5
    project.write("content/a.md", page("\n\n{{< box >}}"))
    project.write("templates/shortcodes/box.html", "{{ page.title }}\n{{ 1 / 0 }}")
    (fault,) = {(one.where, one.message, one.hint) for one in faults(project)}
    assert fault == (
        "templates/shortcodes/box.html:2",
        "ZeroDivisionError: division by zero",
        "used in content/a.md:5",
    )
    project.write("templates/shortcodes/box.html", "{% if %}")
    (fault,) = {one.where for one in faults(project)}
    assert fault == "templates/shortcodes/box.html:1"


def test_templates_and_what_they_look_at_are_traced(tmp_path: Path) -> None:
    """Edited, made, shadowing the theme's: just the pages with the call are rendered."""
    project = Project(
        tmp_path / "site",
        {
            "content/a.md": page("{{< box >}}", title="A"),
            "content/b.md": page('{{< details "D" >}}x{{< /details >}}', title="B"),
            "content/c.md": page("Text.", title="C"),
            "content/d.md": page('{{< gallery "p/*.png" >}}', title="D"),
            "content/p/x.png": png(1, 1),
            "data/d.json": '{"n": 1}',
        },
    )
    project.freeze()
    for path, text, rendered in (
        ("templates/shortcodes/box.html", "<b>{{ site.data.d.n }}</b>", {"/a/"}),
        ("data/d.json", '{"n": 2}', {"/a/"}),
        ("templates/shortcodes/box.html", "<i>{{ site.page('c.md').title }}</i>", {"/a/"}),
        ("templates/shortcodes/details.html", "<p>{{ args[0] }}</p>", {"/b/"}),
        ("content/p/y.png", png(2, 2), {"/d/", "/p/y.png"}),
    ):
        project.write(path, text)
        assert set(project.freeze()) - {"/sitemap.xml"} == rendered, path
        assert project.tree() == project.clean()
        assert project.freeze() == []
    assert project.read("build/d/index.html").count("<img") == 2


def test_included_files(tmp_path: Path) -> None:
    """Markdown with lines of its own, code with its language; nothing hidden or outside."""
    inner = "---\ntitle: x\n---\n## Part\n\n{{< nope >}}\n\n{{< include deep/b.md >}}\n"
    project = Project(
        tmp_path / "site",
        {
            "content/a.md": page('{{< include "/parts/a.md" >}} end\n\n- q\n\n    {{< include "x.py" >}}\n\n{{< nope >}}\n', title="A"),
            "content/x.py": "def f():\n    return '```'\n",
            "parts/a.md": inner,
            "parts/deep/b.md": "Deep {{< include ../a.md >}}",
        },
    )  # fmt: skip
    project.freeze()
    assert [(one.where, one.message) for one in project.report.warnings] == [
        ("content/a.md:10:1", 'there is no shortcode "nope"'),
        ("parts/a.md:6:1", 'there is no shortcode "nope"'),
        ("parts/deep/b.md:1", 'include: "../a.md" includes itself'),
    ]
    shown = project.read("build/a/index.html")
    assert '<h2 id="part">Part' in shown
    assert "Deep {{&lt; include ../a.md &gt;}} end</p>" in shown
    assert '<li>\n<p>q</p>\n<div class="highlight">' in shown
    assert '<span class="k">return</span>' in shown
    project.write("parts/deep/b.md", "New.")
    assert "/a/" in project.freeze()
    assert project.tree() == project.clean()
    (project.root / "parts/out.md").symlink_to("/etc/hostname")
    for name in (
        "/../x",
        "../../../etc/passwd",
        "/.blasto/ledger.sqlite",
        "none.md",
        "/parts/out.md",
    ):
        project.write("content/a.md", page(f"{{{{< include {name} >}}}}", title="A"))
        project.freeze(keep_going=True)
        said = [one.message for one in project.report.warnings if "include" in one.message]
        assert len(said) == 1, name


def test_edits_of_templates_show_while_developing(tmp_path: Path) -> None:
    """A shortcode and a render template, at the next request."""
    project = Project(
        tmp_path / "site",
        {
            "content/a.md": page("{{< box >}} [x](b.md)", title="A"),
            "templates/shortcodes/box.html": "one",
        },
    )
    app = create_app(project.root)
    app.debug = True
    assert "one <a" in get(app, "/a/")
    project.write("templates/shortcodes/box.html", "two")
    assert "two <a" in get(app, "/a/")
    project.write("templates/markdown/link.html", "<u>{{ html }}</u>")
    assert "two <u>x</u>" in get(app, "/a/")


def test_workers_give_the_same(tmp_path: Path) -> None:
    """Texts with calls, render templates and pictures, in two processes and in one."""
    files: dict[str, str | bytes] = {
        f"content/{n}.md": page(f'{{{{< box {n} >}}}} [x](1.md) ![i](i.png "T")', title=n)
        for n in range(12)
    }
    files |= {
        "content/i.png": png(2, 1),
        "templates/shortcodes/box.html": "<b>{{ args[0] }}</b>",
        "templates/markdown/link.html": "<i>{{ default }}</i>",
    }
    project = Project(tmp_path / "site", files)
    project.freeze(workers=2)
    assert project.tree() == project.clean()
    project.write("templates/shortcodes/box.html", "<b>!{{ args[0] }}</b>")
    assert len([url for url in project.freeze(workers=2) if url.strip("/").isdigit()]) == 12
    assert project.tree() == project.clean()
