"""A site edited at random, frozen after each few edits, crashing now and then.

Whatever was done before, a freeze has to give what a clean freeze of the same sources
gives: the same tree and the same warnings, or the same errors and the tree of before.
``BLASTO_MACHINE_SECONDS=1200`` runs it for about that long, with chance instead of a fixed
seed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from sites import Project, tree

from blasto import freezing, publish, publishing
from blasto.errors import BlastoError

SECONDS = float(os.environ.get("BLASTO_MACHINE_SECONDS", "0"))
PLACES = [
    "index.md", "about.md", "blog/_index.md", "blog/one.md", "blog/two.md", "blog/three.md",
    "blog/four.md", "blog/bundle/index.md", "blog/bundle/inner.md", "guide/_index.md",
    "guide/start.md", "guide/use.md", "guide/deep/_index.md", "guide/deep/more.md", "guide.md", "notes/x.md",
]  # fmt: skip
IMAGES = ["pic.svg", "blog/pic.svg", "blog/bundle/pic.svg", "guide/deep/pic.svg"]
TEMPLATES = {
    "page.html": ["{% extends 'theme/page.html' %}{% block head %}<meta name=x>{% endblock %}",
                  "{% extends 'theme/page.html' %}{% block head %}{{ site.data.team | length }}{{ page.words }}{% endblock %}",
                  "{% extends 'base.html' %}{% block content %}{{ page.html }}{% include ['extra.html', 'partials/toc.html'] %}{% endblock %}"],
    "post.html": ["{% extends 'theme/post.html' %}{% from 'macros.html' import sign %}{% block footer %}{{ sign(page.title) }}{% endblock %}"],
    "list.html": ["{% extends 'theme/list.html' %}{% block head %}{{ pagination.total }}/{{ site.config.params.x }}{{ site.latest(2, 'blog') | map(attribute='title') | join }}{% endblock %}",
                  "{% extends 'theme/list.html' %}{% block head %}{{ pagination.urls | join(' ') }}{% for p in pagination.pages %}{{ p.words }}{{ p.layout }}{% endfor %}{% endblock %}"],
    "extra.html": ["extra {{ site.config.params.get('y') }}", "{% for t in site.terms('tags') %}{{ t.title }}{{ t.count }}{% endfor %}"],
    "macros.html": ["{% macro sign(x) %}<i>{{ x }}</i>{% endmacro %}", "{% macro sign(x) %}<b>{{ x }}</b>{% endmacro %}"],
    "partials/footer.html": ["<footer>{{ site.config.title }}</footer>", "{{ site.pages | length }} pages"],
}  # fmt: skip
OPTIONS = {
    "title": ['"Site"', '"Other"'], "paginate": ["2", "3"], "feed_limit": ["1", "20"],
    "base_url": ['"https://a.example"', '"https://b.example/x"'], "author": ['"Ada"'],
    "summary_words": ["3"], "date_format": ['"%Y"'], "drafts": ["true"], "feed_full": ["false"],
    "timezone": ['"Asia/Tokyo"'], "taxonomies": ['["tags"]'], "language": ['"ar"'],
}  # fmt: skip
TABLES = {
    "params": ["x = 1", "x = 2", "y = 1", "x = 1\ny = 2"],
    "sections.blog": [
        'layout = "docs"',
        'sort = "title"',
        "paginate = 1",
        'title = "B"\ndescription = "D"',
    ],
    "sections.guide": ['layout = "blog"', 'permalink = "/g/:slug/"'],
    "markdown.extensions.smarty": [""],
}
CODE = [
    "",
    "@app.get('/extra/')\ndef extra():\n    return f'<p>{VALUE}</p>'\n",
    "@app.get('/table.txt')\ndef table():\n    from pathlib import Path\n    return Path(__file__).with_name('table.csv').read_text(), {'Content-Type': 'text/plain'}\n",
    "app.jinja_env.filters['date'] = lambda value, format=None: str(value)[:VALUE]\n",
]
titles = st.sampled_from(["Alpha", "Beta", "Gamma", "Alpha & <b>", "Ünïcode", "10", "9"])
pieces = st.sampled_from(
    ["Some words here.", "Other words, 'quoted'.", "<!-- more -->", "## Part", "## Another part", "`code`", "# Heading",
     "[one](one.md)", "[start](/guide/start.md#part)", "[part](#part)", "[deep](deep/)", "[gone](gone.md)",
     "[two](/blog/two/)", "![pic](pic.svg)", "[more](../guide/deep/more.md#another-part)", "[b](bundle/index.md)"]
)  # fmt: skip
metas = st.fixed_dictionaries(
    {},
    optional={
        "title": titles, "nav_title": titles, "description": titles, "slug": st.sampled_from(["s1", "s2"]),
        "date": st.sampled_from(["2025-01-01", "2025-02-02", "2025-03-03 10:00", "2026-06-06"]),
        "expires": st.sampled_from(["2025-12-31", "2026-08-01"]), "updated": st.just("2025-07-07"),
        "weight": st.integers(0, 3), "draft": st.booleans(), "listed": st.booleans(),
        "tags": st.sampled_from(["[a]", "[a, b]", "[A, c]"]), "categories": st.just("[k]"),
        "aliases": st.sampled_from(["[/old/]", "[/blog/s1/]"]), "url": st.sampled_from(["/u/", "/guide/"]),
        "image": st.just("pic.svg"), "layout": st.sampled_from(["docs", "blog"]), "extra": titles,
        "noindex": st.booleans(), "toc": st.booleans(), "summary": st.sampled_from(["[one](one.md) sum."]),
    },
)  # fmt: skip
bodies = st.lists(pieces, max_size=5).map("\n\n".join)


class Crash(BaseException):
    """The process is gone, as far as the site can tell."""


class Sites(RuleBasedStateMachine):
    """Edits, and freezes that are compared with clean ones."""

    histories = freezes = 0

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="blasto-machine-"))
        self.site = Project(self.folder / "site", {})
        self.options: dict[str, str] = {}
        self.tables: dict[str, str] = {}
        self.patch = pytest.MonkeyPatch()
        # So that a site of this size, too, stores bodies before the end.
        self.patch.setattr(freezing, "MANY", 2)
        self.at(0)
        Sites.histories += 1

    def teardown(self) -> None:
        self.patch.undo()
        shutil.rmtree(self.folder)

    @initialize(
        pages=st.lists(st.tuples(st.sampled_from(PLACES), metas, bodies), min_size=3, max_size=10)
    )
    def begin(self, pages: list[tuple[str, dict[str, object], str]]) -> None:
        self.site.write("content/index.md", "# Home\n")
        for place, meta, body in pages:
            self.write(place, meta, body)
        self.site.write("table.csv", "1")
        self.freeze()

    # Content

    @rule(place=st.sampled_from(PLACES), meta=metas, body=bodies)
    def write(self, place: str, meta: dict[str, object], body: str) -> None:
        lines = "".join(f"{name}: {self.plain(value)}\n" for name, value in meta.items())
        self.site.write(f"content/{place}", f"---\n{lines}---\n{body}\n" if lines else body)

    @rule(data=st.data(), more=pieces)
    def append(self, data: st.DataObject, more: str) -> None:
        path = self.existing(data, "content", ".md")
        if path:
            self.site.write(path, self.site.read(path) + f"\n{more}\n")

    @rule(data=st.data(), title=titles)
    def retitle(self, data: st.DataObject, title: str) -> None:
        path = self.existing(data, "content", ".md")
        if path:
            text = self.site.read(path)
            body = text.split("---\n", 2)[2] if text.startswith("---") else text
            self.site.write(path, f"---\ntitle: {self.plain(title)}\n---\n{body}")

    @rule(data=st.data(), place=st.sampled_from(PLACES))
    def move(self, data: st.DataObject, place: str) -> None:
        path = self.existing(data, "content", ".md")
        if path:
            self.site.move(path, f"content/{place}")

    @rule(
        data=st.data(), folder=st.sampled_from(["content", "static", "public", "templates", "data"])
    )
    def remove(self, data: st.DataObject, folder: str) -> None:
        path = self.existing(data, folder, "")
        if path:
            self.site.remove(path)

    @rule(place=st.sampled_from(IMAGES), text=st.sampled_from(["<svg/>", "<svg><g/></svg>"]))
    def picture(self, place: str, text: str) -> None:
        self.site.write(f"content/{place}", text)

    # What stands around it

    @rule(data=st.data(), name=st.sampled_from(sorted(TEMPLATES)))
    def template(self, data: st.DataObject, name: str) -> None:
        self.site.write(f"templates/{name}", data.draw(st.sampled_from(TEMPLATES[name])))

    @rule(
        name=st.sampled_from(["a.css", "a.txt", "blasto/style.css"]),
        text=st.sampled_from(["b {}", "@import '/static/a.txt';"]),
    )
    def static(self, name: str, text: str) -> None:
        self.site.write(f"static/{name}", text)

    @rule(
        name=st.sampled_from(["CNAME", "old/index.html", "pic.svg"]),
        text=st.sampled_from(["1", "2"]),
    )
    def public(self, name: str, text: str) -> None:
        self.site.write(f"public/{name}", text)

    @rule(text=st.sampled_from(["[1, 2]", "[1]"]))
    def table(self, text: str) -> None:
        self.site.write("data/team.json", text)
        self.site.write("table.csv", text)

    @rule(data=st.data(), name=st.sampled_from(sorted(OPTIONS)))
    def option(self, data: st.DataObject, name: str) -> None:
        self.options[name] = data.draw(st.sampled_from(OPTIONS[name]))
        self.configure()

    @rule(data=st.data(), name=st.sampled_from(sorted(TABLES)))
    def options_of(self, data: st.DataObject, name: str) -> None:
        self.tables[name] = data.draw(st.sampled_from(TABLES[name]))
        self.configure()

    @rule()
    def defaults(self) -> None:
        self.options.clear()
        self.tables.clear()
        self.configure()

    @rule(code=st.sampled_from(CODE), value=st.integers(4, 5))
    def code(self, code: str, value: int) -> None:
        head = (
            f"from blasto import Freezer, create_app\napp = create_app(__file__)\nVALUE = {value}\n"
        )
        self.site.write("freeze.py", f"{head}{code}freezer = Freezer(app)\n")

    @rule(days=st.sampled_from([0, 200, 300]))
    def at(self, days: int) -> None:
        self.patch.setenv("SOURCE_DATE_EPOCH", str(1767225600 + days * 86400))

    @rule(version=st.sampled_from("12"))
    def upgrade(self, version: str) -> None:
        self.site.version = version

    # Accidents

    @rule(data=st.data(), text=st.sampled_from([None, "", "vandal"]))
    def vandalise(self, data: st.DataObject, text: str | None) -> None:
        path = self.existing(data, "build", "")
        if path and text is None:
            self.site.remove(path)
        elif path:
            self.site.write(path, text or "")

    @rule(output=st.booleans())
    def forget(self, output: bool) -> None:
        """Lose the ledger, or all that a fresh checkout does not have."""
        if output:
            shutil.rmtree(self.site.root / ".blasto", ignore_errors=True)
            shutil.rmtree(self.site.build, ignore_errors=True)
        else:
            (self.site.root / ".blasto" / "ledger.sqlite").unlink(missing_ok=True)

    @rule(part=st.floats(0, 1))
    def damage(self, part: float) -> None:
        ledger = self.site.root / ".blasto" / "ledger.sqlite"
        if ledger.is_file():
            data = bytearray(ledger.read_bytes())
            data[int(part * (len(data) - 1))] ^= 0x55
            ledger.write_bytes(data)

    @rule()
    def relocate(self) -> None:
        """Copy the project, as a cache is restored elsewhere, and break the old one."""
        old = self.site.root
        new = old.with_name("there" if old.name == "site" else "site")
        shutil.copytree(old, new)
        shutil.rmtree(old)
        self.site.root, self.site.build = new, new / "build"

    @rule(
        steps=st.integers(0, 12),
        where=st.sampled_from(["put", "unlink", "render", "commit", "clear_journal"]),
        hard=st.booleans(),
    )
    def crash(self, steps: int, where: str, hard: bool) -> None:
        """Freeze, and stop dead after some steps; ``hard`` leaves all as a kill would."""
        left = steps

        def falling(call: Callable[..., object]) -> Callable[..., object]:
            def step(*arguments: object, **options: object) -> object:
                nonlocal left
                left -= 1
                if left < 0:
                    raise Crash
                return call(*arguments, **options)

            return step

        with pytest.MonkeyPatch.context() as patch:
            owner, name = {
                "put": (publish.Tree, "put"), "unlink": (publish, "_unlink"),
                "render": (freezing.Rendering, "render"), "commit": (publishing, "_commit"),
                "clear_journal": (freezing.Ledger, "clear_journal"),
            }[where]  # fmt: skip
            if where in {"commit", "clear_journal"}:
                left = 0
            patch.setattr(owner, name, falling(getattr(owner, name)))
            if hard:
                patch.setattr(freezing.Staging, "clear", lambda self: None)
            with contextlib.suppress(Crash, BlastoError):
                self.site.freeze()

    @rule()
    def stumble(self) -> None:
        """Freeze while a template is broken, and mend it."""
        path, text = "templates/partials/footer.html", None
        if (self.site.root / path).exists():
            text = self.site.read(path)
        self.site.write(path, "{{ 1 / 0 }}")
        with pytest.raises(BlastoError):
            self.site.freeze()
        if text is None:
            self.site.remove(path)
        else:
            self.site.write(path, text)

    # The oracle

    @rule(full=st.sampled_from([False] * 9 + [True]))
    def freeze(self, full: bool = False) -> None:
        before = tree(self.site.build) if self.quiet() else None
        errors: list[str] = []
        expected: dict[str, bytes] = {}
        try:
            expected = self.site.clean()
        except BlastoError as error:
            errors = sorted(map(str, error.problems))
        clean = self.site.last
        Sites.freezes += 1
        if errors:
            with pytest.raises(BlastoError) as caught:
                self.site.freeze(full=full)
            assert sorted(map(str, caught.value.problems)) == errors
            assert before is None or tree(self.site.build) == before
            return
        self.site.freeze(full=full)
        got = self.site.tree()
        wrong = sorted(path for path in {*got, *expected} if got.get(path) != expected.get(path))
        assert not wrong, (wrong, self.site.report.reasons)
        warnings = sorted(
            str(one) for one in self.site.report.warnings if "ledger was begun" not in one.message
        )
        assert warnings == sorted(str(one) for one in clean.warnings)
        assert self.site.freeze() == [], self.site.report.reasons

    def quiet(self) -> bool:
        """Tell whether no crash waits to be finished, which changes the tree."""
        return not any(self.site.root.glob(".blasto/*.staging/*")) and self.site.build.is_dir()

    # Helpers

    def configure(self) -> None:
        lines = [f"{name} = {value}" for name, value in self.options.items()]
        lines += [f"[{name}]\n{value}" for name, value in self.tables.items()]
        self.site.write("blasto.toml", "\n".join(lines) + "\n")

    def existing(self, data: st.DataObject, folder: str, suffix: str) -> str | None:
        root = self.site.root
        paths = sorted(
            path.relative_to(root).as_posix()
            for path in (root / folder).rglob(f"*{suffix}")
            if path.is_file()
        )
        paths = [path for path in paths if path != "content/index.md"]
        return data.draw(st.sampled_from(paths)) if paths else None

    def plain(self, value: object) -> str:
        """Write a value as YAML: lists, paths, dates and numbers as they are, else in quotes."""
        text = str(value).lower() if isinstance(value, bool) else str(value)
        bare = isinstance(value, bool | int) or text[:1] in "[/" or text[:2] == "20"
        return text if bare and "sum" not in text else f"'{text}'"


FIXED = settings(max_examples=20, stateful_step_count=12, derandomize=True, phases=[Phase.generate])
# Often enough back to look at the clock.
FREE = settings(max_examples=50, stateful_step_count=40, report_multiple_bugs=False)
COMMON = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


def test_any_history_ends_in_the_tree_of_a_clean_freeze() -> None:
    """Edits in any order, crashes and lost ledgers between them: the tree is always a clean one."""
    if not SECONDS:
        run_state_machine_as_test(Sites, settings=settings(FIXED, **COMMON))
        return
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        run_state_machine_as_test(Sites, settings=settings(FREE, **COMMON))
    print(f"\nno difference in {Sites.histories} histories, {Sites.freezes} freezes compared")
