"""Names that a template prints and nobody defined are warnings with template and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from quick import app_of, faults, get, page
from sites import Project

PAGES = {f"content/{name}.md": page(title=name.title()) for name in ("index", "one", "two")}


def told(site: Project) -> list[str]:
    """Give what the last freeze warned of."""
    return [str(problem) for problem in site.report.warnings]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("{{ titel }}", "'titel' is undefined"),
        ("a{{ page.titel }}", "'blasto.pages.Page object' has no attribute 'titel'"),
        ("{{ page.meta.mood | upper }}", "'dict object' has no attribute 'mood'"),
        ("{% for one in things %}{{ one }}{% endfor %}", "'things' is undefined"),
        ("{% if mode == 'x' %}{% endif %}", "'mode' is undefined"),
        ("{{ 'a' ~ titel }}", "'titel' is undefined"),
    ],
)
def test_a_name_that_nobody_defined(written: str, message: str, tmp_path: Path) -> None:
    """It is a warning at the template's line, once however many pages show it."""
    text = f'{{% extends "theme/page.html" %}}\n{{% block tree %}}\n{written}{{% endblock %}}\n'
    site = Project(tmp_path / "site", {**PAGES, "templates/page.html": text})
    site.freeze()
    assert told(site) == [f"templates/page.html:3: {message}"]
    site.freeze()
    assert told(site) == [f"templates/page.html:3: {message}"]


@pytest.mark.parametrize(
    "written",
    [
        "{% if titel %}a{% endif %}",
        "{% if titel is defined %}a{% endif %}",
        "{{ titel | default('') }}",
        "{{ page.meta.get('titel', '') }}",
        "{% if not page.meta.titel %}a{% endif %}",
    ],
)
def test_a_name_that_is_only_tested(written: str, tmp_path: Path) -> None:
    """Asking whether a name is there is no fault."""
    site = Project(tmp_path / "site", {**PAGES, "templates/page.html": written})
    site.freeze()
    assert told(site) == []


def test_strict(tmp_path: Path) -> None:
    """With --strict the site is not published; a near miss is named."""
    site = Project(tmp_path / "site", {**PAGES, "templates/page.html": "\n{{ page.titles }}"})
    (problem,) = faults(site, strict=True)
    assert (problem.where, problem.severity) == ("templates/page.html:2", "error")
    assert problem.hint == 'did you mean "title"?'


def test_a_mended_template(tmp_path: Path) -> None:
    """The warning is gone with what caused it."""
    site = Project(tmp_path / "site", {**PAGES, "templates/page.html": "{{ titel }}"})
    site.freeze()
    site.write("templates/page.html", "{{ page.title }}")
    site.freeze()
    assert told(site) == []


def test_the_theme_is_clean(tmp_path: Path) -> None:
    """No template of the theme prints what may be missing."""
    from test_templating import EVERY

    site = Project(tmp_path / "site", dict(EVERY))
    site.freeze(strict=True)
    assert site.report.warnings == []


def test_a_live_answer_is_lenient(tmp_path: Path) -> None:
    """A reader sees nothing of it; while developing it is logged."""
    app = app_of(tmp_path, {**PAGES, "templates/page.html": "({{ titel }})"})
    assert get(app, "/one/") == "()"
