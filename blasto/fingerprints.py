"""Static files under names that change with their bytes: ``style.3f2a9c1b.css``.

After ``themes`` and ``statics``, which find and send files. Where ``[assets] fingerprint``
is on, ``url_for`` gives such a name for each static file of the app, its blueprints and the
theme, and style sheets name theirs so too; the plain name is answered as well. Flask's own
hooks do it: ``url_defaults`` puts the mark in, ``url_value_preprocessor`` takes it out.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha384
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from flask import Flask, Response, current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.security import safe_join

from . import minifying, output, reads, statics, themes, trace
from .errors import BlastoError
from .markup import EXTERNAL
from .site import current_site

MARKED = re.compile(r"(?P<stem>.*[^/])\.(?P<mark>[0-9a-f]{8})(?P<ending>\.[^./]+|)")
YEAR = 31_536_000
_plain: ContextVar[bool] = ContextVar("blasto_plain", default=False)
_open: ContextVar[tuple[str, ...]] = ContextVar("blasto_sheets", default=())
_sheets: dict[tuple[str, ...], tuple[str, dict[str, str]]] = {}


@contextmanager
def plain() -> Iterator[None]:
    """Have ``url_for`` give plain names in the block."""
    token = _plain.set(True)
    try:
        yield
    finally:
        _plain.reset(token)


def register(app: Flask) -> None:
    """Make an app give and answer names with a mark."""
    app.url_defaults(mark)
    app.url_value_preprocessor(unmark)


def mark(endpoint: str, values: dict[str, Any]) -> None:
    """Put the mark of its bytes into the name of a static file, as ``url_for`` builds its URL."""
    name = values.get("filename")
    if isinstance(name, str) and not _plain.get():
        _ = current_site.config.assets  # noted
        file = file_of(current_app, endpoint, name)
        if file is not None:
            values["filename"] = marked(name, fingerprint(file, endpoint, name))


def marked(name: str, digits: str) -> str:
    """Put a mark before the ending of a file's name."""
    folder, slash, last = name.rpartition("/")
    stem, dot, ending = last.rpartition(".")
    return f"{folder}{slash}{f'{stem}.{digits}.{ending}' if dot and stem else f'{last}.{digits}'}"


