"""One process or several, inherited or made anew: the same tree and the same words."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from concurrent.futures import Executor
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from sites import NOW, Project, doc, environment, tree

from blasto import crew, workers

KNOWN = [
    one for one in ("fork", "forkserver", "spawn") if one in multiprocessing.get_all_start_methods()
]
METHODS = [pytest.param(one, marks=pytest.mark.slow) if one == "spawn" else one for one in KNOWN]
FREEZE = """
from blasto import Freezer, create_app
from flask import url_for
import words
app = create_app(__file__)
freezer = Freezer(app)
app.config["SHOUT"] = words.SHOUT

@app.get("/extra/<int:number>/")
def extra(number):
    return f'<p>{app.config["SHOUT"]} <a href="{url_for("extra", number=number // 2)}">half</a></p>'

@freezer.register_generator
def extras():
    yield "extra", {"number": 9}

if __name__ == "__main__":
    freezer.main()
"""


@pytest.fixture(autouse=True)
def instant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold the clock, and let nobody choose how processes start."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    monkeypatch.delenv("BLASTO_START_METHOD", raising=False)


def many(root: Path, count: int = 26, script: bool = True) -> Project:
    """Make a site with a script of its own, warnings, links and enough pages for a pool."""
    files: dict[str, str | bytes] = {
        f"content/p/{number}.md": doc(
            f"Page {number}", number, f"Text. See [next]({number + 1}.md#part).\n\n## Part\n\n```python\nx = {number}\n```",
            tags=f"[t{number % 3}]", date=f"2025-01-{number % 28 + 1:02}",
        )
        for number in range(count)
    }  # fmt: skip
    files["content/index.md"] = "Home, with [a broken link](gone.md).\n"
    files["blasto.toml"] = 'base_url = "https://example.org/base"\npaginate = 5\n'
    files["static/a.css"] = "a { background: url(/static/b.png) }"
    if script:
        files |= {"freeze.py": FREEZE, "words.py": 'SHOUT = "Hey"\n'}
    return Project(root, files)


def outcome(
    site: Project, *arguments: str, start: str = ""
) -> tuple[int, list[str], dict[str, bytes]]:
    """Freeze in a process of its own: status, what was said, and the tree."""
    done = site.run(*arguments, env={"BLASTO_START_METHOD": start} if start else {})
    counts = done.stdout.split(" s: ")[-1] if done.returncode == 0 else ""
    return (
        done.returncode,
        [*done.stderr.splitlines(), counts],
        site.tree() if site.build.is_dir() else {},
    )


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, list[str], dict[str, bytes]]:
    """Give what one process makes of the site."""
    site = many(tmp_path_factory.mktemp("alone") / "site")
    return outcome(site, "--workers", "1")


@pytest.mark.parametrize("method", METHODS)
def test_any_start_method_gives_the_same(
    method: str, alone: tuple[int, list[str], dict[str, bytes]], tmp_path: Path
) -> None:
    """Two workers, however they start, give the tree, the warnings and the counts of one process."""
    site = many(tmp_path / "site")
    status, said, files = outcome(site, "--workers", "2", start=method)
    assert (status, said) == alone[:2]
    assert files == alone[2]
    assert any("gone.md" in line for line in said)
    # What they found out is in the ledger: nothing is left to do, and edits are seen.
    assert outcome(site)[1][-1].startswith("0 rendered")
    site.write("words.py", 'SHOUT = "Ho"\n')
    assert b"Ho" in outcome(site, "--workers", "2", start=method)[2]["extra/4/index.html"]


@pytest.mark.parametrize("method", METHODS)
def test_a_site_without_script(method: str, tmp_path: Path) -> None:
    """A folder of Markdown is made anew in workers too, with the options of the command line."""
    site = many(tmp_path / "site", script=False)
    one = outcome(site, "--workers", "1", "--base-url", "https://example.com/other")
    other = many(tmp_path / "other", script=False)
    assert (
        outcome(other, "--workers", "2", "--base-url", "https://example.com/other", start=method)
        == one
    )


@pytest.mark.parametrize("method", METHODS)
def test_errors_are_all_reported(method: str, tmp_path: Path) -> None:
    """A page that fails among many hides no other error, in any process."""
    site = many(tmp_path / "site")
    assert site.run().returncode == 0
    before = site.tree()
    site.write("templates/post.html", "{{ 1 // (page.weight % 13) }}{{ page.html }}")
    one = outcome(site, "--workers", "1")
    two = outcome(site, "--workers", "2", start=method)
    assert one == two
    assert one[0] == 1
    assert [line for line in one[1] if line.startswith("blasto: error: templates/post.html:1: ")]
    assert sum("while making /p/" in line for line in one[1]) == 2
    assert site.tree() == before


def test_the_tree_depends_on_no_count_of_workers(tmp_path: Path) -> None:
    """Edits frozen with one worker, then two, then three, add up."""
    site = many(tmp_path / "site", 26, script=False)
    for number in (1, 2):
        site.write("templates/partials/footer.html", f"<p>{number}</p>")
        site.freeze(workers=number)
        assert site.tree() == site.clean()


DYING = """
import os, signal
from blasto import Freezer, create_app
app = create_app(__file__)
freezer = Freezer(app)
BOSS = os.getpid()

