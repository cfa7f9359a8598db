"""Reading a published tree as a browser does: the addresses in each page, and its ids."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

from blasto.statics import addresses

REFRESH = re.compile(r"\d+;\s*url=(.*)", re.I)


class Targets(HTMLParser):
    """Gathers the addresses in a page, and the ids that fragments can name."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.found += [given[name] for name in ("href", "src") if name in given]
        self.found += [
            part.split()[0] for part in given.get("srcset", "").split(",") if part.strip()
        ]
        if given.get("http-equiv") == "refresh" and (leads := REFRESH.fullmatch(given["content"])):
            self.found.append(leads[1])
        if "id" in given:
            self.ids.add(given["id"])


def read(html: str) -> Targets:
    """Read a page."""
    parser = Targets()
    parser.feed(html)
    parser.close()
    return parser


def targets(name: str, data: bytes) -> list[str]:
    """Give the addresses in a published file, in its own way for each type."""
    if name.endswith(".html"):
        return read(data.decode()).found
    if name.endswith(".css"):
        return addresses(data.decode())
    if name in ("feed.xml", "sitemap.xml"):
        tree = ElementTree.fromstring(data)
        found = [one.text or "" for one in tree.iter() if one.tag.endswith(("}loc", "}id"))]
        found += [one.attrib["href"] for one in tree.iter() if "href" in one.attrib]
        for content in tree.iter("{http://www.w3.org/2005/Atom}content"):
            found += read(content.text or "").found
        return found
    return []


def external(target: str) -> bool:
    """Tell whether an address needs no server of ours."""
    return target.startswith(("data:", "mailto:", "https://www.", "#"))
