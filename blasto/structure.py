"""Lines of Markdown to a tree of blocks, as CommonMark reads them.

The first half of the ``github`` dialect's block parser: `blocks` makes elements of the
tree. Line by line, each open block says whether the line goes on with it; what is left of
the line may open new ones. No Python-Markdown here: text in, :class:`Block` out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from .references import Reference, definition

CONTAINERS = frozenset(("document", "quote", "list", "item"))
FENCE = re.compile(r"(`{3,})(?=[^`]*$)|(~{3,})")
ATX = re.compile(r"(#{1,6})(?:[ \t]+|$)")
SETEXT = re.compile(r"(?:=+|-+)[ \t]*$")
RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$")
MARKER = re.compile(r"(?P<bullet>[*+-])|(?P<number>\d{1,9})(?P<end>[.)])")
SEPARATOR = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
CELL = re.compile(r"(?:[^|\\]|\\.)+")

_NAMES = (
    "address article aside base basefont blockquote body caption center col colgroup dd details "
    "dialog dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 "
    "head header hr html iframe legend li link main menu menuitem nav noframes ol optgroup option "
    "p param search section summary table tbody td tfoot th thead title tr track ul"
).replace(" ", "|")
TAG = (
    r"<(?:[A-Za-z][A-Za-z0-9-]*+(?:\s++[A-Za-z_:][\w.:-]*+(?:\s*+=\s*+(?:[^\s\"'=<>`]++|'[^']*+'"
    r"|\"[^\"]*+\"))?)*\s*+/?|/[A-Za-z][A-Za-z0-9-]*+\s*+)>"
)
BLANK_ENDS = re.compile(r"^$")
HTML: Sequence[tuple[re.Pattern[str], re.Pattern[str]]] = [
    (re.compile(start, re.I), re.compile(end, re.I) if end else BLANK_ENDS)
    for start, end in (
        (r"<(?:script|pre|style|textarea)(?:\s|>|$)", r"</(?:script|pre|style|textarea)>"),
        (r"<!--", r"-->"),
        (r"<\?", r"\?>"),
        (r"<![A-Za-z]", r">"),
        (r"<!\[CDATA\[", r"\]\]>"),
        (rf"</?(?:{_NAMES})(?:\s|/?>|$)", ""),
        (TAG + r"\s*$", ""),
    )
]


@dataclass(slots=True)
class Block:
    """A block: a container of others, or a leaf with lines of text.

    ``kind`` is ``document quote list item`` or ``paragraph heading code fence html rule
    table chunk``. A chunk is what an extension's block processor reads: its first line and
    all that is indented under it.
    """

    kind: str
    lines: list[str] = field(default_factory=list)
    children: list[Block] = field(default_factory=list)
    level: int = 0
    info: str = ""
    mark: str = ""
    start: int | None = None
    indent: int = 0
    tight: bool = True
    blank: bool = False
    ends: re.Pattern[str] = BLANK_ENDS

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


class Cursor:
    """A place in a line, in characters and in columns: a tab reaches to the next fourth."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.offset = self.column = self.pending = 0
        self.look()

    def look(self) -> None:
        """Find the next character that is no white space."""
        text, place, column = self.text, self.offset, self.column + self.pending
        start = self.column
        while place < len(text) and text[place] in " \t":
            column += 1 if text[place] == " " else 4 - column % 4
            place += 1
        self.next, self.indent = place, column - start
        self.blank = place == len(text)

    def skip(self, columns: int) -> None:
        """Go on by so many columns of white space, as far as there are any."""
        while columns > 0:
            if self.pending:
                taken = min(columns, self.pending)
                self.pending -= taken
                self.column += taken
                columns -= taken
            elif self.offset < len(self.text) and self.text[self.offset] == " ":
                self.offset += 1
                self.column += 1
                columns -= 1
            elif self.offset < len(self.text) and self.text[self.offset] == "\t":
                self.offset += 1
                self.pending = 4 - self.column % 4
            else:
                break
        self.look()

    def move(self, characters: int) -> None:
        """Go to the next character that is no white space, and past so many."""
        self.column += self.indent + characters
        self.offset, self.pending = self.next + characters, 0
        self.look()

    def rest(self) -> str:
        """Give what is left of the line."""
        return " " * self.pending + self.text[self.offset :]

    def word(self) -> str:
        """Give what is left of the line without the white space before it."""
        return self.text[self.next :]


