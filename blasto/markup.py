"""Markdown to HTML: the body of a page, its headings, and every link in it resolved.

Python-Markdown does the work; look-ups (what does this link mean?) are passed in as
functions, so that this room knows no site. Links are rewritten in the finished HTML,
attribute by attribute, raw HTML of the author included.
"""

from __future__ import annotations

import copy
import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from markupsafe import Markup

from . import dialects, extending, fences
from .dialects import Extras
from .trace import digest

if TYPE_CHECKING:
    from markdown import Markdown

    from .config import Markdown as MarkdownConfig

Resolve = Callable[[str, str], str]
"""``(target as written, attribute name) -> target to publish``."""


class Finish(Protocol):
    """What is done to a body's HTML when its links are resolved."""

    def clean(self, text: str) -> str:
        """Look at HTML before its links are resolved."""

    def body(self, text: str) -> str:
        """Finish the HTML of a body, without the heading that opens it."""

    def inline(self, text: str) -> str:
        """Finish the HTML of a heading."""


DEFAULT_EXTENSIONS: dict[str, dict[str, Any]] = {
    "tables": {},
    "footnotes": {"BACKLINK_TEXT": "↩︎", "SEPARATOR": "-"},
    "def_list": {},
    "abbr": {},
    "attr_list": {},
    "md_in_html": {},
    "admonition": {},
    "sane_lists": {},
    "smarty": {},
    "toc": {"permalink": "#", "permalink_title": "Link to this section", "toc_depth": "1-4"},
    "pymdownx.superfences": {},
    "pymdownx.highlight": {
        "use_pygments": True,
        "guess_lang": False,
        "css_class": "highlight",
        "linenums_style": "pymdownx-inline",
    },
    "pymdownx.details": {},
    "pymdownx.tasklist": {},
    "pymdownx.tilde": {"subscript": False},
    "blasto.alerts": {},
}


class Heading(msgspec.Struct):
    """A heading in a table of contents. ``title_html`` is inline HTML."""

    id: str
    title_html: str
    level: int
    children: list[Heading] = []

    @property
    def title(self) -> Markup:
        return Markup(self.title_html)


class Rendered(msgspec.Struct):
    """A body as HTML. ``heading`` is the first-level heading that opened it, if any."""

    html: str
    heading: str = ""
    heading_id: str = ""
    toc: list[Heading] = []


