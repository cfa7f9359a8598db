from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from quick import app_of
from sites import here

from blasto import Freezer
from blasto.errors import UsageError
from blasto.settings import configure


def test_a_site_sets_frozen_flasks_settings(tmp_path: Path) -> None:
    """Destination and base URL from ``blasto.toml``; the modern defaults where nothing is said."""
    app = app_of(
        tmp_path, {"blasto.toml": 'base_url = "https://example.org/sub/"\ndestination = "out"\n'}
    )
    assert app.config["FREEZER_DESTINATION"] == str(tmp_path / "out")
    assert app.config["FREEZER_BASE_URL"] == "https://example.org/sub/"
    assert app.config["FREEZER_REMOVE_EXTRA_FILES"] == "owned"
    assert app.config["FREEZER_REDIRECT_POLICY"] == "page"
    assert app_of(tmp_path / "plain", {}).config["FREEZER_BASE_URL"] is None


def test_options_of_a_run(tmp_path: Path) -> None:
    """They win; a destination is meant from the current folder; what is not given stays."""
    app = app_of(
        tmp_path / "site", {"blasto.toml": 'title = "x"\nbase_url = "https://example.org"\n'}
    )
    with here(tmp_path):
        configure(
            app, destination="out", base_url="https://example.org/more/", drafts=True, future=None
        )
    settings = app.extensions["blasto"].settings
    assert app.config["FREEZER_DESTINATION"] == settings.destination == str(tmp_path / "out")
    assert (
        settings.base_url,
        settings.base_path,
        settings.drafts,
        settings.future,
        settings.title,
    ) == ("https://example.org/more", "/more", True, False, "x")
    configure(app, drafts=False)
    assert app.extensions["blasto"].settings.base_path == "/more"


def test_options_are_checked(tmp_path: Path) -> None:
    """As those of the file are."""
    app = app_of(tmp_path, {})
    for changes in ({"base_url": "nonsense"}, {"drafts": "maybe"}, {"titel": "x"}):
        with pytest.raises(UsageError):
            configure(app, **changes)


def test_a_plain_app(tmp_path: Path) -> None:
    """Has a destination and a base URL too, and its own settings otherwise."""
    app = Flask("plain", root_path=str(tmp_path))
    Freezer(app)
    before = dict(app.config)
    configure(app, drafts=True, strict=None)
    assert app.config == before
    with here(tmp_path):
        configure(app, destination="out", base_url="https://example.org/sub")
    assert app.config["FREEZER_DESTINATION"] == str(tmp_path / "out")
    assert app.config["FREEZER_BASE_URL"] == "https://example.org/sub/"
    assert app.config["FREEZER_REMOVE_EXTRA_FILES"] is True
