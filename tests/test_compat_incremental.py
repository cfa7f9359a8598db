"""A plain Flask app, frozen again after a change: exactly the stale URLs, and Frozen-Flask's bytes."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template
from sites import tree
from twins import Twins, app_in

from blasto import Freezer, trace, volatile

FILES = {
    "templates/base.html": "<body>{% block body %}{% endblock %}",
    "templates/index.html": '{% extends "base.html" %}{% block body %}{{ url_for("post", name="a") }}{% endblock %}',
    "templates/post.html": '{% from "macros.html" import say %}{{ say(name) }}{% include ["own.html", "foot.html"] %}',
    "templates/macros.html": "{% macro say(text) %}<p>{{ text }}{% endmacro %}",
    "templates/foot.html": "<footer>",
    "static/style.css": "a {}",
    "static/more/script.js": "1",
    "data.txt": "one",
}
ALL = ["/", "/about/", "/post/a/", "/post/b/", "/static/more/script.js", "/static/style.css"]
VIEWS = ALL[:4]
ODD = ["/odd/", "/odd/x/"]
Extend = Callable[[Flask, Path], Any]


def twins(folder: Path, extend: Extend = lambda app, root: None, **config: Any) -> Twins:
    """Give two copies of a small site, with what a test adds to the app."""

    def make(kind: Any, root: Path) -> Any:
        app = app_in(root)
        app.config.update(config)
        app.add_url_rule("/", "index", lambda: render_template("index.html"))
        app.add_url_rule("/about/", "about", lambda: "about")
        app.add_url_rule(
            "/post/<name>/", "post", lambda name: render_template("post.html", name=name)
        )
        freezer = kind(app)
        freezer.register_generator(lambda: [("post", {"name": "b"})])
        extend(app, root)
        return freezer

    return Twins(folder, make, FILES)


def test_first_and_again(tmp_path: Path) -> None:
    """The first freeze renders everything, the second nothing, and files keep their mtimes."""
    site = twins(tmp_path)
    assert site.freeze() == ALL
    times = {path: path.stat().st_mtime_ns for path in (site.ours / "build").rglob("*")}
    assert site.freeze() == []
    assert times == {path: path.stat().st_mtime_ns for path in (site.ours / "build").rglob("*")}
    assert site.report.reused == len(ALL)


@pytest.mark.parametrize(
    ("template", "stale"),
    [
        ("base.html", ["/"]),
        ("index.html", ["/"]),
        ("post.html", ["/post/a/", "/post/b/"]),
        ("macros.html", ["/post/a/", "/post/b/"]),
        ("foot.html", ["/post/a/", "/post/b/"]),
        ("unused.html", []),
    ],
)
def test_template_edited(template: str, stale: list[str], tmp_path: Path) -> None:
    """A template makes those URLs stale that extend, include or import it."""
    site = twins(tmp_path)
    site.freeze()
    path = f"templates/{template}"
    site.write(path, FILES.get(path, "") + "{# new #}<!-- new -->")
    assert site.freeze() == stale
    assert all(template in reason for reason in site.report.reasons.values())


def test_template_that_was_looked_for(tmp_path: Path) -> None:
    """A template that appears where one was looked for in vain makes its URLs stale."""
    site = twins(tmp_path)
    site.freeze()
    site.write("templates/own.html", "<footer>own")
    assert site.freeze() == ["/post/a/", "/post/b/"]
    site.remove("templates/own.html")
    assert site.freeze() == ["/post/a/", "/post/b/"]


@pytest.mark.parametrize("crawl", [False, True])
def test_static_files(crawl: bool, tmp_path: Path) -> None:
    """A static file is one URL, also where its links are read; one that goes leaves the output."""
    site = twins(tmp_path, FREEZER_CRAWL=crawl)
    site.freeze()
    site.write("static/style.css", "a { color: red }")
    assert site.freeze() == ["/static/style.css"]
    site.write("static/new.css", "b {}")
    assert site.freeze() == ["/static/new.css"]
    site.remove("static/more/script.js")
    assert site.freeze() == []
    assert not (site.ours / "build/static/more").exists()
    assert site.freeze() == []


def test_static_files_through_hooks(tmp_path: Path) -> None:
    """Where the app changes every answer, a static file is asked for, and still is one URL."""
    site = twins(tmp_path, lambda app, root: app.after_request(lambda response: response))
    site.freeze()
    site.write("static/style.css", "a { color: red }")
    assert site.freeze() == ["/static/style.css"]


def test_file_read_by_a_view(tmp_path: Path) -> None:
    """A file that a view opens by itself is everybody's: user code may keep what it read."""

    def extend(app: Flask, root: Path) -> None:
        app.add_url_rule("/data/", "data", (root / "data.txt").read_text)

    site = twins(tmp_path, extend)
    site.freeze()
    assert site.freeze() == []
    site.write("data.txt", "two")
    assert site.freeze() == ["/", "/about/", "/data/", *ALL[2:4]]
    assert 'data.txt", which a view read by itself, changed' in site.report.reasons["/about/"]
    assert site.freeze() == []


