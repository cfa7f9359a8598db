"""What a name in a wikilink means: the page that is called so, wherever it lies.

Beside ``links``. A name is a path, else that of a file or bundle, else a title; case, hyphens
and spaces do not matter. Of several pages the one nearest to the page that asks counts.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from typing import Protocol
from urllib.parse import quote, urljoin

from . import output, trace
from .config import Config
from .languages import Codes, split
from .library import Library
from .listings import term_slug
from .pages import INDEX_NAMES, MARKDOWN, Page
from .routes import Routes

Names = Mapping[str, list[str]]


class Named(Protocol):
    """What this room asks of a site."""

    @property
    def base_path(self) -> str: ...
    @property
    def settings(self) -> Config: ...
    @property
    def library(self) -> Library: ...
    @property
    def routes(self) -> Routes: ...
    @property
    def language_codes(self) -> Codes: ...


def key(name: str) -> str:
    """Give a name as it is looked up."""
    return "/".join(term_slug(part) for part in name.strip("/").split("/"))


def index(pages: Iterable[Page], codes: Codes) -> tuple[Names, Names]:
    """Give the paths of pages by the names of their files and folders, and by their titles."""
    files: dict[str, list[str]] = {}
    titles: dict[str, list[str]] = {}
    for page in pages:
        stem = posixpath.splitext(split(page.path, codes)[1] if codes else page.path)[0]
        folder, _, last = stem.rpartition("/")
        whole = folder if last in INDEX_NAMES and folder else stem
        parts = whole.split("/")
        for start in range(len(parts)):
            files.setdefault(key("/".join(parts[start:])), []).append(page.path)
        titles.setdefault(key(page.title.replace("/", " ")), []).append(page.path)
    return files, titles


def find(site: Named, scope: str, folder: str, name: str) -> str:
    """Give the path of the page that a name means in a folder, ``""`` where there is none.

    :param scope: the language of the page that asks, whose pages come first.
    """
    plain = name.strip()
    for ending in MARKDOWN:
        plain = plain.removesuffix(ending)
    library = site.library
    if library.names is None:
        library.names = index(library.by_path.values(), site.language_codes)
    files, titles = library.names
    if plain.startswith(("./", "../")):
        plain = posixpath.normpath(f"{folder}/{plain}")
    found = files.get(key(plain)) or titles.get(key(plain.replace("/", " "))) or []
    pages = (library.by_path[path] for path in found)
    nearest = min(
        pages,
        key=lambda page: (page.scope != scope, _distance(folder, page.path), page.path),
        default=None,
    )
    return nearest.path if nearest else ""


def _distance(folder: str, path: str) -> tuple[int, int]:
    """Say how many folders lie between a folder and a page."""
    here, there = folder.split("/") if folder else [], path.split("/")[:-1]
    shared = len(posixpath.commonprefix([here, there]))
    return len(here) - shared + len(there) - shared, len(there)


def resolve(site: Named, page: Page, written: str) -> str:
    """Give the URL for ``[[name#heading]]``."""
    name, _, heading = written[2:-2].partition("#")
    path = page.path
    if name:
        path = find(site, page.scope, page.folder, name)
        trace.note("named", f"{page.scope}|{page.folder}|{name}", path)
    fragment = f"#{quote(_slug(site, heading))}" if heading.strip() else ""
    url = site.routes.pages.get(path, "")
    trace.note("url", path, url) if path else None
    own = output.encode(site.base_path + site.routes.pages[page.path])
    if url:
        target = output.encode(site.base_path + url) + fragment
        trace.link(target, page.path, written)
        return target if name else fragment
    trace.note("url", page.path, site.routes.pages[page.path])
    lost = quote(name.strip())
    trace.link(urljoin(own, lost) + fragment, page.path, written)
    return lost + fragment


def _slug(site: Named, heading: str) -> str:
    """Name a heading as the dialect does."""
    if site.settings.markdown.dialect == "github":
        from .github import Names as Github

        return Github()(heading, "-")
    from markdown.extensions.toc import slugify

    return slugify(heading, "-")


def answer(site: Named, name: str) -> str:
    """Give today's digest of an observation of kind ``named``."""
    return find(site, *name.split("|", 2))
