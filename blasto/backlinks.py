"""Which pages link to a page: the links of all bodies, turned round.

Below ``lists``, which asks when a template reads ``page.backlinks``; a site whose templates
do not never comes here. Bodies come from the ledger where they did not change. Who asks for
one page's backlinks observes the pages that link there, and whatever else than content any
body looked at: a snippet may hold a link, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from . import output, trace
from .errors import BlastoError
from .markup import Rendered
from .noting import CONTENT
from .pages import Page
from .routes import Routes


class InsideError(BlastoError):
    """A text asks for backlinks, which depend on all texts."""


class Linking(Protocol):
    """What this room asks of a site."""

    all_pages: dict[str, Page]

    @property
    def base_path(self) -> str: ...
    @property
    def routes(self) -> Routes: ...
    def rendered(self, page: Page) -> Rendered: ...


class Backlinks:
    """The pages that link to each page, of one state of the content."""

    def __init__(self, site: Linking) -> None:
        self.routes = site.routes
        self.base_path = site.base_path
        self.state = state(site)
        self.seen = trace.Trace()
        self._found: dict[str, dict[str, Page]] = {}
        paths = {url: path for path, url in site.routes.pages.items()}
        for page in site.all_pages.values():
            with trace.recording() as past:
                try:
                    site.rendered(page)
                except InsideError:
                    raise
                except BlastoError:
                    continue  # which is reported where the page itself is made
            if page.listed:
                self._add(page, past.links, paths)
            self.seen.volatile = self.seen.volatile or past.volatile
            self.seen.observations |= {
                (kind, name): digest
                for (kind, name), digest in past.observations.items()
                if kind not in CONTENT
            }

    def _add(self, page: Page, links: Mapping[str, None], paths: Mapping[str, str]) -> None:
        for link in links:
            if not link.startswith(self.base_path + "/"):
                continue
            try:
                url = output.decode(output.split(link)[0][len(self.base_path) :])
            except BlastoError:
                continue
            target = paths.get(url) or paths.get(url + "/")
            if target is not None and target != page.path:
                self._found.setdefault(target, {})[page.path] = page

    def holds(self, site: Linking) -> bool:
        """Tell whether the content is still what it was."""
        if self.routes is not site.routes or self.base_path != site.base_path:
            return False
        # Content does not change while a freeze runs.
        return trace.current() is not None or self.state == state(site)

    def of(self, path: str) -> list[Page]:
        """Give the listed pages that link to a page, by path."""
        found = self._found.get(path, {})
        return [found[name] for name in sorted(found)]

    def digest(self, path: str) -> str:
        """Digest which pages link to a page, and what is known of them."""
        return trace.digest(*(page.path + page.meta_digest for page in self.of(path)))


def state(site: Linking) -> str:
    """Digest all texts."""
    return trace.digest(*(page.path + page.digest for page in site.all_pages.values()))
