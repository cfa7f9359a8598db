"""Tests of the ``blasto`` command, Flask's own command and gunicorn's name for the app."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner
from oddsite import FREEZE
from sites import Project, environment, here

import blasto
from blasto import cli

PLAIN: dict[str, str | bytes] = {
    "content/index.md": "# Home\n\nHello.\n",
    "content/draft.md": "---\ndraft: true\n---\n# D\n",
}
OWN = {
    **PLAIN,
    "freeze.py": FREEZE,
    "content/docs/start.md": "# Start\n",
    "static/site.css": "p {}\n",
}


@pytest.fixture
def plain(tmp_path: Path) -> Project:
    """A folder with content and nothing else."""
    return Project(tmp_path / "plain", PLAIN)


@pytest.fixture
def own(tmp_path: Path) -> Project:
    """A site with routes of its own in freeze.py."""
    return Project(tmp_path / "own", OWN)


def run(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run ``python -m`` in a folder."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=environment(**env),
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_freeze(plain: Project) -> None:
    """``blasto freeze`` ends with a summary, and ``build`` is another name for it."""
    done = run(plain.root, "blasto", "freeze")
    assert done.returncode == 0
    assert re.fullmatch(
        r"froze \d+ URLs in \d+\.\d s: \d+ rendered, 0 reused, 0 removed",
        done.stdout.splitlines()[-1],
    )
    assert (plain.build / "index.html").is_file()
    assert not (plain.build / "draft").exists()
    again = run(plain.root, "blasto", "build", "--json", "--drafts")
    said = json.loads(again.stdout)
    assert set(said) == {"urls", "rendered", "reused", "removed", "seconds", "warnings", "errors"}
    assert (plain.build / "draft/index.html").is_file()


def test_same_options(own: Project) -> None:
    """``python freeze.py`` takes the options of ``blasto freeze`` and gives the same tree."""
    by_script = subprocess.run(
        [sys.executable, "freeze.py", "--destination", "one", "--base-url", "https://example.org/x"],
        cwd=own.root, env=environment(), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert by_script.returncode == 0, by_script.stderr
    by_command = run(
        own.root, "blasto", "freeze", "--destination", "two", "--base-url", "https://example.org/x"
    )
    assert by_command.returncode == 0, by_command.stderr
    assert (own.root / "one/own/index.html").read_bytes() == (
        own.root / "two/own/index.html"
    ).read_bytes()
    assert 'href="/x/own/a%20b.json"' in (own.root / "one/own/index.html").read_text()


def test_content_without_a_site(tmp_path: Path) -> None:
    """Any folder of Markdown is frozen with --content and --destination."""
    notes = Project(
        tmp_path / "notes", {"one.md": "# One\n\nSee [two](sub/two.md).\n", "sub/two.md": "# Two\n"}
    )
    with here(tmp_path):
        done = CliRunner().invoke(
            cli.main, ["freeze", "--content", "notes", "--destination", "out", "--workers", "1"]
        )
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out/sub/two/index.html").is_file()
    assert sorted(path.name for path in notes.root.iterdir()) == ["one.md", "sub"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["freeze", "--content", "nope"], "there is no folder nope"),
        (["freeze", "--frobnicate"], "No such option"),
        (["freeze", "--destinatoin", "x"], "--destination"),
        (["freeze", "--base-url", "ftp://x"], "base_url"),
        (["frezee"], "Did you mean 'freeze'?"),
        (["freeze", "--app", "nomodule:app"], 'there is no module "nomodule"'),
        (["serve", "--host", "0.0.0.0", "--debugger"], "open to others"),
        (["serve", "--app", "nomodule:app"], 'there is no module "nomodule"'),
        (["serve", "--content", "nope"], "there is no folder nope"),
        (["preview"], "there is no frozen site"),
        (["why", "/"], "nothing has been frozen"),
    ],
)
def test_usage_errors(plain: Project, words: list[str], said: str) -> None:
    """What cannot be asked for has exit status 2 and says why, without a traceback."""
    with here(plain.root):
        done = CliRunner().invoke(cli.main, words)
    assert (done.exit_code, type(done.exception)) == (2, SystemExit)
    assert said in done.output


def test_configuration_error(plain: Project) -> None:
    """A wrong setting has exit status 2 and its line, but for ``serve``, which waits for a better one."""
    plain.write("blasto.toml", '\ntitel = "x"\n')
    for command in ("freeze", "preview", "clean"):
        with here(plain.root):
            done = CliRunner().invoke(cli.main, [command])
        assert (done.exit_code, type(done.exception)) == (2, SystemExit)
        assert "blasto: error: blasto.toml:2" in done.output


def test_help() -> None:
    """Help lists the commands, each with a sentence."""
    done = CliRunner().invoke(cli.main, ["-h"])
    assert done.exit_code == 0
    for command in ("freeze", "serve", "preview", "why", "deploy", "clean", "sample"):
        assert re.search(rf"^  {command} +[A-Z].+$", done.output, re.M), command
        assert CliRunner().invoke(cli.main, [command, "--help"]).exit_code == 0
    assert blasto.__version__ in CliRunner().invoke(cli.main, ["--version"]).output


def test_sample(tmp_path: Path) -> None:
    """``blasto sample`` makes a site, but not over other files."""
    made = CliRunner().invoke(cli.main, ["sample", "3", str(tmp_path / "s")])
    assert made.exit_code == 0
    assert (tmp_path / "s/freeze.py").is_file()
    assert CliRunner().invoke(cli.main, ["sample", "3", str(tmp_path / "s")]).exit_code == 2


def test_flask_finds_the_site(own: Project, plain: Project) -> None:
    """``flask --app blasto`` is the site's own app, with its own routes where it has any."""
    done = run(own.root, "flask", "--app", "blasto", "routes")
    assert done.returncode == 0, done.stderr
    assert "/own/<name>.json" in done.stdout
    assert "/feed.xml" in done.stdout
    done = run(plain.root, "flask", "--app", "blasto", "routes")
    assert "/feed.xml" in done.stdout
    assert "/own/" not in done.stdout


