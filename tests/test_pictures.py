"""Pictures in a text: captions, sizes read from the files, what is lazy and what has no name."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from quick import faults, page
from sites import Project

from blasto import dimensions
from blasto.markup import Renderer
from blasto.pictures import complete


def png(width: int, height: int) -> bytes:
    """Give a PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = b"".join(b"\0" + b"\0" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "AVIF"])
def test_the_size_is_read_from_the_head(format: str, tmp_path: Path) -> None:
    """What Pillow writes has the size that Pillow was asked for."""
    file = tmp_path / "picture"
    try:
        Image.new("RGB", (37, 21), "teal").save(file, format)
    except (OSError, KeyError):
        pytest.skip(f"this Pillow writes no {format}")
    assert dimensions.read(file) == (37, 21)


def test_more_kinds_of_heads(tmp_path: Path) -> None:
    """Lossless and extended WebP, a JPEG held upright by Exif, and broken files."""
    picture = Image.new("RGBA", (40, 30), (1, 2, 3, 4))
    exif = Image.Exif()
    exif[0x0112] = 6
    found = []
    for kind, options in (
        ("WEBP", {"lossless": True}),
        ("WEBP", {"exif": exif}),
        ("JPEG", {"exif": exif, "comment": "x" * 300}),
    ):
        buffer = BytesIO()
        picture.convert("RGB" if kind == "JPEG" else "RGBA").save(buffer, kind, **options)
        (tmp_path / "it").write_bytes(buffer.getvalue())
        found.append(dimensions.read(tmp_path / "it"))
        for cut in range(0, len(buffer.getvalue()), 7):
            (tmp_path / "cut").write_bytes(buffer.getvalue()[:cut])
            assert dimensions.read(tmp_path / "cut") in (None, (40, 30), (30, 40))
    assert found == [(40, 30), (40, 30), (30, 40)]
    assert dimensions.read(tmp_path / "none") is None


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="12" height="7.6px"', (12, 8)),
        ('viewBox="0 0 300 150"', (300, 150)),
        ('viewBox="0,0,300,150" width="60"', (60, 30)),
        ('height="50%" viewBox="0 0 10 20"', (10, 20)),
        ('width="100%"', None),
        ('viewBox="0 0 a b"', None),
    ],
)
def test_the_size_of_a_drawing(attributes: str, size: object, tmp_path: Path) -> None:
    """An SVG says its size, or the box that it is drawn in."""
    (tmp_path / "it.svg").write_text(f'<?xml version="1.0"?>\n<svg {attributes}><g/></svg>')
    assert dimensions.read(tmp_path / "it.svg") == size


def made(text: str) -> str:
    """Give Markdown as HTML."""
    return Renderer().render(text, lambda target, _: target).html


def test_a_picture_alone_with_a_title_is_a_figure() -> None:
    """Linked or not; a picture among words, without a title or in raw HTML is none."""
    assert made(
        '![A <b> & wave](w.jpg "Off *Kiel*, 3 < 4 & \\"5\\""){ .wide }\n{: #here }\n'
    ) == '<figure id="here"><img alt="A <b> &amp; wave" class="wide" src="w.jpg">'.replace(
        "<b>", "&lt;b&gt;"
    ) + "<figcaption>Off *Kiel*, 3 &lt; 4 &amp; &quot;5&quot;</figcaption></figure>".replace(
        "&quot;", '"'
    )
    assert made('[![A](w.jpg "Big")](w.jpg)') == (
        '<figure><a href="w.jpg"><img alt="A" src="w.jpg"></a><figcaption>Big</figcaption></figure>'
    )
    for plain in ("![A](w.jpg)", 'See ![A](w.jpg "B")', '<p><img src="w" title="b" alt=""></p>'):
        assert "<figure" not in made(plain)
    assert "title=" in made('See ![A](w.jpg "B")')


