"""A Dask cluster in the place of the process pool, behind the same executor's interface.

``freezing`` hands out tasks and takes results as ever. Here the site is packed into one
archive, named by its digest, and unpacked once by each worker; what workers render comes
back with their results and waits in the client's staging. Scheduling, lost workers and
the network are Dask's business.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import io
import logging
import os
import shutil
import sys
import threading
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import msgspec

from . import trace
from .errors import BlastoError, Problem, UsageError
from .staging import Staging
from .workers import Reference

SAME = ("blasto", "flask", "jinja2", "markdown", "pymdown-extensions", "pygments")
"""Packages whose version decides about bytes."""
ASIDE = {"__pycache__", "node_modules"}
WAIT = 30.0
"""Seconds that the first worker may take to come."""

_lock = threading.Lock()
_sites: dict[str, tuple[str, bytes]] = {}
_states: dict[str, Any] = {}


class Outbox(Staging):
    """Staging of a worker that shares no disk with the client: it travels with the results."""

    __slots__ = ("files",)

    def __init__(self) -> None:
        super().__init__("")
        self.files: dict[str, bytes] = {}

    def write(self, path: str, data: bytes) -> None:
        self.files[path] = data

    def take(self) -> dict[str, bytes]:
        """Give what was written since the last call."""
        files, self.files = self.files, {}
        return files


class Shipment:
    """The site on its way to each worker, now and to come: a plugin of Dask's workers."""

    idempotent = True

    def __init__(self, name: str, archive: bytes, reference: bytes) -> None:
        self.name = name
        self.archive = archive
        self.reference = reference

    def setup(self, worker: Any) -> None:
        """Unpack the site where the worker keeps its files."""
        folder = Path(worker.local_directory, self.name)
        with zipfile.ZipFile(io.BytesIO(self.archive)) as archive:
            archive.extractall(folder)
        _sites[self.name] = str(folder), self.reference

    def teardown(self, worker: Any) -> None:
        """Take the site away."""
        with _lock:
            folder, _ = _sites.pop(self.name, ("", b""))
            _states.pop(self.name, None)
            _forget(folder)
        shutil.rmtree(Path(worker.local_directory, self.name), ignore_errors=True)


def perform(
    name: str, function: Callable[[Any, Sequence[Any]], list[Any]], tasks: Sequence[Any]
) -> tuple[list[Any], dict[str, bytes]]:
    """Call a function with a worker's state; give its results, and the files that it made.

    One thread at a time: a site's code need not be made for more.
    """
    with _lock:
        if name not in _states:
            _states[name] = _prepare(*_sites[name])
        state = _states[name]
        outbox: Outbox = state.staging
        return function(state, tasks), outbox.take()


def _prepare(folder: str, data: bytes) -> Any:
    """Make the app in a worker, in the environment that the client has."""
    for other in [one for one in _states if _sites.get(one, ("",))[0] != folder]:
        # Another state of the site, whose modules have the same names.
        _states.pop(other)
        _forget(_sites[other][0] if other in _sites else "")
    reference, environment = msgspec.json.decode(data, type=tuple[Reference, dict[str, str]])
    root = Path(folder)
    for key in [key for key in os.environ if _telling(key)]:
        del os.environ[key]
    os.environ.update(environment)
    os.chdir(root)
    if reference.script.startswith("./"):
        reference = msgspec.structs.replace(reference, script=str(root / reference.script))
    elif folder not in sys.path:
        sys.path.insert(0, folder)
    reference = msgspec.structs.replace(reference, staging=str(root / reference.staging))
    # Named, not imported: this room lies below the one that knows how to find a project.
    state = importlib.import_module("blasto.project").state(reference)
    state.staging = Outbox()
    return state


def _forget(folder: str) -> None:
    """Let go of the modules that a site's folder gave."""
    if not folder:
        return
    sys.path[:] = [path for path in sys.path if path != folder]
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(folder + os.sep):
            del sys.modules[name]


def _telling(key: str) -> bool:
    """Tell whether an environment variable says something to a freeze."""
    return key == "SOURCE_DATE_EPOCH" or (key.startswith("BLASTO_") and key != "BLASTO_WORKERS")


