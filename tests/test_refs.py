"""References between pages in typed front matter."""

from __future__ import annotations

from dataclasses import dataclass, field, make_dataclass
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from quick import app_of, get, page, site_in
from sites import Project

from blasto import Ref
from blasto.errors import BlastoError, Problem, UsageError
from blasto.frontmatter import parse
from blasto.kinds import check as check_kind


@dataclass
class Person:
    """An author."""

    title: str
    mail: str = ""


@dataclass
class Berth:
    """Where a boat lies."""

    pier: Ref[Literal["piers"]]
    number: int = 1


@dataclass
class Boat:
    """A boat: one owner, maybe a crew, maybe a berth."""

    title: str
    owner: Ref[Literal["people"]]
    crew: list[Ref[Literal["people"]]] = field(default_factory=list)
    berth: Berth | None = None
    mate: Ref[Literal["people"]] | None = None


class Log(msgspec.Struct):
    """A kind of the other sort."""

    boat: Ref[Literal["boats"]]


KINDS = {"people": Person, "boats": Boat, "log": Log}
FILES = {
    "content/index.md": "x",
    "content/people/ada.md": page("Keeps the log.", title="Ada Quay", mail="ada@example.org"),
    "content/people/bo/index.md": page(title="Bo Reed"),
    "content/people/cy.md": page(title="Cy", draft="true"),
    "content/piers/north.md": page(title="North pier"),
    "content/boats/marie.md": page(
        "A cutter.", title="Marie", owner="ada", crew="ada, bo", berth="{pier: north, number: 4}"
    ),
    "content/log/one.md": page("Out.", title="One", boat="marie"),
    "templates/page.html": "{% set d = page.data %}{% if d.owner %}{{ d.owner.title }} {{ d.owner.data.mail }}"
    " {{ d.owner.url }}{% for one in d.crew %} {{ one }}={{ one.title }}{% endfor %} {{ d.berth.pier.title }}{{ d.mate }}"
    "{% elif d.boat %}{{ d.boat.data.owner.title }}{% else %}{{ page.html }}{% endif %}",
}


def test_references_are_pages(tmp_path: Path) -> None:
    """In page.data a reference has what the page has; it goes on from one to the next."""
    app = app_of(tmp_path, FILES, kinds=KINDS)
    assert app.extensions["blasto"].routes.problems == []
    assert (
        get(app, "/boats/marie/")
        == "Ada Quay ada@example.org /people/ada/ ada=Ada Quay bo=Bo Reed North pierNone"
    )
    assert get(app, "/log/one/") == "Ada Quay"


def wrong(folder: Path, **files: str) -> list[Problem]:
    """Give what is wrong with the references of a site."""
    edited = {**FILES, **{f"content/boats/{name}.md": text for name, text in files.items()}}
    site = site_in(folder, edited, kinds=KINDS)
    return [*site.contents.problems, *site.routes.problems]


def test_what_means_no_page(tmp_path: Path) -> None:
    """Each with file and line, and what may be meant; a draft is not published."""
    first, second, third, fourth = wrong(
        tmp_path, dora=page(title="Dora", owner="adda", crew="[bo, cy]", berth="{pier: south}"),
        nix="---\ntitle: Nix\nowner: bo\ncrew:\n- ada\n- eve\n---\n",
    )  # fmt: skip
    assert str(first) == 'content/boats/dora.md:3:1: there is no page "adda" in people/'
    assert (first.hint, first.source) == ('did you mean "ada"?', "owner: adda")
    assert (second.line, second.message, second.hint) == (
        4,
        '"cy" of people/ is not published',
        None,
    )
    assert (third.line, third.hint) == (5, "write content/piers/south.md")
    assert (fourth.path, fourth.line) == ("content/boats/nix.md", 6)


def test_what_is_no_name(tmp_path: Path) -> None:
    """A number or nothing is refused where it stands."""
    (one,) = wrong(tmp_path, dora=page(title="Dora", owner="5"))
    assert (one.line, one.message) == (3, "owner: expected the name of a page in people/")


def test_a_folder_may_stand_as_text() -> None:
    """Which is shorter, where no tool takes it for a forward reference."""
    kind = make_dataclass(
        "Boat",
        [("owner", Ref["people"]), ("crew", list[Ref["people"]], field(default_factory=list))],  # noqa: F821
    )
    document = parse("---\nowner: ada\ncrew: bo, cy\n---\n", "a.md")
    made = check_kind(document.data, kind, document, "a.md")
    assert (made.owner, list(map(str, made.crew))) == (Ref["people"]("ada"), ["bo", "cy"])


def test_what_is_no_type() -> None:
    """A class that is no kind is the site's fault."""
    kind = make_dataclass("Strange", [("owner", Path)])
    document = parse("---\nowner: ada\n---\n", "a.md")
    with pytest.raises(UsageError, match="Path is no type that front matter can have"):
        check_kind(document.data, kind, document, "a.md")


def test_references_compare_and_show() -> None:
    """By folder and name."""
    kind = Ref["people"]
    assert kind("ada") == Ref[Literal["people"]]("ada") != Ref["piers"]("ada")
    assert {kind("ada"): 1}[kind("ada")] == 1
    assert (str(kind("ada")), repr(kind("ada"))) == ("ada", "Ref['people']('ada')")
    with pytest.raises(RuntimeError):
        _ = kind("ada").title


FREEZE = """
from dataclasses import dataclass
from blasto import Freezer, Ref, create_app

@dataclass
class Boat:
    title: str
    owner: Ref["people"]

app = create_app(__file__, kinds={"boats": Boat})
freezer = Freezer(app)
"""


def test_edits(tmp_path: Path) -> None:
    """Who shows a page through a reference is rendered again when that looks different."""
    site = Project(tmp_path / "site", {
        "freeze.py": FREEZE, "content/people/ada.md": FILES["content/people/ada.md"], "content/index.md": "x",
        "content/boats/marie.md": page(title="Marie", owner="ada"), "content/boats/nix.md": page(title="Nix", owner="bo"),
        "content/people/bo/index.md": page(title="Bo"),
        "templates/page.html": "{{ page.data.owner.title if page.data.owner else page.html }}",
    })  # fmt: skip
    site.freeze()
    assert site.read("build/boats/marie/index.html") == "Ada Quay"
    site.edit("content/people/ada.md", "Ada Quay", "Ada Pier")
    got = set(site.freeze())
    assert "/boats/marie/" in got
    assert "/boats/nix/" not in got
    assert site.tree() == site.clean()
    site.move("content/people/bo/index.md", "content/people/bo.md")
    site.freeze()
    assert site.tree() == site.clean()
    site.remove("content/people/bo.md")
    with pytest.raises(BlastoError, match='there is no page "bo" in people/'):
        site.freeze()
