"""Scanning folders that may be odd or hostile, and digests that are never wrong."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from blasto.errors import Problem
from blasto.files import Digests, Matcher, Stat, digest_file, scan, settled
from blasto.trace import digest


def tree(root: Path, *paths: str) -> Path:
    """Make files whose text is their path."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
    return root


def only(problems: list[Problem]) -> Problem:
    """Give the one problem."""
    (problem,) = problems
    return problem


def test_scan(tmp_path: Path) -> None:
    """Files come sorted, with what os.stat says of them, and without dot-files."""
    root = tree(tmp_path / "content", "b.md", "a/x/index.md", "a.md", ".git/config", "a/.hidden")
    found = scan(root)
    assert list(found.files) == ["a.md", "a/x/index.md", "b.md"]
    assert found.problems == []
    result = os.stat(root / "b.md")
    assert found.files["b.md"] == (
        result.st_size,
        result.st_mtime_ns,
        result.st_ctime_ns,
        result.st_ino,
    )
    assert ".git/config" in scan(root, hidden=True).files


def test_scan_of_nothing(tmp_path: Path) -> None:
    """A folder that is missing has no files; a file in its place is an error."""
    assert scan(tmp_path / "none") == ({}, [])
    problem = only(scan(tree(tmp_path, "file") / "file").problems)
    assert problem.path == "file"


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        (["*.tmp"], ["a/b.md", "a/drafts/x.md", "drafts"]),
        (["drafts"], ["a/b.md", "a/c.tmp"]),
        (["drafts/"], ["a/b.md", "a/c.tmp", "drafts"]),
        (["a/*.md"], ["a/c.tmp", "drafts"]),
        (["a/c.*", "/drafts"], ["a/b.md", "a/drafts/x.md"]),
        (["a"], ["drafts"]),
    ],
)
def test_ignore(tmp_path: Path, patterns: list[str], left: list[str]) -> None:
    """Patterns match by name, by whole path or folders only; a star crosses slashes."""
    root = tree(tmp_path / "c", "a/b.md", "a/c.tmp", "a/drafts/x.md", "drafts")
    assert list(scan(root, ignore=patterns).files) == left


def test_matcher_of_nothing() -> None:
    """No pattern ignores nothing."""
    assert not Matcher([])("a")


def test_link_out_is_refused(tmp_path: Path) -> None:
    """A link that leaves the folder is an error that names path and target, unless allowed."""
    tree(tmp_path, "secret/key", "content/a.md")
    root = tmp_path / "content"
    (root / "key").symlink_to("../secret/key")
    (root / "all").symlink_to(tmp_path / "secret")
    found = scan(root)
    assert list(found.files) == ["a.md"]
    assert [problem.path for problem in found.problems] == ["content/all", "content/key"]
    assert all(str(tmp_path / "secret") in problem.message for problem in found.problems)
    assert {problem.severity for problem in found.problems} == {"error"}
    allowed = scan(root, allow=[tmp_path / "secret"])
    assert list(allowed.files) == ["a.md", "all/key", "key"]
    assert allowed.problems == []


def test_similar_folder_is_outside(tmp_path: Path) -> None:
    """A folder whose name only begins like the root's is outside of it."""
    tree(tmp_path, "content/a", "content-secret/key")
    (tmp_path / "content" / "key").symlink_to(tmp_path / "content-secret" / "key")
    assert "outside content" in only(scan(tmp_path / "content").problems).message


def test_links_inside(tmp_path: Path) -> None:
    """Links to files and folders inside count as what they point to."""
    root = tree(tmp_path / "c", "v2/a.md", "v2/b.md")
    (root / "latest").symlink_to("v2")
    (root / "one.md").symlink_to("v2/a.md")
    found = scan(root)
    assert list(found.files) == ["latest/a.md", "latest/b.md", "one.md", "v2/a.md", "v2/b.md"]
    assert found.files["one.md"] == found.files["v2/a.md"]
    assert found.problems == []


