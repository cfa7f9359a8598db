from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor, Pattern
from markdown.util import AtomicString

from blasto import converter, inline
from blasto.markup import DEFAULT_EXTENSIONS

sys.path.insert(0, str(Path(__file__).parent / "upstream"))
import markdown_suite

EXTRA: dict[str, Any] = {name: {} for name in ["extra", "toc", "codehilite", "smarty", "nl2br"]}
SETS = {"ours": DEFAULT_EXTENSIONS, "extra": EXTRA, "pymdown": markdown_suite.COMMON["pymdown"]}


def pair(extensions: dict[str, Any], *more: Extension) -> tuple[Any, Any]:
    """Give Python-Markdown's converter and blasto's with the same extensions."""
    words = {
        "extensions": [*extensions, *more],
        "extension_configs": extensions,
        "output_format": "html",
    }
    return markdown.Markdown(**words), converter.Markdown(**words)


CONVERTERS = {name: pair(extensions) for name, extensions in SETS.items()}

PIECES = (
    "word *em* **strong** _a_ __b__ ***x*** *** ** * _ ` `` `code` ``a ` b`` \\* \\\\ \\` \\_ [ ] ( ) ! "
    '[text](url) [text](<u r l> "t") [ref] [ref][] ![img](src) ![ref] [^1] <http://a.b> <a@b.c> <b> </b> '
    "<!-- c --> <br/> & &amp; &#39; < > ' \" -- --- ... '90s don't \"quoted\" ~~del~~ ~ ^ {.cls} {: #id } "
    "HTML http://x.y/z www.x.y :smile: ++ctrl+a++ ==mark== $x$ \x02 \x03 \x02klzzwxh:0000\x03 é — 漢字"
).split(" ")
STARTS = [
    "", "", "# ", "## ", "> ", "- ", "* ", "1. ", "    ", "* [ ] ", "!!! note\n    ", "??? tip\n    ",
    ": ", "[ref]: /u 't'\n", "[^1]: ", "*[HTML]: ", "```python\n", "```\n", "~~~\n", "| a | b |\n|---|:-:|\n| ",
    "===\n", "---\n", "<div markdown>\n", "</div>\n", "[TOC]\n",
]  # fmt: skip
LINES = st.builds(
    lambda start, words, joint: start + joint.join(words),
    st.sampled_from(STARTS),
    st.lists(st.sampled_from(PIECES), max_size=7),
    st.sampled_from([" ", "", " "]),
)
TEXTS = st.builds(
    lambda lines, joints: "".join(line + joint for line, joint in zip(lines, joints, strict=False)),
    st.lists(LINES, max_size=7),
    st.lists(st.sampled_from(["\n", "\n\n", "  \n", "\n \n"]), min_size=7, max_size=7),
)


@pytest.mark.parametrize("name", SETS)
@settings(max_examples=120, deadline=None)
@given(text=TEXTS)
def test_generated_markdown_gives_the_same_bytes(name: str, text: str) -> None:
    """Whatever the text, blasto's converter gives what Python-Markdown's gives."""
    plain, quick = CONVERTERS[name]
    assert markdown_suite.convert(quick, text) == markdown_suite.convert(plain, text)


@pytest.mark.parametrize("name", SETS)
def test_real_markdown_gives_the_same_bytes(name: str) -> None:
    """A sample of real pages gives the same bytes too (`make upstream` takes them all)."""
    if not markdown_suite.CORPORA.is_dir():
        pytest.skip("platform: the corpora are not here")
    plain, quick = CONVERTERS[name]
    for path in list(markdown_suite.bodies())[::60]:
        text = markdown_suite.body(path)
        assert markdown_suite.convert(quick, text) == markdown_suite.convert(plain, text), path


class Old(Pattern):
    """A pattern of the old style: it matches the whole text."""

    def handleMatch(self, m: re.Match[str]) -> Any:  # noqa: N802
        if m[2] == "%no%":
            return None
        made = Element("old")
        made.text = m[2].strip("%")
        return made


