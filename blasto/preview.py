"""The frozen tree as its host would serve it: a WSGI application for one folder.

A tool beside the site, used by ``blasto preview`` and the check of parity. What a path gets
is asked of ``hosts``; here are files, headers and conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.urls import iri_to_uri
from werkzeug.utils import redirect, send_file
from werkzeug.wrappers import Request, Response

from . import hostrules
from .hostrules import Redirect, Rules
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
    :param rules: redirects and headers that it follows.
    """

    def __init__(
        self,
        folder: Path,
        base_path: str = "",
        host: str = DEFAULT,
        rules: Rules = Rules(),  # noqa: B008 - immutable
    ) -> None:
        self.rules = rules
        self.folder = folder
        self.base_path = base_path.rstrip("/")
        self.host = HOSTS[host]
        self.names = Folder(folder)
        # A disk shows the files of a folder, not its first page.
        self.entry = self.base_path + ("/index.html" if self.host.name == "file" else "/")

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
        moved = self.moved(request, forced=True)
        if moved is not None:
            return self.headed(request, moved)
        response = self.plain(request)
        if response.status_code == 404:
            moved = self.moved(request, forced=False)
            if moved is not None:
                response.close()
                response = moved
        return self.headed(request, response)

    def moved(self, request: Request, *, forced: bool) -> Response | None:
        """Answer as the first rule says that fits, if one does."""
        slash = self.host.name == "netlify"
        fitting = [one for one in self.rules.redirects if one.force == forced]
        if self.host.name == "cloudflare":  # what has no placeholders comes first there
            fitting.sort(key=lambda one: ":" in one.source or "*" in one.source)
        for one in fitting:
            values = hostrules.match(one.source, request.path, slash)
            if values is None:
                continue
            for name, value in one.query:
                given = request.args.get(name)
                if given is None or (value[:1] != ":" and value != given):
                    break
                values[value[1:]] = given
            else:
                return self.followed(request, one, values)
        return None

    def followed(self, request: Request, rule: Redirect, values: dict[str, str]) -> Response:
        """Do what a rule says: lead on, or show another file in this place."""
        target = hostrules.filled(rule.target, values)
        if 300 <= rule.status < 400:
            query = request.query_string.decode("latin-1")
            if query and "?" not in target and not rule.query:
                target += f"?{query}"
            return redirect(iri_to_uri(target), rule.status)
        path = unquote(target.partition("?")[0])
        if not path.startswith("/"):
            return Response("502: a preview asks no other server\n", 502, mimetype="text/plain")
        reply = self.host.reply(path.removeprefix(self.base_path) or "/", self.names)
        status = reply.status if reply.file is None or rule.status == 200 else rule.status
        return self.send(request, status, reply.file)

    def headed(self, request: Request, response: Response) -> Response:
        """Add the headers that rules give to the path, after one another."""
        given: set[str] = set()
        for one in self.rules.headers:
            if hostrules.match(one.path, request.path) is None:
                continue
            for name, value in one.headers:
                if value is None:
                    response.headers.pop(name, None)
                elif name.lower() in given:
                    response.headers[name] = f"{response.headers[name]}, {value}"
                else:
                    response.headers[name] = value
                    given.add(name.lower())
        return response

    def plain(self, request: Request) -> Response:
        """Answer by the names in the tree alone."""
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
