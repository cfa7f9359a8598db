"""The reference of the site about blasto is complete, and true of the code."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterable

import click
import pytest
from documentation import CONTENT, ROOT, names, rows
from flask import Flask

import blasto
from blasto import Freezer, Listing, Page, create_app, current_site
from blasto.cli import main
from blasto.config import describe
from blasto.errors import Problem
from blasto.keytable import KEYS
from blasto.listings import Pagination
from blasto.options import Option
from blasto.templating import FILTERS
from blasto.views import KINDS


def cell(text: object) -> str:
    """Give a text as a cell of a Markdown table."""
    return str(text).replace("|", r"\|").replace("\n", " ") or "–"


def table(*rows: tuple[object, ...]) -> list[str]:
    """Give the lines of a Markdown table without its head."""
    return ["| " + " | ".join(map(cell, row)) + " |" for row in rows]


def code(*words: object) -> str:
    """Give words as inline code."""
    return " ".join(f"`{word}`" for word in words)


def literal(value: object) -> str:
    """Give a value as TOML writes it, nothing for what is empty."""
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, str) and value:
        return code(f'"{value}"')
    if isinstance(value, tuple) and value:
        return code("[" + ", ".join(json.dumps(word) for word in value) + "]")
    return code(value) if isinstance(value, int) else ""


def key_table() -> list[str]:
    """Give the table of front-matter keys."""
    return table(
        *((code(key.name), key.type, code(*key.aliases), key.doc) for key in KEYS.values())
    )


def option_table(options: Iterable[Option]) -> list[str]:
    """Give the table of some options of ``blasto.toml``."""
    rows = []
    for one in options:
        kind = re.sub(r'"[\w-]*"', lambda word: code(word[0]), one.type)
        rows.append((code(one.name), kind, literal(one.default), one.doc))
    return table(*rows)


def command_table(command: click.Command) -> list[str]:
    """Give the table of a command's arguments and options."""
    rows = []
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            names = [*parameter.opts, *parameter.secondary_opts]
            default = f" By default {code(parameter.default)}." if parameter.show_default else ""
            metavar = f" {parameter.metavar}" if parameter.metavar else ""
            rows.append(
                (
                    ", ".join(code(name + metavar) for name in names),
                    (parameter.help or "") + default,
                )
            )
    return table(*rows)


def test_front_matter_reference():
    """The page has every key with its type, other names and sentence, and no other key."""
    assert rows("reference/front-matter.md", "Keys") == key_table()


@pytest.mark.parametrize("name", list(describe()))
def test_options_reference(name):
    """The page has every option of a table of blasto.toml, and no other."""
    assert rows("reference/blasto-toml.md", name or "Top level") == option_table(describe()[name])


def test_options_that_no_variable_sets():
    """The page names the options that cannot be set in the environment."""
    text = (CONTENT / "reference/blasto-toml.md").read_text(encoding="utf-8")
    found = re.search(r"^(.*) can only be set in the file", text, re.MULTILINE)
    without = {one.name for one in describe()[""] if one.env is None}
    assert set(re.findall(r"`(\w+)`", found[1])) == without


@pytest.mark.parametrize("name", sorted(main.commands))
def test_command_reference(name):
    """The page has every command with all of its options; an alias is named with its command."""
    command = main.commands[name]
    assert command.name is not None
    text = (CONTENT / "reference/command-line.md").read_text(encoding="utf-8")
    if command.name != name:
        assert re.search(
            rf"^`blasto {name}` is the same as `blasto {command.name}`", text, re.MULTILINE
        )
        return
    assert rows("reference/command-line.md", f"blasto {name}") == command_table(command)
    assert command.help is not None
    assert command.help.splitlines()[0] in text


# Attributes that templates have no use for.
INSIDE = {
    "Page": "author_names bind body_line cascade cascaded counted digest excerpt ideographs image_source layout_name meta_digest pairing permalink place refs scope translation_key typed unspoken written_lang",
    "Listing": "digest members scope site",
    "Pagination": "",
}


@pytest.mark.parametrize("kind", [Page, Listing, Pagination])
def test_template_variables(kind):
    """The page has every attribute of what templates get, and no other."""
    heading = kind.__name__.lower()
    shown = {re.match(r"\w+\.(\w+)", name)[1] for name in names("reference/templates.md", heading)}
    real = {name for name in dir(kind) if not name.startswith("_")}
    assert shown == real - set(INSIDE[kind.__name__].split())


def test_site_variables(tmp_path):
    """What the page says of `site` exists."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "about.md").write_text("# About\n", encoding="utf-8")
    app = create_app(tmp_path)
    with app.test_request_context():
        for name in names("reference/templates.md", "site"):
            attribute = re.match(r"site\.(\w+)", name)[1]
            assert hasattr(current_site, attribute), name


def test_filters():
    """The page has every filter of blasto's."""
    assert names("reference/templates.md", "Filters") == set(FILTERS)


def test_freezer_settings():
    """The page has every setting that the freezer reads, and Frozen-Flask's defaults."""
    app = Flask(__name__)
    Freezer(app)
    defaults = {name: value for name, value in app.config.items() if name.startswith("FREEZER_")}
    assert names("reference/freezer-settings.md", "Frozen-Flask's") == set(defaults)
    for row in rows("reference/freezer-settings.md", "Frozen-Flask's"):
        name, default = re.search(r"^\| `(\w+)`.*Default `([^`]+)`", row).groups()
        assert ast.literal_eval(default) == defaults[name]
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "blasto").glob("*.py"))
    used = set(re.findall(r"FREEZER_[A-Z_0-9]*[A-Z0-9]\b", source)) | {"BLASTO_STATE"}
    assert used - set(defaults) <= names("reference/freezer-settings.md", "blasto's")
    assert names("reference/freezer-settings.md", "blasto's") <= used


def test_python_api():
    """The page has each public name, and the methods that it names exist."""
    text = (CONTENT / "reference/python-api.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^## `(\w+)`$", text, re.MULTILINE)) == set(blasto.__all__)
    freezer = Freezer(Flask(__name__))
    for name in names("reference/python-api.md", "Freezer"):
        assert hasattr(freezer, re.match(r"\w+", name)[0]), name
    assert names("reference/python-api.md", "Views that you may replace") == {
        f"blasto.{kind}" for kind in KINDS
    }


def test_problem_attributes():
    """What the page says of a problem exists."""
    problem = Problem("wrong")
    for name in names("reference/errors.md", "In Python"):
        assert hasattr(problem, name.removeprefix("problem.")), name


def test_extras():
    """The table of extras names those that blasto has."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert names("reference/extras.md", "One by one") == set(project["optional-dependencies"])
