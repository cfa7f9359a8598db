"""The table of rooms: which module stands on which row, and that none imports upwards."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "blasto"

# A module imports only from rows above its own (lower numbers), and from its own row only
# what stands before it. Lazy imports and those under TYPE_CHECKING count too.
ROWS: list[str] = [
    # 0: words and shapes that everyone shares
    "errors trace words dates locales",
    # 1: one file format, one folder, one protocol each; no site, no Flask app
    "tomlread yamlschema yamlread permalinks options tables appearance media listoptions config languages",
    "keytable values frontmatter keys refs kinds",
    "files output staging publish destination ledger hosts hostrules needles patterns inline serialize brackets parts highlight converter",
    "alerts emoji tickets wikilinks references structure blocks spans github dialects",
    "fences extending calls asides formulas untrusted figures",
    "markup documents dimensions pictures search formats imaging minifying examples console workers cluster store reads watching news",
    # 2: a page
    "pages reading",
    # 3: all pages, and what can be asked of them
    "cascades contents rereading gitdates data queries listings terms questions related answers library refcheck authors channels cards companions routes translations sitemaps machine naming links measuring variants inserts shortcodes elements snippets passages menus bodies bodystore noting backlinks observed",
    # 4: the site: all of the above in one object, in a Flask app
    "multilingual lists outlets site settings",
    # 5: endpoints, and the freezer
    "themes templating wording galleries statics fingerprints feeds machines searching views diagnose undefined linkcheck contract",
    "finishing rendering past program frontier policy trees reports today publishing judging indexing hostfiles compressing crew freezing planning sending freezer",
    # 6: the app, the only module that knows everyone, and tools around the site
    "app",
    "project preview server deploy why recollection clean sources wholeness parity external check schema sample_data starter inventory",
    "errorpage workshop watched survey drawing impact desk serving",
    # 7: doors
    "cli pytest_plugin",
]
TABLE = {
    name: (row, place) for row, names in enumerate(ROWS) for place, name in enumerate(names.split())
}
NO_FLASK_ABOVE = "multilingual"
# Types only: a page knows what a listing is called, a worker what a freezer is.
TYPES_ONLY = {("listings", "channels"), ("pages", "listings"), ("pages", "authors"), ("pages", "terms"), ("trees", "freezer"), ("wholeness", "check"), ("parity", "check"), ("external", "check"), ("reports", "trees"), ("rendering", "freezer"), ("frontier", "freezer"), ("today", "freezer"),
              ("today", "freezing"), ("today", "frontier"), ("publishing", "freezing"), ("judging", "freezing"), ("indexing", "freezing"), ("hostfiles", "freezing"), ("hostfiles", "freezer"), ("crew", "freezing"), ("planning", "freezer"), ("sending", "freezer"), ("freezing", "freezer"), ("compressing", "freezing")}  # fmt: skip


def modules() -> list[Path]:
    """Give the modules of the package."""
    return sorted(
        path for path in PACKAGE.glob("*.py") if path.stem not in ("__init__", "__main__")
    )


def imports(path: Path) -> set[tuple[str, bool]]:
    """Give blasto's modules that a module imports, and whether for types only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            typed |= {id(inner) for inner in ast.walk(node)}
    found: set[tuple[str, bool]] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            names = [node.module.split(".")[0]] if node.module else [one.name for one in node.names]
            found |= {(name, id(node) in typed) for name in names if name != "__version__"}
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_a_module_imports_only_from_above(path: Path) -> None:
    """Every module has a place in the table and imports only what stands before it."""
    assert path.stem in TABLE, f"give {path.stem} a place in ROWS"
    for name, typed in sorted(imports(path)):
        if typed and (path.stem, name) in TYPES_ONLY:
            continue
        assert TABLE[name] < TABLE[path.stem], f"{path.stem} imports {name}, which stands below it"


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_a_module_says_where_it_stands(path: Path) -> None:
    """Each module begins with a paragraph, and none is called what says nothing."""
    document = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert document
    assert len(document.split("\n\n")[0]) > 20
    assert path.stem not in {"utils", "helpers", "core", "base", "manager", "common", "misc"}


def test_only_one_module_imports_frozen_flask() -> None:
    """Frozen-Flask is met in one place, ``contract``."""
    users = {path.stem for path in modules() if "import flask_frozen" in path.read_text(encoding="utf-8")
             or "from flask_frozen" in path.read_text(encoding="utf-8")}  # fmt: skip
    assert users == {"contract"}


def test_the_upper_rows_know_no_flask() -> None:
    """Nothing above the site imports Flask: it can be tested and used without an app."""
    for path in modules():
        if TABLE[path.stem] < TABLE[NO_FLASK_ABOVE]:
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"^\s*(from|import) flask\b", text, re.M), path.stem


def test_the_table_has_no_ghosts() -> None:
    """Every room of the table exists, but for those that an open issue will build."""
    assert set(TABLE) - {path.stem for path in modules()} <= {"inline"}


def test_modules_stay_small() -> None:
    """The median module has about 150 lines, and none is much over 300."""
    sizes = sorted(
        (len(path.read_text(encoding="utf-8").splitlines()), path.stem) for path in modules()
    )
    assert sizes[len(sizes) // 2][0] <= 220
    assert [name for size, name in sizes if size > 450] == []


def test_importing_blasto_does_no_work() -> None:
    """``import blasto`` loads neither Flask nor any room."""
    code = "import sys, blasto; print(sorted(m for m in sys.modules if m.startswith(('blasto', 'flask', 'markdown'))))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                         cwd=PACKAGE.parent)  # fmt: skip
    assert out.stdout.strip() == "['blasto']"


def test_nothing_to_do_stays_out_of_most_rooms(tmp_path: Path) -> None:
    """A freeze that has nothing to do loads nothing of Markdown, clusters or checks."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "index.md").write_text("Home\n", encoding="utf-8")
    code = "import sys; from blasto.cli import main; main(['freeze', '-q'], standalone_mode=False); print(*sys.modules)"
    run = [sys.executable, "-c", code]
    env = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    subprocess.run(run, check=True, cwd=tmp_path, env=env)
    out = subprocess.run(run, capture_output=True, text=True, check=True, cwd=tmp_path, env=env)
    unwanted = "markdown pygments yaml PIL distributed fsspec blasto.passages blasto.shortcodes blasto.cluster blasto.trees blasto.check"
    assert {*out.stdout.split()}.isdisjoint(unwanted.split())
