"""What an HTML document holds that a check wants to know: links, ids, headings, what lacks.

Below ``check``, which reads every page of a site with it: one pass over the tags with
regular expressions that cannot backtrack, so that a page takes well under a millisecond.
"""

from __future__ import annotations

import html
import re

import msgspec

# An attribute as browsers read it; what is possessive is never given back.
_VALUE = r"""(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'>][^\s>]*+))?+"""
# A hundred are enough; without a limit a broken text would take the square of its length.
_ATTRIBUTES = rf"(?:[\s/]*+[^\s=>/][^\s=>/]*+{_VALUE}){{0,100}}+[\s/]*+"
TAG = re.compile(
    r"<!--.*?(?:-->|\Z)"
    rf"|<(?P<raw>script|style|textarea|title|xmp)(?=[\s/>])(?P<before>{_ATTRIBUTES})>"
    r"(?P<inside>.*?)(?:</(?P=raw)(?=[\s/>])|\Z)"
    rf"|<(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>{_ATTRIBUTES})>",
    re.S | re.I,
)
ATTRIBUTE = re.compile(
    r"""([^\s=>/][^\s=>/]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>][^\s>]*+)))?+""", re.S
)
HEADERLINK = re.compile(r'<a class="headerlink".*?</a>', re.S)
HEADING = re.compile(r"h[1-6]", re.I)
REFRESH = re.compile(r"\s*[\d.]*\s*[;,]?\s*(?:url\s*=\s*)?['\"]?(?P<url>[^'\"]*)", re.I)
WHOLE = re.compile(r"<(?:!doctype|html|head|body)\b", re.I)
# Elements whose attributes lead somewhere, and which of them.
LEADING = {
    "a": ("href",), "area": ("href",), "link": ("href",), "img": ("src",), "script": ("src",),
    "source": ("src",), "video": ("src", "poster"), "audio": ("src",), "track": ("src",),
    "iframe": ("src",), "embed": ("src",), "input": ("src",), "object": ("data",),
    "form": ("action",), "use": ("href", "xlink:href"), "image": ("href", "xlink:href"),
}  # fmt: skip
# Metadata whose content is an address.
SHOWN = frozenset(("og:image", "og:image:url", "og:url", "og:audio", "og:video", "twitter:image"))
ELSEWHERE = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.I)
FILE = re.compile(r"[^\s{}<>\"']+\.[A-Za-z0-9]{2,5}")
# Relations that name a server, not a file.
NOT_FILES = frozenset(("dns-prefetch", "preconnect", "pingback", "webmention"))


class Flaw(msgspec.Struct, array_like=True, frozen=True):
    """Something wrong with a document by itself.

    :param rule: the name of the rule.
    :param message: what is wrong.
    :param needle: text to look for in the sources.
    """

    rule: str
    message: str
    needle: str = ""


class Document(msgspec.Struct, array_like=True):
    """What one document holds.

    :param links: target and element of each link, as often as it stands there once.
    :param ids: what fragments can name.
    :param styles: pieces of CSS that hold addresses.
    :param mentions: files that attributes for scripts name.
    :param refresh: where a page that leads on leads to.
    """

    links: list[tuple[str, str]] = []
    ids: list[str] = []
    flaws: list[Flaw] = []
    styles: list[str] = []
    mentions: list[str] = []
    refresh: str = ""
    base: str = ""
    noindex: bool = False


def read(text: str) -> Document:
    """Read an HTML text."""
    links: dict[tuple[str, str], None] = {}
    ids: dict[str, int] = {}
    names: set[str] = set()
    found = Document()
    flaws = found.flaws
    whole = WHOLE.search(text, 0, 4096) is not None
    lang, title, level = not whole, not whole, 0
    for tag in TAG.finditer(text):
        raw, name = tag["raw"], tag["name"]
        if raw is not None:
            name = raw
        elif name is None:
            continue
        name = name.lower()
        written = tag["before"] if raw is not None else tag["attributes"]
        if name == "title":
            # An SVG's title comes after that of the page.
            title = title or bool(tag["inside"].strip())
        elif name == "style" and "url(" in tag["inside"]:
            found.styles.append(html.unescape(tag["inside"]))
        if len(name) == 2 and HEADING.fullmatch(name):
            depth = int(name[1])
            if level and depth > level + 1:
                inner = _heading(text, tag.end(), name)
                flaws.append(
                    Flaw("heading-order", f'the heading "{inner}" is an h{depth} after an h{level}', inner)
                )  # fmt: skip
            level = depth
        if "=" not in written and name not in ("html", "img"):
            continue
        values = _attributes(written)
        own = values.get("id")
        if own:
            ids[own] = ids.get(own, 0) + 1
        for attribute in LEADING.get(name, ()):
            target = values.get(attribute, "").strip()
            if target and not ELSEWHERE.match(target) and not (
                name == "link" and NOT_FILES.intersection(values.get("rel", "").lower().split())
            ):  # fmt: skip
                links[target, name] = None
        if name == "a":
            if values.get("name"):
                names.add(values["name"])
        elif name in ("img", "source"):
            for part in re.split(r",\s", values.get("srcset", "")):
                if part.strip():
                    links[part.split()[0].rstrip(","), name] = None
            if name == "img" and "alt" not in values:
                shown = values.get("src", "")
                flaws.append(Flaw("alt", f'the image "{shown}" has no alt text', shown))
        elif name == "html":
            lang = lang or bool(values.get("lang", "").strip())
        elif name == "meta":
            _meta(found, values)
            if values.get("property", values.get("name", "")).lower() in SHOWN:
                links[values.get("content", ""), "meta"] = None
        elif name == "base":
            found.base = found.base or values.get("href", "")
        if "style" in values and "url(" in values["style"]:
            found.styles.append(values["style"])
        if "data-" in written:
            found.mentions += [
                value for one, value in values.items()
                if one.startswith("data-") and FILE.fullmatch(value)
            ]  # fmt: skip
    for one, count in ids.items():
        if count > 1:
            flaws.append(Flaw("duplicate-id", f'the id "{one}" stands {_times(count)}', one))
    if not lang:
        flaws.append(Flaw("lang", "the page does not say its language", "<html"))
    if not title:
        flaws.append(Flaw("title", "the page has no title", "<title"))
    found.links, found.ids = list(links), [*ids, *sorted(names - ids.keys())]
    return found


def _attributes(written: str) -> dict[str, str]:
    """Give attributes by lower-case name; the first of a name counts, as in browsers."""
    values: dict[str, str] = {}
    for name, double, single, bare in ATTRIBUTE.findall(written):
        value = double or single or bare
        values.setdefault(name.lower(), html.unescape(value) if "&" in value else value)
    return values


def _meta(found: Document, values: dict[str, str]) -> None:
    if values.get("http-equiv", "").lower() == "refresh":
        leads = REFRESH.match(values.get("content", ""))
        found.refresh = leads["url"].strip() if leads else ""
    elif values.get("name", "").lower() == "robots":
        found.noindex = "noindex" in values.get("content", "").lower()


def _heading(text: str, start: int, name: str) -> str:
    """Give the words of the heading that begins at ``start``."""
    inner = re.split(f"</{name}", text[start : start + 2000], maxsplit=1, flags=re.I)[0]
    inner = HEADERLINK.sub("", inner)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", inner)).split())


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"
