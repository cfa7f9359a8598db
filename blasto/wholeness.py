"""What only the whole of a site shows: pages and files that nothing leads to, feeds, limits.

Second step of ``check``, after the links: it asks which files they used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.parsers import expat

from . import diagnose, trace
from .files import scan
from .sources import Finding, Place, Sources
from .trees import TEXTS

if TYPE_CHECKING:
    from .check import Check

XML = (".xml", ".rss", ".atom")
MADE = (".gz", ".br", ".zst", ".map")
UPLOAD = re.compile(r"upload-pages-artifact")
ERROR = re.compile(r"(.*/)?[45]\d\d(\.html|/index\.html)")
MOST_URLS = 50_000
LARGEST_MAP = 50 << 20


def findings(check: Check) -> list[Finding]:
    """Give all that is wrong with the whole."""
    found = [*feeds(check), *sizes(check), *github(check)]
    sources = Sources(check.freezer, check.tree)
    try:
        found += [*orphans(check, sources), *assets(check), *templates(check, sources)]
    finally:
        sources.close()
    return found


def orphans(check: Check, sources: Sources) -> Iterator[Finding]:
    """Find pages that no other page leads to, but for those that want no readers."""
    led: set[str] = set()
    for name, leads in check.leads.items():
        if not ERROR.fullmatch(name):
            led |= leads
    for name, document in check.documents.items():
        if name in led or document.refresh or document.noindex or _apart(check, name):
            continue
        page = sources.page(name)
        if page is not None and not page.listed:
            continue
        yield Finding("orphan", "no other page leads here", name, whole=True)


def _apart(check: Check, name: str) -> bool:
    """Tell whether a page is the first one, an error page, or a file that was only copied."""
    if name == "index.html" or ERROR.fullmatch(name):
        return True
    row = check.tree.rows.get(name)
    return row is not None and not row.source.endswith((".md", ".markdown")) and (
        row.endpoint in ("static", "blasto.theme", "blasto.terms") or _kind(check, row.url) == "public"
    )  # fmt: skip


def _kind(check: Check, url: str) -> str:
    site = check.freezer.site
    target = site.target(url) if site is not None else None
    return target.kind if target is not None else ""


def assets(check: Check) -> Iterator[Finding]:
    """Find files beside the text and in ``static/`` that nothing uses or names."""
    site = check.freezer.site
    if site is None:
        return
    left: dict[str, str] = {}
    for name, row in check.tree.rows.items():
        if (
            name in check.used
            or name in check.documents
            or name.endswith(MADE)
            or name not in check.tree.sizes
        ):
            continue  # fmt: skip
        if row.endpoint == "static" or (
            row.source.startswith(f"{site.settings.content}/") and _kind(check, row.url) == "asset"
        ):
            left[name] = name.rpartition("/")[2]
    if left:
        named = _named(check, set(left.values()))
        for name, last in left.items():
            if last not in named:
                yield Finding("unused-asset", "nothing uses this file", name, whole=True)


def _named(check: Check, names: set[str]) -> set[str]:
    """Give the names that scripts, data and texts of the site mention."""
    found: set[str] = set()
    for name in check.tree.ending(TEXTS):
        if check.tree.sizes[name] < 4 << 20 and name != "sitemap.xml":
            text = check.tree.text(name)
            found.update(one for one in names - found if one in text)
    return found


def templates(check: Check, sources: Sources) -> Iterator[Finding]:
    """Find templates of the site that no URL used and no template that was used names."""
    site = check.freezer.site
    if site is None or sources.ledger is None:
        return
    folder = site.root / site.settings.templates
    with trace.paused():
        names = sorted(scan(folder).files)
    used = set(sources.templates.values())
    texts = {name: (folder / name).read_text(encoding="utf-8", errors="replace") for name in names}
    while True:
        more = {
            name for name in names
            if name not in used
            and any(f'{mark}{name}{mark}' in texts[one] for one in used & texts.keys() for mark in "\"'")
        }  # fmt: skip
        if not more:
            break
        used |= more
    for name in names:
        if name not in used:
            yield Finding(
                "unused-template", "no page uses this template", "index.html", whole=True,
                place=Place(f"{site.settings.templates}/{name}", 1),
                hint="or nothing does so yet: a page names it with `template`",
            )  # fmt: skip


def feeds(check: Check) -> Iterator[Finding]:
    """Find feeds and sitemaps that do not parse or lead to what is not there."""
    for name in check.tree.ending(XML):
        data = check.tree.bytes(name)
        try:
            root, addresses, lacks = _parsed(data)
        except expat.ExpatError as error:
            place = Place(_shown(check, name), error.lineno, error.offset + 1)
            words = expat.errors.messages.get(error.code, str(error))
            yield Finding("feed", f"is not well-formed XML: {words}", name, place=place)
            continue
        if root not in ("feed", "rss", "urlset", "sitemapindex"):
            continue
        for lack in lacks:
            yield Finding("feed", lack, name, whole=True)
        if root == "urlset" and (len(addresses) > MOST_URLS or len(data) > LARGEST_MAP):
            yield Finding("feed", "a sitemap holds at most 50,000 URLs and 50 MB", name, whole=True)
        here = check.urls[name]
        for address in dict.fromkeys(addresses):
            rule, message, _ = check.judge(address, here)
            if rule not in (None, "external", "own-host", "fragment"):
                yield Finding("feed", f'"{address}" {message}', name, needles=(address,))


NEEDED = {
    "feed": {"id", "title", "updated"}, "entry": {"id", "title", "updated"},
    "channel": {"title", "link", "description"}, "url": {"loc"}, "sitemap": {"loc"},
}  # fmt: skip


def _parsed(data: bytes) -> tuple[str, list[str], list[str]]:
    """Give the root of an XML text, the addresses in it, and what a feed lacks.

    :raises ExpatError: it is not well formed.
    """
    root, addresses, lacks = "", [], []
    stack: list[tuple[str, set[str]]] = []
    words: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal root
        name = name.rpartition(":")[2]
        root = root or name
        if stack:
            stack[-1][1].add(name)
        stack.append((name, set()))
        words.clear()
        if name == "link" and attributes.get("rel", "alternate") in ("alternate", "self"):
            addresses.append(attributes.get("href", ""))

    def end(name: str) -> None:
        name, inside = stack.pop()
        if name in ("loc", "link"):
            addresses.append("".join(words).strip())
        missing = NEEDED.get(name, set()) - inside
        if missing and root in ("feed", "rss", "urlset", "sitemapindex"):
            lacks.append(f"{name} has no {' and no '.join(sorted(missing))}")
        words.clear()

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = words.append
    parser.Parse(data, True)
    return root, [one for one in addresses if one], list(dict.fromkeys(lacks))


def sizes(check: Check) -> Iterator[Finding]:
    """Find what is too large for the host."""
    host, tree = check.host, check.tree
    for name, size in tree.sizes.items():
        if host.largest is not None and size > host.largest:
            told = (
                f"is {_megabytes(size)}, and {host.title} takes at most {_megabytes(host.largest)}"
            )
            yield Finding("size", told, name, whole=True)
    whole = sum(tree.sizes.values())
    first = "index.html" if "index.html" in tree.sizes else next(iter(tree.sizes), "")
    if host.most is not None and len(tree.sizes) > host.most:
        told = (
            f"the site has {len(tree.sizes):,} files, and {host.title} takes at most {host.most:,}"
        )
        yield Finding("size", told, first, place=Place(_folder(check)))
    if host.whole is not None and whole > host.whole:
        told = f"the site is {_megabytes(whole)}, and {host.title} takes at most {_megabytes(host.whole)}"
        yield Finding("size", told, first, place=Place(_folder(check)))


def _folder(check: Check) -> str:
    return diagnose.shown(str(check.tree.root), check.freezer.project_root)


def _shown(check: Check, name: str) -> str:
    return diagnose.shown(f"{check.tree.root}/{name}", check.freezer.project_root)


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MB"


def github(check: Check) -> Iterator[Finding]:
    """Find what GitHub's workflow would lose, and a ``CNAME`` that names another host."""
    if check.host.name != "github":
        return
    dotted = [name for name in check.tree.sizes if "/." in f"/{name}" and name != ".nojekyll"]
    folder = check.freezer.project_root / ".github" / "workflows"
    with trace.paused():
        for file in sorted(folder.glob("*.y*ml")) if dotted else ():
            text = file.read_text(encoding="utf-8", errors="replace")
            used = UPLOAD.search(text)
            if used and "include-hidden-files" not in text:
                line = text.count("\n", 0, used.start()) + 1
                place = Place(f".github/workflows/{file.name}", line)
                yield Finding(
                    "hidden-file", f'the action leaves out "{dotted[0]}"', dotted[0], place=place,
                    hint="give it `include-hidden-files: true`",
                )  # fmt: skip
    if "CNAME" in check.tree.sizes and check.origin:
        named = check.tree.text("CNAME").strip().lower()
        host = urlsplit(check.origin).hostname or ""
        if named and named != host:
            told = f'names "{named}", and base_url is on "{host}"'
            yield Finding("cname", told, "CNAME", whole=True)
