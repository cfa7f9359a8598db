from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from quick import app_of, get, page, site_in
from sites import Project, blog

from blasto import trace
from blasto.config import Config
from blasto.errors import BlastoError
from blasto.noting import Settings, setting_digest
from blasto.pages import Page
from blasto.site import Site, current_site, site_of


def noted(past: trace.Trace, kind: str) -> set[str]:
    """Give what was looked at of one kind."""
    return {name for found, name in past.observations if found == kind}


def test_each_setting_is_noted_by_itself() -> None:
    """Who reads the title does not depend on the description."""
    settings = Settings(Config(title="Mine", params={"a": 1, "b": {"c": 2}}))
    with trace.recording() as past:
        assert (settings.title, settings.base_path, settings.layout) == ("Mine", "", "")
        assert settings.params["a"] == 1
    assert noted(past, "config") == {"title", "base_path", "layout", "params.a"}
    with pytest.raises(AttributeError):
        settings._private  # noqa: B018


def test_each_of_the_free_values_is_noted_by_itself() -> None:
    """Also one that is not there; who looks through all of them depends on all."""
    params = Settings(Config(params={"a": 1})).params
    with trace.recording() as past:
        assert (params["a"], params.get("b"), "c" in params, params.get("d", 5)) == (
            1,
            None,
            False,
            5,
        )
        with pytest.raises(KeyError):
            params["e"]
    assert noted(past, "config") == {f"params.{name}" for name in "abcde"}
    for look in (
        list,
        len,
        bool,
        lambda one: one.items(),
        lambda one: one.keys(),
        lambda one: one.values(),
        dict,
    ):
        with trace.recording() as past:
            look(params)
        assert "params" in noted(past, "config")


def test_digests_of_settings_follow_their_values() -> None:
    """One for what is not there, another for what is."""
    one, two = Config(params={"a": 1}), Config(params={"a": 2, "b": None})
    assert setting_digest(one, "params.a") != setting_digest(two, "params.a")
    assert setting_digest(one, "params.b") == setting_digest(two, "params.b")
    assert setting_digest(one, "title") == setting_digest(two, "title")
    assert setting_digest(one, "gone") == setting_digest(two, "gone")


def test_the_instant_of_a_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``SOURCE_DATE_EPOCH`` where it is a number, else the clock."""
    site = site_in(tmp_path, {})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert site.now == datetime(1970, 1, 2, tzinfo=UTC)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    assert site.now.year > 2000


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The small blog of the freezer's tests."""
    return app_of(tmp_path_factory.mktemp("site"), blog())


@pytest.fixture
def site(app: Flask) -> Site:
    """Its site."""
    found: Site = app.extensions["blasto"]
    return found


def test_look_ups_are_noted(site: Site) -> None:
    """A page by its metadata, a list by its slice, an absence by its absence."""
    with trace.recording() as past:
        assert site.page("about.md").title == "About"
        assert [one.slug for one in site.latest(2)] == ["five", "four"]
        assert [one.slug for one in site.latest(1, section="blog")] == ["five"]
        assert [(one.title, one.count) for one in site.terms("tags")] == [("python", 4), ("web", 3)]
        assert len(site.pages) == 8
    assert noted(past, "page") == {"about.md"}
    assert noted(past, "listing") == {"all||0|2", "section|blog|0|1"}
    assert noted(past, "terms") == {"tags"}
    assert noted(past, "pages") == {""}
    with (
        trace.recording() as past,
        pytest.raises(BlastoError, match=r'there is no page "abuot\.md"') as raised,
    ):
        site.page("abuot.md")
    assert raised.value.problems[0].hint == 'did you mean "about.md"?'
    assert past.observations["page", "abuot.md"] == ""
    with trace.recording() as past, pytest.raises(BlastoError):
        site.listing("tags", "gone")
    assert past.observations["count", "tags|gone"] == ""


