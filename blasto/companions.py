"""What may stand beside a page: its card for link previews, its text as Markdown.

Between ``channels`` and ``routes``, which gives each its URL; ``machines`` answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from . import cards
from .config import Config
from .pages import Page

FENCED = re.compile(
    r"^(?P<fence>[ \t>]*(?:`{3,}|~{3,}))[^\n]*\n.*?(?:^(?P=fence)[^\n]*$|\Z)|(?P<ticks>`+)[^`].*?(?P=ticks)",
    re.S | re.M,
)
LINK = re.compile(
    r"(?P<head>\]\(\s*<?|^[ ]{0,3}\[(?!\^)[^\]\n]+\]:[ \t]*<?)(?P<target>[^\s)<>]+)", re.M
)


def has_card(config: Config, page: Page) -> bool:
    """Tell whether a card is drawn for a page: not where it has a picture of its own."""
    return config.social_cards.enabled and not page.image_source


def has_twin(config: Config, page: Page) -> bool:
    """Tell whether a page's text is published as Markdown too."""
    return config.llms and page.listed and not page.noindex


def card_path(url_path: str) -> str:
    """Give the URL path of the card of the page at a URL path."""
    return f"{cards.PREFIX}{url_path.strip('/') or 'index'}.png"


def twin_path(url_path: str) -> str:
    """Give the URL path of the Markdown of the page at a URL path."""
    return f"{url_path}index.md" if url_path.endswith("/") else f"{url_path}.md"


def answer_card(config: Config, page: Page | None) -> str:
    """Give today's digest of what a page's card shows."""
    if page is None or not has_card(config, page):
        return ""
    return cards.digest(config.social_cards, page.title, config.title)


def markdown(page: Page, body: str, resolve: Callable[[str], str]) -> str:
    """Give a page as Markdown that can be read anywhere: its title, its text, whole addresses.

    :param resolve: gives what a target of a link means, with scheme and host.
    """

    def link(found: re.Match[str]) -> str:
        return found["head"] + resolve(found["target"])

    parts, at = [], 0
    for code in FENCED.finditer(body):
        parts += [LINK.sub(link, body[at : code.start()]), code[0]]
        at = code.end()
    text = "".join([*parts, LINK.sub(link, body[at:])]).strip()
    heading = "" if re.match(r"#\s|[^\n]+\n=+\s*$", text, re.M) else f"# {page.title}\n\n"
    return f"{heading}{text}\n"
