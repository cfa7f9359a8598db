"""Tests of the sample site: deterministic, well-formed, and of the promised size."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import struct
import subprocess
import sys
import tomllib
import zlib
from pathlib import Path

import pytest
import yaml
from pygments.lexers import get_lexer_by_name

from blasto.errors import UsageError
from blasto.sample_data import PICTURES, TAGS, make

Posts = dict[str, tuple[dict[str, object], str]]
PINNED = "73b71b0b5dbb3f0af30c3aba1fe8ae70d44185b01b7dba0a090852605b4f9c50"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample site of 200 posts."""
    folder = tmp_path_factory.mktemp("sample") / "site"
    make(folder, 200)
    return folder


@pytest.fixture(scope="module")
def posts(site: Path) -> Posts:
    """The posts of that site by file name: front matter and body."""
    found = {}
    for path in sorted((site / "content" / "blog").glob("*.md")):
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        found[path.name] = (yaml.safe_load(head), body)
    return found


def digest(folder: Path) -> str:
    """One digest over names and bytes of all files."""
    sha = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            sha.update(path.relative_to(folder).as_posix().encode() + b"\0")
            sha.update(hashlib.sha256(path.read_bytes()).digest())
    return sha.hexdigest()


def code_blocks(posts: Posts) -> list[tuple[str, str]]:
    """All fenced blocks: language and text."""
    pattern = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return [found for _, body in posts.values() for found in pattern.findall(body)]


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    """Two sites of one seed are equal, also in a Python with another hash seed."""
    make(tmp_path / "one", 30)
    program = (
        "import sys; from pathlib import Path; from blasto.sample_data import make; "
        "make(Path(sys.argv[1]), 30)"
    )
    subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "two")],
        env={"PYTHONHASHSEED": "42", "PYTHONPATH": str(Path(__file__).parents[1])},
        check=True,
    )
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def test_bytes_are_those_of_every_machine(tmp_path: Path) -> None:
    """The bytes are pinned: whoever changes the sample on purpose changes this digest."""
    make(tmp_path / "site", 5)
    assert digest(tmp_path / "site" / "content") == PINNED


def test_another_seed_gives_other_posts(tmp_path: Path) -> None:
    """The seed decides the text."""
    make(tmp_path / "one", 5)
    make(tmp_path / "two", 5, seed=1)
    assert digest(tmp_path / "one") != digest(tmp_path / "two")


def test_as_many_posts_as_asked(posts: Posts, site: Path) -> None:
    """200 posts, and beside them home, about and what makes it a site."""
    assert len(posts) == 200
    rest = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    rest = {name for name in rest if not name.startswith("content/blog/")}
    assert rest == {"content/index.md", "content/about.md", "blasto.toml", "freeze.py"}


def test_posts_are_of_about_four_kilobytes(site: Path) -> None:
    """The mean size is near 4 kB and no post is far from it."""
    sizes = [path.stat().st_size for path in (site / "content" / "blog").glob("*.md")]
    assert 3700 < sum(sizes) / len(sizes) < 4300
    assert min(sizes) > 2500
    assert max(sizes) < 6000


def test_front_matter(posts: Posts) -> None:
    """Each post has a title, a date of its own and one to four known tags; some a description."""
    dates = set()
    for meta, _ in posts.values():
        assert set(meta) - {"description"} == {"title", "date", "tags"}
        assert isinstance(meta["tags"], list)
        assert 1 <= len(meta["tags"]) <= 4
        assert set(meta["tags"]) <= set(TAGS)
        dates.add(meta["date"])
    assert len(dates) == 200
    described = sum("description" in meta for meta, _ in posts.values())
    assert 80 < described < 160
    assert len(TAGS) == 40


def test_every_post_has_the_parts_that_posts_have(posts: Posts) -> None:
    """Headings, list, table, quote, code, emphasis and a link; a picture in some."""
    for _, body in posts.values():
        for part in (r"^## ", r"^### ", r"^(- |1\. )", r"^\|:-", r"^> ", r"^```\w", r"\]\(\d+-"):
            assert re.search(part, body, re.MULTILINE), part
    text = "".join(body for _, body in posts.values())
    for part in (r" \*\w", r"\*\*\w", r" `\w", r"^!\[", r"\.md#what-is-left\)"):
        assert re.search(part, text, re.MULTILINE), part
    pictured = sum("![" in body for _, body in posts.values())
    assert 20 < pictured < 80


def test_links_and_pictures_exist(site: Path) -> None:
    """Whatever a post, the home page or the about page points to is there."""
    for path in site.rglob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).is_file(), f"{path}: {target}"


def test_code_is_code(posts: Posts) -> None:
    """Every block has a lexer, and those that can be parsed here are."""
    blocks = code_blocks(posts)
    for language, text in blocks:
        get_lexer_by_name(language)
        if language == "python":
            ast.parse(text)
        elif language == "toml":
            tomllib.loads(text)
        elif language == "json":
            json.loads(text)
    assert len({language for language, _ in blocks}) > 6


def test_prose_has_the_right_article(posts: Posts) -> None:
    """No "a" stands before the sound of a vowel."""
    wrong = re.compile(r"\b[Aa] [*']*(?!useful)[aeiou]\w+")
    for _, body in posts.values():
        assert not wrong.search(body)


def test_pictures_are_png(site: Path) -> None:
    """The pictures are whole PNG files: checksums right, as many bytes as pixels need."""
    pictures = sorted((site / "content" / "blog").glob("*.png"))
    assert len(pictures) == PICTURES
    for picture in pictures:
        data = picture.read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        chunks, at = {}, 8
        while at < len(data):
            (length,) = struct.unpack_from(">I", data, at)
            kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
            assert struct.unpack_from(">I", data, at + 8 + length) == (zlib.crc32(kind + body),)
            chunks[kind] = body
            at += 12 + length
        width, height = struct.unpack_from(">II", chunks[b"IHDR"])
        assert len(zlib.decompress(chunks[b"IDAT"])) == height * (1 + width // 4)
    assert len({picture.read_bytes() for picture in pictures}) == PICTURES


def test_site_without_posts(tmp_path: Path) -> None:
    """A site of no posts has its two pages, and they link to nothing that is missing."""
    make(tmp_path / "site", 0)
    names = [path.name for path in (tmp_path / "site").rglob("*.md")]
    assert sorted(names) == ["about.md", "index.md"]
    assert "blog/" not in (tmp_path / "site" / "content" / "index.md").read_text(encoding="utf-8")


def test_a_used_folder_is_left_alone(tmp_path: Path) -> None:
    """A folder that holds something, or a file of that name, is an error and stays as it was."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for folder in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(UsageError, match="not an empty folder"):
            make(folder, 3)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_negative_number_is_refused(tmp_path: Path) -> None:
    """Fewer than no posts cannot be made, and nothing is."""
    with pytest.raises(UsageError, match="-1"):
        make(tmp_path / "site", -1)
    assert not (tmp_path / "site").exists()


def test_importing_blasto_does_not_import_the_sample() -> None:
    """Whoever makes no sample does not pay for it."""
    program = "import blasto, sys; sys.exit('blasto.sample_data' in sys.modules)"
    root = str(Path(__file__).parents[1])
    subprocess.run([sys.executable, "-c", program], env={"PYTHONPATH": root}, check=True)
