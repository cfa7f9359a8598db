from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from click.testing import CliRunner
from sites import MODULE, Project

from blasto.console import Console, facts, freeze_command, freeze_options, leaving, summary
from blasto.errors import BlastoError, Problem, UsageError


class Terminal(io.StringIO):
    """Text that takes itself for a terminal."""

    def isatty(self) -> bool:
        return True


def told(problem: Problem, **options: Any) -> list[str]:
    """Give the lines that a problem is told in."""
    err = io.StringIO()
    Console(err=err, **options).problem(problem)
    return err.getvalue().splitlines()


def test_a_problem_has_its_line_and_a_caret() -> None:
    """Tabs count as one column, the page is named where the path does not, then the hint."""
    problem = Problem("it is", "a.md", 12, 3, "mend it", "\tab", url="/a/")
    assert told(problem) == [
        "blasto: error: a.md:12:3: it is",
        "   12 |  ab",
        "          ^",
        "      while making /a/",
        "      mend it",
    ]


@pytest.mark.parametrize(
    ("problem", "lines"),
    [
        (Problem("it is"), ["blasto: error: it is"]),
        (Problem("it is", severity="warning", url="/a/"), ["blasto: warning: /a/: it is"]),
        (
            Problem("it is", "a.md", 1, 99, source="ab"),
            ["blasto: error: a.md:1:99: it is", "    1 | ab"],
        ),
        (
            Problem("it is", "a.md", 1, source="x" * 500),
            ["blasto: error: a.md:1: it is", "    1 | " + "x" * 160],
        ),
        (Problem("it is", "a.md", trace="Traceback\n  x\n"), ["blasto: error: a.md: it is"]),
    ],
)
def test_problems_of_any_kind(problem: Problem, lines: list[str]) -> None:
    """What is not known is not told, and long lines are cut."""
    assert told(problem) == lines


def test_debug_tells_the_traceback() -> None:
    """After everything else."""
    assert told(Problem("it is", trace="Traceback\n  x\n"), debug=True) == [
        "blasto: error: it is",
        "Traceback",
        "  x",
    ]


def test_many_problems_are_counted() -> None:
    """Fifty are told, the rest is a number."""
    err = io.StringIO()
    Console(err=err).problems([Problem(str(n)) for n in range(60)])
    assert len(err.getvalue().splitlines()) == 51
    assert "10 more" in err.getvalue()


@pytest.mark.parametrize(
    ("env", "colored"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"NO_COLOR": ""}, True)],
)
def test_colours(monkeypatch: pytest.MonkeyPatch, env: dict[str, str], colored: bool) -> None:
    """On a terminal only, and not where ``NO_COLOR`` says something."""
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    err = Terminal()
    Console(err=err).problem(Problem("it is"))
    assert ("\x1b[" in err.getvalue()) is colored
    assert "it is" in err.getvalue()


def test_progress_is_drawn_on_terminals_only() -> None:
    """One line that is wiped before anything else is printed."""
    for err, quiet, drawn in (
        (Terminal(), False, True),
        (Terminal(), True, False),
        (io.StringIO(), False, False),
    ):
        console = Console(err=err, quiet=quiet)
        console.progress(1, "/a/")
        console.progress(2, "/b/")
        assert ("freezing" in err.getvalue()) is drawn
        assert "/b/" not in err.getvalue()
        console.problem(Problem("it is"))
        console.clear()
        assert not drawn or "\r      " in err.getvalue()


REPORT = SimpleNamespace(
    urls=7, rendered=4, reused=3, removed=1, written=4, seconds=1.2345, published=True, sent=None, reasons={"/b/": "it is new", "/a/": "it is new"},
    warnings=[Problem("w", "a.md", 1, 2, severity="warning")], errors=[],
)  # fmt: skip


def test_the_summary() -> None:
    """In words and as data, the reasons where they are asked for."""
    assert summary(REPORT) == "froze 7 URLs in 1.2 s: 4 rendered, 3 reused, 1 removed"
    counts = {"urls": 7, "rendered": 4, "reused": 3, "removed": 1, "seconds": 1.234}
    assert facts(REPORT) == counts
    reasons = {"/a/": "it is new", "/b/": "it is new"}
    assert facts(REPORT, explain=True) == {**counts, "reasons": reasons}


