"""The live app against the frozen tree as its host serves it: every URL, asked of both.

A part of ``check``, made with ``--parity``. What may differ is what a freeze changes on
purpose: a redirect may be a page that leads on, and links may be made relative.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import zip_longest
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from . import documents, finishing, hostfiles, hostrules, hosts, output, workers
from .preview import StaticHost
from .sources import Finding

if TYPE_CHECKING:
    from .check import Check
    from .trees import Tree

REDIRECTS = (301, 302, 303, 307, 308)
NOWHERE = "/blasto-asks-for-what-is-not-there/"
# Made of the frozen pages: the live app has only what stands in for it.
MADE = ("blasto.search_file", hostfiles.ENDPOINT)
HINT = "if the site was edited since, freeze it first"


class Parity:
    """Asks both sides.

    :param app: the live app, which is not debugging.
    :param static: the tree behind its host.
    :param base_url: scheme, host and base path of the site.
    """

    def __init__(self, app: Flask, static: StaticHost, base_url: str | None) -> None:
        self.app = app
        self.static = static
        self.base = static.base_path
        builder = EnvironBuilder("/", base_url=base_url or "http://localhost/")
        self.environ: dict[str, Any] = builder.get_environ()
        builder.close()
        origin = urlsplit(base_url or "http://localhost/")
        self.origin = f"{origin.scheme}://{origin.netloc}"
        self.relative = bool(app.config["FREEZER_RELATIVE_URLS"]) and "blasto" in app.extensions

    def live(self, url: str) -> Response:
        """Ask the app."""
        environ = {**self.environ, "PATH_INFO": url.encode().decode("latin-1"),
                   "wsgi.errors": StringIO()}  # fmt: skip
        return Response.from_app(self.app, environ)

    def frozen(self, url: str) -> Response:
        """Ask the host."""
        path = (self.base + url).encode().decode("latin-1")
        return Response.from_app(
            self.static, {**self.environ, "SCRIPT_NAME": "", "PATH_INFO": path}
        )

    def difference(self, url: str) -> str | None:
        """Say how the two answers differ, ``None`` where they do not."""
        live, frozen = self.live(url), self.frozen(url)
        if frozen.status_code in REDIRECTS and live.status_code not in REDIRECTS:
            # A page under another name is as good: /404 for /404.html.
            target = self._rooted(url, frozen.headers["Location"])
            if target.startswith(self.base + "/"):
                frozen.close()
                frozen = self.frozen(output.decode(output.split(target)[0][len(self.base) :]))
        try:
            return self.compared(url, live, frozen)
        finally:
            live.close()
            frozen.close()

    def compared(self, url: str, live: Response, frozen: Response) -> str | None:
        if live.status_code in REDIRECTS:
            return self.led(url, live, frozen)
        error = output.url_to_path(url).rpartition("/")[2][:3]
        same = live.status_code == frozen.status_code
        if not same and not (frozen.status_code == 200 and error == str(live.status_code)):
            return (
                f"the app answers {live.status_code}, {self.static.host.title} {frozen.status_code}"
            )
        name = output.url_to_path(url)
        kind, served = live.mimetype or "", frozen.mimetype or ""
        if kind != served and not hosts.agrees(name, kind, served):
            return f"the app sends {kind}, {self.static.host.title} {served}"
        data, text = live.get_data(), frozen.get_data()
        if (
            self.relative
            and url not in ("/404.html", NOWHERE)
            and kind in ("text/html", "text/css")
        ):
            change = finishing.relative_html if kind == "text/html" else finishing.relative_css
            data = change(data.decode("utf-8", "surrogateescape"), self.base + url).encode(
                "utf-8", "surrogateescape"
            )
        if data != text:
            return f"the bodies differ: {_first(data, text)}"
        if self.static.host.name in hosts.TOLD:
            for header, value in hostrules.said(live):
                if frozen.headers.get(header) != value:
                    return f'the host does not send "{header}: {value}"'
        return None

    def led(self, url: str, live: Response, frozen: Response) -> str | None:
        """Compare a redirect with another, or with a page that leads on."""
        wanted = self._rooted(url, live.headers["Location"])
        if frozen.status_code in REDIRECTS:
            got = self._rooted(url, frozen.headers["Location"])
            if live.status_code != frozen.status_code:
                return (
                    f"the app redirects with {live.status_code}, the host with {frozen.status_code}"
                )
        else:
            refresh = documents.read(frozen.get_data(as_text=True)).refresh
            if frozen.status_code != 200 or not refresh:
                return f"the app redirects to {wanted}, and the tree does not lead on"
            got = self._rooted(url, refresh)
        return None if got == wanted else f"the app leads to {wanted}, the tree to {got}"

    def _rooted(self, url: str, target: str) -> str:
        found = urljoin(self.origin + output.encode(self.base + url), target)
        return found.removeprefix(self.origin).removesuffix("index.html")


def _first(one: bytes, two: bytes) -> str:
    """Give the first line that differs, of both."""
    lines = zip_longest(one.splitlines(), two.splitlines(), fillvalue=b"")
    for number, (live, frozen) in enumerate(lines, 1):
        if live != frozen:
            shown = [line.decode("utf-8", "replace").strip()[:80] for line in (live, frozen)]
            return f'line {number} is "{shown[0]}" live and "{shown[1]}" frozen'
    return "in their line ends"


def _compare(parity: Parity, urls: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    found = []
    for name, url in urls:
        told = parity.difference(url)
        if told is not None:
            found.append((name, told))
    return found


def findings(check: Check) -> Iterator[Finding]:
    """Compare every URL of the last freeze, and one that is not there."""
    freezer, tree = check.freezer, check.tree
    rules = hostfiles.followed(freezer, check.host.name)
    static = StaticHost(tree.root, check.base, check.host.name, rules)
    parity = Parity(freezer.app, static, freezer.app.config["FREEZER_BASE_URL"])
    urls = list(_urls(tree))
    if freezer.site is not None:
        freezer.site.load()  # once, not in each process
    calls = [(parity, piece) for piece in workers.chunks(urls, check.count, 200)]
    for found in workers.spread(_compare, calls, check.count):
        for name, told in found:
            yield Finding("parity", told, name, hint=HINT, whole=True)


def _urls(tree: Tree) -> Iterator[tuple[str, str]]:
    """Give each file with the URL that it was frozen from."""
    for name, row in sorted(tree.rows.items()):
        own = name in (hostrules.REDIRECTS, hostrules.HEADERS)
        if name in tree.sizes and row.endpoint not in MADE and not own:
            yield name, row.url
    if "404.html" in tree.sizes:
        yield "404.html", NOWHERE
