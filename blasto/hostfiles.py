"""What the app says beside its bodies, for the host: redirects and headers.

``rendering`` notes both of each answer. Called by ``freezing`` when every URL is known: where
the host reads ``_redirects`` and ``_headers``, they join the tree like static files; where
it cannot do what the app does, that is a warning. ``preview`` and ``blasto rules`` ask too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, request

from . import hostrules, hosts, output, trace
from .errors import Problem, UsageError, did_you_mean
from .frontier import Found
from .hostrules import HEADERS, REDIRECTS, Header, Redirect, Rules
from .ledger import Ledger
from .site import Site, current_site

if TYPE_CHECKING:
    from .freezer import Freezer
    from .freezing import Freeze
    from .ledger import Row
    from .reports import Done

ENDPOINT = "blasto.host_file"
KIND = "HostWarning"
CONTENT_SECURITY = "content-security-policy"
MOST_REDIRECTS, MOST_HEADERS = 2_000, 100
"""What Cloudflare Pages reads."""


def rules(rows: Iterable[Row], base: str) -> Rules:
    """Make rules of what is known of all URLs.

    :param base: the base path.
    """
    redirects, given = [], {}
    for row in sorted(rows, key=lambda row: row.url):
        if row.path is None or row.endpoint == ENDPOINT:
            continue
        moved, headers = json.loads(row.answer) if row.answer else (None, [])
        path = output.encode(base + row.url)
        if moved:
            redirects.append(Redirect(path, moved[1], moved[0], force=True))
        elif row.answer or row.observations:
            given[path] = [(name, value) for name, value in headers if name.lower() != "set-cookie"]
    return Rules(tuple(redirects), tuple(grouped(given)))


def grouped(given: Mapping[str, list[tuple[str, str]]]) -> Iterator[Header]:
    """Join headers of single URLs into rules for folders that have them throughout."""
    having: dict[tuple[str, str], set[str]] = {}
    for path, headers in given.items():
        for header in headers:
            having.setdefault(header, set()).add(path)
    found: dict[str, list[tuple[str, str]]] = {}
    counts: dict[str, int] = {}
    for path in given:
        for folder in _folders(path):
            counts[folder] = counts.get(folder, 0) + 1
    for header, paths in sorted(having.items()):
        inside: dict[str, int] = {}
        for path in paths:
            for folder in _folders(path):
                inside[folder] = inside.get(folder, 0) + 1
        full = {folder for folder, count in inside.items() if count == counts[folder] > 1}
        for path in sorted(paths):
            place = next((f"{folder}*" for folder in _folders(path) if folder in full), path)
            if header not in found.setdefault(place, []):
                found[place].append(header)
    for place in sorted(found, key=lambda place: (not place.endswith("*"), place)):
        yield Header(place, tuple(found[place]))


def _folders(path: str) -> list[str]:
    """Give the folders that a path lies in, the outermost first."""
    return [path[: at + 1] for at, letter in enumerate(path) if letter == "/"]


def tell_host(freeze: Freeze) -> Iterator[Done]:
    """Take ``_redirects`` and ``_headers`` into the freeze, and warn of what is lost."""
    site = freeze.freezer.site
    if site is None or not site.settings.host:
        return
    host = hosts.HOSTS[site.settings.host]
    made = rules(freeze.rows.values(), freeze.freezer.script_name)
    freeze.frontier.warnings += lost(freeze.rows.values(), made, host)
    if not host.rules:
        return
    folder = freeze.freezer.state_file("host")
    texts = {
        REDIRECTS: hostrules.write_redirects(made, host.name),
        HEADERS: hostrules.write_headers(made),
    }
    with trace.paused():
        for name, text in texts.items():
            whole = _own(site, name) + text
            if not whole:
                (folder / name).unlink(missing_ok=True)
                continue
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(whole, encoding="utf-8")
            digest = trace.digest(whole)
            done = freeze.decide(
                Found(f"/{name}", ENDPOINT, "the host's rules", digest, folder / name), []
            )
            if done is not None:
                yield done


def _own(site: Site, name: str) -> str:
    """Give what the author wrote, which comes first and so wins among redirects."""
    file = site.root / site.settings.public / name
    return file.read_text(encoding="utf-8").rstrip("\n") + "\n" if file.is_file() else ""


def register(blueprint: Blueprint, *, on: bool) -> None:
    """Give a site the endpoint of its host's files, where the host reads them."""
    if on:
        for name in (REDIRECTS, HEADERS):
            blueprint.add_url_rule(f"/{name}", "host_file", host_file)


