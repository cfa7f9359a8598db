"""A site in a few lines, for tests that look at one thing: its app, its answers, its problems."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sites import Project

from blasto import create_app
from blasto.errors import BlastoError, Problem
from blasto.site import Site


def app_of(folder: Path, files: Mapping[str, str | bytes], **settings: Any) -> Flask:
    """Write the files of a site and make its app."""
    Project(folder, files)
    return create_app(folder, **settings)


def site_in(folder: Path, files: Mapping[str, str | bytes], **settings: Any) -> Site:
    """Write the files of a site and make the site."""
    site: Site = app_of(folder, files, **settings).extensions["blasto"]
    return site


def get(app: Flask, url: str, status: int = 200) -> str:
    """Ask an app, without following redirects."""
    with app.test_client().get(url) as response:
        assert response.status_code == status, (url, response.status)
        return response.get_data(as_text=True)


def faults(project: Project, **options: Any) -> list[Problem]:
    """Freeze a site that has errors, and give them; ``build/`` stays as it was."""
    before = project.tree()
    with pytest.raises(BlastoError) as raised:
        project.freeze(**options)
    assert project.tree() == before
    return list(raised.value.problems)


def page(text: str = "Text.", **meta: object) -> str:
    """Give a page as Markdown."""
    front = "".join(f"{name}: {value}\n" for name, value in meta.items())
    return f"---\n{front}---\n{text}\n"
