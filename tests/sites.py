"""Sites for the tests of the freezer: written from a dict of files, frozen afresh, read back.

A :class:`Project` freezes as a new process would: each freeze makes the app again, and
what this process read before does not count. ``clean`` freezes the same sources with a
state and a destination of their own: what every other freeze has to equal.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import blasto
from blasto import Freezer, create_app, program, project, reads, trace
from blasto.reports import Report

ROOT = Path(blasto.__file__).parent.parent
NOW = "1767225600"  # 2026-01-01
MODULE = (sys.executable, "-m", "blasto", "freeze")


class Project:
    """A site in a folder, with its own environment for subprocesses."""

    def __init__(self, root: Path, files: Mapping[str, str | bytes]) -> None:
        self.root = root
        self.build = root / "build"
        self.report = self.last = Report()
        self.version = "1"
        root.mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            self.write(path, text)

    # Edits

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file; its folder is made."""
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(text.encode() if isinstance(text, str) else text)
        return full

    def read(self, path: str) -> str:
        """Read a file without blasto's taking note of it."""
        with trace.paused():
            return (self.root / path).read_text(encoding="utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a piece of a file."""
        text = self.read(path)
        assert old in text
        self.write(path, text.replace(old, new, 1))

    def remove(self, path: str) -> None:
        (self.root / path).unlink()

    def move(self, path: str, new: str) -> None:
        (self.root / new).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).rename(self.root / new)

    # Freezes

    def freezer(self, **settings: Any) -> Freezer:
        """Make app and freezer anew, from ``freeze.py`` where there is one."""
        script = self.root / "freeze.py"
        if script.is_file():
            made = project.run(script)
            made.freezer.configure(**settings)
            return made.freezer
        app: Flask = create_app(self.root, **settings)
        return Freezer(app)

    def freeze(
        self, *, state: Path | None = None, destination: Path | None = None, **options: Any
    ) -> list[str]:
        """Freeze in this process, and give the URLs that were rendered."""
        options.setdefault("workers", 1)
        with afresh(self.version), here(self.root):
            freezer = self.freezer(**({"destination": str(destination)} if destination else {}))
            if state is not None:
                freezer.app.config["BLASTO_STATE"] = str(state)
            try:
                for _ in freezer.freeze_options(**options):
                    pass
            finally:
                self.report = freezer.report
        return sorted(self.report.reasons)

    def clean(self, **options: Any) -> dict[str, bytes]:
        """Freeze the sources into a folder of their own, and give the tree."""
        place = self.root.with_name(self.root.name + "-clean")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        report = self.report
        try:
            self.freeze(state=place / "state", destination=place / "build", **options)
        finally:
            self.last, self.report = self.report, report
        return tree(place / "build")

    def tree(self) -> dict[str, bytes]:
        return tree(self.build)

    def run(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Freeze in a process of its own."""
        return subprocess.run(
            [*MODULE, *arguments], **self.popen(**options), capture_output=True, timeout=120
        )

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Begin to freeze in a process of its own."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen([*MODULE, *arguments], **self.popen(**options), **pipes)

    def popen(self, **options: Any) -> dict[str, Any]:
        given = options.pop("env", {})
        return {"cwd": self.root, "env": environment(**given), "text": True, **options}


@contextmanager
def afresh(version: str) -> Iterator[None]:
    """Forget what this process read before, as a new process has read nothing.

    :param version: stands for blasto's code and what is installed, which may be worked
        on while the tests run.
    """
    reads.startup.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "_blasto", lambda digests: version)
        patch.setattr(program, "_installed", lambda: version)
        yield
    reads.startup.clear()


@contextmanager
def here(folder: Path) -> Iterator[None]:
    """Work in a folder for a while."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def environment(**changes: str) -> dict[str, str]:
    """Give what a subprocess needs, without settings of the machine that runs the tests."""
    kept = {
        name: value for name, value in os.environ.items()
        if name in {"PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "HOME", "VIRTUAL_ENV"}
    }  # fmt: skip
    return {**kept, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": NOW, **changes}


def tree(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder, by path."""
    with trace.paused():
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() or path.is_symlink()
        }


def stamps(folder: Path) -> dict[str, int]:
    """Give the mtime of every file below a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns
        for path in folder.rglob("*") if path.is_file()
    }  # fmt: skip


def post(title: str, date: str, text: str, tags: Iterable[str] = (), **meta: object) -> str:
    """Give a blog post as Markdown."""
    more = "".join(f"{name}: {value}\n" for name, value in meta.items())
    return f"---\ntitle: {title}\ndate: {date}\ntags: [{', '.join(tags)}]\n{more}---\n{text}\n"


def doc(title: str, weight: int, text: str, **meta: object) -> str:
    """Give a page of a documentation as Markdown."""
    more = "".join(f"{name}: {value}\n" for name, value in meta.items())
    return f"---\ntitle: {title}\nweight: {weight}\n{more}---\n{text}\n"


PARAGRAPH = "A first paragraph that is the excerpt.\n\n<!-- more -->\n\n"


def blog() -> dict[str, str | bytes]:
    """Give a small blog: five posts, two tags, slices of two, a bundle, an About page."""
    files: dict[str, str | bytes] = {
        "blasto.toml": 'title = "Notes"\nbase_url = "https://example.org"\npaginate = 2\nfeed_limit = 3\n'
        'date_format = "%Y-%m-%d"\n\n[params]\nmotto = "Slow."\nunused = 1\n',
        "content/index.md": "---\ntitle: Home\n---\nSee the [second](blog/two.md) post.\n",
        "content/about.md": "---\ntitle: About\n---\nWho writes, and ![a map](map.svg).\n",
        "content/map.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
        "content/blog/_index.md": "---\ntitle: Blog\n---\nAll posts.\n",
        "content/blog/five/index.md": post(
            "Five", "2025-05-05", PARAGRAPH + "See ![it](it.svg).", ["web"]
        ),
        "content/blog/five/it.svg": '<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>\n',
        "templates/partials/footer.html": "<p>{{ site.config.params.motto if page is defined and page and page.title == 'About' }}</p>\n",
        "static/site.css": "body { color: black }\n",
        "public/CNAME": "example.org\n",
    }
    for number, name in enumerate(["one", "two", "three", "four"], 1):
        tags = ["python"] if number % 2 else ["python", "web"]
        text = f"{PARAGRAPH}## Part\n\nThe text of {name}."
        files[f"content/blog/{name}.md"] = post(
            name.title(), f"2025-0{number}-0{number}", text, tags
        )
    return files


def docs() -> dict[str, str | bytes]:
    """Give a small documentation: two sections of it, links between headings."""
    return {
        "blasto.toml": 'title = "Manual"\nbase_url = "https://example.org/manual"\n\n[params]\nedition = "1"\n',
        "content/index.md": "---\ntitle: Manual\n---\nBegin with [the start](guide/start.md).\n",
        "content/guide/_index.md": doc("Guide", 1, "How to."),
        "content/guide/start.md": doc(
            "Start", 1, "## First steps\n\nOne.\n\n## Next steps\n\nTwo."
        ),
        "content/guide/install.md": doc("Install", 2, "Then [begin](start.md#first-steps)."),
        "content/guide/use.md": doc("Use", 3, "Use it."),
        "content/reference/_index.md": doc("Reference", 2, "Everything."),
        "content/reference/api.md": doc(
            "API", 1, "See [install](../guide/install.md) and [all](_index.md)."
        ),
        "content/reference/faq.md": doc("Questions", 2, "None yet."),
        "data/team.yaml": "- Ada\n- Grace\n",
    }


def copied(frozen: Project, folder: Path) -> Project:
    """Copy a project with its ledger and its output, as a cache is restored elsewhere."""
    shutil.copytree(frozen.root, folder)
    return Project(folder, {})


def check(site: Project, rendered: Iterable[str], **options: Any) -> None:
    """Freeze: exactly these URLs are rendered, the tree is a clean one, and then all is done."""
    got = site.freeze(**options)
    reasons = site.report.reasons
    wrong = {url: reasons.get(url, "not rendered") for url in sorted({*got} ^ {*rendered})}
    assert not wrong, dict(list(wrong.items())[:12])
    warnings = [str(problem) for problem in site.report.warnings]
    assert site.tree() == site.clean(**options)
    assert site.freeze(**options) == []
    assert sorted(str(problem) for problem in site.report.warnings) == sorted(warnings)


def big(root: Path, pages: int) -> Project:
    """Make a site of many pages whose template a test changes."""
    files: dict[str, str | bytes] = {
        f"content/p/{number}.md": f"---\ntitle: Page {number}\ntags: [t{number % 7}]\n---\nText {number}.\n"
        for number in range(pages)
    }
    files["content/index.md"] = "Home\n"
    files["templates/base.html"] = template(0)
    return Project(root, files)


def template(number: int) -> str:
    """Give a template that takes no time, so that a freeze is mostly files."""
    return (
        f"<p>{number}</p>{{% block content %}}{{{{ page.html if page else '' }}}}{{% endblock %}}"
    )


def small(root: Path, count: int = 6) -> Project:
    """Make and freeze a site of a few pages."""
    site = big(root, count)
    assert site.run().returncode == 0
    return site
