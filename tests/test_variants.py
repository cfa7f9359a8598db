"""Images of Markdown in several sizes and formats: endpoints, traced, encoded once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from images import BLUE, RED, encoded, halves, opened, photo
from PIL import Image
from quick import app_of, faults, get, page
from sites import Project, check

from blasto import imaging, variants

TOML = "[images]\nresponsive = true\nwidths = [20, 40]\nsizes = '50vw'\n"
VARIANT = re.compile(r"/static/blasto/images/[^\s\",]+")


def site_of(folder: Path, text: str = "![A](a.jpg)", **files: bytes) -> Project:
    """Make a site of a bundle with pictures."""
    beside = {f"content/trip/{name.replace('_', '.')}": data for name, data in files.items()}
    return Project(folder / "site", {
        "blasto.toml": TOML, "content/index.md": page(title="Home"),
        "content/trip/index.md": page(text, title="Trip"), "content/trip/a.jpg": photo(), **beside,
    })  # fmt: skip


def shown(site: Project) -> str:
    """Give the page with the pictures."""
    return site.tree()["trip/index.html"].decode()


def test_a_photograph(tmp_path: Path) -> None:
    """It comes in AVIF, WebP and its own format, in each width up to its own."""
    site = site_of(tmp_path)
    site.freeze()
    found = re.search(r"<picture>.*</picture>", shown(site))
    assert found
    kinds = re.findall(r'<source type="image/(\w+)" srcset="([^"]*)" sizes="50vw">', found[0])
    assert [kind for kind, _ in kinds] == ["avif", "webp"]
    assert re.fullmatch(
        r"/static/blasto/images/trip/a\.jpg\.20x13-q80\.\w{8}\.avif 20w, "
        r"/static/blasto/images/trip/a\.jpg\.40x27-q80\.\w{8}\.avif 40w",
        kinds[0][1],
    )
    image = re.search(r'<img alt="A" src="([^"]*)" width="60" height="40" srcset="([^"]*)" sizes="50vw">', found[0])  # fmt: skip
    assert image
    assert image[1] in image[2]
    for url in VARIANT.findall(found[0]):
        made = opened(site.tree()[url[1:]])
        assert made.size in ((20, 13), (40, 27))
        assert made.format == {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}[url.rpartition(".")[2]]  # fmt: skip
    assert site.report.warnings == []


@pytest.mark.parametrize("turned", [1, 3, 6, 8])
def test_orientation_and_metadata(turned: int, tmp_path: Path) -> None:
    """A camera held on its side is seen upright, and nothing tells of it or of the place."""
    site = site_of(tmp_path, a_jpg=photo(turned=turned))
    site.freeze()
    size = (40, 60) if turned > 5 else (60, 40)
    assert f'width="{size[0]}" height="{size[1]}"' in shown(site)
    first = {1: (0, 0), 3: (1, 0), 6: (0, 0), 8: (0, 1)}[turned]
    for url in VARIANT.findall(shown(site)):
        data = site.tree()[url[1:]]
        made = opened(data)
        assert b"Camera" not in data
        assert b"secret" not in data
        assert not made.getexif()
        corner = made.convert("RGB").getpixel(
            (first[0] * (made.width - 1), first[1] * (made.height - 1))
        )
        assert max(abs(a - b) for a, b in zip(corner, RED, strict=True)) < 60, (url, corner)


def test_what_is_left_alone(tmp_path: Path) -> None:
    """A picture that moves, a drawing of lines, one from elsewhere and one with a srcset stay."""
    frames = [halves(30, 20), Image.new("RGB", (30, 20), BLUE)]
    site = site_of(
        tmp_path,
        "![G](g.gif) ![S](s.svg) ![E](https://example.org/e.jpg)\n\n"
        '<img src="a.jpg" srcset="a.jpg 2x" alt="">\n\n<picture><img src="a.jpg" alt=""></picture>\n',
        g_gif=encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        s_svg=b'<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"/>',
    )
    site.freeze()
    assert "<source" not in shown(site)
    assert not VARIANT.findall(shown(site))


def test_drawn_pictures_lose_nothing(tmp_path: Path) -> None:
    """A screenshot is WebP without loss; transparency stays; small ones are not enlarged."""
    drawn = Image.new("RGBA", (10, 10), (*RED, 0))
    drawn.putpixel((5, 5), (1, 2, 3, 255))
    site = site_of(tmp_path, "![D](d.png)", d_png=encoded(drawn, "PNG"))
    site.freeze()
    urls = VARIANT.findall(shown(site))
    assert len(set(urls)) == 3
    for url in urls:
        made = opened(site.tree()[url[1:]]).convert("RGBA")
        assert made.size == (10, 10)
        assert made.getpixel((0, 0))[3] == 0
        if not url.endswith("avif"):
            assert made.getpixel((5, 5)) == (1, 2, 3, 255)


def test_what_an_edit_makes_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another picture under the same name makes its variants and its page, and nothing else."""
    site = site_of(tmp_path, "![A](a.jpg) ![B](b.jpg)", b_jpg=photo(30, 30))
    site.freeze()
    before = {name for name in site.tree() if "images/trip/b.jpg" in name}
    encodings: list[tuple[object, ...]] = []
    make = imaging.make
    monkeypatch.setattr(imaging, "make", lambda *a, **b: encodings.append(a) or make(*a, **b))
    site.freeze(full=True)
    assert encodings == []
    site.write("content/trip/b.jpg", encoded(Image.new("RGB", (30, 30), BLUE)))
    rendered = site.freeze()
    assert len(encodings) == 6
    made = [url for url in rendered if url.startswith("/static/blasto/images/")]
    assert len(made) == 6
    assert set(rendered) - set(made) == {"/trip/", "/trip/b.jpg"}
    assert not before & set(site.tree())
    assert site.tree() == site.clean()
    site.write("blasto.toml", TOML.replace("20, 40", "20"))
    site.freeze()
    assert site.tree() == site.clean()
    check(site, [])


