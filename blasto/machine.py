"""What a site has by itself, where no file of its own stands at that URL.

After ``routes``: feeds of the whole, sitemaps, robots.txt, the page of search, 404.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from . import channels, search, sitemaps, trace
from .channels import FORMATS, Channel
from .config import Config
from .languages import prefix
from .library import Library
from .listings import Listing
from .pages import Page
from .routes import Routes, Target


def targets(configs: Mapping[str, Config], routes: Routes) -> dict[str, Target]:
    """Give the targets by URL path that exist today.

    :param configs: by language; each has its own feed, page of search and 404.html.
    """
    found: dict[str, Target] = {}
    number = sitemaps.count(routes)
    found["/sitemap.xml"] = _made("sitemap", "" if number == 1 else "index")
    for part in range(1, number + 1 if number > 1 else 1):
        found[f"/sitemap-{part}.xml"] = _made("sitemap", str(part))
    found["/robots.txt"] = _made("robots")
    for scope, library in routes.libraries.items():
        if not scope or library.by_path:
            for url, target in _of_language(configs[scope], library):
                found[prefix(scope) + url] = replace(target, scope=scope)
    return found


def _of_language(config: Config, library: Library) -> Iterator[tuple[str, Target]]:
    if channels.has_feed(config, library, library.listing("all")):
        for name in config.feed_formats:
            yield "/" + channels.FORMATS[name].file, _made("feed", f"{name}|all|")
    if config.llms:
        yield "/llms.txt", _made("llms")
        yield "/llms-full.txt", _made("llms_full")
    if config.search and search.program() is not None:
        yield search.PAGE, _made("search")
    yield "/404.html", _made("not_found")


class Fed(Protocol):
    """What this room asks of a site."""

    @property
    def config(self) -> Any: ...
    @property
    def settings(self) -> Config: ...
    @property
    def library(self) -> Library: ...
    @property
    def routes(self) -> Routes: ...
    def href(self, url_path: str) -> str: ...


def feeds(site: Fed, listing: Listing) -> list[Channel]:
    """Give the feeds of a listing, and note whether there are any."""
    name = "" if channels.is_whole(listing) else f"{listing.kind}|{listing.name}"
    known = channels.has_feed(site.settings, site.library, listing)
    trace.note("feed", name, str(known))
    if not known:
        return []
    title = listing.title if name else site.config.title
    return [
        Channel(site.href(site.routes.feed_path(listing, form)), FORMATS[form].type, title, form)
        for form in site.config.feed_formats
    ]


def newest(site: Fed, listing: Listing, count: int) -> Sequence[Page]:
    """Give the newest dated pages of a listing, and note which they are."""
    pages = channels.newest(site.library, listing, count)
    trace.note("newest", f"{listing.kind}|{listing.name}|{count}", channels.digest(pages))
    return pages


def _made(kind: str, name: str = "") -> Target:
    return Target(kind, name, source="blasto")
