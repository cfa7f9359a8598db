"""Views as Frozen-Flask's users write them, frozen by both: the same bytes, three times."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import (
    Response,
    g,
    redirect,
    render_template,
    send_file,
    send_from_directory,
    stream_template,
    stream_with_context,
    url_for,
)
from flask.views import MethodView
from flask_flatpages import FlatPages
from twins import Case, app_in, case_of, check_pattern, plain
from werkzeug.wsgi import ClosingIterator

CASES: dict[str, Case] = {}
case = partial(case_of, CASES)


@case()
def headers(kind: Any, root: Path) -> Any:
    """``after_request`` that sets a header, and one that changes every body, CSS with it."""
    freezer = plain(kind, root)

    @freezer.app.after_request
    def after(response: Response) -> Response:
        response.headers["X-Frame-Options"] = "DENY"
        response.direct_passthrough = False
        response.set_data(response.get_data().replace(b"red", b"blue") + b"\n")
        return response

    return freezer


@case()
def middleware(kind: Any, root: Path) -> Any:
    """A WSGI middleware that changes every body."""
    freezer = plain(kind, root)
    inner = freezer.app.wsgi_app

    def shout(environ: Any, start_response: Any) -> Any:
        with closing(ClosingIterator(inner(environ, start_response))) as body:
            return [part.upper() for part in body]

    freezer.app.wsgi_app = shout
    return freezer


def redirects(kind: Any, root: Path, policy: str) -> Any:
    """Make a site with a redirect to a page and one to a redirect."""
    freezer = plain(kind, root, FREEZER_REDIRECT_POLICY=policy)
    freezer.app.add_url_rule("/old/", "old", lambda: redirect(url_for("post", name="new")))
    freezer.app.add_url_rule("/older/", "older", lambda: redirect("/old/", 301))
    return freezer


@case()
def redirects_followed(kind: Any, root: Path) -> Any:
    """``FREEZER_REDIRECT_POLICY = "follow"``."""
    return redirects(kind, root, "follow")


@case()
def redirects_ignored(kind: Any, root: Path) -> Any:
    """``FREEZER_REDIRECT_POLICY = "ignore"``."""
    return redirects(kind, root, "ignore")


@case(files={"templates/rss.xml": '<rss>{{ url_for("post", name="fed", _external=True) }}</rss>'},
      change=("templates/rss.xml", "<rss>empty</rss>"))  # fmt: skip
def feeds(kind: Any, root: Path) -> Any:
    """Views that give RSS, JSON, text and a type that the name does not have."""
    freezer = plain(kind, root, FREEZER_BASE_URL="https://example.org/")
    add = freezer.app.add_url_rule
    add("/rss.xml", "rss", lambda: Response(render_template("rss.xml"), mimetype="application/xml"))
    add("/api/all.json", "api", lambda: {"all": ["é"]})
    add("/humans.txt", "humans", lambda: ("me", {"Content-Type": "text/plain"}))
    add("/feed/", "odd", lambda: Response("<feed/>", mimetype="application/atom+xml"))
    return freezer


@case(files={f"pages/{name}.md": f"title: {name}\n\nThe *text* of {name}." for name in ("eins", "zwei", "tief/drei")},
      change=("pages/zwei.md", "title: Zwei\n\nOther *text*."))  # fmt: skip
def flat_pages(kind: Any, root: Path) -> Any:
    """A Flask-FlatPages site with a generator, as its documentation shows it."""
    app = app_in(root)
    app.config.update(FLATPAGES_EXTENSION=".md", FLATPAGES_ROOT="pages")
    pages = FlatPages(app)
    freezer = kind(app)

    @app.route("/")
    def index() -> str:
        return ", ".join(sorted(page["title"] for page in pages))

    @app.route("/<path:path>/")
    def page(path: str) -> str:
        return str(pages.get_or_404(path).html)

    @freezer.register_generator
    def pages_of_mine() -> Any:
        for one in pages:
            yield "page", {"path": one.path}

    return freezer


@case(change=("static/日本.txt", "こんにちは"))
def japanese(kind: Any, root: Path) -> Any:
    """URLs and files in Japanese, with spaces and in decomposed Unicode."""
    freezer = plain(kind, root)
    freezer.register_generator(
        lambda: [
            "/post/日本語/",
            "/post/%E6%9D%B1%E4%BA%AC/",
            ("post", {"name": "が 行"}),
            "/post/が/",
        ]
    )
    return freezer


@case()
def missing_pages(kind: Any, root: Path) -> Any:
    """``FREEZER_IGNORE_404_NOT_FOUND``, with the app's own error page."""
    freezer = plain(kind, root, FREEZER_IGNORE_404_NOT_FOUND=True)
    freezer.app.register_error_handler(404, lambda error: ("<p>Nothing here.", 404))
    freezer.register_generator(lambda: ["/nowhere/"])
    return freezer