def host_file() -> Response:
    """Answer with what is known before a freeze: the author's own rules, and old addresses."""
    site, name = current_site, request.path.rpartition("/")[2]
    text = _own(site, name)
    if name == REDIRECTS:
        moved = (
            Redirect(output.encode(site.base_path + url), site.page(target.name).url)
            for url, target in site.routes.targets.items() if target.kind == "alias"
        )  # fmt: skip
        text += hostrules.write_redirects(Rules(tuple(moved)), site.settings.host)
    if not text:
        abort(404)
    return Response(text, mimetype="text/plain")


def lost(rows: Iterable[Row], made: Rules, host: hosts.Host) -> Iterator[Problem]:
    """Warn of what the app says and the host cannot."""
    seen: dict[str, list[str]] = {}
    for row in rows:
        if row.answer and row.path is not None:
            for name, _ in json.loads(row.answer)[1]:
                cannot = host.name in ("github", "file") and name != "Content-Type"
                if name.lower() == "set-cookie" or cannot:
                    seen.setdefault(name, []).append(row.url)
    for name, urls in sorted(seen.items()):
        many = f", and {len(urls) - 1:,} more set it" if len(urls) > 1 else " sets it"
        hint = "leave it out, or choose a host that can"
        if name.lower() == CONTENT_SECURITY:
            hint = '<meta http-equiv="Content-Security-Policy" content="…"> does most of it'
        said = f'the header "{name}" is lost on {host.title}: {min(urls)}{many}'
        yield Problem(said, severity="warning", hint=hint, kind=KIND)
    if host.name == "cloudflare":
        for count, most, name in (
            (len(made.redirects), MOST_REDIRECTS, REDIRECTS),
            (len(made.headers), MOST_HEADERS, HEADERS),
        ):
            if count > most:
                said = f"{name} has {count:,} rules, and {host.title} reads {most:,}"
                yield Problem(said, severity="warning", kind=KIND)


def choose(freezer: Freezer, host: str | None, known: Iterable[str] = tuple(hosts.HOSTS)) -> str:
    """Give the host that was asked for, else the one of ``blasto.toml``, else GitHub Pages.

    :param known: those that can be chosen.
    :raises UsageError: there is no such host, or it is none of them.
    """
    site = freezer.site
    chosen = host or (site.settings.host if site is not None else "") or hosts.DEFAULT
    if chosen not in known:
        several = [name for name in hosts.HOSTS if name in known]
        told = "reads no rules" if chosen in hosts.HOSTS else "is not known"
        raise UsageError.at(
            f'the host "{chosen}" {told}',
            hint=did_you_mean(chosen, several) or f"--host can be {', '.join(several)}",
        )
    return chosen


def published(freezer: Freezer) -> Rules:
    """Give the rules of what was frozen last, none where nothing was."""
    path = freezer.state_file("sqlite")
    if not path.is_file():
        return Rules()
    with closing(Ledger(path, readonly=True)) as ledger:
        return rules(ledger.rows(), freezer.script_name)


def followed(freezer: Freezer, host: str) -> Rules:
    """Give the rules that a host follows for the frozen tree: its files, or what it was told."""
    folder = freezer.root
    if not hosts.HOSTS[host].rules:
        return published(freezer) if host in hosts.TOLD else Rules()
    texts = []
    for name in (REDIRECTS, HEADERS):
        file = folder / name
        with trace.paused():
            texts.append(
                file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
            )
    return hostrules.read(texts[0], texts[1], host)
