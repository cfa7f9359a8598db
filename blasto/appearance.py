"""What the theme can be told: the table ``[theme]`` of ``blasto.toml`` and those in it.

Between ``tables`` and ``config``, of which it is a part.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .options import BOOL, COLOR, PROPERTIES, TABLE, TEXT, about, choice, option, several, tables

LAYOUT = choice("", "blog", "docs", "page")
LAYOUTS = several("blog", "docs", "page")


@dataclass(frozen=True, kw_only=True, slots=True)
class Comments:
    """Whose comments stand below a page, ``[theme.comments]``."""

    provider: str = option(
        choice("", "giscus", "utterances", "isso"), "Who keeps them; empty for none.", ""
    )
    layouts: tuple[str, ...] = option(
        LAYOUTS, "Layouts whose pages have them, where `comments` in front matter says nothing.",
        ("blog",),
    )  # fmt: skip
    repo: str = option(TEXT, "giscus, utterances: the repository, `user/name`.", "")
    repo_id: str = option(TEXT, "giscus: its `data-repo-id`.", "")
    category: str = option(TEXT, "giscus: category of the discussions.", "")
    category_id: str = option(TEXT, "giscus: its `data-category-id`.", "")
    url: str = option(TEXT, "isso: where it answers, `https://comments.example.org`.", "")

    def fault(self) -> str | None:
        """Say what is wrong with the table as a whole."""
        needed = {
            "giscus": ("repo", "repo_id", "category", "category_id"),
            "utterances": ("repo",),
            "isso": ("url",),
        }.get(self.provider, ())
        missing = [name for name in needed if not getattr(self, name)]
        return f"has no {', '.join(missing)}, and {self.provider} needs it" if missing else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Analytics:
    """Who counts readers, ``[theme.analytics]``."""

    provider: str = option(
        choice("", "plausible", "goatcounter"), "Who counts; empty for nobody.", ""
    )
    site: str = option(TEXT, "Plausible: the domain. GoatCounter: the code or address of the site.", "")  # fmt: skip
    script: str = option(TEXT, "Address of the script, where it is not the provider's own.", "")

    def fault(self) -> str | None:
        """Say what is wrong with the table as a whole."""
        return "has a provider and no site" if self.provider and not self.site else None


@dataclass(frozen=True, kw_only=True, slots=True)
class SocialCards:
    """Pictures of pages for link previews, ``[social_cards]``."""

    enabled: bool = option(BOOL, "Draw one for each page without `image`; needs `blasto[images]`.", False)  # fmt: skip
    background: str = option(COLOR, "Ground, as in `#fdfdfc`.", "#fdfdfc")
    color: str = option(COLOR, "The page's title.", "#1a2128")
    accent: str = option(COLOR, "The bar, and the site's title.", "#0a5bc4")
    font: str = option(TEXT, "Font file in the project; the built-in one knows English only.", "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Theme:
    """Which theme there is and what it can be told, ``[theme]``."""

    name: str = option(
        TEXT, 'The theme: a folder of `themes/` or an installed one. `theme = "NAME"` is short for it.', ""
    )  # fmt: skip
    layout: str = option(LAYOUT, "How pages are shown where their section does not say.", "")
    properties: dict[str, str] = field(
        default_factory=dict,
        metadata=about(PROPERTIES, "Custom properties of its style sheet: colours, fonts, widths."),
    )
    toc: tuple[str, ...] = option(
        LAYOUTS, "Layouts whose pages show their contents, where `toc` in front matter says nothing.",
        ("docs",),
    )  # fmt: skip
    reading_time: bool = option(BOOL, "Posts tell how long it takes to read them.", True)
    edit_url: str = option(
        TEXT, "Where a page can be edited, with `{path}` for its path under `content/`.", ""
    )
    mermaid: str = option(
        TEXT, "Address of Mermaid's script, as in `/static/mermaid.min.js`: draws diagrams.", ""
    )
    comments: Comments = field(
        default_factory=Comments, metadata=about(tables(Comments, "one"), "Comments below pages.")
    )
    analytics: Analytics = field(
        default_factory=Analytics, metadata=about(tables(Analytics, "one"), "Counting of readers.")
    )
    params: dict[str, Any] = field(
        default_factory=dict, metadata=about(TABLE, "Free values for the theme's templates.")
    )

    def fault(self) -> str | None:
        """Say what is wrong with the table as a whole."""
        if self.edit_url and "{path}" not in self.edit_url:
            return "has an edit_url without {path}"
        return None
