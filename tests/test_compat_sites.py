"""Sites as Frozen-Flask's users write them, frozen by both: the same bytes, three times."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Blueprint, Response, redirect, render_template, send_from_directory, url_for
from flask_flatpages import FlatPages
from twins import Twins, app_in
from werkzeug.wsgi import ClosingIterator

LAYOUT = "<title>{% block title %}{% endblock %}</title>{% block body %}{% endblock %}"
BASE = {
    "templates/layout.html": LAYOUT,
    "templates/index.html": (
        '{% extends "layout.html" %}{% block body %}<a href="{{ url_for("post", name="one") }}">1</a>'
        '<link href="{{ url_for("static", filename="css/style.css") }}">{% endblock %}'
    ),
    "templates/post.html": '{% extends "layout.html" %}{% block title %}{{ name }}{% endblock %}',
    "static/css/style.css": "a { color: red }",
    "static/logo.svg": "<svg/>",
    "static/.hidden": "x",
}


class Case(NamedTuple):
    """A pattern, the files it needs beside the base, and what changes before the third freeze."""

    make: Callable[[Any, Path], Any]
    files: dict[str, str | bytes] = {}
    change: tuple[str, str] = ("templates/layout.html", LAYOUT + "<footer>new</footer>")


CASES: dict[str, Case] = {}


def case(**options: Any) -> Callable[[Any], Any]:
    """Add a pattern to the table under its function's name."""

    def add(make: Any) -> Any:
        CASES[make.__name__] = Case(make, **options)
        return make

    return add


def plain(kind: Any, root: Path, **config: Any) -> Any:
    """Make the site that most patterns are a variation of."""
    options = config.pop("options", {})
    app = app_in(root, **options)
    app.config.update(config)

    @app.route("/")
    def index() -> str:
        return render_template("index.html")

    @app.route("/post/<name>/")
    def post(name: str) -> str:
        return render_template("post.html", name=name)

    return kind(app)


@case()
def each_form_of_generator(kind: Any, root: Path) -> Any:
    """Strings, dicts, tuples of two and of three, and one function registered twice."""
    freezer = plain(kind, root)

    @freezer.register_generator
    def post() -> Any:
        yield "/post/a%20string/"
        yield {"name": "dict"}
        yield "post", {"name": "two"}
        yield "post", {"name": "three"}, datetime(2100, 1, 1)  # noqa: DTZ001 - as they do
        yield "index", {}

    freezer.register_generator(post)
    freezer.register_generator(lambda: [("post", {"name": "lambda"})])
    return freezer


@case(files={"shop/static/cart.css": "b", "shop/templates/shop.html": "shop {{ url_for('.static', filename='cart.css') }}"})
def blueprints(kind: Any, root: Path) -> Any:
    """Blueprints with folders of their own, one registered twice under other names."""
    freezer = plain(kind, root)
    shop = Blueprint(
        "shop", "shop", root_path=str(root / "shop"), static_folder="static", template_folder="templates"
    )

    @shop.route("/")
    def index() -> str:
        return render_template("shop.html")

    @shop.route("/item-<int:number>.html")
    def item(number: int) -> str:
        return str(number) + (url_for(".item", number=number + 1) if number < 3 else "")

    freezer.app.register_blueprint(shop, url_prefix="/shop")
    freezer.app.register_blueprint(shop, url_prefix="/outlet", name="outlet")
    freezer.register_generator(lambda: [("shop.item", {"number": 1}), "/outlet/item-2.html"])
    return freezer


@case()
def app_factory(kind: Any, root: Path) -> Any:
    """``init_app`` after the generators, and a second app in the same process."""
    other = plain(kind, root, FREEZER_DESTINATION="other")
    other.freeze()
    freezer = kind()

    @freezer.register_generator
    def post() -> Any:
        yield {"name": "early"}

    freezer.init_app(plain(kind, root).app)
    return freezer


@case()
def static_at_the_root(kind: Any, root: Path) -> Any:
    """``static_url_path=''``."""
    return plain(kind, root, options={"static_url_path": ""})


@case()
def relative_urls(kind: Any, root: Path) -> Any:
    """``FREEZER_RELATIVE_URLS``."""
    return plain(kind, root, FREEZER_RELATIVE_URLS=True)


