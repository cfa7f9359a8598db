"""What a freeze says that it would do, against what it does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sites import NOW, Project, afresh, here, tree
from test_parallel import many

from blasto.planning import Kind, Plan


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Give a site with routes, generators and a few dozen pages."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    return many(tmp_path / "site")


def planned(site: Project) -> Plan:
    """Ask in the same conditions as :meth:`Project.freeze` works in."""
    with afresh(site.version), here(site.root):
        return site.freezer().plan(workers=1)


def test_a_first_freeze(site: Project) -> None:
    """All that is known without rendering is stale, no time is known, and nothing is made."""
    plan = planned(site)
    assert plan.stale == plan.urls == plan.unknown > 40
    assert plan.seconds == 0
    assert list(plan.lines())[-1] == f"  no time is known of {plan.unknown} of them"
    assert not site.build.exists()


@pytest.mark.parametrize("edit", ["body", "title", "script", "nothing", "page", "template"])
def test_a_plan_is_what_the_freeze_does(site: Project, edit: str) -> None:
    """The numbers by endpoint are those of the freeze that follows, and the tree stays."""
    site.freeze()
    before = tree(site.build)
    if edit == "body":
        site.edit("content/p/3.md", "## Part\n", "## Part\n\nMore words.\n")
    elif edit == "title":
        site.edit("content/p/3.md", "title: Page 3", "title: Another")
    elif edit == "script":
        site.write("words.py", 'SHOUT = "Ho"\n')
    elif edit == "page":
        site.remove("content/p/3.md")
    elif edit == "template":
        site.write("templates/list.html", "{{ listing.title }}")
    plan = planned(site)
    assert tree(site.build) == before
    site.freeze()
    assert plan.stale == site.report.rendered
    assert plan.urls == site.report.urls
    assert sum(one.stale for one in plan.kinds.values()) == plan.stale
    assert planned(site).stale == 0
    if edit == "title":
        assert plan.kinds["blasto.page"].stale == 3
        assert plan.seconds > 0


def test_numbers_in_words_and_for_programs(site: Project) -> None:
    """Times of one process are shared by the workers; ``--within`` gives how many it takes."""
    plan = Plan({"blasto.page": Kind(100, 90, 45.0), "own": Kind(3, 0, 0.0)}, count=4, unknown=2)
    assert list(plan.lines(6)) == [
        "90 of 103 URLs would be rendered",
        "  blasto.page: 90 of 100, 45 s of rendering",
        "  no time is known of 2 of them",
        "about 11 s of rendering with --workers 4",
        "within 6.0 s: --workers 8",
    ]
    assert plan.data(6)["needed"] == 8
    done = site.run("--plan", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["stale"] == told["urls"] == sum(kind["urls"] for kind in told["kinds"].values())
    assert not site.build.exists()
