"""The ledger may be lost, damaged, foreign or old: freezing is slower then, never wrong."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sites import NOW, Project, blog, copied

from blasto.errors import BlastoError, Problem, UsageError
from blasto.ledger import Ledger, Move, Row

ONE = "content/blog/one.md"
TEXTS = ("text of one", "TEXT of one")


@pytest.fixture(autouse=True)
def instant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold the clock."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)


@pytest.fixture
def site(tmp_path: Path) -> Project:
    """Give a frozen blog."""
    site = Project(tmp_path / "site", blog())
    site.freeze()
    return site


def ledger(site: Project) -> Path:
    """Give the file of a site's ledger."""
    return site.root / ".blasto" / "ledger.sqlite"


# What happens to the file


def test_deleted(site: Project) -> None:
    """Without the ledger everything is rendered again, and what has gone is removed."""
    ledger(site).unlink()
    site.remove(ONE)
    site.freeze()
    assert len(site.report.reasons) == site.report.urls
    assert site.tree() == site.clean()


def test_the_state_is_deleted(site: Project) -> None:
    """Without ``.blasto`` the output is nobody's: refused, untouched, and taken over with ``adopt``."""
    before = site.tree()
    shutil.rmtree(site.root / ".blasto")
    site.edit(ONE, *TEXTS)
    with pytest.raises(UsageError, match="holds files that blasto did not make"):
        site.freeze()
    assert site.tree() == before
    site.freeze(adopt=True)
    assert site.tree() == site.clean()


def test_a_fresh_checkout(site: Project) -> None:
    """With neither state nor output a freeze starts anew."""
    shutil.rmtree(site.root / ".blasto")
    shutil.rmtree(site.build)
    site.freeze()
    assert site.tree() == site.clean()


@pytest.mark.parametrize("part", [0.0, 0.001, 0.3, 0.7, 0.999])
def test_truncated(part: float, site: Project) -> None:
    """A ledger that ends early is begun anew, with a warning."""
    data = ledger(site).read_bytes()
    ledger(site).write_bytes(data[: int(len(data) * part)])
    site.edit(ONE, *TEXTS)
    site.freeze()
    assert site.tree() == site.clean()
    said = [problem.message for problem in site.report.warnings]
    assert part in (0.0, 0.999) or said[0].startswith("the ledger was begun anew: ")


@pytest.mark.parametrize(
    "data", [b"not a database", b"SQLite format 3\0" + b"\0" * 4096, b"\0" * 100_000]
)
def test_something_else(data: bytes, site: Project) -> None:
    """A file that is no ledger is begun anew."""
    ledger(site).write_bytes(data)
    site.edit(ONE, *TEXTS)
    site.freeze()
    assert site.tree() == site.clean()


def test_another_version(site: Project) -> None:
    """A ledger of another version of blasto is begun anew."""
    with sqlite3.connect(ledger(site)) as db:
        db.execute("PRAGMA user_version = 1")
    db.close()
    site.freeze()
    assert "another version" in site.report.warnings[0].message
    assert site.tree() == site.clean()


def flips(site: Project, count: int, chance: random.Random) -> Iterator[int]:
    """Flip bits of the ledger and edit a page meanwhile, again and again."""
    trees = []
    for new in TEXTS:
        site.write(ONE, site.read(ONE).replace(TEXTS[0], new))
        trees.append(site.clean())
    for number in range(count):
        site.freeze()
        data = bytearray(ledger(site).read_bytes())
        place = chance.randrange(100) if number % 10 == 0 else chance.randrange(len(data))
        data[place] ^= 1 << chance.randrange(8)
        ledger(site).write_bytes(data)
        which = number % 2
        site.write(ONE, site.read(ONE).replace(TEXTS[1 - which], TEXTS[which]))
        site.freeze()
        assert site.tree() == trees[which], f"bit flipped at {place}"
        yield place


def test_flipped_bits(site: Project) -> None:
    """A bit that flips anywhere in the ledger does no harm."""
    assert len(list(flips(site, 30, random.Random(30)))) == 30


@pytest.mark.slow
def test_many_flipped_bits(site: Project) -> None:
    """The same, a thousand times, each time elsewhere."""
    assert len(list(flips(site, 1000, random.Random()))) == 1000


def test_every_table_is_checked(site: Project) -> None:
    """Whatever value of the ledger is not what was written, it is found out."""
    pristine = ledger(site).read_bytes()
    changes = [
        "UPDATE url SET observations = x'' WHERE url = '/blog/one/'",
        "UPDATE page SET data = (SELECT data FROM page WHERE path = 'about.md') WHERE path = 'blog/one.md'",
        "UPDATE observation SET id = id + 1 WHERE name = 'blog/one.md' AND kind = 'body'",
        "UPDATE observation SET name = 'blog/no.md' WHERE name = 'blog/one.md' AND kind = 'body'",
        "DELETE FROM observation WHERE name = 'blog/one.md' AND kind = 'body'",
        "UPDATE file SET digest = 'x' || digest WHERE path = 'content/about.md'",
        "UPDATE link SET target = target || 'x'",
        "UPDATE fact SET value = '2099-01-01T00:00:00+00:00' WHERE key = 'due'",
        "UPDATE fact SET key = 'dud' WHERE key = 'due'",
        "INSERT INTO journal (action, path) VALUES ('remove', 'index.html')",
    ]
    for change in changes:
        ledger(site).write_bytes(pristine)
        with sqlite3.connect(ledger(site)) as db:
            assert db.execute(change).rowcount > 0, change
        db.close()
        checked = Ledger(ledger(site))
        checked.check()
        checked.close()
        assert checked.discarded, change
    ledger(site).write_bytes(pristine)
    checked = Ledger(ledger(site))
    checked.check()
    checked.close()
    assert checked.discarded is None