@app.after_request
def fall(response):
    if os.getpid() != BOSS and app.config.get("FALL", True):
        os.kill(os.getpid(), signal.SIGKILL)
    return response
"""


def test_a_worker_that_is_killed(tmp_path: Path) -> None:
    """A worker that dies makes a clear error and leaves the tree alone; nothing hangs."""
    site = many(tmp_path / "site", script=False)
    assert site.run().returncode == 0
    before = site.tree()
    site.write("freeze.py", DYING)
    done = site.run("--workers", "2")
    assert done.returncode == 1
    assert done.stderr.startswith("blasto: error: a worker process died")
    assert "Traceback" not in done.stderr
    assert site.tree() == before
    assert site.run("--workers", "1").returncode == 0


@pytest.mark.parametrize("method", METHODS)
def test_workers_end_with_their_parent(method: str, tmp_path: Path) -> None:
    """When the freeze is killed none of its processes stays."""
    site = many(tmp_path / "site", 26)
    site.write("words.py", "SHOUT = 'Hey'\n")
    site.write("templates/page.html", "{{ slowly() }}{{ page.html }}")
    site.write("templates/post.html", "{{ slowly() }}{{ page.html }}")
    site.write(
        "freeze.py",
        FREEZE.replace(
            "freezer = Freezer",
            "import time\napp.jinja_env.globals['slowly'] = lambda: time.sleep(0.3) or ''\nfreezer = Freezer",
            1,
        ),
    )
    process = site.start("--workers", "2", env={"BLASTO_START_METHOD": method})
    boss = psutil.Process(process.pid)
    end = time.monotonic() + 20
    family: list[psutil.Process] = []
    while len(family) < (2 if method == "fork" else 3) and time.monotonic() < end:
        time.sleep(0.05)
        family = boss.children(recursive=True)
    time.sleep(0.3)
    family = boss.children(recursive=True)
    process.kill()
    process.communicate()
    assert len(family) >= 2
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert not site.build.exists()


def test_any_executor_will_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The freezer asks an executor for nothing but ``submit`` and ``shutdown``."""
    asked: list[int] = []

    class Own(workers.Here):
        def submit(self, *arguments: object, **options: object):  # type: ignore[no-untyped-def]
            asked.append(len(arguments))
            return super().submit(*arguments, **options)  # type: ignore[arg-type]

    def pool(count: int, state: object, reference: object) -> Executor:
        workers.pool(1, state, None)
        return Own()

    monkeypatch.setattr(crew, "workers", SimpleNamespace(**{**vars(workers), "pool": pool}))
    site = many(tmp_path / "site", 26, script=False)
    site.freeze(workers=2)
    assert asked
    assert site.tree() == site.clean()


def test_chunks_are_fair_and_whole() -> None:
    """All items are handed out once, in pieces that both workers get some of."""
    for length in (0, 1, 7, 100, 1000):
        items = list(range(length))
        chunks = list(workers.chunks(items, 2))
        assert [item for chunk in chunks for item in chunk] == items
        assert all(len(chunk) <= 50 for chunk in chunks)
        assert length < 16 or len(chunks) >= 16


# Row 40


@pytest.mark.parametrize("seed", ["0", "1"])
def test_nothing_of_the_machine_shows(
    seed: str, alone: tuple[int, list[str], dict[str, bytes]], tmp_path: Path
) -> None:
    """Hash seed, time zone, locale, folder, umask and number of workers leave no trace."""
    site = many(tmp_path / "some where" / "élse")
    env = {"PYTHONHASHSEED": seed, "TZ": "Asia/Kathmandu", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8",
           "HOME": str(tmp_path), "USER": "nobody", "COLUMNS": "40"}  # fmt: skip
    script = site.root / "freeze.py"
    done = subprocess.run(
        [sys.executable, str(script), "--workers", str(1 + int(seed))], cwd=tmp_path,
        env=environment(**env), umask=0o077, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert tree(site.build) == alone[2]
    modes = {oct(path.stat().st_mode & 0o777) for path in site.build.rglob("*")}
    assert os.name == "nt" or modes == {"0o644", "0o755"}
