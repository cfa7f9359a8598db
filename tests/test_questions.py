"""Questions about pages: their answers, what they depend on, and lists in views of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from quick import app_of, page
from sites import Project, check

from blasto.errors import BlastoError

FREEZE = """
from flask import abort, render_template_string, url_for
from blasto import Freezer, create_app, current_site

app = create_app(__file__)
freezer = Freezer(app)


@app.get("/cheap/", defaults={"number": 1})
@app.get("/cheap/page/<int:number>/")
def cheap(number):
    pages = current_site.pages(section="boats", kind="sail|row", sort="-price")
    part = pages.paginate(number, size=2, url=lambda n: url_for("cheap", number=n))
    if number > part.count:
        abort(404)
    return render_template_string(
        "{{ part.number }}/{{ part.count }} of {{ part.total }}:{% for p in part.pages %} {{ p.title }}{% endfor %}"
        " {{ part.urls | join(',') }} {% for u in (part.previous_url, part.next_url) if u %}<a href='{{ u }}'></a>{% endfor %}",
        part=part,
    )
"""
FILES = {
    "freeze.py": FREEZE,
    "blasto.toml": 'taxonomies = ["tags", "authors"]\n',
    "content/index.md": "[all](/cheap/)",
    "content/boats/_index.md": page(title="Boats"),
    **{
        f"content/boats/{name}.md": page(
            "Text.\n\n<!-- more -->\n\nMore.",
            title=name,
            price=price,
            kind="sail|row",
            tags=f"[{tags}]",
            author="Ada",
        )
        for name, price, tags in (("a", 3, "Old Wood"), ("b", 9, "new"), ("c", 5, "new, old wood"))
    },
    "content/boats/deep/d.md": page("D.", title="d", price=1, kind="motor", weight=3),
    "content/boats/e.md": page("E.", title="e", kind="sail|row", listed="false"),
    "content/f.md": page("F.", title="f", price=2, date="2025-05-05"),
    **{
        f"templates/{name}.html": "{{ page.html if page is defined and page }}"
        for name in ("page", "post", "list", "terms", "404")
    },
}


def test_answers(tmp_path: Path) -> None:
    """By section, term, key of the front matter; in any order; unlisted pages where asked for."""
    app = app_of(tmp_path, FILES)
    with app.test_request_context():
        site = app.extensions["blasto"]

        def ask(*wanted: str, **conditions: object) -> str:
            return "".join(one.title for one in site.pages(*wanted, **conditions).pages)

        assert ask("boats", sort="price") == "dacb"
        assert ask(section="boats/deep") == "d"
        assert ask(section="", sort="title") == "abcdf"
        assert ask(tags="old-wood", sort="-title") == "ca"
        assert ask(tags=["new", "Old wood"]) == "c"
        assert ask(authors="ada", price=9) == "b"
        assert ask(kind="motor", weight=3) == "d"
        assert ask(date__year=2025) == "f"
        assert ask(listed=False) == "e"
        assert ask(nothing="x") == ""
        assert site.pages(tags="new").count == 2
        assert len(site.pages) == 8
        assert site.pages[0].path == "boats/_index.md"


@pytest.mark.parametrize(
    ("wanted", "message"),
    [({"html": "x"}, 'cannot be asked for "html"'), ({"date": object()}, "a value of type"), ({"section": "boots"}, 'no section "boots"')],
)  # fmt: skip
def test_what_cannot_be_asked(tmp_path: Path, wanted: dict[str, object], message: str) -> None:
    """It is said, with a hint."""
    app = app_of(tmp_path, FILES)
    with app.test_request_context(), pytest.raises(BlastoError, match=message) as raised:
        app.extensions["blasto"].pages(**wanted)
    assert raised.value.problems[0].hint


def test_a_question_has_no_url(tmp_path: Path) -> None:
    """But slices in a view of one's own have."""
    app = app_of(tmp_path, FILES)
    with app.test_request_context():
        listing = app.extensions["blasto"].pages(tags="new")
        with pytest.raises(BlastoError, match="no URL of its own"):
            _ = listing.url
        assert listing.paginate(2, size=1, url=lambda n: f"/x/{n}/").urls == ["/x/1/", "/x/2/"]


def test_lists_in_views(tmp_path: Path) -> None:
    """Each slice is a URL that depends on the pages in it, and on how many there are."""
    site = Project(tmp_path / "site", FILES)
    site.freeze()
    assert (
        site.read("build/cheap/index.html")
        == "1/2 of 3: b c /cheap/,/cheap/page/2/ <a href='/cheap/page/2/'></a>"
    )
    assert site.read("build/cheap/page/2/index.html").startswith("2/2 of 3: a ")
    site.edit("content/boats/a.md", "More.", "Much more.")
    check(site, {"/boats/a/"})
    site.edit("content/boats/a.md", "price: 3", "price: 4")
    lists = {"/boats/", "/authors/ada/", "/tags/old-wood/"}
    check(site, {"/boats/a/", "/cheap/page/2/", *lists})
    site.edit("content/boats/deep/d.md", "title: d", "title: D")
    assert not {"/cheap/", "/cheap/page/2/"} & set(site.freeze())
    site.write("content/boats/g.md", page(title="g", price=99, kind="sail|row"))
    assert {"/cheap/", "/cheap/page/2/"} <= set(site.freeze())
    assert site.tree() == site.clean()