class Structure:
    """Reads lines into a tree.

    :param opens: matches the first line of a chunk; ``None`` where no extension has any.
    :param joins: matches a line that makes a chunk of the paragraph it ends.
    :param tables: whether there are tables.
    :param define: takes each link definition: its label and what it leads to.
    """

    def __init__(
        self,
        define: Callable[[str, Reference], object],
        opens: re.Pattern[str] | None = None,
        joins: re.Pattern[str] | None = None,
        *,
        tables: bool = True,
    ) -> None:
        self.define = define
        self.opens, self.joins, self.tables = opens, joins, tables
        self.open: list[Block] = []

    def read(self, lines: Iterable[str]) -> Block:
        """Read all lines; give the document."""
        document = Block("document")
        self.open = [document]
        for line in lines:
            self._line(Cursor(line))
        self._close(0)
        return document

    @property
    def tip(self) -> Block:
        return self.open[-1]

    # One line

    def _line(self, cursor: Cursor) -> None:
        matched = self._matched(cursor)
        if matched is None:
            return
        block = self.open[matched]
        leaf = block.kind not in CONTAINERS and block.kind != "paragraph"
        if block.kind == "chunk":
            leaf = cursor.blank or cursor.indent >= 4
        self.lazy = matched < len(self.open) - 1 and self.tip.kind == "paragraph"
        while not leaf:
            opened = self._start(cursor, matched)
            if opened is None:
                break
            matched = len(self.open) - 1
            if opened:
                return
            leaf = self.tip.kind not in CONTAINERS
            self.lazy = False
        if self.lazy and not cursor.blank:
            self.tip.lines.append(cursor.word())
            return
        self._close(matched)
        block = self.tip
        if cursor.blank:
            self._blank(block)
        if block.kind in CONTAINERS:
            if not cursor.blank:
                self._add(Block("paragraph", [cursor.word()]))
        elif block.kind == "paragraph":
            block.lines.append(cursor.word())
        else:
            block.lines.append(cursor.rest())
            if (
                block.kind == "html"
                and block.ends.search(cursor.rest())
                and block.ends.pattern != "^$"
            ):
                self._close(matched - 1)

    def _matched(self, cursor: Cursor) -> int | None:
        """Give the index of the last open block that the line goes on with."""
        for index, block in enumerate(self.open):
            kind = block.kind
            if kind in ("document", "list"):
                continue
            if kind == "quote":
                good = cursor.indent < 4 and cursor.word().startswith(">")
                if good:
                    cursor.move(1)
                    self._optional_space(cursor)
            elif kind == "item":
                good = cursor.indent >= block.indent or (cursor.blank and bool(block.children))
                if good:
                    cursor.skip(block.indent)
            elif kind == "paragraph":
                good = not cursor.blank
            elif kind == "code":
                good = cursor.indent >= 4 or cursor.blank
                cursor.skip(4 if good else 0)
            elif kind == "fence":
                word = cursor.word().rstrip()
                if (
                    cursor.indent < 4
                    and len(word) >= block.level
                    and word == block.mark * len(word)
                ):
                    self._close(index - 1)
                    return None
                cursor.skip(min(block.indent, cursor.indent))
                good = True
            elif kind == "html":
                good = not (cursor.blank and block.ends is BLANK_ENDS)
            elif kind == "table":
                good = not cursor.blank
            elif kind == "chunk":
                good = cursor.blank or cursor.indent >= 4 or not block.blank
            else:
                good = False
            if not good:
                return index - 1
        return len(self.open) - 1

    def _optional_space(self, cursor: Cursor) -> None:
        if cursor.indent:
            cursor.skip(1)

    # What may begin

    def _start(self, cursor: Cursor, matched: int) -> bool | None:
        """Open the block that begins here: false if more may begin in it, none if none does."""
        block = self.open[matched]
        word = cursor.word()
        if cursor.indent >= 4:
            if self.tip.kind == "paragraph" or cursor.blank or block.kind in ("table", "chunk"):
                return None
            cursor.skip(4)
            return self._open(matched, Block("code"), False)
        if not word:
            return None
        first = word[0]
        if first == ">":
            cursor.move(1)
            self._optional_space(cursor)
            return self._open(matched, Block("quote"), False)
        if first == "#" and (found := ATX.match(word)):
            text = re.sub(r"(?:^|[ \t]+)#+[ \t]*$", "", word[found.end() :].rstrip())
            return self._open(matched, Block("heading", [text], level=len(found[1])))
        if first in "`~" and (found := FENCE.match(word)):
            made = Block("fence", mark=first, level=found.end(), indent=cursor.indent)
            made.info = word[found.end() :].strip()
            return self._open(matched, made)
        if first == "<" and self._html(word, matched):
            return self._open(matched, self._made, False)
        if block.kind == "paragraph" and self._under(block, word, cursor):
            return True
        if first in "*_-" and RULE.match(word):
            return self._open(matched, Block("rule"))
        if self._item(cursor, matched, word):
            return False
        if self.opens and self.opens.match(word):
            return self._open(matched, Block("chunk"), False)
        return None

    def _html(self, word: str, matched: int) -> bool:
        inside = self.open[matched].kind == "paragraph" or self.lazy
        for number, (start, end) in enumerate(HTML):
            if start.match(word) and not (number == 6 and inside):
                self._made = Block("html", ends=end)
                return True
        return False

    def _under(self, block: Block, word: str, cursor: Cursor) -> bool:
        """Make a heading, a table or a chunk of the paragraph that the line stands under."""
        if SETEXT.match(word):
            self._define(block)
            if not block.lines:
                return False
            block.kind, block.level = "heading", 1 if word[0] == "=" else 2
            self.open.pop()
            return True
        if self.tables and "|" in block.lines[-1] + word and SEPARATOR.match(word):
            head = block.lines.pop()
            if _cells(head) == _cells(word):
                if block.lines:
                    self._close(len(self.open) - 2)
                    self._add(Block("table", [head, word]))
                else:
                    block.kind, block.lines = "table", [head, word]
                return True
            block.lines.append(head)
        if self.joins and self.joins.match(word):
            block.kind = "chunk"
            block.lines.append(cursor.rest())
            return True
        return False

    def _item(self, cursor: Cursor, matched: int, word: str) -> bool:
        found = MARKER.match(word)
        if found is None or word[found.end() : found.end() + 1] not in ("", " ", "\t"):
            return False
        block = self.open[matched]
        empty = not word[found.end() :].strip()
        if block.kind == "paragraph" and (empty or found["number"] not in (None, "1")):
            return False
        before, width = cursor.indent, found.end()
        cursor.move(width)
        space = 1 if empty or cursor.indent > 4 else cursor.indent
        mark, start = found["bullet"] or found["end"], found["number"]
        if block.kind != "list" or block.mark != mark:
            parent = matched - 1 if block.kind == "list" else matched
            made = Block("list", mark=mark, start=int(start) if start else None)
            self._open(parent, made)
            matched = len(self.open) - 1
        self._open(matched, Block("item", indent=before + width + space))
        if not empty:
            cursor.skip(space)
        else:
            cursor.skip(cursor.indent)
        return True

    # Opening and closing

    def _open(self, parent: int, block: Block, done: bool = True) -> bool:
        """Close what is open below a block and open another in it."""
        if self.open[parent].kind not in CONTAINERS:
            parent -= 1
        self._close(parent)
        self._add(block)
        if block.kind in ("heading", "rule"):
            self.open.pop()
        return done

    def _add(self, block: Block) -> None:
        while self.tip.kind == "list" and block.kind != "item":
            self._close(len(self.open) - 2)
        self.tip.children.append(block)
        for one in self.open:
            one.blank = False
        self.open.append(block)

    def _close(self, last: int) -> None:
        """Close all blocks behind one."""
        while len(self.open) > last + 1:
            block = self.open.pop()
            if block.kind == "paragraph":
                self._define(block)
                if not block.lines:
                    self.tip.children.remove(block)
            elif block.kind == "list":
                block.tight = not _is_loose(block)
            elif block.kind in ("code", "chunk"):
                while block.lines and not block.lines[-1].strip():
                    block.lines.pop()

    def _define(self, block: Block) -> None:
        """Take the link definitions off the top of a paragraph."""
        if not block.lines[0].startswith("["):
            return
        text = block.text
        while found := definition(text):
            self.define(found.label, found)
            text = text[found.end :]
        block.lines = text.split("\n") if text else []

    def _blank(self, block: Block) -> None:
        """Remember a blank line: it makes lists loose."""
        if block.children and block.kind in CONTAINERS:
            block.children[-1].blank = True
        last = not (
            block.kind in ("quote", "fence") or (block.kind == "item" and not block.children)
        )
        for one in self.open:
            one.blank = last


def _is_loose(block: Block) -> bool:
    items = block.children
    for number, item in enumerate(items):
        last = number == len(items) - 1
        if not last and _ends_blank(item):
            return True
        for place, child in enumerate(item.children):
            if _ends_blank(child) and not (last and place == len(item.children) - 1):
                return True
    return False


def _ends_blank(block: Block) -> bool:
    while True:
        if block.blank:
            return True
        if block.kind not in ("list", "item") or not block.children:
            return False
        block = block.children[-1]


def _cells(row: str) -> int:
    """Count the cells of a table's row."""
    return len(CELL.findall(row.strip().strip("|") if row.strip("| ") else ""))
