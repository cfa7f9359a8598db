"""HTML and CSS without what a browser does not need; scripts are left as they are.

Below ``fingerprints`` and ``app``, which ask for it where ``[assets] minify`` is on. By
minify-html, which is imported when something is first minified.
"""

from __future__ import annotations

from importlib.util import find_spec

OPEN, CLOSE = "<style>", "</style>"


def is_installed(module: str) -> bool:
    """Tell whether a library of the extra ``assets`` is there."""
    return find_spec(module) is not None


def html(text: str) -> str:
    """Give a page with less white space, no comments and no needless quotes."""
    import minify_html

    return minify_html.minify(
        text, keep_closing_tags=True, keep_html_and_head_opening_tags=True,
        keep_input_type_text_attr=True, minify_css=True, minify_js=False,
    )  # fmt: skip


def css(text: str) -> str:
    """Give a style sheet with less white space and no comments.

    One that holds ``</style``, in a string or an address, stays as it is.
    """
    import minify_html

    if CLOSE[:-1] in text.lower():
        return text
    made = minify_html.minify(OPEN + text + CLOSE, minify_css=True)
    return made.removeprefix(OPEN).removesuffix(CLOSE)
