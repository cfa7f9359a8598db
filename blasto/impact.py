"""What an edit of a file would have a freeze render again, and why.

Sets what each URL observed, as the last survey found it, against what it would observe
after the edit. For an edit of a page's front matter the site is made once more with the
page changed, and asked the same questions.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from . import trace
from .config import FILE
from .ledger import unpack
from .noting import CONTENT
from .pages import MARKDOWN
from .past import say
from .site import Site
from .survey import Facts

Key = tuple[str, str]


@dataclass
class Edit:
    """One kind of edit.

    :param name: what is edited, in words.
    :param urls: what would be rendered again.
    :param reasons: each reason in words, with the URLs that it is one for.
    """

    name: str
    urls: list[str] = field(default_factory=list)
    reasons: list[tuple[str, list[str]]] = field(default_factory=list)


def edits(site: Site, facts: Facts, file: str) -> list[Edit]:
    """Give the kinds of edit of a file that make a difference.

    :param file: its path, relative to the project.
    """
    path = os.path.normpath(file).replace(os.sep, "/")
    content = f"{site.settings.content}/"
    if path.endswith(".py"):
        return [Edit("code", sorted(facts.rows), [("the site's code changed", sorted(facts.rows))])]
    if path.startswith(content) and path.lower().endswith(MARKDOWN):
        name = path[len(content) :]
        return [
            _edit(facts, "the text", {("body", name)}),
            _edit(facts, "title, tags or summary", _other(site, facts, name)),
        ]
    if path == FILE:
        found = [
            _edit(facts, f"the option {name}", {(kind, name)})
            for _, kind, name, _ in facts.observations
            if kind == "config"
        ]
        return sorted((one for one in found if one.urls), key=lambda one: -len(one.urls))
    return [_edit(facts, "the file", set(_keys(site, facts, path)), path)]


def _edit(facts: Facts, name: str, changed: set[Key], source: str = "") -> Edit:
    """Find the URLs that observed something, and those that are copies of a file."""
    numbers = {number: (kind, what) for number, kind, what, _ in facts.observations
               if (kind, what) in changed}  # fmt: skip
    urls: set[str] = set()
    reasons: dict[str, list[str]] = {}
    for url in sorted(facts.rows):
        row = facts.rows[url]
        seen = [numbers[one] for one in unpack(row.observations) if one in numbers]
        said = [say(*one) for one in seen]
        if source and row.source == source:
            said.append("it is a copy of the file")
        for one in dict.fromkeys(said):
            reasons.setdefault(one, []).append(url)
        if said:
            urls.add(url)
    ordered = sorted(reasons.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return Edit(name, sorted(urls), ordered)


def _other(site: Site, facts: Facts, name: str) -> set[Key]:
    """Give what would be observed differently if a page had another title and other tags."""
    with trace.paused():
        contents = copy.copy(site.contents)
        contents.pages = {
            path: msgspec.structs.replace(page) for path, page in site.contents.pages.items()
        }
        contents.problems = []
        page = contents.pages.get(name)
        if page is None:
            return set()
        page.title, page.nav_title, page.meta_digest = page.title + " *", page.nav_title + " *", "*"
        shadow = copy.copy(site)
        shadow.use(contents)
        return {
            (kind, what)
            for _, kind, what, _ in facts.observations
            if kind in CONTENT
            and kind != "body"
            and shadow.today(kind, what) != site.today(kind, what)
        }


def _keys(site: Site, facts: Facts, path: str) -> Iterable[Key]:
    """Give the observations that may be about a file."""
    config = site.settings
    stem = Path(path).with_suffix("").as_posix()
    if path.startswith(f"{config.templates}/"):
        yield "template", path[len(config.templates) + 1 :]
    if path.startswith(f"{config.data}/"):
        yield "data", stem[len(config.data) + 1 :]
    full = str(site.root / path)
    for _, kind, name, _ in facts.observations:
        if kind in ("file", "read") and name in (path, full):
            yield kind, name


def files(site: Site) -> list[str]:
    """List the files that an edit can be asked about, for a field that completes them."""
    config = site.settings
    found = [FILE]
    for folder in (config.templates, config.data, config.static, config.public, config.content):
        top = site.root / folder
        found += sorted(
            file.relative_to(site.root).as_posix()
            for file in top.rglob("*")
            if file.is_file() and not file.name.startswith(".")
        )[:2000] if top.is_relative_to(site.root) else []  # fmt: skip
    return found
