"""What each observation that is not the library's own looks like today, by its kind.

Between the rooms that note them and ``site``, which is asked by the freezer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import channels, measuring, menus, reads, sitemaps, trace
from .noting import setting_digest

#: Takes the site and the observation's name, gives today's digest.
ANSWERS: Mapping[str, Callable[[Any, str], str]] = {
    "config": lambda site, name: setting_digest(site.settings, name),
    "data": lambda site, name: site.data.digest(name),
    "url": lambda site, name: site.routes.pages.get(name, ""),
    "asset": lambda site, name: site.routes.assets.get(name, ""),
    "route": lambda site, name: str(name in site.routes.targets),
    "feed": lambda site, name: channels.answer_feed(site.settings, site.library, name),
    "file": lambda _, name: reads.digest(name),
    "image": measuring.answer,
    "newest": lambda site, name: channels.answer_newest(site.library, name),
    "sitemap": lambda site, name: sitemaps.digest(site.library, site.routes, name),
    "search": lambda site, _: str(site.has_search),
    "pictures": lambda site, name: trace.digest(*measuring.beside(site, name)),
    "picture": lambda site, name: site.contents.digest(name),
    "menu": lambda site, _: menus.digest(site),
}
