"""From a URL to the file that answers it: pure functions, and the plan of a whole freeze.

Second to last in the flow: the freezer asks :func:`url_to_path` where a page goes and
:class:`Plan` whether two of them want the same place; ``staging`` and ``publish`` then
touch the disk. Nothing here does. URL paths are kept *decoded* and are percent-encoded
exactly once, segment by segment.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Literal
from unicodedata import normalize
from urllib.parse import quote, unquote

from .errors import BlastoError, Problem, Severity

INDEX = "index.html"
MAX_SEGMENT = 255
"""Bytes in one name: the limit of ext4, APFS, NTFS and most others."""
MAX_PATH = 3000
"""Bytes in a whole path: leaves room for the output folder within Linux's 4,096."""

# RFC 3986 pchar without the unreserved characters that quote() keeps by itself.
_READABLE = "/!$&'()*+,;=:@"
_PLAIN = re.compile(
    r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]{0,100}/){0,20}[A-Za-z0-9_-][A-Za-z0-9_.-]{0,100}"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_DRIVE = re.compile(r"[A-Za-z]:")
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]) *(?:\.|:|$)",
    re.IGNORECASE,
)
_NOT_WINDOWS = re.compile(r'[<>:"|?*\\\x00-\x1f]')
_SUSPECT = re.compile(
    r'[<>:"|?*\\\x00-\x1f]|[. ](?:/|$)|(?:^|/)(?:con|prn|aux|nul|com|lpt)', re.IGNORECASE
)


@lru_cache(1 << 16)
def url_to_path(url_path: str, *, form: Literal["NFC"] | None = "NFC") -> str:
    """Give the file that answers a URL, relative to the output folder.

    :param url_path: the decoded path of the URL; with a final slash it is a folder's
        ``index.html``.
    :param form: the Unicode form of the file's name; ``None`` leaves it as it is.
    :raises BlastoError: where the file would lie outside the output folder or could not be
        asked for: ``..``, an empty segment, a backslash, a control character, a drive...
    """
    if not url_path.startswith("/"):
        raise _refused(url_path, 'does not start with "/"', "Write the URL from the site's root")
    path = url_path[1:]
    if path.startswith("/"):
        raise _refused(url_path, "names another host", "Begin the URL with one slash")
    if not path or path.endswith("/"):
        path += INDEX
    return check_path(path, form=form, url=url_path)


def check_path(path: str, *, form: Literal["NFC"] | None = "NFC", url: str | None = None) -> str:
    """Give a file path back, normalised, if it is safe below any output folder.

    :param url: the URL to name in the error, where the path came from one.
    :raises BlastoError: where it is not; see :func:`url_to_path`.
    """
    if _PLAIN.fullmatch(path):
        return path
    shown = path if url is None else url
    if form and not path.isascii():
        path = normalize(form, path)
    if _SURROGATE.search(path):
        raise _refused(shown, "is not valid Unicode", "Take the broken character out")
    if _CONTROL.search(path):
        raise _refused(shown, "holds a control character", "Take the character out")
    if "\\" in path:
        raise _refused(shown, "holds a backslash", "Separate folders by a slash")
    for segment in path.split("/"):
        if not segment:
            raise _refused(shown, "holds an empty segment", "Write one slash, not two")
        if segment in (".", ".."):
            raise _refused(
                shown,
                f'holds the segment "{segment}"',
                "It would lead to another folder: spell the URL out",
            )
        if _DRIVE.fullmatch(segment):
            raise _refused(shown, f'holds the drive letter "{segment}"', "Take the colon out")
        if len(segment) * 4 > MAX_SEGMENT and (size := len(segment.encode())) > MAX_SEGMENT:
            raise _refused(
                shown,
                f"holds a name of {size} bytes",
                f"File systems take {MAX_SEGMENT} bytes in one name: give a shorter slug",
            )
    if len(path) * 4 > MAX_PATH and (size := len(path.encode())) > MAX_PATH:
        raise _refused(shown, f"has {size} bytes", f"Keep it below {MAX_PATH} bytes")
    return path


