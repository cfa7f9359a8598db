"""Run the test suites of what blasto replaces, unchanged, against blasto.

`make upstream` calls it; further words go to pytest. Each suite's sources come from the
package index by name and version and stay in `.tools/upstream`; it runs in a fresh copy.
The exit status is 1 if anything failed or was skipped, or if nothing ran.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
CACHE = PROJECT / ".tools" / "upstream"


@dataclass(frozen=True)
class Suite:
    """A test suite that blasto has to pass.

    :param package: its distribution, as the package index knows it.
    :param module: its own code in the sources, which is removed: the installed one counts.
    :param tests: its tests' folder in the sources.
    :param plugin: the module beside this one that puts blasto in the original's place.
    :param least: how many tests it has, so that none is lost.
    :param runs: what to call each run, and the environment that makes it that run.
    """

    package: str
    version: str
    module: str
    tests: str
    plugin: str
    least: int
    runs: Mapping[str, Mapping[str, str]]


SUITES = [
    Suite(
        "frozen-flask",
        "1.0.2",
        "flask_frozen",
        "tests",
        "in_place_of_frozen_flask",
        193,
        {"serially": {}, "with two workers": {"UPSTREAM_WORKERS": "2"}},
    ),
]

# Python 3.11.4 and newer can refuse paths that lead outside.
SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


def sources(suite: Suite) -> Path:
    """Give a suite's sdist, downloaded where it is not there yet."""
    folder = CACHE / f"{suite.package}-{suite.version}"
    if not list(folder.glob("*.tar.gz")):
        folder.mkdir(parents=True, exist_ok=True)
        words = ["download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        words += ["--no-binary", suite.package, "--dest", str(folder)]
        words.append(f"{suite.package}=={suite.version}")
        subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    (archive,) = folder.glob("*.tar.gz")
    return archive


def run(suite: Suite, label: str, environment: Mapping[str, str], arguments: list[str]) -> bool:
    """Run a suite once, and say whether every test of it ran and passed."""
    print(f"== {suite.package} {suite.version}, {label}", flush=True)
    with tempfile.TemporaryDirectory(prefix="blasto-upstream-") as name:
        with tarfile.open(sources(suite)) as archive:
            archive.extractall(name, **SAFELY)
        (root,) = Path(name).iterdir()
        folder = root / suite.tests
        shutil.rmtree(root / suite.module)
        path = os.pathsep.join([str(HERE), str(PROJECT), os.environ.get("PYTHONPATH", "")])
        words = ["-p", suite.plugin, "-p", "no:cacheprovider", "-ra", "-q", *arguments]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *words],
            cwd=folder,
            env={**os.environ, **environment, "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            text=True,
        )
    print(done.stdout, end="", flush=True)
    counts = {
        word: int(count)
        for count, word in re.findall(r"(\d+) (\w+)", done.stdout.strip().rpartition("\n")[2])
    }
    if done.returncode or counts.get("skipped") or counts.get("xfailed"):
        return False
    passed = counts.get("passed", 0)
    if passed < suite.least and not arguments:
        print(f"only {passed} tests ran, of {suite.least}")
        return False
    return True


def main() -> int:
    """Run all suites, and give the exit status."""
    arguments = sys.argv[1:]
    good = [
        run(suite, label, environment, arguments)
        for suite in SUITES
        for label, environment in suite.runs.items()
    ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
