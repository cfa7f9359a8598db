from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blasto.errors import BlastoError, Problem
from blasto.frontmatter import LARGEST, Document, decode, parse

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"


def problem(text: str | bytes) -> Problem:
    """Give the one problem that a file has."""
    with pytest.raises(BlastoError) as raised:
        parse(text if isinstance(text, str) else decode(text, "post.md"), "post.md")
    (one,) = raised.value.problems
    assert one.path == "post.md"
    assert one.line is not None
    return one


def place(text: str | bytes) -> tuple[int | None, int | None]:
    """Give line and column of the one problem that a file has."""
    one = problem(text)
    return one.line, one.column


# Bytes


def test_utf8_is_decoded_without_bom_and_with_unix_line_ends() -> None:
    """BOM, CRLF and lone CR are what editors leave behind."""
    assert decode("\ufeffé\r\nb\rc\n".encode(), "post.md") == "é\nb\nc\n"
    assert decode(b"", "post.md") == ""


def test_latin1_is_an_error_with_line_column_and_offset() -> None:
    """The message names the byte; the column counts characters."""
    one = problem("title\r\né".encode() + "é\n".encode("latin-1"))
    assert (one.line, one.column) == (2, 2)
    assert "byte 0xE9 at offset 9" in one.message
    assert one.source == "é\\xe9"


def test_utf16_is_recognised() -> None:
    """The hint says which encoding the file looks like."""
    for codec in ("utf-16-le", "utf-16-be"):
        one = problem("\ufefftitle".encode(codec))
        assert (one.line, one.column) == (1, 1)
        assert "UTF-16" in (one.hint or "")


def test_nul_is_an_error_with_its_place() -> None:
    """A NUL is nowhere to be published, in the body neither."""
    assert place(b"---\ntitle: a\n---\nab\0c\n") == (4, 3)


@given(st.binary(max_size=60))
def test_decode_raises_nothing_else(data: bytes) -> None:
    """Any bytes are text or a BlastoError with a line."""
    try:
        text = decode(data, "post.md")
    except BlastoError as error:
        assert error.problems[0].line  # noqa: PT017
    else:
        assert "\0" not in text
        assert "\r" not in text


# Fences


def test_yaml_is_split_from_the_body() -> None:
    """The body keeps its text; its first line is known."""
    document = parse("---\ntitle: Hello\ntags: [a]\n---\n\nText\n", "post.md")
    assert document.data == {"title": "Hello", "tags": ["a"]}
    assert document.body == "\nText\n"
    assert document.body_line == 5
    assert document.positions == {"title": (2, 1), "tags": (3, 1), "tags[0]": (3, 8)}
    assert document.language == "yaml"


def test_toml_is_split_from_the_body() -> None:
    """Places are found although tomllib keeps none."""
    document = parse('+++\ntitle = "Hello"\n[extra]\nicon = "x"\n+++\nText', "post.md")
    assert document.data == {"title": "Hello", "extra": {"icon": "x"}}
    assert (document.body, document.body_line) == ("Text", 6)
    assert document.positions == {"title": (2, 1), "extra": (3, 2), "extra.icon": (4, 1)}


def test_toml_in_a_tilde_fence_is_front_matter() -> None:
    """The way of the Pallets site: still a code block where it is not understood."""
    document = parse('~~~~toml\nname = "Jinja"\n~~~~\n\nText', "post.md")
    assert document.data == {"name": "Jinja"}
    assert (document.body, document.body_line) == ("\nText", 4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "# Title\n\n---\n\ntext\n\n---\n",
        "----\na\n----\n",
        "--- a\n---\n",
        "```toml\na = 1\n```\n",
        "~~~python\na = 1\n~~~\n",
        "title: Not fenced\n\nText\n",
        " ---\na: b\n ---\n",
        "Text\n---\na: b\n---\n",
    ],
)
def test_text_without_a_fence_at_the_top_is_all_body(text: str) -> None:
    """A rule further down, a longer rule, a code sample: nothing is taken away."""
    assert parse(text, "post.md") == Document({}, text, text=text)