def test_folder_read_by_a_view(tmp_path: Path) -> None:
    """So is a folder that a view lists."""

    def extend(app: Flask, root: Path) -> None:
        app.add_url_rule("/list/", "list", lambda: " ".join(sorted(os.listdir(root / "templates"))))

    site = twins(tmp_path, extend)
    site.freeze()
    site.write("templates/new.html", "new")
    assert "/list/" in site.freeze()
    assert site.freeze() == []


def words(root: Path) -> list[Any]:
    """Give the URLs of the words in a file."""
    return [("word", {"word": word}) for word in (root / "data.txt").read_text().split()]


def test_file_read_by_a_generator(tmp_path: Path) -> None:
    """What a generator reads counts for every URL; new URLs come and old ones go."""

    def extend(app: Flask, root: Path) -> None:
        app.add_url_rule("/word/<word>/", "word", lambda word: word)

    site = twins(tmp_path, extend)
    plain = site.make

    def make(kind: Any, root: Path) -> Any:
        freezer = plain(kind, root)
        freezer.register_generator(lambda: words(root))
        return freezer

    site.make = make
    site.freeze()
    assert site.freeze() == []
    site.write("data.txt", "two three")
    assert set(site.freeze()) >= {"/word/two/", "/word/three/"}
    assert not (site.ours / "build/word/one").exists()


def database(root: Path) -> str:
    """Read a word from a database."""
    with closing(sqlite3.connect(root / "words.db")) as connection:
        return str(connection.execute("SELECT word FROM words").fetchone()[0])


def program(root: Path) -> str:
    """Read a file through another program."""
    code = "import sys; print(open(sys.argv[1]).read())"
    return subprocess.run(
        [sys.executable, "-c", code, root / "data.txt"], capture_output=True, text=True
    ).stdout


def network(root: Path) -> str:
    """Look something up."""
    socket.getaddrinfo("127.0.0.1", 80)
    return "looked"


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        (database, "it opened the database"),
        (program, "it used a program"),
        (network, "it used a network look-up"),
    ],
)
def test_untraceable_reads(read: Callable[[Path], str], reason: str, tmp_path: Path) -> None:
    """A database, a program or the network makes all URLs of the endpoint volatile, no others."""

    def extend(app: Flask, root: Path) -> None:
        def odd(name: str = "") -> str:
            return name or read(root)

        app.add_url_rule("/odd/", "odd", odd)
        app.add_url_rule("/odd/<name>/", "odd", odd)

    site = twins(tmp_path, extend)
    database_file = tmp_path / "words.db"
    with closing(sqlite3.connect(database_file)) as connection:
        connection.execute("CREATE TABLE words AS SELECT 'one' AS word")
        connection.commit()
    site.write("words.db", database_file.read_bytes())
    plain = site.make

    def make(kind: Any, root: Path) -> Any:
        freezer = plain(kind, root)
        freezer.register_generator(lambda: ["/odd/x/"])
        return freezer

    site.make = make
    site.freeze()
    assert site.freeze() == ODD
    assert site.report.reasons["/odd/"].startswith(reason)
    assert site.report.reasons["/odd/x/"] == "another URL of odd cannot be traced"
    site.write("data.txt", "two")
    assert site.freeze() == ODD
    with closing(sqlite3.connect(database_file)) as connection:
        connection.execute("UPDATE words SET word = 'two'")
        connection.commit()
    site.write("words.db", database_file.read_bytes())
    # A connection may be kept: what a database file holds is everybody's, as a text is.
    assert site.freeze() == (sorted([*VIEWS, *ODD]) if read is database else ODD)
    assert site.freeze() == ODD