class Freezer:
    """What the command needs of one; notes what it is told."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.report: Any = (
            REPORT
            if error is None
            else SimpleNamespace(**{**vars(REPORT), "warnings": [], "published": False})
        )
        self.error = error
        self.changes: dict[str, Any] = {}
        self.options: dict[str, Any] = {}

    def configure(self, **changes: Any) -> None:
        self.changes = changes

    def strictness(self) -> bool:
        return True

    def freeze_options(self, **options: Any) -> Iterator[Any]:
        self.options = options
        if self.error is not None:
            raise self.error
        yield SimpleNamespace(url="/a/")


def test_options_reach_the_freezer() -> None:
    """Settings go to its configuration, the rest to the freeze; strict is its own where not said."""
    freezer = Freezer()
    result = CliRunner().invoke(
        freeze_command(freezer),
        ["--base-url", "https://x.org", "--drafts", "--full", "--workers", "3", "--explain"],
    )
    assert result.exit_code == 0
    assert freezer.changes == {
        "destination": None,
        "base_url": "https://x.org",
        "drafts": True,
        "future": None,
        "expired": None,
    }
    assert (
        freezer.options["strict"],
        freezer.options["full"],
        freezer.options["workers"],
        freezer.options["adopt"],
    ) == (True, True, 3, False)
    assert result.stdout.splitlines() == ["/a/: it is new", "/b/: it is new", summary(REPORT)]
    assert result.stderr == "blasto: warning: a.md:1:2: w\n"
    CliRunner().invoke(freeze_command(freezer), ["--no-strict"])
    assert freezer.options["strict"] is False


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (BlastoError(Problem("x", "a.md")), 1, "blasto: error: a.md: x"),
        (UsageError.at("x"), 2, "blasto: error: x"),
        (KeyError("x"), 1, "blasto: error: KeyError: 'x'"),
        (KeyboardInterrupt(), 130, "blasto: interrupted; what was published is as it was"),
    ],
)
def test_how_it_leaves(error: BaseException, status: int, line: str) -> None:
    """Each kind of failure has its status and its words, and no traceback."""
    result = CliRunner().invoke(freeze_command(Freezer(error)), [])
    assert result.exit_code == status
    assert result.stderr.splitlines()[0] == line
    assert result.stdout == ""


WARNED = "::warning file=a.md,line=1,col=2::w\n"


def test_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Problems are told in the form that is asked for, alone, whether all went well or not."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    fault = BlastoError(Problem("x", "b.md", 3))
    for error, status, count in ((None, 0, 0), (fault, 1, 1)):
        freezer = Freezer(error)
        freezer.report.warnings = REPORT.warnings
        for words in (["--format", "json"], ["--json"]):
            result = CliRunner().invoke(freeze_command(freezer), words)
            told = json.loads(result.stdout)
            assert (result.exit_code, result.stderr, told["urls"]) == (status, "", 7)
            assert (len(told["warnings"]), len(told["errors"])) == (1, count)
        result = CliRunner().invoke(freeze_command(freezer), ["--format=github"])
        assert result.stdout == WARNED + "::error file=b.md,line=3::x\n" * count
        result = CliRunner().invoke(freeze_command(freezer), ["--format", "sarif"])
        assert len(json.loads(result.stdout)["runs"][0]["results"]) == 1 + count


def test_github_actions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There annotations come with the text; files are named from the top of the repository."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(freeze_command(Freezer()), [])
    assert result.stdout == WARNED + summary(REPORT) + "\n"
    assert result.stderr == "blasto: warning: a.md:1:2: w\n"
    monkeypatch.chdir(tmp_path / "docs")
    result = CliRunner().invoke(freeze_command(Freezer()), ["--quiet"])
    assert result.stdout == WARNED.replace("a.md", "docs/a.md")
    result = CliRunner().invoke(freeze_command(Freezer()), ["--format", "github"])
    assert (result.stdout, result.stderr) == (WARNED.replace("a.md", "docs/a.md"), "")


def test_formats_of_what_fails_before(tmp_path: Path) -> None:
    """A wrong setting is told in the format too, by the command and by the site's own script."""
    site = Project(
        tmp_path / "site", {"blasto.toml": "titel = 1\n", "content/index.md": "# Home\n"}
    )
    script = "from blasto import Freezer, create_app\n\nFreezer(create_app(__file__)).main()\n"
    for script_is_there in (False, True):
        if script_is_there:
            site.write("freeze.py", script)
        command = [sys.executable, "freeze.py"] if script_is_there else MODULE
        done = subprocess.run(
            [*command, "--format", "json"], **site.popen(), capture_output=True, check=False
        )
        (told,) = json.loads(done.stdout)["errors"]
        assert (done.returncode, done.stderr) == (2, "")
        assert (told["path"], told["line"], told["hint"]) == (
            "blasto.toml",
            1,
            'did you mean "title"?',
        )


def test_an_exception_may_bring_its_problems() -> None:
    """As the view's own one does, which the freezer lets through."""
    error = RuntimeError("x")
    error.blasto_problems = (Problem("y", "freeze.py", 3),)  # type: ignore[attr-defined]
    assert (
        CliRunner().invoke(freeze_command(Freezer(error)), []).stderr
        == "blasto: error: freeze.py:3: y\n"
    )
    result = CliRunner().invoke(freeze_command(Freezer(error)), ["--debug"])
    assert result.exception is error


def test_clicks_own_errors_are_left_alone() -> None:
    """A usage error of the command line is told by click."""
    with pytest.raises(click.UsageError), leaving(Console()):
        raise click.UsageError("x")


def test_every_option_has_a_help_text() -> None:
    """And reaches the function under its name."""
    command = click.command()(freeze_options(lambda **options: None))
    assert all(isinstance(one, click.Option) and one.help for one in command.params)
    assert {one.name for one in command.params} >= {
        "destination",
        "base_url",
        "drafts",
        "future",
        "strict",
        "quiet",
        "json_",
        "debug",
        "keep_going",
    }
