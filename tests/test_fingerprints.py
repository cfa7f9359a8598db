"""Static files under names that change with their bytes, minified, with a digest to check."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha384
from pathlib import Path

import pytest
from flask import Blueprint
from quick import app_of, get, page
from sites import Project, check

ON = "[assets]\nfingerprint = true\n"
BASE = (
    "<link href=\"{{ url_for('static', filename='css/site.css') }}\">"
    "<script src=\"{{ url_for('static', filename='app.js') }}\"></script>"
    "{{ page.title if page }}"
)
FILES = {
    "blasto.toml": ON,
    "content/index.md": page(title="Home"),
    "content/about.md": page(title="About", template="other.html"),
    "templates/page.html": BASE,
    "templates/other.html": "<link href=\"{{ url_for('static', filename='other.css') }}\">",
    "static/css/site.css": "@import 'more.css';\np { background: url(../img/a%20b.svg?x#y) }\n",
    "static/css/more.css": "b { background: url(https://example.org/none.svg), url(data:image/png;base64,AAAA) }\n",
    "static/img/a b.svg": "<svg/>",
    "static/other.css": "i { color: red }\n",
    "static/app.js": "let a =  1 // one\n",
    "public/plain.css": "u { background: url(/static/img/a%20b.svg) }\n",
}
URL = re.compile(r'(?:href|src)="([^"]*)"')


def site_of(folder: Path, **more: str) -> Project:
    """Make the site, with other files instead of some."""
    return Project(folder / "site", {**FILES, **more})


def links(site: Project, name: str = "index.html") -> list[str]:
    """Give the addresses that a page holds."""
    return URL.findall(site.tree()[name].decode())


def test_names_change_with_bytes(tmp_path: Path) -> None:
    """Pages and style sheets name marked files, which are there beside the plain ones."""
    site = site_of(tmp_path)
    site.freeze()
    sheet, script = links(site)
    assert re.fullmatch(r"/static/css/site\.[0-9a-f]{8}\.css", sheet)
    assert re.fullmatch(r"/static/app\.[0-9a-f]{8}\.js", script)
    tree = site.tree()
    assert tree[script[1:]] == tree["static/app.js"] == b"let a =  1 // one\n"
    text = tree[sheet[1:]].decode()
    assert tree["static/css/site.css"].decode() == text
    found = re.fullmatch(
        r"@import '(more\.\w{8}\.css)';\np \{ background: url\(\.\./img/(a%20b\.\w{8}\.svg)\?x#y\) \}\n",
        text,
    )
    assert found, text
    assert tree[f"static/css/{found[1]}"] == FILES["static/css/more.css"].encode()
    assert tree[f"static/img/{found[2].replace('%20', ' ')}"] == b"<svg/>"
    assert f"url(/static/img/{found[2]})".encode() in tree["plain.css"]
    assert site.freeze() == []


def test_what_an_edit_renders(tmp_path: Path) -> None:
    """A changed picture renames the style sheet that shows it and renders pages with that."""
    site = site_of(tmp_path)
    site.freeze()
    before = links(site)
    site.write("static/img/a b.svg", "<svg><g/></svg>")
    rendered = site.freeze()
    after = links(site)
    assert before[0] != after[0]
    assert before[1] == after[1]
    assert before[0][1:] not in site.tree()
    assert {"/", "/static/css/site.css", "/static/img/a b.svg", "/plain.css"} <= set(rendered)
    assert not {"/about/", "/static/other.css", "/static/css/more.css"} & set(rendered)
    assert site.tree() == site.clean()
    site.edit("static/other.css", "red", "blue")
    name = site.freeze()[-1]
    assert re.fullmatch(r"/static/other\.\w{8}\.css", name)
    check(site, [])
    assert site.tree() == site.clean(workers=2)


def test_a_circle_of_imports(tmp_path: Path) -> None:
    """Style sheets that import each other are published, whoever comes first."""
    circle = {"static/css/site.css": "@import 'more.css';", "static/css/more.css": "@import 'site.css';"}  # fmt: skip
    site = site_of(tmp_path, **circle)
    site.freeze(strict=False)
    assert site.tree() == site.clean()
    for name, data in site.tree().items():
        if name.startswith("static/css/"):
            target = re.search(rb"'(.*)'", data)
            assert target
            assert f"static/css/{target[1].decode()}" in site.tree()


def test_live(tmp_path: Path) -> None:
    """A marked name may be kept for ever, the plain one and an old mark are answered too."""
    app = app_of(tmp_path, FILES)
    parts = Blueprint("parts", "parts", static_folder=str(tmp_path / "static"), static_url_path="/parts")  # fmt: skip
    app.register_blueprint(parts)
    sheet, script = URL.findall(get(app, "/"))
    with app.test_client() as client:
        marked = client.get(script, buffered=True)
        assert marked.headers["Cache-Control"] == "public, immutable, max-age=31536000"
        for name in ("/static/app.js", "/static/app.00000000.js"):
            answer = client.get(name, buffered=True)
            assert (answer.status_code, answer.data) == (200, marked.data)
            assert "immutable" not in answer.headers["Cache-Control"]
        assert (
            client.get(sheet, buffered=True).data
            == client.get("/static/css/site.css", buffered=True).data
        )
        assert client.get("/static/app.00000000.css", buffered=True).status_code == 404
        assert client.get("/static/../blasto.00000000.toml", buffered=True).status_code == 404
        (tmp_path / "static/app.js").write_text("let a = 2")
        assert URL.findall(get(app, "/"))[1] != script
    with app.test_request_context():
        from flask import url_for

        assert re.fullmatch(r"/parts/app\.\w{8}\.js", url_for("parts.static", filename="app.js"))
        assert re.fullmatch(r"/static/blasto/style\.\w{8}\.css", url_for("blasto.theme", filename="style.css"))  # fmt: skip


def test_a_file_that_is_called_so(tmp_path: Path) -> None:
    """What a bundler has marked already is found under its own name."""
    app = app_of(tmp_path, {**FILES, "static/x.12345678.js": "a", "static/x.js": "b"})
    assert get(app, "/static/x.12345678.js") == "a"
    assert get(app, "/static/x.87654321.js") == "b"


def sri(data: bytes) -> str:
    """Give what a browser compares."""
    return "sha384-" + b64encode(sha384(data).digest()).decode()


@pytest.mark.parametrize("base", ["", "https://example.org/repo"])
@pytest.mark.parametrize("options", ["", "fingerprint = true\n", "fingerprint = true\nminify = true\n"])  # fmt: skip
def test_integrity(base: str, options: str, tmp_path: Path) -> None:
    """The theme's links carry the digests of the bytes that are published, whatever was done to them."""
    head = "{{ integrity('static', filename='css/site.css') }}|{{ integrity('static', filename='no') }}"
    site = site_of(tmp_path, **{
        "blasto.toml": f'base_url = "{base}"\n[assets]\nintegrity = true\n{options}',
        "templates/page.html": '{% extends "theme/page.html" %}{% block footer %}' + head + "{% endblock %}",
    })  # fmt: skip
    site.freeze()
    text = site.tree()["index.html"].decode()
    found = [
        (address[1], digest[1])
        for tag in re.findall(r"<(?:link|script)[^>]*>", text)
        if (digest := re.search(r'integrity="?([^\s">]+)', tag))
        and (address := re.search(r'(?:href|src)="?([^\s">]+)', tag))
    ]
    assert len(found) >= 3
    tree = site.tree()
    for url, digest in found:
        assert digest == sri(tree[url.removeprefix("/repo").lstrip("/")]), url
    assert sri(tree["static/css/site.css"]) + "|" in text


