"""Calls of shortcodes in a Markdown text: ``{{< name arg key="value" >}}`` and their pairs.

Beside ``fences``, for ``shortcodes``, which carries them out. A call is read as it stands;
what is no call is told with its place, and left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

START = "{{<"
ESCAPED = re.compile(r"\{\{<\s*/\*(?P<inner>.*?)\*/\s*>\}\}", re.S)
NAME = re.compile(r"\{\{<\s*(?P<slash>/?)\s*(?P<name>[A-Za-z_][\w-]*(?:/[\w-]+)*)(?=[\s/>])")
ARGUMENT = re.compile(
    r"""\s+(?:(?P<key>[A-Za-z_][\w-]*)\s*=\s*)?(?:"(?P<quoted>(?:\\.|[^"\\])*+)"|`(?P<raw>[^`]*+)`|(?P<bare>(?!/?\s*>\}\})[^\s"`=<>]++))""",
    re.S,
)
END = re.compile(r"\s*(?P<slash>/?)\s*>\}\}")
WORDS: dict[str, Any] = {"true": True, "false": False}


@dataclass
class Call:
    """One ``{{< … >}}``.

    :param opens: what closes it, where something does.
    :param closing: whether it closes.
    :param literal: what an escaped one stands for.
    """

    name: str
    start: int
    end: int
    args: list[Any] = field(default_factory=list)
    kwargs: dict[str, Any] = field(default_factory=dict)
    closing: bool = False
    alone: bool = False
    literal: str | None = None
    partner: Call | None = None
    fault: str | None = None


def read(text: str, skipped: Iterable[tuple[int, int]] = ()) -> list[Call]:
    """Give the calls of a text in order, each with its partner.

    :param skipped: where nothing is a call, as in code.
    """
    found = list(_read(text, skipped))
    waiting: list[Call] = []
    for call in found:
        if call.literal is not None or call.fault:
            continue
        if not call.closing:
            if not call.alone:
                waiting.append(call)
            continue
        at = next((i for i in range(len(waiting) - 1, -1, -1) if waiting[i].name == call.name), -1)
        if at < 0:
            call.fault = f'"{call.name}" is closed and was never opened'
            continue
        call.partner, waiting[at].partner = waiting[at], call
        del waiting[at:]
    return found


def _read(text: str, skipped: Iterable[tuple[int, int]]) -> Iterator[Call]:
    regions = iter(skipped)
    region = next(regions, None)
    position = text.find(START)
    while position >= 0:
        while region is not None and region[1] <= position:
            region = next(regions, None)
        if region is not None and region[0] <= position:
            position = text.find(START, region[1])
            continue
        call = _one(text, position)
        if call is not None:
            yield call
        position = text.find(START, call.end if call is not None else position + 1)


def _one(text: str, start: int) -> Call | None:
    """Read the call that begins at a place, ``None`` if nothing there looks like one."""
    escaped = ESCAPED.match(text, start)
    if escaped:
        literal = "{{<" + escaped["inner"] + ">}}"
        return Call("", start, escaped.end(), literal=literal)
    named = NAME.match(text, start)
    if not named:
        return None
    call = Call(named["name"], start, named.end(), closing=bool(named["slash"]))
    position = named.end()
    while found := ARGUMENT.match(text, position):
        position = found.end()
        value: Any = found["quoted"]
        if value is not None:
            value = re.sub(r'\\(["\\])', r"\1", value)
        elif found["raw"] is not None:
            value = found["raw"]
        else:
            value = WORDS.get(found["bare"], found["bare"])
        if found["key"]:
            call.kwargs[found["key"].replace("-", "_")] = value
        else:
            call.args.append(value)
    end = END.match(text, position)
    if end is None:
        call.fault = f'the call of "{call.name}" cannot be read'
        return call
    call.end, call.alone = end.end(), bool(end["slash"])
    return call
