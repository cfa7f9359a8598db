"""Where new files wait until all of them exist, and the lock that keeps a second freeze out.

Between ``views`` and ``publish`` in the flow: every worker writes its pages here; only when
none is missing does ``publish`` move them. A file's name in staging is a digest of its
path, so neither long names nor ``a`` beside ``a/index.html`` matter yet.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Self

from .errors import BlastoError, Problem

FILE_MODE = 0o644
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _SAFE
_HINTS = {
    errno.ENOSPC: "Make room on the disk and freeze again; the published site is as it was.",
    errno.EROFS: "The file system is read-only: choose another folder.",
    errno.EACCES: "Give yourself write permission, or choose another folder.",
    errno.EPERM: "Give yourself write permission, or choose another folder.",
}
if hasattr(errno, "EDQUOT"):
    _HINTS[errno.EDQUOT] = _HINTS[errno.ENOSPC]


def os_problem(error: OSError, path: str | os.PathLike[str] | None = None) -> BlastoError:
    """Turn what the operating system said into an error that names the file and the remedy."""
    named = os.fspath(path) if path is not None else error.filename
    shown = os.fsdecode(named) if isinstance(named, str | bytes) else None
    words = error.strerror or str(error)
    return BlastoError(Problem(words, shown, hint=_HINTS.get(error.errno or 0)))


@contextmanager
def refusing(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn any ``OSError`` of the block into a :class:`BlastoError` about ``path``."""
    try:
        yield
    except OSError as error:
        raise os_problem(error, path) from error


class Staging:
    """A folder of files that are not published yet. Plain data: it may go to any process.

    :param folder: on the output's file system where possible, so that publishing is a rename.
    """

    __slots__ = ("folder",)

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = os.fspath(folder)

    def path(self, path: str) -> str:
        """Give the file in staging that stands for this path of the output."""
        name = blake2b(path.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        return f"{self.folder}/{name[:2]}/{name[2:]}"

    def write(self, path: str, data: bytes) -> None:
        """Keep ``data`` for this path of the output; a second call replaces it.

        :raises BlastoError: where the disk is full or refuses.
        """
        staged = self.path(path)
        try:
            descriptor = _create(staged)
            try:
                if sys.platform != "win32":
                    os.fchmod(descriptor, FILE_MODE)
                view = memoryview(data)
                while view:
                    view = view[os.write(descriptor, view) :]
            finally:
                os.close(descriptor)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(staged)
            raise os_problem(error, path) from error

    def copy(self, path: str, source: str | os.PathLike[str]) -> None:
        """Keep a copy of a file: a hard link would change with the source.

        :raises BlastoError: where the source cannot be read or the disk is full.
        """
        staged = self.path(path)
        try:
            os.close(_create(staged))
            shutil.copyfile(source, staged)
            os.chmod(staged, FILE_MODE)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(staged)
            # copyfile names the source it could not read, and nothing when the disk is full.
            raise os_problem(error, error.filename or path) from error

    def clear(self) -> None:
        """Take the whole folder away, if there is one."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _create(staged: str) -> int:
    try:
        return os.open(staged, _CREATE, FILE_MODE)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(staged), exist_ok=True)
        return os.open(staged, _CREATE, FILE_MODE)


class BusyError(BlastoError):
    """Another freeze holds the lock. Exit status 2."""

    exit_status = 2


_held: weakref.WeakSet[Lock] = weakref.WeakSet()


class Lock:
    """One freeze at a time: a locked file with the holder's process number in it.

    The operating system drops the lock when the holder ends in any way, so a stale file
    means nothing and is never deleted. A worker forked by the holder lets go of it, or a
    worker that outlives a killed freeze would keep the next one out.

    :param path: the lock file; its folder is made.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._descriptor: int | None = None

    def acquire(self) -> Self:
        """Take the lock.

        :raises BusyError: when another process, or this one, has it.
        """
        with refusing(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | _SAFE, 0o644)
        if not _lock(descriptor):
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise BusyError(
                Problem(
                    f"another freeze (pid {holder or 'unknown'}) is running",
                    str(self.path),
                    hint="Wait until it has ended, or end it.",
                )
            )
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, b"%d\n" % os.getpid())
        self._descriptor = descriptor
        _held.add(self)
        return self

    def release(self) -> None:
        """Give the lock back; without it, do nothing."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            _held.discard(self)
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def _forget() -> None:
    for lock in list(_held):
        lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        # Far behind the process number, for a locked byte cannot be read.
        os.lseek(descriptor, 1 << 20, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            # A network file system without locks: better unlocked than unusable.
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
                raise os_problem(error) from error
        return True
