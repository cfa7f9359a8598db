"""From the frozen tree to a branch that GitHub Pages serves.

The last step of a site's way, after ``freeze``. ghp-import makes the commit straight from
the files, so that neither the working tree nor Git's index is touched.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .errors import BlastoError, Problem, UsageError
from .publish import LEFTOVER

ASIDE = (".git", ".gitignore")
"""Names at the top of the tree that belong to the checkout, not to the site."""


def to_branch(
    folder: Path, project_root: Path, *, branch: str, remote: str, message: str, push: bool
) -> str:
    """Commit a frozen tree to a branch, as its whole content, and push it.

    ``.nojekyll`` is written, and the branch's ``CNAME`` is kept where the tree has none.

    :param folder: the frozen tree.
    :param project_root: a folder inside the Git repository that gets the branch.
    :param push: send the branch to the remote; else it stays local.
    :returns: a sentence that says what was done.
    :raises UsageError: there is no tree, no repository, no ghp-import.
    :raises BlastoError: Git refuses; its words are in the message.
    """
    if importlib.util.find_spec("ghp_import") is None:
        raise UsageError.at("deploying needs ghp-import", hint="pip install 'blasto[deploy]'")
    if not folder.is_dir() or not any(name not in ASIDE for name in os.listdir(folder)):
        raise UsageError.at(f"there is no frozen site in {folder}", hint="run blasto freeze first")
    git = Git(project_root)
    if git.ask("rev-parse", "--git-dir") is None:
        raise UsageError.at(f"{project_root} is not in a Git repository", hint="run git init first")
    if git.ask("check-ref-format", "--branch", branch) is None:
        raise UsageError.at(f'"{branch}" is no name for a branch')
    if git.ask("symbolic-ref", "--quiet", "--short", "HEAD") == branch:
        raise UsageError.at(
            f'the branch "{branch}" is checked out, and a deploy would replace its files',
            hint="check another branch out, or name another with --branch",
        )
    if push:
        _fetch(git, remote, branch)
    with tempfile.TemporaryDirectory(prefix="blasto-deploy-") as temporary:
        count = _gather(folder, Path(temporary))
        words = ["-n", "-m", message, "-b", branch, "-r", remote]
        name = None if Path(temporary, "CNAME").exists() else _cname(git, remote, branch)
        if name:
            words += ["-c", name]
        git.run([sys.executable, "-m", "ghp_import", *words, temporary], "ghp-import failed")
    commit = git.ask("rev-parse", "--short", f"refs/heads/{branch}")
    if not push:
        return f"committed {count} files to the branch {branch} ({commit})"
    git.run(
        ["git", "push", "--quiet", remote, f"refs/heads/{branch}"], f"could not push to {remote}"
    )
    return f"pushed {count} files to the branch {branch} of {remote} ({commit})"


class Git:
    """Git in one repository, never asking for a password on the terminal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {"GIT_TERMINAL_PROMPT": "0", **os.environ}
        for what, value in (("name", "blasto"), ("email", "blasto@localhost")):
            if not self.ask("config", f"user.{what}"):
                self.environ.setdefault(f"GIT_COMMITTER_{what.upper()}", value)

    def ask(self, *words: str) -> str | None:
        """Give what a command prints, or ``None`` where it fails."""
        done = self._do(["git", *words])
        return done.stdout.strip() if done.returncode == 0 else None

    def run(self, words: list[str], failed: str) -> None:
        """Run a command.

        :param failed: what to say when it fails; its own last words are added.
        """
        done = self._do(words)
        if done.returncode != 0:
            said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
            raise BlastoError(Problem(failed, hint="; ".join(said[-3:]) or None, trace=done.stderr))

    def _do(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                words, cwd=self.folder, env=self.environ, capture_output=True, check=False,
                encoding="utf-8", errors="replace",
            )  # fmt: skip
        except FileNotFoundError as error:
            raise UsageError.at("deploying needs git", hint="install git") from error


def _fetch(git: Git, remote: str, branch: str) -> None:
    """Bring the remote's branch, so that the new commit stands on it."""
    if git.ask("remote", "get-url", remote) is None:
        raise UsageError.at(
            f'there is no remote "{remote}"', hint=f"git remote add {remote} URL, or --no-push"
        )
    there = ["git", "ls-remote", "--heads", remote, f"refs/heads/{branch}"]
    git.run(there, f"could not reach {remote}")
    if git.ask(*there[1:]):
        where = f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}"
        git.run(
            ["git", "fetch", "--quiet", "--no-tags", remote, where], f"could not fetch {branch}"
        )


def _cname(git: Git, remote: str, branch: str) -> str | None:
    """Give the domain that the branch has now; ghp-import starts from the remote's."""
    for ref in (f"refs/remotes/{remote}/{branch}", f"refs/heads/{branch}"):
        if git.ask("rev-parse", "--verify", "--quiet", ref) is not None:
            return git.ask("show", f"{ref}:CNAME")
    return None


def _gather(folder: Path, into: Path) -> int:
    """Link the tree's files into a folder, without links out of it; give their number."""
    count = 0
    for place, folders, names in os.walk(folder):
        inside = Path(place).relative_to(folder)
        top = inside == Path()
        folders[:] = [name for name in folders if name != ".git"]
        for name in names:
            file = Path(place, name)
            if (
                file.is_symlink()
                or not file.is_file()
                or (top and name in ASIDE)
                or name.startswith(LEFTOVER)
            ):
                continue
            target = into / inside / name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(file, target)
            except OSError:
                shutil.copyfile(file, target)
            count += 1
    return count
