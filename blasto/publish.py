"""The step that changes the published folder: file by file, and safe to run again.

Last in a freeze. ``destination.preflight`` looks for every reason to fail while the folder
is untouched; the ledger then commits its rows and the journal (these entries) in one
transaction, the point of no return; :func:`apply` carries the journal out. Killed at any
instant, :func:`apply` of the same entries ends in the same tree, for each of its steps can
be repeated. That needs no ``fsync``: a killed process loses nothing that the kernel has
accepted. After a power cut, a full freeze repairs what the disk forgot.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat as modes
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import NamedTuple
from unicodedata import normalize

from .errors import BlastoError, Problem
from .staging import FILE_MODE, os_problem
from .trace import digest

FOLDER_MODE = 0o755
LEFTOVER = ".blasto-tmp-"
"""How the names of our own passing files in the published folder begin."""

_HTML = (".html", ".htm", ".xhtml")
_UNSAFE = re.compile(
    rf"(?:^|/)\.{{0,2}}(?:/|$)|\x00|^{re.escape(LEFTOVER)}" + (r"|[\\:]" if os.name == "nt" else "")
)

Folder = str | os.PathLike[str]


class Entry(NamedTuple):
    """One line of the journal: a file to put in place, or with no ``staged`` one to remove.

    :param path: relative to the published folder.
    :param staged: where the new file waits.
    :param digest: ``trace.digest`` of its bytes; with it, a second run can tell a file that
        is in place already from one that was lost.
    """

    path: str
    staged: str | None = None
    digest: str | None = None


class LostError(BlastoError):
    """Staged files that a journal names are gone, so it cannot be carried out in full.

    :param paths: the published files that are not what they should be: make them again.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)
        hint = "Run: blasto freeze --full"
        super().__init__(*(Problem("its new content is lost", path, hint=hint) for path in paths))


def changed(destination: Folder, entries: Iterable[Entry]) -> Iterator[Entry]:
    """Leave out files that are in place with the same bytes, so that they keep their mtime."""
    tree = Tree(os.fspath(destination))
    for entry in entries:
        if entry.staged is None or not tree.holds(entry.path, entry.staged):
            yield entry


def apply(destination: Folder, entries: Iterable[Entry]) -> None:
    """Carry a journal out: other files first, then HTML, then removals.

    So a page never shows up before the pictures that it needs. Only removals that are in
    the way (a file where a folder is needed, or the reverse) come first. Folders that a
    removal empties go too. Symbolic links inside the folder are replaced, never followed.
    Running it again, from the beginning, is always right.

    :raises LostError: where staged files are gone; the rest is done.
    :raises BlastoError: where the system refuses; the journal then stays good for a retry.
    """
    root = os.fspath(destination)
    writes: list[tuple[bool, str, str, str]] = []
    removals: list[str] = []
    for path, staged, hashed in entries:
        check(path)
        if staged is None:
            removals.append(path)
        else:
            writes.append((path.lower().endswith(_HTML), path, staged, hashed or ""))
    writes.sort()
    written = {path for _, path, _, _ in writes}
    first = _obstructing(removals, written)
    try:
        with umask():
            if writes:
                os.makedirs(root, FOLDER_MODE, exist_ok=True)
            _remove(root, first)
            tree = Tree(root)
            lost = [path for _, path, *rest in writes if not tree.put(path, *rest)]
            _remove(root, _not_renamed(root, removals, first, written))
    except OSError as error:
        raise os_problem(error, error.filename2 or error.filename or root) from error
    clean(root)
    if lost:
        raise LostError(lost)


def clean(destination: Folder) -> None:
    """Take away what a preflight or publish that was killed left behind.

    Only while no journal waits: the files it names may be among them.
    """
    root = os.fspath(destination)
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        for name in os.listdir(root):
            if name.startswith(LEFTOVER):
                path = f"{root}/{name}"
                if os.path.isdir(path) and not os.path.islink(path):
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    with contextlib.suppress(OSError):
                        os.unlink(path)


