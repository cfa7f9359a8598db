"""A server for one person on one machine: where it listens, and whom it answers.

For the live app while it is written (``serving``) and for the frozen tree as a host shows
it. Both listen on the loopback address unless told otherwise, and answer no other host
name there, so that a page of the web cannot read them through a name of its own (DNS
rebinding).
"""

from __future__ import annotations

import errno
import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from typing import Any

import click
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from .console import Console
from .errors import Problem, UsageError
from .preview import StaticHost

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
HOST = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[^\s:/@\[\]]+))(?::\d{1,5})?")
TRIES = 100
"""Ports that are tried, the first one counted."""


def serve_frozen(site: StaticHost, address: str, port: int) -> None:
    """Serve a frozen tree as a static host would, under its base path.

    :raises UsageError: there is no such tree, or the address cannot be used.
    """
    if not site.folder.is_dir():
        raise UsageError.at(
            f"there is no frozen site in {site.folder}", hint="run blasto freeze first"
        )
    _serve(HostCheck(site, address), address, port, site.entry)


class HostCheck:
    """Refuses requests for a host name that is not this machine's.

    :param host: the address that is listened on; not a loopback one, and every name is
        let through, since nobody knows the names of a machine in a network.
    """

    def __init__(self, app: Wsgi, host: str) -> None:
        self.app = app
        self.open = not is_loopback(host)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        found = HOST.fullmatch(environ.get("HTTP_HOST", "localhost"))
        if found is None or not (self.open or is_loopback(found["six"] or found["name"])):
            refused = Response(
                "400: this host name is not served here\n", 400, mimetype="text/plain"
            )
            return refused(environ, start_response)
        return self.app(environ, start_response)


def is_loopback(host: str) -> bool:
    """Tell whether an address or host name is this machine's own and nobody else's."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """Listen on an address, on the first free port from ``port`` on.

    :raises UsageError: there is none, or the address is not this machine's.
    """
    last = min(port + TRIES, 65536) if port else 1
    for number in range(port, last):
        try:
            family, kind, _, _, address = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[
                0
            ]
            found = socket.socket(family, kind)
        except (OSError, UnicodeError) as error:
            raise UsageError.at(f"cannot listen on {host}: {error}") from error
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(address)
            found.listen()
            return found
        except OSError as error:
            found.close()
            if error.errno != errno.EADDRINUSE:
                raise UsageError.at(
                    f"cannot listen on {host}, port {number}: {error.strerror}"
                ) from error
    raise UsageError.at(
        f"no port from {port} to {last - 1} of {host} is free", hint="name another with --port"
    )


def _serve(app: Wsgi, host: str, port: int, entry: str = "/") -> None:
    with listen(host, port) as listening:
        warn(host)
        click.echo(f"{address(host, listening)}{entry} (Ctrl+C ends it)")
        make(app, host, listening).serve_forever()


def warn(host: str) -> None:
    """Say so where others can read what is served."""
    if not is_loopback(host):
        text = f"listening on {host}: everyone who reaches this machine can read the site"
        Console().problem(Problem(text, severity="warning"))


def address(host: str, listening: socket.socket) -> str:
    """Give scheme, host and port."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listening.getsockname()[1]}"


def make(
    app: Wsgi, host: str, listening: socket.socket, handler: type[WSGIRequestHandler] | None = None
) -> BaseWSGIServer:
    """Make the server for a socket that listens."""
    return make_server(
        host, listening.getsockname()[1], app, threaded=True,
        request_handler=handler, fd=listening.fileno(),
    )  # fmt: skip
