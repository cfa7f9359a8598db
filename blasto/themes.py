"""Themes: where templates and static files come from, file by file.

Below ``templating`` and ``views``. A theme is a folder with ``templates/`` and ``static/``:
``themes/NAME/`` of the project, or a package that names itself in the entry points of
group ``blasto.themes``. What it lacks comes from the default theme, and a site's own file
comes before both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PrefixLoader

from . import files, output, trace
from .config import FILE
from .errors import BlastoError, UsageError, did_you_mean
from .options import named
from .site import Site

DEFAULT = "default"
THEME = Path(__file__).parent / "theme"
GROUP = "blasto.themes"
FOLDER = "themes"
PARTS = ("templates", "static")


class Found(NamedTuple):
    """A theme that could be chosen."""

    name: str
    source: str
    folder: Path


def available(root: Path) -> dict[str, Found]:
    """Give all themes by name: of the project, installed, and the default one."""
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    found = {DEFAULT: Found(DEFAULT, "blasto", THEME)}
    with trace.paused():
        for point in sorted(entry_points(group=GROUP), key=lambda one: one.name):
            spec = find_spec(point.value.partition(":")[0])
            places = list(spec.submodule_search_locations or ()) if spec is not None else []
            if places:
                source = f"package {point.dist.name}" if point.dist is not None else "package"
                found[point.name] = Found(point.name, source, Path(places[0]))
        if (root / FOLDER).is_dir():
            for folder in sorted((root / FOLDER).iterdir()):
                if any((folder / part).is_dir() for part in PARTS):
                    found[folder.name] = Found(folder.name, f"{FOLDER}/{folder.name}", folder)
    return found


def folders(root: Path, name: str) -> tuple[Path, ...]:
    """Give the folders of a theme, best first; the default theme's is the last.

    :raises UsageError: there is no theme of that name.
    """
    if name in ("", DEFAULT):
        return (THEME,)
    own = root / FOLDER / name
    with trace.paused():
        if "/" not in name and any((own / part).is_dir() for part in PARTS):
            return (own, THEME)
    known = available(root)
    if name not in known:
        hint = did_you_mean(name, known) or "known are " + ", ".join(map(named, known))
        raise UsageError.at(f'there is no theme "{name}"', FILE, hint=hint)
    return (known[name].folder, THEME)


def loader(places: Sequence[Path]) -> BaseLoader:
    """Load templates of a theme by name, always as ``theme/NAME`` too.

    ``default/NAME`` is that of the default theme, for a theme that extends it.
    """
    loaders = [FileSystemLoader(place / "templates") for place in places]
    whole = ChoiceLoader(loaders)
    return ChoiceLoader([*loaders, PrefixLoader({"theme": whole, DEFAULT: loaders[-1]})])


def static_file(places: Sequence[Path], own: str | None, name: str) -> Path | None:
    """Give the file behind ``/static/blasto/NAME``, and note those that would come before it.

    :param own: the site's static folder, where there is one.
    """
    try:
        name = output.check_path(name)
    except BlastoError:
        return None
    candidates = [Path(own) / "blasto" / name] if own is not None else []
    candidates += [place / "static" / name for place in places]
    for file in candidates:
        if file.is_file():
            return file
        if file is not candidates[-1]:
            trace.note("file", str(file), "")
    return None


def static_names(places: Sequence[Path]) -> list[str]:
    """List the static files of a theme and of the default one behind it."""
    with trace.paused():
        return sorted({name for place in places for name in files.scan(place / "static").files})


class Part(NamedTuple):
    """A file of a theme, and the site's own in its place, which may not exist."""

    name: str
    file: Path
    own: Path


def parts(root: Path, places: Sequence[Path], templates: str, static: str) -> Iterator[Part]:
    """Give every file of a theme: templates by their name, static files as ``static/NAME``.

    :param templates: the site's folder of templates.
    :param static: its folder of static files.
    """
    seen: set[str] = set()
    with trace.paused():
        for place in places:
            for kind in PARTS:
                prefix = "static/" if kind == "static" else ""
                own = root / (f"{static}/blasto" if prefix else templates)
                for name in files.scan(place / kind).files:
                    if prefix + name not in seen:
                        seen.add(prefix + name)
                        yield Part(prefix + name, place / kind / name, own / name)


def of_site(site: Site | None) -> list[Part]:
    """Give the files of a site's theme.

    :raises UsageError: the app has no content, hence no theme.
    """
    if site is None:
        raise UsageError.at("this app has no theme: it has no blasto.Blasto")
    config = site.settings
    return list(parts(site.root, site.theme_folders, config.templates, config.static))


def listed(root: Path, name: str, found: Sequence[Part]) -> Iterator[str]:
    """Say which themes there are, the chosen one with a star, and what the site overrides."""
    for one in available(root).values():
        yield f"{'*' if one.name == (name or DEFAULT) else ' '} {one.name} ({one.source})"
    for part in found:
        if part.own.exists():
            yield f"    {part.name} is the site's own"


def chosen(found: Sequence[Part], names: Sequence[str]) -> list[Part]:
    """Give the files that are named.

    :raises UsageError: the theme has no such file.
    """
    known = {part.name: part for part in found}
    for name in names:
        if name not in known:
            raise UsageError.at(f'the theme has no file "{name}"', hint=did_you_mean(name, known))
    return [known[name] for name in names]


def copy(part: Part) -> None:
    """Copy a file of the theme to where the site's own takes its place.

    :raises UsageError: the site has one already.
    """
    if part.own.exists():
        raise UsageError.at("is there already", str(part.own), hint="see blasto theme diff")
    part.own.parent.mkdir(parents=True, exist_ok=True)
    part.own.write_bytes(part.file.read_bytes())


def difference(part: Part, root: Path) -> str:
    """Give how the site's own file differs from the theme's, as a unified diff."""
    old, new = (
        file.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        for file in (part.file, part.own)
    )
    try:
        shown = part.own.relative_to(root).as_posix()
    except ValueError:
        shown = str(part.own)
    return "".join(unified_diff(old, new, f"theme/{part.name}", shown))
