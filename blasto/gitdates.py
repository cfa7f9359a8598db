"""When git saw the last commit of each page: asked once a freeze, not once a page.

Between ``contents``, which has read the pages, and ``library``: with ``git_dates = true``
a page that does not say when it was updated is given the date of its last commit. The
result is not kept; what depends on it is found through the page's metadata.
"""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, tzinfo
from pathlib import Path

from . import trace
from .errors import Problem
from .pages import Page, meta_digest

COMMIT = "\x01"


def head(root: Path) -> str:
    """Name the commit that the project stands at, ``""`` outside a repository."""
    with trace.paused():
        return _git(root, "rev-parse", "--verify", "--quiet", "HEAD").strip()


def apply(pages: Iterable[Page], root: Path, content: str, zone: tzinfo) -> list[Problem]:
    """Date the pages that do not say when they were updated.

    :param content: the content folder, relative to the project.
    :returns: a warning where git cannot tell, or not of all.
    """
    wanted = {f"{content}/{page.path}": page for page in pages if page.updated is None}
    with trace.paused():
        if not _git(root, "rev-parse", "--git-dir"):
            said = "git_dates is on, and the project is no git repository"
            return [Problem(said, "blasto.toml", severity="warning")]
        cut = _shallow(root)
        for path, date in last_commits(root, content, wanted, cut):
            page = wanted[path]
            page.updated = datetime.fromisoformat(date).astimezone(zone)
            page.meta_digest = meta_digest(page)
    if not cut:
        return []
    said = "git_dates is on, and this clone has a part of the history only"
    hint = "fetch all of it: actions/checkout with fetch-depth: 0, or git fetch --unshallow"
    return [Problem(said, "blasto.toml", hint=hint, severity="warning")]


def last_commits(
    root: Path, content: str, wanted: Collection[str], cut: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    """Give path and author date of the last commit of each wanted file that has one.

    Reads no more of the history than it needs.

    :param cut: commits at which a shallow history ends: they seem to have made every file.
    """
    left = set(wanted)
    command = ("log", f"--format={COMMIT}%H %aI", "--name-only", "--no-renames", "--relative")
    with subprocess.Popen(
        ["git", "-C", str(root), "-c", "core.quotePath=false", *command, "--", content],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8", errors="surrogateescape",
    ) as log:  # fmt: skip
        assert log.stdout is not None
        commit = date = ""
        for line in log.stdout:
            if line[0] == COMMIT:
                commit, _, date = line[1:].strip().partition(" ")
            elif (path := line.rstrip("\n")) in left and commit not in cut:
                left.discard(path)
                yield path, date
                if not left:
                    log.kill()
                    break


def _shallow(root: Path) -> frozenset[str]:
    """Give the commits at which the history of a shallow clone ends."""
    name = _git(root, "rev-parse", "--git-path", "shallow").strip()
    try:
        return frozenset((root / name).read_text(encoding="ascii").split())
    except OSError:
        return frozenset()


def _git(root: Path, *arguments: str) -> str:
    try:
        return subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
