"""Options of a run, brought to where they count: the site's and Frozen-Flask's settings.

Called when an app gets its site, and again when a command was given options. Paths become
absolute, since Frozen-Flask resolves them against the app's folder.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from flask import Flask

from .config import load
from .site import site_of


def configure(app: Flask, **changes: Any) -> None:
    """Bring an app's Frozen-Flask settings in line with its site.

    :param changes: options of ``blasto.toml`` to change first; ``None`` means not given.
    :raises UsageError: a value that the option cannot hold.
    """
    site = site_of(app)
    given = {name: value for name, value in changes.items() if value is not None}
    destination = given.get("destination")
    if destination is not None:
        given["destination"] = os.path.abspath(destination)
    if site is None:
        if destination is not None:
            app.config["FREEZER_DESTINATION"] = given["destination"]
        if given.get("base_url") is not None:
            app.config["FREEZER_BASE_URL"] = given["base_url"].rstrip("/") + "/"
        return
    if given:
        checked = load(site.root / "no-such-file", overrides=given)
        site.settings = replace(site.settings, **{name: getattr(checked, name) for name in given})
    config = site.settings
    app.config["FREEZER_DESTINATION"] = str(site.root / config.destination)
    app.config["FREEZER_BASE_URL"] = config.base_url + "/" if config.base_url else None
    app.config.setdefault("FREEZER_REMOVE_EXTRA_FILES", "owned")
    app.config.setdefault("FREEZER_REDIRECT_POLICY", "page")
    app.config.setdefault("FREEZER_CRAWL", True)
