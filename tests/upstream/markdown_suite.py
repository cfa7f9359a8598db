"""Show that blasto's Markdown gives the bytes of Python-Markdown.

Runs Python-Markdown's own test suite (from the sdist of the locked version) with blasto's
converter in Python-Markdown's place, then renders every body of `../shared/corpora`, where
that is, with and without, under several sets of extensions. `run.py` calls it, and it runs
alone. The exit status is 1 if anything failed or differed. ``--bodies N`` renders every
N-th body only; ``--suite`` leaves the bodies out.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
CACHE = PROJECT / ".tools" / "upstream"
CORPORA = PROJECT.parent / "shared" / "corpora"

# Python 3.11.4 and newer can refuse paths that lead outside.
SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
LEAST = 1100
"""How many tests the suite has at least, so that none is lost."""

INSIDE = """
import atexit, sys, unittest
import markdown, markdown.core
if sys.argv.pop(1) == "blasto":
    import blasto.converter
    class Counted(blasto.converter.Markdown):
        made = 0
        def __init__(self, **settings):
            Counted.made += 1
            super().__init__(**settings)
    markdown.Markdown = markdown.core.Markdown = Counted
    atexit.register(lambda: print(Counted.made, "of blasto", file=sys.stderr))
unittest.main(module=None, argv=["suite", "discover", "-q", "tests", "-t", "."])
"""

COMMON: dict[str, Any] = {
    "bare": {},
    "extra": {name: {} for name in ["extra", "toc", "codehilite", "smarty"]},
    "all of Python-Markdown": {
        name: {}
        for name in (
            "abbr admonition attr_list codehilite def_list fenced_code footnotes md_in_html"
            " meta nl2br sane_lists smarty tables toc wikilinks"
        ).split()
    },
    "permalinks": {
        "extra": {},
        "admonition": {},
        "toc": {"permalink": True, "anchorlink": False, "baselevel": 2, "toc_depth": "2-4"},
        "smarty": {"smart_angled_quotes": True},
        "codehilite": {"linenums": True, "noclasses": True},
    },
    "old emphasis": {"legacy_em": {}, "legacy_attrs": {}, "tables": {}, "fenced_code": {}},
    "pymdown": {
        f"pymdownx.{name}": {}
        for name in (
            "extra arithmatex caret critic details emoji inlinehilite keys magiclink mark"
            " smartsymbols superfences tabbed tasklist tilde highlight betterem"
        ).split()
    },
}


def locked() -> str:
    """Give the version of Python-Markdown that the lock file names."""
    lock = json.loads((PROJECT / "Pipfile.lock").read_text("utf-8"))
    return str(lock["default"]["markdown"]["version"]).removeprefix("==")


def suite() -> bool:
    """Run the suite with Python-Markdown and with blasto, and say whether they agree."""
    import markdown

    version = locked()
    if markdown.__version__ != version:
        print(f"Markdown {markdown.__version__} is installed, but {version} is locked")
        return False
    folder = CACHE / f"markdown-{version}"
    if not list(folder.glob("*.tar.gz")):
        folder.mkdir(parents=True, exist_ok=True)
        words = ["download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        words += ["--no-binary", "markdown", "--dest", str(folder), f"markdown=={version}"]
        subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    (archive,) = folder.glob("*.tar.gz")
    ran = {}
    with tempfile.TemporaryDirectory(prefix="blasto-upstream-") as name:
        with tarfile.open(archive) as opened:
            opened.extractall(name, **SAFELY)
        (root,) = Path(name).iterdir()
        shutil.rmtree(root / "markdown")  # the installed one counts
        path = os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")])
        for whose in ("stock", "blasto"):
            done = subprocess.run(
                [sys.executable, "-c", INSIDE, whose],
                cwd=root,
                env={**os.environ, "PYTHONPATH": path},
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
            if done.returncode:
                print(done.stderr)
                print(f"== Python-Markdown {version}, {whose}: failed")
                return False
            if whose == "blasto" and not re.search(r"^[1-9]\d{2,} of blasto$", done.stderr, re.M):
                print(f"blasto's converter was not used: {done.stderr[-200:]}")
                return False
            counts = re.findall(r"Ran (\d+) tests|skipped=(\d+)", done.stderr)
            ran[whose] = [int(tests or skipped) for tests, skipped in counts]
            print(f"== Python-Markdown {version}, {whose}: {ran[whose]} tests run and skipped")
    return ran["stock"] == ran["blasto"] and ran["blasto"][0] >= LEAST


def bodies() -> Iterator[Path]:
    """Give every Markdown file of the corpora."""
    for path in sorted(CORPORA.rglob("*")):
        if path.suffix.lower() in (".md", ".markdown", ".mkd") and path.is_file():
            yield path


def body(path: Path) -> str:
    """Give a file's text without its front matter."""
    text = path.read_text("utf-8", errors="replace").removeprefix("\ufeff")
    return re.sub(r"\A(---|\+\+\+)[ \t]*\r?\n.*?^\1[ \t]*$", "", text, count=1, flags=re.S | re.M)


def convert(converter: Any, text: str) -> Any:
    """Give all that a conversion gives: the text, the headings, or what was raised."""
    try:
        made = converter.reset().convert(text)
    except RecursionError:
        return RecursionError  # the depth at which it comes is not the same
    except Exception as problem:  # noqa: BLE001
        return type(problem), str(problem)
    return made, getattr(converter, "toc_tokens", None), getattr(converter, "toc", None)


def compare(
    label: str, extensions: dict[str, Any], step: int
) -> tuple[str, int, list[str], float, float]:
    """Render bodies with and without, and give the paths of those that differ."""
    import markdown

    from blasto import converter

    settings = {
        "extensions": list(extensions),
        "extension_configs": extensions,
        "output_format": "html",
    }
    plain, quick = markdown.Markdown(**settings), converter.Markdown(**settings)
    count, wrong, times = 0, [], [0.0, 0.0]
    for path in list(bodies())[::step]:
        text = body(path)
        count += 1
        start = time.process_time()
        expected = convert(plain, text)
        middle = time.process_time()
        got = convert(quick, text)
        times[0] += middle - start
        times[1] += time.process_time() - middle
        if got != expected:
            wrong.append(str(path.relative_to(CORPORA)))
    return label, count, wrong, *times


def compare_all(step: int) -> bool:
    """Render bodies under every set of extensions, and say whether all agree."""
    from blasto.markup import DEFAULT_EXTENSIONS

    if not CORPORA.is_dir():
        print(f"no {CORPORA}: no bodies compared")
        return True
    sets = {"blasto's": DEFAULT_EXTENSIONS, **COMMON}
    good = True
    with ProcessPoolExecutor(2) as pool:
        running = [pool.submit(compare, label, sets[label], step) for label in sets]
        for future in running:
            label, count, wrong, plain, quick = future.result()
            print(
                f"== {label}: {count} bodies, {len(wrong)} differ;"
                f" {plain:.1f} s and {quick:.1f} s, {plain / quick:.2f} times as fast"
            )
            for path in wrong[:20]:
                print(f"   {path}")
            good = good and not wrong
    return good


def main() -> int:
    """Do both, and give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bodies", type=int, default=1, metavar="N")
    parser.add_argument("--suite", action="store_true")
    words = parser.parse_args()
    good = suite()
    if not words.suite:
        good = compare_all(words.bodies) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT))
    sys.exit(main())
