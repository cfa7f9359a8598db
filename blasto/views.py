"""The endpoints of a site's content: one view a kind of target, all plain Flask.

A request for any path that no other rule takes comes to :func:`content`, which looks the
path up and calls the view of its kind. Each of them may be replaced through
``app.view_functions["blasto.page"]`` and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import TemplateNotFound
from werkzeug.routing import PathConverter

from . import machines, output, themes, trace, variants
from .bodies import EditedError
from .errors import BlastoError, Problem
from .listings import Listing
from .pages import Page
from .routes import Target
from .site import current_site
from .statics import send

NO_LAYOUTS = frozenset("blog docs page list terms base alias 404".split())
"""Names in ``layout`` that choose no template: blasto's layouts, and what shows no page."""


class AnyPath(PathConverter):
    """Any path, the empty one too; what every other rule comes before."""

    regex = "(?:[^/].*?)?"
    weight = 1000


def content(path: str = "") -> ResponseReturnValue:
    """Answer any path that the site's content knows."""
    site = current_site
    url_path = "/" + path
    target = site.target(url_path)
    if target is None:
        slashed = site.target(url_path + "/")
        if slashed is not None and trace.current() is None:
            return redirect(output.encode(request.root_path + url_path + "/"), 301)
        abort(404)
    view = cast(
        "Callable[[Target], ResponseReturnValue]",
        current_app.view_functions[f"blasto.{target.kind}"],
    )
    if site.translations is None:
        return view(target)
    with trace.speaking(target.scope):
        return view(target)


def page(target: Target) -> str:
    """Show a page."""
    shown = current_site.page(target.name)
    _show(shown)
    return _render(choose_template(shown), shown, page=shown, listing=None)


def choose_template(page: Page) -> list[str]:
    """Give the names of the templates to try for a page, best first."""
    if page.template:
        return [page.template if "." in page.template else f"{page.template}.html"]
    names = []
    if page.layout_name and page.layout_name not in NO_LAYOUTS:
        names.append(page.layout_name if "." in page.layout_name else f"{page.layout_name}.html")
    if page.layout == "blog" and not (page.is_home or current_site.library.speaks(page)):
        names.append("post.html")
    return [*names, "page.html"]


def listing(target: Target) -> str:
    """Show one slice of a listing."""
    kind, _, name = target.name.partition("|")
    shown = current_site.listing(kind, name)
    _show(shown)
    index = shown.index
    names = [index.template] if index and index.template else ["list.html"]
    pagination = shown.paginate(target.number)
    return _render(names, index, listing=shown, pagination=pagination, page=index)


def terms(target: Target) -> str:
    """Show all terms of a taxonomy."""
    site = current_site
    shown = site.listing(target.name)
    _show(shown)
    names = [shown.index.template] if shown.index and shown.index.template else ["terms.html"]
    found = site.terms(target.name)
    return _render(names, shown.index, listing=shown, terms=found, page=shown.index)


def alias(target: Target) -> ResponseReturnValue:
    """Send the reader on: a page that does so when frozen, and a 301 with it when live."""
    shown = current_site.page(target.name)
    return forward(shown.url, shown.title, 301)


def forward(url: str, title: str, status: int) -> Response:
    """Answer with a page that leads to ``url``, and with a redirect when live."""
    site = current_site
    body = render_template(
        "alias.html", target=url, target_absolute=site.absolute(url), title=title
    )
    response = current_app.make_response(body)
    response.blasto_moved = (status, url)  # type: ignore[attr-defined]
    if trace.current() is None:
        response.status_code = status
        response.headers["Location"] = url
    return response


def asset(target: Target) -> Response:
    """Send a file that lies beside the text."""
    return _sent(current_site.contents.folder, current_site.shown, target.name)


def public(target: Target) -> Response:
    """Send a file of ``public/``."""
    return _sent(current_site.contents.public_folder, current_site.settings.public, target.name)


def _sent(folder: Path, shown: str, name: str) -> Response:
    try:
        return send(folder / name)
    except FileNotFoundError as error:
        raise EditedError.at("vanished during the freeze", f"{shown}/{name}") from error


def theme(filename: str) -> Response:
    """Send a file of the theme, or the site's own in its place (``static/blasto/NAME``)."""
    file = themes.static_file(current_site.theme_folders, current_app.static_folder, filename)
    if file is None:
        abort(404)
    return send(file)


def image(name: str) -> Response:
    """Send a picture in another size or format, made when it is first asked for."""
    found = variants.bytes_of(current_site, name)
    if found is None:
        return theme(f"images/{name}")
    data, kind = found
    response = current_app.make_response(data)
    response.mimetype = "image/jpeg" if kind == "jpg" else f"image/{kind}"
    response.cache_control.max_age, response.cache_control.public = 31_536_000, True
    response.cache_control.immutable = True
    return response


def not_found_page(target: Target | None = None) -> str:
    """The page that a static host shows for what is not there."""
    _show(None)
    return render_template("404.html")


def not_found(error: Exception) -> ResponseReturnValue:
    """Answer a live request for what is not there."""
    return not_found_page(), 404


def _show(subject: Page | Listing | None) -> None:
    request.blasto_subject = subject  # type: ignore[attr-defined]


def _render(names: Sequence[str], shown: Page | None, **context: object) -> str:
    try:
        return render_template(list(names), **context)
    except TemplateNotFound as error:
        if shown is None or error.name not in names:
            raise
        site = current_site
        raise BlastoError(
            Problem(
                f'there is no template "{names[0]}"',
                f"{site.shown}/{shown.path}",
                hint=f"looked in {site.settings.templates}/ and in the theme; "
                "take `template` out or make the file",
            )
        ) from error


def blueprint(places: Sequence[Path]) -> Blueprint:
    """Make the blueprint that holds the content's endpoints and the theme's templates.

    :param places: the folders of the theme, best first.
    """
    made = Blueprint("blasto", __name__)
    made.jinja_loader = themes.loader(places)
    # The one rule that content is matched by gives way to every rule of the app's own,
    # "/" and "/robots.txt" too, whichever was added first.
    made.record_once(lambda state: state.app.url_map.converters.update(blasto_path=AnyPath))
    made.add_url_rule("/", "content", content, build_only=True)
    made.add_url_rule("/<blasto_path:path>", "content", content)
    made.add_url_rule("/static/blasto/<path:filename>", "theme", theme)
    made.add_url_rule(f"{variants.PREFIX}<path:name>", "image", image)
    made.add_url_rule("/404.html", "not_found", not_found_page, build_only=True)
    return made


KINDS: dict[str, Callable[[Target], ResponseReturnValue]] = {
    "page": page,
    "listing": listing,
    "terms": terms,
    "alias": alias,
    "asset": asset,
    "public": public,
    "card": machines.card,
    "twin": machines.twin,
}
