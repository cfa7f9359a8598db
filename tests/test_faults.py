"""Row by row what ``faults.md`` promises: the message, the exit status, ``build/`` untouched."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from quick import page
from sites import Project

GOOD: dict[str, str | bytes] = {
    "content/index.md": "# Home\n",
    "content/blog/a.md": page(date="2024-01-01", title="A"),
}
FREEZE = "from blasto import Freezer, create_app\n\napp = create_app(__file__)\nfreezer = Freezer(app)\n\n\n"
PLACE = re.compile(r"^blasto: error: (?P<where>[^ ]+(?::\d+)*): (?P<message>.+)$")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A site that was frozen when all was well; each test puts its fault in and takes it out."""
    project = Project(tmp_path_factory.mktemp("faults") / "site", GOOD)
    project.freeze()
    return project


FAULTS: dict[str, tuple[Mapping[str, str | bytes], str, str]] = {
    "yaml syntax": ({"content/x.md": "---\ntitle: a: b\n---\n"}, "content/x.md:2:9", ""),
    "key twice": ({"content/x.md": "---\ntitle: a\ntitle: b\n---\n"}, "content/x.md:3:1", "line 2"),
    "never closed": ({"content/x.md": "---\ntitle: a\n"}, "content/x.md:1:1", "never closed"),
    "no mapping": ({"content/x.md": "---\n- a\n---\n"}, "content/x.md:2:1", "a list"),
    "number as a key": ({"content/x.md": "---\n1: a\n---\n"}, "content/x.md:2:1", "key"),
    "impossible date": (
        {"content/x.md": "---\ndate: 2024-13-45\n---\n"},
        "content/x.md:2:7",
        "month",
    ),
    "tags a number": (
        {"content/x.md": "---\ntags: 5\n---\n"},
        "content/x.md:2:1",
        "tags must be a list",
    ),
    "no title": ({"content/x.md": "---\ntitle:\n---\n"}, "content/x.md:2:1", "title must be text"),
    "draft maybe": (
        {"content/x.md": "---\ndraft: maybe\n---\n"},
        "content/x.md:2:1",
        "true or false",
    ),
    "toml syntax": ({"content/x.md": "+++\ntitle = a\n+++\n"}, "content/x.md:2:9", ""),
    "not utf-8": ({"content/x.md": b"ok\ncaf\xe9\n"}, "content/x.md:2:4", "offset 6"),
    "utf-16": ({"content/x.md": "# x".encode("utf-16")}, "content/x.md:1:1", "not UTF-8"),
    "nul": ({"content/x.md": "ok\na\0b\n"}, "content/x.md:2:2", "NUL"),
    "slug up": ({"content/x.md": page(slug="../../x")}, "content/x.md", '".."'),
    "url encoded up": ({"content/x.md": page(url="/%2e%2e/x/")}, "content/x.md", '".."'),
    "url other host": (
        {"content/x.md": page(url="//evil.example/")},
        "content/x.md",
        "no URL path",
    ),
    "alias up": ({"content/x.md": page(aliases="[/../x/]")}, "content/x.md", '".."'),
    "alias backslash": ({"content/x.md": page(aliases="['/a\\b/']")}, "content/x.md", "backslash"),
    "drive letter": ({"content/x.md": page(url="'/c:/x/'")}, "content/x.md", ""),
    "case": ({"content/x.md": "x", "content/X.md": "x"}, "content/X.md", "differ only by case"),
    "composed": (
        {"content/caf\u00e9.md": "x", "content/cafe\u0301.md": "x"},
        "content/caf\u00e9.md",
        "two sources",
    ),
    "file and folder": (
        {"content/x.md": page(url="/y.html"), "content/z.md": page(url="/y.html/z/")},
        "content/x.md",
        "a file and a folder",
    ),
    "template syntax": (
        {"templates/page.html": "\n{% if %}\n"},
        "templates/page.html:2",
        "template syntax",
    ),
    "base syntax": (
        {"templates/base.html": "\n\n{{ x y }}\n"},
        "templates/base.html:3",
        "template syntax",
    ),
    "render": (
        {"templates/page.html": "a\n{{ 1 / 0 }}\n"},
        "templates/page.html:2",
        "ZeroDivisionError",
    ),
    "macro": (
        {
            "templates/page.html": "{% import 'm.html' as m %}\n{{ m.go() }}",
            "templates/m.html": "{% macro go() %}\n{{ none.x.y }}{% endmacro %}",
        },
        "templates/m.html:2",
        "None",
    ),
    "include": (
        {"templates/page.html": "a\nb\n{% include 'gone.html' %}\n"},
        "templates/page.html:3",
        'no template "gone.html"',
    ),
    "extends": (
        {"templates/page.html": "{% extends 'gone.html' %}"},
        "templates/page.html:1",
        'no template "gone.html"',
    ),
    "template of a page": (
        {"content/x.md": page(template="gone.html")},
        "content/x.md",
        'no template "gone.html"',
    ),
    "view": (
        {
            "freeze.py": FREEZE
            + "def help_me():\n    raise KeyError('x')\n\n\n@app.get('/own/')\ndef own():\n    return help_me()\n"
        },
        "freeze.py:8",
        "KeyError: 'x'",
    ),
    "generator": (
        {"freeze.py": FREEZE + "@freezer.register_generator\ndef more():\n    yield 1 / 0\n"},
        "freeze.py:9",
        "ZeroDivisionError",
    ),
    "view 404": (
        {"freeze.py": FREEZE + "@app.get('/own/')\ndef own():\n    return 'x', 404\n"},
        "/own/",
        "404 NOT FOUND",
    ),
    "view 500": (
        {
            "freeze.py": "from flask import abort\n"
            + FREEZE
            + "@app.get('/own/')\ndef own():\n    abort(500)\n"
        },
        "/own/",
        "500 INTERNAL SERVER ERROR",
    ),
    "view none": (
        {"freeze.py": FREEZE + "@app.get('/own/')\ndef own():\n    pass\n"},
        "/own/",
        "returned None",
    ),
    "redirects in a circle": (
        {
            "freeze.py": "from flask import redirect\n"
            + FREEZE
            + "@app.get('/own/')\ndef own():\n    return redirect('/own/')\n"
        },
        "/own/",
        "in a circle",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault(published: Project, fault: str) -> None:
    """One line with its place, status 1, no traceback, and what was published stands as it was."""
    files, where, message = FAULTS[fault]
    before = {
        path: (data, (published.build / path).stat().st_mtime_ns)
        for path, data in published.tree().items()
    }
    kept = {
        path: (published.root / path).read_bytes()
        for path in files
        if (published.root / path).exists()
    }
    for path, text in files.items():
        published.write(path, text)
    try:
        ended = published.run("--workers", "1")
    finally:
        for path in files:
            published.remove(path)
        for path, data in kept.items():
            published.write(path, data)
    assert (ended.returncode, ended.stdout) == (1, ""), ended.stderr
    assert "Traceback" not in ended.stderr
    lines = [line for line in ended.stderr.splitlines() if line.startswith("blasto: error: ")]
    assert any(
        line.startswith(f"blasto: error: {where}: ") and message in line for line in lines
    ), ended.stderr
    after = {
        path: (data, (published.build / path).stat().st_mtime_ns)
        for path, data in published.tree().items()
    }
    assert after == before


def test_the_line_and_a_caret_are_shown(published: Project) -> None:
    """Under the message stand the line at fault, a caret at the column, the hint, the page."""
    published.write("content/x.md", "---\ntitle: ok\ntags: 5\n---\n")
    published.write("content/y.md", page(template="y.html"))
    published.write("templates/y.html", "\n  {{ 1 / 0 }}\n")
    try:
        ended = published.run()
    finally:
        for path in ("content/x.md", "content/y.md", "templates/y.html"):
            published.remove(path)
    assert ended.stderr.splitlines() == [
        "blasto: error: content/x.md:3:1: tags must be a list or text with commas, not 5",
        "    3 | tags: 5",
        "        ^",
        "      write tags: [one, two]",
        "blasto: error: templates/y.html:2: ZeroDivisionError: division by zero",
        "    2 |   {{ 1 / 0 }}",
        "      while making /y/",
    ]


def test_one_page_of_many(tmp_path: Path) -> None:
    """An error in one page keeps all 60 from being published, in several processes too."""
    files = {f"content/{n}.md": page(f"Text {n}.") for n in range(60)}
    files["templates/page.html"] = (
        "{{ page.html }}{% if page.path == '41.md' %}{{ page.meta['x'] + 1 }}{% endif %}"
    )
    project = Project(tmp_path / "site", files)
    project.edit("content/41.md", "---\n---", "---\nx: 1\n---")
    assert project.run().returncode == 0
    before = project.tree()
    for n in range(60):
        project.edit(f"content/{n}.md", "Text", "Other text")
    project.edit("content/41.md", "x: 1", "x: one")
    ended = project.run("--workers", "2")
    assert ended.returncode == 1
    assert ended.stderr.startswith("blasto: error: templates/page.html:1: TypeError: ")
    assert "while making /41/" in ended.stderr
    assert project.tree() == before
    ended = project.run("--workers", "2", "--keep-going")
    assert ended.returncode == 1
    after = project.tree()
    assert b"Other text" in after["40/index.html"]
    assert b"Other text" not in after.get("41/index.html", b"")


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    """And nothing else does."""
    project = Project(tmp_path / "site", {**GOOD, "templates/page.html": "{{ 1 / 0 }}"})
    assert "Traceback" not in project.run().stderr
    ended = project.run("--debug")
    assert ended.returncode == 1
    assert "Traceback (most recent call last)" in ended.stderr
    assert "ZeroDivisionError" in ended.stderr


@pytest.mark.parametrize(
    ("files", "arguments", "message"),
    [
        ({"blasto.toml": 'titel = "x"\n'}, [], "blasto: error: blasto.toml:1:1: "),
        ({"blasto.toml": "title = 5\n"}, [], "blasto: error: blasto.toml:1:1: title must be"),
        ({"blasto.toml": "title =\n"}, [], "blasto: error: blasto.toml:1:"),
        (
            {"blasto.toml": '[permalinks]\nblog = "/:yaer/"\n'},
            [],
            "blasto: error: blasto.toml:2:1: ",
        ),
        ({}, ["--content", "gone"], "there is no folder gone"),
        ({}, ["--base-url", "ftp:x"], "base_url"),
        ({}, ["--workers", "-1"], "--workers"),
        ({}, ["--nonsense"], "--nonsense"),
        ({}, ["--destination", "."], "blasto: error: "),
        ({}, ["--destination", "content"], "blasto: error: "),
        ({}, ["--app", "gone:app"], 'there is no module "gone"'),
        ({"freeze.py": "x = 1\n"}, [], "freeze.py makes no Flask app and no Freezer"),
    ],
)
def test_what_cannot_be_asked(
    tmp_path: Path, files: dict[str, str], arguments: list[str], message: str
) -> None:
    """A wrong option or setting leaves with 2, and nothing is touched."""
    project = Project(tmp_path / "site", {**GOOD, **files})
    before = sorted(
        path
        for path in project.root.rglob("*")
        if ".blasto" not in path.parts and "__pycache__" not in path.parts
    )
    ended = project.run(*arguments)
    assert (ended.returncode, ended.stdout) == (2, ""), ended.stderr
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr
    assert (
        sorted(
            path
            for path in project.root.rglob("*")
            if ".blasto" not in path.parts and "__pycache__" not in path.parts
        )
        == before
    )


def test_the_summary(tmp_path: Path) -> None:
    """The last line in words, as one JSON object, or none; problems are told in any case."""
    project = Project(tmp_path / "site", {**GOOD, "content/b.md": "[x](gone.md)\n"})
    ended = project.run()
    assert re.fullmatch(
        r"froze \d+ URLs in \d+\.\d s: (\d+) rendered, 0 reused, 0 removed\n", ended.stdout
    )
    assert ended.stderr.startswith("blasto: warning: content/b.md:1:")
    ended = project.run("--json")
    (line,) = ended.stdout.splitlines()
    told = json.loads(line)
    assert set(told) == {"urls", "rendered", "reused", "removed", "seconds", "warnings", "errors"}
    assert (told["rendered"], told["reused"], told["errors"]) == (0, told["urls"], [])
    assert (told["warnings"][0]["path"], told["warnings"][0]["line"]) == ("content/b.md", 1)
    ended = project.run("--quiet")
    assert ended.stdout == ""
    assert "content/b.md:1:" in ended.stderr
    ended = project.run("--quiet", "--strict")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("blasto: error: content/b.md:1:")
    ended = project.run("--json", "--strict")
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["errors"][0]["path"] == "content/b.md"
    assert project.run(env={"CI": "true"}).returncode == 1


def test_no_colours_where_nobody_looks(tmp_path: Path) -> None:
    """Output that goes to a file has no escape codes, with or without ``NO_COLOR``."""
    project = Project(tmp_path / "site", {**GOOD, "content/b.md": "[x](gone.md)\n"})
    for env in ({}, {"NO_COLOR": "1"}, {"TERM": "xterm-256color"}):
        assert "\x1b" not in project.run(env=env).stderr


def test_names_that_windows_cannot_hold(tmp_path: Path) -> None:
    """They are published, with a warning each."""
    names = ("con", "a:b", "dot.", "star*", "space ")
    project = Project(
        tmp_path / "site",
        {
            **GOOD,
            **{
                f"content/{name}.md": page(slug=f"'{name}'")
                if name != "space "
                else page(url="'/space /'")
                for name in names
            },
        },
    )
    ended = project.run()
    assert ended.returncode == 0
    for name in names:
        assert any(
            f"/{name}/" in line and "Windows" in line for line in ended.stderr.splitlines()
        ), name


def test_nothing_is_written_outside(tmp_path: Path) -> None:
    """Whatever an author asks for, the folders around the output stay as they are."""
    hostile = [
        "../../evil",
        "/../evil",
        "..",
        ".",
        "a/../../../evil",
        "\\..\\evil",
        "%2e%2e/evil",
        "//evil",
        "/etc/evil",
        "~/evil",
        "C:/evil",
        "evil\x01",
    ]
    for key in ("slug", "url", "aliases"):
        files = {
            f"content/{n}.md": page(**{key: json.dumps([value] if key == "aliases" else value)})
            for n, value in enumerate(hostile)
        }
        project = Project(tmp_path / key / "site", files)
        project.run("--keep-going")
        around = {
            path for path in (tmp_path / key).rglob("*evil*") if project.build not in path.parents
        }
        assert around == set()
    assert not os.path.exists("/etc/evil")
