"""Templates: Flask's Jinja2 environment, noting every template that a render asks for.

``get_template`` and its sisters run on every ``extends``, ``include`` and ``import``;
the loader only once a process. So the environment notes, not the loader: each template
that was found, by the digest of its file, and each candidate that was not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from flask import Flask, has_app_context
from jinja2 import Environment as JinjaEnvironment
from jinja2 import Template, TemplateNotFound, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from . import files, locales, trace
from .dates import MONTHS, moment
from .listings import Listing, term_slug
from .markup import EXTERNAL, HEADERLINK, rewrite
from .noting import setting_digest
from .queries import group_by, sort_by, where
from .site import current_site


class Traced(JinjaEnvironment):
    """Mixed into an app's environment: notes templates, and adds ``digest_of``."""

    _digests: dict[str, str]
    _names: tuple[str, ...]

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:
        if trace.current() is not None:
            # First, so that an edit in between makes a URL stale and not wrong.
            self.digest_of(name)
        try:
            with trace.paused():
                template = super()._load_template(name, globals)
        except TemplateNotFound:
            trace.note("template", name, "")
            raise
        if trace.current() is not None:
            trace.note("template", name, self.digest_of(name))
        return template

    def digest_of(self, name: str) -> str:
        """Give the digest of a template's source today, ``""`` where there is none."""
        try:
            known = self._digests
        except AttributeError:
            known = self._digests = {}
        if name not in known:
            with trace.paused():
                try:
                    assert self.loader is not None
                    source, _, _ = self.loader.get_source(self, name)
                    known[name] = trace.digest(source)
                except TemplateNotFound:
                    known[name] = ""
        return known[name]

    @property
    def calls(self) -> str:
        """A digest of how compiled templates call filters and tests."""
        functions = sorted({**self.filters, **self.tests}.items())
        return trace.digest(
            *(f"{name}|{getattr(each, 'jinja_pass_arg', None)}" for name, each in functions)
        )

    def look_again(self, *folders: Path) -> None:
        """Forget which file each name means if the site's own templates came or went."""
        self._digests = {}
        with trace.paused():
            names = tuple(name for folder in folders for name in files.scan(folder).files)
        if self.__dict__.setdefault("_names", names) != names:
            self._names = names
            if self.cache is not None:
                self.cache.clear()

    def forget(self) -> None:
        """Look at template files again: a new freeze begins."""
        self._digests = {}
        if self.cache is not None:
            self.cache.clear()


def trace_templates(app: Flask) -> Traced:
    """Make an app's environment note what it loads; may be called again."""
    environment: Any = app.jinja_env
    if not isinstance(environment, Traced):
        kind = type(environment)
        environment.__class__ = type("Traced" + kind.__name__, (Traced, kind), {})
    traced: Traced = environment
    return traced


def as_date(value: date | datetime | str | None) -> date | datetime | None:
    """Give a date, also of the text that ``page.meta`` has for one."""
    return moment(value, current_site.settings.zone) if isinstance(value, str) else value


def format_date(given: date | datetime | str | None, format: str | None = None) -> str:
    """Format a date as the language of the page does, whatever the machine's locale is.

    :param format: ``strftime`` codes ``%Y %m %d %-d %B %b %A %a %H %M %S %j %y %%``, or
        ``short``, ``medium``, ``long``, ``full``; ``date_format`` where it is left out.
    """
    value = as_date(given)
    if value is None:
        return ""
    pattern = format if format is not None else str(current_site.config.date_format)
    # Given a format, it is a plain function, which works outside of an app.
    language = str(current_site.config.language) if has_app_context() else "en"
    return locales.format_date(value, pattern, language)


def format_number(value: float) -> str:
    """Format a number as the language of the page does."""
    return locales.format_number(value, str(current_site.config.language))


