"""Files for machines: the Atom feed, the sitemap, robots.txt. Views over the library.

Their templates (``feed.xml``, ``sitemap.xml``, ``robots.txt``) can be overridden like any
other. Types are those that a static host gives to the file names, so that the live
answer is the frozen one.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flask import Blueprint, Response, abort, current_app, render_template

from . import trace
from .pages import Page
from .routes import Target
from .site import Site, current_site

MACHINE = "application/xml; charset=utf-8"


class Place(NamedTuple):
    """A line of the sitemap."""

    url_path: str
    changed: datetime | None


def places(site: Site) -> list[Place]:
    """Give every page and listing that search engines should know, by URL path."""
    found = []
    for url_path, target in site.routes.targets.items():
        if target.kind == "page":
            page: Page = site.library.by_path[target.name]
            if page.sitemap and not page.noindex:
                found.append(Place(url_path, page.updated or page.date))
        elif target.kind in ("listing", "terms"):
            found.append(Place(url_path, None))
    return sorted(found, key=lambda place: place.url_path)


def sitemap_digest(site: Site, name: str = "") -> str:
    """Digest what the sitemap shows, for the freezer."""
    return trace.digest(*(f"{place.url_path}|{place.changed}" for place in places(site)))


def feed(target: Target | None = None) -> Response:
    """Answer with an Atom feed (RFC 4287) of the newest pages; 404 where none has a date."""
    site = current_site
    if site.feed_url is None:
        abort(404)
    pages = site.latest(int(site.config.feed_limit))
    dates = [instant for page in pages for instant in (page.updated or page.date,) if instant]
    return _answer(render_template("feed.xml", pages=pages, updated=max(dates)))


def sitemap(target: Target | None = None) -> Response:
    """Answer with a sitemap (sitemaps.org protocol 0.9)."""
    site = current_site
    found = places(site)
    trace.note("sitemap", "", sitemap_digest(site))
    return _answer(
        render_template(
            "sitemap.xml",
            places=[(site.absolute(site.href(place.url_path)), place.changed) for place in found],
        )
    )


def robots(target: Target | None = None) -> Response:
    """Answer with a robots.txt (RFC 9309) that names the sitemap."""
    return _answer(render_template("robots.txt"), "text/plain; charset=utf-8")


def _answer(text: str, kind: str = MACHINE) -> Response:
    response = current_app.make_response(text)
    response.headers["Content-Type"] = kind
    return response


def register(blueprint: Blueprint) -> None:
    """Let ``url_for`` know the endpoints; ``views.content`` calls them."""
    blueprint.add_url_rule("/feed.xml", "feed", feed, build_only=True)
    blueprint.add_url_rule("/sitemap.xml", "sitemap", sitemap, build_only=True)
    blueprint.add_url_rule("/robots.txt", "robots", robots, build_only=True)