def test_broken_code_is_not_hidden(own: Project) -> None:
    """An error in freeze.py is shown, not taken for a site without routes of its own."""
    own.write("freeze.py", "import flask\nflask.nothing\n")
    done = run(own.root, "flask", "--app", "blasto", "routes")
    assert done.returncode != 0
    assert "the site's own code failed: nothing" in done.stderr


def test_flask_run_debug(own: Project) -> None:
    """``flask run --debug`` shows drafts, own routes, and edits at the next request."""
    command = [
        sys.executable,
        "-m",
        "flask",
        "--app",
        "blasto",
        "run",
        "--debug",
        "--no-reload",
        "--port",
        "0",
    ]
    with subprocess.Popen(
        command, cwd=own.root, env=environment(), text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            assert process.stderr is not None
            found = None
            while found is None:
                line = process.stderr.readline()
                assert line
                found = re.search(r"http://127\.0\.0\.1:\d+", line)
            for path, text in (("/draft/", "<h1"), ("/own/", "Own"), ("/", "Hello.")):
                with urlopen(found[0] + path, timeout=30) as answer:
                    assert text in answer.read().decode()
            own.edit("content/index.md", "Hello.", "Edited.")
            with urlopen(found[0] + "/", timeout=30) as answer:
                assert "Edited." in answer.read().decode()
        finally:
            process.terminate()
            process.wait(30)


def test_app_of_the_current_folder(own: Project) -> None:
    """``blasto.APP`` is the app in freeze.py, made once, and importing blasto makes nothing."""
    code = (
        "import sys, blasto; assert 'flask' not in sys.modules;"
        "app = blasto.APP; assert app is blasto.APP is blasto.application;"
        "assert 'own' in app.view_functions; print(app.name)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=own.root,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "blasto_site\n"), done.stderr
