from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from blasto.errors import BlastoError
from blasto.frontmatter import parse
from blasto.yamlread import read_any, read_yaml

SUITE = Path(__file__).parents[2] / "shared" / "corpora" / "yaml-test-suite" / "src"

#: What blasto refuses on purpose though it is YAML.
OURS = ("a key must be text", "is not allowed", "a second document", "control character")


def cases() -> Iterator[tuple[str, str, bool, object]]:
    """Give name, text, validity and expected value of each case of the suite."""
    glyphs = {"␣": " ", "↵": "", "∎\n": "", "←": "\r", "⇔": "\ufeff"}
    for path in sorted(SUITE.glob("*.yaml")):
        case: dict[str, object] = {}
        for number, part in enumerate(yaml.safe_load(path.read_text("utf-8"))):
            case = {**case, **part}
            if case.get("skip"):
                continue
            text = re.sub("—*»", "\t", str(case["yaml"]))
            for glyph, meaning in glyphs.items():
                text = text.replace(glyph, meaning)
            try:
                value = json.loads(str(case.get("json") or ""))
            except ValueError:
                value = ...
            yield f"{path.stem}-{number}", text, not case.get("fail"), value


@pytest.mark.skipif(not SUITE.is_dir(), reason="platform: the corpora are not here")
def test_the_yaml_suite_is_read_or_refused() -> None:
    """Never a traceback; what is refused is invalid, ours, or beyond PyYAML's YAML 1.1."""
    counts: Counter[str] = Counter()
    differs = []
    for name, text, valid, value in cases():
        try:
            found, _ = read_any(text, name)
        except BlastoError as error:
            message = error.problems[0].message
            ours = valid and any(word in message for word in OURS)
            counts["refused: " + ("ours" if ours else "valid" if valid else "invalid")] += 1
        else:
            counts["read: " + ("valid" if valid else "invalid")] += 1
            if valid and value is not ... and value != found:
                differs.append(name)
    print(dict(counts), "differ:", differs)
    assert counts["read: valid"] >= 200
    assert counts["refused: invalid"] >= 85
    assert counts["refused: valid"] <= 55
    assert counts["read: invalid"] <= 25
    assert len(differs) <= 8


@pytest.mark.skipif(not SUITE.is_dir(), reason="platform: the corpora are not here")
def test_the_yaml_suite_as_front_matter_never_gives_a_traceback() -> None:
    """Each case between fences is a mapping or an error with a line."""
    counts: Counter[str] = Counter()
    for name, text, _valid, _value in cases():
        try:
            parse(f"---\n{text}\n---\nbody\n", name)
        except BlastoError as error:
            counts["refused"] += 1
            (problem,) = error.problems
            assert problem.line, name
            assert problem.path == name
        else:
            counts["read"] += 1
    print(dict(counts))
    assert counts["read"] > 100


def test_places_of_nested_keys_have_dotted_names() -> None:
    """So that a kind's error can point into a list of mappings."""
    _, positions = read_yaml("a:\n  - b: 1\n    c:\n      d: 2\n", "x", 10)
    assert positions["a[0].b"] == (11, 5)
    assert positions["a[0].c.d"] == (13, 7)


def test_sets_and_ordered_maps_are_plain_data() -> None:
    """YAML 1.1's own types become mappings and lists."""
    data, _ = read_yaml("a: !!set {x, y}\nb: !!omap [{x: 1}, {y: 2}]\n", "x")
    assert data == {"a": {"x": None, "y": None}, "b": [{"x": 1}, {"y": 2}]}
