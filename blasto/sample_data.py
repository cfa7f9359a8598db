"""Makes a sample site of any size: for ``blasto sample``, for tests and for benchmarks.

Stands before the flow: it writes the folder that everything else reads, and nothing
in blasto imports it but the command that is asked for a sample. The same arguments
give the same bytes on every machine and every Python, so that two benchmarks are
about the same text: no clock, no hash order, and of :mod:`random` only ``random()``,
the one method whose sequence Python promises to keep.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from string import Formatter
from typing import TypeVar

from blasto.errors import UsageError

WORDS = """
tag: accessibility archives automation books caching career colour community css data deployment
tag: design documentation drawing editors email flask fonts forms gardening git history html
tag: images javascript linux maps markdown music networks notebooks performance photography
tag: printing privacy python search testing tools writing
noun: book bridge browser calendar chapter checklist clock column corner desk draft feed folder
noun: font footnote garden gate grid harbour heading journal kitchen ladder lamp letter library
noun: list machine map margin mirror notebook page paper path pencil picture postcard printer
noun: question reader recipe record river road script server shelf sketch stamp station story
noun: street table template theme ticket title tool tower village visitor window workshop writer
adj: careful clear common familiar fast friendly gentle half-written large late light little
adj: modern narrow new patient plain private quick quiet rare sharp short simple slow small
adj: steady strange strict tidy tiny useful warm wide
verb: answers carries changes checks closes collects copies counts divides draws explains feeds
verb: finds follows guards holds keeps leaves measures mends names needs opens orders paints
verb: prints reads remembers repeats replaces saves shows sorts supports teaches tests touches
verb: translates warms watches welcomes
name: archive_path build_index count_words feed_entries find_drafts group_by_tag load_notes
name: make_slug next_page open_ledger page_title parse_date read_header render_body save_page
name: sort_posts split_lines tag_cloud url_for_post write_feed
place: after-the-first-week at-the-edge-of-the-screen before-breakfast behind-the-counter
place: between-two-releases by-the-end-of-the-month during-the-review every-other-morning
place: for-a-single-reader in-the-second-edition near-the-harbour next-to-the-printer
place: on-a-slow-connection on-every-page once-a-year under-the-heading with-one-hand
"""
# No noun or adjective begins with the sound of a vowel, so that "a" is right before any.

POOLS: dict[str, list[str]] = {}
for _kind, _, _words in (_line.partition(": ") for _line in WORDS.split("\n")[1:-1]):
    POOLS.setdefault(_kind, []).extend(_words.split())
POOLS["place"] = [_place.replace("-", " ") for _place in POOLS["place"]]
TAGS = POOLS["tag"]

SENTENCES = """\
The {adj} {noun} {verb} the {noun} {place}.
A {adj} {noun} {verb} more than one {noun}, and that is why the {noun} stays {adj}.
Nobody asked for a {adj} {noun}, but {place} it {verb} what the {noun} forgot.
When the {noun} is {adj}, the {noun} {verb} it {place}.
We tried a {adj} {noun} first; the {noun} was {adj} and the {noun} was not.
It took a {noun} and a {adj} {noun} to see which {noun} {verb} the other.
Each {noun} {verb} a {noun}, so a {adj} {noun} is enough {place}.
My {noun} isn't {adj}, yet it {verb} the {noun} that I use {place}.
There is a {adj} way to do this: let the {noun} be {adj} and the {noun} follow.
Whoever keeps a {adj} {noun} knows how the {noun} {verb} a {noun} {place}.
Call `{name}` {place}, and the {noun} {verb} itself.
The **{noun}** is what matters here: it {verb} every {adj} {noun}.
That is a *{adj}* {noun}, not a *{adj}* one, and the {noun} shows it.
In short, `{name}` {verb} a {adj} {noun} and leaves the {noun} alone.
If "{adj}" means anything for a {noun}, it means that a {noun} {verb} it {place}.
So the {noun} goes back to the {noun}, {adj} as ever, and {verb} the rest.
""".splitlines()

TITLES = """\
A {adj} {noun} for the {noun}
The {noun} that {verb} a {noun}
What a {adj} {noun} {verb}
{adj} {noun}, {adj} {noun}
Notes on a {adj} {noun}
How the {noun} {verb} the {noun}
One {noun} {place}
Against the {adj} {noun}
""".splitlines()

HEADINGS = """\
A {adj} {noun}
Why the {noun} {verb} it
The {adj} {noun} {place}
From {noun} to {noun}
Using `{name}`
""".splitlines()

SNIPPETS = """\
python
from pathlib import Path


