"""Problems as other programs read them: JSON, GitHub's annotations, SARIF.

Pure functions of problems, the one place for every command; ``console`` prints what they
give. How a problem looks to a person is ``console``'s own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from .errors import Problem

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FIELDS = ("severity", "message", "path", "line", "column", "hint", "source", "url", "kind")


def described(problem: Problem) -> dict[str, object]:
    """Give a problem as plain data, without what is not known."""
    return {name: value for name in FIELDS if (value := getattr(problem, name)) not in (None, "")}


def as_json(problems: Iterable[Problem], facts: Mapping[str, object] | None = None) -> str:
    """Give one JSON object: ``facts`` first, then the lists ``warnings`` and ``errors``."""
    told = list(problems)
    lists = {
        f"{severity}s": [described(one) for one in told if one.severity == severity]
        for severity in ("warning", "error")
    }
    return json.dumps({**(facts or {}), **lists}, ensure_ascii=False)


def as_github(problems: Iterable[Problem], facts: Mapping[str, object] | None = None) -> str:
    """Give a workflow command a line, which GitHub Actions shows beside the source."""
    return "\n".join(map(_annotation, problems))


def _annotation(problem: Problem) -> str:
    place = {"file": problem.path, "line": problem.line, "col": problem.column,
             "title": problem.kind or None}  # fmt: skip
    if problem.path is None:
        place = {"title": problem.kind or None}
    told = ",".join(f"{name}={_property(value)}" for name, value in place.items() if value)
    message = problem.message if problem.path is not None else str(problem)
    if problem.hint:
        message += f"\n{problem.hint}"
    return f"::{problem.severity}{' ' + told if told else ''}::{_data(message)}"


def _data(text: object) -> str:
    return str(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: object) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_sarif(problems: Iterable[Problem], facts: Mapping[str, object] | None = None) -> str:
    """Give a SARIF 2.1.0 log, as code scanning and editors read it."""
    from . import __version__

    told = list(problems)
    rules = sorted({problem.kind or problem.severity for problem in told})
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "blasto", "version": __version__, "rules": [{"id": rule} for rule in rules]
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem) for problem in told],
    }  # fmt: skip
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False)


def _result(problem: Problem) -> dict[str, Any]:
    text = f"{problem.message}\n{problem.hint}" if problem.hint else problem.message
    result: dict[str, Any] = {
        "ruleId": problem.kind or problem.severity,
        "level": problem.severity,
        "message": {"text": text},
    }
    location: dict[str, Any] = {}
    if problem.path is not None:
        physical: dict[str, Any] = {"artifactLocation": {"uri": quote(problem.path)}}
        if problem.line is not None:
            region: dict[str, Any] = {"startLine": problem.line}
            if problem.column is not None:
                region["startColumn"] = problem.column
            if problem.source:
                region["snippet"] = {"text": problem.source}
            physical["region"] = region
        location["physicalLocation"] = physical
    if problem.url:
        location["logicalLocations"] = [{"fullyQualifiedName": problem.url, "kind": "resource"}]
    if location:
        result["locations"] = [location]
    return result


FORMATS: dict[str, Callable[[Sequence[Problem], Mapping[str, object] | None], str] | None] = {
    "text": None,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}
"""How problems are told; ``text`` is for people, and ``console`` writes it."""


def asked(arguments: Sequence[str]) -> str:
    """Say which format the arguments of a command ask for, before they are read in full."""
    if "--json" in arguments:
        return "json"
    words = iter(arguments)
    for word in words:
        name, _, value = word.partition("=")
        if name == "--format":
            value = value or next(words, "")
            return value if value in FORMATS else "text"
    return "text"
