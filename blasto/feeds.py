"""Files for machines: feeds, the sitemap, robots.txt. Views over the library.

Their templates (``feed.xml``, ``rss.xml``, ``feed.json``, ``sitemap.xml``,
``sitemapindex.xml``, ``robots.txt``) can be overridden like any other. Types are those that
a static host gives to the file names, so that the live answer is the frozen one.
"""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Response, abort, current_app, render_template

from . import channels, machine, sitemaps, trace
from .hosts import content_type
from .listings import Listing
from .routes import Target
from .site import current_site


class Feed(NamedTuple):
    """What a feed's template gets to know of the feed itself."""

    title: str
    description: str
    url: str
    home_url: str
    listing: Listing | None


def feed(target: Target | None = None) -> Response:
    """Answer with a feed of the newest pages of a list; 404 where none has a date."""
    site = current_site
    form, kind, name = (target.name if target else "atom|all|").split("|")
    listing = site.listing(kind, name)
    shown = next((one for one in listing.feeds if one.format == form), None)
    if shown is None:
        abort(404)
    whole = channels.is_whole(listing)
    about = Feed(
        site.config.title if whole else f"{listing.title} \N{EN DASH} {site.config.title}",
        site.config.description if whole else listing.description,
        site.absolute(shown.url),
        site.absolute(site.home_url if whole else listing.url),
        None if whole else listing,
    )
    pages = machine.newest(site, listing, int(site.config.feed_limit))
    dates = [instant for page in pages for instant in (page.updated or page.date,) if instant]
    file = channels.FORMATS[form].file
    return _answer(file, pages=pages, updated=max(dates), feed=about)


def sitemap(target: Target | None = None) -> Response:
    """Answer with a sitemap (sitemaps.org protocol 0.9), or with the index of several."""
    site = current_site
    name = target.name if target else ""
    trace.note("sitemap", name, sitemaps.digest(site.routes, site.translations, name))
    if name == "index":
        number = sitemaps.count(site.routes)
        urls = [site.href(f"/sitemap-{one}.xml") for one in range(1, number + 1)]
        return _answer("sitemapindex.xml", urls=[site.absolute(url) for url in urls])
    found = sitemaps.part(site.routes, site.translations, int(name or 0))

    def at(url_path: str) -> str:
        return site.absolute(site.href(url_path))

    return _answer(
        "sitemap.xml",
        places=[(at(place.url_path), place.changed) for place in found],
        alternates={
            at(place.url_path): [(code, at(url)) for code, url in place.alternates]
            for place in found
            if place.alternates
        },
    )


def robots(target: Target | None = None) -> Response:
    """Answer with a robots.txt (RFC 9309) that names the sitemap."""
    return _answer("robots.txt")


def _answer(template: str, **context: object) -> Response:
    response = current_app.make_response(render_template(template, **context))
    response.headers["Content-Type"] = content_type(template)
    return response


def register(blueprint: Blueprint) -> None:
    """Let ``url_for`` know the endpoints; ``views.content`` calls them."""
    blueprint.add_url_rule("/feed.xml", "feed", feed, build_only=True)
    blueprint.add_url_rule("/sitemap.xml", "sitemap", sitemap, build_only=True)
    blueprint.add_url_rule("/robots.txt", "robots", robots, build_only=True)
