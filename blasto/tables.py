"""TOML tables checked against dataclasses of options, every fault with its place.

Between ``options``, which says what one value may be, and ``config``, which says which
options there are. Nothing is raised here: faults gather in ``problems``, so that one run
tells them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from .errors import BlastoError, Problem, did_you_mean
from .options import Type, WrongValueError, named
from .tomlread import Positions, line_of, read_toml


class Tables:
    """A reader of tables that gathers what is wrong with them.

    :param path: the file that they come from, ``None`` for tables made in code.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.problems: list[Problem] = []
        self.shown = path.name if path else None
        self.source = ""
        self.positions: Positions = {}
        self.data = self._file(path) if path else {}

    def _file(self, path: Path) -> dict[str, Any]:
        try:
            self.source = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
            data, self.positions = read_toml(self.source, path.name, what=path.name)
        except FileNotFoundError:
            return {}
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            message = f"the file is not UTF-8: byte 0x{error.object[error.start]:02X}"
            self.problems.append(Problem(message, path.name, line, hint="save it as UTF-8"))
        except OSError as error:
            message = f"the file cannot be read: {error.strerror}"
            self.problems.append(Problem(message, path.name))
        except BlastoError as error:
            self.problems.extend(error.problems)
        else:
            return data
        return {}

    def read(self, record: type, table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
        """Check a table against a dataclass; give the values that are right, by name."""
        kinds: dict[str, Type] = {one.name: one.metadata["kind"] for one in fields(record)}
        values: dict[str, Any] = {}
        for name, value in table.items():
            place = prefix + name
            kind = kinds.get(name)
            if kind is None:
                self.wrong(place, f'"{place}" is not an option', _known(name, kinds))
                continue
            try:
                values[name] = self._value(kind, value, place)
            except WrongValueError as wrong:
                where = f"{place}.{wrong.inside}" if wrong.inside else place
                self.wrong(where, f"{place} {wrong}", wrong.hint)
        return values

    def wrong(self, place: str, message: str, hint: str | None = None) -> None:
        """Note a fault of the option with this dotted name."""
        owner, line, column = place, None, None
        while owner and line is None:
            line, column = self.positions.get(owner, (None, None))
            owner = owner.rpartition(".")[0]
        if line is None and self.source:
            line = 1
        source = line_of(self.source, line - 1) if line else None
        self.problems.append(Problem(message, self.shown, line, column, hint, source))

    def _value(self, kind: Type, value: Any, place: str) -> Any:
        if kind.each is not None:
            return dict(self._each(kind.each, kind.read(value), place))
        if kind.record is None:
            return kind.read(value)
        if kind.shape == "one":
            return self._record(kind.record, value, place)
        if kind.shape == "list":
            if not isinstance(value, (list, tuple)):
                hint = f"write [[{place}]]"
                raise WrongValueError(f"must be a list of tables, not {named(value)}", hint)
            entries = [(f"{place}[{index}]", entry) for index, entry in enumerate(value)]
            return tuple(self._records(kind.record, entries))
        table = kind.read(value)
        return dict(
            zip(
                table,
                self._records(kind.record, [(f"{place}.{n}", v) for n, v in table.items()]),
                strict=True,
            )
        )

    def _each(self, kind: Type, table: Mapping[str, Any], place: str) -> Iterator[tuple[str, Any]]:
        for name, value in table.items():
            try:
                yield name, self._value(kind, value, f"{place}.{name}")
            except WrongValueError as wrong:
                self.wrong(f"{place}.{name}", f"{place}.{name} {wrong}", wrong.hint)

    def _records(self, record: type, entries: list[tuple[str, Any]]) -> Iterator[Any]:
        for place, entry in entries:
            try:
                yield self._record(record, entry, place)
            except WrongValueError as wrong:
                self.wrong(place, f"{place} {wrong}", wrong.hint)
                yield record()

    def _record(self, record: type, value: Any, place: str) -> Any:
        if isinstance(value, record):
            return value
        if not isinstance(value, Mapping):
            raise WrongValueError(f"must be a table, not {named(value)}")
        known = len(self.problems)
        made = record(**self.read(record, value, f"{place}."))
        complain = getattr(made, "fault", None)
        if complain is not None and len(self.problems) == known:
            fault = complain()
            if fault is not None:
                self.wrong(place, f"{place} {fault}")
        return made


def _known(name: str, known: Mapping[str, Type]) -> str | None:
    near = did_you_mean(name, known)
    if near is None and len(known) <= 12:
        return "known are " + ", ".join(known)
    return near
