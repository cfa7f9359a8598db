"""Pelican's settings for the benchmark; `older` and `newer` are set by the plugin below."""

import sys

from pelican import signals

SITENAME = "Sample site"
SITEURL = "https://example.org"
PATH = "content"
OUTPUT_PATH = "output"
THEME = "theme"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
DEFAULT_DATE_FORMAT = "%d %B %Y"
ARTICLE_PATHS = ["blog"]
PAGE_PATHS = ["pages"]
STATIC_PATHS = ["images"]
EXTRA_PATH_METADATA = {
    f"images/figure-{n}.png": {"path": f"blog/figure-{n}.png"} for n in range(1, 9)
}
THEME_STATIC_DIR = ""
ARTICLE_URL = "blog/{slug}/"
ARTICLE_SAVE_AS = "blog/{slug}/index.html"
SLUGIFY_SOURCE = "basename"
INDEX_URL = "blog/"
INDEX_SAVE_AS = "blog/index.html"
TAG_URL = "tags/{slug}/"
TAG_SAVE_AS = "tags/{slug}/index.html"
TAGS_SAVE_AS = "tags/index.html"
SITEMAP_SAVE_AS = "sitemap.xml"
AUTHOR_SAVE_AS = ""
CATEGORY_SAVE_AS = ""
DIRECT_TEMPLATES = ["index", "tags", "sitemap"]
PAGINATED_TEMPLATES = {"index": 10, "tag": 10}
DEFAULT_PAGINATION = 10
PAGINATION_PATTERNS = (
    (1, "{url}", "{save_as}"),
    (2, "{url}page/{number}/", "{base_name}/page/{number}/index.html"),
)
FEED_ALL_ATOM = "feed.xml"
FEED_MAX_ITEMS = 20
CATEGORY_FEED_ATOM = None
TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None
MARKDOWN = {
    "extension_configs": {
        "markdown.extensions.extra": {},
        "markdown.extensions.codehilite": {"css_class": "highlight", "guess_lang": False},
        "markdown.extensions.toc": {"toc_depth": "2-3"},
        "markdown.extensions.smarty": {},
    },
    "output_format": "html5",
}
PLUGINS = [sys.modules[__name__]] if __name__ in sys.modules else []


def set_neighbours(generator):
    """Tell each article which one is older and which newer."""
    newer = None
    for article in generator.articles:
        article.newer, article.older = newer, None
        if newer is not None:
            newer.older = article
        newer = article


def register():
    """Be a plugin."""
    signals.article_generator_finalized.connect(set_neighbours)
