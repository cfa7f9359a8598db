"""Tests of the check of all links: what is broken is named where its author wrote it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sites import Project, post

from blasto.errors import BlastoError, Problem

BROKEN = """\
---
title: Broken
---
Fine: [home](index.md), [part](#part), [far](https://example.com/nope).

A [page](nope.md) and an ![image](nope.png).
A [fragment](other.md#nope) and one [here](#nope).

## Part

<a href="raw.md">raw</a>, [ref][r], [rooted](/nowhere/), [folder](nope/).

[r]: reference.md
"""
EXPECTED = {
    ("nope.md", 6, 10),
    ("nope.png", 6, 35),
    ("other.md#nope", 7, 14),
    ("#nope", 7, 44),
    ("raw.md", 11, 10),
    ("/nowhere/", 11, 46),
    ("nope/", 11, 67),
    ("reference.md", 13, 6),
}


def site(root: Path, **more: str | bytes) -> Project:
    """Make a site with two good pages and some others."""
    files: dict[str, str | bytes] = {
        "content/index.md": "# Home\n",
        "content/other.md": "# Other\n\n## Some\n",
    }
    files.update({f"content/{name}.md": text for name, text in more.items()})
    return Project(root, files)


def broken(project: Project) -> list[Problem]:
    """Freeze and give the warnings about links."""
    project.freeze()
    return [one for one in project.report.warnings if one.message.startswith("broken link")]


def test_places(tmp_path: Path) -> None:
    """Each broken link, image and fragment is a warning with file, line, column and the text."""
    found = broken(site(tmp_path / "site", broken=BROKEN))
    seen = set()
    for problem in found:
        assert (problem.path, problem.severity) == ("content/broken.md", "warning")
        written = re.match(r'broken link: "(.*?)" ', problem.message)
        assert written
        assert problem.source
        assert problem.column
        assert problem.source[problem.column - 1 :].startswith(written[1])
        seen.add((written[1], problem.line, problem.column))
    assert seen == EXPECTED


def test_strict(tmp_path: Path) -> None:
    """With --strict they are errors, and nothing is published."""
    project = site(tmp_path / "site", broken="# B\n\n[x](nope.md)\n")
    with pytest.raises(
        BlastoError, match=r'content/broken\.md:3:5: broken link: "nope\.md" leads nowhere'
    ):
        project.freeze(strict=True)
    assert not project.build.exists()
    done = project.run("--strict", "--quiet")
    assert done.returncode == 1
    assert "blasto: error: content/broken.md:3:5: broken link" in done.stderr


def test_quiet_does_not_hide(tmp_path: Path) -> None:
    """--quiet leaves the warnings, and --json lists them; the second freeze says them again."""
    project = site(tmp_path / "site", broken="# B\n\n[x](nope.md)\n")
    for _ in range(2):
        done = project.run("--quiet", "--no-strict")
        assert done.returncode == 0
        assert "blasto: warning: content/broken.md:3:5: broken link" in done.stderr
        assert done.stdout == ""


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("---\ndraft: true\n---\n# T\n", '"blog/held.md" is a draft'),
        ("---\ndate: 2999-01-01\n---\n# T\n", '"blog/held.md" has a date to come'),
        ("---\nexpires: 2000-01-01\n---\n# T\n", '"blog/held.md" has expired'),
    ],
)
def test_hint_for_what_is_held_back(tmp_path: Path, text: str, hint: str) -> None:
    """A link to a draft, a page to come or an expired one says so, however it is written."""
    project = site(
        tmp_path / "site", index="# H\n\n[a](blog/held.md) [b](/blog/held/) [c](blog/held.html#x)\n"
    )
    project.write("content/blog/held.md", text)
    project.write("content/blog/near.md", "# N\n\n[d](held.md) [e](../blog/held.md)\n")
    found = broken(project)
    assert len(found) == 5
    assert {one.hint for one in found} == {hint}


def test_template_links_name_the_page(tmp_path: Path) -> None:
    """A broken link that a template makes is reported by the URL of the page."""
    project = site(tmp_path / "site")
    project.write("templates/partials/footer.html", '<a href="/nope/">x</a> <a href="other/">y</a>')
    found = broken(project)
    assert all(one.path is None for one in found)
    assert {(one.url, one.message) for one in found} >= {
        ("/", 'broken link: "/nope/" leads nowhere')
    }


def test_good_links(tmp_path: Path) -> None:
    """Fragments of every kind, files without their ending and other hosts are no problem."""
    text = (
        "# Good\n\n## Über uns\n\n[a](#uber-uns) [b](#top) [c](#:~:text=x) [d](other.md#some) [e](/feed.xml) "
        "[f](https://e.org/#x) [g](/sitemap.xml) [h](/static/blasto/style.css) [i](#own) [j](?q=1) [k](/404.html) "
        "[l](data:,x) [m](//e.org/x)\n\n<p id=own>x</p>\n\nNote[^1].\n\n[^1]: A note.\n"
    )
    project = site(tmp_path / "site", good=text, dated=post("Dated", "2025-01-01", "x"))
    assert broken(project) == []


def test_mended_later(tmp_path: Path) -> None:
    """A link is fine as soon as its target is there, and broken again when that goes."""
    project = site(tmp_path / "site", near="# N\n\n[x](new.md#part)\n")
    assert [one.line for one in broken(project)] == [3]
    project.write("content/new.md", "# New\n\n## Part\n")
    assert broken(project) == []
    project.write("content/new.md", "# New\n\n## Another\n")
    assert ['there is no "#part" on that page' in one.message for one in broken(project)] == [True]
    project.remove("content/new.md")
    assert [one.line for one in broken(project)] == [3]
    assert project.tree() == project.clean()
