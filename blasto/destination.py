"""Whether a folder may be published into, and whether publishing would succeed.

Asked twice in a freeze, before anything is rendered (:func:`check_destination`) and before
the point of no return (:func:`preflight`). Both leave the folder as it was when they refuse.
"""

from __future__ import annotations

import errno
import os
import stat as modes
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from .errors import BlastoError, Problem, UsageError
from .publish import (
    FOLDER_MODE,
    LEFTOVER,
    Entry,
    Folder,
    Tree,
    check,
    clean,
    copy,
    file_mode,
    short,
    umask,
)
from .staging import os_problem


def check_destination(
    destination: Path,
    project_root: Path,
    *,
    owned: bool = False,
    adopt: bool = False,
    sources: Sequence[Path] = (),
    contract: bool = False,
    remove_extra: bool = True,
) -> Path:
    """Refuse a folder whose files could be somebody's work.

    :param owned: whether blasto published into it before.
    :param adopt: take over a folder that is not empty, or is a Git repository.
    :param sources: the folders that the site is made from.
    :param contract: for a plain Frozen-Flask site: a folder with other files in it is fine,
        and with ``remove_extra=False`` so is the project itself.
    :returns: the folder with links resolved.
    :raises UsageError: with the reason; nothing has been touched.
    """
    real = Path(os.path.realpath(destination))
    into_project = contract and not remove_extra
    try:
        if real == Path(real.anchor) or _holds(real, Path(os.path.expanduser("~"))):
            raise _refused(destination, "it is, or holds, your home folder")
        if _holds(real, project_root) and not (into_project and _same(real, project_root)):
            raise _refused(destination, "it is, or holds, the project itself")
        for source in sources:
            if _holds(real, source) and not into_project:
                raise _refused(destination, f"it is, or holds, the site's source {source}")
            if _holds(source, real) and not contract:
                raise _refused(destination, f"it lies in the site's source {source}")
        if not os.path.lexists(real):
            return real
        if not real.is_dir():
            raise _refused(destination, "it is a file")
        if owned or adopt or contract:
            return real
        with os.scandir(real) as entries:
            names = sorted(entry.name for entry in entries)
        if ".git" in names:
            raise _refused(destination, "it is a Git repository", adoptable=True)
        if visible := [name for name in names if not name.startswith(".")]:
            what = f"it holds files that blasto did not make ({', '.join(visible[:3])}"
            raise _refused(
                destination, what + (", ...)" if len(visible) > 3 else ")"), adoptable=True
            )
    except OSError as error:
        raise os_problem(error, destination) from error
    return real


def _refused(destination: Path, why: str, *, adoptable: bool = False) -> UsageError:
    hint = "Choose another output folder"
    if adoptable:
        hint += ", or publish into this one with --adopt: blasto removes only what it made"
    message = f"will not publish into {destination}: {why}"
    return UsageError(Problem(message, hint=hint + "."))


def _same(one: Path, two: Path) -> bool:
    """Compare as the file system does, which may know two names for one folder."""
    try:
        return os.path.samefile(one, two)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(two)


def _holds(folder: Path, inner: Path) -> bool:
    real = Path(os.path.realpath(inner))
    return any(_same(folder, above) for above in (real, *real.parents))


def preflight(destination: Folder, entries: Sequence[Entry]) -> list[Entry]:
    """Look for all that could stop ``publish.apply``, and bring the files near.

    :param entries: what is to be done; all staged files exist.
    :returns: the entries to keep as the journal. Where staging is on another file system,
        the new files were copied into the published folder under a hidden name.
    :raises BlastoError: for whatever is in the way; the folder is then as it was.
    """
    root = os.fspath(destination)
    existing = _existing(root)
    try:
        problems, folders = _survey(root, entries)
        if existing != root:
            problems += _unwritable(existing)
        if problems:
            raise BlastoError(*problems)
        foreign = _foreign(existing, entries)
        sizes = [os.lstat(entry.staged).st_size for entry in entries if entry.staged]
        _space(existing, folders, sizes if foreign else [])
    except OSError as error:
        raise os_problem(error) from error
    return _bring(root, entries) if foreign else list(entries)


