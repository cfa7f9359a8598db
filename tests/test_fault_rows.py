"""Every row of the table of faults is proved by tests, and stands in the reference."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from documentation import rows
from fault_rows import ROWS, names
from test_faults import FAULTS

TESTS = Path(__file__).parent


def functions(module: str) -> set[str]:
    """Give the names of the tests in a file, without ``test_``."""
    tree = ast.parse((TESTS / f"test_{module}.py").read_text(encoding="utf-8"))
    return {one.name.removeprefix("test_") for one in tree.body if isinstance(one, ast.FunctionDef)}


@pytest.mark.parametrize("row", range(1, 46), ids=lambda row: f"row_{row:02}")
def test_a_row_is_proved(row: int) -> None:
    """At least one test proves it, and each that is named exists."""
    assert ROWS[row]
    for name in ROWS[row]:
        module, test = name.split("::")
        function, _, case = test.removesuffix("]").partition("[")
        assert function in functions(module), name
        assert not case or case in FAULTS, name


def test_every_case_has_a_row() -> None:
    """Each fault of ``test_faults`` stands behind a row."""
    named = {name.partition("[")[2][:-1] for tests in ROWS.values() for name in tests}
    assert set(FAULTS) <= named


def test_a_row_has_a_name(request: pytest.FixtureRequest) -> None:
    """Its tests are called by its number, as in ``pytest -k row_06``."""
    assert names("tests/test_faults.py::test_a_fault[utf-16]") == {"row_06"}
    assert names("tests/test_contents.py::test_links_out_pipes_and_broken_links") == {
        "row_14",
        "row_15",
    }
    assert names(request.node.nodeid) == set()


def test_the_reference_has_each_row() -> None:
    """The page says of each row what blasto does, in the order of the numbers."""
    cells = [row.strip("|").split("|") for row in rows("reference/faults.md", "The table")]
    assert [int(first) for first, *_ in cells] == list(range(1, 46))
    assert {len(row) for row in cells} == {3}
    assert all(what.strip() and does.strip() for _, what, does in cells)