def test_minify(tmp_path: Path) -> None:
    """Pages and style sheets have fewer bytes; scripts, preformatted text and words stay."""
    toml = "[assets]\nminify = true\n"
    script = "<script>\n// one\nlet  a = '<p>  </p>'\n</script>"
    pages: Mapping[str, str] = {
        "content/about.md": page(f"# One\n\nA  word,\n*another*.\n\n```text\n  a\n\n  b\n```\n\n{script}\n\n<!-- gone -->", title="About"),
        "blasto.toml": "",
    }  # fmt: skip
    site = site_of(tmp_path, **{**pages, "templates/page.html": '{% extends "theme/page.html" %}'})
    site.freeze()
    before = site.tree()
    site.write("blasto.toml", toml)
    site.freeze(strict=True)
    tree = site.tree()
    for name in ("about/index.html", "static/blasto/style.css", "static/other.css"):
        assert len(tree[name]) < len(before[name]), name
    text = tree["about/index.html"].decode()
    assert "<script>// one\nlet  a = '<p>  </p>'</script>" in text
    assert "gone" not in text
    assert "  a\n" in text
    assert "A word, <em>another</em>." in text
    assert tree["static/other.css"] == b"i{color:red}"
    assert b"light-dark(" in tree["static/blasto/style.css"]
    assert tree["static/app.js"] == before["static/app.js"]
    assert tree == site.clean()
    assert site.freeze() == []