class Told:
    """Answers for pictures, and what was said of them."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def size(self, source: str) -> tuple[int, int] | None:
        return (200, 100) if source == "a.png" else None

    def nameless(self, source: str) -> None:
        self.said.append(source)


def test_what_is_written_into_a_picture() -> None:
    """Sizes that are missing, laziness past the first, an empty alt; nothing is changed."""
    told = Told()
    text = (
        "<img src=a.png alt>\n<IMG alt='' src='a.png' width=50 />\n<img alt=\"\" src=\"a.png\" height='10'>"
        '<img src="a.png" style="color:red;width:3em" loading="eager">'
        '<img src="b.png" width="50%" alt="x"><!-- <img> --><script>"<img>"</script>'
    )
    assert complete(text, told) == (
        '<img src=a.png alt width="200" height="100">\n'
        "<IMG alt='' src='a.png' width=50 height=\"25\" loading=\"lazy\" />\n"
        '<img alt="" src="a.png" height=\'10\' width="20" loading="lazy">'
        '<img src="a.png" style="color:red;width:3em" loading="eager" alt="">'
        '<img src="b.png" width="50%" alt="x" loading="lazy"><!-- <img> --><script>"<img>"</script>'
    )
    assert told.said == ["a.png"]


def test_pictures_of_a_site(tmp_path: Path) -> None:
    """Files beside the text, of public/ and static/ have sizes; a changed one makes its pages."""
    project = Project(
        tmp_path / "site",
        {
            "blasto.toml": 'base_url = "https://example.org/x"\n',
            "content/index.md": page("![a](boat.png)\n\n![b](/logo.png) ![c](/static/s.png)\n"),
            "content/other.md": page("![a](https://example.org/boat.png) ![b](boat.png)"),
            "content/none.md": page("Text."),
            "content/boat.png": png(3, 2),
            "public/logo.png": png(5, 4),
            "static/s.png": png(7, 6),
        },
    )
    project.freeze()
    shown = project.read("build/index.html")
    assert '<img alt="a" src="/x/boat.png" width="3" height="2">' in shown
    assert '<img alt="b" src="/x/logo.png" width="5" height="4" loading="lazy">' in shown
    assert '<img alt="c" src="/x/static/s.png" width="7" height="6" loading="lazy">' in shown
    assert '<img alt="a" src="https://example.org/boat.png">' in project.read(
        "build/other/index.html"
    )
    for path, made in (
        ("content/boat.png", {"/", "/other/"}),
        ("public/logo.png", {"/"}),
        ("static/s.png", {"/"}),
    ):
        assert project.freeze() == []
        project.write(path, png(9, 9))
        assert {url for url in project.freeze() if url.endswith("/")} == made
        assert project.tree() == project.clean()
    assert project.read("build/index.html").count('width="9" height="9"') == 3
    project.remove("public/logo.png")
    assert "/" in project.freeze(keep_going=True)
    project.write("public/logo.png", png(8, 8))
    project.freeze()
    assert project.tree() == project.clean()


def test_a_picture_without_a_name_is_a_warning(tmp_path: Path) -> None:
    """With the line of the file, front matter counted, once for each; an error when strict."""
    text = "```\n![](it.png)\n```\n\n![](it.png) and `![](it.png)`\n\n![x](it.png)\n\n<img src='it.png'>\n\n![][r]\n\n[r]: it.png\n"
    project = Project(
        tmp_path / "site", {"content/a.md": page(text, title="A"), "content/it.png": png(1, 1)}
    )
    project.freeze()
    assert [(one.where, one.message) for one in project.report.warnings] == [
        (f"content/a.md:{line}:1", 'the image "it.png" has no alternative text')
        for line in (8, 12, 14)
    ]
    assert 'alt=""' in project.read("build/a/index.html")
    assert len(faults(project, strict=True)) == 3
    project.write("blasto.toml", "[markdown]\nimages = false\n")
    project.freeze(strict=True)
    assert '<img alt="x" src="/it.png">' in project.read("build/a/index.html")
