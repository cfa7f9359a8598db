"""Which files lie in a folder, and what is in them: safely, and reading as little as it can.

Early in the flow: ``library``, ``assets`` and the freezer ask here for ``content/``,
``static/`` and the rest. A link out of the folder, a pipe or a loop is reported, never
followed; a file whose stat is known and settled is not read again.
"""

from __future__ import annotations

import os
import re
import stat as modes
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import translate
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from .errors import Problem

# What SQLite can hold; some file systems number inodes and years beyond it.
_INT64 = (1 << 63) - 1
_CHUNK = 1 << 20
_SETTLED_NS = 50_000_000
_COARSE_NS = 2_000_000_000
_READ = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


class Stat(NamedTuple):
    """What tells one state of a file from another without reading it."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @classmethod
    def of(cls, result: os.stat_result) -> Stat:
        """Take the four from what ``os.stat`` gives."""
        return cls(
            result.st_size,
            result.st_mtime_ns & _INT64,
            result.st_ctime_ns,
            result.st_ino & _INT64 if os.name != "nt" else 0,
        )


class Scan(NamedTuple):
    """The files of a folder, sorted by path, and what was wrong with the rest."""

    files: dict[str, Stat]
    problems: list[Problem]


def scan(
    root: Path,
    *,
    ignore: Sequence[str] = (),
    allow: Sequence[Path] = (),
    hidden: bool = False,
    name: str | None = None,
) -> Scan:
    """List the files below a folder, by POSIX path relative to it.

    A link to a file or folder inside ``root`` counts as what it points to. Pipes, devices,
    sockets, loops and broken links are skipped with a warning; a link that leaves ``root``
    and a folder that cannot be read are errors.

    :param ignore: patterns as in ``.gitignore``: without a slash they match any name, with
        one the whole path, with a slash at the end folders only.
    :param allow: folders outside ``root`` that links may point into.
    :param hidden: whether names that begin with a dot count.
    :param name: what to call ``root`` in messages, else its own name.
    :returns: no files where ``root`` is missing.
    """
    walk = _Walk(root, ignore, allow, hidden, root.name if name is None else name)
    walk.run()
    files = dict(sorted(walk.files.items()))
    return Scan(files, sorted(walk.problems, key=lambda problem: problem.key))


class _Walk:
    """One scan under way."""

    def __init__(
        self, root: Path, ignore: Sequence[str], allow: Sequence[Path], hidden: bool, name: str
    ) -> None:
        self.root = os.fspath(root)
        self.real = os.path.realpath(root)
        self.allowed = [self.real, *map(os.path.realpath, allow)]
        self.ignored = _ignore(ignore)
        self.hidden = hidden
        self.name = name
        self.files: dict[str, Stat] = {}
        self.problems: list[Problem] = []

    def run(self) -> None:
        """Visit every folder; each on the stack comes with its path and whether by a link."""
        if not os.path.lexists(self.root):
            return
        files, hidden, ignored = self.files, self.hidden, self.ignored
        stack = [(self.root, "", False)]
        while stack:
            folder, prefix, linked = stack.pop()
            try:
                entries = os.scandir(folder)
            except OSError as error:
                self.report(prefix.rstrip("/"), error.strerror or str(error))
                continue
            with entries:
                for entry in entries:
                    name = entry.name
                    if name[0] == "." and not hidden:
                        continue
                    path = prefix + name
                    try:
                        if entry.is_dir(follow_symlinks=False):
                            if not ignored or not ignored(path + "/"):
                                stack.append((entry.path, path + "/", linked))
                        elif ignored and ignored(path):
                            continue
                        elif entry.is_file(follow_symlinks=False):
                            files[path] = Stat.of(entry.stat(follow_symlinks=False))
                        elif entry.is_symlink():
                            if self.link(entry.path, path, linked):
                                stack.append((entry.path, path + "/", True))
                        else:
                            self.skip(path, "is not a regular file")
                    except FileNotFoundError:
                        continue
                    except OSError as error:
                        self.report(path, error.strerror or str(error))
        self.check_names()

    def link(self, full: str, path: str, linked: bool) -> bool:
        """Judge a symbolic link; say whether it is a folder to walk."""
        target = os.path.realpath(full)
        try:
            result = os.stat(full)
        except OSError:
            self.skip(path, f"is a broken link, to {os.readlink(full)}")
            return False
        if not any(_within(target, folder) for folder in self.allowed):
            self.report(
                path,
                f"is a link to {target}, outside {self.name}",
                "Copy the file into the folder, or allow its folder in the settings.",
            )
        elif modes.S_ISREG(result.st_mode):
            self.files[path] = Stat.of(result)
        elif not modes.S_ISDIR(result.st_mode):
            self.skip(path, f"is a link to {target}, which is not a regular file")
        elif _within(os.path.realpath(os.path.dirname(full)), target):
            self.skip(path, "is a link to a folder that it lies in")
        elif linked:
            # Two folders that link to each other would otherwise never end.
            self.skip(path, "is a link to a folder, inside a folder that is a link itself")
        else:
            return not (self.ignored and self.ignored(path + "/"))
        return False

    def check_names(self) -> None:
        for path in [path for path in self.files if not path.isascii()]:
            try:
                path.encode()
            except UnicodeEncodeError:
                del self.files[path]
                shown = os.fsencode(path).decode("utf-8", "backslashreplace")
                self.report(shown, "has a name that is not UTF-8", "Rename the file.")

    def where(self, path: str) -> str:
        return "/".join(part for part in (self.name, path) if part)

    def report(self, path: str, message: str, hint: str | None = None) -> None:
        self.problems.append(Problem(message, self.where(path), hint=hint))

    def skip(self, path: str, message: str) -> None:
        self.problems.append(Problem(f"{message}: skipped", self.where(path), severity="warning"))


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _ignore(patterns: Sequence[str]) -> Matcher | None:
    return Matcher(patterns) if patterns else None


class Matcher:
    """Says whether a path is ignored; a folder's path ends with a slash."""

    def __init__(self, patterns: Iterable[str]) -> None:
        parts = []
        for pattern in patterns:
            bare = pattern.strip("/")
            start = "" if "/" in pattern.rstrip("/") else "(?:.*/)?"
            end = "/" if pattern.endswith("/") else "/?"
            parts.append(f"(?s:{start}{translate(bare).removesuffix(_END)}{end})")
        self._match = re.compile("|".join(parts) or r"(?!)").fullmatch

    def __call__(self, path: str) -> bool:
        return self._match(path) is not None