def path_to_url(path: str) -> str:
    """Give the decoded URL path that a file answers: the inverse of :func:`url_to_path`."""
    if path == INDEX or path.endswith("/" + INDEX):
        path = path[: -len(INDEX)]
    return "/" + path


def split(url: str) -> tuple[str, str, str]:
    """Give the path, query and fragment of a URL path, all still percent-encoded."""
    url, _, fragment = url.partition("#")
    path, _, query = url.partition("?")
    return path, query, fragment


def decode(url: str) -> str:
    """Decode a percent-encoded URL path, each segment exactly once.

    :param url: the path alone; :func:`split` takes query and fragment off.
    :raises BlastoError: for an encoded slash or NUL and for bytes that are not UTF-8.
    """
    if "%" not in url:
        if "\x00" in url:
            raise _refused(url, "holds a NUL character", "Take the character out")
        return url
    segments = []
    for segment in url.split("/"):
        try:
            text = unquote(segment, errors="strict") if "%" in segment else segment
        except UnicodeDecodeError:
            raise _refused(
                url, f'holds "{segment}", which is not UTF-8', "Percent-encode the UTF-8 bytes"
            ) from None
        if "/" in text:
            raise _refused(
                url, "holds an encoded slash", "A file's name cannot hold a slash: change the slug"
            )
        if "\x00" in text:
            raise _refused(url, "holds a NUL character", "Take the character out")
        segments.append(text)
    return "/".join(segments)


def encode(url_path: str) -> str:
    """Percent-encode a decoded URL path, once, as Werkzeug does: ``decode(encode(x)) == x``.

    :raises BlastoError: for text that has no UTF-8 form.
    """
    try:
        return quote(url_path, safe=_READABLE)
    except UnicodeEncodeError:
        raise _refused(url_path, "is not valid Unicode", "Take the broken character out") from None


def portable(path: str) -> str | None:
    """Say why Windows could not hold a file of this name, or give ``None``."""
    if not _SUSPECT.search(path):
        return None
    for segment in path.split("/"):
        if found := _NOT_WINDOWS.search(segment):
            return f'"{segment}" holds {found[0]!r}'
        if segment.endswith((".", " ")):
            return f'"{segment}" ends with a {"dot" if segment[-1] == "." else "space"}'
        if _DEVICE.match(segment):
            return f'"{segment}" is the name of a device'
    return None


