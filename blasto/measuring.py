"""The file behind a picture's URL, and its width and height.

Below ``passages``. A size is read once for each content of a file; what is noted is the
size, so that a picture of another size under the same name makes the page again.
"""

from __future__ import annotations

import posixpath
import re
from fnmatch import translate
from pathlib import Path
from typing import NamedTuple, Protocol

from . import dimensions, output, reads, trace
from .contents import Contents
from .errors import BlastoError
from .markup import EXTERNAL
from .routes import Routes, Target

STATIC = "/static/"
ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".svg")
_known: dict[str, dimensions.Size | None] = {}


class Measured(Protocol):
    """What this room asks of a site."""

    root: Path

    @property
    def base_path(self) -> str: ...
    @property
    def contents(self) -> Contents: ...
    @property
    def routes(self) -> Routes: ...
    @property
    def static_folder(self) -> Path: ...


def size(site: Measured, url: str) -> dimensions.Size | None:
    """Give the size of the picture that a URL of the site leads to.

    :param url: as it is published: encoded, with the base path.
    """
    path = _local(site, url)
    if path is None:
        return None
    target = site.routes.targets.get(path)
    if target is None and path.startswith(STATIC):
        return _static(site, path.removeprefix(STATIC))
    name = _name(target)
    if target is None or name is None:
        trace.note("route", path, str(target is not None))
        return None
    found = _measured(site, name)
    trace.note("image", name, _digest(found))
    return found


def _local(site: Measured, url: str) -> str | None:
    """Give the decoded path of a URL, ``None`` outside the site."""
    if not url or EXTERNAL.match(url) or not url.startswith(site.base_path + "/"):
        return None
    try:
        return output.decode(output.split(url)[0][len(site.base_path) :])
    except BlastoError:
        return None


class File(NamedTuple):
    """The file behind a picture, and the digest of its bytes."""

    path: Path
    digest: str


def find(site: Measured, url: str) -> File | None:
    """Give the file that a URL of the site leads to; its bytes are noted, not its size alone.

    :param url: as it is published: encoded, with the base path.
    """
    path = _local(site, url)
    if path is None:
        return None
    target = site.routes.targets.get(path)
    if target is None and path.startswith(STATIC):
        try:
            file = site.static_folder / output.check_path(path.removeprefix(STATIC))
        except BlastoError:
            return None
        with trace.paused():
            digest = reads.digest(str(file))
        trace.note("file", str(file), digest)
        return File(file, digest) if digest else None
    name = _name(target)
    if name is None:
        trace.note("route", path, str(target is not None))
        return None
    contents = site.contents
    digest = contents.digest(name)
    trace.note("picture", name, digest)
    folder = contents.public_folder if name.startswith("/") else contents.folder
    return File(folder / name.lstrip("/"), digest) if digest else None


def beside(site: Measured, folder: str) -> list[str]:
    """List the picture files right in a content folder."""
    return sorted(
        path
        for path in site.routes.assets
        if path.rpartition("/")[0] == folder and path.lower().endswith(ENDINGS)
    )


def matching(site: Measured, folder: str, pattern: str) -> list[str]:
    """Give the content files beside a page that fit a pattern such as ``photos/*.jpg``.

    :return: rooted paths, in order.
    """
    whole = posixpath.normpath(f"{'' if pattern.startswith('/') else folder}/{pattern}").lstrip("/")
    found = _matching(site, whole)
    trace.note("files", whole, trace.digest(*found))
    return [f"/{path}" for path in found]


def answer_files(site: Measured, name: str) -> str:
    """Give today's digest of an observation of kind ``files``."""
    return trace.digest(*_matching(site, name))


def _matching(site: Measured, pattern: str) -> list[str]:
    fits = re.compile(translate(pattern)).fullmatch
    depth = pattern.count("/")
    return sorted(path for path in site.contents.assets if path.count("/") == depth and fits(path))


def answer(site: Measured, name: str) -> str:
    """Give today's digest of an observation of kind ``image``."""
    return _digest(_measured(site, name))


def _digest(size: dimensions.Size | None) -> str:
    return "{}x{}".format(*size) if size else ""


def _measured(site: Measured, name: str) -> dimensions.Size | None:
    contents = site.contents
    digest = contents.digest(name)
    if not digest:
        return None
    folder = contents.public_folder if name.startswith("/") else contents.folder
    return _read(folder / name.lstrip("/"), digest)


def _name(target: Target | None) -> str | None:
    """Name a file as :meth:`Contents.digest` knows it, if it is one."""
    if target is None or target.kind not in ("asset", "public"):
        return None
    return target.name if target.kind == "asset" else "/" + target.name


def _static(site: Measured, name: str) -> dimensions.Size | None:
    try:
        file = site.static_folder / output.check_path(name)
    except BlastoError:
        return None
    with trace.paused():
        digest = reads.digest(str(file))
    trace.note("file", str(file), digest)
    return _read(file, digest) if digest else None


def _read(file: Path, digest: str) -> dimensions.Size | None:
    if digest not in _known:
        with trace.paused():
            _known[digest] = dimensions.read(file)
    return _known[digest]
