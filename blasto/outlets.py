"""What a site publishes beside its pages, as it is asked for it: feeds, cards, search.

The part of ``site`` between ``lists`` and the whole.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import companions, machine, search, trace
from .channels import Channel
from .config import Config
from .languages import prefix
from .listings import Listing
from .lists import Lists
from .pages import Page
from .routes import Target


class Outlets(Lists):
    """A site's files for programs, and where they are."""

    def __init__(self, config: Config) -> None:
        self._machine: Mapping[str, Target] | None = None
        super().__init__(config)

    @trace.of_subject
    def feeds_of(self, listing: Listing) -> list[Channel]:
        """Give the feeds of a listing, one in each of ``feed_formats``."""
        return machine.feeds(self, listing)

    @property
    def feeds(self) -> list[Channel]:
        """The feeds of the whole site; none where no page has a date."""
        return self.feeds_of(self.library.listing("all"))

    @property
    def feed_url(self) -> str | None:
        """The URL of the first of them, ``None`` where there is none."""
        return next((one.url for one in self.feeds), None)

    @trace.of_subject
    def card_of(self, page: Page) -> str | None:
        """Give the URL of the picture that is drawn for a page."""
        has = self.config.draws_cards and companions.has_card(self.settings, page)
        return self.href(companions.card_path(self.url_path(page))) if has else None

    @trace.of_subject
    def twin_of(self, page: Page) -> str | None:
        """Give the URL of a page's Markdown."""
        has = self.config.llms and companions.has_twin(self.settings, page)
        return self.href(companions.twin_path(self.url_path(page))) if has else None

    def url_path(self, page: Page) -> str:
        """Give the URL path of a page, and note it."""
        url_path = self.routes.pages.get(page.path, "/")
        trace.note("url", page.path, url_path)
        return url_path

    @property
    def search_url(self) -> str | None:
        """The URL of the page that searches the site, ``None`` where search is off."""
        trace.note("search", "", str(self.has_search))
        return self.href(prefix(trace.scope()) + search.PAGE) if self.has_search else None

    @property
    def has_search(self) -> bool:
        return self.settings.search and search.program() is not None

    @property
    def machine(self) -> Mapping[str, Target]:
        """What the site has by itself, by URL path: feeds, sitemap, robots.txt, 404.html."""
        if self._machine is None:
            self._machine = machine.targets(self.configs, self.routes)
        return self._machine