def test_loops_end(tmp_path: Path) -> None:
    """Loops of links, also among many folders, are skipped with a warning."""
    root = tree(tmp_path / "c", *(f"d{i}/x.md" for i in range(8)))
    (root / "d0" / "up").symlink_to("..")
    (root / "self").symlink_to("self")
    for one in range(8):
        for two in range(8):
            if one != two:
                (root / f"d{one}" / f"to{two}").symlink_to(f"../d{two}")
    found = scan(root)
    assert len(found.files) == 8 + 8 * 7
    assert {problem.severity for problem in found.problems} == {"warning"}


def test_odd_files_are_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken links, pipes, sockets and devices are skipped with a warning, without waiting."""
    root = tree(tmp_path / "c", "a.md")
    os.mkfifo(root / "pipe")
    (root / "to-pipe").symlink_to("pipe")
    (root / "broken").symlink_to("nowhere")
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("sock")
        found = scan(root, name="pages")
    assert list(found.files) == ["a.md"]
    assert [problem.path for problem in found.problems] == [
        "pages/broken",
        "pages/pipe",
        "pages/sock",
        "pages/to-pipe",
    ]
    assert {problem.severity for problem in found.problems} == {"warning"}
    device = scan(Path("/dev"), name="dev")
    assert "null" not in device.files


def test_unreadable_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be read is an error that names it, and the others are read."""
    root = tree(tmp_path / "c", "a.md", "shut/b.md")
    (root / "shut").chmod(0)
    if os.access(root / "shut", os.R_OK):
        # We are root, whom no mode stops.
        real = os.scandir

        def scandir(path: str) -> Any:
            if path.endswith("shut"):
                raise PermissionError(13, "Permission denied", path)
            return real(path)

        monkeypatch.setattr(os, "scandir", scandir)
    found = scan(root)
    (root / "shut").chmod(0o755)
    assert list(found.files) == ["a.md"]
    problem = only(found.problems)
    assert (problem.path, problem.message) == ("c/shut", "Permission denied")


