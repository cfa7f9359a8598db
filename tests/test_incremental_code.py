"""What a site with routes, data and templates of its own renders again after an edit."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sites import NOW, Project, check, copied, doc

from blasto import freezing
from blasto.errors import BlastoError

SCRIPT = """
from pathlib import Path
from flask import render_template, url_for
from blasto import Freezer, create_app, current_site, volatile

app = create_app(__file__)
freezer = Freezer(app)
HERE = Path(__file__).parent
GREETING = "Hey"

@app.get("/team/")
def team():
    return render_template("team.html", people=current_site.data.team)

@app.get("/start/")
def start():
    return f'<p>{current_site.page("a.md").title}</p><a href="{url_for("shown", name="x")}">x</a>'

@app.get("/shown/<name>/")
def shown(name):
    return f"<p>{GREETING} {name}</p>"
"""
FILES: dict[str, str | bytes] = {
    "freeze.py": SCRIPT,
    "blasto.toml": 'base_url = "https://example.org"\n',
    "content/index.md": "Home\n",
    "content/a.md": doc("A", 1, "Text of a."),
    "content/b.md": doc("B", 2, "Text of b."),
    "data/team.yaml": "- Ada\n- Grace\n",
    "data/rooms.yaml": "- Kitchen\n",
    "templates/base.html": "{% import 'macros.html' as m %}<title>{{ m.name('t') }}</title>{% block content %}{% endblock %}",
    "templates/macros.html": "{% macro name(x) %}{{ x }}{% endmacro %}",
    "templates/team.html": "{% from 'people.html' import person %}{% for one in people %}{{ person(one) }}{% endfor %}{% include 'foot.html' ignore missing %}",
    "templates/people.html": "{% macro person(x) %}<p>{{ x }}</p>{% endmacro %}",
    "templates/page.html": "{% extends 'base.html' %}{% block content %}{% include ['own.html', 'plain.html'] %}{{ page.html }}{% endblock %}",
    "templates/plain.html": "plain",
}
PAGES = {"/", "/a/", "/b/"}
FRAMED = PAGES | {"/404.html"}
VIEWS = {"/team/", "/start/", "/shown/x/"}
FILES_OF_THE_THEME = {f"/static/blasto/{name}" for name in ("blasto.js", "code.css", "style.css")}
EVERYTHING = FRAMED | VIEWS | FILES_OF_THE_THEME | {"/robots.txt", "/sitemap.xml"}

Edit = Callable[[Project], object]
CASES: dict[str, tuple[Edit, set[str]]] = {
    "frame": (lambda site: site.edit("templates/base.html", "<title>", "<title >"), FRAMED),
    "imported macro": (lambda site: site.edit("templates/macros.html", "{{ x }}", "{{ x }}!"), FRAMED),
    "macro of one view": (lambda site: site.edit("templates/people.html", "<p>", "<b>"), {"/team/"}),
    "included template": (lambda site: site.edit("templates/plain.html", "plain", "simple"), PAGES),
    "a better candidate": (lambda site: site.write("templates/own.html", "own"), PAGES),
    "an include that was missing": (lambda site: site.write("templates/foot.html", "foot"), {"/team/"}),
    "a template that nobody uses": (lambda site: site.write("templates/lonely.html", "x"), set()),
    "data": (lambda site: site.write("data/team.yaml", "- Ada\n"), {"/team/"}),
    "data in another form": (
        lambda site: (site.remove("data/team.yaml"), site.write("data/team.json", '["Ada"]')), {"/team/"}
    ),
    "data that nobody asks for": (lambda site: site.write("data/rooms.yaml", "- Hall\n"), set()),
    "body of a page that a view looks at": (lambda site: site.edit("content/a.md", "Text of a.", "Text of a.\n\n## More"), {"/a/"}),
    "title of a page that a view looks at": (
        lambda site: site.edit("content/a.md", "title: A", "title: Alpha"), {"/a/", "/start/"}
    ),
    "site code": (lambda site: site.edit("freeze.py", '"Hey"', '"Ho"'), EVERYTHING),
    "blasto upgraded": (lambda site: setattr(site, "version", "2"), EVERYTHING),
}  # fmt: skip


@pytest.fixture(autouse=True)
def instant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold the clock."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Freeze the site once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", NOW)
        site = Project(tmp_path_factory.mktemp("code") / "site", FILES)
        assert set(site.freeze()) == EVERYTHING
    return site


@pytest.fixture
def site(frozen: Project, tmp_path: Path) -> Project:
    """Give a copy of the frozen site."""
    return copied(frozen, tmp_path / "site")


@pytest.mark.parametrize("case", CASES)
def test_edits(case: str, site: Project) -> None:
    """An edit renders the URLs that looked at what was edited."""
    edit, rendered = CASES[case]
    edit(site)
    check(site, rendered)


def explained(site: Project, *arguments: str) -> dict[str, str]:
    """Freeze in a process of its own, and give the reason for each URL."""
    done = site.run("--explain", *arguments)
    assert done.returncode == 0, done.stderr
    return dict(re.findall(r"^(/\S*): (.+)$", done.stdout, re.M))


def test_a_route_comes_and_goes(site: Project) -> None:
    """URLs of a new route are found, and those of one that went are removed."""
    site.write("freeze.py", SCRIPT + '\n@app.get("/new/")\ndef new():\n    return "new"\n')
    site.freeze()
    assert "new/index.html" in site.tree()
    site.write("freeze.py", SCRIPT.replace('href="{url_for("shown", name="x")}"', 'href="/a/"'))
    site.freeze()
    assert not {"new/index.html", "shown/x/index.html"} & set(site.tree())
    assert site.tree() == site.clean()


def test_links_of_reused_pages_are_followed(site: Project) -> None:
    """A URL known only from another page's ``url_for`` stays when that page is not rendered."""
    site.edit("content/b.md", "Text", "More")
    check(site, {"/b/"})
    assert "shown/x/index.html" in site.tree()


