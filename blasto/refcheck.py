"""References in typed front matter that mean no page, each with the line it is written on.

Beside ``library``, when all pages are known. A file is read again only where something is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from . import trace
from .contents import Contents
from .errors import BlastoError, Problem, did_you_mean
from .pages import Page
from .refs import candidates, meant
from .tomlread import line_of


def problems(pages: Mapping[str, Page], contents: Contents) -> list[Problem]:
    """Give a problem for each reference that means no published page.

    :param pages: all published pages by path.
    :param contents: where they come from; knows those that are not published, too.
    """
    folder, shown, unpublished = contents.folder, contents.shown, contents.pages
    found = []
    for page in pages.values():
        for where, name in page.refs:
            if meant(pages, where, name) is None:
                hidden = any(path in unpublished for path in candidates(where, name))
                names = [path.removeprefix(f"{where}/") for path in pages
                         if path.startswith(f"{where}/")]  # fmt: skip
                known = [
                    n.partition("/")[0].rpartition(".")[0] or n.partition("/")[0] for n in names
                ]
                message = (
                    f'"{name}" of {where}/ is not published'
                    if hidden
                    else f'there is no page "{name}" in {where}/'
                )
                line, column, source = _place(folder / page.path, shown, page.path, name)
                hint = did_you_mean(name, known) or f"write {shown}/{where}/{name}.md"
                found.append(
                    Problem(message, f"{shown}/{page.path}", line, column,
                            None if hidden else hint, source)
                )  # fmt: skip
    return found


def _place(
    file: Path, shown: str, path: str, name: str
) -> tuple[int | None, int | None, str | None]:
    """Find where a name is written in a file's front matter."""
    from . import frontmatter  # here, for only a site with such an error needs it again

    with trace.paused():
        try:
            document = frontmatter.parse(frontmatter.decode(file.read_bytes(), shown), shown)
        except (OSError, BlastoError):
            return None, None, None
    for found in _keys(document.data, name):
        key = found
        while key:
            if key in document.positions:
                line, column = document.positions[key]
                return line, column, line_of(document.text, line - 1)
            key = key[: max(key.rfind("."), key.rfind("["), 0)]
    return 1, None, line_of(document.text, 0)


def _keys(data: Any, name: str, prefix: str = "") -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _keys(value, name, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _keys(value, name, f"{prefix}[{index}]")
    elif isinstance(data, str) and (data == name or name in [w.strip() for w in data.split(",")]):
        yield prefix
