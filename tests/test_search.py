"""Tests of search: what is indexed, that an edit indexes one bundle, and that a clean freeze is equal."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path

import pytest
from quick import app_of, get, page
from sites import Project, blog, check, docs, tree

from blasto import search, workers

ON = 'title = "Notes"\nbase_url = "https://example.org"\nsearch = true\n'
OWN_ROUTE = """\
from flask import render_template_string
from blasto import Freezer, create_app

app = create_app(__file__)
freezer = Freezer(app)

@app.route("/boats/")
def boats():
    return render_template_string("{% extends 'base.html' %}{% block content %}<h1>Boats</h1>A schooner.{% endblock %}")
"""


@pytest.fixture(autouse=True)
def installed() -> None:
    """Leave out all of this where the extra is not installed."""
    if search.program() is None:
        pytest.skip("blasto[search] is not installed")


def fragments(files: dict[str, bytes]) -> dict[str, str]:
    """Give what was indexed of each page, by its URL."""
    found = {}
    for path, data in files.items():
        if path.endswith(".pf_fragment"):
            text = zlib.decompress(data, 31).removeprefix(b"pagefind_dcd")
            entry = json.loads(text)
            found[entry["meta"]["url"]] = entry["content"]
    return found


def indexed(project: Project) -> list[str]:
    """Freeze, and give the bundles that pagefind indexed."""
    before = stamps(project)
    project.freeze()
    after = stamps(project)
    return sorted(name for name in after if before.get(name) != after[name])


def stamps(project: Project) -> dict[str, int]:
    """Give the time at which each bundle was indexed."""
    folder = project.root / ".blasto/ledger.search"
    return {
        entry.parent.parent.name: entry.stat().st_mtime_ns
        for entry in folder.glob("*/index/pagefind-entry.json")
    }


def site(tmp_path: Path, **files: str) -> Project:
    """Make a blog that can be searched."""
    made = {**blog(), **files}
    made["blasto.toml"] = ON + str(made["blasto.toml"]).partition("\n")[2].partition("\n")[2]
    return Project(tmp_path / "site", made)


def test_what_is_indexed(tmp_path: Path) -> None:
    """The text of each page is, with a section's own; lists, navigation and who opts out are not."""
    project = site(tmp_path)
    project.write("content/blog/out.md", page("Unseen.", title="Out", search="false"))
    project.write("content/blog/away.md", page("Unseen.", title="Away", listed="false"))
    project.write("content/blog/old.md", page("Unseen.", title="Old", search="{exclude: true}"))
    project.write("content/a & b.md", page("Ampersand.", title="A"))
    project.freeze()
    found = fragments(project.tree())
    assert found.keys() == {
        "/", "/about/", "/a%20&%20b/", "/blog/", *(f"/blog/{name}/" for name in "one two three four five".split())
    }  # fmt: skip
    assert found["/blog/"] == "Blog. All posts."
    assert found["/blog/two/"].startswith("Two. A first paragraph that is the excerpt. Part.")
    assert "#" not in found["/blog/two/"]
    assert project.report.warnings == []


def test_own_routes(tmp_path: Path) -> None:
    """A route of the site's own that extends the theme is found too."""
    project = site(tmp_path, **{"freeze.py": OWN_ROUTE})
    project.freeze()
    assert fragments(project.tree())["/boats/"] == "Boats. A schooner."


