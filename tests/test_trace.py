from __future__ import annotations

import pytest

from blasto import trace
from blasto.errors import Problem


def test_outside_a_recording_nothing_happens() -> None:
    """Each call may be made at any time."""
    trace.note("page", "a.md", "1")
    trace.link("/a/")
    trace.warn(Problem("x"))
    trace.volatile("x")
    trace.replay(trace.Trace({("page", "a.md"): "1"}))
    assert trace.current() is None
    assert not trace.is_paused()


def test_a_recording_holds_what_was_observed() -> None:
    """Observations by kind and name, links once and in order, the first reason for volatility."""
    with trace.recording() as past:
        assert trace.current() is past
        trace.note("page", "a.md", "1")
        trace.note("page", "a.md", "2")
        trace.link("/b/", "a.md", "b.md")
        trace.link("/a/")
        trace.link("/b/", "c.md", "../b.md")
        trace.warn(Problem("x"))
        trace.volatile("the clock")
        trace.volatile("chance")
    assert past.observations == {("page", "a.md"): "2"}
    assert list(past.links) == ["/b/", "/a/"]
    assert past.references == {"/b/": ("a.md", "b.md")}
    assert past.problems == [Problem("x")]
    assert past.volatile == "the clock"


def test_recordings_do_not_see_each_other() -> None:
    """An inner recording keeps its notes to itself until they are replayed."""
    with trace.recording() as outer:
        with trace.recording() as inner:
            trace.note("page", "a.md", "1")
            trace.link("/a/", "x.md", "a.md")
            trace.warn(Problem("x"))
            trace.volatile("chance")
        assert not outer.observations
        trace.replay(inner)
    assert outer.observations == inner.observations
    assert outer.links == inner.links
    assert outer.references == inner.references
    assert outer.problems == [Problem("x")]
    assert outer.volatile == "chance"


def test_a_pause_observes_nothing() -> None:
    """What blasto reads for itself is no observation, whoever asked for it."""
    with trace.recording() as past:
        with trace.paused():
            trace.note("page", "a.md", "1")
            assert trace.is_paused()
            with trace.recording() as inner:
                assert not trace.is_paused()
                trace.note("page", "b.md", "1")
        trace.note("page", "c.md", "1")
    assert list(past.observations) == [("page", "c.md")]
    assert list(inner.observations) == [("page", "b.md")]


def test_a_recording_ends_with_an_exception() -> None:
    """What failed does not record for the next."""
    with pytest.raises(KeyError), trace.recording(), trace.paused():
        raise KeyError
    assert trace.current() is None
    assert not trace.is_paused()


def test_a_digest_tells_parts_apart() -> None:
    """Where one part ends and the next begins counts; text and its bytes are the same."""
    assert len(trace.digest("a")) == 32
    assert trace.digest("ab", "c") != trace.digest("a", "bc")
    assert trace.digest("a", "") != trace.digest("a")
    assert trace.digest("ä") == trace.digest("ä".encode())
    assert trace.digest("\ud800")  # a file name that is no Unicode