@case()
def base_url_with_a_path(kind: Any, root: Path) -> Any:
    """``FREEZER_BASE_URL`` with a path, and a view that says where it is."""
    freezer = plain(kind, root, FREEZER_BASE_URL="https://example.org/my/app/")
    freezer.app.add_url_rule("/here/", "here", lambda: url_for("here", _external=True))
    freezer.register_generator(lambda: ["/post/string/"])
    return freezer


@case(files={"build/.git/HEAD.keep": "x", "build/mine/a.txt": "x", "build/old.html": "x"})
def ignoring(kind: Any, root: Path) -> Any:
    """``FREEZER_DESTINATION_IGNORE`` and ``FREEZER_STATIC_IGNORE``."""
    return plain(
        kind, root, FREEZER_DESTINATION_IGNORE=[".git*", "mine/"], FREEZER_STATIC_IGNORE=["*.svg", ".*"]
    )


@case()
def own_file_names(kind: Any, root: Path) -> Any:
    """A subclass that overrides ``urlpath_to_filepath``."""

    class Own(kind):
        def urlpath_to_filepath(self, path: str) -> str:
            return super().urlpath_to_filepath(path).replace("/index.html", ".html")

    freezer = plain(kind, root)
    made = Own(freezer.app)
    made.register_generator(lambda: [("post", {"name": "mine"})])
    return made


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
        lambda: ["/post/日本語/", "/post/%E6%9D%B1%E4%BA%AC/", ("post", {"name": "が 行"}), "/post/が/"]
    )
    return freezer


@case(change=("templates/post.html", "{{ name }}!"))
def into_the_project(kind: Any, root: Path) -> Any:
    """The project itself as destination, with ``FREEZER_REMOVE_EXTRA_FILES = False``."""
    return plain(kind, root, FREEZER_DESTINATION=str(root), FREEZER_REMOVE_EXTRA_FILES=False)


@case(files={"build/skipped.html": "old", "build/kept.html": "old"})
def skipping(kind: Any, root: Path) -> Any:
    """``FREEZER_SKIP_EXISTING`` as a function, and a generator's dates."""
    freezer = plain(kind, root, FREEZER_SKIP_EXISTING=lambda url, path: url == "/skipped.html")
    for name in ("skipped", "kept", "dated"):
        freezer.app.add_url_rule(f"/{name}.html", name, lambda name=name: name)
    freezer.register_generator(lambda: [("dated", {}, datetime(2001, 1, 1))])  # noqa: DTZ001
    return freezer


@case(files={"build/skipped.html": "old"}, change=("build/post/one/index.html", "by hand"))
def skipping_all(kind: Any, root: Path) -> Any:
    """``FREEZER_SKIP_EXISTING = True`` with generators that know every URL."""
    freezer = plain(kind, root, FREEZER_SKIP_EXISTING=True)
    freezer.app.add_url_rule("/skipped.html", "skipped", lambda: "new")
    freezer.register_generator(lambda: [("post", {"name": "one"})])
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
    freezer.app.add_url_rule("/media/<path:name>", "media", lambda name: send_from_directory(root / "media", name))
    freezer.register_generator(lambda: [("media", {"name": "photo.jpg"})])
    return freezer


@case()
def unsaid(kind: Any, root: Path) -> Any:
    """Neither static files nor rules by themselves, no log, and an endpoint left out."""
    app = plain(kind, root).app
    freezer = kind(app, with_static_files=False, with_no_argument_rules=False, log_url_for=False)
    freezer.register_generator(lambda: [("index", {}), ("static", {"filename": "logo.svg"})])
    return freezer


@pytest.mark.parametrize("name", CASES)
def test_the_same_bytes(name: str, tmp_path: Path) -> None:
    """A pattern gives Frozen-Flask's bytes, URLs and warnings: first, again, after a change."""
    pattern = CASES[name]
    twins = Twins(tmp_path, pattern.make, {**BASE, **pattern.files})
    twins.freeze()
    assert len(twins.published(twins.ours)) > len(BASE) + len(pattern.files)
    twins.freeze()
    twins.write(*pattern.change)
    twins.freeze()
