"""A site of everything that is hard to serve, for the tests of hosts, links and the live app."""

from __future__ import annotations

import unicodedata

from sites import doc, post

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU"
    b"\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
)
NAMES = {
    "space": "a b c",
    "hash": "c# sharp",
    "question": "why?",
    "percent": "100% sure",
    "encoded": "x%41y",
    "semicolon": "a;b",
    "quote": 'say "hi"',
    "apostrophe": "it's",
    "ampersand": "r&d &amp; co",
    "plus": "c++",
    "at": "me@home",
    "unicode": "héllo wörld",
    "cjk": "日本語",
    "decomposed": unicodedata.normalize("NFD", "cafétéria"),
    "rtl": "שלום עולם",
    "comma": "one, two",
    "tilde": "~me=$1!(2)",
    "angle": "a<b>c",
}
"""Odd names by what is odd in them."""

FREEZE = '''"""A site with routes of its own."""

from flask import Response, render_template_string, url_for

from blasto import Freezer, create_app

app = create_app(__file__)
freezer = Freezer(app)


@app.get("/own/")
def own():
    """A route of the site's own."""
    return render_template_string(
        '{% extends "base.html" %}{% block content %}<h1>Own</h1>'
        '<a href="{{ url_for("data", name="a b") }}">data</a>'
        '<a href="{{ url_for("blasto.page", path="docs/start.md") }}">start</a>'
        '<a href="{{ url_for("static", filename="site.css") }}">css</a>{% endblock %}'
    )


@app.get("/own/<name>.json")
def data(name):
    """Data for a name."""
    return Response('{"name": "%s"}' % name, mimetype="application/json")


if __name__ == "__main__":
    freezer.main()
'''


def oddities(base_url: str = "https://example.org") -> dict[str, str | bytes]:
    """Give the files of the site."""
    links = "\n".join(f"- [{kind}](<odd/{encoded(name)}.md>)" for kind, name in NAMES.items())
    images = "\n".join(f"![{kind}](<pictures/{encoded(name)}.png>)" for kind, name in NAMES.items())
    files: dict[str, str | bytes] = {
        "blasto.toml": f'title = "Odd & <sound>"\nbase_url = "{base_url}"\npaginate = 3\nlanguage = "en"\n',
        "freeze.py": FREEZE,
        "content/index.md": f"# Home\n\nTo the [docs](docs/start.md#install), [blog](blog/), [own](/own/).\n\n{links}\n",
        "content/docs/_index.md": "---\ntitle: Docs\nlayout: docs\n---\nThe [start](start.md).\n",
        "content/docs/start.md": doc(
            "Start",
            1,
            "## Install\n\nThen [more](sub/more.md), [home](../index.md).",
            aliases="[/old/start/, /start.html]",
        ),
        "content/docs/sub/more.md": doc(
            "More", 2, "Back to [start](../start.md#install) and [self](#more)\n\n## More\n"
        ),
        "content/blog/_index.md": "---\ntitle: Blog\n---\n",
        "content/blog/bundle/index.md": post(
            "Bundle",
            "2025-04-04",
            '![one](one.png) and [file](<a file.txt>) and <img src="deep/two.png" alt="">',
            ["c++", "a/b"],
            image="one.png",
        ),
        "content/blog/bundle/one.png": PNG,
        "content/blog/bundle/deep/two.png": PNG,
        "content/blog/bundle/a file.txt": "text\n",
        "content/pictures.md": f"# Pictures\n\n{images}\n",
        "static/site.css": '@import "/static/more.css";\nbody { background: url(/static/tile.png) }\n',
        "static/more.css": "p { background: url(tile.png) }\n",
        "static/tile.png": PNG,
        "static/app.js": "// nothing\n",
        "static/font.woff2": b"wOF2",
        "public/CNAME": "example.org\n",
        "public/favicon.ico": b"\0\0\1\0",
        "public/.well-known/security.txt": "Contact: mailto:a@example.org\n",
        "public/manifest.webmanifest": "{}\n",
        "templates/partials/icon.html": "<link rel=\"stylesheet\" href=\"{{ url_for('static', filename='site.css') }}\">\n",
    }
    for number, (kind, name) in enumerate(NAMES.items()):
        tags = [f'"{name.replace(chr(34), "")}"', "all"]
        files[f"content/odd/{name}.md"] = post(
            f"Odd {kind}", f"2025-02-{number + 1:02}", f"The {kind} name. [Next](<{encoded(name)}.md>)", tags)  # fmt: skip
        files[f"content/pictures/{name}.png"] = PNG
    return files


def encoded(name: str) -> str:
    """Write a name as an author has to: what would end or split a URL is encoded."""
    for character in "%#?<>&":
        name = name.replace(character, f"%{ord(character):02X}")
    return name
