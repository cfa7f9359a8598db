from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blasto.errors import BlastoError, Problem
from blasto.frontmatter import decode, parse
from blasto.keys import canonical
from blasto.keytable import KEYS, NAMES, correction

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
BERLIN = ZoneInfo("Europe/Berlin")


def read(front: str, **options: Any) -> tuple[dict[str, Any], dict[str, Any], list[Problem]]:
    """Read YAML front matter, without its fences."""
    document = parse(f"---\n{front}\n---\n", "post.md")
    return canonical(
        document.data,
        document.positions,
        "post.md",
        BERLIN,
        text=document.text,
        **options,
    )


def known(front: str, **options: Any) -> dict[str, Any]:
    """Give what is known of a front matter that has nothing odd about it."""
    found, meta, warnings = read(front, **options)
    assert not meta
    assert not warnings
    return found


def problems(front: str) -> list[Problem]:
    """Give all errors of a front matter."""
    with pytest.raises(BlastoError) as raised:
        read(front)
    return list(raised.value.problems)


DAY = datetime(2024, 3, 5, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("front", "found"),
    [
        ("title: Hello", {"title": "Hello"}),
        ("title: 42", {"title": "42"}),
        ("title: 1.10", {"title": "1.10"}),
        ("title: 2024-03-05", {"title": "2024-03-05"}),
        ("Title: Hello", {"title": "Hello"}),
        ("linkTitle: a", {"nav_title": "a"}),
        ("pubDate: Mar 05 2024", {"date": DAY}),
        ("published: 2024-03-05", {"date": DAY}),
        ("date: {created: 2024-03-05, updated: 2024-03-05}", {"date": DAY, "updated": DAY}),
        ("lastmod: 2024-03-05", {"updated": DAY}),
        ("last_modified_at: 2024-03-05", {"updated": DAY}),
        ("expiryDate: 2024-03-05", {"expires": DAY}),
        ("draft: true", {"draft": True}),
        ("draft: no", {"draft": False}),
        ("draft: 'Yes'", {"draft": True}),
        ("status: draft", {"draft": True}),
        ("status: published", {}),
        ("status: private", {"listed": False}),
        ("published: false", {"draft": True}),
        ("published: yes", {"draft": False}),
        ("hidden: true", {"listed": False}),
        ("eleventyExcludeFromCollections: true", {"listed": False}),
        ("permalink: /a/", {"url": "/a/"}),
        ("path: a/b", {"url": "a/b"}),
        ("permalink: false", {"listed": False}),
        ("aliases: [/a/, '/b,c/']", {"aliases": ["/a/", "/b,c/"]}),
        ("redirect_from: /a/", {"aliases": ["/a/"]}),
        ("aliases: /a/, /b/,/c,d/", {"aliases": ["/a/", "/b/", "/c,d/"]}),
        ("order: 3", {"weight": 3}),
        ("weight: '-3'", {"weight": -3}),
        ("weight: 3.0", {"weight": 3}),
        ("excerpt: a", {"summary": "a"}),
        ("description:", {}),
        ("tags: [a, b, a]", {"tags": ["a", "b"]}),
        ("tags: a, b,, c d", {"tags": ["a", "b", "c d"]}),
        ("tags: [2024, 3.10, true]", {"tags": ["2024", "3.10", "true"]}),
        ("tag: a", {"tags": ["a"]}),
        ("tags:", {}),
        ("tags: []", {"tags": []}),
        ("category: a", {"categories": ["a"]}),
        ("author: Ann", {"authors": ["Ann"]}),
        ("author: {name: Ann, url: x}", {"authors": ["Ann"]}),
        ("authors: [{name: Ann}, Bo]", {"authors": ["Ann", "Bo"]}),
        ("series: a", {"series": "a"}),
        ("series: [a]", {"series": "a"}),
        ("series: {name: a, order: 2}", {"series": "a", "series_order": 2}),
        ("cover: a.png", {"image": "a.png"}),
        ("image: {path: a.png, alt: A}", {"image": "a.png", "image_alt": "A"}),
        ("og_image: a.png\nimage_alt: A", {"image": "a.png", "image_alt": "A"}),
        ("lang: no", {"lang": "no"}),
        ("layout: post", {"template": "post"}),
        ("sitemap: false", {"sitemap": False}),
        ("sitemap: {disable: true}", {"sitemap": False}),
        ("sitemap: {priority: 1}", {}),
        ("outputs: [html]", {"outputs": ["html"]}),
        ("translationKey: a", {"translation_key": "a"}),
        (
            "taxonomies: {tags: [a], categories: b, releases: ['1']}",
            {"tags": ["a"], "categories": ["b"], "taxonomies": {"releases": ["1"]}},
        ),
    ],
)
def test_the_words_of_others_are_understood(front: str, found: dict[str, object]) -> None:
    """One canonical name and type for each meaning."""
    assert known(front) == found


