"""How a static host answers: the type that it gives to a file name, and requests for a tree.

The freezer asks whether a response's type is the one that the file will be served with;
``statics`` serves files with it; ``blasto preview`` serves ``build/`` as GitHub Pages does.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.security import safe_join
from werkzeug.utils import redirect, send_file
from werkzeug.wrappers import Request, Response

# What GitHub Pages sends (it follows the mime-db registry), whatever this machine's own
# table says. Extensions that are not here are "application/octet-stream" there too.
TYPES = {
    "html": "text/html", "htm": "text/html", "shtml": "text/html", "xhtml": "application/xhtml+xml",
    "css": "text/css", "js": "application/javascript", "mjs": "application/javascript",
    "json": "application/json", "map": "application/json", "jsonld": "application/ld+json",
    "geojson": "application/geo+json", "webmanifest": "application/manifest+json",
    "xml": "application/xml", "xsl": "application/xml", "xsd": "application/xml",
    "atom": "application/atom+xml", "rss": "application/rss+xml", "rdf": "application/rdf+xml",
    "txt": "text/plain", "text": "text/plain", "log": "text/plain", "conf": "text/plain",
    "ini": "text/plain", "in": "text/plain", "list": "text/plain",
    "md": "text/markdown", "markdown": "text/markdown", "csv": "text/csv",
    "tsv": "text/tab-separated-values", "yaml": "text/yaml", "yml": "text/yaml",
    "ics": "text/calendar", "vcf": "text/x-vcard", "vtt": "text/vtt", "rtx": "text/richtext",
    "toml": "application/toml", "wasm": "application/wasm", "pdf": "application/pdf",
    "ps": "application/postscript", "eps": "application/postscript", "rtf": "application/rtf",
    "zip": "application/zip", "gz": "application/gzip", "tar": "application/x-tar",
    "bz2": "application/x-bzip2", "7z": "application/x-7z-compressed",
    "xz": "application/x-xz", "jar": "application/java-archive", "epub": "application/epub+zip",
    "doc": "application/msword", "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "png": "image/png", "apng": "image/apng", "jpg": "image/jpeg", "jpeg": "image/jpeg",
    "gif": "image/gif", "webp": "image/webp", "avif": "image/avif", "svg": "image/svg+xml",
    "svgz": "image/svg+xml", "ico": "image/vnd.microsoft.icon", "bmp": "image/bmp",
    "tif": "image/tiff", "tiff": "image/tiff", "heic": "image/heic", "jxl": "image/jxl",
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "oga": "audio/ogg",
    "opus": "audio/ogg", "wav": "audio/wav", "flac": "audio/x-flac", "weba": "audio/webm",
    "mp4": "video/mp4", "m4v": "video/x-m4v", "webm": "video/webm", "ogv": "video/ogg",
    "mov": "video/quicktime", "avi": "video/x-msvideo", "mpeg": "video/mpeg",
    "mpg": "video/mpeg", "mkv": "video/x-matroska",
    "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf",
    "eot": "application/vnd.ms-fontobject", "swf": "application/x-shockwave-flash",
    "asc": "application/pgp-signature", "sig": "application/pgp-signature",
    "pgp": "application/pgp-encrypted", "crt": "application/x-x509-ca-cert",
    "exe": "application/x-msdownload", "dmg": "application/x-apple-diskimage",
    "iso": "application/x-iso9660-image", "deb": "application/x-debian-package",
    "apk": "application/vnd.android.package-archive", "sh": "application/x-sh",
    "tex": "application/x-tex", "mml": "text/mathml", "py": "text/x-python",
}  # fmt: skip
DEFAULT_TYPE = "application/octet-stream"

# One format under two names: a difference that no reader notices.
SAME = (
    {"application/javascript", "text/javascript", "application/x-javascript"},
    {"application/xml", "text/xml"},
    {"image/vnd.microsoft.icon", "image/x-icon"},
    {"application/gzip", "application/x-gzip"},
    {"audio/wav", "audio/x-wav"},
    {"text/yaml", "application/yaml", "application/x-yaml"},
    {"application/x-bzip2", "application/x-bzip"},
)


def mimetype(name: str, default: str = DEFAULT_TYPE) -> str:
    """Give the media type that GitHub Pages gives to a file name, without parameters."""
    stem, dot, extension = name.rpartition(".")
    return TYPES.get(extension.lower(), default) if dot and stem else default


def content_type(name: str) -> str:
    """Give the ``Content-Type`` of a file name: texts are UTF-8."""
    kind = mimetype(name)
    if kind.startswith("text/") or kind in (
        "application/xml",
        "application/javascript",
        "application/json",
    ):
        return f"{kind}; charset=utf-8"
    return kind


def agrees(name: str, kind: str, default: str = DEFAULT_TYPE) -> bool:
    """Tell whether a file of that name is served with that media type.

    The machine's own table counts too, for what it alone knows: that is how
    Frozen-Flask sites were written.
    """
    served = mimetype(name, "") or mimetypes.guess_type(name)[0] or default
    return kind == served or any(kind in names and served in names for names in SAME)


class PagesHost:
    """A WSGI application that serves a folder as GitHub Pages does.

    :param folder: the frozen tree.
    :param base_path: where the site lives, such as ``"/repo"``; elsewhere is 404.
    """

    def __init__(self, folder: Path, base_path: str = "") -> None:
        self.folder = folder
        self.base_path = base_path.rstrip("/")

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
        if request.method not in ("GET", "HEAD"):
            raise MethodNotAllowed(["GET", "HEAD"])
        path = request.path
        if self.base_path:
            if path == self.base_path:
                return redirect(self.base_path + "/", 301)
            if not path.startswith(self.base_path + "/"):
                return self.missing(request)
            path = path[len(self.base_path) :]
        file = self.find(path)
        if file is not None:
            return self.file(request, file, 200)
        if not path.endswith("/") and self.find(path + "/") is not None:
            # The query string goes along, as it does there.
            query = request.query_string.decode("latin-1")
            url = request.root_url.rstrip("/") + quote(self.base_path + path + "/")
            return redirect(url + (f"?{query}" if query else ""), 301)
        return self.missing(request)

    def find(self, path: str) -> Path | None:
        """Give the file that answers a decoded URL path without the base path.

        A name without its ``.html`` wins over a folder of that name; a final slash means
        a folder. Nothing outside the tree is found, whatever links lead there.
        """
        inside = (
            safe_join(str(self.folder), path.strip("/")) if path.strip("/") else str(self.folder)
        )
        if inside is None or "\0" in path:
            return None
        names = [f"{inside}/index.html"] if path.endswith("/") else [inside, f"{inside}.html"]
        root = self.folder.resolve()
        for file in map(Path, names):
            try:
                if file.is_file() and file.resolve().is_relative_to(root):
                    return file
            except OSError:
                continue  # a name that no file can have
        return None

    def file(self, request: Request, file: Path, status: int) -> Response:
        response = send_file(
            file, request.environ, mimetype=mimetype(file.name), conditional=status == 200
        )
        response.headers["Content-Type"] = content_type(file.name)
        response.status_code = status if status != 200 else response.status_code
        return response

    def missing(self, request: Request) -> Response:
        page = self.folder / "404.html"
        if page.is_file():
            return self.file(request, page, 404)
        return Response("404 Not Found", 404, mimetype="text/plain")
