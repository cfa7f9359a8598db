from __future__ import annotations

import datetime
import itertools
from pathlib import Path

import pytest
from quick import app_of, get, page, site_in
from sites import Project

from blasto.routes import Routes, folder_path, whole_path
from blasto.site import Site


def urls(folder: Path, files: dict[str, str], **settings: object) -> dict[str, str]:
    """Give the URL path of each page."""
    found = routes(folder, files, **settings)
    assert [str(one) for one in found.problems] == []
    return found.pages


def routes(folder: Path, files: dict[str, str], **settings: object) -> Routes:
    """Give the routes of some content files."""
    site: Site = site_in(
        folder, {f"content/{path}": text for path, text in files.items()}, **settings
    )
    return site.routes


def test_files_and_their_urls(tmp_path: Path) -> None:
    """Folders and names, an index for its folder, a slug or a whole URL where one is written."""
    found = urls(tmp_path, {
        "index.md": "x", "about.md": "x", "a b/c#.md": "x", "guide/_index.md": "x", "guide/one.md": page(slug="first"),
        "notes/README.md": "x", "notes/2024-05-06-x.md": "x", "blog/post/index.md": "x", "_posts/2024-05-06-y.md": "x",
        "free.md": page(url="/else/where"), "file.md": page(permalink="/robots.html"), "blog/own/index.md": page(slug="named"),
        "cafe\u0301.md": "x", "under/_index.md": page(url="/over/"), "under/z.md": "x",
    })  # fmt: skip
    assert found == {
        "index.md": "/", "about.md": "/about/", "a b/c#.md": "/a b/c#/", "guide/_index.md": "/guide/", "guide/one.md": "/guide/first/",
        "notes/README.md": "/notes/", "notes/2024-05-06-x.md": "/notes/x/", "blog/post/index.md": "/blog/post/", "_posts/2024-05-06-y.md": "/posts/y/",
        "free.md": "/else/where/", "file.md": "/robots.html", "blog/own/index.md": "/blog/named/",
        "cafe\u0301.md": "/café/", "under/_index.md": "/over/", "under/z.md": "/under/z/",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "url"),
    [
        ("/blog/<int:year>/<slug>/", "/blog/2024/hello/"),
        ("/<int(fixed_digits=2):month>/<slug>.html", "/03/hello.html"),
        ("/:year/:month/:day/:slug/", "/2024/03/05/hello/"),
        ("/:section/:title", "/blog/hello"),
        ("/:categories/:name/", "/c-one/two/2024-03-05-hello/"),
        ("/:sections/<title>/", "/blog/sub/say-hello/"),
        ("pretty", "/2024/03/05/hello/"),
        ("none", "/hello.html"),
    ],
)
def test_permalinks(tmp_path: Path, rule: str, url: str) -> None:
    """Flask's rules and the tokens of Hugo and Jekyll, for a section and all below it."""
    files = {
        "blog/sub/2024-03-05-hello.md": page(title="'Say: hello!'", categories="[C one, two]"),
        "blog/_index.md": "x",
        "other/x.md": "x",
    }
    found = urls(tmp_path, files, sections={"blog": {"permalink": rule}})
    assert found == {
        "blog/sub/2024-03-05-hello.md": url,
        "blog/_index.md": "/blog/",
        "other/x.md": "/other/x/",
    }


def test_permalinks_are_served_and_frozen(tmp_path: Path) -> None:
    """As are the files of a bundle, which move with their page."""
    files = {
        "blasto.toml": '[permalinks]\nblog = "/:year/:slug/"\n',
        "content/index.md": "x",
        "content/blog/a/index.md": page(
            "![x](x.svg)", date="2024-03-05", url="/deep/:month/:slug/"
        ),
        "content/blog/a/x.svg": "<svg/>",
        "content/blog/b/index.md": page("![x](in/x.svg)", date="2024-03-05"),
        "content/blog/b/in/x.svg": "<svg/>",
    }
    project = Project(tmp_path / "site", files)
    project.freeze(strict=True)
    assert {
        "deep/03/a/index.html",
        "deep/03/a/x.svg",
        "2024/b/index.html",
        "2024/b/in/x.svg",
    } <= set(project.tree())
    assert 'src="/2024/b/in/x.svg"' in project.read("build/2024/b/index.html")