@pytest.mark.parametrize(
    ("front", "message"),
    [
        ("title:", "title must be text, not nothing"),
        ("title: ''", "title must be text"),
        ("title: [a]", "title must be text, not a list"),
        ("draft: maybe", 'draft must be true or false, not "maybe"'),
        ("draft: 1", "draft must be true or false, not 1"),
        ("tags: 5", "tags must be a list or text with commas, not 5"),
        ("tags: true", "tags must be a list"),
        ("tags: {a: b}", "tags must be a list"),
        ("tags: [[a]]", "tags must hold text only, not a list"),
        ("tags: [a, ~]", "tags must hold text only, not nothing"),
        ("weight: soon", "weight must be a whole number"),
        ("weight: true", "weight must be a whole number"),
        ("weight: 1.8e19", "weight must be a whole number"),
        ("weight: 1.5", "weight must be a whole number"),
        ("date: '2024-13-45'", "date must be a date"),
        ("date: 05/03/2024", "date must be a date"),
        ("date: 2024", "date must be a date, not 2024"),
        ("date: {foo: 1}", "date must be a date, not a mapping"),
        ("date: {created: soon}", "date.created must be a date"),
        ("published: maybe", "published must be a date"),
        ("hidden: maybe", "hidden must be true or false"),
        ("url: [a]", "url must be text"),
        ("image: [a]", "image must be text"),
        ("series: [a, b]", "series must be text"),
        ("taxonomies: a", "taxonomies must be a mapping"),
        ("taxonomies: {tags: 5}", "taxonomies.tags must be a list"),
        ("cascade: a", "cascade must be a mapping"),
        ("cascade: {draft: maybe}", "draft must be true or false"),
    ],
)
def test_what_cannot_be_meant_is_an_error(front: str, message: str) -> None:
    """With line, column and the line itself."""
    (one,) = problems(f"a: b\n{front}")
    assert one.message.startswith(message)
    assert (one.path, one.line, one.severity) == ("post.md", 3, "error")
    assert one.source == front
    assert one.column is not None


def test_all_errors_of_a_file_are_reported() -> None:
    """Not only the first."""
    found = problems("title:\ndraft: maybe\ntags: 5\ndate: soon")
    assert [one.line for one in found] == [2, 3, 4, 5]


