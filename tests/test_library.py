from __future__ import annotations

from pathlib import Path

import pytest
from quick import page, site_in

from blasto import trace
from blasto.errors import BlastoError
from blasto.library import Library
from blasto.listings import Listing


def library(folder: Path, files: dict[str, str], **settings: object) -> Library:
    """Read some content files, named by their path in it."""
    return site_in(
        folder, {f"content/{path}": text for path, text in files.items()}, **settings
    ).library


def paths(listing: Listing) -> list[str]:
    """Give the files of a listing's pages, in its order."""
    return [one.path for one in listing.members]


def test_folders_are_sections_and_bundles_are_pages(tmp_path: Path) -> None:
    """A folder with pages is a section; one with an index and files only is a page of the one above."""
    found = library(tmp_path, {
        "index.md": "x", "about.md": "x", "about/team/index.md": "x", "about/team/photo.svg": "",
        "guide/_index.md": "x", "guide/start.md": "x", "guide/deep/_index.md": "x",
        "notes/README.md": "x", "notes/a.md": "x", "alone/README.md": "x", "far/away/x.md": "x",
    })  # fmt: skip
    assert found.sections == ["", "about", "far", "far/away", "guide", "guide/deep", "notes"]
    assert paths(found.listing("section", "about")) == ["about/team/index.md"]
    assert paths(found.listing("section", "")) == ["alone/README.md"]
    assert [one.name for one in found.children("")] == ["about", "far", "guide", "notes"]
    index = found.listing("section", "notes").index
    assert index is not None
    assert index.path == "notes/README.md"


@pytest.mark.parametrize("name", ["_index.md", "index.md", "README.md"])
def test_a_section_is_listed_once(tmp_path: Path, name: str) -> None:
    """Its index is no page of the section above, which lists the section already."""
    found = library(
        tmp_path,
        {
            "guide/_index.md": "x",
            "guide/a.md": "x",
            f"guide/deep/{name}": page(title="Deep"),
            "guide/deep/b.md": "x",
        },
    )
    assert paths(found.listing("section", "guide")) == ["guide/a.md"]
    assert [(one.name, one.title) for one in found.children("guide")] == [("guide/deep", "Deep")]
    assert {one.path for one in found.below("guide")} == {"guide/a.md", "guide/deep/b.md"}
    assert paths(found.listing("section", "guide/deep")) == ["guide/deep/b.md"]


def test_a_page_beside_its_folder_speaks_for_it(tmp_path: Path) -> None:
    """It is the section's index and listed once, unless it has another URL or there is an index."""
    files = {"guide.md": page(title="Handbook", weight=3), "guide/a.md": "x", "guide/deep.md": "# Deep",
             "guide/deep/b.md": "x", "other.md": "x", "other/_index.md": "x", "other/c.md": "x",
             "away.md": page(slug="far"), "away/d.md": "x",
             "set.md": page(permalink="/set/"), "set/e.md": "x"}  # fmt: skip
    found = library(tmp_path, files)
    assert found.listing("section", "set").index is found.by_path["set.md"]
    assert paths(found.listing("section", "")) == ["away.md", "other.md"]
    guide = found.listing("section", "guide")
    assert (guide.title, guide.weight, paths(guide)) == ("Handbook", 3, ["guide/a.md"])
    assert [(one.title, paths(one)) for one in found.children("guide")] == [
        ("Deep", ["guide/deep/b.md"])
    ]
    before, after = found.around(found.by_path["guide/a.md"])
    assert (before and before.path, after) == ("guide.md", None)
    assert found.section_name(found.by_path["guide/deep.md"]) == "guide/deep"
    site = site_in(tmp_path / "ruled", {f"content/{p}": t for p, t in files.items()},
                   permalinks={"guide": "/g/<slug>/"})  # fmt: skip
    assert paths(site.library.listing("section", "guide")) == ["guide/a.md", "guide/deep.md"]
    assert not [one for one in site.routes.problems if "guide" in one.message]