def _survey(root: str, entries: Sequence[Entry]) -> tuple[list[Problem], int]:
    """Give what is in the way, and how many folders have to be made."""
    tree = Tree(root)
    problems: list[Problem] = []
    removals = {entry.path for entry in entries if entry.staged is None}
    folders: dict[str, bool] = {}
    for path, staged, _ in entries:
        check(path)
        if staged is not None and (obstacle := _obstacle(tree, path, removals)):
            problems.append(
                Problem(
                    f"{obstacle} is in the way of {path}, and blasto did not make it",
                    hint=f"Move it out of {root}.",
                )
            )
        folder = path.rpartition("/")[0]
        while folder not in folders:
            folders[folder] = tree.real(folder)
            if folders[folder]:
                break
            folder = folder.rpartition("/")[0]
    for folder in sorted(folder for folder, real in folders.items() if real):
        place = f"{root}/{folder}" if folder else root
        if os.path.isdir(place):
            problems += _unwritable(place)
    return problems, sum(not real for real in folders.values())


def _obstacle(tree: Tree, path: str, removals: set[str]) -> str | None:
    """Give what stands where a file is to go and is not about to be removed."""
    folder = path.rpartition("/")[0]
    if not tree.real(folder):
        while not tree.real(above := folder.rpartition("/")[0]):
            folder = above
        mode = file_mode(f"{tree.root}/{folder}")
        return folder if mode and not modes.S_ISLNK(mode) and folder not in removals else None
    if modes.S_ISDIR(file_mode(f"{tree.root}/{path}")):
        for place, folders, files in os.walk(f"{tree.root}/{path}"):
            links = [name for name in folders if os.path.islink(f"{place}/{name}")]
            for name in sorted(files + links):
                inside = os.path.relpath(f"{place}/{name}", tree.root).replace(os.sep, "/")
                if inside not in removals:
                    return inside
    return None


def _existing(folder: str) -> str:
    while not os.path.isdir(folder) and (above := os.path.dirname(folder)) != folder:
        folder = above or "."
    return folder


def _unwritable(folder: str) -> list[Problem]:
    if os.access(folder, os.W_OK | os.X_OK):
        return []
    number = errno.EACCES
    if sys.platform != "win32" and os.statvfs(folder).f_flag & os.ST_RDONLY:
        number = errno.EROFS
    return list(os_problem(OSError(number, os.strerror(number)), folder).problems)


def _foreign(existing: str, entries: Iterable[Entry]) -> bool:
    """Say whether a staged file is on another file system.

    A folder is asked, for files of an overlay may report the device of their layer.
    """
    folders = {os.path.dirname(entry.staged) for entry in entries if entry.staged}
    device = os.stat(existing).st_dev
    return any(os.stat(folder).st_dev != device for folder in folders)


def _space(folder: str, folders: int, sizes: Sequence[int]) -> None:
    """Refuse when the disk cannot take the new folders and copies; renames need no room."""
    if sys.platform != "win32":
        disk = os.statvfs(folder)
        block = disk.f_frsize or 4096
        needed = folders + sum(-(-size // block) for size in sizes)
        blocks = disk.f_bavail if disk.f_blocks else needed
        inodes = disk.f_favail if disk.f_files else folders + len(sizes)
        if needed > blocks or folders + len(sizes) > inodes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), folder)


def _bring(root: str, entries: Iterable[Entry]) -> list[Entry]:
    """Copy staged files into a hidden folder of the published one."""
    before = os.stat(root) if os.path.isdir(root) else None
    store = f"{root}/{LEFTOVER}{short(root)}"
    brought = []
    try:
        with umask():
            os.makedirs(store, FOLDER_MODE, exist_ok=True)
        for path, staged, digest in entries:
            local = None
            if staged is not None:
                local = f"{store}/{short(path)}"
                copy(staged, local)
            brought.append(Entry(path, local, digest))
    except BaseException as error:
        clean(root)
        if before is None:
            if os.path.isdir(root):
                os.rmdir(root)
        else:
            os.utime(root, ns=(before.st_atime_ns, before.st_mtime_ns))
        if isinstance(error, OSError):
            raise os_problem(error, root) from error
        raise
    return brought