class Cluster(Executor):
    """Sends tasks to a Dask cluster.

    :param address: a scheduler's, such as ``tcp://host:8786``; empty for a cluster of this
        machine's processes that lives as long as the freeze.
    :param staging: where the files that come back wait.
    :param count: processes of a cluster of its own, which keeps its files in ``folder``.
    :raises UsageError: no Dask, no scheduler, no worker, or another Python or blasto there.
    """

    def __init__(self, address: str, staging: Staging, count: int, folder: Path) -> None:
        try:
            distributed: Any = importlib.import_module("distributed")
        except ImportError as error:
            raise UsageError.at(
                "--executor dask needs Dask", hint="pip install 'blasto[cluster]'"
            ) from error
        # Its words are for who runs the cluster.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        self._distributed = distributed
        self._staging = staging
        self._open = contextlib.ExitStack()
        self._name = ""
        self._pending: set[Any] = set()
        try:
            if not address:
                self._open.callback(shutil.rmtree, folder, ignore_errors=True)
                made = distributed.LocalCluster(
                    n_workers=count, threads_per_worker=1, dashboard_address=":0",
                    local_directory=str(folder), silence_logs=logging.CRITICAL,
                )  # fmt: skip
                address = self._open.enter_context(made).scheduler_address
            self.client = self._open.enter_context(
                distributed.Client(address, timeout=WAIT, set_as_default=False)
            )
            self.client.wait_for_workers(1, timeout=WAIT)
            self._compare()
        except (OSError, ValueError, distributed.TimeoutError) as error:
            self._open.close()
            raise UsageError.at(
                f"no Dask cluster at {address}: {error}",
                hint="start one with `dask scheduler` and `dask worker`, or give `--executor dask`",
            ) from error
        except BaseException:
            self._open.close()
            raise
        self._executor = self.client.get_executor(pure=False)

    @property
    def count(self) -> int:
        """The number of worker processes now."""
        return max(1, len(self.client.scheduler_info(n_workers=-1)["workers"]))

    def _compare(self) -> None:
        """Refuse workers that would give other bytes.

        :raises UsageError: naming each of them.
        """
        found = self.client.get_versions(packages=list(SAME))
        wanted = _versions(found["client"])
        wrong = []
        for address, worker in sorted(found["workers"].items()):
            has = _versions(worker)
            wrong += [
                Problem(
                    f"the worker {address} has {what} {has.get(what) or '(none)'}, "
                    f"this freeze has {version}",
                    hint="install the same Python and the same locked packages there",
                )
                for what, version in wanted.items()
                if has.get(what) != version
            ]
        if wrong:
            raise UsageError(*wrong)

    def ship(
        self, root: Path, aside: Collection[Path], reference: Reference, now: int | None
    ) -> None:
        """Send the site to every worker that does not have it yet.

        :param aside: folders that are not part of the site: its output and its ledger.
        :param now: the instant of the freeze in seconds since 1970, where it matters.
        :raises UsageError: it cannot be made again elsewhere.
        """
        environment = {"SOURCE_DATE_EPOCH": str(now)} if now is not None else {}
        environment |= {key: value for key, value in os.environ.items() if _telling(key)}
        script = Path(reference.script)
        handed = Path(reference.staging)
        inside = root in (script, *script.parents)
        if script.is_absolute() and not inside:
            raise UsageError.at(f"a cluster cannot be sent {script}, which lies outside {root}")
        reference = msgspec.structs.replace(
            reference,
            script=f"./{script.relative_to(root).as_posix()}" if inside else reference.script,
            staging=".blasto-handed",
            ledger="",
            # There is no ledger to look rendered bodies up in.
            afresh=True,
        )
        archive = pack(root, aside, {f".blasto-handed/{one}": handed / one for one in _files(handed)})  # fmt: skip
        told = msgspec.json.encode((reference, environment))
        family = f"blasto-{trace.digest(str(root))[:8]}-"
        self._name = family + trace.digest(archive, told)
        known = self.client.run_on_scheduler(_plugins)
        for old in known:
            if old.startswith(family) and old != self._name:
                self.client.unregister_worker_plugin(old)
        if self._name not in known:
            plugin = _plugin(self._distributed)(self._name, archive, told)
            self.client.register_plugin(plugin)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Send a function and its tasks, as :func:`workers.work` would be called."""
        outer: Future[Any] = Future()
        inner = self._executor.submit(perform, self._name, *args, **kwargs)
        self._pending.add(inner)
        inner.add_done_callback(functools.partial(self._arrived, outer))
        return outer

    def _arrived(self, outer: Future[Any], inner: Future[Any]) -> None:
        """Put the files of a result into staging, and hand the result on."""
        self._pending.discard(inner)
        if inner.cancelled() or not outer.set_running_or_notify_cancel():
            outer.cancel()
            return
        try:
            results, files = inner.result()
            for path, data in files.items():
                self._staging.write(path, data)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the caller's
            outer.set_exception(_explained(error, self._distributed))
        else:
            outer.set_result(results)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; end it if it is the freeze's own."""
        if cancel_futures:
            for future in list(self._pending):
                future.cancel()
        self._executor.shutdown(wait=wait and not cancel_futures)
        self._open.close()


def _plugin(distributed: Any) -> type:
    """Make Dask's own class of :class:`Shipment`; without Dask there is none."""
    return type("Shipped", (Shipment, distributed.WorkerPlugin), {"__module__": __name__})


def _plugins(dask_scheduler: Any) -> list[str]:
    return sorted(dask_scheduler.worker_plugins)


def _versions(told: Any) -> dict[str, str]:
    return {
        "Python": told["host"]["python"],
        **{name: told["packages"].get(name) or "" for name in SAME},
    }


def _explained(error: BaseException, distributed: Any) -> BaseException:
    if isinstance(error, distributed.KilledWorker):
        return BlastoError.at(
            "workers of the cluster died again and again on the same pages",
            hint="they may have run out of memory: see the logs of the workers",
        )
    return error


def pack(root: Path, aside: Collection[Path], extra: dict[str, Path]) -> bytes:
    """Put a site's files into a ZIP archive whose bytes depend on theirs alone.

    :param aside: folders to leave out.
    :param extra: files to add, by name in the archive.
    """
    found = {name: root / name for name in _files(root, aside)} | extra
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, path in sorted(found.items()):
            archive.writestr(zipfile.ZipInfo(name), path.read_bytes(), zipfile.ZIP_DEFLATED, 1)
    return buffer.getvalue()


def _files(root: Path, aside: Collection[Path] = ()) -> Iterator[str]:
    """Give the files that make a site: no hidden folder, no environment, no output."""
    away = {os.path.realpath(one) for one in aside}
    for place, folders, names in os.walk(root):
        folders[:] = sorted(
            name for name in folders
            if not name.startswith(".") and name not in ASIDE
            and os.path.realpath(os.path.join(place, name)) not in away
            and not os.path.exists(os.path.join(place, name, "pyvenv.cfg"))
        )  # fmt: skip
        for name in sorted(names):
            path = Path(place, name)
            if path.is_file() and not name.endswith(".pyc"):
                yield path.relative_to(root).as_posix()