def test_a_dated_index_is_no_post(tmp_path: Path) -> None:
    """The text of a blog's section below stands over its own list only."""
    found = library(
        tmp_path,
        {
            "blog/a.md": page(date="2024-01-01"),
            "blog/old/_index.md": page(date="2024-01-01"),
            "blog/old/b.md": page(date="2023-01-01"),
        },
    )
    assert paths(found.listing("section", "blog")) == ["blog/a.md", "blog/old/b.md"]


def test_sections_stand_by_weight_then_title(tmp_path: Path) -> None:
    """What has no weight comes last."""
    found = library(tmp_path, {
        "b/_index.md": page(title="Zebra", weight=1), "a/_index.md": page(title="Last", weight=5),
        "c/x.md": "x", "d/_index.md": page(title="Apple"), "d/x.md": "x",
    })  # fmt: skip
    assert [one.title for one in found.children("")] == ["Zebra", "Last", "Apple", "C"]


def test_docs_by_weight_then_natural_title(tmp_path: Path) -> None:
    """Weighted pages first, then page 2 before page 10."""
    found = library(
        tmp_path,
        {
            "d/10.md": "# Page 10",
            "d/2.md": "# Page 2",
            "d/z.md": page(title="Z", weight=1),
            "d/a.md": page(title="A", weight=2),
        },
    )
    assert paths(found.listing("section", "d")) == ["d/z.md", "d/a.md", "d/2.md", "d/10.md"]


def test_the_layout_is_seen_in_the_dates(tmp_path: Path) -> None:
    """Blog where most pages have a date; else docs; what is written wins."""
    dated = page(date="2024-01-01")
    files = {
        "posts/a.md": dated, "posts/b.md": dated, "posts/c.md": "x", "half/a.md": dated, "half/b.md": "x",
        "docs/a.md": "x", "said/_index.md": page(layout="blog"), "said/a.md": "x", "deep/down/2024-01-01-a.md": "x",
    }  # fmt: skip
    found = library(tmp_path / "one", files)
    layouts = {
        name: found.layout(name) for name in ("posts", "half", "docs", "said", "deep", "deep/down")
    }
    assert layouts == {
        "posts": "blog",
        "half": "docs",
        "docs": "docs",
        "said": "blog",
        "deep": "blog",
        "deep/down": "blog",
    }
    found = library(
        tmp_path / "two", files, sections={"docs": {"layout": "page"}}, theme={"layout": "docs"}
    )
    assert [found.layout(name) for name in ("posts", "docs", "said")] == ["docs", "page", "blog"]


def test_a_blog_lists_what_lies_below(tmp_path: Path) -> None:
    """Posts by year in folders are one list, newest first; a sort of one's own wins."""
    files = {f"blog/{year}/{year}-05-01-x.md": "x" for year in (2021, 2023, 2022)}
    found = library(tmp_path / "one", files)
    assert [path[5:9] for path in paths(found.listing("section", "blog"))] == [
        "2023",
        "2022",
        "2021",
    ]
    found = library(
        tmp_path / "two",
        files,
        sections={"blog": {"sort": "title", "title": "Log", "description": "Mine"}},
    )
    listing = found.listing("section", "blog")
    assert [path[5:9] for path in paths(listing)] == ["2021", "2022", "2023"]
    assert (listing.title, listing.description) == ("Log", "Mine")
    assert found.listing("section", "blog/2021").title == "2021"


def test_neighbours(tmp_path: Path) -> None:
    """In docs the page before and after, the section's index first; in a blog older and newer."""
    found = library(tmp_path, {
        "docs/_index.md": "x", "docs/a.md": page(weight=1), "docs/b.md": page(weight=2), "docs/hidden.md": page(listed="false"),
        "blog/old.md": page(date="2023-01-01"), "blog/new.md": page(date="2024-01-01"),
    })  # fmt: skip

    def around(path: str) -> list[str | None]:
        return [side and side.path for side in found.around(found.by_path[path])]

    assert around("docs/_index.md") == [None, "docs/a.md"]
    assert around("docs/a.md") == ["docs/_index.md", "docs/b.md"]
    assert around("docs/b.md") == ["docs/a.md", None]
    assert around("docs/hidden.md") == [None, None]
    assert around("blog/new.md") == ["blog/old.md", None]


