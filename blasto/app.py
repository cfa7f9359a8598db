"""The app: where all rooms meet. ``create_app`` makes a site's Flask app, ``Blasto`` joins one.

The only module that knows everyone. Making the app reads ``blasto.toml`` and nothing
else: content is read when it is first asked for.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields
from pathlib import Path
from typing import Any

from flask import Flask, abort, current_app, request
from jinja2 import Undefined
from werkzeug.routing import PathConverter, Rule

from . import (
    feeds,
    fingerprints,
    hostfiles,
    hosts,
    imaging,
    machines,
    minifying,
    output,
    searching,
    themes,
    trace,
    views,
)
from .config import FILE, Config, load
from .console import Console, leaving
from .errors import Problem, UsageError
from .formats import asked
from .galleries import FUNCTIONS
from .languages import prefix
from .settings import configure
from .site import Site, site_of
from .templating import FILTERS, trace_templates
from .undefined import Told
from .wording import Words

NAMES = tuple(one.name for one in fields(Config))


class Blasto:
    """The Flask extension: gives an app content, Markdown, templates and a feed.

    :param app: the app, or ``None`` to call :meth:`init_app` later.
    :param root: the project's folder; the app's own where it is left out.
    :param kinds: class by content folder that front matter must fit.
    :param settings: options of ``blasto.toml`` that win over the file.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        root: str | os.PathLike[str] | None = None,
        kinds: Mapping[str, type] | None = None,
        **settings: Any,
    ) -> None:
        self.root = root
        self.kinds = kinds
        self.overrides = settings
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Give blasto to an app; its own routes stay and win over the content's."""
        root = Path(self.root if self.root is not None else app.root_path).resolve()
        site = Site(root, self._config(app, root), self.kinds)
        app.extensions["blasto"] = site
        site.configured = lambda: self._config(app, root)
        _check_extras(site.settings)
        site.theme_folders = themes.folders(root, site.settings.theme.name)
        blueprint = views.blueprint(site.theme_folders)
        feeds.register(blueprint)
        machines.register(blueprint)
        searching.register(blueprint, on=site.settings.search)
        hostfiles.register(blueprint, on=hosts.reads_rules(site.settings.host))
        _add_builders(app, site)
        app.register_blueprint(blueprint)
        for kind, view in views.KINDS.items():
            app.view_functions[f"blasto.{kind}"] = view
        app.jinja_env.filters.update(FILTERS)
        app.jinja_env.globals.update(FUNCTIONS, **fingerprints.FUNCTIONS, site=site)
        environment = site.templates = trace_templates(app)
        site.answers["template"] = lambda _, name: environment.digest_of(name)
        site.words = Words(site, environment)
        if app.jinja_env.undefined is Undefined:  # an app may have chosen a stricter one
            app.jinja_env.undefined = Told
        configure(app)
        app.after_request(fingerprints.after)
        if site.settings.assets.fingerprint:
            fingerprints.register(app)
        if len(site.configs) > 1:
            _speak(app, site)

        @app.before_request
        def look_again() -> None:
            """Show edits at once while developing, drafts included."""
            if app.debug and not site.watched and trace.current() is None:
                site.refresh(drafts=True, future=True, expired=True)
                trace_templates(app).look_again(root / site.settings.templates)

    def _config(self, app: Flask, root: Path) -> Config:
        from_flask = {
            name: app.config[f"BLASTO_{name.upper()}"]
            for name in NAMES
            if f"BLASTO_{name.upper()}" in app.config
        }
        return load(root / FILE, overrides={**from_flask, **self.overrides}, env=os.environ)


def _check_extras(config: Config) -> None:
    """Say what has to be installed for what ``blasto.toml`` asks for."""
    assets, wanted = config.assets, []
    if config.images.responsive and not imaging.is_installed():
        wanted.append(("images.responsive", "images"))
    if assets.minify and not minifying.is_installed("minify_html"):
        wanted.append(("assets.minify", "assets"))
    if "br" in assets.precompress and not minifying.is_installed("brotli"):
        wanted.append(("assets.precompress", "assets"))
    if wanted:
        raise UsageError(*(
            Problem(f"{option} is not possible here", FILE, hint=f"pip install 'blasto[{extra}]'")
            for option, extra in wanted
        ))  # fmt: skip


def create_app(
    path: str | os.PathLike[str] | None = None,
    *,
    kinds: Mapping[str, type] | None = None,
    **settings: Any,
) -> Flask:
    """Make the Flask app of a site.

    :param path: the site's ``freeze.py`` (pass ``__file__``) or its folder; the current
        folder where it is left out.
    :param kinds: class by content folder that front matter must fit.
    :param settings: options of ``blasto.toml`` that win over the file.
    :raises UsageError: ``blasto.toml`` is wrong; all that is, each with its line.
    """
    given = Path(path).resolve() if path is not None else Path.cwd()
    root = given.parent if given.is_file() else given
    if not root.is_dir():
        raise UsageError.at(f"there is no folder {root}")
    extension = Blasto(root=root, kinds=kinds, **settings)
    with _told(given):
        config = load(root / FILE, overrides=settings, env=os.environ)
    app = Flask(
        "blasto_site",
        root_path=str(root),
        static_folder=str(root / config.static),
        template_folder=str(root / config.templates),
    )
    app.config.from_prefixed_env()
    extension.init_app(app)
    app.register_error_handler(404, views.not_found)
    app.before_request(_refuse_links)
    site = site_of(app)
    assert site is not None
    site.source = given if given.is_file() else None
    return app


def _told(script: Path) -> AbstractContextManager[None]:
    """Print what is wrong and leave, with status 2, where ``python freeze.py`` runs."""
    running = getattr(sys.modules["__main__"], "__file__", None)
    if running is not None and Path(running).resolve() == script:
        return leaving(Console(format=asked(sys.argv)))
    return nullcontext()


def _refuse_links() -> None:
    """Send no file of ``static/`` that a link takes from outside the project."""
    if request.endpoint == "static" and current_app.static_folder is not None:
        file = Path(current_app.static_folder, str((request.view_args or {}).get("filename", "")))
        try:
            inside = file.resolve().is_relative_to(Path(current_app.root_path).resolve())
        except (OSError, RuntimeError, ValueError):
            inside = False
        if not inside:
            abort(404)


def _speak(app: Flask, site: Site) -> None:
    """Answer a request below ``/fr/`` in French: routes of the app's own, and what is not there."""
    scopes = {prefix(scope): scope for scope in site.configs}

    @app.before_request
    def speak() -> None:
        first = "/" + request.path.lstrip("/").partition("/")[0]
        request.blasto_before = trace.speak(scopes.get(first, ""))  # type: ignore[attr-defined]

    @app.teardown_request
    def be_silent(_: BaseException | None) -> None:
        trace.speak(getattr(request, "blasto_before", ""))


def _add_builders(app: Flask, site: Site) -> None:
    """Let ``url_for("blasto.page", path="guide/start.md")`` give a page's URL."""

    class PagePath(PathConverter):
        def to_url(self, value: Any) -> str:
            path = value if isinstance(value, str) else value.path
            site.page(path)
            return output.encode(site.routes.pages[path]).lstrip("/")

    app.url_map.converters["blasto_page"] = PagePath
    app.url_map.add(Rule("/<blasto_page:path>", endpoint="blasto.page", build_only=True))


__all__ = ["Blasto", "configure", "create_app"]
