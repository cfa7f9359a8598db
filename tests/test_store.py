"""A real S3 server on loopback: what is sent, in which order, and what an interrupt leaves."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sites import NOW, Project
from test_parallel import many

from blasto import store
from blasto.errors import BlastoError, UsageError
from blasto.sending import tree as send_tree
from blasto.store import Item, Sent, send

boto3 = pytest.importorskip("boto3")
moto_server = pytest.importorskip("moto.server")
pytest.importorskip("s3fs")
pytestmark = [
    # The server's threads and the client's sockets end when Python gets to it.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.slow,
]
BUCKET = "blasto-bucket"
Objects = dict[str, bytes]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Run an S3 server, and let all clients of this process find it."""
    made = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    host, port = made.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
            patch.setenv(f"AWS_{name}", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        yield f"http://{host}:{port}"
    made.stop()


@pytest.fixture
def client(server: str) -> Any:
    """Give a client of an empty bucket."""
    made = boto3.client("s3", endpoint_url=server)
    made.create_bucket(Bucket=BUCKET)
    listed = made.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    for one in listed:
        made.delete_object(Bucket=BUCKET, Key=one["Key"])
    return made


def objects(client: Any, prefix: str = "site/") -> Objects:
    """Give the site's objects by path, without blasto's own."""
    listed = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    keys = [one["Key"] for page in listed for one in page.get("Contents", [])]
    return {
        key.removeprefix(prefix): client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        for key in keys
        if ".blasto/" not in key
    }


def item(folder: Path, path: str, text: str, **more: str) -> Item:
    """Write a file, and give it as something to send."""
    file = folder / path.replace("/", "_")
    file.write_text(text)
    kind = "text/html; charset=utf-8" if path.endswith(".html") else "text/css"
    return Item(path, file, text, **{"type": kind, **more})


URL = f"s3://{BUCKET}/site"


def test_only_the_difference_is_sent(client: Any, tmp_path: Path) -> None:
    """Uploads what differs in bytes, type or cache; removes what is gone; else asks once."""
    one, two = (
        item(tmp_path, "a/index.html", "1"),
        item(tmp_path, "é b.css", "2", cache="max-age=9"),
    )
    assert send([one, two], URL) == Sent(URL, 2, 0, 0)
    assert send([one, two], URL) == Sent(URL, 0, 0, 2)
    head = client.head_object(Bucket=BUCKET, Key="site/é b.css")
    assert (head["ContentType"], head["CacheControl"]) == ("text/css", "max-age=9")
    assert head["Metadata"] == {"blasto-digest": "2"}
    assert send([one, two._replace(cache="")], URL) == Sent(URL, 1, 0, 1)
    assert send([one], URL) == Sent(URL, 0, 1, 1)
    assert objects(client) == {"a/index.html": b"1"}
    assert send([one], URL, again=True) == Sent(URL, 1, 0, 0)


def test_an_interrupted_publish_is_finished(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever object the last publish stopped at, the next one ends in the same set."""
    before = [item(tmp_path, f"{n}.html", f"old {n}") for n in range(3)]
    real = store.Store._put
    for stop in range(4):
        send(before, URL)
        after = [item(tmp_path, "1.html", "new"), item(tmp_path, "new.css", "x"), item(tmp_path, "z.html", "z")]  # fmt: skip
        put: list[str] = []

        def failing(self: store.Store, one: Item, put: list[str] = put, stop: int = stop) -> None:
            if len(put) >= stop:
                raise BlastoError.at("the network is gone")
            put.append(one.path)
            real(self, one)

        monkeypatch.setattr(store, "AT_ONCE", 1)
        monkeypatch.setattr(store.Store, "_put", failing)
        if stop < 3:
            with pytest.raises(BlastoError, match="network"):
                send(after, URL)
            assert {"0.html", "2.html"} <= objects(client).keys()
        monkeypatch.setattr(store.Store, "_put", real)
        # A third state in between: what the interrupted one had sent goes again.
        last = [item(tmp_path, "1.html", "newest")]
        send(last, URL)
        assert objects(client) == {"1.html": b"newest"}


def test_pages_after_what_they_need(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other files first, then pages, removals last, the manifest at the very end."""
    send([item(tmp_path, "gone.html", "x")], URL)
    done: list[str] = []
    for name in ("_put", "write", "remove"):
        real = getattr(store.Store, name)

        def noted(self: store.Store, what: Any, *more: Any, real: Any = real) -> None:
            done.append(what.path if isinstance(what, Item) else str(what))
            real(self, what, *more)

        monkeypatch.setattr(store.Store, name, noted)
    send([item(tmp_path, "a.html", "x"), item(tmp_path, "z.css", "x")], URL)
    assert done == [store.PENDING, "z.css", "a.html", "['gone.html']", store.MANIFEST, f"['{store.PENDING}']"]  # fmt: skip


def test_places_that_are_refused(client: Any, tmp_path: Path) -> None:
    """Another's objects, no bucket, no such library: said with what to do."""
    client.put_object(Bucket=BUCKET, Key="site/mine.txt", Body=b"x")
    one = item(tmp_path, "a.html", "1")
    with pytest.raises(UsageError, match="did not put there"):
        send([one], URL)
    assert send([one], URL, adopt=True).uploaded == 1
    assert send([], URL).removed == 1
    assert objects(client) == {"mine.txt": b"x"}
    with pytest.raises(BlastoError, match="bucket does not exist"):
        send([one], "s3://no-such-bucket/x")
    with pytest.raises(UsageError, match="is no place to publish to"):
        send([one], "nothing://x/y")


def test_a_missing_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Says which extra brings it."""
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(UsageError) as raised:
        send([], "gs://bucket")
    assert raised.value.problems[0].hint == "pip install 'blasto[gcs]'"


def test_a_freeze_into_a_store(client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """The bucket holds a folder's bytes and types; an edit sends what it changes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    site = many(tmp_path / "site")
    site.edit(
        "freeze.py",
        "@freezer.reg",
        '@app.get("/cached/")\ndef cached():\n    return "x", {"Cache-Control": "max-age=9"}\n\n@freezer.reg',
    )
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL")
    env = {name: os.environ[name] for name in names}

    def freeze(*words: str) -> str:
        done = site.run("--no-strict", *words, env=env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    freeze()
    first = freeze("--destination", URL)
    assert f"published to {URL}: {len(site.tree())} uploaded, 0 removed" in first
    assert objects(client) == site.tree()
    head = client.head_object(Bucket=BUCKET, Key="site/cached/index.html")
    assert head["CacheControl"] == "max-age=9"
    assert client.head_object(Bucket=BUCKET, Key="site/feed.xml")["ContentType"].startswith("application/")  # fmt: skip
    site.edit("content/p/3.md", "## Part\n", "## Part\n\nMore words.\n")
    site.remove("content/p/9.md")
    freeze()
    again = freeze("--destination", URL)
    assert " 0 uploaded" not in again
    assert objects(client) == site.tree()
    assert " 0 uploaded, 0 removed" in freeze("--destination", URL)


def test_a_folder_is_deployed(client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``deploy --to`` sends what is in the folder, and next time the difference."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    site: Project = many(tmp_path / "site")
    site.freeze()
    freezer = site.freezer()
    assert send_tree(freezer.root, URL).uploaded == len(site.tree())
    assert objects(client) == site.tree()
    site.write("build/own.txt", "x")
    assert send_tree(freezer.root, URL) == Sent(URL, 1, 0, len(site.tree()) - 1)
    with pytest.raises(UsageError, match="no frozen site"):
        send_tree(tmp_path / "empty", URL)
