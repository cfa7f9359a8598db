"""JSON Schema for editors: of front matter, of each kind, and of ``blasto.toml``.

A tool around the site, behind ``blasto schema``. All is made from what checks the files:
the table of keys, the kinds, the options. Names that a reference may mean are listed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec

from .config import Config
from .keytable import KEYS
from .options import BOOL, EXTENSIONS, PERMALINKS, TABLE, WEIGHTS, Type
from .pages import Page
from .refs import is_reference, meant
from .site import Site

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_TRUTH: Schema = {"type": "boolean"}
_NUMBER: Schema = {"type": "integer"}
_TEXTS: Schema = {"anyOf": [_TEXT, {"type": "array", "items": {"type": ["string", "number"]}}]}
_OBJECT: Schema = {"type": "object"}
#: What a key of front matter may hold, by the type that the reference names.
_KEYS: Mapping[str, Schema] = {
    "text": {"type": ["string", "number"]},
    "date": {"type": "string"},
    "truth": {"anyOf": [_TRUTH, {"enum": ["yes", "no", "on", "off"]}]},
    "number": _NUMBER,
    "list": _TEXTS,
    "paths": _TEXTS,
    "image": {"anyOf": [_TEXT, _OBJECT]},
    "menu": {"anyOf": [_TRUTH, _TEXT, {"type": "array", "items": _TEXT}, _OBJECT]},
    "mapping": _OBJECT,
}


def write(site: Site, folder: Path) -> list[Path]:
    """Write all schemas of a site into a folder, and give the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas(site).items():
        file = folder / f"{name}.json"
        text = json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        file.write_text(text, encoding="utf-8")
        written.append(file)
    return written


def schemas(site: Site) -> dict[str, Schema]:
    """Give the schemas by name: ``front-matter``, ``blasto``, and one for each kind."""
    site.contents  # noqa: B018 - read where it has not been
    found = {"front-matter": front_matter(site.settings), "blasto": options()}
    for where, kind in sorted(site.kinds.items()):
        name = where.replace("/", "-") or "content"
        found[name] = of_kind(kind, site.all_pages, site.settings)
    return found


def front_matter(config: Config) -> Schema:
    """Describe all keys that blasto knows, under all of their names."""
    properties: Schema = {}
    for key in KEYS.values():
        for name in (key.name, *key.aliases):
            properties[name] = {**_of_key(key.type), "description": key.doc}
    for taxonomy in config.taxonomies:
        properties.setdefault(taxonomy, dict(_TEXTS))
    return {"$schema": DIALECT, "title": "Front matter", "type": "object", "properties": properties}


def of_kind(kind: type, pages: Mapping[str, Page], config: Config) -> Schema:
    """Describe the front matter of a folder that has a kind."""

    def hook(asked: type) -> Schema:
        if is_reference(asked):
            return {"type": "string", "enum": names(pages, asked.folder)}  # type: ignore[attr-defined]
        raise NotImplementedError

    made = msgspec.json.schema(kind, schema_hook=hook)
    known = front_matter(config)
    definitions = made.pop("$defs", {})
    for definition in definitions.values():
        # What the kind says of a key comes in the place of what is known of it.
        for name in definition.get("properties", {}):
            known["properties"].pop(name, None)
    known.pop("$schema")
    known.pop("title")
    return {
        "$schema": DIALECT,
        "title": kind.__name__,
        "allOf": [made, known],
        "$defs": definitions,
    }


def names(pages: Mapping[str, Page], folder: str) -> list[str]:
    """Give the names by which a reference can mean the pages of a folder."""
    inside = f"{folder}/"
    found = set()
    for path in pages:
        if path.startswith(inside):
            rest = path.removeprefix(inside).rpartition(".")[0]
            name = re.sub(r"/(?:index|_index|README)$", "", rest)
            if meant(pages, folder, name) is pages[path]:
                found.add(name)
    return sorted(found)


def options() -> Schema:
    """Describe ``blasto.toml``."""
    return {"$schema": DIALECT, "title": "blasto.toml", **_record(Config)}


def _record(record: type) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": dict(_properties(record)),
    }


def _properties(record: type) -> Iterator[tuple[str, Schema]]:
    for one in fields(record):
        if "kind" in one.metadata:
            said = {"description": one.metadata["doc"]} if one.metadata["doc"] else {}
            yield one.name, {**_of_option(one.metadata["kind"]), **said}


def _of_option(kind: Type) -> Schema:
    if kind.record is not None:
        inner = _record(kind.record)
        if kind.shape == "list":
            return {"type": "array", "items": inner}
        return {"type": "object", "additionalProperties": inner} if kind.shape == "table" else inner
    if kind is BOOL:
        return dict(_TRUTH)
    if kind is EXTENSIONS:
        return {"anyOf": [{"type": "array", "items": _TEXT}, _OBJECT]}
    if kind in (TABLE, PERMALINKS, WEIGHTS) or kind.each is not None or "table" in kind.name:
        return dict(_OBJECT)
    if kind.name.startswith("list"):
        return {"type": "array", "items": _TEXT}
    if kind.name.startswith("whole number"):
        least = re.search(r"at least (\d+)", kind.name)
        return {**_NUMBER, "minimum": int(least[1])} if least else dict(_NUMBER)
    words = re.findall(r'"([^"]*)"', kind.name)
    return {"enum": words} if words else dict(_TEXT)


def _of_key(kind: str) -> Schema:
    return dict(_KEYS.get(kind, {}))