class Plan:
    """Which URL becomes which file, for one freeze; finds the ones that get in each other's way.

    One tuple a file: 100,000 pages cost about 10 MB.
    """

    __slots__ = ("_also", "_owners")

    def __init__(self) -> None:
        self._owners: dict[str, tuple[str, str | None]] = {}
        self._also: dict[str, set[tuple[str, str | None]]] = {}

    def add(self, path: str, url: str, source: str | None = None) -> None:
        """Say that a URL becomes this file. Saying the same twice is once.

        :param path: as :func:`url_to_path` gives it.
        :param source: what the URL was made from, for the message: a file, an endpoint.
        """
        owner = (url, source)
        first = self._owners.setdefault(path, owner)
        if first is not owner and first != owner:
            self._also.setdefault(path, {first}).add(owner)
            self._owners[path] = min(first, owner, key=_order)

    def __len__(self) -> int:
        return len(self._owners)

    def __contains__(self, path: object) -> bool:
        return path in self._owners

    def paths(self) -> list[str]:
        """Give every planned file, sorted."""
        return sorted(self._owners)

    def problems(
        self, *, case: Severity | None = "error", windows: Severity | None = "warning"
    ) -> list[Problem]:
        """Say what cannot be published, in an order that does not depend on :meth:`add`'s.

        :param case: how bad names are that differ only by case or Unicode form.
        :param windows: how bad names are that Windows cannot hold.
        """
        found = [self._same(path) for path in self._also]
        folders: dict[str, str] = {}
        seen: dict[str, str] = {}
        for path in sorted(self._owners):
            if windows and (reason := portable(path)):
                found.append(self._unportable(path, reason, windows))
            if case and _differs(other := seen.setdefault(_fold(path), path), path):
                found.append(self._alike(other, path, folders, case))
            end = path.rfind("/")
            while end > 0 and (folder := path[:end]) not in folders:
                folders[folder] = path
                if folder in self._owners:
                    found.append(self._inside(folder, path))
                if case and _differs(other := seen.setdefault(_fold(folder), folder), folder):
                    found.append(self._alike(other, folder, folders, case))
                end = path.rfind("/", 0, end)
        return sorted(found, key=lambda problem: (*problem.key, problem.url or ""))

    def _owner(self, path: str, folders: dict[str, str]) -> tuple[str, str | None]:
        return self._owners.get(path) or self._owners[folders[path]]

    def _same(self, path: str) -> Problem:
        owners = sorted(self._also[path], key=_order)
        return Problem(
            f"{_names(owners)} become the same file {path}",
            _file(owners),
            url=owners[0][0],
            hint="Give all but one of them another slug or URL.",
        )

    def _inside(self, folder: str, path: str) -> Problem:
        owners = [self._owners[folder], self._owners[path]]
        return Problem(
            f"{_names(owners)} cannot both be published: {folder} would be a file and a folder",
            _file(owners),
            url=owners[0][0],
            hint="End the first URL with a slash or an extension, or move the other.",
        )

    def _alike(self, one: str, two: str, folders: dict[str, str], severity: Severity) -> Problem:
        owners = [self._owner(one, folders), self._owner(two, folders)]
        how = "case" if normalize("NFC", one) != normalize("NFC", two) else "Unicode form"
        return Problem(
            f"{_names(owners)} need {one!r} and {two!r}, which differ only by {how}",
            _file(owners),
            url=owners[0][0],
            hint="macOS and Windows take them for one: rename one of them.",
            severity=severity,
        )

    def _unportable(self, path: str, reason: str, severity: Severity) -> Problem:
        url, source = self._owners[path]
        return Problem(
            f"{url} becomes a file that Windows cannot hold: {reason}",
            _file([(url, source)]),
            url=url,
            hint="Change the slug if the site is ever checked out or frozen on Windows.",
            severity=severity,
        )


def _order(owner: tuple[str, str | None]) -> tuple[str, str]:
    return owner[0], owner[1] or ""


def _file(owners: list[tuple[str, str | None]]) -> str | None:
    """Give the first source that is a file to mend, not a route or a list."""
    sources = (source for _, source in owners if source and not source.startswith("the "))
    return next((one for one in sources if '"' not in one), None)


def _names(owners: list[tuple[str, str | None]]) -> str:
    named = [f"{url} ({source})" if source else url for url, source in owners]
    return ", ".join(named[:-1]) + " and " + named[-1]


def _differs(one: str, two: str) -> bool:
    """Say whether the last names differ: folders that differ are reported by themselves."""
    return one != two and one.rpartition("/")[0] == two.rpartition("/")[0]


@cache
def _fold_character(character: str) -> str:
    folded = character.casefold()
    return folded if len(folded) == 1 else character.lower()


def _fold(path: str) -> str:
    """Fold as file systems do: one character to one, so that "ss" is not "ß"."""
    if path.isascii():
        return path.lower()
    return normalize("NFC", "".join(map(_fold_character, normalize("NFC", path))))


def _refused(url: str, why: str, hint: str) -> BlastoError:
    shown = url if url.isprintable() else url.encode("unicode_escape", "replace").decode()
    return BlastoError(
        Problem(f'"{shown}" cannot be published: it {why}', url=shown, hint=hint + ".")
    )
