"""What the settings of a freeze mean: where things lie, what is kept, left out or removed.

Between ``contract`` and ``freezer``: the half of :class:`~blasto.freezer.Freezer` that
answers questions. Settings are read when they are asked for, as in Frozen-Flask.
"""

from __future__ import annotations

import datetime
import fnmatch
import os
import tempfile
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from . import output, trace
from .contract import BaseFreezer
from .errors import Problem, UsageError
from .frontier import Found, Frontier, marked
from .rendering import Result, Task
from .site import Site, site_of
from .themes import FOLDER, static_names

EXTENSIONLESS = {"folder": "/index.html", "html": ".html"}


class Policy(BaseFreezer):
    """A freezer's answers."""

    @property
    def site(self) -> Site | None:
        return site_of(self.app)

    @property
    def project_root(self) -> Path:
        site = self.site
        return site.root if site is not None else Path(self.app.root_path).resolve()

    @property
    def root(self) -> Path:
        """Absolute path of the folder that is published into."""
        return Path(
            os.path.abspath(Path(self.app.root_path) / self.app.config["FREEZER_DESTINATION"])
        )

    @property
    def script_name(self) -> str:
        """The path of ``FREEZER_BASE_URL`` without a final slash."""
        return self.base_path

    @property
    def removal(self) -> bool | str:
        mode = self.app.config["FREEZER_REMOVE_EXTRA_FILES"]
        return "owned" if mode == "owned" else bool(mode)

    @property
    def spared(self) -> list[str]:
        """What of the destination is never removed: ``.git``, and what settings say."""
        return [*self.app.config["FREEZER_DESTINATION_IGNORE"], ".git/"]

    @property
    def workers(self) -> int:
        asked = self.app.config.get("FREEZER_WORKERS")
        if asked is not None:
            return int(asked)
        return self.site.settings.workers if self.site is not None else 1

    @property
    def skips_existing(self) -> bool:
        return bool(self.app.config["FREEZER_SKIP_EXISTING"])

    @property
    def theme_files(self) -> list[str]:
        """The static files of the theme, by name."""
        return static_names(self.site.theme_folders) if self.site is not None else []

    @property
    def state_folder(self) -> Path:
        """Where the ledger lies: ``.blasto/`` of the project, else a temporary folder."""
        asked = self.app.config.get("BLASTO_STATE")
        folder = Path(asked) if asked else self.project_root / ".blasto"
        existing = next(one for one in (folder, *folder.parents) if one.exists())
        if not os.access(existing, os.W_OK):
            name = (
                f"blasto-{os.getuid() if hasattr(os, 'getuid') else 0}-{trace.digest(str(folder))}"
            )
            folder = Path(tempfile.gettempdir()) / name
        return folder

    def state_file(self, suffix: str) -> Path:
        """Give a file of this destination's state: ``ledger.sqlite`` and others."""
        root = os.path.relpath(self.root, self.project_root)
        name = "ledger" if root == "build" else f"ledger-{trace.digest(root)[:12]}"
        return self.state_folder / f"{name}.{suffix}"

    def staging_folder(self) -> Path:
        return self.state_file("staging")

    def source_folders(self) -> list[Path]:
        """Give the folders that hold the site's sources."""
        site = self.site
        if site is None:
            folders = [self.app.static_folder, self.app.template_folder]
            folders = [folder and os.path.join(self.app.root_path, folder) for folder in folders]
            for blueprint in self.app.blueprints.values():
                for folder in (blueprint.static_folder, blueprint.template_folder):
                    folders.append(folder and os.path.join(blueprint.root_path, folder))
            return [Path(folder) for folder in folders if folder]
        config = site.settings
        names = (config.content, config.templates, config.static, config.public, config.data)
        return [*(site.root / name for name in names), site.root / FOLDER]

    def file_of(self, url: str) -> str:
        """Give the file of a URL, relative to the output.

        :raises BlastoError: it would lie outside.
        """
        method = self.urlpath_to_filepath
        if getattr(method, "__func__", None) is Policy.urlpath_to_filepath:
            return self.urlpath_to_filepath(url)
        return output.check_path(str(method(url)), url=url)

    def urlpath_to_filepath(self, path: str) -> str:
        """Convert a URL path like ``/admin/`` to a file path like ``admin/index.html``."""
        file = output.url_to_path(path)
        style = self.app.config.get("FREEZER_EXTENSIONLESS")
        if style is not None and "." not in file.rpartition("/")[2] and not self._is_static(path):
            if style not in EXTENSIONLESS:
                raise UsageError.at(
                    f"FREEZER_EXTENSIONLESS is {style!r}", hint="it can be 'folder', 'html' or None"
                )
            file = output.check_path(file + EXTENSIONLESS[style], url=path)
        return file

    def _is_static(self, path: str) -> bool:
        try:
            endpoint, _ = self.app.url_map.bind("localhost").match(path)
        except HTTPException:
            return False
        return endpoint in self.static_endpoints()

    @property
    def error_pages(self) -> dict[str, int]:
        """Status codes of ``FREEZER_ERROR_PAGES`` by the URL of their page."""
        return {f"/{code}.html": code for code in self.app.config.get("FREEZER_ERROR_PAGES") or ()}

    def keeps_existing(self, found: Found, path: Path) -> bool:
        """Tell whether ``FREEZER_SKIP_EXISTING`` or a generator's date lets a file stand."""
        skip = self.app.config["FREEZER_SKIP_EXISTING"]
        if not skip and found.since is None:
            return False
        if callable(skip):
            skip = skip(found.url, str(path))
        if not path.is_file():
            return False
        mtime = datetime.datetime.fromtimestamp(path.stat().st_mtime)  # noqa: DTZ006 - Frozen-Flask compares local times
        return bool(skip) or (found.since is not None and mtime >= found.since)

    def processes(self, file: Path) -> bool:
        """Tell whether a static file's bytes differ from those that are published."""
        if file.suffix.lower() != ".css":
            return False
        config = self.app.config
        if config.get("FREEZER_CRAWL"):
            return True
        if self.site is None:
            return False
        assets = self.site.settings.assets
        return bool(self.script_name or config["FREEZER_RELATIVE_URLS"] or assets.fingerprint or assets.minify)  # fmt: skip

    def accepts(self, task: Task, result: Result, response: Response) -> bool:
        """Tell whether an answer other than 200 is kept all the same, as settings say."""
        config = self.app.config
        status = response.status
        if task.url in self.error_pages:
            return True
        if response.status_code == 404 and config["FREEZER_IGNORE_404_NOT_FOUND"] and not task.weak:
            result.warnings.append(("NotFoundWarning", f"Ignored {status!r} on URL {task.url}"))
            return True
        if response.status_code in (301, 302) and config["FREEZER_REDIRECT_POLICY"] == "ignore":
            result.warnings.append(("RedirectWarning", f"Ignored {status!r} on URL {task.url}"))
            return True
        return False

    def lost_query(self, url: str, endpoint: str) -> str | None:
        """Say that a query string will be lost, where this site wants to know.

        Static files are left alone: their query strings are for the browser's cache.
        """
        path, query, _ = output.split(url)
        wanted = self.app.config.get("FREEZER_QUERY", "warning" if self.site is not None else None)
        if not query or wanted is None or endpoint in self.static_endpoints():
            return None
        view = self.app.view_functions.get(endpoint)
        if getattr(view, "__module__", "").startswith("blasto."):
            return None
        return (
            f'url_for("{endpoint}", …) gave "{path}?{query}", and a file has no query string: '
            f'take the value into the path, as in @app.route("/…/<value>/"), or let the page\'s '
            f"JavaScript read it and set FREEZER_QUERY = None"
        )

    def status_text(self, code: int) -> str:
        try:
            return f"{code} {HTTPStatus(code).phrase.upper()}"
        except ValueError:
            return f"{code} UNKNOWN"

    def declared_volatile(self, endpoint: str | None) -> str | None:
        view = self.app.view_functions.get(endpoint) if endpoint else None
        return "its view is marked @volatile" if marked(view, "volatile") else None

    def missing_generators(self, frontier: Frontier) -> list[Problem]:
        """Warn of endpoints of which no URL was frozen, with the generator to paste."""
        rules = [rule for rule in self.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
        wanted = {
            rule.endpoint: rule
            for rule in rules
            if not rule.build_only
            and not rule.endpoint.startswith("blasto.")
            and not any(fnmatch.fnmatchcase(rule.rule, glob) for glob in frontier.globs)
        }
        missing = set(wanted) - frontier.endpoints - frontier.excluded
        if self.static_files_urls in self.url_generators:
            missing -= set(self.static_endpoints())
        if not missing:
            return []
        names = ", ".join(sorted(missing))
        paste = "\n".join(
            _generator(name, sorted(wanted[name].arguments)) for name in sorted(missing)
        )
        return [
            Problem(
                f"Nothing frozen for endpoints {names}. Did you forget a URL generator?",
                severity="warning",
                kind="MissingURLGeneratorWarning",
                hint=f"add to freeze.py:\n{paste}",
            )
        ]


def _generator(endpoint: str, arguments: Sequence[str]) -> str:
    values = ", ".join(f'"{name}": ...' for name in arguments)
    name = endpoint.replace(".", "_")
    return (
        f"    @freezer.register_generator\n"
        f"    def {name}_urls():\n"
        f"        yield {endpoint!r}, {{{values}}}"
    )