def test_modules_of_the_site(site: Project) -> None:
    """A module of the site is its code, imported at the start or only while a page is made."""
    site.write("early.py", "X = 1\n")
    site.write("late.py", "Y = 1\n")
    late = '\n@app.get("/late/")\ndef late():\n    import late\n    return f"<p>{early.X}{late.Y}</p>"\n'
    site.write("freeze.py", "import early\n" + SCRIPT + late)
    assert explained(site)
    assert explained(site) == {}
    # Of another size: Python tells a new module from its compiled one by seconds and size.
    site.write("late.py", "Y = 2  #\n")
    assert explained(site)["/late/"] == 'the file "late.py", which a view read by itself, changed'
    assert site.tree()["late/index.html"] == b"<p>12</p>"
    assert explained(site) == {}
    site.write("early.py", "X = 2  #\n")
    assert explained(site)["/late/"] == "the site's code changed"
    assert site.tree()["late/index.html"] == b"<p>22</p>"
    site.write("other.py", "Z = 1\n")
    site.write("notes.txt", "a new file beside them is nothing")
    assert explained(site) == {}


def test_reads_behind_the_back(site: Project) -> None:
    """A file that a view opens by itself counts for every URL, a folder that it lists too."""
    view = '\n@app.get("/own/")\ndef own():\n    return (HERE / "own.txt").read_text() + str(len(list((HERE / "box").iterdir())))\n'
    site.write("own.txt", "1")
    site.write("box/a", "")
    site.write("freeze.py", SCRIPT + view)
    site.freeze()
    assert site.freeze() == []
    site.write("own.txt", "2")
    assert set(site.freeze()) == EVERYTHING | {"/own/"}
    assert (
        site.report.reasons["/own/"] == 'the file "own.txt", which a view read by itself, changed'
    )
    site.write("box/b", "")
    check(site, EVERYTHING | {"/own/"})


def test_a_read_that_nobody_makes_any_more(site: Project) -> None:
    """A file is forgotten with the view that read it, and its change with it."""
    site.write("own.txt", "1")
    site.write(
        "freeze.py",
        SCRIPT + '\n@app.get("/own/")\ndef own():\n    return (HERE / "own.txt").read_text()\n',
    )
    site.freeze()
    site.write("freeze.py", SCRIPT)
    site.write("own.txt", "2")
    check(site, EVERYTHING)
    site.write("own.txt", "3")
    check(site, set())


def test_a_table_read_at_the_start(site: Project) -> None:
    """What the script reads while it loads counts for every URL."""
    site.write("table.csv", "1")
    site.write(
        "freeze.py",
        SCRIPT.replace('GREETING = "Hey"', 'GREETING = (HERE / "table.csv").read_text()'),
    )
    assert explained(site)
    assert explained(site) == {}
    site.write("table.csv", "2")
    assert set(explained(site).values()) == {"a file read at the start changed"}
    assert site.tree()["shown/x/index.html"] == b"<p>2 x</p>"


def test_volatile_views(site: Project) -> None:
    """A view that says so, or asks a program, is rendered each time, and only it."""
    views = (
        '\n@app.get("/now/")\n@volatile\ndef now():\n    return (HERE / "content" / "a.md").name\n'
        '\n@app.get("/asked/")\ndef asked():\n    import subprocess\n    return subprocess.check_output(["echo", "x"])\n'
    )
    site.write("freeze.py", SCRIPT + views)
    site.freeze()
    assert set(site.freeze()) == {"/now/", "/asked/"}
    assert site.report.reasons == {
        "/now/": "its view is marked @volatile",
        "/asked/": "it used a program",
    }
    assert site.tree() == site.clean()


def test_full_and_verify(site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """``full`` renders everything; ``verify`` does too, and finds what nobody could have seen."""
    assert set(site.freeze(full=True)) == EVERYTHING
    assert set(site.freeze(verify=True)) == EVERYTHING
    before = site.tree()
    site.write(
        "freeze.py", "import os\n" + SCRIPT.replace("{GREETING} {name}", "{os.environ['SHOUT']}")
    )
    monkeypatch.setenv("SHOUT", "one")
    site.freeze()
    monkeypatch.setenv("SHOUT", "two")
    assert site.freeze() == []
    with pytest.raises(BlastoError) as caught:
        site.freeze(verify=True)
    (problem,) = caught.value.problems
    assert problem.url == "/shown/x/"
    assert "-<p>one</p>" in problem.message
    assert site.tree()["shown/x/index.html"] == b"<p>one</p>" != before["shown/x/index.html"]


def test_a_freeze_that_failed_in_between(site: Project) -> None:
    """What a failed freeze read for the first time is still new to the next one."""
    site.freeze()
    site.edit("content/a.md", "title: A", "title: Z")
    site.write("templates/plain.html", "{{ 1 / 0 }}")
    with pytest.raises(BlastoError):
        site.freeze()
    site.write("templates/plain.html", "plain")
    check(site, {"/a/", "/start/"})


def test_bodies_that_are_stored_before_the_end(
    site: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A freeze that fails late has stored its bodies, and the next one is a clean one still."""
    monkeypatch.setattr(freezing, "MANY", 1)
    site.freeze()
    site.edit("content/a.md", "Text of a.", "Other text.")
    site.write("templates/team.html", "{{ 1 / 0 }}")
    with pytest.raises(BlastoError):
        site.freeze()
    site.write("templates/team.html", "nobody")
    check(site, {"/a/", "/start/", "/team/"})