class Changing(InlineProcessor):
    """A pattern that gives another expression each time it is asked."""

    count = 0

    def getCompiledRegExp(self) -> re.Pattern[str]:  # noqa: N802
        self.count += 1
        return re.compile("one" if self.count % 2 else "two")

    def handleMatch(self, m: re.Match[str], data: str) -> Any:  # noqa: N802
        return f"({m[0]}{self.count})", m.start(), m.end()


class Excluded(InlineProcessor):
    """A pattern that is not to be applied inside of emphasis, and refuses some matches."""

    ANCESTOR_EXCLUDES = ("EM", "h2")

    def handleMatch(self, m: re.Match[str], data: str) -> Any:  # noqa: N802
        if m[1] == "x":
            return None, None, None
        made = Element("span")
        inner = SubElement(made, "i")
        inner.text, inner.tail = "*in*", "*tail*"
        made.text = AtomicString("*atomic*") if m[1] == "a" else f"*{m[1]}*"
        return made, m.start(), m.end()


class Patterns(Extension):
    """Brings the three patterns."""

    def extendMarkdown(self, md: Any) -> None:  # noqa: N802
        md.inlinePatterns.register(Old(r"(%[a-z *]+%)", md), "old", 175)
        md.inlinePatterns.register(Changing("", md), "changing", 65)
        md.inlinePatterns.register(Excluded(r"@(\w)", md), "excluded", 70)


@pytest.mark.parametrize(
    "text",
    [
        "a %b% c d %e *f* g%",
        "a %no% d %e *f* g%",
        "one two one two *one* two",
        "@b and @x and @a *em @b* ***@b***\n\n## @b\n\n- @b\n\n    *x* @x@x@b",
        "%old% @x @c *one* `@b`",
    ],
)
def test_patterns_of_every_kind_work(text: str) -> None:
    """Old patterns, changing ones and those that exclude ancestors do what they did."""
    plain, quick = pair({"extra": {}}, Patterns())
    assert quick.convert(text) == plain.convert(text)


def test_a_pattern_may_be_added_taken_away_and_changed_between_pages() -> None:
    """What a pattern is made of is looked at again before each page."""
    for made in (plain_and_quick := pair({}, Patterns())):
        made.convert("@b ==x==")
    results = []
    for made in plain_and_quick:
        pattern = made.inlinePatterns["excluded"]
        pattern.compiled_re = re.compile("=(=x)=")
        first = made.reset().convert("@b ==x==")
        pattern.ANCESTOR_EXCLUDES = ("p",)
        second = made.reset().convert("@b ==x==")
        made.inlinePatterns.deregister("em_strong")
        results.append((first, second, made.reset().convert("*a* ==x==")))
    assert results[0] == results[1]
    assert "<span>" in results[1][0]
    assert "<span>" not in results[1][1]


def test_a_part_of_a_tree_is_treated_by_itself() -> None:
    """The processor can be run on a part, with the tags around it given."""
    made = []
    for instance in pair({}, Patterns()):
        part = Element("td")
        SubElement(part, "p").text = "@b *em*"
        tree = instance.treeprocessors["inline"].run(part, ["em"])
        made.append(tostring(tree))
    assert made[0] == made[1]
    assert b"<span>" not in made[1]


def test_it_stands_in_both_places() -> None:
    """Python-Markdown's pass and that of smarty are blasto's, each with its patterns."""
    _, quick = CONVERTERS["ours"]
    passes = [quick.treeprocessors[name] for name in ("inline", "smarty")]
    assert [type(one) for one in passes] == [inline.InlineProcessor] * 2
    assert passes[0].inlinePatterns is quick.inlinePatterns
    quick.reset().convert("*a* b")
    assert {child.tag for child in passes[0].parent_map} >= {"p", "em"}


def test_many_delimiters_in_one_text_take_little_time() -> None:
    """A text with one kind of delimiter a thousand times is looked through once, not often."""
    plain, quick = pair({})
    text = "*a* " * 300 + "`" + "'" * 300
    assert quick.convert(text) == plain.convert(text)
