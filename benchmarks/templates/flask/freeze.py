"""The sample site as a Flask application with Flask-FlatPages, frozen by Frozen-Flask."""

from collections import defaultdict
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, render_template, url_for
from flask_flatpages import FlatPages
from flask_frozen import Freezer
from markdown import Markdown

PER_PAGE = 10

markdown = Markdown(
    extensions=["extra", "codehilite", "toc", "smarty"],
    extension_configs={
        "codehilite": {"css_class": "highlight", "guess_lang": False},
        "toc": {"toc_depth": "2-3"},
    },
    output_format="html",
)


def render(body, _flatpages, page):
    """Render with one Markdown instance, as whoever cares for time does."""
    html = markdown.reset().convert(body)
    page.toc = markdown.toc
    return html


app = Flask(__name__)
app.config.update(
    FLATPAGES_ROOT="content",
    FLATPAGES_EXTENSION=".md",
    FLATPAGES_HTML_RENDERER=render,
    FLATPAGES_AUTO_RELOAD=False,
    FREEZER_DESTINATION=str(Path(__file__).parent / "build"),
)
pages = FlatPages(app)
freezer = Freezer(app)


@cache
def blog():
    """All posts, newest first."""
    posts = [page for page in pages if page.path.startswith("blog/")]
    return sorted(posts, key=lambda page: page.meta["date"], reverse=True)


@cache
def neighbours():
    """Older and newer post of each, by path."""
    posts = [None, *blog(), None]
    return {
        page.path: (older, newer)
        for newer, page, older in zip(posts, posts[1:], posts[2:], strict=False)
        if page is not None
    }


@cache
def tags():
    """The posts of each tag, newest first."""
    found = defaultdict(list)
    for page in blog():
        for name in page.meta["tags"]:
            found[name].append(page)
    return dict(found)


def url_of(page):
    """The URL of a post."""
    return url_for("post", slug=page.path.removeprefix("blog/"))


def summary(page):
    """What lists show of a post: its description, else its first paragraph."""
    return page.meta.get("description") or page.body.strip().split("\n\n", 1)[0]


@app.context_processor
def for_templates():
    """What every template gets."""
    return {
        "title": "Sample site",
        "base_url": "https://example.org",
        "url_of": url_of,
        "summary": summary,
    }


def listing(heading, posts, number, slice_url):
    """One page of ten posts."""
    count = -(-len(posts) // PER_PAGE)
    if not 1 <= number <= count:
        abort(404)
    return render_template(
        "list.html",
        heading=heading,
        posts=posts[(number - 1) * PER_PAGE : number * PER_PAGE],
        number=number,
        count=count,
        slice_url=slice_url,
    )


@app.route("/")
def home():
    """The home page."""
    return render_template("page.html", page=pages.get_or_404("index"))


@app.route("/about/")
def about():
    """The about page."""
    return render_template("page.html", page=pages.get_or_404("about"))


@app.route("/blog/<slug>/")
def post(slug):
    """One post."""
    found = pages.get_or_404(f"blog/{slug}")
    older, newer = neighbours()[found.path]
    return render_template("page.html", page=found, older=older, newer=newer)


@app.route("/blog/")
@app.route("/blog/page/<int:number>/")
def index(number=1):
    """All posts, ten a page."""
    return listing("Blog", blog(), number, lambda n: url_for("index", number=None if n == 1 else n))


@app.route("/tags/")
def all_tags():
    """All tags."""
    return render_template("tags.html", tags=tags())


@app.route("/tags/<tag>/")
@app.route("/tags/<tag>/page/<int:number>/")
def tag(tag, number=1):
    """The posts of one tag, ten a page."""
    return listing(
        tag,
        tags()[tag],
        number,
        lambda n: url_for("tag", tag=tag, number=None if n == 1 else n),
    )


@app.route("/feed.xml")
def feed():
    """The newest posts, with their text."""
    return Response(render_template("feed.xml", posts=blog()[:20]), content_type="application/xml")


@app.route("/sitemap.xml")
def sitemap():
    """All URLs that a search engine should know."""
    return Response(
        render_template("sitemap.xml", posts=blog(), tags=tags()), content_type="application/xml"
    )


@freezer.register_generator
def every_post():
    """The URLs of all posts."""
    for found in blog():
        yield "post", {"slug": found.path.removeprefix("blog/")}


if __name__ == "__main__":
    freezer.freeze()
