"""The program itself as one observation: when it changes, every URL is stale.

That is the site's own code, blasto's, the versions of what is installed, settings that
nothing else notes, and the files that were read before the freeze began.
"""

from __future__ import annotations

import datetime
import os
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from . import __version__, reads, trace
from .files import Digests, Stat

PACKAGE = Path(__file__).parent
PLAIN = (str, bytes, int, float, bool, type(None), datetime.date, datetime.timedelta, Path)
# Settings that do not show in what a URL gives, or that are noted one by one.
ASIDE = frozenset(
    "FREEZER_DESTINATION FREEZER_REMOVE_EXTRA_FILES FREEZER_DESTINATION_IGNORE SECRET_KEY "
    "BLASTO_STATE BLASTO_STORE BLASTO_WORKERS DEBUG TESTING PROPAGATE_EXCEPTIONS "
    "RUN_FROM_CLI".split()  # of Flask's own command
)


def parts(
    root: Path, config: Mapping[str, Any], digests: Digests, aside: Iterable[str]
) -> dict[str, str]:
    """Digest the program, part by part, so that a reason can name the part.

    :param root: the project.
    :param config: the app's configuration.
    :param aside: folders and files whose reading is noted elsewhere: content, templates.
    """
    with trace.paused():
        return {
            "blasto": _blasto(digests),
            "the installed packages": _installed(),
            "the site's code": _code(root, digests),
            "the settings": _settings(config),
            "a file read at the start": _startup(root, digests, tuple(aside)),
        }


def _digest(digests: Digests, path: str) -> str:
    try:
        return digests.digest(path, path, Stat.of(os.stat(path)))
    except OSError:
        return ""


def _blasto(digests: Digests) -> str:
    if "site-packages" in PACKAGE.parts:
        return __version__
    names = sorted(str(path) for path in PACKAGE.glob("*.py"))
    return trace.digest(__version__, *(_digest(digests, name) for name in names))


def _installed() -> str:
    """Digest names and versions of all distributions, read from their folders' names."""
    names: set[str] = set()
    for key in ("purelib", "platlib"):
        try:
            names |= {
                name
                for name in os.listdir(sysconfig.get_paths()[key])
                if name.endswith(".dist-info")
            }
        except OSError:
            continue
    return trace.digest(sys.version, *sorted(names))


def _code(root: Path, digests: Digests) -> str:
    top = str(root) + os.sep
    package = str(PACKAGE) + os.sep
    files: set[str] = set()
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and file.startswith(top) and not file.startswith(package):
            inner = file[len(top) :].split(os.sep)
            if "site-packages" not in inner and file.endswith(".py"):
                files.add(file)
    files |= {str(path) for path in (root / "freeze.py",) if path.is_file()}
    return trace.digest(*(f"{file[len(top) :]}|{_digest(digests, file)}" for file in sorted(files)))


def _settings(config: Mapping[str, Any]) -> str:
    return trace.digest(
        *(
            f"{name}={_plain(value)}"
            for name, value in sorted(config.items(), key=lambda item: str(item[0]))
            if name not in ASIDE and not name.startswith("BLASTO_")
        )
    )


def _plain(value: Any) -> str:
    """Show a value in the same way in every process: functions and objects by their name."""
    if isinstance(value, PLAIN):
        return repr(value)
    if isinstance(value, Mapping):
        return repr(sorted((str(key), _plain(item)) for key, item in value.items()))
    if isinstance(value, set | frozenset):
        return repr(sorted(_plain(item) for item in value))
    if isinstance(value, list | tuple):
        return repr([_plain(item) for item in value])
    return getattr(value, "__qualname__", type(value).__qualname__)


def _startup(root: Path, digests: Digests, aside: tuple[str, ...]) -> str:
    """Digest what was read before the freeze; files of the project by their place in it."""
    seen = []
    for name in sorted(reads.startup):
        path = name.removeprefix("dir:")
        if any(path == other or path.startswith(other + os.sep) for other in aside):
            continue
        if path.endswith(".py") or "__pycache__" in path:
            continue
        digest = reads.today(name) if name.startswith("dir:") else _digest(digests, path)
        seen.append(f"{os.path.relpath(path, root)}|{digest}")
    return trace.digest(*seen)