def test_off(tmp_path: Path) -> None:
    """Where search is not asked for nothing of it is published, and no page speaks of it."""
    project = Project(tmp_path / "site", blog())
    project.freeze()
    files = project.tree()
    assert not [path for path in files if "search" in path or "pagefind" in path]
    assert not [path for path, data in files.items() if (b"pagefind" in data or b"finder" in data)
                and path.endswith(".html")]  # fmt: skip
    app = project.freezer().app
    get(app, "/search/", 404)
    get(app, "/pagefind/index.json", 404)


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pagefind the site is as with search off, and a warning says what to install."""
    monkeypatch.setattr(search, "program", lambda: None)
    project = site(tmp_path)
    project.freeze()
    (warning,) = project.report.warnings
    assert "pip install 'blasto[search]'" in str(warning.hint)
    assert not [
        path for path, data in project.tree().items() if "pagefind" in path or b'"finder"' in data
    ]
    assert project.freeze() == []
    assert len(project.report.warnings) == 1


def test_an_edit(tmp_path: Path) -> None:
    """A word more is found after the next freeze, which equals a clean one; then all is done."""
    project = site(tmp_path)
    project.freeze()
    before = project.tree()
    project.edit("content/blog/two.md", "The text", "The sesquipedalian text")
    got = project.freeze()
    assert "sesquipedalian" in fragments(project.tree())["/blog/two/"]
    pages = [url for url in got if not url.startswith("/pagefind/")]
    assert pages == ["/blog/two/"]
    assert len([url for url in got if "/fragment/" in url]) == 1
    assert project.tree() == project.clean()
    assert project.freeze() == []
    project.edit("content/blog/two.md", "The sesquipedalian text", "The text")
    check(project, [url for url in got if "/fragment/" not in url and "pf_" not in url]
          + [f"/{path}" for path in before if path.endswith(("pf_index", "pf_meta"))]
          + [f"/{path}" for path in before.keys() - project.tree().keys() if "fragment" in path])  # fmt: skip
    assert project.tree() == before


@pytest.mark.parametrize("change", ["title", "new", "gone", "moved"])
def test_pages_come_and_go(tmp_path: Path, change: str) -> None:
    """Whatever becomes of a page, the index is that of a clean freeze."""
    project = site(tmp_path)
    project.freeze()
    if change == "title":
        project.edit("content/blog/two.md", "title: Two", "title: Twain")
    elif change == "new":
        project.write("content/extra.md", page("A zebra.", title="Extra"))
    elif change == "gone":
        project.remove("content/about.md")
    else:
        project.move("content/about.md", "content/who.md")
    project.freeze()
    assert project.tree() == project.clean()
    assert project.freeze() == []


def test_only_searched_texts_count(tmp_path: Path) -> None:
    """Nothing is indexed again for a change of what surrounds the text, in every page though it is."""
    project = site(tmp_path)
    assert indexed(project) == ["0"]
    project.write("templates/partials/footer.html", "<p>Another</p>")
    assert indexed(project) == []
    assert len([url for url in project.report.reasons if url.endswith("/")]) > 5
    project.edit("content/blog/two.md", "tags: [python, web]", "tags: [python]\nweight: 3")
    assert indexed(project) == []
    assert project.tree() == project.clean()


def test_bundles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large site has several bundles: an edit indexes one, and growth makes more of them."""
    monkeypatch.setattr(search, "LARGE", 9)
    files: dict[str, str | bytes] = {
        f"content/{number}.md": page(f"Word{number} of it.", title=f"Page {number}")
        for number in range(14)
    }
    project = Project(tmp_path / "site", {"blasto.toml": ON, **files})
    assert indexed(project) == ["0", "1"]
    assert len(fragments(project.tree())) == 14
    said = json.loads(project.tree()["pagefind/index.json"])
    assert [one["path"] for one in said["bundles"]] == ["0/", "1/"]
    assert [path for path in project.tree() if path.endswith("pagefind.js")] == [
        "pagefind/0/pagefind.js"
    ]
    project.edit("content/3.md", "of it", "of this")
    assert len(indexed(project)) == 1
    assert project.tree() == project.clean()
    project.write("content/x.md", page("More.", title="X"))
    project.write("content/y.md", page("More.", title="Y"))
    project.write("content/z.md", page("More.", title="Z"))
    assert indexed(project) == ["0", "1", "2", "3"]
    assert project.tree() == project.clean()
    for name in ("x", "y", "z"):
        project.remove(f"content/{name}.md")
    project.freeze()
    assert project.tree() == project.clean()
    assert sorted(stamps(project)) == ["0", "1"]


def test_failed_freezes_leave_no_trace(tmp_path: Path) -> None:
    """A text that was indexed by a freeze that failed is not in the next one's index."""
    project = site(tmp_path)
    project.freeze()
    before = project.tree()
    project.edit("content/blog/two.md", "The text", "The wrong text")
    project.write("content/clash.md", page("x", url="/blog/"))
    with pytest.raises(Exception, match="two sources"):
        project.freeze()
    project.remove("content/clash.md")
    project.edit("content/blog/two.md", "The wrong text", "The text")
    project.freeze()
    assert project.tree() == before


