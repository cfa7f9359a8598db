from __future__ import annotations

from pathlib import Path

import pytest
from quick import app_of, faults, get
from sites import Project

from blasto import trace
from blasto.data import Data
from blasto.errors import BlastoError


def data(folder: Path, files: dict[str, str]) -> Data:
    """Write data files and give the folder."""
    Project(folder, {f"data/{name}": text for name, text in files.items()})
    return Data(folder / "data")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("team.yaml", "- {name: Ada, born: 1815}\n"),
        ("team.yml", "- name: Ada\n  born: 1815\n"),
        ("team.json", '[{"name": "Ada", "born": 1815}]'),
    ],
)
def test_formats(tmp_path: Path, name: str, text: str) -> None:
    """YAML and JSON give the same data, by attribute and by name."""
    found = data(tmp_path, {name: text})
    assert found.team == found["team"] == [{"name": "Ada", "born": 1815}]


def test_toml_csv_and_folders(tmp_path: Path) -> None:
    """TOML is a mapping, CSV a list of rows, a folder holds more."""
    found = data(
        tmp_path,
        {
            "site.toml": 'name = "x"\n[more]\na = 1\n',
            "rows.csv": 'a,b\n1,"x, y"\n',
            "sub/deep/one.yaml": "1",
        },
    )
    assert found.site == {"name": "x", "more": {"a": 1}}
    assert found.rows == [{"a": "1", "b": "x, y"}]
    assert found.sub.deep.one == 1


def test_each_file_is_noted(tmp_path: Path) -> None:
    """By name and content, also where there is none; an edit is seen at once."""
    found = data(tmp_path, {"a.yaml": "1", "sub/b.yaml": "2"})
    with trace.recording() as past:
        assert (found.a, found.sub.b) == (1, 2)
        with pytest.raises(BlastoError):
            found.c  # noqa: B018
    digests = past.observations
    assert digests["data", "a"] == found.digest("a")
    assert digests["data", "sub/b"] == found.digest("sub/b")
    assert digests["data", "c"] == found.digest("c") == ""
    (tmp_path / "data/a.yaml").write_text("3")
    assert found.a == 3
    assert found.digest("a") != digests["data", "a"]


def test_what_is_missing(tmp_path: Path) -> None:
    """The error names what may be meant, or what to make."""
    found = data(tmp_path, {"team.yaml": "1"})
    for name, hint in (("taem", 'did you mean "team"?'), ("books", "make data/books.yaml")):
        with pytest.raises(BlastoError, match=f'there is no data file "{name}"') as raised:
            found[name]
        assert raised.value.problems[0].hint == hint
    with pytest.raises(BlastoError, match="there is no data file"):
        Data(tmp_path / "nowhere").team  # noqa: B018


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("x.yaml", "a: [1\nb: 2\n", "data/x.yaml:2:"),
        ("x.toml", "a = \n", "data/x.toml"),
        ("x.json", "{", "data/x.json"),
        ("x.yaml", "!!python/object:os.system {}", "data/x.yaml:1:1"),
        ("x.yaml", b"\xff", "data/x.yaml"),
        ("sub/x.yaml", "a: [1\n", "data/sub/x.yaml:2:"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, name: str, text: str | bytes, shown: str) -> None:
    """The error names the file, and the line where it is known."""
    Project(tmp_path, {f"data/{name}": text})
    found = Data(tmp_path / "data")
    with pytest.raises(BlastoError) as raised:
        (found.sub if "/" in name else found).x  # noqa: B018
    assert raised.value.problems[0].where.startswith(shown)


def test_templates_read_data(tmp_path: Path) -> None:
    """As ``site.data``; a file that cannot be read is an error of the page."""
    files = {
        "content/a.md": "x",
        "data/team.toml": 'lead = "Ada"\n',
        "templates/page.html": "{{ site.data.team.lead }}",
    }
    assert get(app_of(tmp_path / "one", files), "/a/") == "Ada"
    found = faults(Project(tmp_path / "two", {**files, "data/team.toml": "lead ="}))
    assert [(one.path, one.url) for one in found] == [("data/team.toml", "/a/")]
