from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blasto.config import Config, Markdown, MenuItem, Section, Theme, describe, load
from blasto.errors import BlastoError, Problem, UsageError

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Give a function that writes blasto.toml."""

    def write(text: str) -> Path:
        path = tmp_path / "blasto.toml"
        path.write_text(text, "utf-8", newline="")
        return path

    return write


def problems(path: Path, **options: object) -> list[Problem]:
    """Give all that is wrong with a configuration."""
    with pytest.raises(UsageError) as raised:
        load(path, **options)  # type: ignore[arg-type]
    assert raised.value.exit_status == 2
    return list(raised.value.problems)


# What is right


def test_without_a_file_all_is_as_by_default(tmp_path: Path) -> None:
    """A folder of Markdown is a site."""
    assert load(tmp_path) == load(tmp_path / "blasto.toml") == Config()
    config = Config()
    assert (config.title, config.language, config.paginate) == ("My site", "en", 10)
    assert (config.content, config.destination) == ("content", "build")
    assert config.taxonomies == ("tags", "categories")


def test_every_option_can_be_set(write: Write) -> None:
    """Tables become dataclasses, lists tuples."""
    config = load(
        write(
            'title = "T"\ndescription = "D"\nbase_url = "https://example.org/a/"\n'
            'language = "he-IL"\ntimezone = "Europe/Berlin"\nauthor = "A"\ncontent = "c"\n'
            'templates = "t"\nstatic = "s"\npublic = "p"\ndata = "d"\ndestination = "o"\n'
            "drafts = true\nfuture = true\nexpired = true\npaginate = 3\n"
            'date_format = "%Y"\nsummary_words = 5\nfeed_limit = 6\nfeed_full = false\n'
            'strict = true\nworkers = 2\ntaxonomies = ["tags", "topics"]\n'
            "[params]\nx = {y = 1}\n"
            '[[menu]]\ntitle = "Home"\nurl = "/"\n'
            '[[menu]]\ntitle = "Start"\npage = "guide/start.md"\nweight = -1\n'
            '[sections.blog]\ntitle = "Blog"\npermalink = "/b/:year/:slug/"\nlayout = "blog"\n'
            'sort = "date"\npaginate = 5\nfeed = true\ndescription = "Words"\n'
            '[permalinks]\nnotes = "/n/<slug>/"\n'
            '[markdown]\ndialect = "python-markdown"\nextensions = ["abbr"]\n'
            '[theme]\nlayout = "docs"\n[theme.params]\ncolor = "red"\n'
        )
    )
    rule = "/b/<int(fixed_digits=4):year>/<slug>/"
    assert config.base_url == "https://example.org/a"
    assert (config.base_path, config.origin) == ("/a", "https://example.org")
    assert (config.direction, config.zone) == ("rtl", ZoneInfo("Europe/Berlin"))
    assert (config.drafts, config.feed_full, config.strict) == (True, False, True)
    assert config.taxonomies == ("tags", "topics")
    assert config.params == {"x": {"y": 1}}
    assert config.menu == (
        MenuItem(title="Home", url="/"),
        MenuItem(title="Start", page="guide/start.md", weight=-1),
    )
    assert config.sections == {
        "blog": Section(
            title="Blog",
            description="Words",
            permalink=rule,
            layout="blog",
            sort="date",
            paginate=5,
            feed=True,
        ),
        "notes": Section(permalink="/n/<slug>/"),
    }
    assert config.section("blog").feed
    assert config.section("elsewhere") == Section()
    assert config.markdown == Markdown(extensions={"abbr": {}})
    assert config.theme == Theme(layout="docs", params={"color": "red"})
    assert config.layout == "docs"


def test_extensions_may_have_options(write: Write) -> None:
    """As a table of name to options."""
    path = write('[markdown.extensions]\nabbr = {}\n"pymdownx.tabbed" = {alternate_style = true}\n')
    assert load(path).markdown.extensions == {
        "abbr": {},
        "pymdownx.tabbed": {"alternate_style": True},
    }


def test_bom_and_crlf_are_accepted(write: Write) -> None:
    """As in content."""
    assert load(write('\ufefftitle = "T"\r\nauthor = "A"\r\n')).title == "T"


def test_a_config_cannot_be_changed_but_copied_and_pickled() -> None:
    """Workers get it."""
    config = Config(title="T")
    with pytest.raises(FrozenInstanceError):
        config.title = "U"  # type: ignore[misc]
    assert replace(config, title="U").title == "U"
    assert pickle.loads(pickle.dumps(config)) == config


@pytest.mark.parametrize(
    ("language", "direction"),
    [("en", "ltr"), ("ar", "rtl"), ("fa-IR", "rtl"), ("HE", "rtl"), ("az", "ltr")],
)
def test_direction_follows_the_language(language: str, direction: str) -> None:
    """Unless it is said."""
    assert Config(language=language).direction == direction
    assert Config(language=language, direction="ltr").direction == "ltr"


@pytest.mark.parametrize(
    ("url", "kept", "path"),
    [
        ("", "", ""),
        ("https://example.org", "https://example.org", ""),
        ("https://example.org/", "https://example.org", ""),
        ("http://localhost:8000/a/b//", "http://localhost:8000/a/b", "/a/b"),
    ],
)
def test_base_url_has_no_final_slash(tmp_path: Path, url: str, kept: str, path: str) -> None:
    """So that paths are appended to it."""
    config = load(tmp_path, overrides={"base_url": url})
    assert (config.base_url, config.base_path) == (kept, path)


# Where values come from


def test_code_beats_environment_beats_file(write: Write) -> None:
    """And None in code means not given."""
    path = write('title = "file"\nauthor = "file"\nlanguage = "de"\n')
    env = {"BLASTO_TITLE": "env", "BLASTO_AUTHOR": "env", "BLASTO_OTHER": "x", "PATH": "/"}
    config = load(path, env=env, overrides={"title": "code", "author": None})
    assert (config.title, config.author, config.language) == ("code", "env", "de")


def test_environment_text_is_read_by_type(tmp_path: Path) -> None:
    """Numbers, truth and lists are written as text there."""
    env = {
        "BLASTO_BASE_URL": "https://example.org/a/",
        "BLASTO_PAGINATE": "3",
        "BLASTO_DRAFTS": "yes",
        "BLASTO_FEED_FULL": "0",
        "BLASTO_TAXONOMIES": "tags, topics",
    }
    config = load(tmp_path, env=env)
    assert (config.base_url, config.paginate) == ("https://example.org/a", 3)
    assert (config.drafts, config.feed_full) == (True, False)
    assert config.taxonomies == ("tags", "topics")


@pytest.mark.parametrize(
    ("env", "message"),
    [
        (
            {"BLASTO_PAGINATE": "many"},
            'BLASTO_PAGINATE must be a whole number, at least 1, not "many"',
        ),
        ({"BLASTO_DRAFTS": "maybe"}, 'BLASTO_DRAFTS must be true or false, not "maybe"'),
        ({"BLASTO_BASE_URL": "x"}, "BLASTO_BASE_URL must be a URL"),
        ({"BLASTO_MENU": "x"}, "BLASTO_MENU cannot be set in the environment"),
        ({"BLASTO_TIMEZONE": "Nowhere"}, "BLASTO_TIMEZONE must be a time zone"),
    ],
)
def test_faults_of_the_environment_name_the_variable(
    tmp_path: Path, env: dict[str, str], message: str
) -> None:
    """No file and no line is to blame."""
    (one,) = problems(tmp_path, env=env)
    assert one.message.startswith(message)
    assert one.path is None


def test_nothing_is_read_from_the_process_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever calls decides what counts."""
    monkeypatch.setenv("BLASTO_TITLE", "env")
    monkeypatch.setenv("CI", "true")
    assert load(tmp_path) == Config()
    assert load(tmp_path, env=os.environ).title == "env"


