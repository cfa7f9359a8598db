"""What a link or image in a page's text means: files to URLs, every look-up noted.

Authors write the path of a file, as their editor and GitHub understand it; readers need
the URL. A link that means nothing is left as it is, and the check at the end of a freeze
reports it with its line.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from itertools import chain
from typing import Protocol
from unicodedata import normalize
from urllib.parse import urljoin

from . import naming, output, trace
from .errors import BlastoError
from .languages import Codes, prefix, split, versions
from .markup import EXTERNAL
from .pages import Page
from .routes import composed

PAGE_ENDINGS = (".md", ".markdown", "/index.md", "/_index.md", "/README.md")
PAGES = (".md", ".markdown")
INDEXES = ("index.md", "_index.md", "README.md")


class Linked(naming.Named, Protocol):
    """What this room asks of a site."""

    def address(self, path: str) -> str: ...


def resolve(site: Linked, page: Page, written: str) -> str:
    """Give the URL for a link or image in a page's text.

    :param written: the target as its author wrote it.
    """
    if not written or EXTERNAL.match(written):
        return written
    if written.startswith("[[") and written.endswith("]]"):
        return naming.resolve(site, page, written)
    path, query, fragment = output.split(written)
    tail = (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
    own = site.base_path + site.routes.pages[page.path]
    # A relative link is one to the page's own place, wherever that is.
    trace.note("url", page.path, site.routes.pages[page.path])
    if not path:
        trace.link(output.encode(own) + tail, page.path, written)
        return written
    try:
        decoded = output.decode(path)
    except BlastoError:
        decoded = path
    found = find(site, page, decoded)
    if found is None and not path.startswith("/"):
        trace.link(urljoin(output.encode(own), path) + tail, page.path, written)
        return written
    url = output.encode(site.base_path + (composed(decoded) if found is None else found)) + tail
    trace.link(url, page.path, written)
    return url


def find(site: Linked, page: Page, path: str) -> str | None:
    """Give the URL path that a decoded path means, relative to the page's file.

    First a page or file of the content, with ``.md`` or an index where that is left out;
    then a URL, as a browser would take it. Of a page in several languages it is that in
    the page's own, unless the path names one.
    """
    rooted = path.startswith("/")
    folder = "" if rooted else page.path.rpartition("/")[0]
    plain = posixpath.normpath(f"{folder}/{path.lstrip('/')}").lstrip("/")
    if plain.startswith(".."):
        return None
    stem = plain.removesuffix(".html")
    names = (
        [plain, *(stem + ending for ending in PAGE_ENDINGS)] if plain not in ("", ".") else INDEXES
    )
    if not plain.isascii():
        # A file's name may be decomposed, as macOS once wrote them; what people type is not.
        forms = ((name, normalize("NFC", name), normalize("NFD", name)) for name in names)
        names = list(dict.fromkeys(chain.from_iterable(forms)))
    codes = site.language_codes
    translate = bool(codes) and (not rooted or path.endswith(PAGES))
    if translate:
        names = _in_language(names, page.scope, codes)
        translate = split(plain, codes)[0] in (None, page.scope)
    for name in names:
        if name.endswith(PAGES):
            url = site.routes.pages.get(name, "")
            trace.note("url", name, url)
            if url and translate and split(name, codes)[0] is None:
                url = site.address(name)
        else:
            url = site.routes.assets.get(name, "")
            trace.note("asset", name, url)
        if url:
            return url
    if rooted:
        return None
    base = site.routes.pages[page.path].rpartition("/")[0]
    slash = "/" if path.endswith("/") else ""
    urls = (
        f"{prefix(page.scope)}/{plain}/",
        f"/{plain}/",
        posixpath.normpath(f"{base}/{path}") + slash,
    )
    for url in dict.fromkeys(map(composed, urls)):
        known = url in site.routes.targets
        trace.note("route", url, str(known))
        if known:
            return url
    return None


def _in_language(names: Iterable[str], scope: str, known: Codes) -> list[str]:
    """Give the files that a name may mean in a language: as it stands, translated, or neither."""
    found: dict[str, None] = {}
    for name in names:
        named, bare = split(name, known)
        if named is None and not name.endswith(PAGES):
            found |= dict.fromkeys(versions(name, scope, known))
        found[name] = None
        if named is None or (named == scope and bare != name):
            found |= dict.fromkeys([*versions(bare, scope, known), bare])
        elif not named:
            found[bare] = None
    return list(found)
