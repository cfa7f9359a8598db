"""Files for programs that are no browsers: cards for link previews, texts for language models.

Views, beside ``feeds``. The texts' template is ``llms.txt``.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

from flask import Blueprint, Response, abort, current_app, render_template

from . import bodies, cards, companions, links, trace
from .errors import Problem
from .files import digest_file
from .hosts import content_type
from .markup import EXTERNAL
from .pages import Page
from .routes import Target
from .site import Site, current_site


class Group(NamedTuple):
    """Pages of one top section, for ``llms.txt``."""

    title: str
    pages: list[Page]


def card(target: Target) -> Response:
    """Answer with the card of a page as PNG; drawn once, and kept."""
    site = current_site
    page = site.library.by_path[target.name]
    options = site.settings.social_cards
    trace.note("card", page.path, companions.answer_card(site.settings, page))
    font = site.root / options.font if options.font else None
    with trace.paused():
        known = digest_file(font) if font is not None and font.is_file() else ""
        parts = (cards.digest(options, page.title, site.settings.title), known, cards.maker())
        kept = site.state / "cards" / f"{trace.digest(*parts)}.png"
        lost = ""
        try:
            data = kept.read_bytes()
        except OSError:
            data, lost = cards.draw(options, page.title, site.settings.title, font)
            if not lost:
                _keep(kept, data)
    if font is not None:
        trace.note("file", str(font), known)
    if lost:
        trace.warn(
            Problem(
                f"the font of its card lacks {' '.join(lost)}", f"{site.shown}/{page.path}",
                hint="name a font file that has it: `font` in [social_cards]", severity="warning",
            )
        )  # fmt: skip
    return _answer(data, "card.png")


def _keep(file: Path, data: bytes) -> None:
    """Keep a file; where that cannot be, it is made again next time."""
    waiting = file.with_name(f"{file.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        waiting.write_bytes(data)
        os.replace(waiting, file)


def twin(target: Target) -> Response:
    """Answer with a page's text as Markdown."""
    return _answer(_markdown(current_site.page(target.name)), "page.md")


def _markdown(page: Page) -> str:
    site = current_site
    trace.note("body", page.path, page.digest)
    body = bodies.source(site.content_folder, site.shown, page)

    def resolve(written: str) -> str:
        if EXTERNAL.match(written):
            return written
        return urljoin(page.absolute_url, site.absolute(links.resolve(site, page, written)))

    with trace.recording() as past:
        text = companions.markdown(page, body, resolve)
    # The page itself says where its links lead, and is told of those that lead nowhere.
    past.links.clear()
    past.references.clear()
    trace.replay(past)
    return text


def llms(target: Target | None = None) -> Response:
    """Answer with llms.txt: what the site is, and where the Markdown of each page is."""
    site = current_site
    if not site.config.llms:
        abort(404)
    return _answer(render_template("llms.txt", groups=_groups(site)), "llms.txt")


def llms_full(target: Target | None = None) -> Response:
    """Answer with the Markdown of all pages, one after the other."""
    site = current_site
    if not site.config.llms:
        abort(404)
    texts = [_markdown(page) for group in _groups(site) for page in group.pages]
    return _answer("\n".join(texts), "llms-full.txt")


def _groups(site: Site) -> list[Group]:
    """Give the pages that have a Markdown twin, by top section; notes all pages' metadata."""
    pages = [page for page in site.pages if companions.has_twin(site.settings, page)]
    found: dict[str, list[Page]] = {}
    for page in pages:
        found.setdefault(page.folder.partition("/")[0], []).append(page)
    groups = [Group(site.config.title, found.pop(""))] if "" in found else []
    for name, members in found.items():
        listed = name in site.library.sections
        title = site.listing("section", name).title if listed else members[0].title
        groups.append(Group(title, sorted(members, key=lambda page: not page.is_index)))
    return groups


def _answer(data: str | bytes, name: str) -> Response:
    response = current_app.make_response(data)
    response.headers["Content-Type"] = content_type(name)
    return response


def register(blueprint: Blueprint) -> None:
    """Let ``url_for`` know the endpoints; ``views.content`` calls them."""
    blueprint.add_url_rule("/llms.txt", "llms", llms, build_only=True)
    blueprint.add_url_rule("/llms-full.txt", "llms_full", llms_full, build_only=True)