@pytest.mark.parametrize(
    ("text", "env", "strict"),
    [
        ("", {}, False),
        ("", {"CI": "true"}, True),
        ("", {"CI": "1"}, True),
        ("", {"CI": "false"}, False),
        ("", {"CI": ""}, False),
        ("strict = false\n", {"CI": "true"}, False),
        ("strict = true\n", {}, True),
        ("", {"CI": "true", "BLASTO_STRICT": "no"}, False),
    ],
)
def test_ci_makes_strict_unless_it_is_said(
    write: Write, text: str, env: dict[str, str], strict: bool
) -> None:
    """A warning that nobody reads is an error."""
    assert load(write(text), env=env).strict is strict


# What is wrong


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("title = 5", 1, "title must be text, not 5"),
        ("\n\npaginate = 0", 3, "paginate must be a whole number, at least 1, not 0"),
        ("paginate = true", 1, "paginate must be a whole number"),
        ('paginate = "5"', 1, "paginate must be a whole number"),
        ("drafts = 1", 1, "drafts must be true or false, not 1"),
        ('base_url = "example.org"', 1, "base_url must be a URL that begins with http"),
        ('base_url = "ftp://example.org"', 1, "base_url must be a URL that begins with http"),
        ('base_url = "https://example.org/?a=1"', 1, 'base_url must be a URL without "?"'),
        ('base_url = "https://example.org/#"', 1, 'base_url must be a URL without "?"'),
        ('base_url = "https://u:p@example.org"', 1, "base_url must be a URL without user"),
        ('base_url = "https://example.org/../a"', 1, "base_url must be a plain URL"),
        ('base_url = "https://example.org:x"', 1, "base_url must be a URL, not"),
        ('base_url = "https://[::1"', 1, "base_url must be a URL, not"),
        ('base_url = "https://"', 1, "base_url must be a URL"),
        ('timezone = "Mars"', 1, "timezone must be a time zone"),
        ('timezone = "../etc"', 1, "timezone must be a time zone"),
        ('language = "english please"', 1, "language must be a language"),
        ('direction = "up"', 1, "direction must be"),
        ('content = ""', 1, "content must name a folder"),
        ('taxonomies = "tags"', 1, "taxonomies must be a list of text"),
        ('taxonomies = ["a b"]', 1, "taxonomies must hold names"),
        ('taxonomies = ["a", "a"]', 1, 'taxonomies holds "a" twice'),
        ("params = 1", 1, "params must be a table, not 1"),
        ("menu = 1", 1, "menu must be a list of tables"),
        ("menu = [1]", 1, "menu[0] must be a table, not 1"),
        ('[[menu]]\nurl = "/"', 1, "menu[0] has no title"),
        ('a = 1\n[[menu]]\ntitle = "a"', 2, "menu[0] has neither url nor page"),
        ('[[menu]]\ntitle = "a"\nurl = "/"\npage = "a.md"', 1, "menu[0] has both url and page"),
        ('[[menu]]\ntitle = "a"\nurl = "/"\n[[menu]]\ntitle = 5', 5, "menu[1].title must be text"),
        ("sections = 1", 1, "sections must be a table"),
        ("[sections]\nblog = 1", 2, "sections.blog must be a table, not 1"),
        ('[sections.blog]\nsort = "dat"', 2, "sections.blog.sort must be"),
        ('[sections.blog]\nlayout = "blgo"', 2, "sections.blog.layout must be"),
        ('[sections.blog]\npermalink = "/:yaer/"', 2, "sections.blog.permalink must be a URL rule"),
        ('[sections.blog]\npermalink = "/:year/"', 2, "sections.blog.permalink must tell pages"),
        ('[permalinks]\na = "/:slug/"\nb = "/{slug}/"', 3, "permalinks.b must be a URL rule"),
        ("[permalinks]\na = 5", 2, "permalinks.a must be text"),
        (
            '[sections.a]\npermalink = "/a/:slug/"\n[permalinks]\na = "/b/:slug/"',
            4,
            "permalinks.a and sections.a.permalink differ",
        ),
        ('[markdown]\ndialect = "commonmark"', 2, "markdown.dialect must be"),
        ("[markdown]\nextensions = 5", 2, "markdown.extensions must be a table"),
        ("[markdown.extensions]\nabbr = 5", 2, 'markdown.extensions "abbr" must be a table'),
        ("markdown = 5", 1, "markdown must be a table"),
        ('[theme]\nlayout = "x"', 2, "theme.layout must be"),
        ("title =", 1, "blasto.toml is not valid"),
        ('title = "a"\ntitle = "b"', 2, "blasto.toml is not valid"),
        ("a = 1\n[a]", 2, "blasto.toml is not valid"),
    ],
)
def test_faults_have_their_line(write: Write, text: str, line: int, message: str) -> None:
    """The line of the key, and its text for the caret."""
    found = problems(write(text + "\n"))
    one = next(one for one in found if one.message.startswith(message))
    assert (one.path, one.line) == ("blasto.toml", line)
    assert one.source == text.split("\n")[line - 1]


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ('tilte = "a"', 1, 'did you mean "title"?'),
        ('[sections.blog]\nlayuot = "blog"', 2, 'did you mean "layout"?'),
        ('[sections.blog]\nlayout = "blgo"', 2, 'did you mean "blog"?'),
        ("[theme]\nparam = 1", 2, 'did you mean "params"?'),
        ('[[menu]]\ntitle = "a"\nurl = "/"\nwieght = 1', 4, 'did you mean "weight"?'),
        ("[section.blog]\nfeed = true", 1, 'did you mean "sections"?'),
        ('timezone = "Europe/Berln"', 1, 'did you mean "Europe/Berlin"?'),
        (
            '[[menu]]\ntitle = "a"\nurl = "/"\nzzz = 1',
            4,
            "known are title, url, page, weight, menu",
        ),
    ],
)
def test_unknown_names_are_faults_with_a_hint(
    write: Write, text: str, line: int, hint: str
) -> None:
    """A slip must not pass for a setting."""
    (one,) = problems(write(text + "\n"))
    assert (one.line, one.hint) == (line, hint)


