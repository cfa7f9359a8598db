"""Choosing, sorting and grouping of pages and of rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from quick import app_of, get, page, site_in

from blasto.pages import Page
from blasto.queries import group_by, sort_by, value_of, where

BOATS = [
    {"name": "Marie", "length": 12, "crew": ["Ada", "Bo"], "port": {"name": "Quay"}},
    {"name": "Dora", "length": 7.5, "crew": ["Ada"], "port": {"name": "Pier"}},
    {"name": "Nix", "crew": [], "port": {"name": "Quay"}},
]


def names(rows: list[dict[str, object]]) -> list[object]:
    """Give the names of rows."""
    return [row["name"] for row in rows]


def test_ways_to_a_value() -> None:
    """Keys of mappings, attributes, front matter of one's own, and nothing."""
    one = Page(
        path="a.md",
        title="A",
        slug="a",
        date=datetime(2024, 5, 1, tzinfo=UTC),
        meta={"price": 3, "deep": {"x": 1}},
    )
    assert [value_of(one, key) for key in ("title", "date.year", "price", "deep.x", "meta.price", "none", "none.x", "_site")] == [
        "A", 2024, 3, 1, 3, None, None, None]  # fmt: skip
    assert value_of(BOATS[0], "port.name") == "Quay"


def test_where() -> None:
    """A value, or one in a list; all conditions hold."""
    assert names(where(BOATS, crew="Ada")) == ["Marie", "Dora"]
    assert names(where(BOATS, crew="Ada", port__name="Quay")) == ["Marie"]
    assert names(where(BOATS, crew=["Ada"])) == ["Dora"]
    assert names(where(BOATS, length=None)) == ["Nix"]


def test_sort_by() -> None:
    """Up or down; what has no value comes last both ways; ties stay."""
    assert names(sort_by(BOATS, "length")) == ["Dora", "Marie", "Nix"]
    assert names(sort_by(BOATS, "-length")) == ["Marie", "Dora", "Nix"]
    assert names(sort_by(BOATS, "port.name")) == ["Dora", "Marie", "Nix"]
    mixed = [
        {"name": n, "v": v}
        for n, v in enumerate(
            [
                "b10",
                "b9",
                date(2024, 1, 2),
                datetime(2024, 1, 1, tzinfo=UTC),
                3,
                True,
                float("nan"),
                [1],
            ]
        )
    ]
    assert names(sort_by(mixed, "v")) == [5, 4, 3, 2, 1, 0, 6, 7]


def test_group_by() -> None:
    """In the order of the first; a list puts an item into several."""
    assert [(group.name, names(group.items)) for group in group_by(BOATS, "port.name")] == [
        ("Quay", ["Marie", "Nix"]), ("Pier", ["Dora"])]  # fmt: skip
    assert [(group.name, names(group.items)) for group in group_by(BOATS, "crew")] == [
        ("Ada", ["Marie", "Dora"]), ("Bo", ["Marie"])]  # fmt: skip


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.text(max_size=3),
            st.integers(),
            st.floats(),
            st.booleans(),
            st.dates(),
            st.datetimes(),
            st.lists(st.integers(), max_size=2),
        )
    )
)
def test_anything_sorts(values: list[object]) -> None:
    """No two values cannot be compared."""
    rows = [{"v": value} for value in values]
    assert len(sort_by(rows, "v")) == len(sort_by(rows, "-v")) == len(rows)
    group_by(rows, "v")


def test_sections_in_the_order_of_a_key(tmp_path: Path) -> None:
    """`sort` names any key of the front matter."""
    files = {
        f"content/boats/{name}.md": page(title=name, length=length)
        for name, length in (("a", 5), ("b", 12), ("c", 7))
    }
    files["content/boats/d.md"] = page(title="d")
    for sort, order in (
        ("length", "acbd"),
        ("-length", "bcad"),
        ("title", "abcd"),
        ("-title", "dcba"),
    ):
        site = site_in(
            tmp_path / sort, {**files, "blasto.toml": f'[sections.boats]\nsort = "{sort}"\n'}
        )
        assert (
            "".join(one.title for one in site.library.listing("section", "boats").members) == order
        )


def test_filters(tmp_path: Path) -> None:
    """Templates have all three."""
    show = (
        '{% for g in site.data.boats | where(crew="Ada") | sort_by("-name") | group_by("port.name") %}'
        "{{ g.name }}:{% for b in g[1] %}{{ b.name }}{% endfor %} {% endfor %}"
    )
    app = app_of(tmp_path, {"content/index.md": "x", "templates/page.html": show, "data/boats.yaml": (
        "- {name: Marie, crew: [Ada], port: {name: Quay}}\n- {name: Dora, crew: [Ada], port: {name: Pier}}\n- {name: Nix, crew: []}\n"
    )})  # fmt: skip
    assert get(app, "/") == "Quay:Marie Pier:Dora "
