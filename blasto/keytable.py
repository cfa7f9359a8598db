"""Every front-matter key that blasto knows: its type, its other names, its sentence.

A table and nothing else, below ``keys``, which reads front matter by it, and below the
reference page, which is made from it. The other names are those of Hugo, Zola, Jekyll,
Eleventy, Astro, Pelican, Nikola and Material.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from .words import near_miss


@dataclass(frozen=True, slots=True)
class Key:
    """One front-matter key: its type, the other names it goes by, and its sentence."""

    name: str
    type: str
    aliases: tuple[str, ...]
    doc: str


def _key(name: str, kind: str, aliases: str, doc: str) -> tuple[str, Key]:
    return name, Key(name, kind, tuple(aliases.split()), doc)


#: Every key that blasto knows, in the order of the reference page.
KEYS: Mapping[str, Key] = dict(
    (
        _key("title", "text", "", "Title; else the first heading, else the file name."),
        _key("nav_title", "text", "linkTitle", "Shorter title for menus and the sidebar."),
        _key("date", "date", "pubDate pub_date publishDate published", "When it was published."),
        _key("updated", "date", "lastmod modified updatedDate last_modified_at", "Last change."),
        _key("expires", "date", "expiryDate", "The page is left out from this moment on."),
        _key("draft", "truth", "", "A draft is shown by `serve` and left out by `freeze`."),
        _key("listed", "truth", "", "`false` keeps the page out of lists, feeds and sitemap."),
        _key("slug", "text", "", "Last part of the URL."),
        _key("url", "text", "permalink path", "The whole URL path."),
        _key("aliases", "paths", "redirect_from", "Old URLs that lead here."),
        _key("weight", "number", "order", "Place among its siblings: low numbers first."),
        _key("menu", "menu", "menus", "Menus that it is an entry of: `true`, a name, or more."),
        _key("description", "text", "", "One or two sentences for search engines and lists."),
        _key("summary", "text", "excerpt", "Shown in lists instead of the start of the text."),
        _key("tags", "list", "tag", "A list, or text with commas."),
        _key("categories", "list", "category", "A list, or text with commas."),
        _key("series", "text", "", "Name of the series that the page is a part of."),
        _key("series_order", "number", "", "Its place in the series."),
        _key("authors", "list", "author", "A list, or text with commas."),
        _key("image", "image", "cover previewimage heroImage og_image", "Picture for sharing."),
        _key("image_alt", "text", "", "What the picture shows."),
        _key("lang", "text", "", "Language of the page, as in `en` or `pt-BR`."),
        _key("translation_key", "text", "translationKey", "Pages with one key are translations."),
        _key("template", "text", "layout", "Template that shows the page."),
        _key("outputs", "list", "", "Formats to publish; an empty list publishes nothing."),
        _key("toc", "truth", "", "Show the table of contents."),
        _key("math", "truth", "has_math", "The page holds formulas."),
        _key("comments", "truth", "", "Show comments."),
        _key("noindex", "truth", "", "Ask search engines to leave the page out."),
        _key("canonical", "text", "canonical_url", "Address of the original, if elsewhere."),
        _key("sitemap", "truth", "", "`false` keeps the page out of the sitemap."),
        _key("search", "truth", "", "`false` keeps the page out of search."),
        _key("cascade", "mapping", "", "In a section's index: values for all pages below it."),
        _key("taxonomies", "mapping", "", "Terms by taxonomy, as Zola writes them."),
    )
)
#: Keys that are no name of the above and no misspelling: they say the same in another
#: generator's way, or a part of blasto reads them from ``page.meta``.
SPECIAL = frozenset(
    "status hidden build eleventyExcludeFromCollections hide params extra type "
    "keywords jinja headline lead actions statements".split()
)
_CORRECTIONS = ("status", "hidden")

#: Canonical name by every name, as written and in lower case.
NAMES: dict[str, str] = {}
for _one in KEYS.values():
    for _name in (_one.name, *_one.aliases):
        NAMES[_name] = NAMES[_name.lower()] = _one.name
#: Which of two names for one key counts: the canonical one, then as listed.
RANK = {name: i for key in KEYS.values() for i, name in enumerate((key.name, *key.aliases))}
#: Keys (``key[]``: list items of keys) whose value is text though it looks like a number.
VERBATIM = frozenset(
    name + ("[]" if key.type == "list" else "")
    for key in KEYS.values()
    if key.type in ("text", "list") and key.name != "url"  # `permalink: false` says something
    for name in (key.name, *key.aliases)
)


@lru_cache(maxsize=4096)
def correction(name: str) -> str | None:
    """Give the known key that ``name`` is a likely misspelling of."""
    return near_miss(name, (*RANK, *_CORRECTIONS))
