"""Redirects and headers as hosts write them: ``_redirects``, ``_headers``, nginx, Caddy.

Below ``hostfiles``, which makes rules of what the app answers, and ``preview``, which does
what they say. Pure functions over texts; paths of rules are percent-encoded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from werkzeug.wrappers import Response

REDIRECTS, HEADERS = "_redirects", "_headers"
# What a server says by itself, or what is about one transfer.
ORDINARY = frozenset(
    "accept-ranges allow connection content-encoding content-length content-type date etag "
    "last-modified location server transfer-encoding".split()
)
TYPE = "Content-Type"
STATUS = re.compile(r"(?P<code>[1-5]\d\d)(?P<force>!)?")
PLACEHOLDER = re.compile(r":([A-Za-z]\w*)|\*")


class Redirect(NamedTuple):
    """A line of ``_redirects``.

    :param force: whether it comes before a file of that name.
    :param query: parameters that the request has to have.
    """

    source: str
    target: str
    status: int = 301
    force: bool = False
    query: tuple[tuple[str, str], ...] = ()


class Header(NamedTuple):
    """Headers of all paths that a pattern matches; without a value, one that is taken away."""

    path: str
    headers: tuple[tuple[str, str | None], ...]


class Rules(NamedTuple):
    """All rules of a site."""

    redirects: tuple[Redirect, ...] = ()
    headers: tuple[Header, ...] = ()


def read(redirects: str, headers: str, host: str) -> Rules:
    """Read the two files of a tree; a line that is no rule is left out, as hosts do.

    :param host: Cloudflare Pages sends 302 where a line names no status, Netlify 301.
    """
    default = 302 if host == "cloudflare" else 301
    return Rules(tuple(_redirects(redirects, default, host)), tuple(_headers(headers)))


def _redirects(text: str, default: int, host: str) -> Iterable[Redirect]:
    for line in text.splitlines():
        words = line.split("#")[0].split() if line.lstrip().startswith("#") else line.split()
        if len(words) < 2 or not words[0].startswith(("/", "http")):
            continue
        source, rest = words[0], words[1:]
        query = []
        while len(rest) > 1 and "=" in rest[0] and not rest[0].startswith(("/", "http")):
            name, _, value = rest.pop(0).partition("=")
            query.append((name, value))
        target, status, force = rest[0], default, host == "cloudflare"
        if len(rest) > 1:
            found = STATUS.fullmatch(rest[1])
            if found is None:
                continue
            status, force = int(found["code"]), force or found["force"] is not None
        if len(rest) <= 2:  # more would be conditions on country, language or role
            yield Redirect(source, target, status, force, tuple(query))


def _headers(text: str) -> Iterable[Header]:
    path, found = "", dict[str, str | None]()
    for line in [*text.splitlines(), "/"]:
        words = line.strip()
        if not words or words.startswith("#"):
            continue
        if not line[0].isspace() and words.startswith(("/", "http")):
            if path and found:
                yield Header(path, tuple(found.items()))
            path, found = words, {}
        elif path:
            name, colon, value = words.partition(":")
            if colon:
                name, value = name.strip(), value.strip()
                found[name] = f"{found[name]}, {value}" if found.get(name) else value
            elif words.startswith("!"):
                found[words[1:].strip()] = None


def match(pattern: str, path: str, slash: bool = False) -> dict[str, str] | None:
    """Give what the placeholders of a pattern stand for in a path, ``None`` without a match.

    :param slash: whether a slash at the end makes no difference.
    """
    if pattern.startswith("http"):
        pattern = "/" + pattern.partition("://")[2].partition("/")[2]
    if slash and not pattern.endswith("*"):
        pattern, path = pattern.rstrip("/") or "/", path.rstrip("/") or "/"
    pieces, at = [], 0
    for found in PLACEHOLDER.finditer(pattern):
        pieces.append(re.escape(unquote(pattern[at : found.start()])))
        pieces.append(f"(?P<{found[1]}>[^/]+)" if found[1] else "(?P<splat>.*)")
        at = found.end()
    pieces.append(re.escape(unquote(pattern[at:])))
    expression = "".join(pieces)
    if slash and expression.endswith("/(?P<splat>.*)"):
        expression = expression.removesuffix("/(?P<splat>.*)") + "(?:/(?P<splat>.*))?"
    try:
        matched = re.fullmatch(expression, path, re.S)
    except re.error:  # one placeholder twice
        return None
    return {name: value or "" for name, value in matched.groupdict().items()} if matched else None


def filled(target: str, values: Mapping[str, str]) -> str:
    """Put what placeholders stand for into a target."""
    return re.sub(r":([A-Za-z]\w*)", lambda found: values.get(found[1], found[0]), target)


def answer(response: Response, moved: tuple[int, str] | None, kind: str | None) -> str:
    """Give what an answer says to a host beside its body, as text; nothing is ``""``.

    :param moved: status and target of a redirect.
    :param kind: a type that the file's name does not tell.
    """
    found = said(response)
    if kind:
        found.append((TYPE, kind))
    return json.dumps([moved, found]) if found or moved else ""


def said(response: Response) -> list[tuple[str, str]]:
    """Give the headers of an answer that its app chose."""
    found = []
    for name, value in response.headers:
        low = name.lower()
        if low in ORDINARY or (low == "vary" and value == "Cookie"):
            continue
        if (low, value) == ("cache-control", "no-cache") and "ETag" in response.headers:
            continue  # what Flask says of any file
        if low == "content-disposition" and value.startswith("inline"):
            continue
        found.append((name, value))
    return found


# Writing


def plain(path: str) -> str:
    """Give an encoded path in which nothing is a placeholder."""
    return path.replace(":", "%3A").replace("*", "%2A")


def write_redirects(rules: Rules, host: str) -> str:
    """Give the text of ``_redirects``."""
    force = "!" if host == "netlify" else ""
    return "".join(
        f"{plain(one.source)} {one.target} {one.status}{force}\n" for one in rules.redirects
    )


def write_headers(rules: Rules) -> str:
    """Give the text of ``_headers``."""
    lines = []
    for one in rules.headers:
        splat = one.path.endswith("*")
        lines.append(plain(one.path.removesuffix("*")) + ("*" if splat else ""))
        lines += [f"  {name}: {value}" for name, value in one.headers]
    return "".join(f"{line}\n" for line in lines)


def write_nginx(rules: Rules) -> str:
    """Give maps to put before ``server { }``, and what to put inside of it."""
    names = sorted({name for one in rules.headers for name, _ in one.headers} - {TYPE})
    lines = []
    for name in names:
        lines.append(f"map $request_uri {_variable(name)} {{")
        for one in rules.headers:
            for given, value in one.headers:
                if given == name:
                    lines.append(
                        f"    {_nginx('~' + _expression(one.path))} {_nginx(value or '')};"
                    )
        lines.append("}")
    lines.append("# Inside of server { }:")
    lines += [f"add_header {name} {_variable(name)} always;" for name in names]
    for one in rules.headers:
        for name, value in one.headers:
            if name == TYPE:
                exact = "" if one.path.endswith("*") else "= "
                place = _nginx(unquote(one.path.removesuffix("*")))
                kind = _nginx(value or "")
                lines.append(f"location {exact}{place} {{ types {{ }} default_type {kind}; }}")
    for moved in rules.redirects:
        place = _nginx(unquote(moved.source))
        lines.append(f"location = {place} {{ return {moved.status} {_nginx(moved.target)}; }}")
    return "".join(f"{line}\n" for line in lines)


def _variable(name: str) -> str:
    return "$blasto_" + re.sub(r"[^a-z0-9]", "_", name.lower())


def _expression(path: str) -> str:
    if path.endswith("*"):
        return "^" + re.escape(path[:-1])
    return "^" + re.escape(path) + r"(\?|$)"


def _nginx(text: str) -> str:
    """Quote a text; nginx cannot escape a dollar, which in a URL may be encoded."""
    safe = text if text.startswith("~") else text.replace("$", "%24")
    return '"' + safe.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_caddy(rules: Rules) -> str:
    """Give directives to put into the block of a site."""
    lines = [
        f"header {_caddy(one.path)} {name} {_caddy(value or '')}"
        for one in rules.headers for name, value in one.headers
    ]  # fmt: skip
    lines += [
        f"redir {_caddy(unquote(one.source))} {_caddy(one.target)} {one.status}"
        for one in rules.redirects
    ]
    return "".join(f"{line}\n" for line in lines)


def _caddy(text: str) -> str:
    if not re.search(r'[\s"`{}\\]', text):
        return text or '""'
    return '"' + re.sub(r'(["\\{}])', r"\\\1", text) + '"'


def written(rules: Rules, host: str) -> str:
    """Give the rules as one text for people to read or redirect into a file."""
    if host == "nginx":
        return write_nginx(rules)
    if host == "caddy":
        return write_caddy(rules)
    texts = {REDIRECTS: write_redirects(rules, host), HEADERS: write_headers(rules)}
    return "\n".join(f"# {name}\n{text}" for name, text in texts.items() if text)
