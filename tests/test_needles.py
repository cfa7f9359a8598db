from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blasto.needles import Regex, anchor, clauses, gate

LETTERS = "ab'<-\n K"


def expressions() -> st.SearchStrategy[str]:
    """Regular expressions over a few characters, of every kind of part."""
    single = st.sampled_from(
        ["a", "b", "'", "<", "-", "\\n", " ", "K", ".", "[ab]", "[^a]", "[<-]", "\\s", "\\w"]
    )
    edges = st.sampled_from(["^", "$", "\\b", "(?<=a)", "(?<!<)", "(?=-)", "(?!')", "(?<=ab|-')"])

    def extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.lists(inner, min_size=1, max_size=4).map("".join),
            st.lists(inner, min_size=2, max_size=3).map(lambda them: f"(?:{'|'.join(them)})"),
            inner.map(lambda it: f"({it})"),
            inner.map(lambda it: f"(?i:{it})"),
            inner.map(lambda it: f"(?>{it})"),
            inner.map(lambda it: f"(?={it})"),
            st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,2}?", "++"])).map(
                lambda both: f"(?:{both[0]}){both[1]}"
            ),
            st.tuples(single, st.sampled_from(["+", "{3}", "{2,}"])).map("".join),
        )

    return st.recursive(st.one_of(single, edges), extend, max_leaves=8)


@settings(max_examples=300, deadline=None)
@given(expressions(), st.text(LETTERS + "k\u212a", max_size=12), st.sampled_from([0, re.I, re.S]))
def test_what_matches_holds_the_needles(expression: str, text: str, flags: int) -> None:
    """Every text that an expression matches holds what was said it must."""
    regex = re.compile(expression, flags)
    needed, near = clauses(regex), anchor(regex)
    for match in regex.finditer(text):
        for clause in needed:
            assert any(needle in text for needle in clause)
            assert any(needle in text for needle in gate(clause))
        if near:
            places = range(match.start() + near.low, match.start() + near.high + 1)
            assert any(text.startswith(needle, at) for needle in near.needles for at in places)
            assert match.end() > match.start()


@settings(max_examples=150, deadline=None)
@given(expressions(), st.text(LETTERS, max_size=12), st.integers(0, 3))
def test_a_quick_expression_finds_the_same(expression: str, text: str, position: int) -> None:
    """An expression that looks for needles first gives what the plain one gives."""
    regex = re.compile(expression)
    for clause in clauses(regex):
        quick = Regex(regex, gate(clause))
        for name in ("search", "match"):
            found, expected = (
                getattr(quick, name)(text, position),
                getattr(regex, name)(text, position),
            )
            assert (found and found.span()) == (expected and expected.span())
        spans = [found.span() for found in quick.finditer(text, position)]
        assert spans == [found.span() for found in regex.finditer(text, position)]
        assert quick.sub("x", text) == regex.sub("x", text)
        assert quick.pattern == expression


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (r"(?<!\!)\[", [{"["}]),
        (r"`|_", [{"`", "_"}]),
        (r"<([^<> !]+@[^@<> ]+)>", [{"<"}, {"@"}, {">"}]),
        (r"(?<!\.)\.{3}(?!\.)", [{"..."}]),
        (r"(?i)<((?:ht|f)tps?://[^<>]*)>", [{"<"}, {">"}, {"://"}]),
        (r"(?x) \# [ ]* (a+|b)? ", [{"#"}]),
        (r"a*", []),
        (r"\w+", []),
        (r"(?:<b|c>)d", [{"<b", "c>"}, {"d"}]),
    ],
)
def test_needles_of_known_expressions(expression: str, expected: list[set[str]]) -> None:
    """The most telling strings come first, and none where nothing is certain."""
    assert [set(clause) for clause in clauses(re.compile(expression))] == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (r"\*|_", ({"*", "_"}, 0, 0)),
        (r"(\s|&nbsp;|--)'(?=\w)", ({"'"}, 1, 6)),
        (r"\w+@", None),
        (r"(?=<)", None),
        (r"a{70000}<", ({"a" * 16}, 0, 0)),
        (r"[ab]{70000}<", ({"a", "b"}, 0, 0)),
        (r"\w{70000}<", None),
    ],
)
def test_how_far_a_match_is_from_its_needle(
    expression: str, expected: tuple[set[str], int, int] | None
) -> None:
    """The distance is known where what stands before the needle has a small range of widths."""
    found = anchor(re.compile(expression))
    assert (found and (set(found.needles), found.low, found.high)) == expected
