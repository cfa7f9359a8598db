"""Full-text search: what of each page is searched, and pagefind's index of it, in bundles.

After all pages of a freeze are made, and before they are published: :func:`index` reads
the pages of one bundle, keeps their searched text in a folder of its own and has pagefind
index that folder. An edit indexes the bundle of its page again, no other, and nothing at
all where no searched text changed. The browser merges the bundles.
"""

from __future__ import annotations

import contextlib
import html
import importlib.util
import json
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path

import msgspec

from . import output, trace
from .errors import BlastoError
from .markup import HEADERLINK

MARK, IGNORE = "data-pagefind-body", "data-pagefind-ignore"
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
LARGE = 700
"""A site has twice as many bundles as soon as one would hold more pages than this."""

PIECE = re.compile(
    r"<!--.*?-->|<(?P<raw>script|style|template|nav)\b[^>]*>.*?</(?P=raw)\s*>"
    r"|<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)"
    r"(?P<attributes>(?:\s[^<>\"']*|\"[^\"]*\"|'[^']*')*)>",
    re.S | re.I,
)
ID = re.compile(r"""\sid\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+)""", re.I)
LANGUAGE = re.compile(r"""<html\b[^>]*?\slang\s*=\s*["']?([\w-]+)""", re.I)
TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.S | re.I)
ENTRY = "pagefind-entry.json"
NEEDED = re.compile(r"pagefind(-worker)?\.js$|pagefind-entry\.json$|\.pf_meta$|\.pagefind$")
PROGRAM = re.compile(r"pagefind(-worker)?\.js$|wasm\.")
PAGE = "/search/"
PREFIX = "/pagefind/"
"""Where the page and the files of the index are published."""
CATALOGUE = "index.json"
"""The file that tells the browser which bundles there are."""


class Made(msgspec.Struct):
    """What is known of a bundle: of each page the digests of its HTML and its text.

    :param stamp: digest of the program that made it.
    :param key: digest of all texts that ``files`` (name to digest) were made from.
    """

    stamp: str = ""
    pages: dict[str, tuple[str, str]] = {}
    key: str = ""
    files: dict[str, str] = {}
    languages: list[str] = []


class Source(msgspec.Struct, array_like=True):
    """A page to index: its URL path, the file it is published as, and where its HTML lies."""

    url: str
    path: str
    digest: str
    file: str


@cache
def program() -> str | None:
    """Give the path of pagefind's program, ``None`` where the extra is not installed."""
    for package in ("pagefind_bin_extended", "pagefind_bin"):
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            name = package.replace("_bin", "") + (".exe" if os.name == "nt" else "")
            file = Path(spec.origin).with_name(name)
            if file.is_file():
                return str(file)
    return None


def bundles(count: int) -> int:
    """Tell how many bundles a site of ``count`` pages has: a power of two."""
    number = 1
    while count > LARGE * number:
        number *= 2
    return number


def bundle(url: str, number: int) -> int:
    """Give the bundle of a URL, the same in every freeze until their number changes."""
    return int.from_bytes(blake2b(url.encode(), digest_size=8).digest()) % number


def searched(text: str, url: str = "") -> str:
    """Give what of an HTML page is searched, as a page of its own; ``""`` where nothing is.

    That is what stands in elements with ``data-pagefind-body``, without navigation,
    what ``data-pagefind-ignore`` hides and attributes but the ids of headings and pagefind's own.
    """
    if MARK not in text:
        return ""
    kept: list[str] = []
    inside, depth, at = "", 0, 0
    hidden, below = "", 0
    for found in PIECE.finditer(HEADERLINK.sub("", text)):
        name, attributes = (found["name"] or "").lower(), found["attributes"] or ""
        step = -1 if found["close"] else 1
        if not inside:
            if MARK in attributes:
                inside, depth, at = name, 1, found.end()
            continue
        if not hidden:
            kept.append(found.string[at : found.start()])
        at = found.end()
        depth += step if name == inside else 0
        below += step if name == hidden else 0
        if depth == 0:
            inside = hidden = ""
            kept.append("\n")
        elif hidden:
            hidden = hidden if below else ""
        elif IGNORE in attributes and name not in VOID:
            hidden, below = name, 1
        elif name:
            kept.append(f"<{found['close']}{name}{_kept(name, attributes)}>")
    body = "".join(kept)
    language, title = LANGUAGE.search(text), TITLE.search(text)
    known = {"url": url}
    if "<h1" not in body and title:
        known["title"] = html.unescape(title[1].strip())
    head = "".join(
        f'<meta data-pagefind-meta="{name}[content]" content="{html.escape(value)}">\n'
        for name, value in known.items()
    )
    return f'<!doctype html>\n<html lang="{language[1] if language else ""}">\n<body>\n{head}{body}'


def _kept(name: str, attributes: str) -> str:
    if "data-pagefind" in attributes:
        return attributes
    found = ID.search(attributes) if name[0] == "h" and name[1:].isdecimal() else None
    return found[0] if found else ""


