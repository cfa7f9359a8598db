"""What ``[theme]`` changes in what readers see: nothing of it is there unless asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from quick import app_of, get, page
from sites import Project, check

from blasto.errors import UsageError

FILES = {
    "content/index.md": page(title="Home"),
    "content/blog/a.md": page("## One\n\nText.\n", title="A", date="2024-01-01"),
    "content/blog/b.md": page("## One\n", title="B", date="2024-01-02", comments="false", toc="true"),
    "content/c d.md": page("## One\n", title="C", comments="true"),
    "content/guide/_index.md": page(title="Guide", weight=1),
    "content/guide/e.md": page("## One\n", title="E", weight=1),
}  # fmt: skip
EDIT = 'edit_url = "https://example.org/edit/{path}"'
GISCUS = '[theme.comments]\nprovider = "giscus"\nrepo = "a/b"\nrepo_id = "R"\ncategory = "C"\ncategory_id = "D"\n'


def shown(folder: Path, toml: str, url: str) -> str:
    """Give a page of a site with such options."""
    return get(app_of(folder, {**FILES, "blasto.toml": toml}), url)


def test_nothing_unless_asked(tmp_path: Path) -> None:
    """Without options there are no comments, no counting, no edit link, no inline style."""
    for url in ("/", "/blog/a/", "/c%20d/", "/guide/e/"):
        text = shown(tmp_path, "", url)
        assert not [word for word in ("comments", "data-domain", "Edit", "<style") if word in text]


@pytest.mark.parametrize(
    ("url", "there"), [("/blog/a/", True), ("/blog/b/", False), ("/c%20d/", True), ("/", False)]
)
@pytest.mark.parametrize(
    ("toml", "script"),
    [
        (GISCUS, "https://giscus.app/client.js"),
        ('[theme.comments]\nprovider = "utterances"\nrepo = "a/b"\n', "https://utteranc.es/client.js"),
        ('[theme.comments]\nprovider = "isso"\nurl = "https://c.example.org"\n', "https://c.example.org/js/embed.min.js"),
    ],
)  # fmt: skip
def test_comments(toml: str, script: str, url: str, there: bool, tmp_path: Path) -> None:
    """Posts have comments where a provider is set, other pages where they ask for them."""
    assert (f'<script src="{script}"' in shown(tmp_path, toml, url)) is there


def test_comments_of_ones_own(tmp_path: Path) -> None:
    """A partial of the site takes the place of the theme's."""
    app = app_of(
        tmp_path, {**FILES, "templates/partials/comments.html": "<p>Write to {{ page.title }}.</p>"}
    )
    assert "<p>Write to A.</p>" in get(app, "/blog/a/")


@pytest.mark.parametrize(
    ("toml", "script"),
    [
        ('provider = "plausible"\nsite = "example.org"', '<script src="https://plausible.io/js/script.js" data-domain="example.org" defer></script>'),
        ('provider = "plausible"\nsite = "e"\nscript = "/p.js"', '<script src="/p.js" data-domain="e" defer></script>'),
        ('provider = "goatcounter"\nsite = "me"', '<script src="https://gc.zgo.at/count.js" data-goatcounter="https://me.goatcounter.com/count" async></script>'),
        ('provider = "goatcounter"\nsite = "https://s.example.org/count"', 'data-goatcounter="https://s.example.org/count"'),
    ],
)  # fmt: skip
def test_analytics(toml: str, script: str, tmp_path: Path) -> None:
    """The script that counts readers stands in every page's head."""
    for url in ("/", "/blog/a/"):
        head = shown(tmp_path, f"[theme.analytics]\n{toml}\n", url).partition("</head>")[0]
        assert script in head


def test_edit_link(tmp_path: Path) -> None:
    """Each page leads to its source, encoded as a URL."""
    for url, name in (("/c%20d/", "c%20d.md"), ("/blog/a/", "blog/a.md")):
        link = f'<a href="https://example.org/edit/{name}">Edit this page</a>'
        assert link in shown(tmp_path, f"[theme]\n{EDIT}\n", url)


@pytest.mark.parametrize(
    ("toml", "url", "there"),
    [
        ("", "/guide/e/", True),
        ("", "/blog/a/", False),
        ("", "/blog/b/", True),
        ("[theme]\ntoc = []\n", "/guide/e/", False),
        ('[theme]\ntoc = ["blog"]\n', "/blog/a/", True),
    ],
)
def test_contents(toml: str, url: str, there: bool, tmp_path: Path) -> None:
    """A page shows its contents where its layout or its front matter says so."""
    text = shown(tmp_path, toml + '[sections.guide]\nlayout = "docs"\n', url)
    assert ('class="toc"' in text) is there


def test_reading_time(tmp_path: Path) -> None:
    """Posts tell how long they are, unless that is switched off."""
    assert "1 min read" in shown(tmp_path, "", "/blog/a/")
    assert "min read" not in shown(tmp_path, "[theme]\nreading_time = false\n", "/blog/a/")


def test_properties(tmp_path: Path) -> None:
    """Custom properties stand in the head, after the theme's own."""
    toml = '[theme.properties]\naccent = "light-dark(#8a1f5c, #ff9ccf)"\nserif = "\'Iowan Old Style\', serif"\n'
    text = shown(tmp_path, toml, "/")
    assert (
        "<style>:root{--accent:light-dark(#8a1f5c, #ff9ccf);"
        "--serif:'Iowan Old Style', serif;}</style>" in text
    )
    assert text.index("style.css") < text.index("<style>")


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('[theme.comments]\nprovider = "disqus"', "blasto.toml:2:1: theme.comments.provider must be"),
        ('[theme.comments]\nprovider = "isso"', "blasto.toml:1:2: theme.comments has no url, and isso needs it"),
        ('[theme.analytics]\nprovider = "plausible"', "blasto.toml:1:2: theme.analytics has a provider and no site"),
        ('[theme]\nedit_url = "https://e.org"', "blasto.toml:1:2: theme has an edit_url without {path}"),
        ('[theme]\ntoc = ["post"]', 'blasto.toml:2:1: theme.toc must be "blog" or "docs" or "page", not "post"'),
        ('[theme.properties]\naccent = "red;}</style>"', "blasto.toml:2:1: theme.properties.accent must be the value of a CSS property"),
        ('[theme.properties]\n"--a" = "red"', 'blasto.toml:2:1: theme.properties holds "--a", which is no name'),
    ],
)  # fmt: skip
def test_faults(toml: str, message: str, tmp_path: Path) -> None:
    """What cannot be is said with its line."""
    with pytest.raises(UsageError) as raised:
        app_of(tmp_path, {"blasto.toml": toml + "\n"})
    assert str(raised.value).startswith(message)


def test_an_edited_option(tmp_path: Path) -> None:
    """A changed option of the theme renders pages anew, and front matter its page."""
    site = Project(tmp_path / "site", {**FILES, "blasto.toml": GISCUS})
    site.freeze()
    site.edit("content/blog/a.md", "title: A", "title: A\ncomments: false")
    site.freeze()
    assert b"giscus" not in site.tree()["blog/a/index.html"]
    assert site.tree() == site.clean()
    site.write("blasto.toml", f"[theme]\n{EDIT}\n")
    pages = ["/", "/404.html", "/blog/", "/blog/a/", "/blog/b/", "/c d/", "/guide/", "/guide/e/"]
    check(site, pages)
