"""A new site, and a new page of one: files written from a few that come with blasto.

A tool at the beginning of a site's way; nothing else of blasto needs it. The files lie in
``starter_site/`` beside this module, with ``@title@`` and the like where something is filled in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined, TemplateError

from .errors import BlastoError, UsageError, did_you_mean
from .listings import term_slug

if TYPE_CHECKING:
    from .site import Site

FOLDER = Path(__file__).parent / "starter_site"
PLACES = {"gitignore": ".gitignore", "pages.yml": ".github/workflows/pages.yml"}
"""Files that lie elsewhere in a site than in the package."""
_FIELD = re.compile(r"@(?:(\w+):)?(title|date)@")


def new_site(folder: Path, title: str | None = None, now: datetime | None = None) -> list[str]:
    """Make a site that freezes without a warning.

    :param folder: a new or empty one; hidden files in it do not matter.
    :param title: of the site; by itself the folder's name.
    :returns: the paths of its files.
    :raises UsageError: there are files already.
    """
    if folder.exists() and (
        not folder.is_dir() or any(not one.name.startswith(".") for one in folder.iterdir())
    ):
        raise UsageError.at(f"{folder} is not empty", hint="name a folder that does not exist yet")
    name = folder.resolve().name
    fields = {
        "title": title or re.sub(r"[-_]+", " ", name).strip().capitalize() or "A site",
        "date": f"{now or datetime.now(UTC):%Y-%m-%d}",  # the time zone of a site that names none
    }
    made = []
    for path, text in _starter():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(_filled(text, fields), encoding="utf-8")
        made.append(path)
    return sorted(made)


def _starter() -> Iterator[tuple[str, str]]:
    for file in sorted(FOLDER.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            path = file.relative_to(FOLDER).as_posix()
            # ".in", so that tools do not take them for files of blasto.
            yield PLACES.get(path, path.removesuffix(".in")), file.read_text(encoding="utf-8")


def _filled(text: str, fields: dict[str, str]) -> str:
    def one(found: re.Match[str]) -> str:
        value = fields[found[2]]
        # What JSON makes of a text is the same text in TOML and YAML.
        return json.dumps(value, ensure_ascii=False) if found[1] else value

    return _FIELD.sub(one, text)


def new_page(site: Site, title: str, *, section: str | None = None, kind: str = "post") -> Path:
    """Begin a page from an archetype: ``archetypes/KIND.md`` of the site, else blasto's own.

    An archetype is a Jinja2 template that gets ``title``, ``date``, ``slug``, ``section``
    and ``site``, and the filter ``yaml`` that quotes a text.

    :param section: the folder of the content that it goes into; by itself the first one
        in the layout of a blog.
    :returns: the new file.
    :raises UsageError: it exists, or there is no such archetype or section.
    :raises BlastoError: the archetype cannot be filled in.
    """
    if section is None:
        section = next(
            (one for one in site.library.sections if site.library.layout(one) == "blog"), ""
        )
    slug = re.sub(r"[^\w]+", "-", term_slug(title)).strip("-") or "page"
    file = site.content_folder / section / f"{slug}.md"
    if site.content_folder.resolve() not in file.resolve().parents:
        raise UsageError.at(f'"{section}" is no section: it lies outside {site.shown}/')
    if file.exists():
        raise UsageError.at(f"{file} exists", hint="choose another title")
    own = site.root / "archetypes"
    archetype = own / f"{kind}.md"
    if not archetype.is_file():
        archetype = FOLDER / "archetypes" / f"{kind}.md"
    if not archetype.is_file():
        known = {one.stem for folder in (own, FOLDER / "archetypes") for one in folder.glob("*.md")}
        raise UsageError.at(
            f'there is no archetype "{kind}"',
            hint=did_you_mean(kind, known) or f"write {own / kind}.md",
        )
    text = archetype.read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701 - Markdown
    environment.filters["yaml"] = lambda value: json.dumps(str(value), ensure_ascii=False)
    today = site.now.astimezone(site.settings.zone)
    try:
        filled = environment.from_string(text).render(
            title=title, date=f"{today:%Y-%m-%d}", slug=slug, section=section, site=site
        )
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        raise BlastoError.at(f"the archetype fails: {error}", str(archetype), line) from error
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(filled, encoding="utf-8")
    return file