class Renderer:
    """Renders bodies with one set of extensions; keeps a Python-Markdown for all.

    A text that may use an extra is rendered by another, which has that extra too.

    :param extensions: options by extension name, added to those of the dialect;
        ``None`` or ``False`` instead of options takes an extension away.
    :param figures: whether an image alone with a title becomes a figure.
    :param dialect: ``"python-markdown"`` or ``"github"``.
    :param extras: by name; those of :data:`~blasto.dialects.EXTRAS` where nothing is said.
    """

    def __init__(
        self,
        extensions: Mapping[str, Any] | None = None,
        *,
        dialect: str = "python-markdown",
        extras: Extras | None = None,
        figures: bool = True,
    ) -> None:
        given = extensions or {}
        chosen: dict[str, dict[str, Any]] = dict(DEFAULT_EXTENSIONS)
        if dialect == "github":
            chosen = dialects.github(chosen)
        for name, options in given.items():
            if options is None or options is False:
                chosen.pop(name, None)
            else:
                chosen[name] = {**chosen.get(name, {}), **(options if options is not True else {})}
        self.given = given
        self.extensions = chosen
        self.figures = figures
        self.extras = dialects.EXTRAS if extras is None else extras
        self.key = digest(repr((chosen, self.extras, figures)))
        """Names the dialect: bodies rendered under another key are not the same."""
        self._made: dict[frozenset[str], Markdown] = {}

    @classmethod
    def of(cls, config: MarkdownConfig) -> Renderer:
        """Make the renderer that a site's options ask for."""
        extras = dialects.extras_of(config)
        return cls(config.extensions, dialect=config.dialect, extras=extras, figures=config.images)

    def markdown(self, text: str) -> Markdown:
        """Give the Python-Markdown for a text, ready for it."""
        wanted = dialects.signs(text, self.extras)
        if wanted not in self._made:
            # Imported here: a freeze with nothing to do needs no Markdown.
            from .converter import make
            from .figures import FiguresExtension

            chosen = self._chosen(wanted)
            options = _options(chosen)
            try:
                self._made[wanted] = make(
                    extensions=[*chosen, *([FiguresExtension()] if self.figures else [])],
                    extension_configs=options,
                    output_format="html",
                    tab_length=4,
                )
            except Exception:
                extending.load(make, chosen, options)
                raise
        return self._made[wanted].reset()

    def _chosen(self, wanted: Iterable[str]) -> dict[str, dict[str, Any]]:
        extras = [self.extras[name] for name in sorted(wanted)]
        return dialects.extended(self.extensions, self.given, extras)

    def names(self, text: str) -> list[str]:
        """Give the names of the extensions that a text is rendered with."""
        return list(self._chosen(dialects.signs(text, self.extras)))

    @cached_property
    def naming(self) -> Renderer:
        """The same with the language of code in its class, for templates that render code."""
        name = "pymdownx.highlight"
        if name not in self.extensions:
            return self
        made = copy.copy(self)
        named = {"pygments_lang_class": True}
        made.extensions = {**self.extensions, name: {**self.extensions[name], **named}}
        made._made = {}
        return made

    def knows(self, language: str) -> bool:
        """Say whether a language of code is known, or means something to an extension."""
        from .highlight import knows

        code = self.extensions.get("pymdownx.highlight")
        fenced = self.extensions.get("pymdownx.superfences")
        if code is None or fenced is None or not code.get("use_pygments", True):
            return True
        named = [*fenced.get("custom_fences", ()), *code.get("extend_pygments_lang", ())]
        return (
            language in PLAIN
            or any(one.get("name") == language for one in named)
            or knows(language)
        )

    def render(self, body: str, resolve: Resolve, finish: Finish | None = None) -> Rendered:
        """Turn a body into HTML.

        :param resolve: says what each link target becomes.
        :param finish: does the rest, where there is a site.
        """
        markdown = self.markdown(body)
        made = markdown.convert(body)
        text = rewrite(finish.clean(made) if finish is not None else made, resolve)
        tokens = getattr(markdown, "toc_tokens", [])
        opening = OPENING.match(text)
        rendered = Rendered(text)
        if opening:
            rendered.html = text[opening.end() :]
            rendered.heading = HEADERLINK.sub("", opening["inner"]).strip()
            found = ID.search(opening["attributes"])
            rendered.heading_id = html.unescape(found[1]) if found else ""
            tokens = [
                child
                for token in tokens
                for child in (token["children"] if token["id"] == rendered.heading_id else [token])
            ]
        rendered.toc = headings(tokens)
        if finish is not None:
            rendered.html = finish.body(rendered.html)
            rendered.heading = finish.inline(rendered.heading)
            _finish(rendered.toc, finish)
        return rendered

    def fragment(self, text: str, resolve: Resolve, finish: Finish | None = None) -> Markup:
        """Turn a short text, such as an excerpt, into HTML without headings or ids."""
        made = self.markdown(text).convert(text)
        made = rewrite(finish.clean(made) if finish is not None else made, resolve)
        if finish is not None:
            made = finish.body(made)
        return Markup(OWN_ID.sub(r"\1", FOOTNOTE.sub("", HEADINGS.sub("", made))).strip())


PLAIN = frozenset("mermaid plain plaintext txt none nohighlight".split())
"""Words behind a fence that are no language of Pygments and no mistake."""


