"""The pages of the writing server itself, under ``/_blasto/``: a small Flask app.

They are no part of the site: neither frozen nor served by gunicorn. ``serving`` sends a
request here where its path says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, request, send_from_directory

from . import errorpage
from .errors import Problem
from .news import News
from .workshop import AT_HOME, Workshop

FILES = ("live.js", "badge.css")


def make(workshop: Workshop, news: News) -> Flask:
    """Make the app."""
    app = Flask("blasto_desk", static_folder=None, template_folder=None)

    @app.get(f"{AT_HOME}/events")
    def events() -> Response:
        """What changed, as it does."""
        version = request.args.get("since", 0, type=int)
        return Response(
            news.stream(version), mimetype="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )  # fmt: skip

    @app.get(f"{AT_HOME}/<any({', '.join(map(repr, FILES))}):name>")
    def file(name: str) -> Response:
        """The script and the style that pages are given."""
        return send_from_directory(errorpage.FOLDER, name)

    @app.get(f"{AT_HOME}/")
    def problems() -> str:
        """All that is wrong now."""
        found = workshop.problems
        return errorpage.page(found, workshop.root, heading=heading(found), version=news.version)

    return app


def heading(problems: Sequence[Problem]) -> str:
    """Say how many errors and warnings there are."""
    words = []
    for severity in ("error", "warning"):
        count = sum(1 for one in problems if one.severity == severity)
        if count:
            words.append(f"{count} {severity}{'s' if count > 1 else ''}")
    return " and ".join(words) or "Nothing is known to be wrong"
