"""The endpoints of search: its page, and the files of the index.

A freeze makes the index itself and copies it (``indexing``). Live, it is made of the
content's pages when it is first asked for, and again when content has changed.
"""

from __future__ import annotations

import atexit
import shutil
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock

from flask import Blueprint, Response, abort, current_app, render_template, request

from . import output, search, trace
from .errors import BlastoError
from .routes import Target
from .site import Site, current_site
from .statics import send

_making = Lock()


def search_page(target: Target | None = None) -> str:
    """Show the page that searches the site; 404 where search is off."""
    if not current_site.has_search:
        abort(404)
    return render_template("search.html")


def search_file(filename: str) -> Response:
    """Send a file of the index to the live app's browser."""
    site: Site = current_site._get_current_object()  # type: ignore[attr-defined]
    if not site.has_search:
        abort(404)
    try:
        file = search.place(_live(site), output.check_path(filename))
    except BlastoError:
        abort(404)
    if not file.is_file():
        abort(404)
    return send(file)


search_file.blasto_live = True  # type: ignore[attr-defined]


def _live(site: Site) -> Path:
    """Give the folder of the live index, made of what the content is now."""
    kept = current_app.extensions.setdefault("blasto_search", {})
    with _making:
        if "folder" not in kept:
            kept["folder"] = mkdtemp(prefix="blasto-search-")
            atexit.register(shutil.rmtree, kept["folder"], ignore_errors=True)
        folder = Path(kept["folder"])
        pages = site.contents.pages
        now = trace.digest(*(path + page.digest for path, page in pages.items()))
        if kept.get("content") != now:
            _index(site, folder)
            kept["content"] = now
    return folder


def _index(site: Site, folder: Path) -> None:
    client = current_app.test_client()
    texts: dict[str, str] = {}
    groups: dict[int, list[search.Source]] = {}
    urls = [
        url for url, target in site.routes.targets.items()
        if target.kind in ("page", "listing") and target.number == 1
    ]  # fmt: skip
    for url in sorted(urls):
        with client.get(output.encode(url), base_url=request.url_root) as answer:
            if answer.status_code == 200 and answer.mimetype == "text/html":
                texts[url] = answer.get_data(as_text=True)
    number = search.bundles(len(texts))
    for url, text in texts.items():
        page = search.Source(url, output.url_to_path(url), trace.digest(text), url)
        groups.setdefault(search.bundle(url, number), []).append(page)
    made = {
        one: search.index(folder / str(one), pages, "", texts.__getitem__)
        for one, pages in groups.items()
    }
    (folder / search.CATALOGUE).write_bytes(search.catalogue(made)[0])


def register(blueprint: Blueprint, *, on: bool) -> None:
    """Let ``url_for`` know the endpoints; the files have a rule of their own where search is on."""
    blueprint.add_url_rule(search.PAGE, "search", search_page, build_only=True)
    if on:
        blueprint.add_url_rule(f"{search.PREFIX}<path:filename>", "search_file", search_file)