def test_database_that_stays_open(tmp_path: Path) -> None:
    """A connection that another URL, or a generator, opened is no way around."""
    for name, word in (("old.db", "one"), ("new.db", "two")):
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            connection.execute(f"CREATE TABLE words AS SELECT '{word}' AS word")
            connection.commit()
    opened: list[sqlite3.Connection] = []

    def extend(app: Flask, root: Path) -> None:
        opened.clear()

        def ask() -> str:
            if not opened:
                opened.append(sqlite3.connect(f"file:{root}/words.db?mode=ro", uri=True))
            return str(opened[0].execute("SELECT word FROM words").fetchone()[0])

        app.add_url_rule("/first/", "first", ask)
        app.add_url_rule("/second/", "second", ask)

    site = twins(tmp_path, extend)
    for name in ("old.db", "new.db"):
        site.write("words.db", (tmp_path / name).read_bytes())
        assert {"/first/", "/second/"} <= set(site.freeze())
        opened[0].close()


def test_volatile_by_hand(tmp_path: Path) -> None:
    """A view marked ``@volatile`` is rendered each time, and written only if it differs."""
    hour = ["one"]
    site = twins(
        tmp_path, lambda app, root: app.add_url_rule("/now/", "now", volatile(lambda: hour[0]))
    )
    site.freeze()
    assert site.freeze() == ["/now/"]
    assert site.report.written == 0
    hour[0] = "two"
    assert site.freeze() == ["/now/"]
    assert site.report.written == 1
    assert site.report.reasons == {"/now/": "its view is marked @volatile"}


def test_links_of_reused_pages(tmp_path: Path) -> None:
    """A page that only ``url_for`` in a reused page leads to stays; without the link it goes."""
    site = twins(tmp_path)
    site.freeze()
    site.write("templates/post.html", "{{ name }}")
    assert site.freeze() == ["/post/a/", "/post/b/"]
    site.write("templates/index.html", "nothing")
    assert site.freeze() == ["/"]
    assert not (site.ours / "build/post/a").exists()


def test_output_changed_by_hand(tmp_path: Path) -> None:
    """A file of the output that was edited or removed is made again, an extra one removed."""
    site = twins(tmp_path)
    site.freeze()
    site.write("build/about/index.html", "by hand")
    site.write("build/extra.html", "by hand")
    site.remove("build/static/style.css")
    assert site.freeze() == ["/about/", "/static/style.css"]


def test_settings(tmp_path: Path) -> None:
    """A setting makes every URL stale: a view may look at it, and nobody sees that."""
    site = twins(
        tmp_path, lambda app, root: app.config.update(MOTTO=(root / "data.txt").read_text())
    )
    site.freeze()
    assert site.freeze() == []
    site.write("data.txt", "two")
    assert site.freeze() == VIEWS


def test_date_from_a_generator(tmp_path: Path) -> None:
    """A generator's date makes its own URL stale, where it is later than the published file."""
    dates = [datetime(2001, 1, 1)]  # noqa: DTZ001 - Frozen-Flask compares naive dates
    site = twins(tmp_path)
    plain = site.make

    def make(kind: Any, root: Path) -> Any:
        freezer = plain(kind, root)
        freezer.register_generator(lambda: [("post", {"name": "dated"}, dates[0])])
        return freezer

    site.make = make
    site.freeze()
    assert site.freeze() == []
    dates[0] = datetime(2100, 1, 1)  # noqa: DTZ001
    assert site.freeze() == ["/post/dated/"]


def test_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes find, say and publish what one does, also when little changed."""
    monkeypatch.setattr("blasto.workers.FEW", 0)
    monkeypatch.setenv("BLASTO_START_METHOD", "fork")
    site = twins(tmp_path, FREEZER_WORKERS=2)
    assert site.freeze() == ALL
    site.write("templates/foot.html", "<footer>new")
    assert site.freeze() == ["/post/a/", "/post/b/"]


def test_lost_ledger(tmp_path: Path) -> None:
    """Without a ledger, or with a broken one, everything is rendered and nothing else happens."""
    site = twins(tmp_path)
    site.freeze()
    ledger = site.ours / ".blasto" / "ledger.sqlite"
    ledger.write_bytes(ledger.read_bytes()[:3000])
    with trace.paused():
        freezer: Freezer = site.make(Freezer, site.ours)
        list(freezer.freeze_options())
    assert sorted(freezer.report.reasons) == ALL
    shutil.rmtree(ledger.parent)
    assert site.freeze() == ALL
    assert tree(site.ours / "build") == tree(site.theirs / "build")
