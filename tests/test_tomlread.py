from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from blasto.errors import BlastoError
from blasto.frontmatter import decode, parse
from blasto.tomlread import places, read_toml

SUITE = Path(__file__).parents[2] / "shared" / "corpora" / "toml-test" / "tests"


@pytest.mark.skipif(not SUITE.is_dir(), reason="platform: the corpora are not here")
def test_the_toml_suite_is_read_or_refused() -> None:
    """TOML 1.0 is read, the invalid is refused, 1.1's novelties wait for tomllib."""
    counts: Counter[str] = Counter()
    for path in sorted(SUITE.rglob("*.toml")):
        valid = "valid" in path.relative_to(SUITE).parts
        try:
            text = decode(path.read_bytes(), path.name)
            data, positions = read_toml(text, path.name)
            if valid and "\n+++" not in text:
                assert parse(f"+++\n{text}\n+++\n", path.name).data.keys() == data.keys()
            assert set(data) - {""} <= set(positions), path
        except BlastoError as error:
            assert error.problems[0].line, path  # noqa: PT017
            counts["refused: " + ("valid" if valid else "invalid")] += 1
        else:
            counts["read: " + ("valid" if valid else "invalid")] += 1
    print(dict(counts))
    assert counts["read: valid"] >= 255
    assert counts["refused: valid"] <= 11
    assert counts["refused: invalid"] >= 505
    # A lone CR is a line end for blasto, in TOML it is a fault.
    assert counts["read: invalid"] <= 4


def test_places_know_tables_arrays_and_what_only_looks_like_a_key() -> None:
    """Strings and comments hold no keys."""
    text = (
        'a = """\nb = 1\n"""\n'
        "c = '''\n[d]\n'''  # e = 1\n"
        '"f g".h = 1\n'
        "[[menu]]\ntitle = 1\n[menu.inner]\nx = 1\n[[menu]]\ntitle = 2\n"
        "  [ s . t ]\n  u = 1\n"
    )
    read_toml(text, "x")
    assert places(text, 1) == {
        "a": (1, 1),
        "c": (4, 1),
        "f g.h": (7, 1),
        "f g": (7, 1),
        "menu": (8, 3),
        "menu[0]": (8, 3),
        "menu[0].title": (9, 1),
        "menu[0].inner": (10, 2),
        "menu[0].inner.x": (11, 1),
        "menu[1]": (12, 3),
        "menu[1].title": (13, 1),
        "s": (14, 5),
        "s.t": (14, 5),
        "s.t.u": (15, 3),
    }
