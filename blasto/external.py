"""Links to other servers: asked politely, in parallel, and not again too soon.

A part of ``check``, made with ``--external``. A server is asked by one thread at a time;
what it said is kept in ``.blasto/external.json`` with its ETag for a day, and after that
it only has to say that nothing changed. A freeze never comes here.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

import msgspec

from . import __version__, trace
from .sources import Finding

if TYPE_CHECKING:
    from .check import Check

FRESH = 24 * 60 * 60
TIMEOUT = 10
THREADS = 16
MOST = 4
"""Answers of no use after which a server is left in peace."""
GONE = (404, 410)
# Statuses with which servers refuse HEAD alone.
ONLY_GET = (400, 403, 404, 405, 406, 410, 429, 500, 501, 503)
AGENT = f"blasto-check/{__version__}"
RESERVED = (".example", ".invalid", ".test", ".localhost")
EXAMPLES = frozenset(("example.com", "example.net", "example.org"))


class Known(msgspec.Struct):
    """What a server said of an address. ``status`` is 0 where it did not answer."""

    status: int
    asked: float
    etag: str = ""
    modified: str = ""
    error: str = ""


class Verdict(NamedTuple):
    """What is wrong with an address, and whether that is sure."""

    message: str
    sure: bool


class Asker:
    """Asks servers, and remembers.

    :param file: where answers are kept.
    :param clock: gives the time in seconds since 1970.
    """

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        self.file = file
        self.clock = clock
        self.known: dict[str, Known] = {}
        self.asked = 0
        with contextlib.suppress(OSError, msgspec.DecodeError), trace.paused():
            self.known = msgspec.json.decode(file.read_bytes(), type=dict[str, Known])

    def ask(self, addresses: Sequence[str]) -> dict[str, Known]:
        """Give what is known of each address, asking for what is not known or is old."""
        now = self.clock()
        old = [
            address for address in addresses
            if (one := self.known.get(address)) is None or one.status == 0
            or not 0 <= now - one.asked < FRESH
        ]  # fmt: skip
        servers: dict[str, list[str]] = {}
        for address in old:
            servers.setdefault(urlsplit(address).netloc, []).append(address)
        self.asked = len(old)
        with ThreadPoolExecutor(THREADS) as pool:
            for answers in pool.map(self._server, servers.values()):
                self.known.update(answers)
        return {address: self.known[address] for address in addresses}

    def keep(self) -> None:
        """Write down what is known."""
        data = json.dumps(
            {address: msgspec.to_builtins(one) for address, one in sorted(self.known.items())},
            indent=0,
        )
        waiting = self.file.with_name(self.file.name + ".new")
        self.file.parent.mkdir(parents=True, exist_ok=True)
        waiting.write_text(data, encoding="utf-8")
        os.replace(waiting, self.file)

    def _server(self, addresses: list[str]) -> dict[str, Known]:
        """Ask one server, one address after the other."""
        answers: dict[str, Known] = {}
        silent = 0
        for address in addresses:
            if silent >= MOST:
                answers[address] = Known(0, self.clock(), error="the server does not answer")
                continue
            found = answers[address] = self._address(address)
            silent = silent + 1 if found.status in (0, 429, 503) else 0
        return answers

    def _address(self, address: str) -> Known:
        past = self.known.get(address)
        found = self._request(address, "HEAD", past)
        if found.status in ONLY_GET:
            found = self._request(address, "GET", past)
        if found.status == 304 and past is not None:
            found = Known(past.status, found.asked, past.etag, past.modified)
        return found

    def _request(self, address: str, method: str, past: Known | None) -> Known:
        headers = {"User-Agent": AGENT, "Accept": "text/html, */*;q=0.8"}
        if past is not None and past.etag:
            headers["If-None-Match"] = past.etag
        elif past is not None and past.modified:
            headers["If-Modified-Since"] = past.modified
        now = self.clock()
        try:
            request = Request(_ascii(address), headers=headers, method=method)  # noqa: S310 - http and https alone
            with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                told = answer.headers
                return Known(
                    answer.status, now, told.get("ETag", ""), told.get("Last-Modified", "")
                )
        except HTTPError as error:
            error.close()
            return Known(error.code, now)
        except URLError as error:
            return Known(0, now, error=_reason(error.reason))
        except (OSError, HTTPException, ValueError) as error:
            return Known(0, now, error=_reason(error))


def _ascii(address: str) -> str:
    """Give an address as it goes over the wire."""
    parts = urlsplit(address)
    host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._")
    return parts._replace(netloc=host, path=path, query=query, fragment="").geturl()


def _reason(error: object) -> str:
    if isinstance(error, socket.gaierror):
        return "there is no such server"
    if isinstance(error, TimeoutError):
        return f"no answer within {TIMEOUT} s"
    if isinstance(error, ssl.SSLError):
        return f"its certificate is not good: {error.reason or error}"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def verdict(known: Known) -> Verdict | None:
    """Say what is wrong with an address, if anything is."""
    if known.status == 0:
        return Verdict(known.error, known.error == "there is no such server")
    if known.status < 400:
        return None
    return Verdict(f"its server answers {known.status}", known.status in GONE)


def findings(check: Check, ignore: Sequence[str] = ()) -> Iterator[Finding]:
    """Ask for every address of another server that a page names.

    :param ignore: patterns of addresses to leave alone.
    """
    wanted = sorted(
        address for address in check.external
        if not _reserved(address) and not any(fnmatchcase(address, glob) for glob in ignore)
    )  # fmt: skip
    asker = Asker(check.freezer.state_folder / "external.json")
    try:
        answers = asker.ask(wanted)
    finally:
        asker.keep()
    for address in wanted:
        wrong = verdict(answers[address])
        if wrong is not None:
            rule = "external" if wrong.sure else "external-unsure"
            for name in dict.fromkeys(check.external[address]):
                yield Finding(rule, f'"{address}": {wrong.message}', name, address)


def _reserved(address: str) -> bool:
    """Tell whether a host name is one of those that stand for any in examples."""
    try:
        host = (urlsplit(address).hostname or "").lower()
    except ValueError:
        return False
    return host.endswith(RESERVED) or ".".join(host.split(".")[-2:]) in EXAMPLES
