"""The pages of the writing server itself, under ``/_blasto/``: a small Flask app.

They are no part of the site: neither frozen nor served by gunicorn. ``serving`` sends a
request here where its path says so. Pages and problems are known at once; links, sizes
and times once a survey has run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from flask import Flask, Response, abort, request, send_from_directory

from . import drawing, errorpage, impact, trace
from .errors import Problem
from .news import News
from .pages import Page
from .survey import Facts, Survey
from .workshop import AT_HOME, Workshop, states

FILES = ("live.js", "badge.css", "desk.js", "style.css")
SHOWN = 200
"""Pages in one table."""


class Line(NamedTuple):
    """A page as the table shows it."""

    page: Page
    url: str
    marks: list[str]
    section: str
    editor: str
    linked: int | None
    size: str


FILTERS: dict[str, tuple[str, Callable[[Line], bool]]] = {
    "draft": ("drafts", lambda line: line.page.draft),
    "future": ("future", lambda line: any(one.startswith("Not before") for one in line.marks)),
    "expired": ("expired", lambda line: any(one.startswith("Expired") for one in line.marks)),
    "bare": ("no description", lambda line: not line.page.description),
    "orphan": ("orphans", lambda line: line.linked == 0 and not line.page.is_home),
    "hidden": ("not listed", lambda line: not line.page.listed),
}


class Desk:
    """What the pages are made of.

    :param workshop: knows the site and what is wrong with it.
    :param survey: knows links, sizes and times.
    """

    def __init__(self, workshop: Workshop, news: News, survey: Survey) -> None:
        self.workshop = workshop
        self.news = news
        self.survey = survey

    def render(self, name: str, **values: Any) -> str:
        """Show a page; what it needs of a survey that is out of date comes by itself."""
        busy = self.survey.begin(self.news.version)
        site = self.workshop.site
        with trace.paused():
            return errorpage.environment().get_template(name).render(
                version=self.news.version, here=name, busy=busy, failed=self.survey.failed,
                title=site.settings.title if site is not None else "Site",
                heading=heading(self.problems()), facts=self.survey.facts(), **values,
            )  # fmt: skip

    def problems(self) -> list[Problem]:
        """Give what is wrong now, and what was at the last survey."""
        found = self.workshop.problems
        facts = self.survey.facts()
        files = {problem.path for problem in found}
        later = facts.problems if facts is not None else []
        return errorpage.unique([*found, *(one for one in later if one.path not in files)])

    def lines(self) -> list[Line]:
        """Give all pages."""
        site, facts = self.workshop.site, self.survey.facts()
        if site is None:
            return []
        shown = []
        for path, page in site.library.by_path.items():
            url = site.routes.pages.get(path)
            if url is None:
                continue
            row = facts.rows.get(url) if facts is not None else None
            shown.append(
                Line(
                    page, url, states(page, site), site.library.section_name(page),
                    errorpage.file_url(site.content_folder / path),
                    facts.linking.get(url, 0) if facts is not None and row is not None else None,
                    drawing.size(row.size) if row is not None else "",
                )
            )  # fmt: skip
        return shown

    def pages(self) -> str:
        """All pages, with filters."""
        asked = request.args
        words = asked.get("q", "").casefold().split()
        chosen = [name for name in asked.getlist("only") if name in FILTERS]
        lines = self.lines()
        kinds = sorted({line.page.layout for line in lines})
        languages = sorted({line.page.lang for line in lines if line.page.lang})
        sections = sorted({line.section for line in lines})
        found = [
            line for line in lines
            if all(FILTERS[name][1](line) for name in chosen)
            and (not asked.get("kind") or line.page.layout == asked["kind"])
            and (not asked.get("lang") or line.page.lang == asked["lang"])
            and ("section" not in asked or asked["section"] in ("*", line.section))
            and all(word in f"{line.page.title} {line.page.path}".casefold() for word in words)
        ]  # fmt: skip
        counts = {name: sum(map(test, lines)) for name, (_, test) in FILTERS.items()}
        found.sort(
            key=lambda line: line.page.date.timestamp() if line.page.date else 0, reverse=True
        )
        number = max(1, asked.get("page", 1, type=int))
        return self.render(
            "pages.html", lines=found[(number - 1) * SHOWN : number * SHOWN], count=len(found),
            total=len(lines), number=number, last=max(1, -(-len(found) // SHOWN)), asked=asked,
            chosen=chosen, filters=FILTERS, counts=counts, kinds=kinds, languages=languages,
            sections=sections,
        )  # fmt: skip

    def wrong(self) -> str:
        """All that is wrong."""
        root = self.workshop.root
        shown = [
            (one, errorpage.excerpt(one, root), errorpage.editor_url(one, root))
            for one in sorted(self.problems(), key=lambda one: (one.severity, one.key))[:300]
        ]
        return self.render("problems.html", shown=shown)

    def links(self) -> str:
        """The links that stand in texts, drawn."""
        site, facts = self.workshop.site, self.survey.facts()
        if site is None or facts is None:
            return self.render("links.html", ring=None)
        groups: dict[str, list[str]] = {}
        for line in self.lines():
            groups.setdefault(line.section.split("/")[0], []).append(line.page.path)
        drawn = drawing.ring(dict(sorted(groups.items())))
        by_url = {url: path for path, url in site.routes.pages.items()}
        edges: dict[tuple[str, str], None] = {}
        for path, targets in facts.written.items():
            for target in targets:
                other = by_url.get(facts.url_of(target) or "", path)
                if other != path and path in drawn.dots and other in drawn.dots:
                    edges[path, other] = None
        shown = list(edges)[: drawing.MOST]
        numbers = {path: number for number, path in enumerate(drawn.dots)}
        broken: list[tuple[drawing.Dot, tuple[float, float], Problem, str | None]] = []
        root, content = self.workshop.root, f"{site.shown}/"
        for problem in facts.problems:
            name = (problem.path or "").removeprefix(content)
            if problem.message.startswith("broken link") and name in drawn.dots:
                at = drawing.away(drawn.dots[name], drawn.outer, len(broken))
                broken.append((drawn.dots[name], at, problem, errorpage.editor_url(problem, root)))
        return self.render(
            "links.html", ring=drawn, count=len(edges), broken=broken,
            curves=[drawing.curve(drawn.dots[one], drawn.dots[two]) for one, two in shown],
            pairs=[(numbers[one], numbers[two]) for one, two in shown],
            pages=site.library.by_path, urls=site.routes.pages, site=site, states=states,
            linking=facts.linking,
        )  # fmt: skip

    def sizes(self) -> str:
        """The largest and the slowest, as bars."""
        facts = self.survey.facts() or Facts()
        rows = list(facts.rows.values())
        kinds: dict[str, list[int]] = {}
        for row in rows:
            kinds.setdefault(row.type or "other files", []).append(row.size)
        html = [row for row in rows if row.type == "text/html"]
        charts = [
            ("Kinds of files", drawing.bars(
                (f"{kind} ({len(sizes):,})", "", float(sum(sizes)), drawing.size(sum(sizes)))
                for kind, sizes in kinds.items())),
            ("Largest pages", drawing.bars(
                (row.url, row.url, float(row.size), drawing.size(row.size)) for row in html)),
            ("Largest other files", drawing.bars(
                (row.url, row.url, float(row.size), drawing.size(row.size))
                for row in rows if row.type != "text/html")),
            ("Slowest to render", drawing.bars(
                (row.url, row.url, row.seconds, f"{row.seconds * 1000:.1f} ms")
                for row in rows if row.seconds)),
        ]  # fmt: skip
        return self.render(
            "sizes.html", charts=charts, urls=len(rows), whole=drawing.size(sum(row.size for row in rows)),
            seconds=sum(row.seconds for row in rows),
        )  # fmt: skip

    def edits(self) -> str:
        """What an edit of a file would render again, and why."""
        site, facts = self.workshop.site, self.survey.facts()
        file = request.args.get("file", "")
        found = None
        if site is not None and facts is not None and file:
            found = impact.edits(site, facts, file)
        return self.render(
            "edits.html", file=file, edits=found, files=impact.files(site) if site else [],
            total=len(facts.rows) if facts else 0,
        )  # fmt: skip


def make(workshop: Workshop, news: News, survey: Survey) -> Flask:
    """Make the app."""
    app = Flask("blasto_desk", static_folder=None, template_folder=None)
    desk = Desk(workshop, news, survey)
    for path, view in (
        ("", desk.pages), ("problems/", desk.wrong), ("links/", desk.links),
        ("sizes/", desk.sizes), ("edits/", desk.edits),
    ):  # fmt: skip
        app.add_url_rule(f"{AT_HOME}/{path}", path or "pages", view)

    @app.get(f"{AT_HOME}/events")
    def events() -> Response:
        """What changed, as it does."""
        version = request.args.get("since", 0, type=int)
        return Response(
            news.stream(version), mimetype="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )  # fmt: skip

    @app.get(f"{AT_HOME}/survey")
    def state() -> dict[str, bool]:
        """Whether a survey is under way."""
        return {"running": survey.running}

    @app.get(f"{AT_HOME}/<name>")
    def file(name: str) -> Response:
        """Scripts and styles."""
        if name not in FILES:
            abort(404)
        return send_from_directory(errorpage.FOLDER, name)

    @app.after_request
    def fresh(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return app


def heading(problems: Sequence[Problem]) -> str:
    """Say how many errors and warnings there are."""
    words = []
    for severity in ("error", "warning"):
        count = sum(1 for one in problems if one.severity == severity)
        if count:
            words.append(f"{count} {severity}{'s' if count > 1 else ''}")
    return " and ".join(words)