def _options(extensions: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Give the options of all extensions, those that are functions among them."""
    name = "pymdownx.superfences"
    if name not in extensions:
        return extensions
    given = extensions[name]
    custom = [fences.DIAGRAMS, *given.get("custom_fences", [])]
    return {**extensions, name: {**given, "custom_fences": custom}}


OPENING = re.compile(r"\s*<h1(?P<attributes>[^>]*)>(?P<inner>.*?)</h1>\s*", re.S)
HEADERLINK = re.compile(r'<a class="headerlink"[^>]*>.*?</a>', re.S)
FOOTNOTE = re.compile(r'<sup id="fnref[^>]*>.*?</sup>|<div class="footnote">.*?</div>', re.S)
ID = re.compile(r'\bid="([^"]*)"')
HEADINGS = re.compile(r"<h(?P<level>[1-6])\b[^>]*>.*?</h(?P=level)>\s*", re.S)
OWN_ID = re.compile(r'(<[a-zA-Z][^<>]*?)\sid="[^"]*"')


def headings(tokens: Sequence[Mapping[str, Any]]) -> list[Heading]:
    """Give Python-Markdown's ``toc_tokens`` as :class:`Heading` trees."""
    return [
        Heading(token["id"], token.get("html", token["name"]), token["level"],
                headings(token["children"]))
        for token in tokens
    ]  # fmt: skip


def _finish(toc: list[Heading], finish: Finish) -> None:
    for heading in toc:
        heading.title_html = finish.inline(finish.clean(heading.title_html))
        _finish(heading.children, finish)


# Comments and the insides of script and style elements are skipped whole.
TAG = re.compile(
    r"<!--.*?-->|<(?P<raw>script|style)\b[^>]*>.*?</(?P=raw)\s*>"
    r"|<(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?P<attributes>(?:\s[^<>\"']*|\"[^\"]*\"|'[^']*')*)>",
    re.S | re.I,
)
URL_ATTRIBUTE = re.compile(
    r"(?P<head>\s(?P<name>href|src|srcset|poster|data-src)\s*=\s*)"
    r"(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"'=<>`]+))",
    re.I,
)


def rewrite(text: str, resolve: Resolve) -> str:
    """Pass every ``href``, ``src``, ``srcset`` and ``poster`` of an HTML text to ``resolve``.

    Only the values that change are touched; all other bytes stay as they are.
    """

    def attribute(found: re.Match[str]) -> str:
        value = found["double"] or found["single"] or found["bare"] or ""
        name = found["name"].lower()
        written = html.unescape(value)
        if name == "srcset":
            parts = [part.split() for part in written.split(",") if part.strip()]
            urls = [resolve(part[0], "src") for part in parts]
            if urls == [part[0] for part in parts]:
                return found[0]
            changed = ", ".join(
                " ".join([url, *part[1:]]) for url, part in zip(urls, parts, strict=True)
            )
        else:
            changed = resolve(written, name)
        if changed == written:
            return found[0]
        return f'{found["head"]}"{html.escape(changed)}"'

    def tag(found: re.Match[str]) -> str:
        attributes = found["attributes"]
        if found["raw"]:
            opening, bracket, inside = found[0].partition(">")
            return URL_ATTRIBUTE.sub(attribute, opening) + bracket + inside
        if not attributes or ("=" not in attributes):
            return found[0]
        start = found.start("attributes") - found.start()
        whole: str = found[0]
        changed = URL_ATTRIBUTE.sub(attribute, attributes)
        return whole if changed is attributes else whole[:start] + changed + ">"

    return TAG.sub(tag, text)


EXTERNAL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
ANCHOR = re.compile(
    r"""\s(id|name|href|src|srcset|poster)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""", re.I
)


def survey(text: str) -> tuple[list[str], set[str]]:
    """Read an HTML text once: give its link targets, and the ids that fragments can name."""
    targets: list[str] = []
    ids: set[str] = set()
    for found in TAG.finditer(text):
        attributes = found["attributes"]
        if not attributes:
            if found["raw"] and "src" in found[0][:200]:
                attributes = found[0].partition(">")[0]
            else:
                continue
        for written, double, single, bare in ANCHOR.findall(attributes):
            value = double or single or bare
            if "&" in value:
                value = html.unescape(value)
            name = written.lower()
            if name in ("id", "name"):
                ids.add(value)
            elif name == "srcset":
                targets.extend(part.split()[0] for part in value.split(",") if part.strip())
            elif value:
                targets.append(value)
    return targets, ids


def plain(text: str) -> str:
    """Give an HTML text without its tags, entities resolved, white space collapsed."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())
