"""The words that the theme says, in every language: ``words/fr.toml`` among the templates.

Beside ``templating``, whose environment finds the files and whose notes say that they were
read. The theme brings some languages; a site's file of the same name adds to the theme's
or changes a word of it, and a language that nobody translated is English.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from . import trace
from .errors import BlastoError
from .tomlread import read_toml

if TYPE_CHECKING:
    from .site import Site
    from .templating import Traced

Table = Mapping[str, str]


class Words:
    """Words by name, in the language of whoever asks; what a template gets as ``words``.

    :param over: what a word is where no file has it: the theme's English.
    """

    def __init__(self, site: Site, environment: Traced, over: Table | None = None) -> None:
        self._site = site
        self._environment = environment
        self._english = over or {}
        self._tables: dict[str, tuple[tuple[str, ...], Table, list[Callable[[], bool]]]] = {}
        self._last: tuple[object, str, Table] = (None, "", {})

    def over(self, english: Table) -> Words:
        """Give the same with words for what no file has."""
        return Words(self._site, self._environment, english)

    def __getitem__(self, name: str) -> str:
        table = self._table()
        return table[name] if name in table else self._english[name]

    def get(self, name: str, default: str = "") -> str:
        """Give a word, ``default`` where there is none."""
        return self._table().get(name, self._english.get(name, default))

    def _table(self) -> Table:
        """Give the words of the language that is spoken, and note the files that they are from."""
        noting = trace.current()
        code = self._site.settings.language
        if noting is not None and self._last[0] is noting and self._last[1] == code:
            return self._last[2]
        language = str(self._site.config.language)
        names = files_of(language)
        digests = tuple(self._environment.digest_of(name) for name in names) if noting else ()
        for name, digest in zip(names, digests, strict=bool(noting)):
            trace.note("template", name, digest)
        known = self._tables.get(language)
        if known is None or known[0] != digests or not self._same(known[2]):
            known = self._tables[language] = (digests, *self._read(names))
        self._last = noting, code, known[1]
        return known[1]

    def _same(self, checks: list[Callable[[], bool]]) -> bool:
        if not self._environment.auto_reload:
            return True
        with trace.paused():
            return all(check() for check in checks)

    def _read(self, names: list[str]) -> tuple[Table, list[Callable[[], bool]]]:
        from jinja2 import TemplateNotFound

        words: dict[str, str] = {}
        checks: list[Callable[[], bool]] = []
        loader: Any = self._environment.loader
        with trace.paused():
            for name in names:
                try:
                    source, file, fresh = loader.get_source(self._environment, name)
                except TemplateNotFound:
                    continue
                words |= _checked(source, file or name)
                if fresh is not None:
                    checks.append(fresh)
        return words, checks


def files_of(language: str) -> list[str]:
    """Give the names of the files of a language, later ones win: ``pt`` before ``pt-BR``."""
    parts = language.split("-")
    codes = ["-".join(parts[: count + 1]) for count in range(len(parts))]
    return [
        f"{place}words/{code}.toml"
        for code in dict.fromkeys([parts[0].lower(), *codes])
        for place in ("default/", "theme/", "")
    ]


def _checked(source: str, file: str) -> dict[str, str]:
    data, positions = read_toml(source, file)
    for name, value in data.items():
        if not isinstance(value, str):
            line, column = positions.get(name, (None, None))
            raise BlastoError.at(
                f"{name} must be text", file, line, column, hint="put it in quotes"
            )
    return data
