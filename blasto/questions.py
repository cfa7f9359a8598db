"""Questions about pages that have no name of their own: ``site.pages(tags="boats")``.

Between ``terms`` and ``library``. A question is written down as JSON, so that the freezer
can ask it again; the answer is a listing like any other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .errors import BlastoError
from .listings import Listing, in_order, term_slug
from .pages import Page
from .queries import where
from .terms import words

QUERY = "query"
_INSIDE = frozenset(
    "body_line counted digest meta_digest cascade cascaded typed is_index layout_name scope unspoken "
    "written_lang translation_key".split()
)
#: What pages can be asked for, besides front matter of one's own: nothing that needs the text.
KNOWN = (frozenset(Page.__struct_fields__) - _INSIDE) | {"tags", "categories", "folder"}


def question(section: str | None, sort: str, wanted: Mapping[str, Any]) -> str:
    """Write a question down.

    :raises BlastoError: it holds what is no plain data, or asks for what needs a page's text.
    """
    for key, value in wanted.items():
        name = key.partition("__")[0]
        if name not in (*KNOWN, "authors") and (hasattr(Page, name) or name.startswith("_")):
            raise BlastoError.at(
                f'pages cannot be asked for "{name}"',
                hint=f"choose with the filter: pages | where({key}=…)",
            )
        values = value if isinstance(value, (list, tuple)) else [value]
        if not all(one is None or isinstance(one, (str, int, float, bool)) for one in values):
            raise BlastoError.at(
                f'pages cannot be asked for {key} with a value of type "{type(value).__name__}"',
                hint="ask with text, a number, true or false, or a list of these",
            )
    # No "|", which parts the name of an observation.
    return json.dumps([section, str(sort), wanted], sort_keys=True).replace("|", "\\u007c")


def answer(name: str, pages: Iterable[Page], taxonomies: Iterable[str], size: int) -> Listing:
    """Give the pages that a question is about, as a listing."""
    _, sort, wanted = json.loads(name)
    found = list(pages) if "listed" in wanted else [page for page in pages if page.listed]
    for key in sorted({*taxonomies, "tags", "categories", "authors", "series"} & wanted.keys()):
        terms = wanted.pop(key)
        slugs = {term_slug(term) for term in (terms if isinstance(terms, list) else [terms])}
        found = [page for page in found if slugs <= set(map(term_slug, words(page, key)))]
    return Listing(QUERY, name, "", in_order(where(found, **wanted), sort), page_size=size)


def section_of(name: str) -> str | None:
    """Give the section that a question is about."""
    section: str | None = json.loads(name)[0]
    return section
