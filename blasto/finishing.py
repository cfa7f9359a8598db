"""The last touches to an answer before it is a file: relative URLs, links read, moved pages.

Called by ``rendering``. Pure functions over texts.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import urljoin

from markupsafe import escape

from . import markup, output, statics

REFRESH = re.compile(r"""(<meta\s+http-equiv="refresh"\s+content="\d+;\s*url=)([^">]*)""", re.I)


def local(targets: Iterable[str], here: str) -> list[str]:
    """Give the targets on this host as rooted URLs, without doubles."""
    found: dict[str, None] = {}
    for target in targets:
        if target and not markup.EXTERNAL.match(target):
            # The two forms that nearly all have, without taking them to pieces.
            if target[0] == "#":
                found[here + target] = None
            else:
                found[target if target[0] == "/" else urljoin(here, target)] = None
    return list(found)


def relative(target: str, here: str) -> str:
    """Make a rooted URL relative to a page, as opening the tree from disk needs it.

    :param here: the decoded URL path of the page.
    """
    if not target.startswith("/") or target.startswith("//"):
        return target
    path, query, fragment = output.split(target)
    if path.endswith("/"):
        path += "index.html"
    folder = output.encode(here if here.endswith("/") else here.rpartition("/")[0] + "/")
    url = posixpath.relpath(path, folder)
    if ":" in url.partition("/")[0]:
        url = "./" + url  # or the name would be taken for a scheme
    return url + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


def relative_html(text: str, here: str) -> str:
    """Make every link of a page relative, that of a meta refresh too."""
    text = markup.rewrite(text, lambda target, _: relative(target, here))
    return REFRESH.sub(lambda found: found[1] + escape(relative(unescape(found[2]), here)), text)


def relative_css(text: str, here: str) -> str:
    """Make every address of a style sheet relative."""
    return statics.rewrite(text, lambda target: relative(target, here))


def moved_page(target: str) -> str:
    """Give a page that leads on, for a host that knows no redirects."""
    safe = escape(target)
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Moved</title>\n'
        f'<link rel="canonical" href="{safe}">\n'
        f'<meta http-equiv="refresh" content="0; url={safe}">\n'
        f'<p>This page has moved to <a href="{safe}">{safe}</a>.</p>\n</html>\n'
    )
