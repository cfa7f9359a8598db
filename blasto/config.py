"""``blasto.toml``: every option, its type, its default and its sentence.

Read first of all, by ``site`` and the command line. The dataclasses below are the only
place where an option is written down: checking, the reference page and the environment
variables all come from their fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from .appearance import Analytics, Comments, SocialCards, Theme
from .errors import BlastoError, Problem, UsageError
from .listoptions import MenuItem, Related, Section
from .media import Assets, Images
from .options import (
    BASE_URL,
    BOOL,
    EXTENSIONS,
    FOLDER,
    LANGUAGE,
    PERMALINKS,
    SLUGS,
    TABLE,
    TEXT,
    TEXTS,
    ZONE,
    Option,
    WrongValueError,
    about,
    choice,
    number,
    option,
    options_of,
    several,
    tables,
)
from .permalinks import flask_rule
from .tables import Tables

FILE = "blasto.toml"
ENV = "BLASTO_"
_RTL = frozenset("ar arc ckb dv fa he iw ku-arab ps sd ug ur uz-arab yi".split())


@dataclass(frozen=True, kw_only=True, slots=True)
class SectionWords:
    """What a folder is called in a language, ``[languages.CODE.sections.NAME]``."""

    title: str = option(TEXT, "Title of its list; else that of its `_index.md`.", "")
    description: str = option(TEXT, "Sentence under the title.", "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Language:
    """One language of the site, ``[languages.CODE]``."""

    name: str = option(TEXT, "What the language calls itself, for the switcher.", "")
    title: str = option(TEXT, "Name of the site; else that of the main language.", "")
    description: str = option(TEXT, "One sentence about it; else that of the main language.", "")
    author: str = option(TEXT, "Who writes where a page does not say.", "")
    direction: str = option(
        choice("", "ltr", "rtl"), "Direction of writing; empty for the language's.", ""
    )
    date_format: str = option(TEXT, "How dates are shown; empty for the language's way.", "")
    params: dict[str, Any] = field(
        default_factory=dict, metadata=about(TABLE, "Free values that win over `params`.")
    )
    menu: tuple[MenuItem, ...] = option(
        tables(MenuItem, "list"), "The menu, as `[[menu]]`; without it that, translated.", ()
    )
    sections: dict[str, SectionWords] = field(
        default_factory=dict, metadata=about(tables(SectionWords, "table"), "Names of folders.")
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Markdown:
    """How bodies become HTML, ``[markdown]``."""

    dialect: str = option(
        choice("python-markdown", "github"),
        "What Markdown means: as in MkDocs, or as on GitHub.",
        "python-markdown",
    )
    extras: tuple[str, ...] = option(
        several("emoji", "keys", "marks", "scripts", "snippets", "tabs"),
        "Forms on top of the dialect's.",
        ("emoji", "keys", "marks", "scripts", "snippets", "tabs"),
    )
    wikilinks: bool = option(BOOL, "`[[page]]` links to the page of that name.", False)
    issues: str = option(
        TEXT, "Project whose issues `#12` links to: `owner/name` on GitHub, or an address.", ""
    )
    symbols: bool = option(BOOL, "Fractions, arrows and `(c)` become symbols.", False)
    math: bool = option(
        BOOL, "Formulas between dollar signs, `$x^2$`; needs `blasto[math]`.", False
    )
    untrusted: bool = option(
        BOOL, "Texts are not trusted: HTML that could act is taken out; needs `blasto[untrusted]`.",
        False,
    )  # fmt: skip
    images: bool = option(
        BOOL, "Images get their sizes, titled ones captions, those without `alt` a warning.", True
    )
    extensions: dict[str, dict[str, Any]] = field(
        default_factory=dict,
        metadata=about(EXTENSIONS, "Python-Markdown extensions on top of blasto's own."),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """What ``blasto check`` is told, ``[check]``."""

    ignore: tuple[str, ...] = option(
        TEXTS, "Findings to leave out: a rule, or `rule:PATTERN` for files and URLs.", ()
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """The whole of ``blasto.toml``, checked. Use ``dataclasses.replace`` to change it."""

    title: str = option(TEXT, "Name of the site.", "My site")
    description: str = option(TEXT, "One sentence about it, for search engines and feeds.", "")
    base_url: str = option(
        BASE_URL, "Where it will be, with its path: `https://example.org/project`.", ""
    )
    language: str = option(LANGUAGE, "Language of the content, as in `en` or `pt-BR`.", "en")
    direction: str = option(
        choice("", "ltr", "rtl"), "Direction of writing; empty for the language's.", ""
    )
    timezone: str = option(ZONE, "Time zone of dates that do not name one.", "UTC")
    author: str = option(TEXT, "Who writes where a page does not say.", "")
    content: str = option(FOLDER, "Folder of Markdown and the files beside it.", "content")
    templates: str = option(
        FOLDER, "Folder of templates; they come before the theme's.", "templates"
    )
    static: str = option(FOLDER, "Folder published at `/static/`.", "static")
    public: str = option(FOLDER, "Folder copied to the root: CNAME, favicon.", "public")
    data: str = option(FOLDER, "Folder of data files for templates.", "data")
    destination: str = option(FOLDER, "Folder that the site is frozen into.", "build")
    drafts: bool = option(BOOL, "Publish drafts.", False)
    future: bool = option(BOOL, "Publish pages with a date to come.", False)
    expired: bool = option(BOOL, "Publish pages whose `expires` has passed.", False)
    paginate: int = option(number(1), "Pages in one slice of a list.", 10)
    date_format: str = option(
        TEXT,
        "How dates are shown: strftime's codes, month and day names in English on any machine.",
        "%-d %B %Y",
    )
    summary_words: int = option(number(1), "Words in a summary made from the text.", 50)
    feed_limit: int = option(number(1), "Entries in a feed.", 20)
    feed_formats: tuple[str, ...] = option(
        several("atom", "rss", "json"), "Formats of each feed; empty for no feeds.", ("atom",)
    )
    feed_sections: bool = option(BOOL, "Each section with dated pages has a feed.", False)
    feed_taxonomies: tuple[str, ...] = option(SLUGS, "Taxonomies whose terms have feeds.", ())
    feed_full: bool = option(BOOL, "Feeds carry whole texts, not summaries.", True)
    git_dates: bool = option(
        BOOL, "A page without `updated` was changed when git saw its last commit.", False
    )
    llms: bool = option(BOOL, "llms.txt, llms-full.txt, and each page as Markdown too.", False)
    search: bool = option(
        BOOL, "Full-text search of the whole site; needs `blasto[search]`.", False
    )
    host: str = option(
        choice("", "github", "netlify", "cloudflare", "nginx", "caddy", "file"),
        "Who serves the site; empty for any, checked as GitHub Pages.",
        "",
    )
    strict: bool = option(
        BOOL, "Warnings are errors. On by itself where the environment has `CI`.", False
    )
    workers: int = option(number(0), "Processes that render; 0 for one a core.", 0)
    taxonomies: tuple[str, ...] = option(
        SLUGS, "Front-matter keys whose terms get lists.", ("tags", "categories")
    )
    lower_urls: bool = option(
        BOOL, "Small letters in URLs that come from file names, as Hugo makes them.", False
    )
    archives: str = option(
        choice("", "year", "month"), "Lists of dated pages at `/archive/`, by year or month.", ""
    )
    params: dict[str, Any] = field(
        default_factory=dict, metadata=about(TABLE, "Free values for templates.")
    )
    menu: tuple[MenuItem, ...] = option(tables(MenuItem, "list"), "The menu; see below.", ())
    sections: dict[str, Section] = field(
        default_factory=dict, metadata=about(tables(Section, "table"), "Options of a folder.")
    )
    languages: dict[str, Language] = field(
        default_factory=dict,
        metadata=about(tables(Language, "table"), "The languages besides `language`."),
    )
    permalinks: dict[str, str] = field(
        default_factory=dict,
        metadata=about(PERMALINKS, "Short for `permalink` of several sections."),
    )
    related: Related = field(
        default_factory=Related, metadata=about(tables(Related, "one"), "Related pages.")
    )
    markdown: Markdown = field(
        default_factory=Markdown, metadata=about(tables(Markdown, "one"), "The Markdown engine.")
    )
    assets: Assets = field(
        default_factory=Assets, metadata=about(tables(Assets, "one"), "Static files on their way out.")
    )  # fmt: skip
    images: Images = field(
        default_factory=Images, metadata=about(tables(Images, "one"), "Sizes of pictures.")
    )
    social_cards: SocialCards = field(
        default_factory=SocialCards,
        metadata=about(tables(SocialCards, "one"), "Pictures for link previews."),
    )
    theme: Theme = field(
        default_factory=Theme, metadata=about(tables(Theme, "one"), "What the theme is told.")
    )

    check: Check = field(
        default_factory=Check, metadata=about(tables(Check, "one"), "What `blasto check` is told.")
    )

    def __post_init__(self) -> None:
        if not self.direction:
            object.__setattr__(self, "direction", direction_of(self.language))

    @property
    def layout(self) -> str:
        """How pages are shown where their section does not say; ``theme.layout``."""
        return self.theme.layout

    @property
    def draws_cards(self) -> bool:
        """Whether there are pictures for link previews; ``social_cards.enabled``."""
        return self.social_cards.enabled

    @property
    def base_path(self) -> str:
        """The path of ``base_url`` without a final slash: ``""`` or ``"/project"``."""
        return urlsplit(self.base_url).path

    @property
    def origin(self) -> str:
        """``base_url`` without its path: ``""`` or ``"https://example.org"``."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as an object."""
        return ZoneInfo(self.timezone)

    @staticmethod
    def rule(pattern: str) -> str:
        """Give a permalink pattern as a Flask rule.

        :raises BlastoError: it is none.
        """
        try:
            return flask_rule(pattern)
        except ValueError as error:
            raise BlastoError.at(f'"{pattern}" is not a URL rule: {error}') from None

    def trusts(self, path: str) -> bool:
        """Say whether those who write a content file are trusted."""
        if self.markdown.untrusted:
            return False
        return not any(
            section.untrusted and path.startswith(f"{name}/")
            for name, section in self.sections.items()
        )

    def section(self, name: str) -> Section:
        """Give the options of a section, the defaults where it has none."""
        return self.sections.get(name) or Section()