def test_lost_folder(tmp_path: Path) -> None:
    """Without the folder of texts the same index is made again from what is published."""
    project = site(tmp_path)
    project.freeze()
    before = project.tree()
    import shutil

    shutil.rmtree(project.root / ".blasto/ledger.search")
    project.edit("content/blog/two.md", "The text", "Some text")
    project.freeze()
    assert project.tree() == project.clean()
    assert project.tree() != before


def test_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is the same whoever makes it, in whatever order."""
    monkeypatch.setattr(search, "LARGE", 5)
    files: dict[str, str | bytes] = {
        f"content/{number}.md": page(f"Word{number}.") for number in range(14)
    }
    project = Project(tmp_path / "site", {"blasto.toml": ON, **files})
    project.freeze(workers=2)
    assert len(json.loads(project.tree()["pagefind/index.json"])["bundles"]) == 4
    assert project.tree() == project.clean(workers=1)
    assert workers.cores() >= 1


def test_languages(tmp_path: Path) -> None:
    """Pages of each language are indexed by its rules, and the browser is told which there are."""
    project = site(tmp_path)
    project.write("content/fr.md", page("Les chevaux mangeaient.", title="Chevaux", lang="fr"))
    project.freeze()
    said = json.loads(project.tree()["pagefind/index.json"])
    assert said["bundles"] == [{"path": "0/", "languages": ["en", "fr"]}]
    assert "pagefind/0/wasm.fr.pagefind" in project.tree()
    for code in ("de", "es", "it", "sv"):
        project.write(f"content/{code}.md", page("Ein Text.", title=code, lang=code))
    project.freeze()
    entry = json.loads(project.tree()["pagefind/0/pagefind-entry.json"])
    assert list(entry["languages"]) == ["de", "en", "es", "fr", "it", "sv"]


def test_live(tmp_path: Path) -> None:
    """The live app answers with an index of what the content is now, drafts and edits too."""
    files = {**docs(), "content/draft.md": page("A hippogriff.", title="Draft", draft="true")}
    files["blasto.toml"] = ON
    app = app_of(tmp_path, files)
    app.debug = True

    def texts() -> dict[str, str]:
        said = json.loads(get(app, "/pagefind/index.json"))
        (bundle,) = said["bundles"]
        entry = json.loads(get(app, f"/pagefind/{bundle['path']}pagefind-entry.json"))
        assert entry["languages"]["en"]["page_count"] > 5
        folder = Path(app.extensions["blasto_search"]["folder"])
        return fragments(tree(folder / "0/index"))

    assert texts()["/draft/"] == "Draft. A hippogriff."
    Project(tmp_path, {"content/draft.md": page("A griffin.", title="Draft", draft="true")})
    assert texts()["/draft/"] == "Draft. A griffin."
    text = page("A griffin.\n\n<!-- more -->\n\nAnd a roc.", title="Draft", draft="true")
    Project(tmp_path, {"content/draft.md": text})
    assert texts()["/draft/"] == "Draft. A griffin. And a roc."
    Project(tmp_path, {"content/draft.md": text.replace("roc", "sphinx")})
    assert texts()["/draft/"] == "Draft. A griffin. And a sphinx."
    assert 'class="found"' in get(app, "/search/")
    get(app, "/pagefind/../blasto.toml", 404)
    get(app, "/pagefind/0/made.json", 404)


def test_searched() -> None:
    """Nested elements, comments, scripts and hidden parts do not lead astray."""
    text = search.searched(
        '<html lang="de"><title>T</title><nav data-pagefind-body>menu</nav>'
        '<main data-pagefind-body class="a"><div><main>in</main></div><!-- </main> -->'
        '<script>"</main>"</script><h2 id="x" class="y">H<a class="headerlink" href="#x">#</a></h2>'
        '<p data-pagefind-ignore="all">no<br><i>no</i></p>a &lt; b</main>out<p data-pagefind-body>more</p>', "/u/",
    )  # fmt: skip
    assert re.sub(r"\s+", " ", text.partition("<body>")[2]) == (
        ' <meta data-pagefind-meta="url[content]" content="/u/"> <meta data-pagefind-meta="title[content]" content="T"> <div><main>in</main></div>'
        '<h2 id="x">H</h2>a &lt; b more '
    )
    assert '<html lang="de">' in text
    assert search.searched("<main>nothing is marked</main>") == ""
