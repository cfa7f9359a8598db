from __future__ import annotations

import sys
from pathlib import Path

import pytest
from flask import Flask
from quick import get
from sites import Project, here

from blasto import Freezer, create_app, project
from blasto.errors import UsageError

CONTENT: dict[str, str | bytes] = {"content/index.md": "# Home\n"}
SCRIPT = "from blasto import Freezer, create_app\n\napp = create_app(__file__)\n"


def test_a_folder_without_a_script(tmp_path: Path) -> None:
    """Its app is made from its files, with the options of a command."""
    Project(tmp_path, CONTENT)
    with here(tmp_path):
        made = project.here(title="Mine")
    assert made.app.extensions["blasto"].settings.title == "Mine"
    assert made.freezer.app is made.app
    assert project.here(tmp_path).freezer.root == tmp_path / "build"


@pytest.mark.parametrize(
    "script",
    [
        SCRIPT,
        SCRIPT + "freezer = Freezer(app)\n",
        SCRIPT
        + "freezer = Freezer(app)\nif __name__ == '__main__':\n    raise SystemExit('not run as a script')\n",
        "import flask_frozen\n" + SCRIPT + "freezer = flask_frozen.Freezer(app)\n",
    ],
)
def test_a_script_makes_the_app(tmp_path: Path, script: str) -> None:
    """With a freezer, without one, or with Frozen-Flask's own."""
    Project(
        tmp_path,
        {**CONTENT, "freeze.py": script + "app.get('/own/', endpoint='own')(lambda: 'own')\n"},
    )
    made = project.here(tmp_path)
    assert isinstance(made.freezer, Freezer)
    assert get(made.app, "/own/") == "own"
    assert "/own/" in set(made.freezer.all_urls())


def test_a_script_may_import_its_neighbours(tmp_path: Path) -> None:
    """Modules beside it are found from any folder."""
    Project(
        tmp_path,
        {
            **CONTENT,
            "freeze.py": "from neighbour_of_test import app\n",
            "neighbour_of_test.py": SCRIPT,
        },
    )
    try:
        assert "<h1" in get(project.here(tmp_path).app, "/")
    finally:
        sys.modules.pop("neighbour_of_test", None)
        sys.path.remove(str(tmp_path))


def test_a_script_that_makes_nothing(tmp_path: Path) -> None:
    """The error says what to write."""
    Project(tmp_path, {**CONTENT, "freeze.py": "x = 1\n"})
    with pytest.raises(UsageError, match=r"freeze\.py makes no Flask app and no Freezer") as raised:
        project.here(tmp_path)
    assert "create_app(__file__)" in str(raised.value.problems[0].hint)


def test_apps_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app, a freezer or a function that makes one, in a module."""
    source = (
        "from flask import Flask\nfrom blasto import Freezer\n\n\ndef make():\n    return Flask('made')\n\n\napplication = make()\nfreezer = Freezer(application)\n"
        "class Box:\n    app = application\n"
    )
    Project(tmp_path, {"named_for_test.py": source})
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        for name in ("", ":application", ":freezer", ":make", ":make()", ":Box.app"):
            made = project.named(f"named_for_test{name}")
            assert isinstance(made.app, Flask)
            assert made.freezer.app is made.app
        for name, message in (
            ("named_for_test:gone", 'there is no "gone" in named_for_test'),
            ("gone_for_test:app", 'there is no module "gone_for_test"'),
        ):
            with pytest.raises(UsageError, match=message):
                project.named(name)
    finally:
        sys.modules.pop("named_for_test", None)


def test_what_is_among_names(tmp_path: Path) -> None:
    """A freezer comes before an app, an app of a usual name before others; nothing is an error."""
    Project(tmp_path, CONTENT)
    app, other = create_app(tmp_path), Flask("other")
    freezer = Freezer(app)
    assert project.find({"other": other, "freezer": freezer}, "x").freezer is freezer
    assert project.find({"other": other, "app": app}, "x").app is app
    assert project.find({"other": other}, "x").app is other
    assert project.find({"freezer": Freezer(None), "app": other}, "x").app is other
    with pytest.raises(UsageError):
        project.find({"x": 1}, "x")
