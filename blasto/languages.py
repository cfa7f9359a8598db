"""Which language a file of the content is in, and what a site is called in each.

Above ``pages``: ``reading`` asks :func:`split` what a file's path says. The scope of a
page, listing or URL is ``""`` in the main language of a site and the code of any other, so
that a site with one language never meets any of this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import lru_cache

from .config import Config, direction_of
from .listoptions import Section

Codes = tuple[str, ...]
"""The languages of a site, the main one first; empty where there is only one."""


def codes(config: Config) -> Codes:
    """Give the languages of a site as they are written in ``blasto.toml``."""
    others = [code for code in config.languages if not same(code, config.language)]
    return (config.language, *others) if others else ()


def same(code: str, other: str) -> bool:
    """Tell whether two codes name one language: ``pt-BR`` and ``pt-br`` do."""
    return code.lower() == other.lower()


def scope_of(code: str | None, known: Codes) -> str | None:
    """Give the scope of a language's code, ``None`` where the site has no such language."""
    for number, one in enumerate(known if code else ()):
        if same(one, str(code)):
            return one if number else ""
    return None


def prefix(scope: str) -> str:
    """Give what stands before all URL paths of a language: ``""`` or ``"/fr"``."""
    return f"/{scope.lower()}" if scope else ""


@lru_cache(maxsize=1 << 16)
def split(path: str, known: Codes) -> tuple[str | None, str]:
    """Give the language that a file's path names, and the path without it.

    ``about.fr.md`` and ``fr/about.md`` are both ``about.md`` in French.

    :returns: the scope, ``None`` where the path names no language; then the path.
    """
    if not known:
        return None, path
    first, slash, rest = path.partition("/")
    scope = scope_of(first, known) if slash else None
    if scope is not None:
        path = rest
    folder, slash, name = path.rpartition("/")
    stem, _, ending = name.rpartition(".")
    bare, _, code = stem.rpartition(".")
    if bare:
        named = scope_of(code, known)
        if named is not None:
            return named, f"{folder}{slash}{bare}.{ending}"
    return scope, path


def versions(path: str, scope: str, known: Codes) -> list[str]:
    """Give the paths at which a file may lie in a language, given its path without one."""
    code = scope or known[0]
    folder, slash, name = path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    suffixed = f"{folder}{slash}{stem}.{code}{dot}{ending}" if stem else path
    return [suffixed, f"{code}/{path}"]


def configured(config: Config, scope: str) -> Config:
    """Give the configuration as a language has it: its own title, menu and so on.

    What a language does not say is as in the main one, except for titles of sections,
    which pages of the language say.
    """
    language = next(one for code, one in config.languages.items() if code == scope)
    own = {
        name: value
        for name in ("title", "description", "author", "menu", "date_format")
        if (value := getattr(language, name))
    }
    sections: dict[str, Section] = {}
    for name in {*config.sections, *language.sections}:
        words = language.sections.get(name)
        section = config.sections.get(name) or Section()
        sections[name] = replace(
            section,
            title=words.title if words else "",
            description=words.description if words else "",
        )
    return replace(
        config,
        language=scope,
        direction=language.direction or direction_of(scope),
        params={**config.params, **language.params},
        sections=dict(sorted(sections.items())),
        **own,
    )


def spoken_of(scopes: Collection[str], known: Codes) -> Iterable[tuple[str, str]]:
    """Give code and scope of the languages that pages exist in, the main one first."""
    for number, code in enumerate(known):
        scope = code if number else ""
        if not scope or scope in scopes:
            yield code, scope
