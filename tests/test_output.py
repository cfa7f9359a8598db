"""URL to file and back, and what a plan finds before anything is written."""

from __future__ import annotations

import os
import random
from pathlib import PurePosixPath, PureWindowsPath
from unicodedata import normalize
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.routing import Map, Rule

from blasto.errors import BlastoError
from blasto.output import (
    Plan,
    check_path,
    decode,
    encode,
    path_to_url,
    portable,
    split,
    url_to_path,
)

HOSTILE = st.text(st.sampled_from("/\\.:~%2eEfFcC0\x00 é\u0301a"), max_size=30).map("/".__add__)
URLS = st.one_of(st.text(), st.text().map("/".__add__), HOSTILE)
ENCODABLE = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/", "index.html"),
        ("/blog/", "blog/index.html"),
        ("/blog/héllo/", "blog/héllo/index.html"),
        ("/feed.xml", "feed.xml"),
        ("/.well-known/x", ".well-known/x"),
        ("/a b/#/?/%41/", "a b/#/?/%41/index.html"),
        ("/~user/", "~user/index.html"),
        ("/a:b/", "a:b/index.html"),
        ("/…/", "…/index.html"),
        ("/e\u0301/", "é/index.html"),
        ("/日本/語/", "日本/語/index.html"),
        ("/" + "a" * 255, "a" * 255),
        ("/" + "é" * 127, "é" * 127),
    ],
)
def test_url_becomes_path(url: str, path: str) -> None:
    """A decoded URL path is a file path, with index.html for a folder."""
    assert url_to_path(url) == path


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a",
        "../a",
        "/..",
        "/../",
        "/a/../b",
        "/a/./b",
        "/.",
        "//host/a",
        "/a//b/",
        "//",
        "/a\\b",
        "/a\x00b",
        "/a\nb",
        "/a\x7f",
        "/a\x85",
        "/C:/x",
        "/a/c:",
        "/" + "a" * 256,
        "/" + "é" * 128,
        "/\ud800",
        "/" + "a/" * 2000,
    ],
)
def test_hostile_url_is_refused(url: str) -> None:
    """What could leave the output folder or no file system holds is refused with a hint."""
    with pytest.raises(BlastoError) as caught:
        url_to_path(url)
    (problem,) = caught.value.problems
    assert problem.hint
    assert str(problem).isprintable()


@given(URLS)
@example("/%2e%2e/%252e")
@example("/..%2f")
@example("/c:evil")
def test_any_path_lies_inside(url: str) -> None:
    """Whatever the URL, the path it gives, encoded or not, is inside the output folder."""
    for encoded in (False, True):
        try:
            path = url_to_path(decode(url) if encoded else url)
        except BlastoError:
            continue
        assert os.path.normpath(path) == path
        full = os.path.normpath(os.path.join("/out", path))
        assert full.startswith("/out/")
        assert PurePosixPath("/out").joinpath(path).is_relative_to("/out")
        assert ".." not in PureWindowsPath(path).parts
        assert path.encode() == normalize("NFC", path).encode()


@given(URLS)
def test_url_path_url_round_trips(url: str) -> None:
    """A path's URL leads to the same path, and is the normal form of the first URL."""
    try:
        path = url_to_path(url)
    except BlastoError:
        return
    again = path_to_url(path)
    assert url_to_path(again) == path
    plain = normalize("NFC", url)
    assert again == (plain.removesuffix("index.html") if plain.endswith("/index.html") else plain)


def test_form_may_be_kept() -> None:
    """For a plain Flask site the file keeps the Unicode form that its links have."""
    assert url_to_path("/e\u0301", form=None) == "e\u0301"
    assert check_path("e\u0301") == "é"


@given(ENCODABLE)
@example("/a/../%2e%252e/?#;é")
def test_decode_inverts_encode(url_path: str) -> None:
    """Encoding once and decoding once give the text back, and the URL is plain ASCII."""
    url = encode(url_path)
    assert url.isascii()
    assert decode(url) == url_path
    assert split(url) == (url, "", "")
    assert encode(decode(url)) == url


@given(ENCODABLE.filter(lambda text: text and "/" not in text))
def test_werkzeug_encodes_alike(name: str) -> None:
    """What Werkzeug's url_for builds is what encode gives, and decodes to the same."""
    adapter = Map([Rule("/p/<name>/", endpoint="page")]).bind("localhost")
    built = adapter.build("page", {"name": name})
    assert decode(urlsplit(built).path) == f"/p/{name}/"
    assert built == encode(f"/p/{name}/")


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("/a%20b", "/a b"),
        ("/%C3%A9", "/é"),
        ("/é%C3%A9", "/éé"),
        ("/%252e%252e/", "/%2e%2e/"),
        ("/%2e%2e/", "/../"),
        ("/100%/", "/100%/"),
        ("/%zz", "/%zz"),
        ("/a+b", "/a+b"),
        ("/%3F%23", "/?#"),
    ],
)
def test_decode(url: str, text: str) -> None:
    """Every segment is decoded exactly once; a per cent sign alone stays."""
    assert decode(url) == text


@pytest.mark.parametrize("url", ["/a%2Fb", "/a%2fb", "/%00", "/\x00", "/%FF", "/%C3/%A9"])
def test_decode_refuses(url: str) -> None:
    """An encoded slash, a NUL and bytes that are not UTF-8 are refused."""
    with pytest.raises(BlastoError):
        decode(url)