# From another machine


def moved(site: Project, folder: Path) -> Project:
    """Copy a project with new mtimes, as a checkout beside a restored cache."""
    there = copied(site, folder)
    for path in there.root.rglob("*"):
        if path.is_file() and ".blasto" not in path.parts and "build" not in path.parts:
            os.utime(path, (1_000_000_000, 1_000_000_000))
    return there


def test_copied_elsewhere(site: Project, tmp_path: Path) -> None:
    """With the ledger copied along nothing has to be rendered, and an edit is seen."""
    there = moved(site, tmp_path / "elsewhere" / "site")
    assert there.freeze() == []
    there.edit(ONE, *TEXTS)
    assert there.freeze() == ["/blog/one/"]
    assert there.tree() == there.clean()
    assert site.freeze() == []


def test_files_are_looked_up_where_the_project_is_now(site: Project, tmp_path: Path) -> None:
    """A file that was edited in the copy is not taken for the one in the old place."""
    there = moved(site, tmp_path / "elsewhere" / "site")
    for path in (
        "static/site.css",
        "content/map.svg",
        "public/CNAME",
        "templates/partials/footer.html",
    ):
        there.write(path, "new")
    rendered = there.freeze()
    assert {"/static/site.css", "/map.svg", "/CNAME", "/about/"} <= set(rendered)
    assert there.tree() == there.clean()


def test_ledger_without_its_output(site: Project) -> None:
    """A restored ledger beside no output: everything is made again."""
    shutil.rmtree(site.build)
    site.freeze()
    assert site.tree() == site.clean()


def test_output_that_was_tampered_with(site: Project) -> None:
    """Files of the output that were edited, emptied, removed or linked away are made again."""
    clean = site.tree()
    (site.build / "index.html").write_text("edited")
    (site.build / "404.html").unlink()
    (site.build / "feed.xml").unlink()
    (site.build / "feed.xml").symlink_to(site.root / "blasto.toml")
    shutil.rmtree(site.build / "blog" / "one")
    size = len(clean["about/index.html"])
    (site.build / "about" / "index.html").write_bytes(b"x" * size)
    assert set(site.freeze()) == {"/", "/404.html", "/feed.xml", "/blog/one/", "/about/"}
    assert site.tree() == clean
    assert "Notes" in site.read("blasto.toml")


# Clocks


@pytest.mark.parametrize("stamp", [0, 1, 4_000_000_000])
def test_odd_mtimes(stamp: int, site: Project) -> None:
    """Files dated 1970 or 2096 are no reason to render, and hide no edit."""
    for path in site.root.rglob("*"):
        if path.is_file() and ".blasto" not in path.parts and "build" not in path.parts:
            os.utime(path, (stamp, stamp))
    assert site.freeze() == []
    site.edit(ONE, *TEXTS)
    os.utime(site.root / ONE, (stamp, stamp))
    assert site.freeze() == ["/blog/one/"]
    assert site.tree() == site.clean()


def test_an_edit_that_keeps_size_and_mtime(site: Project) -> None:
    """An edit of the same length with the old mtime is seen all the same."""
    before = os.stat(site.root / ONE)
    site.edit(ONE, *TEXTS)
    os.utime(site.root / ONE, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert site.freeze() == ["/blog/one/"]


# Failing freezes


def test_a_failed_freeze_changes_nothing(site: Project) -> None:
    """After an error the tree and what the ledger says of it are as before."""
    before = site.tree()
    site.write("content/bad.md", "---\ntitle: [\n---\n")
    site.edit(ONE, *TEXTS)
    with pytest.raises(BlastoError):
        site.freeze()
    assert site.tree() == before
    site.remove("content/bad.md")
    assert site.freeze() == ["/blog/one/"]
    assert site.tree() == site.clean()


# The file itself


def test_what_is_stored_comes_back(tmp_path: Path) -> None:
    """Rows, bodies, journal and facts survive closing."""
    path = tmp_path / "deep" / "ledger.sqlite"
    row = Row(
        "/ä/",
        "page",
        "ä/index.html",
        "d",
        3,
        4,
        "text/html",
        problems=b"p",
        volatile="v",
        strong="/b/",
    )
    first = Ledger(path)
    assert first.fresh
    with first.transaction():
        first.set_rows([row])
        first.set_facts({"a": "1"})
        first.set_journal([Move("write", "x", "/staged", "d"), Move("remove", "y")])
    first.close()
    second = Ledger(path)
    second.check()
    assert second.discarded is None
    assert not second.fresh
    assert second.row("/ä/") == row
    assert second.fact("a") == "1"
    assert second.fact("b") is None
    assert second.journal() == [Move("write", "x", "/staged", "d"), Move("remove", "y")]
    assert second.waits()
    second.clear_journal()
    assert not second.waits()
    second.close()


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    """What fails in the middle leaves nothing behind."""
    store = Ledger(tmp_path / "ledger.sqlite")
    with pytest.raises(ZeroDivisionError), store.transaction():  # noqa: PT012
        store.set_facts({"a": "1"})
        raise ZeroDivisionError
    assert store.fact("a") is None
    store.close()


def test_warnings_come_back(tmp_path: Path) -> None:
    """Warnings that belong to no URL are kept; what cannot be read is none."""
    store = Ledger(tmp_path / "ledger.sqlite")
    assert store.warnings() == []
    store.set_facts({"warnings": '[{"message": "m", "severity": "warning"}]'})
    assert store.warnings() == [Problem("m", severity="warning")]
    store.close()