_END = translate("")[len("(?s:)") :]


def digest_file(path: str | os.PathLike[str]) -> str:
    """Give what ``trace.digest`` gives for the file's bytes, in little memory.

    :raises OSError: where it cannot be read, or is no regular file.
    """
    return _read(path)[1]


def _read(path: str | os.PathLike[str]) -> tuple[Stat, str]:
    """Read a file that may be written to meanwhile: give a stat that fits the digest."""
    for _ in range(5):
        descriptor = os.open(path, _READ)
        try:
            before = os.fstat(descriptor)
            if not modes.S_ISREG(before.st_mode):
                raise OSError(f"{os.fspath(path)} is not a regular file")
            state = blake2b(b"%d:" % before.st_size, digest_size=16)
            read = 0
            while data := os.read(descriptor, _CHUNK):
                state.update(data)
                read += len(data)
            stat = Stat.of(before)
            if read == before.st_size and Stat.of(os.fstat(descriptor)) == stat:
                break
        finally:
            os.close(descriptor)
    else:
        raise OSError(f"{os.fspath(path)} changes while it is read")
    return stat, state.hexdigest()


Row = tuple[str, int, int, int, int, str, int]
"""path, size, mtime, ctime, inode, digest, time of reading: what the ledger keeps."""


class Digests:
    """Content digests of files, remembered by stat.

    A digest is trusted while size, mtime, ctime and inode are what they were *and* the
    file had settled when it was read: a change shortly after the reading could otherwise
    carry the same time stamp. Linux stamps with a clock that lags up to 10 ms, so 50 ms
    are enough; a stamp of whole seconds may come from a file system that knows nothing
    finer (FAT: 2 s). The ctime is what counts: unlike an mtime it cannot be set, so an
    mtime in the future or kept by ``cp -p`` neither fools this nor makes it slow. Windows
    has no such time, there it is the mtime.

    :param rows: what :meth:`dump` gave, perhaps in another process.
    """

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._known: dict[str, tuple[Stat, str, int]] = {
            path: (Stat(size, mtime, ctime, inode), digest, verified)
            for path, size, mtime, ctime, inode, digest, verified in rows
        }
        self.changed: set[str] = set()
        """Paths whose rows differ from those given, for a ledger that writes only these."""
        self.read = 0
        """How many files had to be read."""

    def digest(self, key: str, path: str | os.PathLike[str], stat: Stat) -> str:
        """Give the digest of one file.

        :param key: the name to remember it by; a path relative to the project.
        :param path: where to read it.
        :param stat: what :func:`scan` found.
        :raises OSError: where it has to be read and cannot be.
        """
        known = self._known.get(key)
        if known is not None and known[0] == stat and settled(stat, known[2]):
            return known[1]
        now = time.time_ns()
        read, digest = _read(path)
        self.read += 1
        self._known[key] = (read, digest, now)
        self.changed.add(key)
        return digest

    def digests(
        self, root: Path, files: Mapping[str, Stat], prefix: str = ""
    ) -> tuple[dict[str, str], list[Problem]]:
        """Give the digest of every scanned file, and an error for each that cannot be read.

        :param prefix: put before each path to make its key: ``"content/"``.
        """
        found: dict[str, str] = {}
        problems: list[Problem] = []
        known, base = self._known, os.fspath(root)
        for path, stat in files.items():
            past = known.get(prefix + path)
            if past is not None and past[0] == stat and settled(stat, past[2]):
                found[path] = past[1]
                continue
            try:
                found[path] = self.digest(prefix + path, f"{base}/{path}", stat)
            except OSError as error:
                problems.append(Problem(error.strerror or str(error), prefix + path))
        return found, problems

    def retain(self, keys: Iterable[str]) -> list[str]:
        """Forget all but these, and give what was forgotten."""
        gone = sorted(self._known.keys() - set(keys))
        for key in gone:
            del self._known[key]
            self.changed.discard(key)
        return gone

    def dump(self, keys: Iterable[str] | None = None) -> Iterator[Row]:
        """Give rows to keep: of all files, or of these."""
        for key in sorted(self._known if keys is None else keys):
            stat, digest, verified = self._known[key]
            yield (key, *stat, digest, verified)


def settled(stat: Stat, verified_ns: int) -> bool:
    """Say whether a later change must show in the stat of a file read at ``verified_ns``."""
    stamp = stat.ctime_ns if os.name != "nt" and stat.ctime_ns > 0 else stat.mtime_ns
    if stamp % 1_000_000_000 == 0:
        stamp += _COARSE_NS
    return stamp + _SETTLED_NS < verified_ns
