"""Front matter as people write it, given the names and types that blasto knows.

After ``yamlread`` and ``tomlread``, before ``pages`` makes a page of it. The words of other
generators are accepted beside blasto's own; what no one knows is kept as ``meta``, with a
warning where it looks like a misspelling.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import tzinfo
from typing import Any

from .errors import BlastoError, Problem, Severity
from .keytable import KEYS, NAMES, RANK, SPECIAL, correction
from .tomlread import Positions, line_of
from .values import WrongError, boolean, image, instant, menus, named, number, text, texts, truth
from .words import near_miss

_LIFTED = ("image", "image_alt", "toc", "math", "comments", "noindex", "author", "authors")


def canonical(
    data: Mapping[str, Any],
    positions: Positions,
    path: str,
    zone: tzinfo,
    *,
    text: str = "",
    taxonomies: Collection[str] = (),
    fields: Collection[str] = (),
) -> tuple[dict[str, Any], dict[str, Any], list[Problem]]:
    """Give front matter its canonical names and types.

    :param positions: as ``frontmatter.parse`` found them.
    :param zone: the zone that dates without one are meant in.
    :param text: the whole file, for the line that a message shows.
    :param taxonomies: the site's taxonomies; those beyond tags and categories are
        gathered under ``taxonomies``.
    :param fields: field names of the page's kind, which are no misspellings.
    :returns: what blasto knows, under the names in :data:`.keytable.KEYS`, absent keys absent; what
        it does not know; and warnings. All is plain data, dates are aware datetimes.
        ``cascade`` is one flat mapping of canonical and unknown keys.
    :raises BlastoError: values of the wrong type, all of them.
    """
    reader = _Reader(positions, path, zone, text, frozenset(taxonomies), frozenset(fields))
    known, meta = reader.read(data, "")
    if reader.errors:
        raise BlastoError(*reader.errors)
    return known, meta, reader.warnings


class _Reader:
    def __init__(
        self,
        positions: Positions,
        path: str,
        zone: tzinfo,
        source: str,
        taxonomies: frozenset[str],
        fields: frozenset[str],
    ) -> None:
        self.positions = positions
        self.path = path
        self.zone = zone
        self.source = source
        self.taxonomies = taxonomies - {"tags", "categories"}
        self.fields = fields
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []

    def read(self, data: Mapping[str, Any], prefix: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Read one mapping: the front matter, or a cascade in it."""
        known: dict[str, Any] = {}
        meta: dict[str, Any] = {}
        given: dict[str, str] = {}
        for name, value in data.items():
            key = NAMES.get(name) or NAMES.get(name.lower())
            try:
                if key is None or (name == "published" and truth(value) is not None):
                    self.other(name, value, prefix, known, meta)
                    continue
                if value is None and key != "title":
                    continue
                earlier = given.get(key)
                if earlier is not None and self.twice(earlier, name, data, prefix):
                    continue
                given[key] = name
                for found, coerced in self.value(key, name, value, prefix):
                    if found == "taxonomies":
                        known.setdefault(found, {}).update(coerced)
                    elif found == key:
                        known[found] = coerced
                    else:
                        known.setdefault(found, coerced)
            except WrongError as wrong:
                self.errors.append(self.problem(prefix + name, wrong.message, wrong.hint))
        for group in ("extra", "params"):
            self.lift(meta.get(group), known, meta)
        return known, meta

    def value(self, key: str, name: str, value: Any, prefix: str) -> Iterator[tuple[str, Any]]:
        """Coerce one value; some values say several things."""
        kind = KEYS[key].type
        if kind == "date":
            if key == "date" and isinstance(value, Mapping) and {"created", "updated"} & set(value):
                for inner, meaning in (("created", "date"), ("updated", "updated")):
                    if value.get(inner) is not None:
                        yield meaning, instant(f"{name}.{inner}", value[inner], self.zone)
                return
            yield key, instant(name, value, self.zone)
        elif key == "url" and value is False:
            yield "listed", False
        elif kind == "image":
            yield from image(name, value)
        elif key == "series" and isinstance(value, Mapping):
            yield "series", text(f"{name}.name", value.get("name", value.get("title")))
            if value.get("order") is not None:
                yield "series_order", number(f"{name}.order", value["order"])
        elif key == "series" and isinstance(value, list) and len(value) == 1:
            yield key, text(name, value[0])
        elif kind == "menu":
            yield key, menus(name, value)
        elif kind == "text":
            yield key, text(name, value)
        elif kind in ("list", "paths"):
            yield key, texts(name, value, paths=kind == "paths")
        elif kind == "number":
            yield key, number(name, value)
        elif key == "sitemap" and isinstance(value, Mapping):
            if "disable" in value:
                yield key, not boolean(f"{name}.disable", value["disable"])
        elif key == "search" and isinstance(value, Mapping):
            if "exclude" in value:
                yield key, not boolean(f"{name}.exclude", value["exclude"])
        elif kind == "truth":
            yield key, boolean(name, value)
        elif not isinstance(value, Mapping):
            raise WrongError(f"{name} must be a mapping, not {named(value)}")
        elif key == "taxonomies":
            yield from self.terms(name, value)
        else:
            inner_known, inner_meta = self.read(value, f"{prefix}{name}.")
            yield key, {**inner_known, **inner_meta}

    def terms(self, name: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        rest: dict[str, list[str]] = {}
        for taxonomy, terms in value.items():
            if terms is None:
                continue
            listed = texts(f"{name}.{taxonomy}", terms)
            if taxonomy in ("tags", "categories", "authors"):
                yield taxonomy, listed
            else:
                rest[taxonomy] = listed
        if rest:
            yield "taxonomies", rest

    def other(
        self, name: str, value: Any, prefix: str, known: dict[str, Any], meta: dict[str, Any]
    ) -> None:
        """Read a key that is no name of a known one."""
        if name in self.taxonomies:
            if value is not None:
                known.setdefault("taxonomies", {})[name] = texts(name, value)
            return
        said = _SAYS.get(name)
        if said is not None and said(value, known):
            return
        meta[name] = value
        if name not in SPECIAL and name not in self.fields:
            near = correction(name) or near_miss(name, self.fields)
            if near is not None:
                self.warnings.append(
                    self.problem(
                        prefix + name,
                        f'"{name}" is not a known key',
                        f'did you mean "{near}"? A key of your own can stand under "params"',
                        warning=True,
                    )
                )

    def lift(self, group: Any, known: dict[str, Any], meta: dict[str, Any]) -> None:
        """Let what Zola keeps in ``[extra]`` and Hugo in ``params`` be read like the rest."""
        if not isinstance(group, Mapping):
            return
        for name, value in group.items():
            if name in _LIFTED and value is not None:
                try:
                    for found, coerced in self.value(NAMES[name], name, value, ""):
                        known.setdefault(found, coerced)
                    continue
                except WrongError:
                    pass  # a theme of another generator meant something else by it
            if name not in NAMES and name not in SPECIAL:
                meta.setdefault(name, value)

    def twice(self, earlier: str, name: str, data: Mapping[str, Any], prefix: str) -> bool:
        """Say which of two names for one thing counts; true where it is the earlier one."""
        keep, drop = (earlier, name) if _rank(earlier) <= _rank(name) else (name, earlier)
        if data[keep] != data[drop]:
            self.warnings.append(
                self.problem(
                    prefix + drop,
                    f'"{drop}" means the same as "{keep}", which is used',
                    f'keep "{keep}" only',
                    warning=True,
                )
            )
        return keep == earlier

    def problem(
        self, name: str, message: str, hint: str | None, *, warning: bool = False
    ) -> Problem:
        line, column = self.positions.get(name, (None, None))
        source = line_of(self.source, line - 1) if self.source and line else None
        severity: Severity = "warning" if warning else "error"
        return Problem(message, self.path, line, column, hint, source, severity)


def _rank(name: str) -> int:
    return RANK.get(name, len(RANK))


def _status(value: Any, known: dict[str, Any]) -> bool:
    word = value.lower() if isinstance(value, str) else ""
    if word in ("draft", "skip"):
        known.setdefault("draft", True)
    elif word in ("hidden", "private"):
        known.setdefault("listed", False)
    return word in ("draft", "skip", "hidden", "private", "published")


def _published(value: Any, known: dict[str, Any]) -> bool:
    known.setdefault("draft", not truth(value))
    return True


def _hidden(value: Any, known: dict[str, Any]) -> bool:
    if value is None:
        return True
    known.setdefault("listed", not boolean("hidden", value))
    return True


def _build(value: Any, known: dict[str, Any]) -> bool:
    """Hugo's ``build``: kept, but ``never`` in it is said in blasto's words too."""
    if isinstance(value, Mapping):
        said = (value.get("list"), value.get("render"))
        if "never" in said or False in said:
            known.setdefault("listed", False)
        if value.get("render") in ("never", False):
            known.setdefault("outputs", [])
    return False


def _hide(value: Any, known: dict[str, Any]) -> bool:
    """Material's ``hide``: kept, but ``toc`` in it is said in blasto's words too."""
    if isinstance(value, list) and "toc" in value:
        known.setdefault("toc", False)
    return False


_SAYS = {
    "status": _status,
    "published": _published,
    "hidden": _hidden,
    "eleventyExcludeFromCollections": _hidden,
    "build": _build,
    "hide": _hide,
}