def test_unknown_keys_are_kept() -> None:
    """As they are, in any type."""
    found, meta, warnings = read("title: a\nrating: 5\nx: {y: [1, 2024-01-01]}")
    assert found == {"title": "a"}
    assert meta == {"rating": 5, "x": {"y": [1, date(2024, 1, 1)]}}
    assert not warnings


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("tittle", "title"),
        ("titel", "title"),
        ("tagss", "tags"),
        ("tgas", "tags"),
        ("categorys", "category"),
        ("desciption", "description"),
        ("descripton", "description"),
        ("wieght", "weight"),
        ("navTitle", "nav_title"),
        ("pub-date", "pubDate"),
        ("redirect-from", "redirect_from"),
        ("dratf", "draft"),
        ("dtae", "date"),
        ("publised", "published"),
        ("summry", "summary"),
    ],
)
def test_a_slip_in_a_known_key_is_warned_about(key: str, near: str) -> None:
    """The value is kept, the warning has its place and a way out."""
    _, meta, (one,) = read(f"{key}: x")
    assert meta == {key: "x"}
    assert one.severity == "warning"
    assert (one.line, one.column, one.source) == (2, 1, f"{key}: x")
    assert one.hint is not None
    assert f'did you mean "{near}"?' in one.hint
    assert "params" in one.hint


@pytest.mark.parametrize(
    "key",
    "subtitle images data rate keywords lead hero icon version name type links position "
    "_comment note team id border locale language alias updates logo agency quote".split(),
)
def test_words_of_ones_own_are_not_warned_about(key: str) -> None:
    """A warning is an error in CI: it must be right."""
    _, meta, warnings = read(f"{key}: x")
    assert meta == {key: "x"}
    assert not warnings


def test_a_kinds_fields_are_no_slips_and_have_slips_of_their_own() -> None:
    """What the kind names is known."""
    assert not read("titles: x\nwaight: 1", fields=["titles", "waight"])[2]
    (one,) = read("speeker: x", fields=["speaker"])[2]
    assert '"speaker"' in (one.hint or "")


def test_two_names_for_one_thing_are_warned_about() -> None:
    """The canonical one counts, in whatever order; the same value twice is fine."""
    for front in ("tags: a\ntag: b", "tag: b\ntags: a"):
        found, _, (one,) = read(front)
        assert found == {"tags": ["a"]}
        assert '"tag" means the same as "tags"' in one.message
    assert not read("date: 2024-03-05\npublishDate: 2024-03-05")[2]


def test_what_is_said_plainly_beats_what_is_said_aside() -> None:
    """``draft`` beats ``status``, in whatever order."""
    assert read("status: draft\ndraft: false")[0] == {"draft": False}
    assert read("draft: false\nstatus: draft")[0] == {"draft": False}
    assert read("taxonomies: {tags: [a]}\ntags: [b]")[0] == {"tags": ["b"]}
    assert read("tags: [b]\ntaxonomies: {tags: [a]}")[0] == {"tags": ["b"]}


def test_extra_and_params_are_read_and_kept() -> None:
    """Zola's and Hugo's free data is reached both ways; their own keys do no harm."""
    found, meta, warnings = read("extra: {image: a.png, icon: i, url: [x], toc: {depth: 2}}")
    assert found == {"image": "a.png"}
    assert meta["icon"] == "i"
    assert meta["extra"]["icon"] == "i"
    assert "url" not in meta
    assert not warnings
    assert read("icon: a\nparams: {icon: b, tittle: c}")[1]["icon"] == "a"


def test_hugos_build_and_materials_hide_are_understood_and_kept() -> None:
    """They say more than blasto knows."""
    assert read("build: {list: never}") == ({"listed": False}, {"build": {"list": "never"}}, [])
    assert read("build: {list: local}")[0] == {}
    assert read("hide: [toc, navigation]")[0] == {"toc": False}


def test_other_statuses_are_ones_own() -> None:
    """A status of a library is no status of a page."""
    assert read("status: deprecated") == ({}, {"status": "deprecated"}, [])


def test_the_sites_taxonomies_are_gathered() -> None:
    """Each is read as tags are."""
    found = known(
        "topics: a, b\ntags: c\ntaxonomies: {people: [d]}", taxonomies=["tags", "topics", "people"]
    )
    assert found == {"tags": ["c"], "taxonomies": {"topics": ["a", "b"], "people": ["d"]}}
    assert read("topics: a")[1] == {"topics": "a"}


