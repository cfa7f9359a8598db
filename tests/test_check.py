"""Tests of the check of a whole site: each rule, on real files, with the line that was written."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from documentation import rows
from sites import Project, afresh, environment, here

from blasto.check import ERRORS, WARNINGS, Checked, check
from blasto.errors import BlastoError, UsageError

TOML = 'title = "S"\nbase_url = "https://example.org/s"\n'
SITE: dict[str, str | bytes] = {
    "blasto.toml": TOML,
    "content/index.md": "# Home\n\n[A](a.md) [b](b.md)\n",
    "content/a.md": "---\ntitle: A\naliases: [/old/]\n---\n\n## Part\n\nText.\n",
    "content/b.md": "---\ntitle: B\n---\n\nSee [a](a.md#part).\n",
}


def site(root: Path, **more: str | bytes) -> Project:
    """Make and freeze a site without a finding, and with more files."""
    files = {**SITE, **{name.replace("__", "/"): text for name, text in more.items()}}
    project = Project(root / "site", files)
    project.freeze(strict=False)
    return project


def look(project: Project, **options: object) -> Checked:
    """Check a site as a new process would."""
    with afresh(project.version), here(project.root):
        return check(project.freezer(), count=1, **options)  # type: ignore[arg-type]


def found(project: Project, **options: object) -> set[tuple[str, str, int | None]]:
    """Give rule, file and line of each finding."""
    return {(one.kind, one.path or "", one.line) for one in look(project, **options).problems}


def test_a_good_site(tmp_path: Path) -> None:
    """A good site has no finding, frozen or live."""
    project = site(tmp_path)
    assert found(project) == found(project, live=True) == set()
    done = look(project)
    assert done.pages == 5
    assert done.links > 20


def test_links(tmp_path: Path) -> None:
    """What leads nowhere is found in Markdown, HTML, templates and style sheets, with its line."""
    project = site(
        tmp_path,
        content__c=b"not a page",
        **{
            "content/b.md": "---\ntitle: B\n---\n\n[x](nope.md)\n\n[y](a.md#nope) [z](/A/) [q](https://example.org/q/)\n\n"
            '<img src="no.png" alt="">\n\n[h](https://example.org/s/a/) [i](https://else.example/)\n',
            "templates/partials/footer.html": '<p>\n<a href="/s/gone/">x</a></p>\n',
            "static/site.css": "p { color: red }\nb { background: url(no.svg) }\n",
        },
    )
    assert found(project, ignore=["unused-asset"]) == {
        ("link", "content/b.md", 5), ("fragment", "content/b.md", 7), ("case", "content/b.md", 7),
        ("asset", "content/b.md", 9),
        ("own-host", "content/b.md", 11), ("link", "templates/partials/footer.html", 2),
        ("asset", "static/site.css", 2),
    }  # fmt: skip
    (told,) = [
        one for one in look(project).problems if one.path == "templates/partials/footer.html"
    ]
    assert told.hint == "on 3 other pages too"
    (link,) = [one for one in look(project).problems if one.message.startswith('"nope.md"')]
    assert (link.column, link.source, link.url) == (5, "[x](nope.md)", "/s/b/")


def test_out_of_the_base_path(tmp_path: Path) -> None:
    """A link that a template or HTML writes without the base path leads out of it."""
    project = site(
        tmp_path,
        **{"templates/partials/footer.html": '<a href="/a/">x</a> <a href="../../../y/">z</a>\n'},
    )
    assert {("base-path", "templates/partials/footer.html", 1)} == found(project)
    project.write("blasto.toml", 'title = "S"\n')
    project.freeze(strict=False)
    assert {one.message for one in look(project).problems} == {'"../../../y/" leads nowhere'}


def test_pages(tmp_path: Path) -> None:
    """Doubled ids, missing alt, language and title, left out levels, each where it was written."""
    project = site(
        tmp_path,
        **{
            "content/b.md": '---\ntitle: B\n---\n\n<p id="x">1</p>\n\n<p id="x">2</p>\n\n![](a.svg)\n\n'
            '<img src="a.svg">\n\n## Two\n\n#### Four\n',
            "content/a.svg": "<svg/>",
            "public/bare.html": "<!doctype html>\n<p>x</p>\n",
            "templates/partials/footer.html": '<img src="/s/a.svg">\n',
        },
    )
    assert found(project) == {
        ("duplicate-id", "content/b.md", 5), ("alt", "content/b.md", 9), ("alt", "content/b.md", 11), ("alt", "templates/partials/footer.html", 1),
        ("heading-order", "content/b.md", 15), ("lang", "public/bare.html", 1),
        ("title", "public/bare.html", 1),
    }  # fmt: skip


def test_what_nothing_leads_to(tmp_path: Path) -> None:
    """Orphans, unused files and templates are found; what asks for no reader is not."""
    project = site(
        tmp_path,
        **{
            "content/alone.md": "---\ntitle: Alone\n---\nx\n",
            "templates/page.html": '<!doctype html><html lang="en"><title>x</title>{{ page.html }}{% include "partials/footer.html" %}',
            "content/hidden.md": "---\ntitle: Hidden\nlisted: false\n---\nx\n",
            "content/used.png": b"1", "content/left.png": b"2", "static/by.js": "load('named.json')",
            "static/named.json": "{}", "static/lost.json": "{}",
            "templates/partials/footer.html": '<script src="/s/static/by.js"></script>{% if 0 %}{% include "may.html" %}{% endif %}\n',
            "templates/may.html": "x", "templates/none.html": "y",
            "content/b.md": "---\ntitle: B\n---\n\n![u](used.png)\n",
        },
    )  # fmt: skip
    assert found(project) == {
        ("orphan", "content/alone.md", 1), ("unused-asset", "content/left.png", 1),
        ("unused-asset", "static/lost.json", 1), ("unused-template", "templates/none.html", 1),
    }  # fmt: skip


def test_redirects_feeds_and_sizes(tmp_path: Path) -> None:
    """Dead and circular redirects, feeds that do not parse, files too large for the host."""
    page = '<!doctype html><html lang="en"><title>M</title><meta http-equiv="refresh" content="0; url={}">\n'
    project = site(
        tmp_path,
        **{
            "public/dead.html": page.format("gone/"),
            "public/one.html": page.format("two.html"),
            "public/two.html": page.format("one.html"),
            "public/bad.xml": "<feed>\n<a></b>\n</feed>\n",
            "public/thin.xml": '<rss><channel><title>x</title><link>https://example.org/s/no/</link></channel></rss>',
            "public/CNAME": "other.example\n",
            "public/.well-known/x.txt": "x",
            ".github/workflows/pages.yml": "steps:\n  - uses: actions/upload-pages-artifact@v5\n",
        },
    )  # fmt: skip
    assert found(project) == {
        ("redirect", "public/dead.html", 1), ("redirect", "public/one.html", 1),
        ("redirect", "public/two.html", 1), ("feed", "build/bad.xml", 2), ("feed", "public/thin.xml", 1),
        ("cname", "public/CNAME", 1), ("hidden-file", ".github/workflows/pages.yml", 2),
    }  # fmt: skip
    with (project.build / "large.bin").open("wb") as file:
        file.truncate(30 << 20)
    assert [
        one.message for one in look(project, host="cloudflare").problems if one.kind == "size"
    ] == ["is 30 MB, and Cloudflare Pages takes at most 25 MB"]


def test_live(tmp_path: Path) -> None:
    """--live sees an edit before it is frozen, renders that alone, and publishes nothing."""
    project = site(tmp_path)
    before = project.tree()
    project.write("content/b.md", "---\ntitle: B\n---\n\n[x](nope.md)\n")
    assert found(project) == set()
    assert found(project, live=True) == {("link", "content/b.md", 5)}
    assert project.tree() == before
    assert "/b/" in project.freeze(strict=False)
    assert found(project) == {("link", "content/b.md", 5)}
    assert project.tree() == project.clean(strict=False)
    project.write("content/b.md", "---\ntitle: [\n---\n")
    with pytest.raises(BlastoError, match=r"content/b\.md"):
        look(project, live=True)


def test_what_the_freeze_warned_of(tmp_path: Path) -> None:
    """Warnings of pages and of the whole are findings, each once; those of front matter with --live."""
    code = (
        "from blasto import Freezer, create_app\n\napp = create_app(__file__)\nfreezer = Freezer(app)\n\n\n"
        "@app.get('/n/<name>/')\ndef never(name):\n    return name\n\n\n"
        "@app.get('/data')\ndef data():\n    return '{}', {'Content-Type': 'application/json'}\n"
    )
    project = site(
        tmp_path,
        **{
            "freeze.py": code,
            "content/b.md": "---\ntitle: B\ntgas: x\n---\n\nSee [a](a.md#part).\n",
        },
    )
    never = ("content", "", None)
    assert found(project) == {never, ("content", "freeze.py", 12)}
    assert found(project, live=True) == {
        never, ("content", "freeze.py", 12), ("content", "content/b.md", 3),
    }  # fmt: skip


def test_hosts_differ(tmp_path: Path) -> None:
    """A link is good if the host of the site answers it."""
    project = site(tmp_path, **{"content/b.md": '---\ntitle: B\n---\n\n<a href="../a">x</a>\n'})
    assert found(project) == found(project, host="netlify") == set()
    assert ("base-path", "content/index.md", 3) in found(project, host="file")
    project.edit("blasto.toml", "title", 'host = "file"\ntitle')
    assert ("base-path", "content/index.md", 3) in found(project)


def test_ignored(tmp_path: Path) -> None:
    """Findings are left out by rule, file or URL; an unknown rule or host is refused."""
    project = site(
        tmp_path, **{"content/b.md": "---\ntitle: B\n---\n\n[x](nope.md)\n\n[y](a.md#nope)\n"}
    )
    assert found(project, ignore=["link"]) == {("fragment", "content/b.md", 7)}
    assert found(project, ignore=["link:content/*", "fragment:/s/b/"]) == set()
    assert len(found(project, ignore=["link:content/a*"])) == 2
    project.write("blasto.toml", TOML + '[check]\nignore = ["link", "fragment"]\n')
    assert found(project) == set()
    for options, hint in (({"ignore": ["lnk"]}, "link"), ({"host": "gitub"}, "github")):
        with pytest.raises(UsageError) as error:
            look(project, **options)
        assert hint in str(error.value.problems[0].hint)


def test_command(tmp_path: Path) -> None:
    """The command tells findings in each format; errors are status 1, warnings with --strict too."""
    alone = {
        "content/alone.md": "---\ntitle: Alone\n---\nx\n",
        "templates/page.html": '<!doctype html><html lang="en"><title>x</title>{{ page.html }}',
    }
    project = site(tmp_path, **alone)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "blasto", "check", *words]
        return subprocess.run(
            command, cwd=project.root, env=environment(), capture_output=True, text=True
        )

    done = run()
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        0, "blasto: warning: content/alone.md:1: no other page leads here",
    )  # fmt: skip
    assert re.search(r"^checked 6 pages and \d+ links in .* s: 0 errors, 1 warnings$", done.stdout)
    assert run("--strict", "--quiet").returncode == 1
    assert json.loads(run("--format", "json").stdout)["warnings"][0]["kind"] == "orphan"
    assert run("--format", "github").stdout.startswith(
        "::warning file=content/alone.md,line=1,title=orphan::"
    )
    assert (
        json.loads(run("--format", "sarif").stdout)["runs"][0]["results"][0]["ruleId"] == "orphan"
    )
    done = run("--destination", "nowhere")
    assert (done.returncode, "run blasto freeze first, or add --live" in done.stderr) == (2, True)


def test_a_tree_without_a_ledger(tmp_path: Path) -> None:
    """Where nothing is known of a file, findings name its own lines."""
    project = site(tmp_path)
    project.write(
        "other/index.html",
        '<!doctype html><html lang="en"><title>x</title>\n\n<a href="no/">x</a>\n',
    )
    with afresh("1"), here(project.root):
        freezer = project.freezer(destination="other", base_url="")
        assert [(one.kind, one.path, one.line) for one in check(freezer).problems] == [
            ("link", "other/index.html", 3)
        ]


def test_a_plain_app(tmp_path: Path) -> None:
    """An app of Flask alone is checked too; a view is named by its file and line."""
    project = Project(
        tmp_path / "app",
        {
            "freeze.py": "from flask import Flask\nfrom blasto import Freezer\n\napp = Flask(__name__)\n"
            "freezer = Freezer(app)\n\n\n@app.get('/')\ndef home():\n"
            '    return \'<!doctype html><html lang="en"><title>x</title><a href="/no/">x</a>\'\n',
        },
    )
    project.freeze(strict=False)
    assert found(project) == {("link", "freeze.py", 8)}
    assert found(project, live=True) == {("link", "freeze.py", 8)}


def test_reference() -> None:
    """The page of rules has each with its sentence."""
    for heading, rules in (("Errors", ERRORS), ("Warnings", WARNINGS)):
        assert rows("reference/checks.md", heading) == [
            f"| `{rule}` | {told} |" for rule, told in rules.items()
        ]
