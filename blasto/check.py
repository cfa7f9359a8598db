"""Everything that can be wrong with a published site, looked for in its files.

A tool beside the site: reads the tree (``trees``), judges links here and the whole in
``wholeness``, and lets ``sources`` say where each finding was written. What a link leads to
is asked of the host that the site is for.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from . import external, hostfiles, hosts, output, parity, trees, wholeness, workers
from .documents import Document, Flaw
from .errors import BlastoError, Problem, Severity, UsageError, did_you_mean
from .ledger import unpack_problems
from .reports import ANEW
from .sources import Finding, Place, Sources
from .statics import addresses
from .trees import Tree

if TYPE_CHECKING:
    from .freezer import Freezer

ERRORS = {
    "link": "A link leads nowhere.",
    "fragment": "A link names a heading or an id that the page does not have.",
    "asset": "An image, a script, a style sheet or what it uses is not there.",
    "case": "A link differs from what is there by upper and lower case alone.",
    "base-path": "A link leads out of the path that the site lies under.",
    "redirect": "A page that leads on leads nowhere, or in a circle.",
    "feed": "A feed or a sitemap is not well formed, or leads to what is not there.",
    "size": "A file, or the whole, is too large for the host.",
    "external": "Another server says that there is nothing.",
    "parity": "The live app and the frozen tree answer differently.",
}
WARNINGS = {
    "duplicate-id": "Two elements of a page have one id.",
    "alt": "An image has no `alt`.",
    "lang": "A page does not say its language.",
    "title": "A page has no title.",
    "heading-order": "A heading leaves out a level.",
    "own-host": "A link to the site itself names its host.",
    "orphan": "No other page leads to a page.",
    "unused-asset": "Nothing uses a file.",
    "content": "What the freeze warned of, but for links.",
    "unused-template": "No page uses a template.",
    "hidden-file": "The workflow leaves out files whose names begin with a dot.",
    "external-unsure": "Another server did not answer, or refused to.",
    "cname": "`CNAME` names another host than `base_url`.",
}
RULES = {**ERRORS, **WARNINGS}


@dataclass
class Checked:
    """What a check found and how much it looked at."""

    problems: list[Problem] = field(default_factory=list)
    pages: int = 0
    files: int = 0
    links: int = 0
    seconds: float = 0.0

    @property
    def facts(self) -> dict[str, object]:
        seconds = round(self.seconds, 3)
        return {"pages": self.pages, "files": self.files, "links": self.links, "seconds": seconds}

    @property
    def summary(self) -> str:
        errors = sum(problem.severity == "error" for problem in self.problems)
        return (
            f"checked {self.pages} pages and {self.links} links in {self.seconds:.1f} s: "
            f"{errors} errors, {len(self.problems) - errors} warnings"
        )


class Check:
    """One look at a tree.

    :param freezer: of the site; its settings say where it will lie.
    :param tree: the files.
    :param host: the name of the host that they are for.
    """

    def __init__(self, freezer: Freezer, tree: Tree, host: str, count: int = 1) -> None:
        self.freezer = freezer
        self.tree = tree
        self.count = count
        self.host = hosts.HOSTS[host]
        self.base = freezer.script_name
        address = urlsplit(freezer.app.config["FREEZER_BASE_URL"] or "")
        self.origin = f"{address.scheme}://{address.netloc}" if address.netloc else ""
        self.documents = tree.documents(count)
        self.urls = {name: self.url_of(name) for name in tree.sizes}
        self.used: set[str] = set()
        self.leads: dict[str, set[str]] = {}
        """Pages that each page links to."""
        self.links = 0
        self.external: dict[str, list[str]] = {}
        """Pages that name each address of another server."""
        self._known: dict[str, tuple[str | None, str, str]] = {}
        self._lower: dict[str, str] | None = None
        self._ids: dict[str, set[str]] = {}

    def url_of(self, name: str) -> str:
        """Give the decoded URL path that shows a file, with the base path."""
        row = self.tree.rows.get(name)
        if row is not None:
            return self.base + row.url
        url = name[: -len("index.html")] if ("/" + name).endswith("/index.html") else name
        return f"{self.base}/{url}"

    def findings(self) -> Iterator[Finding]:
        """Give what is wrong with single pages and with links."""
        for name, document in self.documents.items():
            for flaw in document.flaws:
                yield Finding(flaw.rule, flaw.message, name, needles=_needles(flaw))
            yield from self._page(name, document)
        for name in self.tree.ending((".css",)):
            here = output.encode(self.urls[name])
            for target in dict.fromkeys(addresses(self.tree.text(name))):
                yield from self._link(name, target, "css", here)

    def _page(self, name: str, document: Document) -> Iterator[Finding]:
        here = output.encode(self.urls[name])
        if document.base:
            here = urljoin(here, document.base)
        self.leads[name] = set()
        for target, element in document.links:
            yield from self._link(name, target, element, here)
        for style in document.styles:
            for target in dict.fromkeys(addresses(style)):
                yield from self._link(name, target, "css", here)
        for mention in document.mentions:
            self.judge(mention, here)
        if document.refresh:
            yield from self._leading(name, document.refresh, here)

    def _link(self, name: str, target: str, element: str, here: str) -> Iterator[Finding]:
        self.links += 1
        rule, message, leads = self.judge(target, here)
        if leads in self.documents and leads != name and element in ("a", "area", "link"):
            self.leads.setdefault(name, set()).add(leads)
        if rule == "external":
            if element != "form":
                self.external.setdefault(leads, []).append(name)
            return
        if rule == "own-host" and element in ("link", "meta"):
            return  # canonical links and the like have to be absolute
        if rule is not None:
            if rule == "link" and element not in ("a", "area", "form", "iframe"):
                rule = "asset"
            word = "" if element == "a" else f"{element} "
            yield Finding(rule, f'{word}"{target}" {message}', name, target)

    def judge(self, target: str, here: str) -> tuple[str | None, str, str]:
        """Say what is wrong with a link: rule, message, and the file that it leads to.

        :param target: as it stands in a page.
        :param here: the page's URL, encoded and with the base path.
        """
        key = target if target.startswith(("/", "http")) else f"{here}\n{target}"
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._judged(target, here)
        if known[2] and known[0] != "external":
            self.used.add(known[2])
        return known

    def _judged(self, target: str, here: str) -> tuple[str | None, str, str]:
        try:
            parts = urlsplit(urljoin(here, target))
        except ValueError:
            return "link", "is no URL", ""
        own = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
        if parts.scheme not in ("", "http", "https"):
            return None, "", ""
        if own and own != self.origin:
            return "external", "", parts._replace(fragment="").geturl()
        if self.base and not (parts.path + "/").startswith(self.base + "/"):
            if own:
                return "external", "", parts._replace(fragment="").geturl()
            return "base-path", f"leads out of {self.base}/", ""
        if self.host.name == "file" and not own and target.startswith("/"):
            return "base-path", "leads to the root of the disk", ""
        wrong = self._within(parts.path, parts.fragment)
        if wrong[0] is None and own:
            return "own-host", "names the host of the site itself", wrong[2]
        return wrong

    def _within(self, path: str, fragment: str) -> tuple[str | None, str, str]:
        """Judge a path of this site."""
        try:
            decoded = output.decode(path[len(self.base) :] or "/")
        except BlastoError as error:
            return "link", f"is no path: {error.problems[0].message}", ""
        reply = self.reply(decoded)
        if reply.file is None or not reply.found:
            if reply.status == 403:
                return "link", "leads to a folder without a page", ""
            near = self._near(decoded)
            if near is not None:
                return "case", f'leads nowhere: it is "{near}", in other letters', ""
            return "link", "leads nowhere", ""
        wanted = unquote(fragment)
        document = self.documents.get(reply.file)
        if document is None or not wanted or wanted == "top" or ":~:" in wanted:
            return None, "", reply.file
        if reply.file not in self._ids:
            self._ids[reply.file] = set(document.ids)
        if wanted in self._ids[reply.file] or fragment in self._ids[reply.file]:
            return None, "", reply.file
        return "fragment", f'names "#{wanted}", which is not on that page', reply.file

    def reply(self, path: str) -> hosts.Reply:
        """Give what the host answers at last; a page for what is missing is nothing."""
        for _ in range(5):
            name = hosts.inside(path)
            reply = None
            if name is not None:
                reply = self.host.answer(name, path.endswith("/"), self.tree)
            if reply is None:
                return hosts.Reply(404)
            if reply.location is None:
                return reply
            path = reply.location
        return hosts.Reply(404)

    def _near(self, path: str) -> str | None:
        if self._lower is None:
            self._lower = {}
            for url in self.urls.values():
                bare = url[len(self.base) :]
                self._lower[bare.lower().rstrip("/")] = bare
        found = self._lower.get(path.lower().rstrip("/"))
        return found if found is not None and found.rstrip("/") != path.rstrip("/") else None

    def _leading(self, name: str, target: str, here: str) -> Iterator[Finding]:
        """Judge a page that leads on."""
        way = [name]
        while True:
            rule, message, leads = self.judge(target, here)
            if rule == "own-host":
                rule = None
            if rule is not None and rule != "external":
                yield Finding(
                    "redirect", f'leads on to "{target}", which {message}', name, whole=True
                )
                return
            document = self.documents.get(leads)
            if document is None or not document.refresh:
                return
            if leads in way:
                told = " to ".join(self.urls[one] for one in [*way, leads])
                yield Finding("redirect", f"leads on in a circle: {told}", name, whole=True)
                return
            way.append(leads)
            target, here = document.refresh, output.encode(self.urls[leads])


def _needles(flaw: Flaw) -> tuple[str, ...]:
    """Give the texts to look for in the sources, the surest first."""
    text = flaw.needle
    if flaw.rule == "duplicate-id":
        return (f'id="{text}"', f"id='{text}'", f"id={text}", f"#{text} ", f"#{text}}}", text)
    if flaw.rule == "heading-order":
        return (f"# {text}", f">{text}<", text)
    if flaw.rule == "alt":
        last = text.rpartition("/")[2]
        return (f'"{text}"', text, f'{last}"', f"{last}'", last)
    return (text,)


def check(
    freezer: Freezer,
    *,
    live: bool = False,
    host: str | None = None,
    ignore: Sequence[str] = (),
    count: int = 0,
    same: bool = False,
    ask: bool = False,
) -> Checked:
    """Check a site.

    :param live: look at what the next freeze would publish; nothing is published.
    :param host: the name of the host that it is for.
    :param ignore: findings to leave out: ``rule``, or ``rule:PATTERN`` for the file or URL.
    :param count: processes; 0 for one a core.
    :param same: compare the live app with the frozen tree, too.
    :param ask: ask other servers for what is linked there, too.
    :raises BlastoError: there is no tree, or the live app fails.
    """
    began = time.perf_counter()
    chosen = hostfiles.choose(freezer, host)
    site = freezer.site
    left_out = [*(site.settings.check.ignore if site is not None else ()), *ignore]
    for one in left_out:
        rule = one.partition(":")[0]
        if rule not in RULES:
            raise UsageError.at(f'there is no rule "{rule}"', hint=did_you_mean(rule, RULES))
    if same and live:
        raise UsageError.at("--parity is about the frozen tree", hint="leave --live out")
    done, told_of = Checked(), set[str]()

    def look(tree: Tree) -> None:
        made = Check(freezer, tree, chosen, count or workers.cores())
        found = list(made.findings())
        found += wholeness.findings(made)
        if same:
            found += parity.findings(made)
        if ask:
            found += external.findings(made, _globs(left_out))
        done.pages, done.files, done.links = len(made.documents), len(tree.sizes), made.links
        placed, vague = warned(tree)
        told_of.update([one.message for one in placed] + [one.message for one in vague])
        done.problems += [*told(made, [*found, *vague]), *placed]

    if live:
        looked: list[Tree] = []

        def inspect(tree: Tree) -> None:
            looked.append(tree)
            look(tree)

        for _ in freezer.freeze_options(inspect=inspect, workers=count):
            pass
        if not looked:
            look(trees.frozen(freezer))
        others = freezer.report.warnings
    else:
        look(trees.frozen(freezer))
        others = trees.warnings(freezer)
    done.problems += [
        as_rule(one) for one in others
        if one.message not in told_of and one.kind != ANEW and not one.message.startswith("broken link")
    ]  # fmt: skip
    done.problems = [one for one in done.problems if not _ignored(one, left_out)]
    done.problems.sort(key=lambda one: (one.key, one.kind, one.url or ""))
    done.seconds = time.perf_counter() - began
    return done


def _globs(patterns: Iterable[str]) -> list[str]:
    """Give the addresses of other servers that are to be left alone."""
    return [
        one.partition(":")[2]
        for one in patterns
        if one.startswith(("external:", "external-unsure:"))
    ]


def as_rule(problem: Problem) -> Problem:
    """Give a warning of the freeze as a finding."""
    return problem if problem.kind in RULES else replace(problem, kind="content")


def warned(tree: Tree) -> tuple[list[Problem], list[Finding]]:
    """Give what the freeze warned of: what has its place, and what has none yet."""
    placed: dict[object, Problem] = {}
    vague = []
    for name, row in tree.rows.items():
        for one in map(as_rule, unpack_problems(row.problems)):
            if one.path is None:
                vague.append(Finding(one.kind, one.message, name, hint=one.hint, whole=True))
            else:
                placed[one.key, one.kind] = one
    return list(placed.values()), vague


def told(made: Check, findings: Iterable[Finding]) -> list[Problem]:
    """Give each finding the place where it was written; one place is told once."""
    sources = Sources(made.freezer, made.tree)
    problems: dict[tuple[object, ...], list[Problem]] = {}
    try:
        for finding in findings:
            here = output.encode(made.urls.get(finding.name, finding.name))
            if finding.place is not None:
                place: Place = finding.place
            elif finding.whole:
                place = sources.whole(finding.name)
            elif finding.target:
                place = sources.link(finding.name, finding.target, here)
            else:
                place = sources.text(finding.name, finding.needles)
            lost = not finding.whole and finding.place is None and place.source is None
            message = finding.message
            if place.written:
                message = message.replace(f'"{finding.target}"', f'"{place.written}"', 1)
            severity: Severity = "error" if finding.rule in ERRORS else "warning"
            problem = Problem(
                message, place.path, place.line, place.column, finding.hint, place.source,
                severity, here or None, kind=finding.rule,
            )  # fmt: skip
            # What a template composes stands in no source: one finding for all pages.
            key = (
                finding.rule,
                finding.message,
                *((None, None) if lost else (place.path, place.line)),
            )
            problems.setdefault(key, []).append(problem)
    finally:
        sources.close()
    return [_once(group) for group in problems.values()]


def _once(group: list[Problem]) -> Problem:
    """Give one problem for all pages that have it from one line."""
    first = min(group, key=lambda problem: (problem.url or "", problem.key))
    count = len({problem.url for problem in group}) - 1
    if not count:
        return first
    also = f"on {count} other page{'s' if count > 1 else ''} too"
    return replace(first, hint=f"{first.hint}; {also}" if first.hint else also)


def _ignored(problem: Problem, patterns: Iterable[str]) -> bool:
    for pattern in patterns:
        rule, colon, glob = pattern.partition(":")
        if rule == problem.kind and (
            not colon
            or any(fnmatchcase(text, glob) for text in (problem.path, problem.url) if text)
        ):
            return True
    return False
