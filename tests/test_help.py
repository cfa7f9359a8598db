"""What the command teaches: examples in each help, completion, the same in Flask's command."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from sites import Project, environment

from blasto import cli
from blasto.console import freeze_command
from blasto.examples import EXAMPLES

FILES: dict[str, str | bytes] = {
    "content/index.md": "# Home\n",
    "freeze.py": "from blasto import Freezer, create_app\n\n"
    "app = create_app(__file__)\nfreezer = Freezer(app)\n\n\n"
    "@app.get('/own/')\ndef own():\n    return 'mine'\n\n\n"
    "@app.cli.command()\ndef clean():\n    print('my own')\n",
}


def commands(command: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Give each command with its words."""
    yield path, command
    if isinstance(command, click.Group):
        for one in command.commands.values():
            yield from commands(one, f"{path} {one.name}".strip())


ALL = {**dict(commands(cli.main)), "freeze.py": freeze_command(None)}  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ALL)
def test_help_shows_examples(path: str) -> None:
    """Each command has some, no line is long, and the command takes every one of them."""
    shown = CliRunner().invoke(ALL[path], ["--help"], terminal_width=80).output
    assert "  Examples:\n" in shown
    for line in EXAMPLES[path].strip().splitlines():
        assert f"    {line}\n" in shown
        assert len(line) <= 76
        words = shlex.split(line.partition("   ")[0])
        if path == "freeze.py":
            words[:2] = ["blasto", "freeze"]
        taken: click.Command = cli.main
        context = taken.make_context("blasto", words[1:])
        while isinstance(taken, click.Group):
            rest = [*context._protected_args, *context.args]
            _, found, rest = taken.resolve_command(context, rest)
            assert found is not None
            if "--help" in rest:
                break
            taken, context = found, found.make_context(found.name, rest, parent=context)


def test_no_example_is_left_over() -> None:
    """Of a command that went."""
    assert set(EXAMPLES) == set(ALL)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    """The shell gets a script, and the script gets the words that fit."""
    found = CliRunner().invoke(
        cli.main, [], prog_name="blasto", env={"_BLASTO_COMPLETE": f"{shell}_source"}
    )
    assert (found.exit_code, "_blasto_completion" in found.output) == (0, True)
    env = {"_BLASTO_COMPLETE": f"{shell}_complete", "COMP_WORDS": "blasto sch", "COMP_CWORD": "1"}
    if shell == "fish":
        env["COMP_CWORD"] = "sch"
    found = CliRunner().invoke(cli.main, [], prog_name="blasto", env=env)
    assert "schema" in found.output
    assert "serve" not in found.output


def test_flask_knows_the_commands(tmp_path_factory: pytest.TempPathFactory) -> None:
    """``flask --app blasto freeze`` is ``blasto freeze``; commands of the app's own win."""
    site = Project(tmp_path_factory.mktemp("flask") / "site", FILES)

    def flask(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "flask", "--app", "blasto", *words]
        return subprocess.run(
            command, cwd=site.root, env=environment(), capture_output=True, text=True, timeout=60
        )

    done = flask("freeze")
    assert done.returncode == 0, done.stderr
    assert "own/index.html" in site.tree()
    assert " 0 rendered" in site.run().stdout
    done = flask("list", "routes", "--json")
    assert '"/own/"' in done.stdout, done.stderr
    assert flask("clean").stdout == "my own\n"
    assert site.tree()