def test_without_its_cache(tmp_path: Path) -> None:
    """Where .blasto/images is gone and a file of the output too, it is made once more."""
    site = site_of(tmp_path)
    site.freeze()
    before = site.tree()
    for file in (site.root / ".blasto/images").iterdir():
        file.unlink()
    name = next(name for name in before if name.endswith(".webp"))
    site.remove(f"build/{name}")
    assert site.freeze() == [f"/{name}"]
    assert site.tree() == before


def test_the_same_in_workers(tmp_path: Path) -> None:
    """Several processes give the bytes of one."""
    site = site_of(tmp_path)
    site.freeze(workers=2)
    assert site.tree() == site.clean(workers=1)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (photo()[:-200], "the picture cannot be read: "),
        (b"no picture at all", "the picture cannot be read: its format is unknown"),
        (encoded(Image.new("1", (20_000, 6_000)), "PNG"), "the picture has 20000 by 6000 pixels"),
        (encoded(Image.new("1", (20_000, 10_000)), "PNG"), "the picture has too many pixels"),
    ],
)
def test_what_cannot_be_read(data: bytes, message: str, tmp_path: Path) -> None:
    """A broken picture and a decompression bomb are errors at the line that shows them."""
    site = site_of(tmp_path, "One\n\n![A](a.jpg)\n\n![B](b.jpg)", b_jpg=data)
    (problem,) = faults(site)
    assert problem.where == "content/trip/index.md:8:6"
    assert problem.message.startswith(f'the image "b.jpg": {message}')


def test_a_broken_picture_in_a_summary(tmp_path: Path) -> None:
    """It is said once, where it was written, however many lists show the summary."""
    site = site_of(tmp_path)
    site.write("content/blog/a.md", page("One ![A](a.jpg)\n\n<!-- more -->\n\nTwo", date="2024-01-01", tags="x"))  # fmt: skip
    site.write("content/blog/a.jpg", b"nothing")
    site.write(
        "templates/list.html", "{% for one in pagination.pages %}{{ one.summary }}{% endfor %}"
    )
    assert [(one.where, one.url) for one in faults(site)] == [
        ("content/blog/a.md:5:10", "/blog/a/")
    ]


def test_live(tmp_path: Path) -> None:
    """A live app makes a picture when it is asked for, and nothing that no page shows."""
    site = site_of(tmp_path)
    app = app_of(site.root, {})
    url = next(one for one in VARIANT.findall(get(app, "/trip/")) if one.endswith("webp"))
    with app.test_client() as client:
        answer = client.get(url)
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert answer.headers["Cache-Control"] == "max-age=31536000, public, immutable"
        for wrong in (
            url.replace(".webp", ".gif"),
            url.replace("-q80", "-q81"),
            url.replace("a.jpg", "b.jpg"),
            re.sub(r"\d+x\d+", "9000x9000", url),
            url.replace("trip", "..%2ftrip"),
        ):
            assert client.get(wrong).status_code == 404


def test_under_a_base_path(tmp_path: Path) -> None:
    """A site in a folder of its host has its variants there, odd names too."""
    site = site_of(tmp_path, "![A](<a, ä.jpg>)", **{"a, ä_jpg": photo()})
    site.write("blasto.toml", 'base_url = "https://example.org/repo"\n' + TOML)
    site.freeze(strict=True)
    urls = VARIANT.findall(shown(site))
    assert '"/repo/static/blasto/images/trip/a%2C%20%C3%A4.jpg.20x13' in shown(site)
    assert len(urls) == 7
    assert sum("images/trip" in name for name in site.tree()) == 6


@pytest.mark.parametrize(
    ("natural", "asked", "size"),
    [
        ((60, 40), (30, None, None), (30, 20)),
        ((60, 40), (None, 10, None), (15, 10)),
        ((60, 40), (30, 30, None), (30, 20)),
        ((60, 40), (900, None, None), (60, 40)),
        ((60, 40), (30, 30, "center"), (30, 30)),
        ((60, 40), (80, 80, "top"), (40, 40)),
        ((900, 2), (10, None, None), (10, 1)),
    ],
)
def test_sizes(natural, asked, size) -> None:
    """A picture fits within its box or fills it, and is never enlarged."""
    assert variants.fitted(imaging.Facts(*natural, "jpg"), *asked) == size