@pytest.mark.parametrize("start", ["", "\n", "\n\n", " \t\n\n", "\ufeff", "\ufeff\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_bom_blank_lines_and_line_ends_are_accepted(start: str, end: str) -> None:
    """Lines are counted from the top of the file, blank ones too."""
    text = f"{start}---\ntitle: a\n---\nbody\n".replace("\n", end)
    document = parse(decode(text.encode(), "post.md"), "post.md")
    assert document.data == {"title": "a"}
    assert document.body == "body\n"
    assert document.body_line == 4 + start.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "---\n---\n",
        "---\n---",
        "---\n\n---\n",
        "---\n# nothing yet\n---\n",
        "+++\n+++\n",
        "---  \n---\t\n",
        "---\n...\n",
        "---\nnull\n---\n",
    ],
)
def test_empty_front_matter_is_fine(text: str) -> None:
    """Nothing between the fences means no keys and no body."""
    document = parse(text, "post.md")
    assert (document.data, document.body) == ({}, "")


def test_front_matter_that_is_never_closed_is_an_error_at_its_fence() -> None:
    """The hint says how a rule at the top is written."""
    one = problem("\n---\ntitle: a\n\nText\n")
    assert (one.line, one.column, one.source) == (2, 1, "---")
    assert "***" in (one.hint or "")
    assert place("+++\na = 1\n") == (1, 1)
    assert place("---") == (1, 1)
    assert place("~~~toml\na = 1\n") == (1, 1)


def test_front_matter_that_is_no_mapping_says_what_it_is() -> None:
    """A rule, text, a rule: that is no page without front matter."""
    one = problem("---\n\nhello there\n\n---\n")
    assert (one.line, one.source) == (3, "hello there")
    assert 'text ("hello there")' in one.message
    assert "not a list" in problem("---\n- a\n---\n").message
    assert "not 5" in problem("---\n5\n---\n").message


# YAML


def test_yaml_syntax_errors_have_line_column_source_and_hint() -> None:
    """Line and column are those of the file."""
    one = problem("---\ntitle: a\nsummary: this: that\n---\n")
    assert (one.line, one.column) == (3, 14)
    assert one.source == "summary: this: that"
    assert "quotes" in (one.hint or "")
    assert place('---\na: 1\nb: "open\nc: 2\n---\n') == (3, 4)
    assert place("---\na: @b\n---\n") == (2, 4)
    assert place("---\na: [1, 2\n---\n")[0] in (2, 3)
    assert place("---\na:\n\t- b\n---\n")[0] == 3
    assert place("---\na: *b\n---\n") == (2, 4)


def test_columns_count_characters_and_lines_count_newlines_only() -> None:
    """PyYAML counts a line separator as a line, editors do not."""
    assert place('---\na: "é\u2028"\nb: 1\nb: 2\n---\n') == (4, 1)
    assert parse('---\na: "é\u2028"\nb: 1\n---\n', "post.md").positions["b"] == (3, 1)


@pytest.mark.parametrize(
    ("text", "where", "first"),
    [
        ("---\na: 1\nb: 2\na: 3\n---\n", (4, 1), 2),
        ("---\nx:\n  a: 1\n  a: 1\n---\n", (4, 3), 3),
        ("---\nx: {a: 1, a: 2}\n---\n", (2, 11), 2),
        ("+++\na = 1\nb = 2\na = 3\n+++\n", (4, 1), 2),
        ("+++\n[a]\n[b]\n[a]\n+++\n", (4, 2), 2),
    ],
)
def test_a_key_twice_is_an_error_with_both_lines(
    text: str, where: tuple[int, int], first: int
) -> None:
    """The place is the second one, the message names the first."""
    assert place(text) == where
    assert f'"a" is given twice, first on line {first}' in problem(text).message


