"""The site: configuration, library, routes and Markdown in one object, and its look-ups.

Fourth stop of a page's way: here a page learns its URL, its HTML and its neighbours.
Views and templates reach it as ``current_site`` and ``site``. Content is read when it
is first asked for, so that making the app costs nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Protocol, cast

import msgspec
from flask import current_app, has_request_context, request
from markupsafe import Markup
from werkzeug.local import LocalProxy

from . import (
    bodies,
    files,
    links,
    measuring,
    menus,
    output,
    trace,
)
from .config import Config
from .contents import Contents, Spread, serially
from .data import Data
from .errors import BlastoError, did_you_mean
from .inserts import Templates
from .languages import prefix, split
from .listings import Listing
from .markup import EXTERNAL, Heading, Rendered, Renderer
from .menus import Item, Menus
from .noting import UNTRUSTED, setting_digest
from .observed import ANSWERS
from .outlets import Outlets
from .pages import Beside, Page
from .refs import decoder
from .rereading import Rereading, renewed
from .routes import Routes, Target


class Site(Outlets):
    """Everything that is known of one site.

    :param root: the project: ``content/``, ``templates/``, ``blasto.toml`` lie here.
    :param kinds: class by content folder that front matter must fit.
    """

    def __init__(self, root: Path, config: Config, kinds: Mapping[str, type] | None = None) -> None:
        self.root = root
        self.kinds = dict(kinds or {})
        super().__init__(config)
        self.source: Path | None = None
        self.state = root / ".blasto"
        self.theme_folders: tuple[Path, ...] = ()
        self.bodies: bodies.Store = bodies.Memory()
        self._routes: Routes | None = None
        self._contents: Contents | None = None
        self.templates: Templates | None = None
        """The Jinja2 environment, for templates inside of a text."""
        self.answers: dict[str, Callable[[Site, str], str]] = {}
        """Today's digest of observations that other rooms note, by kind."""
        self._stamp: object = None
        self.reread = Rereading()
        self.configured: Callable[[], Config] = lambda: self.settings
        """Reads the configuration again."""
        self.watched = False
        """Whether somebody says when files change, so that requests need not look."""
        self.loaded = self.now
        self._refreshing = Lock()

    # Configuration

    def configure(self, config: Config) -> None:
        super().configure(config)
        self.renderer = Renderer.of(config.markdown)
        self.forget()

    @cached_property
    def data(self) -> Data:
        return Data(self.root / self.settings.data)

    @property
    def now(self) -> datetime:
        """The instant of this run: ``SOURCE_DATE_EPOCH`` where it is set, else the clock."""
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        if epoch.isdecimal():
            return datetime.fromtimestamp(int(epoch), UTC)
        return datetime.now(UTC)

    # Content

    def forget(self) -> None:
        """Read content again when it is asked for next."""
        self._libraries = self._routes = self._contents = self._machine = None
        self._stamp = None

    def load(
        self,
        digests: files.Digests | None = None,
        remembered: Mapping[str, tuple[str, bytes]] | None = None,
        spread: Spread = serially,
    ) -> Contents:
        """Read all content. Problems are kept in the result, not raised."""
        with trace.paused(), trace.speaking(""):
            contents = Contents(self.root, self.settings, self.kinds)
            found, public = contents.scan(digests or files.Digests())
            contents.load(found, public, remembered, spread)
            self.use(contents)
        return contents

    def use(self, contents: Contents) -> None:
        """Take over content that has been read."""
        self.loaded = self.now
        if self.settings.git_dates:
            from . import gitdates  # here, for git is asked where that is wished only

            contents.problems += gitdates.apply(
                contents.pages.values(), self.root, self.settings.content, self.settings.zone
            )
        published = contents.published(self.loaded)
        routes = self._sort(published, contents)
        for page in published:
            page.bind(self)
        if self.kinds:
            from . import refcheck  # here, for only typed front matter has references

            routes.problems += refcheck.problems(self.all_pages, contents)
        self._contents, self._routes = contents, routes
        self._machine = None

    def refresh(
        self,
        changed: Collection[str] | None = None,
        remembered: Mapping[str, tuple[str, bytes]] | None = None,
        spread: Spread = serially,
        **settings: bool,
    ) -> bool:
        """Read content again as far as it changed: what the development server does.

        :param changed: the files that may have changed, where that is known.
        :param remembered: digest and encoded page by path, from an earlier freeze.
        :param spread: reads many files, maybe in parallel.
        :param settings: options that have to have these values.
        :returns: whether anything changed.
        """
        with trace.paused(), trace.speaking(""), self._refreshing:
            if any(getattr(self.settings, name) != value for name, value in settings.items()):
                self.settings = replace(self.settings, **settings)  # type: ignore[arg-type]
            contents, before = Contents(self.root, self.settings, self.kinds), self._contents
            differs = self.reread.look(contents, changed)
            if not differs and before is not None and self._stamp is self.settings:
                return False
            self.reread.fill(contents, remembered, spread)
            if before is None or self._stamp is not self.settings or not renewed(before, contents):
                # Not forgotten first: another thread may be in the middle of a page.
                self.use(contents)
            self._stamp = self.settings
            return True

    @property
    def contents(self) -> Contents:
        return self._contents or self.load()

    @property
    def routes(self) -> Routes:
        if self._routes is None:
            self.load()
        return cast("Routes", self._routes)

    @property
    def content_folder(self) -> Path:
        return self.root / self.settings.content

    @property
    def static_folder(self) -> Path:
        return self.root / self.settings.static

    @property
    def shown(self) -> str:
        """How messages name the content folder."""
        return self.contents.shown

    # Look-ups for templates and views

    def page(self, path: str) -> Page:
        """Give a page by its path under ``content/``.

        :raises BlastoError: there is none, or it is not published.
        """
        library = self.library
        if self.translations and split(path, self.language_codes)[0] is None:
            path = self.version(path)
        page = self.all_pages.get(path)
        trace.note("page", path, self.library_of(path).answer("page", path))
        if page is None:
            raise BlastoError.at(
                f'there is no page "{path}"', hint=did_you_mean(path, library.by_path)
            )
        return page

    def edit_url_of(self, page: Page) -> str | None:
        """Give where a page can be edited, ``None`` where the theme is not told."""
        pattern = self.config.theme.edit_url
        return pattern.replace("{path}", output.encode(page.path)) if pattern else None

    def typed(self, page: Page) -> object:
        kind = self.contents.kind_of(page.path)
        if kind is None or page.typed is None:
            return page.meta
        return msgspec.convert(page.typed, kind, strict=False, dec_hook=decoder(self))

    # Navigation

    @property
    def menu(self) -> list[Item]:
        """The site's menu, with the entry that the current page lies under marked."""
        return self._once("menu", menus.menu)

    @property
    def menus(self) -> Menus:
        """The menus by name, ``menus["footer"]``; that of ``menu`` is called ``main``."""
        return Menus(self)

    @property
    def nav(self) -> list[Item]:
        """The tree of the documentation around the current page."""
        return self._once("nav", menus.tree)

    @property
    def breadcrumbs(self) -> list[Item]:
        return self._once("breadcrumbs", menus.breadcrumbs)

    def _once(self, name: str, make: Callable[[Site], list[Item]]) -> list[Item]:
        """Make something once a request."""
        if not has_request_context():
            return make(self)
        made: dict[str, list[Item]] = request.__dict__.setdefault("blasto_made", {})
        if name not in made:
            made[name] = make(self)
        return made[name]

    @property
    def current(self) -> Page | Listing | None:
        """The page or listing that the current request shows."""
        return getattr(request, "blasto_subject", None) if has_request_context() else None

    # URLs

    @property
    def base_path(self) -> str:
        """What stands before every URL path: ``""`` or ``"/repo"``."""
        if has_request_context():
            return request.root_path.rstrip("/")
        return self.settings.base_path

    def href(self, url_path: str) -> str:
        """Give a decoded URL path as it stands in ``href``, and note the link."""
        url = output.encode(self.base_path + url_path)
        trace.link(url)
        return url

    def page_url(self, page: Page) -> str:
        return self.href(self.url_path(page))

    def listing_url(self, listing: Listing, number: int = 1) -> str:
        return self.href(self.routes.listing_path(listing, number))

    @property
    def home_url(self) -> str:
        return self.href(prefix(trace.scope()) + "/")

    def absolute(self, url: str) -> str:
        """Give a URL with scheme and host, those of ``base_url``."""
        if EXTERNAL.match(url):
            return url
        trace.note("config", "base_url", setting_digest(self.settings, "base_url"))
        return self.settings.origin + url

    def asset(self, path: str) -> str | None:
        """Give the URL path of a file of the content that is no page."""
        url_path = self.routes.assets.get(path)
        trace.note("asset", path, url_path or "")
        return url_path

    def images_of(self, page: Page) -> list[Beside]:
        """Give the pictures that lie beside a page which speaks for its folder."""
        if not page.is_index:
            return []
        folder = page.path.rpartition("/")[0]
        names = measuring.beside(self, folder)
        trace.note("pictures", folder, trace.digest(*names))
        urls = self.routes.assets
        return [Beside(name.rpartition("/")[2], self.href(urls[name])) for name in names]

    @trace.of_subject
    def resource(self, page: Page, target: str) -> str | None:
        """Give the URL of a file that a page's front matter names."""
        return self.resolve(page, target, "src")

    def target(self, url_path: str) -> Target | None:
        """Tell what a decoded URL path leads to."""
        return self.routes.targets.get(url_path) or self.machine.get(url_path)

    def resolve(self, page: Page, written: str, attribute: str) -> str:
        """Give the URL for a link or image of a page's text."""
        return links.resolve(self, page, written)

    # Bodies

    def _note_dialect(self, page: Page) -> None:
        """Note the settings that a text is rendered by."""
        for name in ("markdown", UNTRUSTED + page.folder):
            trace.note("config", name, setting_digest(self.settings, name))

    @trace.of_subject
    def rendered(self, page: Page) -> Rendered:
        """Give a page's body as HTML, from memory where nothing that it saw has changed."""
        trace.note("body", page.path, page.digest)
        self._note_dialect(page)
        return bodies.rendered(self, page)

    @trace.of_subject
    def html(self, page: Page) -> Markup:
        return Markup(self.rendered(page).html)

    @trace.of_subject
    def heading(self, page: Page) -> Markup:
        return Markup(self.rendered(page).heading) or Markup.escape(page.title)

    @trace.of_subject
    def heading_id(self, page: Page) -> str:
        return self.rendered(page).heading_id

    @trace.of_subject
    def toc(self, page: Page) -> list[Heading]:
        return self.rendered(page).toc

    @trace.of_subject
    def summary(self, page: Page) -> Markup:
        self._note_dialect(page)
        return bodies.summary(self, page)

    # Answers, for the freezer

    def today(self, kind: str, name: str) -> str:
        """Give today's digest of an observation."""
        scope, mark, bare = name.partition(trace.MARK)
        if mark:
            if scope not in self.configs:
                return ""
            with trace.speaking(scope):
                return self._today(kind, bare)
        if not trace.scope():
            return self._today(kind, name)
        with trace.speaking(""):
            return self._today(kind, name)

    def _today(self, kind: str, name: str) -> str:
        answer = ANSWERS.get(kind) or self.answers.get(kind)
        return answer(self, name) if answer else self.library.answer(kind, name)


class HasSite(Protocol):
    """A Flask app, as far as this room needs it."""

    extensions: dict[str, Any]


def site_of(app: HasSite) -> Site | None:
    """Give an app's site, ``None`` for an app without blasto's content."""
    return cast("Site | None", app.extensions.get("blasto"))


current_site: Site = cast("Site", LocalProxy(lambda: current_app.extensions["blasto"]))
