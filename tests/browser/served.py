"""A frozen site behind a loopback address, and its pages by name."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from blasto.preview import StaticHost

BASE_PATH = "/repo"


@dataclass(frozen=True)
class Served:
    """A frozen site, and where it is served."""

    folder: Path
    origin: str

    def url(self, path: str) -> str:
        """Give the address of a path that starts with a slash, base path apart."""
        return f"{self.origin}{BASE_PATH}{path}"

    def html(self, path: str) -> str:
        """Give the page at a path."""
        name = f"{path}index.html" if path.endswith("/") else path
        return (self.folder / name.lstrip("/")).read_text(encoding="utf-8")

    @cached_property
    def paths(self) -> list[str]:
        """Paths of all pages."""
        names = (file.relative_to(self.folder).as_posix() for file in self.folder.rglob("*.html"))
        return sorted(re.sub(r"(^|/)index\.html$", r"\1", f"/{name}") for name in names)

    def richest(self, under: str, layout: str) -> str:
        """Give the path of the longest page with a layout, below a path."""
        fit = [
            path
            for path in self.paths
            if path.startswith(under) and layout_of(self.html(path)) == layout
        ]
        assert fit, f"the site has no {layout} page in {under}"
        return max(fit, key=lambda path: len(self.html(path)))

    def path(self, name: str) -> str:
        """Give the path of a page that stands for all of its sort; a path stands for itself."""
        if name.startswith("/"):
            assert name in self.paths, f"the site has no {name}"
            return name
        match name:
            case "home" | "blog" | "tags":
                path = {"home": "/", "blog": "/blog/", "tags": "/tags/"}[name]
                assert path in self.paths, f"the site has no {path}"
                return path
            case "404":
                return "/no/such/page/"
            case "post":
                return self.richest("/blog/", "blog")
            case "tag":
                return self.richest("/tags/", "list")
            case _:
                return self.richest(f"/{name}/", "docs")


def layout_of(html: str) -> str:
    """Give the class of a page's body."""
    found = re.search(r'<body class="(\w+)"', html)
    return found[1] if found else ""


class Quiet(WSGIRequestHandler):
    """A request handler that logs nothing."""

    def log(self, *words: object) -> None:
        pass


def served(folder: Path) -> Iterator[Served]:
    """Serve a frozen tree on loopback."""
    server = make_server(
        "127.0.0.1", 0, StaticHost(folder, BASE_PATH), threaded=True, request_handler=Quiet
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Served(folder, f"http://127.0.0.1:{server.port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
