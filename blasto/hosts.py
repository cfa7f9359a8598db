"""How static hosts answer: the type that they give to a file name, and what a path gets.

The freezer asks whether a response's type is the one that the file will be served with;
``statics`` serves files with it. ``check`` asks a :class:`Host` what a link leads to, and
``preview`` serves ``build/`` with it; both look at a :class:`Names`, one of them on a disk.
"""

from __future__ import annotations

import mimetypes
import posixpath
from typing import NamedTuple, Protocol

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


# What nginx's own table says otherwise; extensions that it has not are octet streams there.
NGINX = {
    "xml": "text/xml", "ico": "image/x-icon", "bmp": "image/x-ms-bmp", "m4a": "audio/x-m4a",
    "crt": "application/x-x509-ca-cert",
}  # fmt: skip
NGINX_KNOWS = frozenset(
    "html htm shtml css xml gif jpeg jpg js atom rss mml txt png svg svgz tif tiff webp avif ico bmp "
    "woff woff2 jar json doc pdf ps eps rtf xls eot ppt odp ods odt pptx xlsx docx 7z swf crt xhtml "
    "zip wasm mp3 ogg m4a mp4 mpeg mpg mov webm m4v avi".split()
)


def nginx_type(name: str) -> str:
    """Give the ``Content-Type`` that nginx gives to a file name, as it is installed."""
    extension = name.rpartition(".")[2].lower()
    if extension not in NGINX_KNOWS:
        return DEFAULT_TYPE
    return NGINX.get(extension) or mimetype(name)


class Names(Protocol):
    """The names in a tree: decoded paths without a slash at either end."""

    def file(self, name: str) -> bool: ...
    def folder(self, name: str) -> bool: ...


class Reply(NamedTuple):
    """What a path gets: a file with a status, or a decoded path to go on to.

    ``file`` is ``None`` where there is nothing, not even a page that says so.
    """

    status: int
    file: str | None = None
    location: str | None = None

    @property
    def found(self) -> bool:
        """Whether the path leads to something."""
        return self.status < 400


class Host:
    """A kind of static host: GitHub Pages, and the base of the others.

    :cvar largest: bytes that a file may have.
    :cvar most: files that a site may have.
    :cvar rules: the files of rules that it reads, ``_redirects`` and ``_headers``.
    """

    name = "github"
    title = "GitHub Pages"
    largest: int | None = 100 << 20
    most: int | None = None
    whole: int | None = 1 << 30
    rules = False

    def content_type(self, name: str) -> str:
        return content_type(name)

    def reply(self, path: str, tree: Names) -> Reply:
        """Say what a decoded URL path without the base path gets."""
        name = inside(path)
        if name is None:
            return self.missing("", tree)
        return self.answer(name, path.endswith("/"), tree) or self.missing(name, tree)

    def answer(self, name: str, slash: bool, tree: Names) -> Reply | None:
        """A name without its ``.html`` wins over a folder of that name."""
        index = f"{name}/index.html" if name else "index.html"
        if slash or not name:
            return Reply(200, index) if tree.file(index) else None
        for file in (name, f"{name}.html"):
            if tree.file(file):
                return Reply(200, file)
        return Reply(301, location=f"/{name}/") if tree.file(index) else None

    def missing(self, name: str, tree: Names) -> Reply:
        return Reply(404, "404.html" if tree.file("404.html") else None)


class Netlify(Host):
    """Netlify as it is set up by itself, with pretty URLs."""

    name, title, largest, whole, rules = "netlify", "Netlify", None, None, True

    def reply(self, path: str, tree: Names) -> Reply:
        return hidden(self, path, tree) or super().reply(path, tree)

    def answer(self, name: str, slash: bool, tree: Names) -> Reply | None:
        if slash and name and tree.file(f"{name}.html"):
            return Reply(301, location=f"/{name}")
        return super().answer(name, slash, tree)