def direction_of(language: str) -> str:
    """Give the direction that a language is written in: ``"ltr"`` or ``"rtl"``."""
    code = language.lower()
    return "rtl" if code.partition("-")[0] in _RTL or code in _RTL else "ltr"


def load(
    path: Path,
    *,
    overrides: Mapping[str, Any] | None = None,
    env: Mapping[str, str] | None = None,
) -> Config:
    """Read ``blasto.toml``. Later ones win: the file, the environment, ``overrides``.

    :param path: the file, or the folder that it lies in. Without it all is as by default.
    :param overrides: top-level options by name, as from the command line or Flask's
        configuration; ``None`` means not given.
    :param env: environment variables: ``BLASTO_BASE_URL`` sets ``base_url``; ``CI`` turns
        ``strict`` on. Nothing is read from the process's environment by itself.
    :raises UsageError: all that is wrong with it, each with its line.
    """
    file = Tables(path / FILE if path.is_dir() else path)
    if isinstance(file.data.get("theme"), str):
        file.data["theme"] = {"name": file.data["theme"]}
    values = file.read(Config, file.data)
    env = env or {}
    values.setdefault("strict", env.get("CI", "").lower() not in ("", "0", "false", "no"))
    values |= _environment(env, file.problems)
    code = Tables()
    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    values |= code.read(Config, given)
    _join(values, file)
    _check_languages(values, file)
    problems = file.problems + code.problems
    if problems:
        raise UsageError(*sorted(problems, key=lambda problem: problem.key))
    return Config(**values)


