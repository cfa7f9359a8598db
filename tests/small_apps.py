"""Small Flask apps from a table of rules, and what freezing them gives."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sites import tree
from twins import app_in

from blasto import BlastoError, Freezer

Make = Callable[..., Flask]


def app_of(root: Path, rules: Mapping[str, Any], **config: Any) -> Flask:
    """Make an app from views, or from what they answer, by rule.

    A view with a name has that name as its endpoint, any other ``page0``, ``page1`` …
    """
    app = app_in(root)
    app.config.update(config)
    for number, (rule, view) in enumerate(rules.items()):
        name = getattr(view, "__name__", "<lambda>")
        endpoint = f"page{number}" if name == "<lambda>" else name
        answer = view if callable(view) else lambda view=view, **values: view
        app.add_url_rule(rule, endpoint, answer)
    return app


def frozen(app: Flask, *urls: Any) -> set[str]:
    """Freeze an app whose generator yields these URLs, and give the files; no warning is allowed."""
    freezer = Freezer(app)
    freezer.register_generator(lambda: urls)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        freezer.freeze()
    return set(tree(freezer.root))


def refused(app: Flask, *urls: Any) -> BlastoError:
    """Freeze an app whose generator yields these URLs, and give the error."""
    freezer = Freezer(app)
    freezer.register_generator(lambda: urls)
    with pytest.raises(BlastoError) as caught:
        freezer.freeze()
    return caught.value