def test_all_faults_are_reported_together(write: Write) -> None:
    """In the order of their lines, those of code and environment included."""
    path = write('titel = 1\npaginate = 0\n[theme]\nlayout = "x"\n[permalinks]\na = "/"\nb = "/"\n')
    found = problems(path, env={"BLASTO_WORKERS": "x"}, overrides={"nothing": 1})
    assert [one.line for one in found] == [None, None, 1, 2, 4, 6, 7]


def test_a_file_that_cannot_be_read_is_a_fault(write: Write, tmp_path: Path) -> None:
    """Neither bytes that are no UTF-8 nor a folder in its place give a traceback."""
    path = write("a = 1\n")
    path.write_bytes(b'a = 1\ntitle = "\xe9"\n')
    (one,) = problems(path)
    assert (one.path, one.line) == ("blasto.toml", 2)
    assert "UTF-8" in one.message
    path.unlink()
    path.mkdir()
    (two,) = problems(tmp_path)
    assert two.path == "blasto.toml"
    assert "cannot be read" in two.message


@given(st.text("abtile=[]{}.\"'\n 1:#\\x", max_size=60))
def test_any_text_is_a_config_or_usage_errors(text: str) -> None:
    """Nothing else is raised, and each fault has a line."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blasto.toml"
        path.write_text(text, "utf-8")
        try:
            load(path)
        except UsageError as error:
            assert all(one.line for one in error.problems)  # noqa: PT017


# The rest


def test_rules_are_translated_for_pages_too() -> None:
    """A page's own url may be a pattern."""
    assert Config.rule("/:slug/") == "/<slug>/"
    with pytest.raises(BlastoError, match="did you mean"):
        Config.rule("/:slgu/")


def test_every_option_is_described() -> None:
    """Type, default and a sentence, for the reference page."""
    tables = describe()
    assert set(tables) >= {"", "[[menu]]", "[sections.NAME]", "[related]", "[markdown]", "[theme]"}
    assert {one.name for one in tables[""]} == {one.name for one in fields(Config)}
    for options in tables.values():
        for one in options:
            assert one.doc.endswith((".", "`")), one.name
            assert one.type
    title = tables[""][0]
    assert (title.name, title.type, title.default) == ("title", "text", "My site")
    assert title.env == "BLASTO_TITLE"
    assert next(one for one in tables[""] if one.name == "menu").env is None


def test_importing_it_is_light() -> None:
    """The command line reads it first: no Flask, no YAML, no msgspec."""
    code = "import sys, blasto.config; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"flask", "yaml", "msgspec", "markdown", "jinja2"} & set(ran.stdout.split())