def test_urls_have_the_base_path(app: Flask, site: Site) -> None:
    """Of the request where there is one, else of ``base_url``; a link is noted."""
    assert site.base_path == ""
    with app.test_request_context(base_url="https://example.org/sub/"), trace.recording() as past:
        assert site.href("/a b/ü/") == "/sub/a%20b/%C3%BC/"
        assert site.home_url == "/sub/"
        assert site.feed_url == "/sub/feed.xml"
        assert site.absolute("/sub/x/") == "https://example.org/sub/x/"
        assert site.absolute("//host/x") == "//host/x"
        assert site.absolute("mailto:x@y.z") == "mailto:x@y.z"
    assert list(past.links) == ["/sub/a%20b/%C3%BC/", "/sub/", "/sub/feed.xml"]


def test_no_feed_without_dates(tmp_path: Path) -> None:
    """A site without dated pages has none, and says so nowhere."""
    app = app_of(tmp_path, {"content/index.md": "x"})
    get(app, "/feed.xml", 404)
    assert "feed.xml" not in get(app, "/")
    assert get(app, "/sitemap.xml").count("<loc>") == 1


def test_what_is_shown_now(app: Flask, site: Site) -> None:
    """The page or the list of the request; nothing outside of one."""
    shown: list[object] = []
    app.jinja_env.globals["look"] = lambda: shown.append(site.current) or ""
    assert site.current is None
    from flask import request

    with app.test_request_context("/about/"):
        assert site.current is None
        request.blasto_subject = site.page("about.md")  # type: ignore[attr-defined]
        assert isinstance(site.current, Page)
        assert [item.title for item in site.breadcrumbs] == ["About"]
        assert site.menu is site.menu
    with app.app_context():
        assert current_site.page("about.md").title == "About"
    assert site_of(app) is site
    assert site_of(Flask("plain")) is None


def test_layouts(tmp_path: Path) -> None:
    """A page's own, its section's, or a plain page at the top; own layouts name a template."""
    files = {
        "content/a.md": page(layout="docs"), "content/b.md": "x", "content/blog/2024-01-01-c.md": "x", "content/docs/d.md": "x",
        "content/blog/2024-01-02-e.md": page(layout="mine"), "templates/mine.html": "mine {{ page.layout }}",
        "content/blog/f.md": page(layout="nonsense", date="2024-01-03"),
    }  # fmt: skip
    app = app_of(tmp_path, files)
    site = app.extensions["blasto"]
    layouts = {one.slug: one.layout for one in site.pages}
    assert layouts == {"a": "docs", "b": "page", "c": "blog", "d": "docs", "e": "blog", "f": "blog"}
    assert get(app, "/blog/e/") == "mine blog"
    assert 'class="blog' in get(app, "/blog/f/")


def test_content_is_read_again_if_it_changed(tmp_path: Path) -> None:
    """And only then."""
    project = Project(tmp_path, {"content/a.md": "# One\n"})
    site = site_in(tmp_path, {})
    site.refresh()
    library = site.library
    site.refresh()
    assert site.library is library
    project.write("content/a.md", "# Another\n")
    site.refresh()
    assert site.page("a.md").title == "Another"
    site.refresh(drafts=True)
    assert site.settings.drafts
    site.forget()
    assert site.page("a.md").title == "Another"


def test_a_page_that_changed_under_way(tmp_path: Path) -> None:
    """Its body is not that of the page any more, which is an error that says so."""
    project = Project(tmp_path, {"content/a.md": "One\n"})
    app = app_of(tmp_path, {})
    site = app.extensions["blasto"]
    with app.test_request_context():
        found = site.page("a.md")
        project.write("content/a.md", "Two\n")
        with pytest.raises(BlastoError, match=r"content/a\.md: was edited during the freeze"):
            found.html  # noqa: B018
        project.remove("content/a.md")
        with pytest.raises(BlastoError, match=r"content/a\.md: vanished"):
            found.html  # noqa: B018
