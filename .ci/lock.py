"""Keep the lock files free of any registry's name, and fit for every Python we support.

``python .ci/lock.py`` takes the name of the package index out of ``Pipfile.lock``
after ``pipenv lock`` has written it there, so that pipenv uses its default index or
the one that you have set. ``--check`` changes nothing and tells what is wrong.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "Pipfile.lock"
HASHES = ROOT / ".ci" / "pipenv.txt"
NODE_LOCK = ROOT / "tests" / "browser" / "package-lock.json"
SECTIONS = ("default", "develop")


def strip(lock: dict[str, Any]) -> None:
    """Take the sources, and each package's word of its source, out of ``lock``."""
    lock["_meta"]["sources"] = []
    for section in SECTIONS:
        for package in lock[section].values():
            package.pop("index", None)


def problems(lock: dict[str, Any]) -> list[str]:
    """Give what is wrong with ``lock`` and the lock files beside it, a line each."""
    found: list[str] = []
    if lock["_meta"]["sources"]:
        found.append("Pipfile.lock names a package index; run `make lock`")
    for section in SECTIONS:
        for name, package in lock[section].items():
            where = f"Pipfile.lock: {section}: {name}"
            if "index" in package:
                found.append(f"{where} names a package index; run `make lock`")
            if not package.get("editable") and not package.get("hashes"):
                found.append(f"{where} has no hash")
            late = re.search(r"python_full_version\s*>=?\s*'([\d.]+)'", package.get("markers", ""))
            if late and late[1].startswith("3.11.") and late[1] != "3.11.0":
                found.append(f"{where} needs Python {late[1]}, blasto 3.11; cap it in Pipfile")
    found.extend(
        f"{path.relative_to(ROOT)} holds an address of the network"
        for path in (LOCK, HASHES, NODE_LOCK)
        if path.exists() and re.search(r"https?://", path.read_text(encoding="utf-8"))
    )
    return found


def main() -> int:
    """Strip or check; exit status 1 if something is wrong."""
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    if "--check" not in sys.argv[1:]:
        strip(lock)
        LOCK.write_text(json.dumps(lock, indent=4, sort_keys=True) + "\n", encoding="utf-8")
    found = problems(lock)
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
