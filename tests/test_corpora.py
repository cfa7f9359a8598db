"""Real folders of Markdown, written for other generators, frozen as they are."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from sites import MODULE, environment, tree

from blasto import create_app
from blasto.pages import MARKDOWN
from blasto.site import Site

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
NOW = "1795478400"  # 2026-11-24
PLACED = re.compile(r"blasto: error: /[^:]+\.(?:md|markdown)(?::\d+){0,2}: ")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not CORPORA.is_dir(), reason="platform: the corpora lie beside this checkout"
    ),
]


class Corpus(NamedTuple):
    """What a corpus holds: files, drafts, parts of each error, pages that the errors cost."""

    folder: str
    files: int
    unpublished: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()


ALL = [
    Corpus(
        "rust-blog/content",
        754,
        errors=('no template "releases.html"', 'no template "latest.html"'),
        rejected=("releases/_index.md", "releases/latest.md"),
    ),
    Corpus(
        "18f/content",
        567,
        errors=(
            "'2015/05/21/TockingTime' and '2015/05/21/tockingtime', which differ only by case",
            '/posts/2024-01-12-andrew-hyder-award.md: two sources for the URL "/posts/andrew-hyder-award/"',
            '/posts/2024-08-20-andrew-hyder-award.md: two sources for the URL "/posts/andrew-hyder-award/"',
        ),
        rejected=(
            "posts/2024-01-12-andrew-hyder-award.md",
            "posts/2024-08-20-andrew-hyder-award.md",
        ),
    ),
    Corpus("simonw-til", 578),
    Corpus(
        "hugodocs/content",
        993,
        unpublished=("en/methods/page/Scratch.md", "en/methods/shortcode/Scratch.md"),
        errors=('two sources for the URL "/content/sections/"',),
    ),
    Corpus(
        "jekyll-docs/docs",
        110,
        errors=(
            'two sources for the URL "/conduct/index.html"',
            'two sources for the URL "/docs/step-by-step/"',
        ),
    ),
    Corpus("python-markdown/docs", 37),
    Corpus(
        "mkdocs-material/docs",
        96,
        errors=('no template "redirect.html"',),
        rejected=("insiders/index.md",),
    ),
    Corpus("pallets-website/content", 67),
]


@pytest.mark.parametrize("corpus", ALL, ids=lambda corpus: corpus.folder)
def test_a_corpus(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file is a page, less what is rejected with an error of its own; nothing is without its place."""
    folder = CORPORA / corpus.folder
    words = [
        *MODULE,
        "--content",
        str(folder),
        "--destination",
        "out",
        "--keep-going",
        "--no-strict",
        "--json",
    ]
    ended = subprocess.run(
        words,
        cwd=tmp_path,
        env=environment(SOURCE_DATE_EPOCH=NOW),
        capture_output=True,
        text=True,
        timeout=550,
    )
    assert "Traceback" not in ended.stderr
    told = json.loads(ended.stdout)
    warnings = told["warnings"]
    errors = [
        "blasto: error: "
        + ":".join(str(one[name]) for name in ("path", "line", "column") if name in one)
        + f": {one['message']}"
        for one in told["errors"]
    ]

    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    monkeypatch.chdir(tmp_path)
    site: Site = create_app(tmp_path, content=str(folder)).extensions["blasto"]
    sources = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix.lower() in MARKDOWN
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }
    shown = {
        target.source.removeprefix(f"{folder}/"): url
        for url, target in site.routes.targets.items()
        if target.written and target.kind in ("page", "listing")
    }
    built = tree(tmp_path / "out")
    published = {
        path
        for path, url in shown.items()
        if (url + "index.html" if url.endswith("/") else url)[1:] in built
    }
    unpublished = site.contents.pages.keys() - site.library.by_path.keys()
    print(
        f"| {corpus.folder} | {len(sources)} | {len(unpublished)} | {len(published)} | {len(errors)} | {len(warnings)} |",
        *errors,
        sep="\n",
    )
    withheld = {path for path, page in site.contents.pages.items() if page.outputs == []}
    assert bool(withheld) == ("hugodocs" in corpus.folder)
    assert (len(sources), sorted(unpublished - withheld)) == (
        corpus.files,
        sorted(corpus.unpublished),
    )
    assert sorted(sources - unpublished - published) == sorted(corpus.rejected)
    assert len(errors) == len(corpus.errors)
    for piece in corpus.errors:
        assert any(piece in line for line in errors), piece
    assert ended.returncode == (1 if errors else 0)
    assert [line for line in errors if not PLACED.match(line)] == []
    for warning in warnings:
        assert warning.get("url", "").startswith("/") or Path(warning["path"]).is_file(), warning
        assert not warning["message"].startswith("there is no page") or warning["line"], warning