@case(files={"media/photo.jpg": b"\xff\xd8\xff"}, change=("media/photo.jpg", "other"))
def own_files(kind: Any, root: Path) -> Any:
    """A view that sends files of a folder that Flask does not know."""
    freezer = plain(kind, root)
    freezer.app.add_url_rule(
        "/media/<path:name>", "media", lambda name: send_from_directory(root / "media", name)
    )
    freezer.register_generator(lambda: [("media", {"name": "photo.jpg"})])
    return freezer


@case()
def languages(kind: Any, root: Path) -> Any:
    """Language codes in the URL by ``url_defaults`` and ``flask.g``, as Flask's documentation has it."""
    freezer = plain(kind, root)
    app = freezer.app

    @app.url_defaults
    def add_language(endpoint: str, values: dict[str, Any]) -> None:
        if app.url_map.is_endpoint_expecting(endpoint, "lang") and "lang" not in values:
            values["lang"] = g.lang

    @app.url_value_preprocessor
    def take_language(endpoint: str, values: dict[str, Any] | None) -> None:
        if values and "lang" in values:
            g.lang = values.pop("lang")

    app.add_url_rule("/<lang>/", "home", lambda: url_for("text", name="hello"))
    app.add_url_rule("/<lang>/<name>/", "text", lambda name: f"{g.lang} {name}")
    freezer.register_generator(lambda: [("home", {"lang": "de"})])
    return freezer


@case()
def streams(kind: Any, root: Path) -> Any:
    """Bodies made while they are sent: streamed templates, files in memory."""
    freezer = plain(kind, root)
    add = freezer.app.add_url_rule

    def stream() -> Any:
        yield "a"
        yield url_for("post", name="streamed")

    add("/stream/", "stream", lambda: Response(stream_with_context(stream()), mimetype="text/html"))
    add(
        "/template/",
        "template",
        lambda: Response(stream_template("index.html"), mimetype="text/html"),
    )
    # Frozen-Flask does not see what is called while a body is sent; blasto does.
    freezer.register_generator(lambda: [("post", {"name": "streamed"})])
    add("/made.zip", "made", lambda: send_file(BytesIO(b"PK"), mimetype="application/zip"))
    return freezer


class Item(MethodView):
    """A page from a class."""

    def get(self, name: str = "none") -> str:
        """Say which."""
        return f"{name} {url_for('item', name='linked') if name == 'none' else ''}"


@case()
def class_views(kind: Any, root: Path) -> Any:
    """Views from classes, with defaults for arguments."""
    freezer = plain(kind, root)
    freezer.app.add_url_rule("/item/", view_func=Item.as_view("items"))
    freezer.app.add_url_rule("/item/<name>/", view_func=Item.as_view("item"))
    freezer.app.add_url_rule("/front/", "front", lambda page: f"page {page}", defaults={"page": 1})
    return freezer


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("name", CASES)
def test_the_same_bytes(
    name: str, workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pattern gives Frozen-Flask's bytes, URLs and warnings: first, again, after a change."""
    check_pattern(CASES[name], workers, tmp_path, monkeypatch)