def test_name_that_is_not_utf8(tmp_path: Path) -> None:
    """A name in another encoding is an error that shows the bytes."""
    root = tree(tmp_path / "c", "é.md")
    try:
        (Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9.md"))).write_text("x")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    found = scan(root)
    assert list(found.files) == ["é.md"]
    assert only(found.problems).path == "c/caf\\xe9.md"


def test_digest_file(tmp_path: Path) -> None:
    """A file's digest is the digest of its bytes, whatever its size."""
    for size in (0, 1, 3_000_001):
        (tmp_path / "f").write_bytes(b"x" * size)
        assert digest_file(tmp_path / "f") == digest(b"x" * size)


def test_digest_of_a_pipe_does_not_wait(tmp_path: Path) -> None:
    """A pipe that took a file's place is refused at once."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="regular"):
        digest_file(tmp_path / "pipe")


def age(path: Path, digests: Digests, root: Path) -> None:
    """Read everything again so late that it has settled."""
    time.sleep(0.08)
    digests.digests(root, scan(root).files)


def test_settled_file_is_not_read_again(tmp_path: Path) -> None:
    """A file is read twice while its stamp is fresh, then never; the rows survive a dump."""
    root = tree(tmp_path / "c", "a.md", "b.md")
    digests = Digests()
    first, problems = digests.digests(root, scan(root).files)
    assert first == {"a.md": digest(b"a.md"), "b.md": digest(b"b.md")}
    assert problems == []
    age(root, digests, root)
    again = Digests(digests.dump())
    assert again.digests(root, scan(root).files)[0] == first
    assert again.read == 0
    assert again.changed == set()


def test_same_size_same_moment(tmp_path: Path) -> None:
    """A change right after the reading, of the same size and time, is seen."""
    root = tree(tmp_path / "c", "a.md")
    digests = Digests()
    for text in ("one1", "two2", "tri3", "for4"):
        before = os.stat(root / "a.md")
        (root / "a.md").write_text(text)
        os.utime(root / "a.md", ns=(before.st_atime_ns, before.st_mtime_ns))
        found, _ = digests.digests(root, scan(root).files)
        assert found["a.md"] == digest(text.encode())


def test_content_decides_not_mtime(tmp_path: Path) -> None:
    """Future, ancient and preserved mtimes neither hide a change nor make one up."""
    root = tree(tmp_path / "c", "a.md")
    digests = Digests()
    old = digests.digests(root, scan(root).files)[0]
    age(root, digests, root)
    stamp = os.stat(root / "a.md").st_mtime_ns
    (root / "a.md").write_text("A.md")
    os.utime(root / "a.md", ns=(stamp, stamp))
    assert digests.digests(root, scan(root).files)[0] == {"a.md": digest(b"A.md")}
    (root / "a.md").write_text("a.md")
    for seconds in (0, 4_000_000_000, 20_000_000_000):
        try:
            os.utime(root / "a.md", (seconds, seconds))
        except OSError:
            continue
        assert digests.digests(root, scan(root).files)[0] == old
        age(root, digests, root)
        again = Digests(digests.dump())
        assert again.digests(root, scan(root).files)[0] == old
        assert again.read == 0, "a settled file is read once, whatever its mtime"


def test_replaced_file_is_read(tmp_path: Path) -> None:
    """Another file moved into place with the same size and mtime is another inode."""
    root = tree(tmp_path / "c", "a.md", "b.md")
    os.utime(root / "a.md", (1, 1))
    os.utime(root / "b.md", (1, 1))
    digests = Digests()
    digests.digests(root, scan(root).files)
    age(root, digests, root)
    os.replace(root / "b.md", root / "a.md")
    assert digests.digests(root, scan(root).files)[0] == {"a.md": digest(b"b.md")}


def test_unreadable_file(tmp_path: Path) -> None:
    """A file that vanished or became a pipe is a problem, and the others are read."""
    root = tree(tmp_path / "c", "a.md", "b.md", "p")
    files = scan(root).files
    (root / "a.md").unlink()
    (root / "p").unlink()
    os.mkfifo(root / "p")
    found, problems = Digests().digests(root, files, "content/")
    assert list(found) == ["b.md"]
    assert [problem.path for problem in problems] == ["content/a.md", "content/p"]


def test_retain_and_dump(tmp_path: Path) -> None:
    """Files that are gone are forgotten; the rows of some alone can be had."""
    root = tree(tmp_path / "c", "a", "b", "c")
    digests = Digests()
    digests.digests(root, scan(root).files, "c/")
    assert digests.changed == {"c/a", "c/b", "c/c"}
    assert digests.retain(["c/a", "c/c", "c/new"]) == ["c/b"]
    assert digests.changed == {"c/a", "c/c"}
    assert [row[0] for row in digests.dump()] == ["c/a", "c/c"]
    assert [row[0] for row in digests.dump(["c/c"])] == ["c/c"]


def test_settled() -> None:
    """Fresh stamps are not trusted; stamps of whole seconds wait two seconds longer."""
    second = 1_000_000_000
    fine = Stat(1, 7, 100 * second + 1, 1)
    assert not settled(fine, 100 * second + 40_000_000)
    assert settled(fine, 100 * second + 60_000_000)
    coarse = Stat(1, 7, 100 * second, 1)
    assert not settled(coarse, 101 * second)
    assert settled(coarse, 103 * second)
    assert not settled(Stat(1, 100 * second + 1, 0, 1), 100 * second + 40_000_000)


def test_stat_fits_the_ledger() -> None:
    """Inodes and times beyond 64 bits signed are cut to what SQLite holds."""
    far = SimpleNamespace(st_size=1, st_mtime_ns=1 << 63 | 7, st_ctime_ns=9, st_ino=1 << 63 | 5)
    assert Stat.of(cast(os.stat_result, far)) == (1, 7, 9, 5)