@pytest.mark.parametrize(
    "key", ["404", "1.5", "true", "null", "2024-01-01", "[a]", "{a: b}", "? [a]\n", "~"]
)
def test_keys_must_be_text(key: str) -> None:
    """The message says what the key is and how to make it text."""
    text = f"---\n{key}: x\n---\n"
    assert "a key must be text, not " in problem(text).message
    assert place(text)[0] == 2
    assert "a key must be text" in problem(f"---\na: {{{key.strip()}: x}}\n---\n").message


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("010", "010"),
        ("1_000", "1_000"),
        ("1e999", "1e999"),
        ("0x1F", 31),
        ("0o17", 15),
        ("-5", -5),
        ("1.50", 1.5),
        ("True", True),
        ("~", None),
        ("", None),
        ("2024-01-31", date(2024, 1, 31)),
        ("'2024-01-31'", "2024-01-31"),
        ("!!str 5", "5"),
        ("!!int 5", 5),
        ("!!float 5", 5.0),
        ("!!binary aGk=", b"hi"),
    ],
)
def test_plain_scalars_mean_what_yaml_1_2_says(written: str, value: object) -> None:
    """No country is a truth value, no time is a number."""
    found = parse(f"---\nx: {written}\n---\n", "post.md").data["x"]
    assert found == value
    assert type(found) is type(value)


def test_titles_and_tags_are_text_as_written() -> None:
    """A version number keeps its zero; an empty one stays empty; other keys are numbers."""
    data = parse(
        "---\ntitle: 1.10\nslug: 010\ntags: [3.10, 2024-01-01, ~]\nweight: 3\nnav_title:\n"
        "params:\n  title: 1.10\n---\n",
        "post.md",
    ).data
    assert data == {
        "title": "1.10",
        "slug": "010",
        "tags": ["3.10", "2024-01-01", None],
        "weight": 3,
        "nav_title": None,
        "params": {"title": 1.1},
    }
    assert parse("---\ntags: 5\n---\n", "post.md").data == {"tags": 5}


def test_impossible_dates_are_errors_at_their_place() -> None:
    """Under any key, since a string would hide the slip."""
    one = problem("---\ntitle: a\ndate: 2024-13-45\n---\n")
    assert (one.line, one.column) == (3, 7)
    assert "2024-13-45" in one.message
    assert place("---\nparams:\n  on: 2023-02-29 10:00:00\n---\n") == (3, 7)
    assert place("+++\ndate = 2024-13-45\n+++\n")[0] == 2


def test_anchors_and_merges_work() -> None:
    """They are plain YAML; what is given beats what is merged."""
    data = parse("---\na: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: *a\n---\n", "post.md").data
    assert data["b"] == {"x": 1, "y": 3}
    assert data["c"] == data["a"]
    assert place("---\na: {<<: 5}\n---\n")[0] == 2


@pytest.mark.parametrize(
    "value",
    ["!!python/object/apply:os.system ['true']", "!!python/name:os.system", "!ENV HOME", "!x {}"],
)
def test_tags_that_make_objects_are_refused(value: str) -> None:
    """Nothing in a page is ever called."""
    assert "is not allowed" in problem(f"---\na: {value}\n---\n").message
    assert place(f"---\na: {value}\n---\n") == (2, 4)


def test_alias_bombs_are_refused() -> None:
    """Nine levels of ten aliases would be a billion nodes."""
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "too large" in problem("---\n" + "\n".join(levels) + "\n---\n").message
    assert "inside what it names" in problem("---\na: &a [*a]\n---\n").message


@pytest.mark.parametrize(
    "text",
    [
        "---\na: " + "[" * 100_000 + "\n---\n",
        "---\n" + "- " * 100_000 + "\n---\n",
        "---\na: " + "[" * 150 + "]" * 150 + "\n---\n",
        "---\n" + "\n".join(" " * n + "a:" for n in range(150)) + "\n---\n",
        "+++\na = " + "[" * 100_000 + "\n+++\n",
        "+++\na = " + "[" * 150 + "]" * 150 + "\n+++\n",
        "+++\n" + ".".join("a" * 100_000) + " = 1\n+++\n",
        "+++\n" + ".".join("a" * 102) + " = 1\n+++\n",
    ],
)
def test_deep_nesting_is_an_error(text: str) -> None:
    """Never a RecursionError, nor a crash of the parser written in C."""
    assert "nested too deeply" in problem(text).message


