"""Two sites of others, published with a few lines of configuration: what it must show.

Their files are read where they lie, beside this checkout.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import feedparser
import pytest
import yaml
from sites import Project, tree

from blasto import create_app
from blasto.listings import term_slug
from blasto.site import Site

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
NOW = "1795478400"  # 2026-11-24

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not CORPORA.is_dir(), reason="platform: the corpora lie beside this checkout"
    ),
]

RUST = f"""
title = "Rust Blog"
description = "Empowering everyone to build reliable and efficient software."
base_url = "https://blog.rust-lang.org"
content = "{CORPORA}/rust-blog/content"
author = "The Rust Team"
taxonomies = ["authors"]

[sections.inside-rust]
feed = true
"""
# The blog's own templates for two pages stand in its theme.
RUST_FILES = {
    "templates/releases.html": '{% extends "list.html" %}',
    "templates/latest.html": '{% extends "page.html" %}',
}
HUGO = f"""
title = "Hugo"
description = "The world's fastest framework for building websites"
base_url = "https://gohugo.io"
content = "{CORPORA}/hugodocs/content/en"
lower_urls = true
"""


class Frozen(NamedTuple):
    """A site of others, frozen: what it said, what it published, and the site in memory."""

    status: int
    errors: list[str]
    built: dict[str, bytes]
    site: Site

    def leads(self, url: str, target: str) -> bool:
        """Tell whether an old URL leads to a new one."""
        data = self.built[file_of(url)].decode()
        return f'content="0; url={target}"' in data


def file_of(url: str) -> str:
    """Give the published file of a URL path."""
    path = url.strip("/")
    return path if path.endswith((".html", ".md")) else f"{path}/index.html".lstrip("/")


def frozen(folder: Path, toml: str, files: dict[str, str], *options: str) -> Frozen:
    """Freeze a site of others."""
    assert len(toml.strip().splitlines()) < 30
    project = Project(folder, {"blasto.toml": toml.strip() + "\n", **files})
    ended = project.run("--no-strict", *options, env={"SOURCE_DATE_EPOCH": NOW})
    assert "Traceback" not in ended.stderr
    errors = [line for line in ended.stderr.splitlines() if line.startswith("blasto: error: ")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", NOW)
        site: Site = create_app(folder).extensions["blasto"]
        assert site.contents.problems == []
    return Frozen(ended.returncode, errors, tree(project.build), site)


def front(path: Path) -> dict[str, Any]:
    """Read front matter without blasto."""
    text = path.read_text(encoding="utf-8")
    if text.startswith("+++"):
        return tomllib.loads(text.split("+++", 2)[1])
    return yaml.safe_load(text.split("---", 2)[1]) if text.startswith("---") else {}


def test_the_blog_of_rust(tmp_path: Path) -> None:
    """URLs are those of its front matter; authors, aliases, feeds and sections are right."""
    blog = frozen(tmp_path / "site", RUST, RUST_FILES)
    assert (blog.status, blog.errors) == (0, [])
    folder = CORPORA / "rust-blog/content"
    paths, authors, aliases = 0, set(), 0
    dates: dict[str, str] = {}
    for file in folder.rglob("*.md"):
        said, name = front(file), file.relative_to(folder).as_posix()
        if "path" in said:
            paths += 1
            url = "/" + said["path"].strip("/") + "/"
            assert blog.site.routes.pages[name] == url
            assert file_of(url) in blog.built
            dates[f"https://blog.rust-lang.org{url}"] = re.search(r"\d{4}/\d\d/\d\d", url)[0]
            for alias in said.get("aliases", []):
                aliases += 1
                assert blog.leads(alias, url), alias
        authors |= set(said.get("authors", []))
    assert (paths, aliases) == (750, 740)
    terms = blog.site.library.terms("authors")
    assert set(terms) == {term_slug(name) for name in authors}
    for listing in terms.values():
        assert f"authors/{listing.name}/index.html" in blog.built
    assert len(terms["niko-matsakis"].members) > 30
    post = blog.built[file_of(blog.site.routes.pages[terms["niko-matsakis"].members[0].path])]
    assert b'<a href="/authors/niko-matsakis/" rel="author">Niko Matsakis</a>' in post
    assert sorted(blog.site.library.sections) == ["", "inside-rust", "releases"]
    for file_name, part in (("feed.xml", ""), ("inside-rust/feed.xml", "inside-rust/")):
        feed = feedparser.parse(blog.built[file_name])
        assert not feed.bozo
        links = [entry.link for entry in feed.entries]
        newest = sorted((d for url, d in dates.items() if f".org/{part}" in url), reverse=True)[:20]
        assert [dates[link] for link in links] == newest
        assert all(link.startswith(f"https://blog.rust-lang.org/{part}") for link in links)


def test_the_documentation_of_hugo(tmp_path: Path) -> None:
    """Sections, aliases and titles are right; what two pages both claim is an error with its file."""
    docs = frozen(tmp_path / "site", HUGO, {}, "--keep-going")
    folder = CORPORA / "hugodocs/content/en"
    # Two old addresses are claimed twice there: faults of the content.
    faults = {re.search(r'two sources for the URL "([^"]+)"', line)[1] for line in docs.errors}
    assert (docs.status, faults) == (1, {"/content/sections/", "/functions/time/"})
    library, pages = docs.site.library, docs.site.routes.pages
    hidden = {
        path
        for path in docs.site.contents.pages
        if path.startswith(("_common/", "quick-reference/glossary/"))
    }
    hidden -= {"quick-reference/glossary/_index.md"}
    assert len(hidden) > 100
    assert not hidden & library.by_path.keys()
    aliases = 0
    for path, url in pages.items():
        said = front(folder / path)
        if "url" not in said:
            assert url == url.lower()
        assert file_of(url) in docs.built or path.endswith(("sections.md", "AsTime.md")), path
        if not path.startswith(
            (
                "content-management/sections",
                "functions/time/AsTime",
                "content-management/organization",
            )
        ):
            for alias in said.get("aliases", []):
                aliases += 1
                assert alias.strip("/") == url.strip("/") or docs.leads(alias, url), (path, alias)
    assert aliases == 279
    assert pages["functions/strings/HasSuffix.md"] == "/functions/strings/hassuffix/"
    tops = {one.name for one in library.children("")}
    assert tops == {file.name for file in folder.iterdir() if file.is_dir()} - {"_common"}
    written = {f.name for f in (folder / "functions/strings").glob("*.md")} - {"_index.md"}
    strings = library.listing("section", "functions/strings")
    bundles = {one.path for one in strings.members if one.path.endswith("/index.md")}
    assert {
        one.path.rpartition("/")[2] for one in strings.members if one.path not in bundles
    } == written
    assert len(bundles) == len(list((folder / "functions/strings").glob("*/index.md")))
    assert "feed.xml" in docs.built or not library.listing("all").members