def describe() -> dict[str, tuple[Option, ...]]:
    """Give every option by table (``""`` for the top level), for the reference page."""
    return {
        "": options_of(Config, ENV),
        "[[menu]]": options_of(MenuItem),
        "[sections.NAME]": options_of(Section),
        "[related]": options_of(Related),
        "[languages.CODE]": options_of(Language),
        "[languages.CODE.sections.NAME]": options_of(SectionWords),
        "[markdown]": options_of(Markdown),
        "[assets]": options_of(Assets),
        "[images]": options_of(Images),
        "[social_cards]": options_of(SocialCards),
        "[theme]": options_of(Theme),
        "[theme.comments]": options_of(Comments),
        "[theme.analytics]": options_of(Analytics),
        "[check]": options_of(Check),
    }


def _environment(env: Mapping[str, str], problems: list[Problem]) -> dict[str, Any]:
    """Give what ``BLASTO_*`` variables say."""
    values: dict[str, Any] = {}
    for one in fields(Config):
        name = ENV + one.name.upper()
        if name not in env:
            continue
        from_text = one.metadata["kind"].from_text
        if from_text is None:
            message = f"{name} cannot be set in the environment"
            problems.append(Problem(message, hint=f"set it in {FILE}"))
            continue
        try:
            values[one.name] = from_text(env[name])
        except WrongValueError as wrong:
            problems.append(Problem(f"{name} {wrong}", hint=wrong.hint))
    return values


def _join(values: dict[str, Any], file: Tables) -> None:
    """Let ``[permalinks]`` speak for the sections that have no permalink."""
    sections: dict[str, Section] = dict(values.get("sections", {}))
    for name, rule in values.get("permalinks", {}).items():
        section = sections.get(name, Section())
        if section.permalink and section.permalink != rule:
            place = f"permalinks.{name}"
            file.wrong(place, f"{place} and sections.{name}.permalink differ", "keep one of them")
        sections[name] = replace(section, permalink=rule)
    if sections:
        values["sections"] = sections


def _check_languages(values: Mapping[str, Any], file: Tables) -> None:
    """Find tables of languages that are none, or that say what stands at the top."""
    main = str(values.get("language", "en"))
    seen: dict[str, str] = {}
    for code, language in values.get("languages", {}).items():
        place = f"languages.{code}"
        try:
            LANGUAGE.read(code)
        except WrongValueError as wrong:
            file.wrong(place, f"{place} {wrong}", wrong.hint)
        if seen.setdefault(code.lower(), code) != code:
            file.wrong(place, f"{place} and languages.{seen[code.lower()]} are one language")
        if code.lower() == main.lower() and replace(language, name="") != Language():
            file.wrong(
                place,
                f'"{code}" is the main language: its table has a `name` and nothing else',
                "write what is said in it at the top of the file",
            )
