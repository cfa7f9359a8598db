from __future__ import annotations

from pathlib import Path

import pytest
from quick import page, site_in
from sites import Project, check

BASE = {"blasto.toml": 'base_url = "https://example.org"\n'}


def made(folder: Path, text: str, **files: str) -> str:
    """Give a text with snippets as HTML."""
    written = {name.replace("__", "/").replace("_", "."): body for name, body in files.items()}
    return str(site_in(folder, {**written, "content/a.md": text}).page("a.md").html)


CODE = "import x\n# --8<-- [start:one]\ndef one():\n    pass\n# --8<-- [end:one]\nlast = 1\n"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("code.py", "import x\ndef one():\n    pass\nlast = 1\n"),
        ("code.py:one", "def one():\n    pass\n"),
        ("code.py:1:1", "import x\n"),
        ("code.py:6", "last = 1\n"),
        ("code.py::1", "import x\n"),
    ],
)
def test_code_of_a_snippet(tmp_path: Path, name: str, shown: str) -> None:
    """Whole, between two marks, or by lines; the marks do not show."""
    text = f'```text\n--8<-- "{name}"\n```\n'
    assert f"<code>{shown}</code>" in made(tmp_path, text, code_py=CODE)


def test_text_of_a_snippet(tmp_path: Path) -> None:
    """Markdown is read as if it stood there, in a list too; snippets may name snippets."""
    html = made(
        tmp_path,
        '- a\n\n    --8<-- "parts/b.md"\n\n--8<--\nparts/c.md\n; no.md\nparts/c.md\n--8<--\n\n;--8<-- "d.md"\n',
        parts__b_md='---\ntitle: B\n---\n**b**\n\n--8<-- "parts/c.md"\n',
        parts__c_md="*c*\n",
    )
    assert "<p><strong>b</strong></p>\n<p><em>c</em></p>\n</li>" in html
    assert "<p><em>c</em>\n<em>c</em></p>\n<p>&ndash;8&lt;&ndash; &ldquo;d.md&rdquo;</p>" in html


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../secret.txt", '"../secret.txt" lies outside the site'),
        ("/etc/hostname", '"/etc/hostname" lies outside the site'),
        ("link.txt", '"link.txt" lies outside the site'),
        (".blasto/x.txt", '".blasto/x.txt" is hidden'),
        ("https://example.org/x", '"https://example.org/x" is no file'),
        ("cod.py", 'there is no file "cod.py"'),
        ("code.py:two", '"code.py" has no part "two"'),
        ("content/a.md", None),
    ],
)  # fmt: skip
def test_what_is_no_snippet(tmp_path: Path, name: str, said: str | None) -> None:
    """Nothing from outside the site comes in; each failure is a warning with file and line."""
    (tmp_path / "secret.txt").write_text("secret")
    site = Project(tmp_path / "site", {"content/a.md": page(f'Text.\n\n--8<-- "{name}"\n'), "code.py": CODE, ".blasto/x.txt": "x", "templates/x.html": ""})  # fmt: skip
    (site.root / "link.txt").symlink_to(tmp_path / "secret.txt")
    site.freeze()
    assert "secret" not in site.read("build/a/index.html").replace("secret.txt", "")
    (found,) = [one for one in site.report.warnings if one.kind == "MarkdownWarning"]
    if said is None:
        assert "includes itself" in found.message
    else:
        assert said in found.message
    assert (found.path, found.line) == ("content/a.md", 5)


def test_a_snippet_is_a_dependency_of_its_page_alone(tmp_path: Path) -> None:
    """An edit of it, of one that it names, or a file that was missing makes the page again."""
    site = Project(tmp_path / "site", {
        **BASE, "content/index.md": "Home.\n", "content/a.md": 'A\n\n--8<-- "b.txt"\n',
        "content/d.md": 'D\n\n--8<-- "e.txt"\n', "b.txt": 'b\n\n--8<-- "c.txt"\n', "c.txt": "c",
    })  # fmt: skip
    site.freeze()
    assert site.freeze() == []
    site.write("c.txt", "another")
    check(site, ["/a/"])
    assert "another" in site.read("build/a/index.html")
    site.write("e.txt", "found")
    check(site, ["/d/"])
    site.write("templates/note.txt", "x")
    check(site, [])


def test_snippets_can_be_turned_off(tmp_path: Path) -> None:
    """As any extra can."""
    files = {
        "blasto.toml": "[markdown]\nextras = []\n",
        "content/a.md": '--8<-- "b.txt"\n',
        "b.txt": "b",
    }
    assert "8" in site_in(tmp_path, files).page("a.md").html
