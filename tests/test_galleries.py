"""Pictures in templates: ``image``, ``picture`` and the gallery of what lies beside a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from images import encoded, halves, opened, photo
from quick import app_of, faults, get, page
from sites import Project, check

IMAGES = re.compile(r"/static/blasto/images/[^\s\",]+")
FILES: dict[str, str | bytes] = {
    "content/index.md": page(title="Home"),
    "content/trip/index.md": page(title="Trip"),
    "content/trip/a.jpg": photo(),
    "content/trip/s.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"/>',
    "static/logo.png": encoded(halves(20, 20), "PNG"),
    "public/top.png": encoded(halves(20, 20), "PNG"),
}


def site_of(folder: Path, template: str, **more: str | bytes) -> Project:
    """Make a site whose bundle is shown by a template."""
    return Project(folder / "site", {**FILES, "templates/page.html": template, **more})


@pytest.mark.parametrize(
    ("call", "name", "size"),
    [
        ('image("a.jpg", width=30)', r"trip/a\.jpg\.30x20-q80\.\w{8}\.jpg", "30x20"),
        ('image("trip/a.jpg", height=20)', r"trip/a\.jpg\.30x20-q80\.\w{8}\.jpg", "30x20"),
        ('image("/trip/a.jpg", format="webp", quality=50)', r"trip/a\.jpg\.60x40-q50\.\w{8}\.webp", "60x40"),
        ('image("a.jpg", width=20, height=20, crop=true)', r"trip/a\.jpg\.20x20-center-q80\.\w{8}\.jpg", "20x20"),
        ('image("a.jpg", width=20, height=20)', r"trip/a\.jpg\.20x13-q80\.\w{8}\.jpg", "20x13"),
        ('image("/static/logo.png", width=10)', r"static/logo\.png\.10x10\.\w{8}\.png", "10x10"),
        ('image("/top.png", width=10, format="avif")', r"top\.png\.10x10-q80\.\w{8}\.avif", "10x10"),
        ('image(page.image, width=30)', r"trip/a\.jpg\.30x20-q80\.\w{8}\.jpg", "30x20"),
    ],
)  # fmt: skip
def test_image(call: str, name: str, size: str, tmp_path: Path) -> None:
    """A file beside the page, of the content, of static/ or public/, in another size or format."""
    template = f'{{% set one = {call} %}}<img src="{{{{ one }}}}"> {{{{ one.width }}}}x{{{{ one.height }}}}'
    more = {
        "content/trip/index.md": page(title="Trip", image="a.jpg"),
        "templates/base.html": "",
        "content/index.md": page(title="Home", template="other.html"),
        "templates/other.html": "Home",
    }
    site = site_of(tmp_path, template, **more)
    site.freeze()
    text = site.tree()["trip/index.html"].decode()
    found = re.fullmatch(rf'<img src="(/static/blasto/images/{name})"> {size}', text)
    assert found, text
    assert "{}x{}".format(*opened(site.tree()[found[1][1:]]).size) == size


def test_a_part_of_a_picture(tmp_path: Path) -> None:
    """What is cropped keeps the side that was asked for."""
    site = site_of(
        tmp_path,
        '{% if page.title == "Trip" %}{{ image("a.jpg", 20, 40, crop="right") }}{% endif %}',
    )
    site.freeze()
    url = site.tree()["trip/index.html"].decode()
    red, _, blue = opened(site.tree()[url[1:]]).convert("RGB").getpixel((3, 20))
    assert red < 80
    assert blue > 150


def test_what_has_no_variants(tmp_path: Path) -> None:
    """A drawing of lines is given as it is, with its size."""
    app = app_of(
        tmp_path,
        {**FILES, "templates/page.html": '{% set s = image("/trip/s.svg", width=1) %}{{ s }} {{ s.width }} {{ picture("/trip/s.svg", alt="S") }}'},
    )  # fmt: skip
    assert get(app, "/trip/") == (
        '/trip/s.svg 3 <img src="/trip/s.svg" alt="S" width="3" height="2" loading="lazy">'
    )


def test_picture(tmp_path: Path) -> None:
    """The element that Markdown's images get, with attributes of one's own."""
    app = app_of(
        tmp_path,
        {**FILES, "templates/page.html": '{{ picture("/trip/a.jpg", alt="A \\"b\\"", widths=[20], formats=["webp"], sizes="20px", class_="c", loading="eager") }}'},
    )  # fmt: skip
    assert re.fullmatch(
        r'<picture><source type="image/webp" srcset="\S+a\.jpg\.20x13-q80\.\w{8}\.webp 20w" sizes="20px">'
        r'<img src="\S+\.jpg" alt="A &quot;b&quot;" width="60" height="40" loading="eager" class="c" srcset="\S+\.jpg 20w" sizes="20px"></picture>',
        get(app, "/trip/"),
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('image("no.jpg")', 'there is no image "no.jpg"'),
        ('image("https://example.org/a.jpg")', '"https://example.org/a.jpg" is no file of the site'),
        ('image("/trip/a.jpg", format="gif")', 'format="gif" is unknown'),
        ('image("/trip/a.jpg", 2, 2, crop="middle")', 'crop="middle" is unknown'),
        ('image("/trip/bad.jpg")', 'the image "/trip/bad.jpg": the picture cannot be read: its format is unknown'),
    ],
)  # fmt: skip
def test_faults(call: str, message: str, tmp_path: Path) -> None:
    """What cannot be shown stops the freeze and names the page."""
    template = f'{{% if page.title == "Trip" %}}{{{{ {call} }}}}{{% endif %}}'
    site = site_of(tmp_path, template, **{"content/trip/bad.jpg": b"nothing"})
    (problem,) = faults(site)
    assert (problem.message, problem.url) == (message, "/trip/")


def test_a_gallery(tmp_path: Path) -> None:
    """A page shows the pictures beside it; one that comes or goes makes it again."""
    files = {
        "content/trip/index.md": page("Words.", title="Trip", template="gallery.html", captions="{a.jpg: The <sea>}"),
        "content/trip/b-c.jpg": photo(30, 30),
        "content/trip/deep/d.jpg": photo(),
    }  # fmt: skip
    site = Project(tmp_path / "site", {**FILES, **files})
    site.freeze(strict=True)
    text = site.tree()["trip/index.html"].decode()
    assert re.findall(r'<img src="\S+\.(\d+x\d+)-center\S+\.webp" width="\d+" height="\d+" alt="([^"]*)"', text) == [
        ("40x40", "The &lt;sea&gt;"), ("30x30", "b c"),
    ]  # fmt: skip
    assert "<p>The &lt;sea&gt;</p>" in text
    assert text.index("Words.") < text.index("/a.jpg")
    site.write("content/trip/e.jpg", photo(20, 20))
    made = [url for url in site.freeze() if "/images/" not in url]
    assert made == ["/trip/", "/trip/e.jpg"]
    assert site.tree() == site.clean()
    site.remove("content/trip/b-c.jpg")
    check(site, ["/trip/"])