def test_a_cascade_is_one_flat_mapping_of_canonical_keys() -> None:
    """So that it can be laid under the front matter of the pages below."""
    found, meta, _ = read("cascade:\n  layout: docs\n  lastmod: 2024-03-05\n  color: red")
    assert found == {"cascade": {"template": "docs", "updated": DAY, "color": "red"}}
    assert not meta
    (one,) = problems("cascade:\n  draft: maybe")
    assert (one.line, one.column) == (3, 3)


def test_toml_of_zola_is_read() -> None:
    """Tables, local dates and times included."""
    text = (
        '+++\ntitle = 1.5\ndate = 2024-03-05\npath = "2024/03/05/Hello"\nauthors = ["A, B"]\n'
        '[taxonomies]\ntags = ["a"]\n[extra]\nat = 10:00:00\n+++\n'
    )
    document = parse(text, "post.md")
    found, meta, warnings = canonical(document.data, document.positions, "post.md", UTC)
    assert found == {
        "title": "1.5",
        "date": datetime(2024, 3, 5, tzinfo=UTC),
        "url": "2024/03/05/Hello",
        "authors": ["A, B"],
        "tags": ["a"],
    }
    assert meta == {"extra": {"at": time(10)}, "at": time(10)}
    assert not warnings


def test_every_name_leads_to_one_key() -> None:
    """No name is an alias of two, and none is taken for a slip."""
    names = Counter(name for key in KEYS.values() for name in (key.name, *key.aliases))
    assert set(names.values()) == {1}
    assert all(key.doc.endswith(".") for key in KEYS.values())
    assert all(NAMES[str(correction(name))] == NAMES[name] for name in names)
    assert NAMES["linktitle"] == "nav_title"


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=12)
    | st.dates()
    | st.datetimes()
    | st.datetimes(timezones=st.just(UTC))
    | st.sampled_from(["a, b", "true", "no", "2024-03-05", "2024-13-45", "draft"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*NAMES, "name", "created", "path", "alt"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from([*NAMES, "status", "hidden", "extra", "params", "build", "hide", "tittle"]),
        VALUES,
        max_size=6,
    )
)
def test_any_front_matter_is_plain_data_or_errors(data: dict[str, object]) -> None:
    """Whatever the types: no other exception, and the cache can keep it."""
    try:
        found, meta, warnings = canonical(data, {}, "post.md", BERLIN)
    except BlastoError as error:
        assert all(one.severity == "error" for one in error.problems)  # noqa: PT017
        return
    assert found.keys() <= KEYS.keys()
    assert not (meta.keys() & KEYS.keys())
    assert all(one.severity == "warning" for one in warnings)
    msgspec.msgpack.encode([found, meta])
    for key in ("date", "updated", "expires"):
        assert key not in found or found[key].utcoffset() is not None
    for key in ("tags", "categories", "authors", "aliases", "outputs"):
        assert all(type(item) is str for item in found.get(key, []))
    for key in ("draft", "listed", "toc", "noindex", "sitemap"):
        assert type(found.get(key, True)) is bool


@pytest.mark.skipif(not CORPORA.is_dir(), reason="platform: the corpora are not here")
def test_real_pages_are_understood() -> None:
    """Of nine trees no page is refused, and almost no key is thought a slip."""
    warned: Counter[str] = Counter()
    keys: Counter[str] = Counter()
    for tree in "18f hugodocs jekyll-docs mkdocs-material pallets-website rust-blog".split():
        for path in sorted((CORPORA / tree).rglob("*.md")):
            name = str(path.relative_to(CORPORA))
            document = parse(decode(path.read_bytes(), name), name)
            found, meta, warnings = canonical(document.data, document.positions, name, UTC)
            msgspec.msgpack.encode([found, meta])
            keys.update(found.keys())
            warned.update(one.message for one in warnings)
    print(dict(keys), dict(warned))
    assert keys["title"] > 2000
    assert keys["date"] > 400
    assert keys["aliases"] > 800
    assert not warned