def test_terms(tmp_path: Path) -> None:
    """Spellings of one slug are one term, called as its first page does; unlisted pages do not count."""
    found = library(
        tmp_path,
        {
            "a.md": page(tags="[Web, C++]"),
            "b.md": page(tags="web, WEB", date="2024-01-01"),
            "c.md": page(tags="x", listed="false"),
            "d.md": page(topics="[t]"),
        },
        taxonomies=["tags", "topics"],
    )
    terms = found.terms("tags")
    assert {slug: (term.title, paths(term)) for slug, term in terms.items()} == {
        "c++": ("C++", ["a.md"]),
        "web": ("Web", ["b.md", "a.md"]),
    }
    assert found.listing("tags", "C++") is found.listing("tags", "c++")
    assert paths(found.listing("topics", "t")) == ["d.md"]


@pytest.mark.parametrize(
    ("kind", "name", "hint"),
    [("section", "gide", 'did you mean "guide"?'), ("tag", "x", None), ("tags", "none", None)],
)
def test_a_listing_that_is_not_there(
    tmp_path: Path, kind: str, name: str, hint: str | None
) -> None:
    """It is an error that names it."""
    found = library(tmp_path, {"guide/a.md": "x"})
    with pytest.raises(
        BlastoError, match=f'there is no listing "{name}" of kind "{kind}"'
    ) as raised:
        found.listing(kind, name)
    assert raised.value.problems[0].hint == hint


def test_all_pages_with_a_date(tmp_path: Path) -> None:
    """The list of all is what feeds show: dated and listed."""
    found = library(
        tmp_path,
        {
            "a.md": page(date="2024-01-01"),
            "b.md": "x",
            "c.md": page(date="2024-01-02", listed="false"),
            "d/2023-01-01-e.md": "x",
        },
    )
    assert paths(found.listing("all")) == ["a.md", "d/2023-01-01-e.md"]


def test_every_question_has_an_answer_of_today(tmp_path: Path) -> None:
    """Each observation that a request makes has, asked again, the same digest; an unknown one has none."""
    files = {
        "content/index.md": "x", "content/docs/_index.md": "x", "content/docs/a.md": page(tags="t"), "content/docs/deep/b.md": "x",
        "content/blog/c.md": page("[a](../docs/a.md) ![p](p.png)", date="2024-01-01", tags="t"), "content/blog/p.png": "",
        "data/team.yaml": "[Ada]\n",
        "templates/page.html": '{% extends "theme/page.html" %}{% block footer %}{{ site.data.team }}{{ site.pages | length }}{{ site.latest(2) }}{{ site.config.params.x }}{% endblock %}',
    }  # fmt: skip
    site = site_in(tmp_path, files)
    from blasto import create_app

    app = create_app(tmp_path)
    site = app.extensions["blasto"]
    kinds = set()
    for url in (
        "/",
        "/docs/",
        "/docs/a/",
        "/docs/deep/",
        "/docs/deep/b/",
        "/blog/",
        "/blog/c/",
        "/tags/",
        "/tags/t/",
        "/feed.xml",
        "/sitemap.xml",
        "/404.html",
    ):
        with trace.recording() as past:
            assert app.test_client().get(url).status_code == 200
        for (kind, name), digest in past.observations.items():
            if kind not in ("template", "read", "file"):
                kinds.add(kind)
                assert site.today(kind, name) == digest, (url, kind, name)
    assert kinds >= {
        "page",
        "body",
        "listing",
        "around",
        "nav",
        "menu",
        "section",
        "terms",
        "children",
        "url",
        "config",
        "data",
        "pages",
        "sitemap",
        "feed",
        "asset",
    }
    for kind in ("page", "body", "around", "section", "layout", "nav", "place", "nothing"):
        assert site.library.answer(kind, "gone") == ""
    for kind in ("count", "slices", "size", "term"):
        assert site.library.answer(kind, "section|gone") == ""
    assert site.library.answer("listing", "section|gone|0|10") == ""
