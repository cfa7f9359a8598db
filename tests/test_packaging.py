"""The files that say what blasto needs agree with each other."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def project() -> dict:
    """Give the ``[project]`` table of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_all_is_every_extra(project):
    """Whoever asks for ``blasto[all]`` gets each optional part."""
    extras = project["optional-dependencies"]
    named = re.fullmatch(r"blasto\[(.*)\]", extras["all"][0])[1].split(",")
    assert sorted(named) == sorted(set(extras) - {"all"})


def test_pipfile_installs_blasto_with_all_extras():
    """The Pipfile takes blasto from this folder, whole, and names no package index."""
    pipfile = tomllib.loads((ROOT / "Pipfile").read_text(encoding="utf-8"))
    assert pipfile["packages"]["blasto"] == {"path": ".", "editable": True, "extras": ["all"]}
    assert "source" not in pipfile


def test_lock_files_are_clean():
    """The lock files hold hashes, no address, and nothing that shuts out Python 3.11.0."""
    result = subprocess.run(
        [sys.executable, ROOT / ".ci" / "lock.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr == ""
    assert result.returncode == 0


def test_one_version_of_pipenv():
    """GitHub Pages is built with the pipenv that `make` uses."""
    locked = re.search(r"^pipenv==(\S+)", (ROOT / ".ci" / "pipenv.txt").read_text(), re.MULTILINE)
    workflow = (ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8")
    assert re.findall(r"pipenv==(\S+)", workflow) == [locked[1]]


def test_typed_marker_is_there():
    """Type checkers of other projects read blasto's annotations."""
    assert (ROOT / "blasto" / "py.typed").is_file()
