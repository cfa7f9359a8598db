from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from quick import app_of
from sites import Project

from blasto.bodies import EditedError
from blasto.diagnose import problem, shown, was_edited
from blasto.errors import BlastoError, Problem
from blasto.themes import THEME

CASES = {
    "syntax": ({"page.html": "\n{% if %}"}, ("templates/page.html", 2, "{% if %}")),
    "syntax far away": ({"page.html": "{% include 'x.html' %}", "x.html": "\n\n{{ a b }}"}, ("templates/x.html", 3, "{{ a b }}")),
    "included": ({"page.html": "\n{% include 'x.html' %}", "x.html": "\n{{ 1 / 0 }}"}, ("templates/x.html", 2, "{{ 1 / 0 }}")),
    "in a block": ({"page.html": "{% extends 'theme/page.html' %}\n{% block footer %}\n{{ page.gone.x }}\n{% endblock %}"}, ("templates/page.html", 3, "{{ page.gone.x }}")),
    "missing": ({"page.html": "\n\n{% include 'gone.html' %}"}, ("templates/page.html", 3, "{% include 'gone.html' %}")),
    "missing of several": ({"page.html": "{% include ['gone.html', 'too.html'] %}"}, ("templates/page.html", 1, "{% include ['gone.html', 'too.html'] %}")),
    "missing parent": ({"page.html": "{% extends 'gone.html' %}"}, ("templates/page.html", 1, "{% extends 'gone.html' %}")),
    "filter": ({"page.html": "\n{{ 5 | nonsense }}"}, ("templates/page.html", 2, "{{ 5 | nonsense }}")),
    "in a filter": ({"page.html": "\n{{ 'soon' | date }}"}, ("templates/page.html", 2, "{{ 'soon' | date }}")),
    "the theme's": ({"page.html": "{% extends 'theme/page.html' %}\n{% set page = 5 %}", "partials/footer.html": "{{ site.config.title.x.y }}"}, ("templates/partials/footer.html", 1, "{{ site.config.title.x.y }}")),
}  # fmt: skip


def raised(app: Flask, url: str = "/") -> BaseException:
    """Give what an app raises."""
    app.config["PROPAGATE_EXCEPTIONS"] = True
    with pytest.raises(Exception) as caught:  # noqa: PT011 - any
        app.test_client().get(url)
    return caught.value


@pytest.mark.parametrize("case", CASES)
def test_templates(tmp_path: Path, case: str) -> None:
    """The innermost template is named, with the line."""
    files, (path, line, source) = CASES[case]
    app = app_of(
        tmp_path,
        {"content/index.md": "x", **{f"templates/{name}": text for name, text in files.items()}},
    )
    found = problem(raised(app), tmp_path)
    assert (found.path, found.line, found.source) == (path, line, source)
    if "missing" in case:
        assert found.message.startswith('there is no template "gone.html"')
        assert found.hint == "looked in templates/ and in the theme"


def test_code_of_ones_own(tmp_path: Path) -> None:
    """The innermost frame of the project, not the library's that it called."""
    project = Project(
        tmp_path,
        {"helper_for_test.py": "import json\n\n\ndef load(text):\n    return json.loads(text)\n"},
    )
    scope: dict[str, object] = {}
    source = project.read("helper_for_test.py")
    exec(compile(source, str(tmp_path / "helper_for_test.py"), "exec"), scope)
    with pytest.raises(json.JSONDecodeError) as caught:
        scope["load"]("{")  # type: ignore[operator]
    found = problem(caught.value, tmp_path)
    assert (found.path, found.line, found.source) == (
        "helper_for_test.py",
        5,
        "    return json.loads(text)",
    )
    assert found.message.startswith("JSONDecodeError: ")


def test_code_of_no_project(tmp_path: Path) -> None:
    """What lies elsewhere is named in full; what has no frame has no place."""
    with pytest.raises(ZeroDivisionError) as caught:
        1 / 0  # noqa: B018
    assert problem(caught.value, tmp_path).path == __file__
    assert problem(ValueError(), tmp_path) == Problem("ValueError")


def test_paths_as_messages_show_them(tmp_path: Path) -> None:
    """Relative to the project, to the theme, or as they are."""
    assert shown(str(tmp_path / "a/b.py"), tmp_path) == "a/b.py"
    assert shown(str(THEME / "templates/partials/toc.html"), tmp_path) == "theme/partials/toc.html"
    assert shown("/else/where.py", tmp_path) == "/else/where.py"


def test_an_edit_is_no_fault() -> None:
    """A file that changed meanwhile is told apart from one that is wrong."""
    assert was_edited(EditedError.at("x"))
    assert not was_edited(BlastoError.at("x"))
