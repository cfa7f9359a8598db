"""The ledger: what every URL was made of last time, in one SQLite file.

``.blasto/ledger.sqlite`` lies beside ``build/``, never inside it. It remembers file
digests, parsed pages, rendered bodies, and for each URL its file, its observations and
its links. It also holds the journal: one transaction stores the new facts and the moves
to make in ``build/``, and that commit is the point of no return. A ledger that is
missing, damaged or of another version is begun anew; that is slower, never wrong.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec

from .errors import Problem

VERSION = 9
SCHEMA = """
CREATE TABLE fact (key TEXT PRIMARY KEY, value TEXT NOT NULL, crc INT) WITHOUT ROWID;
CREATE TABLE file (path TEXT PRIMARY KEY, size INT, mtime INT, ctime INT, inode INT,
    digest TEXT NOT NULL, seen INT, crc INT) WITHOUT ROWID;
CREATE TABLE page (path TEXT PRIMARY KEY, digest TEXT NOT NULL, data BLOB NOT NULL, crc INT)
    WITHOUT ROWID;
CREATE TABLE body (path TEXT PRIMARY KEY, key TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE observation (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL,
    digest TEXT NOT NULL, UNIQUE (kind, name));
CREATE TABLE link (id INTEGER PRIMARY KEY, target TEXT NOT NULL UNIQUE);
CREATE TABLE url (url TEXT PRIMARY KEY, endpoint TEXT, path TEXT, digest TEXT,
    size INT, mtime INT, type TEXT, observations BLOB, links BLOB, anchors TEXT,
    problems BLOB, findings BLOB, volatile TEXT, seconds REAL, reason TEXT, source TEXT, modified TEXT, strong TEXT, answer TEXT, crc INT)
    WITHOUT ROWID;
CREATE TABLE journal (step INTEGER PRIMARY KEY, action TEXT NOT NULL, path TEXT NOT NULL,
    staged TEXT, digest TEXT, crc INT);
"""


DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What reading a damaged file raises: names in it may be no text any more."""


class Row(msgspec.Struct):
    """What is remembered of one URL. ``url`` is decoded; ``path`` is its file in the output.

    ``observations`` and ``links`` are ids; ``source`` says what led to the URL; ``findings``
    are the broken links in it; ``strong`` lists the URLs that it asked ``url_for`` for;
    ``answer`` is what it says to the host beside its body.
    """

    url: str
    endpoint: str | None = None
    path: str | None = None
    digest: str = ""
    size: int = 0
    mtime: int = 0
    type: str = ""
    observations: bytes = b""
    links: bytes = b""
    anchors: str = ""
    problems: bytes = b""
    findings: bytes = b""
    volatile: str | None = None
    seconds: float = 0.0
    reason: str = ""
    source: str = ""
    modified: str | None = None
    strong: str = ""
    answer: str = ""


COLUMNS = ", ".join(Row.__struct_fields__)
PLACES = ", ".join("?" * (len(Row.__struct_fields__) + 1))


def checksum(values: Sequence[Any]) -> int:
    """Give a check value of a row's fields: SQLite does not see a bit that flips in a text."""
    return crc32(repr(values).encode("utf-8", "surrogatepass"))


@dataclass(slots=True)
class Move:
    """One step of publishing: ``action`` is ``"write"`` or ``"remove"``."""

    action: str
    path: str
    staged: str | None = None
    digest: str | None = None


def pack(ids: Iterable[int]) -> bytes:
    """Store numbers in eight bytes each, sorted, each once."""
    return array("Q", sorted(set(ids))).tobytes()


def unpack(data: bytes) -> array[int]:
    """Give the numbers back."""
    return array("Q", data)


_problems = msgspec.msgpack.Decoder(list[Problem])


def pack_problems(problems: Sequence[Problem]) -> bytes:
    """Store problems; none are no bytes."""
    return msgspec.msgpack.encode(problems) if problems else b""


def unpack_problems(data: bytes) -> list[Problem]:
    """Give problems back."""
    return _problems.decode(data) if data else []


def is_damage(error: sqlite3.DatabaseError, path: Path) -> bool:
    """Tell whether an error lies in the file, and not in its disk or another process."""
    if not isinstance(error, sqlite3.OperationalError):
        return True
    # A damaged header can make a file read-only, or ask for a feature that nobody has.
    outside = (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
    )
    # An error that Python raises by itself (a text that is no UTF-8) has no code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    return code & 0xFF not in outside and os.access(path, os.W_OK)


class Ledger:
    """An open ledger.

    :param path: the file; its folder is made when it is missing.
    :param readonly: for workers: nothing is ever written.

    ``discarded`` says why an existing file could not be used, or is ``None``.
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path = path
        self.discarded: str | None = None
        self.fresh = False
        self._ids: dict[str, dict[Any, int]] = {"link": {}, "observation": {}}
        if readonly:
            self.db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._open()
        except DAMAGE as error:
            self._restart(str(error))

    def _open(self) -> None:
        self.db = sqlite3.connect(self.path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        (version,) = self.db.execute("PRAGMA user_version").fetchone()
        tables = self.db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not tables:
            self.db.executescript(f"BEGIN;{SCHEMA}PRAGMA user_version={VERSION};COMMIT;")
            self.fresh = True
        elif version != VERSION:
            raise sqlite3.DatabaseError("it was written by another version of blasto")
        else:
            self.db.execute(f"SELECT {COLUMNS} FROM url LIMIT 1").fetchone()
            self.db.execute("SELECT count(*) FROM journal").fetchone()

    def _restart(self, why: str) -> None:
        self.discarded = why
        with contextlib.suppress(sqlite3.Error, AttributeError):
            self.db.close()
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self._open()

    def restart(self, why: str) -> None:
        """Begin anew: the file turned out to be damaged."""
        self._restart(why)

    def check(self) -> None:
        """Begin anew if any table cannot be read to its end."""
        try:
            (verdict,) = self.db.execute("PRAGMA integrity_check(1)").fetchone()
        except DAMAGE as error:
            verdict = str(error)
        if verdict != "ok" or not self._sound():
            self._restart(verdict if verdict != "ok" else "it is damaged")

    def _sound(self) -> bool:
        """Tell whether every row is what was written."""
        try:
            urls = self.db.execute(f"SELECT {COLUMNS}, crc FROM url")
            pages = self.db.execute("SELECT path, digest, data, crc FROM page")
            facts = self.db.execute("SELECT key, value, crc FROM fact")
            moves = self.db.execute("SELECT action, path, staged, digest, crc FROM journal")
            files = self.db.execute(
                "SELECT path, size, mtime, ctime, inode, digest, seen, crc FROM file"
            )
            summed = (urls, pages, facts, moves, files)
            if not all(checksum(row[:-1]) == row[-1] for rows in summed for row in rows):
                return False
            # A number follows from its text, and nothing that a URL names may be missing.
            seen = {number for number, kind, name, _ in self.observations()
                    if number == self.numbered("observation", (kind, name))}  # fmt: skip
            linked = {number for number, target in self.db.execute("SELECT id, target FROM link")
                      if number == self.numbered("link", target)}  # fmt: skip
            rows = self.db.execute("SELECT observations, links FROM url")
            return all(
                seen.issuperset(unpack(one)) and linked.issuperset(unpack(two)) for one, two in rows
            )
        except (sqlite3.Error, UnicodeDecodeError, ValueError):
            return False
        finally:
            self._ids = {"link": {}, "observation": {}}

    @property
    def seal(self) -> Path:
        """The file that says how the ledger was left."""
        return self.path.with_name(self.path.name + ".seal")

    def is_as_left(self) -> bool:
        """Tell by its stat whether nobody touched the file since it was closed."""
        try:
            return self.seal.read_text() == self._stat()
        except OSError:
            return False

    def _stat(self) -> str:
        stat = os.stat(self.path)
        return f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}"

    def close(self) -> None:
        """Close the file and note its stat, so that the next freeze need not check it all."""
        self.db.close()
        wal = self.path.with_name(self.path.name + "-wal")
        with contextlib.suppress(OSError):
            if not wal.exists() and not self.is_as_left():
                self.seal.write_text(self._stat())

    # Facts of one value

    def fact(self, key: str) -> str | None:
        row = self.db.execute("SELECT value FROM fact WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def set_facts(self, facts: dict[str, str]) -> None:
        self.db.executemany(
            "INSERT OR REPLACE INTO fact VALUES (?, ?, ?)",
            ((*fact, checksum(fact)) for fact in facts.items()),
        )

    # Files, pages, bodies

    def files(self) -> Iterator[tuple[str, int, int, int, int, str, int]]:
        return self.db.execute("SELECT path, size, mtime, ctime, inode, digest, seen FROM file")

    def update_files(self, rows: Iterable[Sequence[Any]]) -> None:
        self.db.executemany(
            "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((*row, checksum(row)) for row in rows),
        )

    def pages(self) -> dict[str, tuple[str, bytes]]:
        return {
            path: (digest, data)
            for path, digest, data in self.db.execute("SELECT path, digest, data FROM page")
        }

    def set_pages(self, rows: Iterable[tuple[str, str, bytes]], gone: Iterable[str]) -> None:
        self.db.executemany(
            "INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?)",
            ((*row, checksum(row)) for row in rows),
        )
        lost = [(path,) for path in gone]
        self.db.executemany("DELETE FROM page WHERE path = ?", lost)
        self.db.executemany("DELETE FROM body WHERE path = ?", lost)
        self.db.executemany("DELETE FROM body WHERE path = ? || '#summary'", lost)

    def forget_sources(self) -> None:
        """Forget what was read and rendered in another way than is done now."""
        self.db.execute("DELETE FROM page")
        self.db.execute("DELETE FROM body")

    def body(self, key: str) -> bytes | None:
        digest, _, path = key.partition(" ")
        row = self.db.execute("SELECT data FROM body WHERE path = ? AND key = ?", (path, digest))
        found = row.fetchone()
        return found[0] if found else None

    def add_bodies(self, bodies: Iterable[tuple[str, bytes]]) -> None:
        """Keep rendered bodies, one a page; a key is a digest and the page's path."""
        self.db.executemany(
            "INSERT OR REPLACE INTO body VALUES (?, ?, ?)",
            ((key.partition(" ")[2], key.partition(" ")[0], data) for key, data in bodies),
        )

    # Observations and links, shared between URLs by number

    def numbered(self, table: str, key: str | tuple[str, str]) -> int:
        """Give the number of a link target or of ``(kind, name)``.

        It follows from the text alone, so that nothing has to be looked up: 62 bits make
        two equal ones among a million less likely than a broken disk.
        """
        numbers = self._ids[table]
        found = numbers.get(key)
        if found is None:
            text = key if isinstance(key, str) else "\0".join(key)
            data = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            found = numbers[key] = int.from_bytes(data) >> 2
        return found

    def observations(self, but: Iterable[str] = ()) -> list[tuple[int, str, str, str]]:
        """Give number, kind, name and digest of every observation.

        :param but: kinds to leave out.
        """
        kinds = ", ".join(f"'{kind}'" for kind in sorted(but))
        where = f" WHERE kind NOT IN ({kinds})" if kinds else ""
        return self.db.execute(f"SELECT id, kind, name, digest FROM observation{where}").fetchall()

    def links(self) -> dict[int, str]:
        stored = dict(self.db.execute("SELECT id, target FROM link").fetchall())
        return stored | {number: target for target, number in self._ids["link"].items()}

    # URLs

    def rows(self) -> Iterator[Row]:
        return (Row(*values) for values in self.db.execute(f"SELECT {COLUMNS} FROM url"))

    def row(self, url: str) -> Row | None:
        values = self.db.execute(f"SELECT {COLUMNS} FROM url WHERE url = ?", (url,)).fetchone()
        return Row(*values) if values else None

    def outputs(self) -> list[tuple[str, str, int, int, str]]:
        """Give ``(url, path, size, mtime, digest)`` of every file in the output."""
        return self.db.execute(
            "SELECT url, path, size, mtime, digest FROM url WHERE path IS NOT NULL"
        ).fetchall()

    def published(self) -> Iterator[tuple[str, str, str, str]]:
        """Give path, digest, media type and answer of every file in the output."""
        return self.db.execute("SELECT path, digest, type, answer FROM url WHERE path IS NOT NULL")

    def paths(self) -> set[str]:
        """Give every file in the output."""
        query = "SELECT path FROM url WHERE path IS NOT NULL"
        return {path for (path,) in self.db.execute(query)}

    def troubled(self) -> list[Row]:
        """Give the rows that have warnings to say again."""
        query = f"SELECT {COLUMNS} FROM url WHERE problems != x'' OR findings != x''"
        return [Row(*values) for values in self.db.execute(query)]

    def warnings(self) -> list[Problem]:
        """Give the warnings of the last freeze that belong to no URL."""
        row = self.db.execute("SELECT value FROM fact WHERE key = 'warnings'").fetchone()
        try:
            return msgspec.json.decode(row[0], type=list[Problem]) if row else []
        except msgspec.DecodeError:
            return []

    def set_rows(self, rows: Iterable[Row]) -> None:
        self.db.executemany(
            f"INSERT OR REPLACE INTO url ({COLUMNS}, crc) VALUES ({PLACES})",
            ((*values, checksum(values)) for values in map(msgspec.structs.astuple, rows)),
        )

    def remove_rows(self, urls: Iterable[str]) -> None:
        self.db.executemany("DELETE FROM url WHERE url = ?", ((url,) for url in urls))

    def set_observations(self, digests: dict[tuple[str, str], str]) -> None:
        self.db.executemany(
            "INSERT OR REPLACE INTO observation VALUES (?, ?, ?, ?)",
            ((self.numbered("observation", key), *key, value) for key, value in digests.items()),
        )

    def forget_observation(self, number: int) -> None:
        self.db.execute("DELETE FROM observation WHERE id = ?", (number,))

    def set_links(self) -> None:
        """Store the link targets that got a number since the file was opened."""
        self.db.executemany(
            "INSERT OR IGNORE INTO link VALUES (?, ?)",
            ((number, target) for target, number in self._ids["link"].items()),
        )

    def forget_paths(self, paths: Iterable[str]) -> None:
        """Forget the URLs whose published files were lost, so that they are made again."""
        self.db.executemany("DELETE FROM url WHERE path = ?", ((path,) for path in paths))
        # Or nothing would seem to have changed.
        self.db.execute("DELETE FROM fact WHERE key = 'roots'")

    # The journal

    def set_journal(self, moves: Iterable[Move]) -> None:
        self.db.executemany(
            "INSERT INTO journal (action, path, staged, digest, crc) VALUES (?, ?, ?, ?, ?)",
            ((*move, checksum(move)) for move in map(astuple, moves)),
        )

    def journal(self) -> list[Move]:
        return [
            Move(*row)
            for row in self.db.execute(
                "SELECT action, path, staged, digest FROM journal ORDER BY step"
            )
        ]

    def waits(self) -> bool:
        """Tell whether there is a journal that was not carried out."""
        try:
            return self.db.execute("SELECT 1 FROM journal LIMIT 1").fetchone() is not None
        except sqlite3.Error:
            return False

    def clear_journal(self) -> None:
        self.db.execute("DELETE FROM journal")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All that the block stores is stored, or none of it."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")
