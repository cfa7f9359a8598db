"""What each observation is today: how a site answers for all that its library does not.

Beside ``site``, which asks here when the freezer compares the ledger with today. One line a
kind of observation; the library answers for its own kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import channels, companions, measuring, menus, naming, reads, sitemaps, trace
from .noting import setting_digest

ANSWERS: Mapping[str, Callable[[Any, str], str]] = {
    "config": lambda site, name: setting_digest(site.settings, name),
    "backlinks": lambda site, name: site.backlinks.digest(name),
    "data": lambda site, name: site.data.digest(name),
    "page": lambda site, name: site.library_of(name).answer("page", name),
    "body": lambda site, name: site.library_of(name).answer("body", name),
    "spoken": lambda site, name: site.version(name),
    "address": lambda site, name: site.address_of(name),
    "languages": lambda site, _: site.languages_digest,
    "translations": lambda site, name: site.translations_digest(name),
    "person": lambda site, name: site.people.digest(name),
    "url": lambda site, name: site.routes.pages.get(name, ""),
    "asset": lambda site, name: site.routes.assets.get(name, ""),
    "route": lambda site, name: str(name in site.routes.targets),
    "feed": lambda site, name: channels.answer_feed(site.settings, site.library, name),
    "file": lambda _, name: reads.digest(name),
    "image": measuring.answer,
    "pictures": lambda site, name: trace.digest(*measuring.beside(site, name)),
    "picture": lambda site, name: site.contents.digest(name),
    "card": lambda site, name: companions.answer_card(
        site.settings, site.library.by_path.get(name)
    ),
    "newest": lambda site, name: channels.answer_newest(site.library, name),
    "sitemap": lambda site, name: sitemaps.digest(site.routes, site.translations, name),
    "files": measuring.answer_files,
    "search": lambda site, _: str(site.has_search),
    "menu": menus.digest,
    "named": naming.answer,
}