@pytest.mark.parametrize(
    ("front", "message", "hint"),
    [
        (
            {},
            "the permalink /<int(fixed_digits=4):year>/<slug>/ needs a date, and the page has none",
            "add `date:` to the front matter",
        ),
        ({"url": "//evil.example/x"}, '"//evil.example/x" is no URL path', None),
        ({"url": "a\\\\b"}, "is no URL path", None),
        ({"url": "/:yaer/x/"}, 'did you mean "year"?', None),
        ({"url": "/../../x"}, "", None),
        ({"url": "/a/%2e%2e/x"}, "", None),
        ({"date": "2024-01-01", "slug": "../x"}, "", None),
        ({"date": "2024-01-01", "slug": "a/../../x"}, "", None),
    ],
)
def test_what_is_no_url(
    tmp_path: Path, front: dict[str, str], message: str, hint: str | None
) -> None:
    """It is an error that names the page, and nothing gets that URL."""
    text = page(
        **{name: f"'{value}'" if name != "date" else value for name, value in front.items()}
    )
    found = routes(tmp_path, {"blog/a.md": text}, permalinks={"blog": "/:year/:slug/"})
    (problem,) = found.problems
    assert problem.path == "content/blog/a.md"
    assert message in problem.message
    assert hint is None or problem.hint == hint
    assert not any(target.kind == "page" for target in found.targets.values())


def test_a_category_that_is_asked_for(tmp_path: Path) -> None:
    """A page without one is an error."""
    found = routes(tmp_path, {"blog/a.md": "x"}, permalinks={"blog": "/:category/:slug/"})
    assert [str(one) for one in found.problems] == [
        'content/blog/a.md: the permalink /<category>/<slug>/ asks for "category"'
    ]


def test_aliases(tmp_path: Path) -> None:
    """Old URLs lead on: at once when live, as a page with a link when frozen."""
    files = {
        "blasto.toml": 'base_url = "https://example.org/sub"\n',
        "content/new page.md": page(
            title="N & M", aliases="[/old/, older.html, /new page/, /%C3%A9/]"
        ),
        "content/index.md": "x",
    }
    app = app_of(tmp_path / "live", files)
    for url in ("/old/", "/older.html", "/é/"):
        response = app.test_client().get(url, base_url="https://example.org/sub/")
        assert (response.status_code, response.headers["Location"]) == (301, "/sub/new%20page/")
    project = Project(tmp_path / "site", files)
    project.freeze()
    text = project.read("build/old/index.html")
    assert '<link rel="canonical" href="https://example.org/sub/new%20page/">' in text
    assert '<meta http-equiv="refresh" content="0; url=/sub/new%20page/">' in text
    assert '<a href="/sub/new%20page/">N &amp; M</a>' in text
    assert {"older.html", "é/index.html", "new page/index.html"} <= set(project.tree())


@pytest.mark.parametrize(
    "alias",
    ["/../x/", "/%2e%2e/x/", "/%252e%252e/../x/", "//host/x/../../y", "/a\\\\b/", "/a%00b/"],
)
def test_an_alias_that_leads_out(tmp_path: Path, alias: str) -> None:
    """Each is an error at its page, or stays inside."""
    found = routes(tmp_path, {"a.md": page(aliases=f'["{alias}"]')})
    if not found.problems:
        assert all(".." not in url.split("/") for url in found)
    else:
        assert [one.path for one in found.problems] == ["content/a.md"]


SOURCES: dict[str, tuple[dict[str, str], str]] = {
    "page": ({"content/x/index.md": page(title="One")}, "content/x/index.md"),
    "other page": ({"content/y.md": page(url="/x/")}, "content/y.md"),
    "alias": ({"content/a.md": page(aliases="[/x/]")}, "content/a.md"),
    "other alias": ({"content/b.md": page(aliases="[/x/index.html]")}, "content/b.md"),
    "public file": ({"public/x/index.html": "<p>"}, "public/x/index.html"),
    "own route": ({"freeze.py": "from blasto import create_app, Freezer\napp = create_app(__file__)\nfreezer = Freezer(app)\n\n"
                   "@app.get('/x/')\ndef own():\n    return 'own'\n"}, "own"),
}  # fmt: skip


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(SOURCES, 2)))
def test_two_sources_of_one_url(tmp_path: Path, one: str, other: str) -> None:
    """A freeze ends, names both, and leaves what was published."""
    project = Project(tmp_path / "site", {"content/index.md": "x\n"})
    project.freeze()
    before = project.tree()
    for name in (one, other):
        for path, text in SOURCES[name][0].items():
            project.write(path, text)
    ended = project.run()
    assert ended.returncode == 1
    (line,) = [line for line in ended.stderr.splitlines() if line.startswith("blasto: error:")]
    assert SOURCES[one][1] in line
    assert SOURCES[other][1] in line
    assert "Traceback" not in ended.stderr
    assert project.tree() == before


