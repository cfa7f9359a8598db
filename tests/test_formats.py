"""Tests of problems as programs read them: JSON, GitHub's annotations, SARIF."""

from __future__ import annotations

import json

from blasto.errors import Problem
from blasto.formats import FORMATS, as_github, as_json, as_sarif

WRONG = Problem(
    "it is, wrong: 100%", "content/ä b.md", 3, 5, "mend it", "a line", url="/a/", kind="link"
)
VAGUE = Problem("nobody knows", severity="warning", url="/b/")


def test_json() -> None:
    """One object: facts, then warnings and errors, without what is not known."""
    assert json.loads(as_json([WRONG, VAGUE], {"pages": 2})) == {
        "pages": 2,
        "warnings": [{"severity": "warning", "message": "nobody knows", "url": "/b/"}],
        "errors": [
            {
                "severity": "error", "message": "it is, wrong: 100%", "path": "content/ä b.md", "line": 3,
                "column": 5, "hint": "mend it", "source": "a line", "url": "/a/", "kind": "link",
            }
        ],
    }  # fmt: skip
    assert as_json([]) == '{"warnings": [], "errors": []}'


def test_github() -> None:
    """One workflow command a problem; what would end a field or a line is escaped."""
    odd = Problem("a\nb", "x,y:z.md", 1)
    assert as_github([WRONG, VAGUE, odd]).splitlines() == [
        "::error file=content/ä b.md,line=3,col=5,title=link::it is, wrong: 100%25%0Amend it",
        "::warning::/b/: nobody knows",
        "::error file=x%2Cy%3Az.md,line=1::a%0Ab",
    ]


def test_sarif() -> None:
    """The log names tool, rules, places with their line, and the URL of each page."""
    log = json.loads(as_sarif([WRONG, VAGUE]))
    (run,) = log["runs"]
    assert (log["version"], run["tool"]["driver"]["name"]) == ("2.1.0", "blasto")
    assert run["tool"]["driver"]["rules"] == [{"id": "link"}, {"id": "warning"}]
    first, second = run["results"]
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "content/%C3%A4%20b.md"},
                "region": {"startLine": 3, "startColumn": 5, "snippet": {"text": "a line"}},
            },
            "logicalLocations": [{"fullyQualifiedName": "/a/", "kind": "resource"}],
        }
    ]
    assert (first["level"], first["message"]["text"]) == ("error", "it is, wrong: 100%\nmend it")
    assert "physicalLocation" not in second["locations"][0]


def test_every_format_tells_nothing_of_nothing() -> None:
    """No problem is no line for GitHub, and an empty list for the others."""
    assert as_github([]) == ""
    assert json.loads(as_sarif([]))["runs"][0]["results"] == []
    assert list(FORMATS) == ["text", "json", "github", "sarif"]