def unmark(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take the mark out of what was asked for, unless a file is really called so.

    A mark of last week is answered with the file of today, which no cache is to keep.
    """
    name = (values or {}).get("filename")
    if not isinstance(name, str) or endpoint is None or values is None:
        return
    found = MARKED.fullmatch(name)
    if not found or file_of(current_app, endpoint, name):
        return
    real = found["stem"] + found["ending"]
    file = file_of(current_app, endpoint, real)
    if file is not None:
        values["filename"] = real
        lasting = fingerprint(file, endpoint, real) == found["mark"]
        request.blasto_lasting = lasting  # type: ignore[attr-defined]


def file_of(app: Flask, endpoint: str, name: str) -> Path | None:
    """Give the file that a static endpoint sends for a name, if it is one and there is one."""
    if endpoint == "blasto.theme":
        return themes.static_file(current_site.theme_folders, app.static_folder, name)
    owner, _, last = endpoint.rpartition(".")
    if last != "static" or endpoint not in app.view_functions:
        return None
    scaffold = app.blueprints.get(owner) if owner else app
    folder = scaffold.static_folder if scaffold is not None else None
    joined = safe_join(folder, name) if folder else None
    file = Path(joined) if joined else None
    if file is None or file.is_file():
        return file
    trace.note("file", str(file), "")
    return None


def fingerprint(file: Path, endpoint: str, name: str) -> str:
    """Give the mark of a file's bytes as they are published, and note what they depend on."""
    if file.suffix.lower() == ".css":
        return trace.digest(sheet(file, _address(endpoint, name)))[:8]
    return _observed(file)[:8]


def _address(endpoint: str, name: str) -> str:
    with plain():
        return url_for(endpoint, filename=name)


def _observed(file: Path) -> str:
    with trace.paused():
        digest = reads.digest(str(file))
    trace.note("file", str(file), digest)
    return digest


def sheet(file: Path, here: str) -> str:
    """Give a style sheet as it is published at a URL, and note the files that it depends on."""
    key = (str(file), here, request.root_path, repr(current_site.settings.assets))
    outer = _open.get()
    known = _sheets.get(key)
    with trace.paused():
        fits = known is not None and all(reads.digest(one) == it for one, it in known[1].items())
    if known is None or not fits:
        with trace.recording() as past:
            _observed(file)
            with trace.paused():
                text = file.read_text(encoding="utf-8", errors="surrogateescape")
            if here not in outer:  # in a circle of imports that met again counts as written
                token = _open.set((*outer, here))
                try:
                    text = finished(text, here)
                finally:
                    _open.reset(token)
        seen = {
            name: digest for (kind, name), digest in past.observations.items() if kind == "file"
        }
        known = (text, seen)
        if not outer:
            _sheets[key] = known
    for one, digest in known[1].items():
        trace.note("file", one, digest)
    return known[0]


def finished(text: str, here: str) -> str:
    """Give a style sheet with marked names, the base path and, where wished, fewer bytes.

    :param here: the URL that it is at, encoded, with the base path.
    """
    assets = current_site.settings.assets
    if assets.fingerprint:
        text = statics.rewrite(text, lambda target: renamed(target, here))
    text = statics.based(text, request.root_path.rstrip("/"))
    return minifying.css(text) if assets.minify else text


def renamed(target: str, here: str) -> str:
    """Give an address of a style sheet with the mark of the file that it leads to."""
    path, query, fragment = output.split(target)
    if not path or EXTERNAL.match(target):
        return target
    base = request.root_path.rstrip("/")
    url = urljoin(here, path)
    url = url[len(base) :] if base and url.startswith(base + "/") else url
    try:
        endpoint, values = current_app.url_map.bind("localhost").match(output.decode(url))
    except (BlastoError, HTTPException):
        return target
    name = values.get("filename")
    file = file_of(current_app, endpoint, name) if isinstance(name, str) else None
    if file is None or not isinstance(name, str):
        return target
    last = output.encode(marked(name, fingerprint(file, endpoint, name)).rpartition("/")[2])
    folder, slash, _ = path.rpartition("/")
    tail = (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
    return f"{folder}{slash}{last}{tail}"


def integrity(endpoint: str, filename: str) -> str:
    """Give what the attribute ``integrity`` of a static file holds.

    ``""`` for a file that is not there, and in a freeze with relative URLs, which writes
    other bytes into style sheets than were sent.
    """
    file = file_of(current_app, endpoint, filename)
    if file is None or current_app.config.get("FREEZER_RELATIVE_URLS"):
        return ""
    if file.suffix.lower() == ".css":
        data = sheet(file, _address(endpoint, filename)).encode("utf-8", "surrogateescape")
    else:
        _observed(file)
        with trace.paused():
            data = file.read_bytes()
    return "sha384-" + b64encode(sha384(data).digest()).decode()


def after(response: Response) -> Response:
    """Finish an answer: the addresses of a style sheet, what is minified, how long it lasts."""
    endpoint = request.endpoint or ""
    if getattr(request, "blasto_lasting", False) and response.status_code == 200:
        response.cache_control.no_cache = None
        response.cache_control.public = response.cache_control.immutable = True
        response.cache_control.max_age = YEAR
    if response.mimetype not in ("text/css", "text/html"):
        return response
    assets = current_site.config.assets
    if response.mimetype == "text/css":
        ours = endpoint.startswith("blasto.") or endpoint.rpartition(".")[2] == "static"
        if ours and response.status_code == 200 and (
            request.root_path.rstrip("/") or assets.fingerprint or assets.minify
        ):  # fmt: skip
            here = output.encode(request.root_path.rstrip("/") + request.path)
            _change(response, lambda text: finished(text, here))
    elif assets.minify and response.mimetype == "text/html" and not response.direct_passthrough:
        _change(response, minifying.html)
    return response


def _change(response: Response, make: Callable[[str], str]) -> None:
    response.direct_passthrough = False
    text = response.get_data().decode("utf-8", "surrogateescape")
    changed = make(text)
    if changed != text:
        response.set_data(changed.encode("utf-8", "surrogateescape"))
        response.headers.pop("ETag", None)
        response.__dict__.pop("blasto_file", None)


FUNCTIONS: dict[str, Callable[..., Any]] = {"integrity": integrity}
