"""What a site has: its pages, drafts, URLs, lists, routes and settings.

A tool beside the site, for people and for programs. Nothing is rendered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from .errors import UsageError
from .frontier import Frontier

if TYPE_CHECKING:
    from .freezer import Freezer
    from .site import Site

Row = dict[str, Any]


def rows(freezer: Freezer, what: str) -> list[Row]:
    """Give one row for each thing of a kind.

    :param what: a name of :data:`KINDS`.
    :raises UsageError: a site without content has no such thing.
    """
    return KINDS[what](freezer)


def _site(freezer: Freezer) -> Site:
    if freezer.site is None:
        raise UsageError.at(
            "this app has no content of blasto's", hint="list its urls or its routes"
        )
    return freezer.site


def pages(freezer: Freezer) -> list[Row]:
    """Give the pages of a site: those that are published, in the order of their files."""
    site = _site(freezer)
    return [
        {
            "file": f"{site.shown}/{page.path}",
            "url": site.routes.pages.get(page.path),
            "title": page.title,
            "date": page.date.isoformat() if page.date else None,
            "section": site.library.section_name(page),
            "words": page.words,
        }
        for page in site.library.by_path.values()
    ]


def drafts(freezer: Freezer) -> list[Row]:
    """Give the pages that are not published, and why."""
    site = _site(freezer)
    found = []
    for path, page in site.contents.pages.items():
        if path in site.library.by_path:
            continue
        late = page.date is not None and page.date > site.now
        why = "draft" if page.draft else "a date to come" if late else "expired"
        found.append({"file": f"{site.shown}/{path}", "title": page.title, "why": why,
                      "date": page.date.isoformat() if page.date else None})  # fmt: skip
    return found


def urls(freezer: Freezer) -> list[Row]:
    """Give every URL that is known without rendering, its file and what it comes from."""
    frontier = Frontier(freezer)
    found: dict[str, Row] = {}
    for one in (*frontier.roots(), *frontier.content()):
        row = {"url": one.url, "file": freezer.file_of(one.url), "from": one.source}
        found.setdefault(one.url, row)
    return [found[url] for url in sorted(found)]


def listings(freezer: Freezer) -> list[Row]:
    """Give the lists of pages that have a URL."""
    site = _site(freezer)
    found = []
    for url, target in site.routes.targets.items():
        if target.kind == "listing" and target.number == 1:
            kind, _, name = target.name.partition("|")
            listing = site.library.listing(kind, name)
            found.append({"url": url, "kind": kind, "name": name, "title": listing.title,
                          "pages": len(listing.members)})  # fmt: skip
    return sorted(found, key=lambda row: str(row["url"]))


def routes(freezer: Freezer) -> list[Row]:
    """Give the rules of the app, blasto's own too."""
    return [
        {"rule": rule.rule, "endpoint": rule.endpoint, "methods": sorted(rule.methods or ())}
        for rule in sorted(freezer.app.url_map.iter_rules(), key=lambda rule: rule.rule)
    ]


def settings(freezer: Freezer) -> list[Row]:
    """Give the options of the site as they are now, and the settings of the freezer."""
    found: list[Row] = []
    if freezer.site is not None:
        config = freezer.site.settings
        found += [
            {"name": name, "value": msgspec.to_builtins(getattr(config, name), enc_hook=str)}
            for name in sorted(config.__dataclass_fields__)
        ]
    names = sorted(name for name in freezer.app.config if name.startswith("FREEZER_"))
    found += [
        {"name": name, "value": msgspec.to_builtins(freezer.app.config[name], enc_hook=str)}
        for name in names
    ]
    return found


KINDS: dict[str, Callable[[Freezer], list[Row]]] = {
    "pages": pages,
    "drafts": drafts,
    "urls": urls,
    "listings": listings,
    "routes": routes,
    "settings": settings,
}


def as_text(found: Sequence[Row]) -> str:
    """Put rows into columns, for people."""
    if not found:
        return "none"
    names = list(found[0])
    lines = [[_shown(row[name]) for name in names] for row in found]
    widths = [max(len(line[place]) for line in lines) for place in range(len(names))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "-" if value is None or value == "" else str(value)


def as_json(found: Sequence[Row]) -> str:
    """Put rows into a JSON array, for programs."""
    return json.dumps(found, ensure_ascii=False, indent=2)
