"""Ways to set up a Frozen-Flask site, frozen by both: the same bytes, three times."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, render_template, url_for
from twins import Case, case_of, check_pattern, plain

CASES: dict[str, Case] = {}
case = partial(case_of, CASES)


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


@case(
    files={
        "shop/static/cart.css": "b",
        "shop/templates/shop.html": "shop {{ url_for('.static', filename='cart.css') }}",
    }
)
def blueprints(kind: Any, root: Path) -> Any:
    """Blueprints with folders of their own, one registered twice under other names."""
    freezer = plain(kind, root)
    shop = Blueprint(
        "shop",
        "shop",
        root_path=str(root / "shop"),
        static_folder="static",
        template_folder="templates",
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
        kind,
        root,
        FREEZER_DESTINATION_IGNORE=[".git*", "mine/"],
        FREEZER_STATIC_IGNORE=["*.svg", ".*"],
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
def one_page_twice(kind: Any, root: Path) -> Any:
    """Two URLs that become one file, with the same bytes."""
    freezer = plain(kind, root)
    freezer.app.add_url_rule("/index.html", "index")
    return freezer


@case()
def unsaid(kind: Any, root: Path) -> Any:
    """Neither static files nor rules by themselves, no log, and an endpoint left out."""
    app = plain(kind, root).app
    freezer = kind(app, with_static_files=False, with_no_argument_rules=False, log_url_for=False)
    freezer.register_generator(lambda: [("index", {}), ("static", {"filename": "logo.svg"})])
    return freezer


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("name", CASES)
def test_the_same_bytes(
    name: str, workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pattern gives Frozen-Flask's bytes, URLs and warnings: first, again, after a change."""
    check_pattern(CASES[name], workers, tmp_path, monkeypatch)
