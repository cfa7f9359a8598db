"""Files that are published as they are: sent when live, copied by the freezer.

A response made by :func:`send` carries the path of its file, so that a freeze can copy
it instead of reading it through WSGI. In a style sheet under a base path, addresses that
begin with a slash get the base path put before them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from flask import Response, current_app, request, send_file

from . import trace
from .files import digest_file
from .hosts import content_type

CSS_URL = re.compile(
    r"""/\*.*?\*/|(?P<head>url\(\s*["']?|@import\s+["'])(?P<target>[^"')\s]+)""", re.S | re.I
)


def rewrite(text: str, change: Callable[[str], str]) -> str:
    """Pass every address in a style sheet to ``change``; all other text stays."""

    def address(found: re.Match[str]) -> str:
        target = found["target"]
        return found["head"] + change(target) if target else found[0]

    return CSS_URL.sub(address, text)


def addresses(text: str) -> list[str]:
    """List the addresses in a style sheet."""
    return [found["target"] for found in CSS_URL.finditer(text) if found["target"]]


def send(path: Path) -> Response:
    """Answer with a file's bytes and the type that a static host would give it.

    :param path: an absolute path that is known to be safe.
    """
    with trace.paused():
        kind = content_type(path.name)
        response = current_app.make_response(
            send_file(path, mimetype=kind.partition(";")[0], conditional=True, max_age=None)
        )
        response.headers["Content-Type"] = kind
    if trace.current() is not None:
        with trace.paused():
            digest = digest_file(path)
        trace.note("file", str(path), digest)
        if not (path.suffix == ".css" and request.root_path):
            response.blasto_file = path  # type: ignore[attr-defined]
    return response


def based(text: str, base: str) -> str:
    """Put the base path before the rooted addresses of a style sheet."""
    if not base:
        return text

    def prefixed(target: str) -> str:
        rooted = target.startswith("/") and not target.startswith(("//", base + "/"))
        return base + target if rooted else target

    return rewrite(text, prefixed)