@pytest.mark.parametrize(
    ("files", "first", "second"),
    [
        ({"content/a.md": page(tags="x"), "content/tags/x/index.md": "x", "content/tags/x.md": "x"}, "content/tags/x/index.md", "content/tags/x.md"),
        ({"content/a.md": page(tags="x"), "content/b.md": page(aliases="[/tags/x/]")}, "content/b.md", 'tags "x"'),
        ({"content/a.md": page(tags="x"), "content/tags.md": "x"}, "content/tags.md", 'the taxonomy "tags"'),
        ({"content/a.md": page(url="/static/a.css"), "static/a.css": ""}, "content/a.md", "static/a.css"),
        ({"content/x.md": "x", "content/x/index.html": "<p>"}, "content/x.md", "content/x/index.html"),
        ({"content/x/y.md": "x", "content/z.md": page(url="/x.html"), "public/x.html/a": ""}, "content/z.md", "public/x.html/a"),
        ({**{f"content/blog/{n}.md": page(date=datetime.date(2024, 1, n)) for n in range(1, 12)}, "content/blog/page/2/index.md": "x"}, "content/blog/page/2/index.md", "page 2 of the list /blog/"),
    ],
    ids=["two pages of a tag", "alias tag", "page taxonomy", "page static", "page asset", "file folder", "page slice"],
)  # fmt: skip
def test_collisions_with_what_is_made(
    tmp_path: Path, files: dict[str, str], first: str, second: str
) -> None:
    """Tag pages, lists, feeds, static files: both sources are named."""
    project = Project(tmp_path / "site", {"content/index.md": "x\n", "build/.keep": "", **files})
    (project.root / "build/.keep").unlink()
    (project.root / "build").rmdir()
    ended = project.run()
    assert ended.returncode == 1, ended.stdout
    lines = [line for line in ended.stderr.splitlines() if line.startswith("blasto: error:")]
    assert any(first in line and second in line for line in lines), ended.stderr
    assert not project.build.exists()


def test_own_files_stand_for_what_is_made(tmp_path: Path) -> None:
    """A page, a file or a route of one's own is what a site has at a URL that blasto would fill."""
    files = {
        "content/index.md": "x", "content/lost.md": page("Gone *fishing*.", url="/404.html", title="Lost"), "public/robots.txt": "Own: robots\n",
        "content/blog/a.md": page(date="2024-01-01"),
        "freeze.py": SOURCES["own route"][0]["freeze.py"].replace("/x/", "/feed.xml") + "\n\n@app.get('/blog/')\ndef blog():\n    return 'own blog'\n",
    }  # fmt: skip
    project = Project(tmp_path / "site", files)
    project.freeze()
    tree = project.tree()
    assert b"Gone <em>fishing</em>." in tree["404.html"]
    assert tree["robots.txt"] == b"Own: robots\n"
    assert (tree["feed.xml"], tree["blog/index.html"]) == (b"own", b"own blog")


def test_small_helpers() -> None:
    """Folders drop the underscore of a name, an author's URL gets its slashes."""
    assert folder_path("_posts/a b") == "/posts/a b/"
    assert folder_path("") == "/"
    assert [
        whole_path(url) for url in ("about", "/about/", "//x", "/a.html", "/v1.2/", "/a/b.c d")
    ] == ["/about/", "/about/", "/x/", "/a.html", "/v1.2/", "/a/b.c d/"]


def test_a_slash_is_added(tmp_path: Path) -> None:
    """A live request without the final slash is sent on, one for nothing is not."""
    app = app_of(tmp_path, {"content/a.md": "x"})
    response = app.test_client().get("/a", base_url="http://localhost/sub/")
    assert (response.status_code, response.headers["Location"]) == (301, "/sub/a/")
    get(app, "/b", 404)


def test_small_letters(tmp_path: Path) -> None:
    """With `lower_urls` in what comes from names; what an author wrote stays; turned on, all is made again."""
    files = {
        "content/index.md": "[it](Guide/HasSuffix.md)", "content/Guide/HasSuffix.md": "![x](Picture.svg)",
        "content/Guide/Picture.svg": "<svg/>", "content/Guide/B.md": page(url="/Big/B/"),
        "content/Guide/Bundle/index.md": "x", "content/Guide/Bundle/File.TXT": "x", "content/Other/a.md": "x",
        "content/c.md": page(aliases="[/guide/hassuffix/, /GUIDE/C/]"),
    }  # fmt: skip
    site = Project(tmp_path / "site", {**files, "content/c.md": "x"})
    site.freeze()
    site.write("blasto.toml", "lower_urls = true\n")
    site.freeze()
    assert site.tree() == site.clean()
    assert {
        "guide/hassuffix/index.html", "guide/Picture.svg", "Big/B/index.html", "guide/bundle/index.html",
        "guide/bundle/File.TXT", "guide/index.html", "other/a/index.html",
    } <= set(site.tree())  # fmt: skip
    assert not any(path.startswith(("Guide", "Other")) for path in site.tree())


def test_a_version_is_no_suffix(tmp_path: Path) -> None:
    """A `url` that ends in one is a folder; one with a file's ending is a file."""
    site = site_in(tmp_path, {
        "content/a.md": page(path="2017/07/20/Rust-1.19"), "content/b.md": page(url="/b.html"), "content/c.md": page(url="/v2.0.1"),
    })  # fmt: skip
    assert [site.routes.pages[f"{name}.md"] for name in "abc"] == [
        "/2017/07/20/Rust-1.19/",
        "/b.html",
        "/v2.0.1/",
    ]
