from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.routing import Map, Rule

from blasto.permalinks import TOKENS, flask_rule, tells_pages_apart


@pytest.mark.parametrize(
    ("pattern", "rule"),
    [
        ("/blog/<int:year>/<slug>/", "/blog/<int:year>/<slug>/"),
        ("/:year/:slug/", "/<int(fixed_digits=4):year>/<slug>/"),
        (
            "/:year/:month/:day/:title/",
            "/<int(fixed_digits=4):year>/<int(fixed_digits=2):month>/<int(fixed_digits=2):day>/<slug>/",
        ),
        (":section/:filename", "/<section>/<filename>"),
        ("/:sections/:slug/", "/<path:sections>/<slug>/"),
        ("/<int:year>/:slug.html", "/<int:year>/<slug>.html"),
        ("/:categories/:title:output_ext", "/<path:categories>/<slug>.html"),
        ("none", "/<slug>.html"),
        ("/posts/:i_month-:i_day-:slug/", "/posts/<int:month>-<int:day>-<slug>/"),
    ],
)
def test_patterns_become_flask_rules(pattern: str, rule: str) -> None:
    """And a rule stays what it is."""
    assert flask_rule(pattern) == rule
    assert flask_rule(rule) == rule
    assert tells_pages_apart(rule)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("/:yaer/:slug/", 'did you mean "year"'),
        ("/:nothing/", "known are"),
        ("/<yaer>/", 'did you mean "year"'),
        ("/<nint:year>/", 'did you mean "int"'),
        ("/<year/", "written <name>"),
        ("/<>/", "not a variable"),
        ("/{slug}/", "braces"),
        ("/:year/:year/", "twice"),
        ("/../:slug/", '".."'),
        ("//:slug/", "empty part"),
        ("/a b/:slug", "cannot be part"),
        ("/:slug?a", "cannot be part"),
        ("/:slug#a", "cannot be part"),
        ("/%2e%2e/:slug", "cannot be part"),
        ("/\\:slug", "cannot be part"),
        ("/a\0/:slug", "cannot be part"),
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str, message: str) -> None:
    """The message says what is wrong with it."""
    with pytest.raises(ValueError, match=re.escape(message)):
        flask_rule(pattern)


def test_every_token_makes_a_rule_that_flask_takes() -> None:
    """Werkzeug itself reads what comes out."""
    for token in TOKENS:
        rule = flask_rule(f"/x/:{token}")
        Map([Rule(rule, endpoint="page")])


def test_a_rule_without_a_name_does_not_tell_pages_apart() -> None:
    """All posts of a year would get one URL."""
    assert not tells_pages_apart(flask_rule("/:year/"))


@given(st.text(max_size=30) | st.text("/:<>slugyear.", max_size=30))
def test_any_text_is_a_rule_or_a_value_error(pattern: str) -> None:
    """And what comes out is a rule that stays."""
    try:
        rule = flask_rule(pattern)
    except ValueError:
        return
    assert rule.startswith("/")
    assert ".." not in rule.split("/")
    assert flask_rule(rule) == rule
