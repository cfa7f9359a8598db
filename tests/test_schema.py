"""JSON Schema for editors, made from what checks the files."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner
from quick import site_in
from sites import here
from test_refs import FILES, KINDS

from blasto.cli import main
from blasto.keytable import KEYS
from blasto.schema import options, schemas

FREEZE = """
from dataclasses import dataclass
from datetime import date
from blasto import Freezer, Ref, create_app

@dataclass
class Boat:
    title: str
    owner: Ref["people"]
    built: date | None = None

app = create_app(__file__, kinds={"boats": Boat})
freezer = Freezer(app)
"""


def test_front_matter(tmp_path: Path) -> None:
    """All keys under all names, and the taxonomies."""
    site = site_in(
        tmp_path, {**FILES, "blasto.toml": 'taxonomies = ["tags", "ships"]\n'}, kinds=KINDS
    )
    properties = schemas(site)["front-matter"]["properties"]
    names = {name for key in KEYS.values() for name in (key.name, *key.aliases)}
    assert set(properties) == names | {"ships"}
    assert all("type" in one or "anyOf" in one for one in properties.values())
    assert properties["weight"] == {"type": "integer", "description": KEYS["weight"].doc}


def test_kinds(tmp_path: Path) -> None:
    """Their fields, with the names that references may mean; other keys stay known."""
    made = schemas(site_in(tmp_path, FILES, kinds=KINDS))
    assert list(made) == ["front-matter", "blasto", "boats", "log", "people"]
    boats = made["boats"]
    boat = boats["$defs"]["Boat"]
    assert boats["allOf"][0] == {"$ref": "#/$defs/Boat"}
    assert boat["required"] == ["title", "owner"]
    assert boat["properties"]["owner"] == {"type": "string", "enum": ["ada", "bo"]}
    assert boats["$defs"]["Berth"]["properties"]["pier"]["enum"] == ["north"]
    assert "title" not in boats["allOf"][1]["properties"]
    assert "weight" in boats["allOf"][1]["properties"]


def test_configuration() -> None:
    """Every option with its type; tables in tables; nothing else is allowed."""
    made = options()
    known = made["properties"]
    assert made["additionalProperties"] is False
    assert known["paginate"]["type"] == "integer"
    assert known["paginate"]["minimum"] == 1
    assert known["taxonomies"]["type"] == "array"
    assert known["archives"]["enum"] == ["", "year", "month"]
    assert known["menu"]["items"]["properties"]["weight"]["type"] == "integer"
    assert known["sections"]["additionalProperties"]["properties"]["feed"]["type"] == "boolean"
    assert known["permalinks"]["type"] == known["params"]["type"] == "object"


def test_the_command(tmp_path: Path) -> None:
    """It writes the files, the same each time, and says which."""
    site_in(tmp_path, {**FILES, "freeze.py": FREEZE})
    with here(tmp_path):
        first = CliRunner().invoke(main, ["schema"])
        assert first.output.splitlines() == [
            f"wrote schemas/{name}.json" for name in ("front-matter", "blasto", "boats")
        ]
        texts = {file.name: file.read_bytes() for file in Path("schemas").iterdir()}
        assert CliRunner().invoke(main, ["schema"]).exit_code == 0
        assert texts == {file.name: file.read_bytes() for file in Path("schemas").iterdir()}
    assert json.loads(texts["boats.json"])["$defs"]["Boat"]["properties"]["owner"]["enum"] == [
        "ada",
        "bo",
    ]