def {name}(folder: Path, limit: int = {n}) -> list[str]:
    '''Give the names of the {adj} files in a folder.'''
    found = []
    for path in sorted(folder.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if "{tag}" in text and len(text) > {m}:
            found.append(path.stem)
    return found[:limit]
----
python
@app.route("/{noun}/<int:number>/")
def {name}(number):
    # The {noun} starts at 1, as readers count.
    {noun} = table.get(number - 1)
    if {noun} is None:
        abort(404)
    return render_template("{noun}.html", item={noun}, limit={n})
----
bash
set -eu
for file in content/{tag}/*.md; do
    words=$(wc -w < "$file")
    if [ "$words" -gt {m} ]; then
        echo "$file: $words words"   # a {adj} {noun}
    fi
done
----
js
const {noun} = document.querySelector("#{noun}");
let count = {n};

{noun}.addEventListener("click", async (event) => {{
  event.preventDefault();
  const answer = await fetch(`/{tag}/${{count}}.json`);
  if (answer.ok) {{
    count += 1;
    {noun}.textContent = `{adj}: ${{count}}`;
  }}
}});
----
toml
# The {adj} {noun}, as the site has it.
title = "{adj} {noun}"
limit = {n}
draft = false

[{tag}]
names = ["{name}", "{noun}"]
width = {m}
----
html
<article class="{noun}" id="{tag}-{n}">
  <h2><a href="/{tag}/">{adj} {noun}</a></h2>
  <p>The {noun} holds <em>{m}</em> words.</p>
</article>
----
css
.{noun} > .{tag} {{
  display: grid;
  gap: {n}px;
  max-inline-size: {m}px;
}}
----
sql
SELECT title, count(*) AS posts
  FROM {noun}s
 WHERE tag = '{tag}' AND words > {m}
 GROUP BY title
 ORDER BY posts DESC
 LIMIT {n};
----
json
{{
  "name": "{name}",
  "limit": {n},
  "tags": ["{tag}", "{noun}"],
  "width": {m},
  "draft": false
}}
"""
CODE = SNIPPETS.split("----\n")

PICTURES = 8

BLASTO_TOML = """\
title = "Sample site"
description = "Posts about nothing in particular, made by blasto"
base_url = "https://example.org"
"""

FREEZE_PY = '''\
"""The sample site: `python freeze.py` publishes it into build/."""

from blasto import Freezer, create_app

app = create_app(__file__)
freezer = Freezer(app)

if __name__ == "__main__":
    freezer.main()
'''

ABOUT = """\
---
title: About this site
description: Who wrote these posts, and why.
---

Nobody wrote these posts: a program put them together, word by word, so that there is
something to publish. [The front page](index.md) has the newest ones.

## How they are made

Each post has the parts that posts have: headings, a list, a table, a quote, code, links
to other posts, and now and then a picture.
"""

Pattern = tuple[tuple[str, Sequence[str]], ...]
_T = TypeVar("_T")


def make(folder: Path, pages: int, *, seed: int = 2026) -> None:
    """Write a sample site: posts under ``content/blog/``, a home page, an about page.

    :param folder: where to write it; made when missing, must else be empty.
    :param pages: how many posts; home page and about page come on top.
    :param seed: another number gives other posts.
    :raises UsageError: if ``pages`` is negative or ``folder`` is not empty.
    """
    if pages < 0:
        raise UsageError.at(f"a sample site cannot have {pages} pages")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError.at(
            "is not an empty folder", str(folder), hint="name a folder that does not exist yet"
        )
    blog = folder / "content" / "blog"
    blog.mkdir(parents=True)
    titles = [_Writer(seed, number).title() for number in range(pages)]
    files = [f"{number:05}-{_slug(title)}.md" for number, title in enumerate(titles)]
    for number, name in enumerate(files):
        _write(blog / name, _post(_Writer(seed, number), number, titles, files))
    if pages:
        for number in range(PICTURES):
            (blog / f"figure-{number + 1}.png").write_bytes(_picture(number))
    _write(folder / "content" / "index.md", _home(titles, files))
    _write(folder / "content" / "about.md", ABOUT)
    _write(folder / "blasto.toml", BLASTO_TOML)
    _write(folder / "freeze.py", FREEZE_PY)


def _compiled(patterns: list[str]) -> list[Pattern]:
    """Cut each pattern at its slots once: (text before the slot, words for it)."""
    return [
        tuple(
            (text, POOLS[name] if name else ("",)) for text, name, *_ in Formatter().parse(pattern)
        )
        for pattern in patterns
    ]


_SENTENCES, _TITLES, _HEADINGS = _compiled(SENTENCES), _compiled(TITLES), _compiled(HEADINGS)


class _Writer:
    """Draws the words of one post; two posts share nothing, so any can be made alone."""

    def __init__(self, seed: int, number: int) -> None:
        self.random = Random(seed * 1_000_003 + number).random

    def below(self, end: int) -> int:
        return int(self.random() * end)

    def one_of(self, things: Sequence[_T]) -> _T:
        return things[int(self.random() * len(things))]

    def fill(self, pattern: Pattern) -> str:
        random = self.random
        words = [text + pool[int(random() * len(pool))] for text, pool in pattern]
        return "".join(words)

    def title(self) -> str:
        title = self.fill(self.one_of(_TITLES))
        return title[0].upper() + title[1:]

    def heading(self) -> str:
        return self.fill(self.one_of(_HEADINGS))

    def sentence(self) -> str:
        return self.fill(self.one_of(_SENTENCES))

    def paragraph(self, least: int = 3, more: int = 4) -> str:
        count = least + self.below(more)
        return " ".join([self.sentence() for _ in range(count)])

    def tags(self) -> list[str]:
        """One to four, and some far oftener than others, as in any blog."""
        count = 1 + self.below(4)
        drawn = {TAGS[int(self.random() * self.random() * len(TAGS))] for _ in range(count)}
        return sorted(drawn)

    def code(self) -> str:
        language, _, text = self.one_of(CODE).partition("\n")
        slots = {name: self.one_of(POOLS[name]) for name in ("noun", "adj", "tag", "name")}
        body = text.format(n=2 + self.below(60), m=100 + self.below(900), **slots)
        return f"```{language}\n{body}```"

    def table(self) -> str:
        rows = ["| Word | Kind | Count |", "|:-----|:----:|------:|"]
        noun, adj = POOLS["noun"], POOLS["adj"]
        rows += [
            f"| {self.one_of(noun)} | *{self.one_of(adj)}* | {self.below(9000)} |"
            for _ in range(3 + self.below(3))
        ]
        return "\n".join(rows)

    def bullets(self) -> str:
        mark = self.one_of(("- ", "1. "))
        return "\n".join([mark + self.sentence() for _ in range(3 + self.below(3))])


def _post(writer: _Writer, number: int, titles: Sequence[str], files: Sequence[str]) -> str:
    """Write the post with that number, links to others among ``titles`` included."""
    title = writer.title()
    step = max(1, 9 * 365 * 24 * 60 // len(files))
    minutes = step * number + writer.below(min(step, 600))  # no two dates are equal
    date = datetime(2016, 1, 4, 7, 30, tzinfo=UTC) + timedelta(minutes=minutes)
    head = ["---", f'title: "{title}"', f"date: {date:%Y-%m-%d %H:%M:%S}"]
    head.append(f"tags: [{', '.join(writer.tags())}]")
    if writer.below(5) < 3:
        head.append(f'description: "{writer.sentence().translate(_PLAIN)}"')
    head.append("---")
    parts = ["\n".join(head), writer.paragraph(), writer.paragraph()]
    if not writer.below(4):
        picture = 1 + writer.below(PICTURES)
        parts.append(f"![The {writer.one_of(POOLS['noun'])} in figures](figure-{picture}.png)")
    parts += [f"## {writer.heading()}", writer.paragraph(), writer.bullets()]
    parts += [f"### {writer.heading()}", writer.paragraph(2, 3), writer.code()]
    parts += [writer.paragraph(3, 4), f"## {writer.heading()}"]
    parts += [_with_link(writer, titles, files), writer.table(), f"> {writer.sentence()}"]
    parts += [f"### {writer.heading()}", writer.paragraph(3, 4), writer.paragraph(2, 3)]
    parts += ["## What is left", _with_link(writer, titles, files, "#what-is-left")]
    return "\n\n".join(parts) + "\n"


def _with_link(writer: _Writer, titles: Sequence[str], files: Sequence[str], tail: str = "") -> str:
    other = writer.below(len(files))
    link = f"The story goes on in [{titles[other]}]({files[other]}{tail})."
    return f"{writer.paragraph(2, 2)} {link} {writer.sentence()}"


def _home(titles: Sequence[str], files: Sequence[str]) -> str:
    newest = range(len(files) - 1, -1, -1)[:5]
    links = "".join(f"- [{titles[number]}](blog/{files[number]})\n" for number in newest)
    return (
        "---\ntitle: Sample site\n---\n\n"
        "A site to try things on. [More about it](about.md).\n" + (f"\n{links}" if links else "")
    )


_PLAIN = str.maketrans("", "", '"*`')


def _slug(title: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in title.lower()).split()
    return "-".join(words[:6])


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _picture(number: int) -> bytes:
    """Draw a bar chart as a PNG: 160 x 90 pixels of four colours.

    Stored, not compressed: the bytes then do not depend on the zlib at hand.
    """
    width, height = 160, 90
    writer = _Writer(7, number)
    bars = [10 + writer.below(70) for _ in range(width // 20)]
    rows = bytearray()
    for y in range(height):
        rows.append(0)  # filter: none
        for x in range(0, width, 4):
            bar = bars[x // 20]
            colour = 0 if x % 20 >= 12 or height - y > bar else 1 + x // 20 % 3
            rows.append(colour * 0b01010101)
    palette = bytes((247, 247, 244, 31, 94, 107, 201, 122, 61, 88 + 8 * number, 96, 140))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 2, 3, 0, 0, 0)),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(bytes(rows), 0)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