def test_encode_refuses_a_surrogate() -> None:
    """Half a character has no UTF-8 form and so no URL."""
    with pytest.raises(BlastoError):
        encode("/\udc80")


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("/a?b#c", ("/a", "b", "c")),
        ("/a#c?d", ("/a", "", "c?d")),
        ("/a?b?c", ("/a", "b?c", "")),
        ("/%3Fa%23", ("/%3Fa%23", "", "")),
        ("#top", ("", "", "top")),
    ],
)
def test_split(url: str, parts: tuple[str, str, str]) -> None:
    """Query and fragment come off before anything is decoded."""
    assert split(url) == parts


@pytest.mark.parametrize(
    "path",
    [
        "con",
        "a/CON.txt",
        "aux/index.html",
        "com1",
        "lpt9.html",
        "nul .txt",
        "a:b",
        "a*b/index.html",
        "x?.html",
        "a./index.html",
        "a /b",
        "b.",
        'q"q',
        "a|b",
        "a<b",
        "conin$",
    ],
)
def test_not_portable(path: str) -> None:
    """Names that Windows cannot hold get a reason."""
    assert portable(path)


@pytest.mark.parametrize(
    "path", ["index.html", "contact/index.html", "a.b/c", "community", "com10", "null", "~a", "é"]
)
def test_portable(path: str) -> None:
    """Ordinary names, also those that only look like devices, are fine."""
    assert portable(path) is None


def plan(*files: tuple[str, str, str]) -> Plan:
    """Make a plan in a random order: the answer must not depend on it."""
    made = Plan()
    for path, url, source in random.sample(files, len(files)):
        made.add(path, url, source)
    return made


def test_two_urls_one_file() -> None:
    """/p/ and /p/index.html are one file: the error names both URLs and both sources."""
    made = plan(
        ("p/index.html", "/p/", "content/p.md"),
        ("p/index.html", "/p/index.html", "public/p/index.html"),
        ("q/index.html", "/q/", "content/q.md"),
    )
    (problem,) = made.problems()
    for word in ("/p/ (content/p.md)", "/p/index.html (public/p/index.html)", "p/index.html"):
        assert word in problem.message
    assert problem.severity == "error"
    assert problem.hint


def test_two_sources_one_url() -> None:
    """Two sources of one URL collide; the same one told twice does not."""
    made = plan(("p", "/p", "a.md"), ("p", "/p", "b.md"), ("p", "/p", "c.md"), ("p", "/p", "a.md"))
    (problem,) = made.problems()
    assert problem.message.startswith("/p (a.md), /p (b.md) and /p (c.md) ")
    assert plan(("p", "/p", "a.md"), ("p", "/p", "a.md")).problems() == []


def test_file_and_folder() -> None:
    """/a and /a/ cannot both be: the error names both."""
    made = plan(("a", "/a", "one"), ("a/index.html", "/a/", "two"), ("a/b/c", "/a/b/c", "three"))
    (problem,) = made.problems()
    assert "/a (one)" in problem.message
    assert "/a/b/c (three)" in problem.message


@pytest.mark.parametrize(
    ("one", "two", "how"),
    [
        ("a/B.html", "a/b.html", "case"),
        ("Blog/one", "blog/two", "case"),
        ("É", "é", "case"),
        ("é/x", "e\u0301/y", "Unicode form"),
        ("Σ", "ς", "case"),
        ("A/x", "a", "case"),
    ],
)
def test_alike_names(one: str, two: str, how: str) -> None:
    """Names that macOS or Windows take for one are one error, or less when so chosen."""
    made = plan((one, "/1", "s1"), (two, "/2", "s2"), ("other", "/3", "s3"))
    (problem,) = made.problems()
    assert "/1 (s1)" in problem.message
    assert "/2 (s2)" in problem.message
    assert problem.message.endswith(f"only by {how}")
    assert problem.severity == "error"
    (warning,) = made.problems(case="warning")
    assert warning.severity == "warning"
    assert made.problems(case=None) == []


def test_different_names_are_not_alike() -> None:
    """No file system takes "ss" for "ß", so neither does blasto."""
    assert plan(("straße", "/1", ""), ("strasse", "/2", ""), ("a/b", "/3", "")).problems() == []


def test_folders_alike_are_told_once() -> None:
    """One problem for two folders, not one for each page in them."""
    files = [(f"{name}/{i}", f"/{name}/{i}", "s") for name in ("Blog", "blog") for i in range(9)]
    assert len(plan(*files).problems()) == 1


def test_windows_names_are_warnings() -> None:
    """A name that Windows cannot hold is a warning, an error with --portable, or nothing."""
    made = plan(("con/index.html", "/con/", "content/con.md"))
    (problem,) = made.problems()
    assert (problem.severity, problem.path, problem.url) == ("warning", "content/con.md", "/con/")
    assert made.problems(windows="error")[0].severity == "error"
    assert made.problems(windows=None) == []


@given(
    st.lists(st.tuples(st.sampled_from(["a", "A", "b", "é", "a/b", "A/B", "a/b/c"]), st.text())),
    st.randoms(),
)
def test_order_does_not_matter(files: list[tuple[str, str]], chance: random.Random) -> None:
    """The same URLs give the same problems in the same order, whoever came first."""
    one, two = Plan(), Plan()
    for path, url in files:
        one.add(path, url, "s")
    chance.shuffle(files)
    for path, url in files:
        two.add(path, url, "s")
    assert one.problems() == two.problems()
    assert one.paths() == two.paths()
    assert len(one) == len({path for path, _ in files})
