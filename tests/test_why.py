"""Tests of ``blasto why``: what a URL was made of, however it is written."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from oddsite import oddities
from sites import Project, afresh, blog, here

from blasto import Freezer, cli, output
from blasto.errors import UsageError
from blasto.ledger import Ledger, Row
from blasto.why import explain, find


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The odd site, frozen under a base path."""
    made = Project(tmp_path_factory.mktemp("odd") / "site", oddities("https://example.org/sub"))
    made.freeze()
    return made


@pytest.fixture(scope="module")
def known(odd: Project) -> tuple[Freezer, dict[str, Row]]:
    """The odd site's freezer and what its ledger knows."""
    freezer = odd.freezer()
    with closing(Ledger(freezer.state_file("sqlite"), readonly=True)) as ledger:
        return freezer, {row.url: row for row in ledger.rows()}


def ask(project: Project, url: str) -> list[str]:
    """Explain a URL as a new process would."""
    with afresh(project.version), here(project.root):
        return explain(project.freezer(), url)


def said(lines: list[str], word: str) -> list[str]:
    """Give what stands under a word."""
    found: list[str] = []
    current = ""
    for line in lines[1:]:
        current = line[2:14].strip() or current
        if current == word:
            found.append(line[14:])
    return found


def test_a_page(odd: Project) -> None:
    """A page names its file, rule, view, source, links, observations and reasons."""
    lines = ask(odd, "/docs/start/")
    assert lines[0] == "/sub/docs/start/"
    (file,) = said(lines, "file")
    size = (odd.build / "docs/start/index.html").stat().st_size
    assert file == f"build/docs/start/index.html ({size:,} bytes, text/html)"
    assert said(lines, "rule")[0].startswith("/<")
    assert said(lines, "endpoint") == ["blasto.content, as blasto.page"]
    assert said(lines, "view")[0].startswith("page in blasto/views.py:")
    assert said(lines, "found by") == ["content/docs/start.md"]
    linking = said(lines, "linked from")[0].split(", ")
    assert {"/", "/docs/"} <= set(linking)
    assert "/docs/start/" not in linking
    assert {
        "page docs/start.md",
        "body docs/start.md",
        "template page.html",
        "config title",
    } <= set(said(lines, "observed"))
    assert float(said(lines, "seconds")[0]) >= 0
    assert said(lines, "rendered") == ["because it is new"]
    assert said(lines, "next time") == ["reused: nothing that it observed has changed"]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("docs/start", "/sub/docs/start/"),
        ("/sub/docs/start/", "/sub/docs/start/"),
        ("https://example.org/sub/docs/start/#install", "/sub/docs/start/"),
        ("/docs/start/index.html", "/sub/docs/start/"),
        ("build/docs/start/index.html", "/sub/docs/start/"),
        ("content/docs/start.md", "/sub/docs/start/"),
        ("/", "/sub/"),
        ("/sub/", "/sub/"),
        ("/sub", "/sub/"),
        ("https://example.org/sub/", "/sub/"),
        ("/odd/c%23 sharp/", "/sub/odd/c%23%20sharp/"),
        ("/odd/c# sharp/", "/sub/odd/c%23%20sharp/"),
        ("/sub/odd/why%3F/", "/sub/odd/why%3F/"),
        ("/odd/x%41y/", "/sub/odd/x%2541y/"),
        ("/sub/odd/x%2541y/", "/sub/odd/x%2541y/"),
        ("/odd/שלום עולם/", "/sub/odd/%D7%A9%D7%9C%D7%95%D7%9D%20%D7%A2%D7%95%D7%9C%D7%9D/"),
        ("/own/a b.json", "/sub/own/a%20b.json"),
        ("/static/site.css", "/sub/static/site.css"),
        ("/start.html", "/sub/start.html"),
    ],
)
def test_however_it_is_written(
    known: tuple[Freezer, dict[str, Row]], written: str, url: str
) -> None:
    """Encoded or not, with the base path or without, as a URL, a file or a source."""
    freezer, rows = known
    with here(freezer.project_root):
        assert output.encode("/sub" + find(freezer, rows, written).url) == url


def test_own_route_and_file(odd: Project) -> None:
    """A route of the site's own names its function; a static file is copied, not rendered."""
    lines = ask(odd, "/own/")
    assert said(lines, "endpoint") == ["own"]
    assert said(lines, "view")[0].startswith("own in freeze.py:")
    lines = ask(odd, "/static/tile.png")
    assert said(lines, "next time") == ["reused: nothing that it observed has changed"]
    assert said(lines, "linked from") == ["/static/more.css, /static/site.css"]


def test_unknown(odd: Project, tmp_path: Path) -> None:
    """A URL that was never frozen is a usage error, with a guess; so is a site never frozen."""
    with pytest.raises(UsageError) as caught:
        ask(odd, "/docs/strat/")
    assert caught.value.problems[0].hint == 'did you mean "/docs/start/"?'
    fresh = Project(tmp_path / "fresh", {"content/index.md": "# Home\n"})
    with pytest.raises(UsageError, match="nothing has been frozen"):
        ask(fresh, "/")
    assert not (fresh.root / ".blasto").exists()


def test_reasons(tmp_path: Path) -> None:
    """What the next freeze would do, and what the last one did, is said with its reason."""
    project = Project(tmp_path / "site", blog())
    project.freeze()
    project.edit("content/blog/one.md", "The text of", "More text of")
    text = 'rendered, because the text of "blog/one.md" changed'
    assert said(ask(project, "/blog/one/"), "next time") == [text]
    assert said(ask(project, "/about/"), "next time")[0].startswith("reused")
    project.freeze()
    lines = ask(project, "/blog/one/")
    assert said(lines, "rendered") == ['because the text of "blog/one.md" changed']
    assert said(lines, "next time")[0].startswith("reused")
    project.write("build/about/index.html", "changed by hand")
    assert said(ask(project, "/about/"), "next time")[0].startswith("made again")
    project.remove("content/about.md")
    assert said(ask(project, "/about/"), "next time")[0].startswith("removed")


def test_command(odd: Project) -> None:
    """The command prints the lines; what it does not know is exit status 2."""
    with here(odd.root):
        done = CliRunner().invoke(cli.main, ["why", "/docs/start/"])
        assert (done.exit_code, done.output.splitlines()[0]) == (0, "/sub/docs/start/")
        assert CliRunner().invoke(cli.main, ["why", "/nowhere/"]).exit_code == 2
