"""Options of the lists of a site: its menu, its sections, related pages.

Beside ``config``, which has them in the whole of ``blasto.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .appearance import LAYOUT
from .options import BOOL, INTEGER, PERMALINK, SORT, TEXT, WEIGHTS, about, number, option


@dataclass(frozen=True, kw_only=True, slots=True)
class MenuItem:
    """One entry of the menu, ``[[menu]]``."""

    title: str = option(TEXT, "What the entry says.", "")
    url: str = option(TEXT, "URL path or address that it leads to.", "")
    page: str = option(TEXT, 'Content file that it leads to, as in "guide/start.md".', "")
    weight: int = option(INTEGER, "Place in the menu: low numbers first.", 0)
    menu: str = option(TEXT, "Which menu it is in.", "main")

    def fault(self) -> str | None:
        """Say what is wrong with the entry as a whole."""
        if not self.title:
            return "has no title"
        if bool(self.url) == bool(self.page):
            return f"has {'both url and' if self.url else 'neither url nor'} page: it leads to one"
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """One folder of the content, ``[sections.NAME]``."""

    title: str = option(TEXT, "Title of its list; else that of its `_index.md`.", "")
    description: str = option(TEXT, "Sentence under the title.", "")
    permalink: str = option(
        PERMALINK,
        "URL of its pages: a Flask rule such as `/blog/<int:year>/<slug>/`, or the tokens of "
        "Hugo and Jekyll, `/:year/:slug/`. Kept as a Flask rule.",
        "",
    )
    layout: str = option(LAYOUT, "How its pages are shown; empty for the theme's.", "")
    sort: str = option(
        SORT,
        "Order of its pages: `date` (newest first), `weight`, `title` or any key, with `-` in "
        "front from high to low; empty for the layout's.",
        "",
    )
    paginate: int = option(number(0), "Pages in one slice of its list; 0 for the site's.", 0)
    feed: bool = option(BOOL, "Whether it has a feed of its own.", False)
    untrusted: bool = option(
        BOOL, "Its texts, and those of folders in it, are sanitised as `markdown.untrusted` says.",
        False,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Related:
    """Which pages are related, ``[related]``."""

    count: int = option(number(0), "How many related pages a page shows.", 0)
    weights: dict[str, int] = field(
        default_factory=lambda: {"tags": 2, "categories": 1},
        metadata=about(WEIGHTS, "What a shared term of each taxonomy counts; `authors` too."),
    )
