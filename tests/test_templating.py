from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from quick import app_of, get, page
from sites import Project

from blasto import trace
from blasto.templating import (
    absolute_html,
    format_date,
    iso_date,
    trace_templates,
    truncate_html,
    xml_text,
)

BERLIN = ZoneInfo("Europe/Berlin")
EVERY = {
    "content/index.md": "# Home\n",
    "content/about.md": page("## One\n\n## Two\n", title="About"),
    "content/guide/_index.md": page(title="Guide", weight=1),
    "content/guide/a.md": page("## One\n\n## Two\n", title="A", tags="x", updated="2025-01-01"),
    "content/guide/b.md": page(title="B"),
    "content/land.md": page(template="home.html", title="Land"),
    **{f"content/blog/{n}.md": page(date=f"2024-01-{n:02}", tags="x", draft="true" if n == 3 else "false") for n in range(1, 13)},
}  # fmt: skip
URLS = (
    "/",
    "/about/",
    "/guide/",
    "/guide/a/",
    "/guide/b/",
    "/land/",
    "/blog/",
    "/blog/page/2/",
    "/blog/1/",
    "/blog/3/",
    "/tags/",
    "/tags/x/",
    "/404.html",
)


def test_a_base_of_ones_own(tmp_path: Path) -> None:
    """A site that replaces ``base.html`` keeps every other template of the theme, partials too."""
    base = (
        "<!doctype html><title>{% block title %}{{ site.config.title }}{% endblock %}</title>"
        "{% for name in ['header', 'tree', 'footer', 'meta'] %}{% include 'partials/' ~ name ~ '.html' %}{% endfor %}{% block content %}{% endblock %}"
    )
    app = app_of(tmp_path, {**EVERY, "templates/base.html": base}, drafts=True)
    for url in URLS:
        shown = get(app, url)
        assert shown.startswith("<!doctype html><title>"), url
        assert "blasto.js" not in shown
    assert "There is no such page" in get(app, "/nothing/", 404)
    assert "Next to this page" in get(app, "/guide/a/")


def test_words_of_ones_own(tmp_path: Path) -> None:
    """A translation of the theme's words reaches each template."""
    from blasto.themes import THEME

    words = (THEME / "templates/partials/words.html").read_text(encoding="utf-8")
    for old, new in (
        ("On this page", "Auf dieser Seite"),
        ("There is no such page", "Seite fehlt"),
        ("Pagination", "Blättern"),
        ("min read", "Minuten"),
    ):
        assert old in words
        words = words.replace(old, new)
    app = app_of(tmp_path, {**EVERY, "templates/partials/words.html": words})
    assert "Auf dieser Seite" in get(app, "/guide/a/")
    assert "Seite fehlt" in get(app, "/404.html")
    assert "Blättern" in get(app, "/blog/")
    assert "1 Minuten" in get(app, "/blog/1/")


def test_an_override_can_extend_what_it_overrides(tmp_path: Path) -> None:
    """``theme/NAME`` is always the theme's own, at any depth."""
    files = {
        **EVERY,
        "templates/page.html": '{% extends "theme/page.html" %}{% block footer %}<p>mine</p>{{ super() }}{% endblock %}',
        "templates/partials/footer.html": '[{% include "theme/partials/footer.html" %}]',
    }
    app = app_of(tmp_path, files)
    shown = get(app, "/about/")
    assert "<p>mine</p>[" in shown
    assert '<footer class="foot">' in shown
    assert "<h1>About</h1>" in shown
    assert "<p>mine</p>" not in get(app, "/blog/1/")


def test_templates_are_noted(tmp_path: Path) -> None:
    """Those that were found by their content, those that were looked for by their absence."""
    app = app_of(
        tmp_path,
        {
            "content/a.md": "x",
            "templates/page.html": '{% include ["no.html", "yes.html"] %}{% import "more/lib.html" as lib %}',
            "templates/yes.html": "yes",
            "templates/more/lib.html": "",
        },
    )
    with trace.recording() as past:
        assert get(app, "/a/") == "yes"
    noted = {
        name: digest for (kind, name), digest in past.observations.items() if kind == "template"
    }
    assert set(noted) == {"page.html", "no.html", "yes.html", "more/lib.html"}
    assert noted["no.html"] == ""
    environment = trace_templates(app)
    assert all(environment.digest_of(name) == digest for name, digest in noted.items())
    (tmp_path / "templates/yes.html").write_text("changed")
    assert environment.digest_of("yes.html") == noted["yes.html"]
    environment.forget()
    assert environment.digest_of("yes.html") != noted["yes.html"]
    assert trace_templates(app) is environment