class Cloudflare(Host):
    """Cloudflare Pages: pages have no ``.html``, and a 404 page may lie in any folder."""

    name, title, rules = "cloudflare", "Cloudflare Pages", True
    largest, most, whole = 25 << 20, 20_000, None

    def reply(self, path: str, tree: Names) -> Reply:
        return hidden(self, path, tree) or super().reply(path, tree)

    def answer(self, name: str, slash: bool, tree: Names) -> Reply | None:
        index = f"{name}/index.html" if name else "index.html"
        last = name.rpartition("/")[2]
        folder = "/" + name[: -len(last)] if last else "/"
        if slash or not name:
            if tree.file(index):
                return Reply(200, index)
            if last == "index":
                return Reply(308, location=folder.rstrip("/") or "/")
            return Reply(308, location=f"/{name}") if tree.file(f"{name}.html") else None
        if tree.file(name):
            bare = name.removesuffix(".html")
            if last == "index.html":
                return Reply(308, location=folder)
            if bare == name or tree.file(bare):
                return Reply(200, name)
            return Reply(308, location=f"/{bare}")
        if last == "index":
            return Reply(308, location=folder)
        if tree.file(f"{name}.html"):
            return Reply(200, f"{name}.html")
        return Reply(308, location=f"/{name}/") if tree.file(index) else None

    def missing(self, name: str, tree: Names) -> Reply:
        folder = name
        while folder:
            folder = folder.rpartition("/")[0]
            page = f"{folder}/404.html" if folder else "404.html"
            if tree.file(page):
                return Reply(404, page)
        if tree.file("404.html"):
            return Reply(404, "404.html")
        # Without one it takes the site for an application of one page.
        return Reply(200, "index.html") if tree.file("index.html") else Reply(404)


class Nginx(Host):
    """nginx with the configuration of the guide: ``try_files $uri $uri/ =404``."""

    name, title, largest, whole = "nginx", "nginx", None, None

    def content_type(self, name: str) -> str:
        return nginx_type(name)

    def answer(self, name: str, slash: bool, tree: Names) -> Reply | None:
        index = f"{name}/index.html" if name else "index.html"
        if slash or not name:
            if tree.file(index):
                return Reply(200, index)
            return Reply(403) if tree.folder(name) else None
        if tree.file(name):
            return Reply(200, name)
        return Reply(301, location=f"/{name}/") if tree.folder(name) else None


class Caddy(Host):
    """Caddy with ``file_server`` and a handler for 404."""

    name, title, largest, whole = "caddy", "Caddy", None, None

    def answer(self, name: str, slash: bool, tree: Names) -> Reply | None:
        index = f"{name}/index.html" if name else "index.html"
        if name and tree.file(name):
            return Reply(308, location=f"/{name}") if slash else Reply(200, name)
        if not tree.file(index):
            return None
        return Reply(200, index) if slash or not name else Reply(308, location=f"/{name}/")


class Disk(Host):
    """A browser that opens the files of a folder: no folder has a page of its own."""

    name, title, largest, whole = "file", "a disk", None, None

    def answer(self, name: str, slash: bool, tree: Names) -> Reply | None:
        return Reply(200, name) if name and not slash and tree.file(name) else None

    def missing(self, name: str, tree: Names) -> Reply:
        return Reply(404)


HOSTS: dict[str, Host] = {
    host.name: host for host in (Host(), Netlify(), Cloudflare(), Nginx(), Caddy(), Disk())
}
DEFAULT = "github"
TOLD = frozenset(("netlify", "cloudflare", "nginx", "caddy"))
"""Hosts that can be told of headers and redirects."""


def reads_rules(name: str) -> bool:
    """Tell whether a host reads ``_redirects`` and ``_headers``; none of that name does not."""
    return name in HOSTS and HOSTS[name].rules


def hidden(host: Host, path: str, tree: Names) -> Reply | None:
    """Answer requests for a host's own files of rules: it does not give them out."""
    return host.missing("", tree) if path in ("/_redirects", "/_headers") else None


def inside(path: str) -> str | None:
    """Give a URL path as a name in a tree, ``None`` where it would lie outside."""
    name = path.strip("/")
    if "\0" in name or "\\" in name:
        return None
    if "//" in name or f"/{name}/".find("/.") >= 0:
        name = posixpath.normpath(name)
        if name == "..":
            return None
    return None if name.startswith("../") else ("" if name == "." else name)
