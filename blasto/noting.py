"""The configuration as templates read it: every option that is looked at is noted by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import trace
from .config import Config

UNTRUSTED = "untrusted in "
"""Names the setting that says whether the texts of a folder are sanitised."""

CONTENT = frozenset(
    "page body backlinks listing count size slices around terms term periods author related section crumb place "
    "children layout nav menu pages url named asset image picture pictures route feed newest card sitemap search files "
    "translations languages spoken address scope".split()
)
"""Kinds of observations that follow from content and configuration alone."""


class Settings:
    """``site.config`` in templates: every key that is read is noted by itself."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._digests: dict[str, str] = {}

    def __getattr__(self, name: str) -> Any:
        if name == "params":
            return Params(self._config)
        try:
            value = getattr(self._config, name)
        except AttributeError:
            if name.startswith("_"):
                raise
            return Params(self._config).get(name)
        if trace.current() is not None:
            if name not in self._digests:
                self._digests[name] = setting_digest(self._config, name)
            trace.note("config", name, self._digests[name])
        return value


class Params(dict[str, Any]):
    """``site.config.params``: each of them is noted by itself, or all where all are asked for."""

    def __init__(self, config: Config) -> None:
        super().__init__(config.params)
        self._config = config

    def _note(self, name: str = "params") -> None:
        trace.note("config", name, setting_digest(self._config, name))

    def __getitem__(self, name: str) -> Any:
        self._note(f"params.{name}")
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._note(f"params.{name}")
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self._note(f"params.{name}")
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        self._note()
        return super().__iter__()

    def __len__(self) -> int:
        self._note()
        return super().__len__()

    def keys(self) -> Any:
        self._note()
        return super().keys()

    def items(self) -> Any:
        self._note()
        return super().items()

    def values(self) -> Any:
        self._note()
        return super().values()


def setting_digest(config: Config, name: str) -> str:
    """Digest one setting; ``repr`` is stable for the plain data that TOML gives."""
    if name.startswith("params."):
        return trace.digest(repr(config.params.get(name.removeprefix("params."))))
    if name.startswith(UNTRUSTED):
        return str(not config.trusts(name.removeprefix(UNTRUSTED) + "/"))
    return trace.digest(repr(getattr(config, name, None)))
