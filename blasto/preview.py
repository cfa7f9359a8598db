"""The frozen tree as its host would serve it: a WSGI application for one folder.

A tool beside the site, used by ``blasto preview`` and the check of parity. What a path gets
is asked of ``hosts``; here are files, headers and conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.utils import redirect, send_file
from werkzeug.wrappers import Request, Response

from .hosts import DEFAULT, HOSTS


class Folder:
    """The names in a folder on a disk; what a link leads out of it to is not there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.real = root.resolve()

    def file(self, name: str) -> bool:
        return self._inside(name, Path.is_file)

    def folder(self, name: str) -> bool:
        return self._inside(name, Path.is_dir)

    def _inside(self, name: str, test: Callable[[Path], bool]) -> bool:
        path = self.root / name
        try:
            return test(path) and path.resolve().is_relative_to(self.real)
        except (OSError, ValueError):
            return False  # a name that no file can have


class StaticHost:
    """A WSGI application that serves a folder as a static host does.

    :param folder: the frozen tree.
    :param base_path: where the site lives, such as ``"/repo"``; elsewhere is 404.
    :param host: the name of a host in :data:`blasto.hosts.HOSTS`.
    """

    def __init__(self, folder: Path, base_path: str = "", host: str = DEFAULT) -> None:
        self.folder = folder
        self.base_path = base_path.rstrip("/")
        self.host = HOSTS[host]
        self.names = Folder(folder)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        request = Request(environ)
        try:
            response = self.answer(request)
        except HTTPException as error:
            response = Response(str(error), error.code, mimetype="text/plain")
        body = response(environ, start_response)
        if request.method == "HEAD" or response.status_code == 304:
            response.close()  # no body is sent, and Werkzeug then leaves the file open
        return body

    def answer(self, request: Request) -> Response:
        """Answer a request."""
        if request.method not in ("GET", "HEAD"):
            raise MethodNotAllowed(["GET", "HEAD"])
        path = request.path
        if self.base_path:
            if path == self.base_path:
                return redirect(self.base_path + "/", 301)
            if not path.startswith(self.base_path + "/"):
                return self.send(request, *self.host.missing("", self.names)[:2])
            path = path[len(self.base_path) :]
        reply = self.host.reply(path, self.names)
        if reply.location is not None:
            # The query string goes along, as it does there.
            query = request.query_string.decode("latin-1")
            url = request.root_url.rstrip("/") + quote(self.base_path + reply.location)
            return redirect(url + (f"?{query}" if query else ""), reply.status)
        return self.send(request, reply.status, reply.file)

    def send(self, request: Request, status: int, name: str | None) -> Response:
        """Send a file of the tree with a status; without one, the status in words."""
        if name is None:
            words = HTTPException()
            words.code = status
            return Response(f"{status} {words.name}", status, mimetype="text/plain")
        file = self.folder / name
        kind = self.host.content_type(name)
        response = send_file(
            file, request.environ, mimetype=kind.partition(";")[0], conditional=status == 200
        )
        response.headers["Content-Type"] = kind
        response.status_code = status if status != 200 else response.status_code
        return response
