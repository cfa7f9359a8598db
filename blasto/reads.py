"""Reads that nobody declared: files, folders, databases, sockets and programs.

An audit hook (PEP 578) sees what a view does behind blasto's back while its URL is
recorded. A plain file or folder becomes a dependency of every URL, since user code may
keep what it read; a database, socket or program makes the URL volatile. Reads before
the first recording (``freeze.py`` loading a table) count for every URL too.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

from . import trace
from .files import Stat, digest_file

FILES = frozenset(("file", "read"))
"""Kinds of observations whose names are paths."""
VOLATILE = {
    "socket.connect": "a network connection",
    "socket.getaddrinfo": "a network look-up",
    "subprocess.Popen": "a program",
    "os.system": "a program",
    "os.posix_spawn": "a program",
    "os.exec": "a program",
}
_paths = sysconfig.get_paths()
_LIBRARY = tuple(
    {
        os.path.realpath(path) + os.sep
        for path in (
            _paths["stdlib"], _paths["platstdlib"], _paths["purelib"], _paths["platlib"],
            sys.prefix, sys.base_prefix, str(Path(__file__).parent),
        )
    }
    | {_paths["stdlib"] + os.sep, _paths["purelib"] + os.sep, str(Path(__file__).parent) + os.sep}
    | {"/dev/", "/proc/", "/sys/", "/usr/share/zoneinfo/", "/etc/"}
)  # fmt: skip

startup: set[str] = set()
"""Files and folders (``dir:PATH``) read outside any recording, since the hook was set."""
sealed = False
"""Whether a freeze runs: what is read outside a recording then is blasto's own reading."""
_installed = False
_known: dict[str, tuple[Stat, str]] = {}


def install() -> None:
    """Set the hook, once a process; it cannot be taken away (PEP 578)."""
    global _installed
    if not _installed:
        _installed = True
        sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("open", "os.listdir", "os.scandir") and _importing():
        return
    if event == "open":
        path, _, flags = arguments
        if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
        if path.__class__ is str or isinstance(path, bytes | os.PathLike):
            _seen(os.fsdecode(path), "")
    elif event in ("os.listdir", "os.scandir"):
        path = arguments[0]
        if isinstance(path, str | bytes | os.PathLike):
            _seen(os.fsdecode(path) or ".", "dir:")
    elif event == "sqlite3.connect":
        name = (
            os.fsdecode(arguments[0]) if isinstance(arguments[0], str | bytes | os.PathLike) else ""
        )
        trace.volatile(f"it opened the database {name}")
        file = name.removeprefix("file:").partition("?")[0]
        if file and not file.startswith(":"):
            # The connection may be kept, and asked again for a URL that opens nothing.
            _seen(file, "")
            _seen(file + "-wal", "")
    elif event in VOLATILE and trace.current() is not None:
        trace.volatile(f"it used {VOLATILE[event]}")


_METADATA = os.path.join("importlib", "metadata", "__init__.py")


def _importing() -> bool:
    """Tell whether it is Python's import that reads: code is looked at as modules.

    Flask asks ``importlib.metadata`` for Werkzeug's version with the first request.
    """
    name = sys._getframe(2).f_code.co_filename
    return name.startswith("<frozen importlib") or name.endswith(_METADATA)


def modules(root: Path, known: int) -> int:
    """Note the site's modules that were imported while a URL was rendered.

    :param known: how many modules there were before; gives how many there are now.
    """
    current, count = trace.current(), len(sys.modules)
    if current is not None and count != known:
        top = str(root) + os.sep
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None)
            if (
                file
                and file.endswith(".py")
                and file.startswith(top)
                and not file.startswith(_LIBRARY)
            ):
                current.observations["read", file] = today(file)
    return count


def _seen(path: str, prefix: str) -> None:
    if path.startswith(_LIBRARY) or path.endswith((".pyc", ".so")):
        return
    current = trace.current()
    path = os.path.abspath(path)
    if path.startswith(_LIBRARY):
        return
    if current is not None:
        key = ("read", prefix + path)
        if key not in current.observations:
            with trace.paused():
                current.observations[key] = digest(prefix + path)
    elif not sealed and not trace.is_paused():
        startup.add(prefix + path)


def seal(on: bool) -> None:
    """Stop or go on noting reads outside recordings."""
    global sealed
    sealed = on


def keep(past: trace.Trace) -> None:
    """Count what a generator read as read at the start: a view may use what it kept."""
    startup.update(name for kind, name in past.observations if kind == "read")


def portable(name: str, root: str) -> str:
    """Name a file or folder of the project by its place in it, for a ledger that moves along."""
    prefix, path = ("dir:", name[4:]) if name.startswith("dir:") else ("", name)
    return prefix + os.path.relpath(path, root) if f"{path}/".startswith(f"{root}/") else name


def placed(name: str, root: str) -> str:
    """Give the path of a name that :func:`portable` made, today."""
    if name.startswith("dir:"):
        return "dir:" + os.path.join(root, name[4:])
    return os.path.join(root, name)


def digest(name: str) -> str:
    """Do as :func:`today`, reading a file that many URLs read only when its stat changes."""
    try:
        stat = Stat.of(os.stat(name))
    except (OSError, ValueError):
        return today(name)
    if _known.get(name, (None, ""))[0] != stat:
        _known[name] = (stat, today(name))
    return _known[name][1]


def today(name: str) -> str:
    """Give the digest of a file, or of the names in a folder (``dir:PATH``), today."""
    try:
        if name.startswith("dir:"):
            return trace.digest(*sorted(os.listdir(name[4:])))
        if not os.path.isfile(name):
            return ""
        return digest_file(name)
    except OSError:
        return ""
