from __future__ import annotations

import pytest

from blasto.errors import BlastoError, Problem, UsageError, did_you_mean


@pytest.mark.parametrize(
    ("problem", "shown"),
    [
        (Problem("it is"), "it is"),
        (Problem("it is", "a.md"), "a.md: it is"),
        (Problem("it is", "a.md", 3), "a.md:3: it is"),
        (Problem("it is", "a.md", 3, 7), "a.md:3:7: it is"),
        (Problem("it is", "a.md", None, 7), "a.md: it is"),
        (Problem("it is", url="/a/"), "/a/: it is"),
        (Problem("it is", "a.md", 3, url="/a/"), "a.md:3: it is"),
    ],
)
def test_a_problem_names_its_place(problem: Problem, shown: str) -> None:
    """As much of the place as is known stands before the message."""
    assert str(problem) == shown


def test_problems_are_sorted_by_place() -> None:
    """Lines and columns are numbers, and what has no place comes first."""
    problems = [Problem("z", "b.md"), Problem("b", "a.md", 10), Problem("a", "a.md", 9, 20),
                Problem("c", "a.md", 9, 3), Problem("no place")]  # fmt: skip
    assert [one.message for one in sorted(problems, key=lambda one: one.key)] == [
        "no place",
        "c",
        "a",
        "b",
        "z",
    ]


def test_a_warning_becomes_an_error_and_stays_what_it_is() -> None:
    """Strictness changes the severity and nothing else."""
    warning = Problem("it is", "a.md", 3, 7, "mend it", severity="warning")
    assert warning.as_error() == Problem("it is", "a.md", 3, 7, "mend it")
    assert warning.severity == "warning"


def test_an_error_holds_all_its_problems() -> None:
    """It is a ValueError, as Frozen-Flask's users expect, and says each problem on a line."""
    error = BlastoError(Problem("one", "a.md"), Problem("two", "b.md", 2))
    assert isinstance(error, ValueError)
    assert str(error) == "a.md: one\nb.md:2: two"
    assert [problem.message for problem in error.problems] == ["one", "two"]


def test_what_is_raised_says_how_blasto_leaves() -> None:
    """A fault of the site leaves with 1, one of what was asked for with 2."""
    assert BlastoError.at("x").exit_status == 1
    usage = UsageError.at("x", "blasto.toml", 1, hint="y")
    assert (usage.exit_status, type(usage), usage.problems[0].hint) == (2, UsageError, "y")


def test_did_you_mean() -> None:
    """A word that is near is named, a word that is not is not."""
    assert (
        did_you_mean("guide/strat.md", ["guide/start.md", "blog/a.md"])
        == 'did you mean "guide/start.md"?'
    )
    assert did_you_mean("elephant", ["guide/start.md"]) is None
    assert did_you_mean("", []) is None
