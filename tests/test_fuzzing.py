"""Whatever an author writes: no traceback, nothing outside, and files that machines can read."""

from __future__ import annotations

import json
import re
import tempfile
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from lxml import etree
from quick import app_of, page
from sites import Project
from test_tomlread import SUITE as TOML
from test_yamlread import SUITE as YAML

from blasto import links
from blasto.errors import BlastoError
from blasto.frontmatter import parse
from blasto.markup import rewrite

FEW = settings(
    deadline=None,
    max_examples=40,
    phases=[Phase.explicit, Phase.generate],  # a failure is small enough, and told soon
    suppress_health_check=list(HealthCheck),
)
CASE = re.compile(r"^  yaml: \|\n((?:    .*\n|\n)+)", re.M)
#: Without what JSON writes as two escapes, which YAML refuses.
PLAIN = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=40)
SIGNS = st.text("<>&\"'\\/]}!-:#%{ \n\taé\u2028\x07", max_size=40)


@cache
def seeds() -> list[str]:
    """Give front matter of the suites of YAML and TOML, as whole files."""
    files = [path.read_text(encoding="utf-8") for path in sorted(YAML.glob("*.yaml"))]
    found = [one for text in files for one in CASE.findall(text)]
    yaml = [f"---\n{dedent(text)}---\nBody.\n" for text in found]
    texts = [path.read_bytes().decode("utf-8", "replace") for path in sorted(TOML.rglob("*.toml"))]
    return yaml + [f"+++\n{text}\n+++\nBody.\n" for text in texts if "\0" not in text]


@st.composite
def changed(draw: Any) -> str:
    """Give a case of a suite with a few pieces lost, doubled or put in."""
    text: str = draw(st.sampled_from(seeds()))
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        piece = draw(st.sampled_from(["", "\n", "  ", "\t", ": ", "- ", "[", "}", "&a ", "*a", '"', "'''", "!!x ", "|\n", "---\n", "= ", "2024-13-45", text[start:end] * 2]))  # fmt: skip
        text = text[:start] + piece + text[end:]
    return text


@pytest.mark.skipif(not YAML.is_dir(), reason="platform: the corpora are not here")
@settings(FEW, max_examples=300)
@given(st.data())
def test_front_matter(data: st.DataObject) -> None:
    """What is nearly a case of the suites is a document, or an error with a line of the file."""
    text = data.draw(changed())
    try:
        parse(text, "post.md")
    except BlastoError as error:
        lines = [one.line or 0 for one in error.problems]
        assert 1 <= min(lines) <= max(lines) <= text.count("\n") + 1


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A site of a few pages, under a base path."""
    files: dict[str, str | bytes] = {
        "content/index.md": "# Home\n",
        "content/blog/a.md": page(date="2024-01-01"),
        "content/blog/b c.md": page(title="B"),
    }
    return app_of(tmp_path_factory.mktemp("links"), files, base_url="https://a.example/sub")


TEXT = st.text(max_size=40) | SIGNS
WRITTEN = TEXT | st.lists(
    st.sampled_from("a.md .. . / // b%20c.md %2e%2e %252e ? # : \\ %00 %ff [ @ https: javascript:".split()),
    max_size=6,
).map("".join)  # fmt: skip


@FEW
@given(WRITTEN)
@example("//[")
@example("https://[x/")
@example("%ff/%00")
def test_links(site: Any, written: str) -> None:
    """Any target is a link: found, or left as it is; what is ours stays below the base path."""
    content = site.extensions["blasto"]
    with site.test_request_context("/", base_url="https://a.example/sub"):
        one = content.page("blog/a.md")
        found = links.resolve(content, one, written)
    assert isinstance(found, str)
    if found != written and found.startswith("/"):
        assert found.startswith("/sub/")
        assert ".." not in urlsplit(found).path.split("/")


@FEW
@given(st.lists(TEXT | st.sampled_from(["<a href=", '<img src="', "x.png", "' ", '">', "<!--", "-->", "</a>", "<script>", " srcset='", "=", "<style>"]), max_size=12).map("".join))  # fmt: skip
@example("<img srcset='a.png 1x,b.png'>")
def test_rewriting(text: str) -> None:
    """Who changes no link changes nothing, whatever HTML it is."""
    assert rewrite(text, lambda link, name: link) == text


@FEW
@given(*[PLAIN | SIGNS] * 4)
@example("</title>", "]]>", "a\x07b", "```\n]]>")
def test_feeds(title: str, tag: str, description: str, body: str) -> None:
    """Feeds and the sitemap can be read, whatever a post says."""
    body = body.replace("\0", "")
    meta = {"title": "a" + title, "tags": ["a" + tag], "description": "a" + description}
    front = json.dumps({**meta, "date": "2024-01-01"})
    with tempfile.TemporaryDirectory() as folder:
        files = {"content/blog/a.md": f"---\n{front}\n---\n{body}\n"}
        formats = ["atom", "rss", "json"]
        app = app_of(Path(folder), files, base_url="https://a.example", feed_formats=formats)
        client = app.test_client()
        for url in ("/feed.xml", "/rss.xml", "/sitemap.xml"):
            answer = client.get(url)
            assert answer.status_code == 200
            etree.fromstring(answer.data)
        (entry,) = client.get("/feed.json").get_json()["items"]
        assert entry["url"] == "https://a.example/blog/a/"


@settings(FEW, max_examples=15)
@given(st.sampled_from(["slug", "url", "aliases", "title"]), WRITTEN)
@example("url", "/../../x/")
@example("slug", "..")
def test_addresses(key: str, value: str) -> None:
    """Whatever a page asks for, a freeze ends with it or with its error, and writes below."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        front = json.dumps({key: [value] if key == "aliases" else value})
        project = Project(
            root / "in" / "site",
            {"content/index.md": "# Home\n", "content/a.md": f"---\n{front}\n---\n"},
        )
        try:
            project.freeze(workers=1)
        except BlastoError as error:
            assert all(one.where for one in error.problems)  # noqa: PT017
        assert [path.name for path in root.iterdir()] == ["in"]
        assert [path.name for path in (root / "in").iterdir()] == ["site"]
        assert {path.name for path in project.root.iterdir()} <= {".blasto", "build", "content"}