def iso_date(given: date | datetime | str | None) -> str:
    """Format a date as RFC 3339 asks; a day alone where there is no time in it."""
    value = as_date(given)
    if value is None:
        return ""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def rfc822_date(given: date | datetime | str | None) -> str:
    """Format a date as RSS asks, in English on any machine."""
    value = as_date(given)
    if value is None:
        return ""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=current_site.settings.zone)
    return f"{locales.DAYS[value.weekday()][:3]}, {value:%d} {MONTHS[value.month - 1][:3]} {value:%Y %H:%M:%S %z}"


def absolute_url(url: str) -> str:
    """Give a URL with scheme and host."""
    return current_site.absolute(str(url))


def absolute_html(html: str, base: str = "") -> Markup:
    """Give HTML whose links and images have scheme and host, as feeds need it.

    :param base: the absolute URL of the page that the HTML is from: links to a place in
        the page lead there, and the sign at each heading that does so is left out.
    """
    site = current_site

    def absolute(target: str, attribute: str) -> str:
        if EXTERNAL.match(target):
            return target
        return site.absolute(target) if target.startswith("/") else urljoin(base, target)

    text = HEADERLINK.sub("", str(html)) if base else str(html)
    return Markup(rewrite(text, absolute))


def markdown(text: str | None, inline: bool = False) -> Markup:
    """Turn a short Markdown text, as of front matter or a data file, into HTML.

    Links mean what they would mean in the page that is shown.

    :param inline: without the paragraph around it, for a heading or a list entry.
    """
    site = current_site
    trace.note("config", "markdown", setting_digest(site.settings, "markdown"))
    shown = site.current
    page = shown.index if isinstance(shown, Listing) else shown

    def resolve(written: str, attribute: str) -> str:
        return site.resolve(page, written, attribute) if page is not None else written

    made = site.renderer.fragment(str(text or ""), resolve)
    found = PARAGRAPH.fullmatch(made) if inline else None
    return Markup(found[1]) if found else made


PARAGRAPH = re.compile(r"<p>((?:(?!</p>).)*)</p>", re.S)
PIECES = re.compile(r"<!--.*?-->|<[^>]*>|[^<\s]+|\s+|<", re.S)
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


def truncate_html(html: str, words: int = 50, end: str = "…") -> Markup:
    """Cut HTML after some words; elements that are open there are closed."""
    kept: list[str] = []
    opened: list[str] = []
    left = words
    for piece in PIECES.findall(str(html)):
        if piece[0] != "<":
            if not piece.isspace():
                if not left:
                    kept[-1] = kept[-1].rstrip()
                    kept += [escape(end), *(f"</{name}>" for name in reversed(opened))]
                    break
                left -= 1
        elif piece.startswith("</"):
            name = piece[2:-1].strip().lower()
            if name not in opened:
                continue
            del opened[len(opened) - 1 - opened[::-1].index(name) :]
        elif piece[1:2].isalpha():
            if not left:
                continue
            name = re.split(r"[\s/>]", piece[1:], maxsplit=1)[0].lower()
            if name not in VOID:
                opened.append(name)
        kept.append(piece)
    return Markup("".join(kept))


ILLEGAL = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def xml_text(text: str) -> str:
    """Take out characters that XML 1.0 cannot hold (its production 2, Char)."""
    kept = ILLEGAL.sub("", text)
    return Markup(kept) if isinstance(text, Markup) else kept


def late(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a filter that depends on the site or the language.

    Jinja2 carries out a filter of a constant when it compiles a template, once for all, but
    for one that wants the context.
    """

    @pass_context
    @wraps(function)
    def call(_: Context, *arguments: Any, **options: Any) -> Any:
        return function(*arguments, **options)

    return call


FILTERS: Mapping[str, Callable[..., Any]] = {
    "date": late(format_date),
    "number": late(format_number),
    "isodate": late(iso_date),
    "rfc822_date": late(rfc822_date),
    "absolute_url": late(absolute_url),
    "absolute_html": late(absolute_html),
    "slug": term_slug,
    "where": where,
    "sort_by": sort_by,
    "group_by": group_by,
    "markdown": late(markdown),
    "truncate_html": truncate_html,
    "xml_text": xml_text,
}