def made(folder: Path) -> Made:
    """Give what is known of the bundle in a folder; nothing where it was never indexed."""
    try:
        return msgspec.json.decode((folder / "made.json").read_bytes(), type=Made)
    except (OSError, msgspec.DecodeError):
        return Made()


def is_current(known: Made, pages: Iterable[Source], stamp: str) -> bool:
    """Tell whether a bundle was made from exactly these pages, by this program."""
    if known.stamp != stamp:
        return False
    wanted = {page.url: page.digest for page in pages}
    return wanted == {url: digests[0] for url, digests in known.pages.items()}


def _read(file: str) -> str:
    return Path(file).read_bytes().decode("utf-8", "replace")


def index(
    folder: Path, pages: Sequence[Source], stamp: str, read: Callable[[str], str] = _read
) -> Made:
    """Bring the bundle in a folder up to date, and tell what it consists of.

    :param folder: keeps the texts (``text/``) and pagefind's index of them (``index/``).
    :param stamp: digest of the program; nothing that another one made is used.
    :param read: gives the HTML of a page by its ``file``.
    :raises BlastoError: pagefind failed or is not installed.
    """
    with trace.paused():
        known, now = made(folder), Made(stamp)
        if known.stamp != stamp:
            known = Made()
        _sweep(folder / "text", {page.path for page in pages})
        for page in pages:
            digest, text = known.pages.get(page.url, ("", ""))
            place = folder / "text" / page.path
            if digest != page.digest or (text and not place.is_file()):
                shown = searched(read(page.file), output.encode(page.url))
                text = trace.digest(shown) if shown else ""
                if shown:
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(shown.encode())
            if not text:
                place.unlink(missing_ok=True)
            now.pages[page.url] = (page.digest, text)
        texts = {url: text for url, (_, text) in sorted(now.pages.items()) if text}
        now.key = trace.digest(*(f"{url}|{text}" for url, text in texts.items()))
        if now.key == known.key and (folder / "index").is_dir():
            now.files, now.languages = known.files, known.languages
        else:
            shutil.rmtree(folder / "index", ignore_errors=True)
            if texts:
                now.files, now.languages = _run(folder)
        folder.mkdir(parents=True, exist_ok=True)
        waiting = folder / "made.json.new"
        waiting.write_bytes(msgspec.json.encode(now))
        os.replace(waiting, folder / "made.json")
        return now


def _sweep(folder: Path, wanted: Collection[str]) -> None:
    """Take away texts of pages that are gone, whatever was killed before."""
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            file = Path(place, name)
            if file.relative_to(folder).as_posix() not in wanted:
                file.unlink()
        with contextlib.suppress(OSError):  # it is not empty
            os.rmdir(place)


def _run(folder: Path) -> tuple[dict[str, str], list[str]]:
    """Have pagefind index the texts; give the files by digest, and the languages."""
    binary = program()
    if binary is None:
        raise missing()
    import subprocess

    words = [binary, "--site", "text", "--output-path", "index", "--silent"]
    # Neither a pagefind.toml of the project nor its variables may change what comes out.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")}
    done = subprocess.run(words, cwd=folder, env=clean, capture_output=True, text=True, check=False)
    made = folder / "index"
    if done.returncode or not (made / ENTRY).is_file():
        said = (done.stderr or done.stdout).strip().splitlines()
        raise BlastoError.at(f"pagefind failed: {said[-1] if said else done.returncode}")
    entry = json.loads((made / ENTRY).read_bytes())
    # They come in the order of a hash map, which differs from run to run.
    entry["languages"] = dict(sorted(entry["languages"].items()))
    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    (made / ENTRY).write_text(text, encoding="utf-8")
    files = {
        file.relative_to(made).as_posix(): trace.digest(file.read_bytes())
        for file in sorted(made.rglob("*"))
        if file.is_file() and (file.parent != made or NEEDED.search(file.name))
    }
    return files, sorted(entry["languages"])


def missing() -> BlastoError:
    """Say how pagefind is installed."""
    return BlastoError.at("search needs pagefind", hint="pip install 'blasto[search]'")


def place(folder: Path, name: str) -> Path:
    """Give the file behind a name of the index, as it is published."""
    bundle, slash, inner = name.partition("/")
    return Path(f"{folder}/{bundle}/index/{inner}" if slash else f"{folder}/{name}")


def catalogue(found: Mapping[int, Made]) -> tuple[bytes, dict[str, str]]:
    """Say which bundles there are, and give the files to publish, each by its digest.

    The program of the browser comes once for each language: with the first bundle of it.
    """
    files: dict[str, str] = {}
    listed: list[dict[str, object]] = []
    seen: set[str] = set()
    for number, made in sorted(found.items()):
        if made.files:
            first = not seen.issuperset(made.languages)
            seen.update(made.languages)
            listed.append({"path": f"{number}/", "languages": made.languages})
            files |= {
                f"{number}/{name}": digest for name, digest in made.files.items()
                if first or not PROGRAM.match(name)
            }  # fmt: skip
    said = {"tag": trace.digest(*map(str, files.items()))[:12], "bundles": listed}
    return json.dumps(said, separators=(",", ":")).encode() + b"\n", files
