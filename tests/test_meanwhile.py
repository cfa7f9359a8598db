"""A freeze while another one runs, while files are edited, while somebody reads."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

from sites import big, small, template


def test_two_freezes_at_once(tmp_path: Path) -> None:
    """One of two freezes wins; the other ends with status 2 and names its process."""
    site = small(tmp_path / "site")
    site.write("templates/page.html", "{{ slowly() }}{{ page.html }}")
    site.write("freeze.py", "import time\nfrom blasto import Freezer, create_app\napp = create_app(__file__)\n"
               "app.jinja_env.globals['slowly'] = lambda: time.sleep(0.15) or ''\nfreezer = Freezer(app)\n")  # fmt: skip
    first = site.start("--workers", "1")
    lock = site.root / ".blasto" / "ledger.lock"
    end = time.monotonic() + 20
    while lock.read_text().strip() != str(first.pid) and time.monotonic() < end:
        time.sleep(0.01)
    second = site.run()
    assert second.returncode == 2, second.stderr
    assert f"another freeze (pid {first.pid}) is running" in second.stderr
    first.communicate()
    assert first.returncode == 0
    assert site.tree() == site.clean()


def test_a_stale_lock_is_nothing(tmp_path: Path) -> None:
    """The lock file of a process that is gone keeps nobody out."""
    site = small(tmp_path / "site", 2)
    site.write(".blasto/ledger.lock", "1\n")
    assert site.run().returncode == 0


def test_edited_while_it_freezes(tmp_path: Path) -> None:
    """Files change, come and go during freezes: no crash, and peace brings the right tree."""
    site = small(tmp_path / "site", 30)
    stop = threading.Event()

    def write() -> None:
        chance = random.Random(1)
        while not stop.is_set():
            number = chance.randrange(30)
            path = site.root / "content" / "p" / f"{number}.md"
            if chance.random() < 0.3:
                path.unlink(missing_ok=True)
            else:
                path.write_text(f"---\ntitle: Page {chance.random()}\n---\n{chance.random()}\n")
            (site.root / "static").mkdir(exist_ok=True)
            (site.root / "static" / f"{number}.txt").write_text(str(chance.random()))
            (site.root / "static" / f"{chance.randrange(30)}.txt").unlink(missing_ok=True)
            site.write("templates/base.html", template(chance.randrange(9)))
            time.sleep(0.002)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for count in (2, 1):
            done = site.run("--workers", str(count))
            assert "Traceback" not in done.stderr
            assert done.returncode in (0, 1)
            # It may give up on a file that never rests, but must say so.
            assert done.returncode == 0 or " during the freeze" in done.stderr, done.stderr
    finally:
        stop.set()
        writer.join()
    assert site.run().returncode == 0
    assert site.tree() == site.clean()


def test_readers_see_whole_pages(tmp_path: Path) -> None:
    """Whoever reads while it publishes gets every page whole, old or new."""
    site = big(tmp_path / "site", 40)
    text = "{% block content %}{{ page.html if page else '' }}{% endblock %}" + "x" * 50_000
    site.write("templates/base.html", f"0{text}</html>")
    assert site.run().returncode == 0
    pages = [path for path in site.build.rglob("*.html") if path.parent.parent.name == "p"]
    assert len(pages) == 40
    for number in (1,):
        site.write("templates/base.html", f"{number}{text}</html>")
        process = site.start()
        seen = set()
        while process.poll() is None:
            for path in pages:
                data = path.read_bytes()
                assert data.endswith(b"</html>")
                seen.add(data[:1])
        process.communicate()
        assert process.returncode == 0
        assert seen <= {b"%d" % (number - 1), b"%d" % number}