@pytest.mark.parametrize(
    ("format", "shown"),
    [
        ("%-d %B %Y", "5 March 2024"),
        ("%d.%m.%Y", "05.03.2024"),
        ("%a, %d %b %y", "Tue, 05 Mar 24"),
        ("%A %-m/%-d", "Tuesday 3/5"),
        ("%H:%M", "18:30"),
        ("100%% %B", "100% March"),
        ("%%-d", "%-d"),
        ("plain", "plain"),
    ],
)
def test_dates_are_in_english(format: str, shown: str) -> None:
    """Whatever the machine's language is."""
    assert format_date(datetime(2024, 3, 5, 18, 30, tzinfo=BERLIN), format) == shown


def test_dates_in_templates(tmp_path: Path) -> None:
    """The site's format, or one's own; nothing for no date; a date of one's own keys too."""
    show = "{{ page.date | date }}|{{ page.date | date('%Y') }}|{{ page.date | isodate }}|{{ page.updated | date }}|{{ page.meta.held | date }}|{{ page.meta.at | isodate }}"
    app = app_of(
        tmp_path,
        {
            "content/a.md": page(date="2024-03-05", held="2024-06-07", at="2024-06-07T10:00:00Z"),
            "templates/page.html": show,
        },
        date_format="%d.%m.%Y",
        timezone="Europe/Berlin",
    )
    assert (
        get(app, "/a/")
        == "05.03.2024|2024|2024-03-05T00:00:00+01:00||07.06.2024|2024-06-07T12:00:00+02:00"
    )
    assert iso_date(date(2024, 3, 5)) == "2024-03-05"
    assert iso_date(None) == ""


def test_addresses(tmp_path: Path) -> None:
    """With scheme and host where feeds need them, others left alone."""
    app = app_of(
        tmp_path, {"content/a.md": "x", "blasto.toml": 'base_url = "https://example.org/sub"\n'}
    )
    with app.test_request_context(base_url="https://example.org/sub/"):
        html = '<a href="/sub/a/">a</a><a href="https://x.org/">b</a><a href="#c">c</a><a href="//d/">d</a><img srcset="/sub/e.png 2x">'
        assert absolute_html(html) == html.replace('"/sub/', '"https://example.org/sub/')
        assert (
            app.jinja_env.from_string("{{ '/sub/a/' | absolute_url }} {{ 'C D' | slug }}").render()
            == "https://example.org/sub/a/ c-d"
        )


def test_characters_that_xml_cannot_hold() -> None:
    """They are taken out, others stay."""
    assert xml_text("a\x08b\x1f\tc\ufffe\U0001f600") == "ab\tc\U0001f600"


def test_titles_are_escaped(tmp_path: Path) -> None:
    """In HTML and in attributes, of pages, tags and the site."""
    bad = '<script>alert(1)</script>" onload="x'
    project = Project(tmp_path / "site", {
        "content/index.md": "x", "content/blog/a.md": page(title=f"'{bad}'", description=f"'{bad}'", tags=f"['{bad}']", author=f"['{bad}']", date="2024-01-01"),
        "blasto.toml": f"title = '{bad}'\ndescription = '{bad}'\n",
    })  # fmt: skip
    project.freeze()
    for path, data in project.tree().items():
        if path.endswith((".html", ".xml")):
            assert b"<script>alert" not in data, path
            assert b'" onload="x' not in data, path


@pytest.mark.parametrize(
    ("html", "words", "cut"),
    [
        ("<p>One <b>two three</b> four</p><p>five</p>", 3, "<p>One <b>two three</b>…</p>"),
        ("<p>One <b>two three</b></p>", 2, "<p>One <b>two…</b></p>"),
        ("<p>One two</p>", 2, "<p>One two</p>"),
        ("<p>One<br>two<i></i>three</p>", 2, "<p>One<br>two…</p>"),
        ("<p>Q &amp; A</p>", 2, "<p>Q &amp;…</p>"),
        ("", 2, ""),
    ],
)
def test_truncate_html(html: str, words: int, cut: str) -> None:
    """HTML is cut between words, and what was open is closed."""
    assert truncate_html(html, words) == cut


def test_markdown_filter(tmp_path: Path) -> None:
    """Markdown of front matter becomes HTML, and its links are those of the page."""
    files = {
        "content/a.md": page(title="A", note="'See *[b](b.md)*.'"),
        "content/b.md": page(title="B"),
        "templates/page.html": "{{ page.meta.note | markdown }}|{{ page.meta.note | markdown(inline=true) }}|{{ none | markdown }}",
    }
    app = app_of(tmp_path, files)
    link = 'See <em><a href="/b/">b</a></em>.'
    assert get(app, "/a/") == f"<p>{link}</p>|{link}|"