def test_front_matter_over_a_megabyte_is_refused() -> None:
    """Ten megabytes of it are data, not front matter."""
    one = problem("---\n" + "a: b\n" * (LARGEST // 5 + 1) + "---\n")
    assert "larger than" in one.message
    assert one.line == 1


def test_numbers_must_fit_64_bits() -> None:
    """The cache could not keep them."""
    assert place(f"---\na: {2**64}\n---\n") == (2, 4)
    assert place(f"---\na: {'9' * 5000}\n---\n") == (2, 4)
    assert place(f"+++\n[x]\na = [{2**64}]\n+++\n") == (3, 1)
    assert parse(f"---\na: {2**64 - 1}\nb: -{2**63}\n---\n", "post.md").data["a"] == 2**64 - 1


def test_control_characters_are_errors() -> None:
    """With the character's number, since it is invisible."""
    one = problem("---\ntitle: a\nb: x\x07\n---\n")
    assert (one.line, one.column) == (3, 5)
    assert "U+0007" in one.message


# TOML


def test_toml_errors_have_the_line_of_the_file() -> None:
    """The parser counts from the fence, people from the top."""
    one = problem('\n+++\ntitle = "a"\ntags = [a]\n+++\n')
    assert (one.line, one.source) == (4, "tags = [a]")
    assert place("+++\ntitle: a\n+++\n")[0] == 2
    assert place("+++\na = [1,\n2\n+++\n")[0] == 3


# Anything


@given(
    st.sampled_from(["---\n", "+++\n", "\n---\n", "~~~toml\n", ""]),
    st.text(max_size=80) | st.text("ab:-[]{}#&*!|>'\"%@`,? \n\t=.~1", max_size=80),
    st.sampled_from(["\n---\n", "\n+++\n", "\n...\n", "\n~~~\n", ""]),
)
def test_parse_raises_nothing_else(opening: str, text: str, closing: str) -> None:
    """Any text is a document or a BlastoError with a line inside the file."""
    whole = opening + text + closing
    try:
        document = parse(whole, "post.md")
    except BlastoError as error:
        (one,) = error.problems
        assert one.line is not None
        assert 1 <= one.line <= whole.count("\n") + 1
    else:
        assert whole.endswith(document.body)
        lines = whole.split("\n")
        assert "\n".join(lines[document.body_line - 1 :]) == document.body


@given(st.dictionaries(st.text(min_size=1), st.none() | st.integers(-(2**63), 2**63) | st.text()))
def test_what_json_writes_is_read_back(data: dict[str, object]) -> None:
    """JSON is YAML; PyYAML refuses some characters that JSON escapes, so escapes are kept."""
    text = "---\n" + json.dumps({f"k{key}": value for key, value in data.items()}) + "\n---\n"
    try:
        found = parse(text, "post.md").data
    except BlastoError as error:
        assert "\\ud" in text, error  # noqa: PT017
    else:
        assert found == {f"k{key}": value for key, value in data.items()}


def test_it_works_without_libyaml() -> None:
    """PyYAML is pure Python where no wheel fits the machine."""
    code = (
        "import sys; sys.modules['yaml.cyaml'] = None\n"
        "from blasto.errors import BlastoError\n"
        "from blasto.frontmatter import parse\n"
        "print(parse('---\\ntitle: 1.10\\ntags: [no, 5]\\nd: 2024-01-31\\n---\\nx', 'p').data)\n"
        "for text in ('a: 1\\na: 2', 'a: ' + '[' * 5000, 'a: b: c', 'a: \"', 'a: !!python/x y'):\n"
        "    try: parse(f'---\\n{text}\\n---\\n', 'p')\n"
        "    except BlastoError as error: print(error.problems[0].line)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    first, *lines = ran.stdout.splitlines()
    assert "'title': '1.10', 'tags': ['no', '5'], 'd': datetime.date(2024, 1, 31)" in first
    assert lines == ["3", "2", "2", "2", "2"]


@pytest.mark.skipif(not CORPORA.is_dir(), reason="platform: the corpora are not here")
def test_every_real_page_is_read() -> None:
    """Nine trees that other people wrote hold no front matter that blasto refuses."""
    trees = "18f hugodocs jekyll-docs mkdocs-material pallets-website python-markdown rust-blog"
    languages = dict.fromkeys(("yaml", "toml", None), 0)
    for tree in [*trees.split(), "simonw-til"]:
        for path in sorted((CORPORA / tree).rglob("*.md")):
            document = parse(decode(path.read_bytes(), path.name), path.name)
            languages[document.language] += 1
            assert set(document.data) <= set(document.positions)
    print(languages)
    assert min(languages.values()) > 500
