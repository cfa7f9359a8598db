"""The writing loop: from a save to the repainted page in Chromium, and how long a start takes.

    python benchmarks/loop.py 1000 10000

For each number of pages: a sample site, `blasto serve` in a process of its own, a browser
that looks at a page, and edits of every kind, each some times and undone again. The end
of the clock is the browser's own first paint after the edit (the computed style for a
style sheet). Times are of this machine and its load, which is printed beside them.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "tests" / "browser")]

from chromium import Chromium  # noqa: E402
from lived import Live, lived  # noqa: E402
from sites import Project  # noqa: E402

from blasto.sample_data import make  # noqa: E402

TIMES = 5
OWN = '{% extends "theme/base.html" %}{% block head %}{{ super() }}<link rel="stylesheet" href="/static/own.css">{% endblock %}'
PAINTED = """(() => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    return paint && document.body && %s ? performance.timeOrigin + paint.startTime : 0;
})()"""
COLOUR = "getComputedStyle(document.querySelector('main')).outlineColor"


def waited(browser: Chromium, expression: str) -> float:
    """Ask until the answer is an instant; a page that reloads does not answer."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            if value := browser.ask(expression):
                return float(value)
        except AssertionError:
            pass
        time.sleep(0.003)
    raise TimeoutError(expression)


def edit(browser: Chromium, site: Project, url: str, path: str, text: str, seen: str) -> float:
    """Save a file; give the milliseconds until the browser has painted what came of it."""
    browser.go(url)
    waited(browser, PAINTED % "true")
    time.sleep(0.3)
    if path.endswith(".css"):
        browser.ask(
            f"window.since = new Promise((done) => {{ const look = () => {seen}"
            " ? done(performance.timeOrigin + performance.now()) : requestAnimationFrame(look);"
            " look(); }); 0"
        )
    began = time.time() * 1000
    site.write(path, text)
    ended = (
        browser.ask("window.since") if path.endswith(".css") else waited(browser, PAINTED % seen)
    )
    return float(ended) - began


def kinds(live: Live, site: Project) -> dict[str, tuple[str, str, str, str]]:
    """Give URL, file, new text and what tells of it, by the kind of edit; ``#`` is a number."""
    posts = sorted((site.root / "content/blog").glob("*.md"))
    post, blog = posts[len(posts) // 2], f"{live.origin}/blog/"
    url, name = f"{blog}{post.stem}/", post.relative_to(site.root).as_posix()
    text = post.read_text(encoding="utf-8")
    title = text.split('"')[1]
    body = "document.body.textContent.includes('edit-#-')"
    return {
        "text": (url, name, text + "\nedit-#-\n", body),
        "title": (url, name, text.replace(title, "edit-#- " + title, 1), body),
        "new page": (blog, "content/blog/new-#.md", "---\ntitle: edit-#-\ndate: 2999-01-01\n---\nHi.\n", body),
        "template": (url, "templates/partials/footer.html", "<p>edit-#-</p>", body),
        "data": (url, "data/word.yaml", "- edit-#-\n", body),
        "blasto.toml": (url, "blasto.toml", 'title = "edit-#-"\nbase_url = "https://example.org"\n', body),
        "style sheet": (url, "static/own.css", "main { outline-color: rgb(1, 2, #) }", f"{COLOUR} === 'rgb(1, 2, #)'"),
    }  # fmt: skip


def measure(browser: Chromium, site: Project, count: int) -> None:
    """Measure a site and print a line for each kind of edit."""
    site.write("templates/base.html", OWN)
    site.write("templates/partials/toc.html", "{{ site.data.word | join }}")
    site.write("templates/post.html", '{% extends "theme/post.html" %}{% block content %}{{ super() }}{{ site.data.word | join }}{% endblock %}')  # fmt: skip
    for path, text in (("data/word.yaml", "- none\n"), ("static/own.css", "main { outline-color: rgb(0, 0, 0) }")):  # fmt: skip
        site.write(path, text)
    began = time.perf_counter()
    with lived(site) as live:
        print(f"{count:>7,} pages: address after {time.perf_counter() - began:.2f} s", end="")
        live.get("/")
        print(f", first page after {time.perf_counter() - began:.2f} s")
        for name, (url, path, text, seen) in kinds(live, site).items():
            file = site.root / path
            before = file.read_bytes() if file.exists() else None
            times = []
            for number in range(1, TIMES + 1):
                words = [part.replace("#", str(number)) for part in (path, text, seen)]
                times.append(edit(browser, site, url, *words))
                if before is None:
                    (site.root / words[0]).unlink()
                else:
                    file.write_bytes(before)
                time.sleep(0.5)
            print(f"{count:>7,} {name:<12} {statistics.median(times):>5.0f} ms, at most {max(times):.0f}")  # fmt: skip


def main(counts: list[int]) -> None:
    """Measure sites of these numbers of pages."""
    folder = Path(tempfile.mkdtemp(prefix="blasto-loop-"))
    browser = Chromium(shutil.which("chromium") or "chromium", folder / "profile")
    try:
        for count in counts:
            make(folder / str(count), count)
            measure(browser, Project(folder / str(count), {}), count)
            print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    finally:
        browser.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1000])