class Tree:
    """The published folder, remembering which of its folders are real ones."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._real: dict[str, bool] = {"": True}

    def real(self, folder: str) -> bool:
        """Say whether a folder exists and no part of its path is a symbolic link."""
        known = self._real.get(folder)
        if known is None:
            mode = file_mode(f"{self.root}/{folder}")
            known = modes.S_ISDIR(mode) and self.real(folder.rpartition("/")[0])
            self._real[folder] = known
        return known

    def make(self, folder: str) -> None:
        """Make a folder real, in place of any link there.

        :raises FileExistsError: where a file that is not ours is in the way.
        """
        if self.real(folder):
            return
        self.make(folder.rpartition("/")[0])
        path = f"{self.root}/{folder}"
        if modes.S_ISLNK(file_mode(path)):
            os.unlink(path)
        os.mkdir(path, FOLDER_MODE)
        self._real[folder] = True

    def put(self, path: str, staged: str, hashed: str = "") -> bool:
        """Move a staged file into place; ``False`` where it is lost."""
        self.make(path.rpartition("/")[0])
        target = f"{self.root}/{path}"
        try:
            os.replace(staged, target)
        except FileNotFoundError:
            # An earlier run may have been here.
            return modes.S_ISREG(file_mode(target)) and hashed in ("", _digest(target))
        except (IsADirectoryError, PermissionError):
            if not modes.S_ISDIR(file_mode(target)):
                raise
            _prune(target)
            os.replace(staged, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            # Beside the target, for a folder of the output may be a mount of its own.
            temporary = os.path.join(os.path.dirname(target), LEFTOVER + short(path))
            copy(staged, temporary)
            os.replace(temporary, target)
            os.unlink(staged)
        return True

    def holds(self, path: str, staged: str) -> bool:
        """Say whether the file is there with the bytes of the staged one."""
        target = f"{self.root}/{path}"
        if not modes.S_ISREG(file_mode(target)) or not self.real(path.rpartition("/")[0]):
            return False
        with open(target, "rb") as old, open(staged, "rb") as new:
            if os.fstat(old.fileno()).st_size != os.fstat(new.fileno()).st_size:
                return False
            while data := old.read(1 << 20):
                if data != new.read(1 << 20):
                    return False
        return True


def check(path: str) -> None:
    """Refuse a path that leads out of the folder: a journal may come from elsewhere.

    :raises BlastoError: for an absolute path, ``..`` and the like.
    """
    if _UNSAFE.search(path):
        raise BlastoError.at(f"{path!r} is not a path inside the published folder")


def file_mode(path: str) -> int:
    """Give a path's mode, links not followed, or 0 where nothing is."""
    try:
        return os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


def copy(source: str, target: str) -> None:
    """Copy a file's bytes, with the mode of a published one."""
    shutil.copyfile(source, target)
    os.chmod(target, FILE_MODE)


def short(path: str) -> str:
    """Give a name for a path that any folder can hold."""
    return blake2b(path.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@contextmanager
def umask() -> Iterator[None]:
    """Give new folders their mode at once: a later ``chmod`` could be killed away."""
    if sys.platform == "win32":
        yield
    else:
        past = os.umask(0o022)
        try:
            yield
        finally:
            os.umask(past)


def _above(path: str) -> Iterator[str]:
    end = path.rfind("/")
    while end > 0:
        yield path[:end]
        end = path.rfind("/", 0, end)


def _obstructing(removals: Collection[str], written: set[str]) -> set[str]:
    """Give the removals that stand where a write needs a folder, or below one's file."""
    folders: set[str] = set()
    for path in written if removals else ():
        for folder in _above(path):
            if folder in folders:
                break
            folders.add(folder)
    return {path for path in removals if path in folders or not written.isdisjoint(_above(path))}


def _not_renamed(
    root: str, removals: Iterable[str], first: set[str], written: set[str]
) -> Iterator[str]:
    """Give the other removals, but not a file that was just written under a new case.

    Where the file system takes ``A.html`` and ``a.html`` for one, removing the old name
    would remove the new file.
    """
    folded: dict[str, str] | None = None
    for path in removals:
        if path in first:
            continue
        if folded is None:
            folded = {_fold(new): new for new in written}
        twin = folded.get(_fold(path))
        if twin is None or not _same_file(f"{root}/{path}", f"{root}/{twin}"):
            yield path


def _fold(path: str) -> str:
    return path.lower() if path.isascii() else normalize("NFC", normalize("NFC", path).casefold())


def _same_file(one: str, two: str) -> bool:
    try:
        return os.path.samestat(os.lstat(one), os.lstat(two))
    except (FileNotFoundError, NotADirectoryError):
        return False


def _remove(root: str, paths: Iterable[str]) -> None:
    tree = Tree(root)
    emptied: set[str] = set()
    for path in sorted(paths):
        emptied.update(_above(path))
        if tree.real(path.rpartition("/")[0]):
            _unlink(f"{root}/{path}")
    # The deepest first, so that a folder is empty when its turn comes.
    for folder in sorted(emptied, key=lambda folder: (-folder.count("/"), folder)):
        if tree.real(folder):
            with contextlib.suppress(OSError):
                os.rmdir(f"{root}/{folder}")


def _unlink(path: str) -> None:
    """Remove a file or link; a folder that has taken its place since then stays."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    except (IsADirectoryError, PermissionError):
        # macOS and Windows say the latter of a folder.
        if not modes.S_ISDIR(file_mode(path)):
            raise


def _prune(folder: str) -> None:
    """Remove a tree of empty folders."""
    for place, _, _ in os.walk(folder, topdown=False):
        os.rmdir(place)


def _digest(path: str) -> str:
    with open(path, "rb") as file:
        return digest(file.read())
