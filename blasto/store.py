"""A frozen tree in an object store: any place that fsspec has a URL for.

The last step of a site's way, in place of a folder on a host. A store has no rename, so
the promise is kept as far as it goes: other files first, then pages, removals last, and
the manifest, which says what is there, at the very end. Before the first change a second
object names all that will be touched; where a publish was interrupted, the next one finds
it and makes sure of those.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard

import msgspec

from .errors import BlastoError, UsageError

MANIFEST = ".blasto/manifest.json"
PENDING = ".blasto/pending.json"
EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs", "az": "azure", "abfs": "azure",
          "abfss": "azure"}  # fmt: skip
AT_ONCE = 16
"""Objects on their way at the same time."""
PAGES = (".html", ".htm", ".xhtml")


class Item(NamedTuple):
    """A file to have in the store.

    :param digest: of its bytes, as ``trace.digest`` gives it.
    :param type: its media type, with a charset where that matters.
    :param cache: what ``Cache-Control`` is to say, if anything.
    """

    path: str
    source: Path
    digest: str
    type: str
    cache: str = ""


class Sent(NamedTuple):
    """What a publish did: numbers of objects."""

    url: str
    uploaded: int
    removed: int
    kept: int

    def __str__(self) -> str:
        counts = f"{self.uploaded} uploaded, {self.removed} removed, {self.kept} already there"
        return f"published to {self.url}: {counts}"


class Manifest(msgspec.Struct):
    """What the store holds of the site: digests of content and of what goes with it."""

    files: dict[str, str] = {}
    version: int = 1


def is_url(destination: object) -> TypeGuard[str]:
    """Tell whether a destination is a store and no folder."""
    return isinstance(destination, str) and "://" in destination


def send(items: Iterable[Item], url: str, *, adopt: bool = False, again: bool = False) -> Sent:
    """Bring a store to a set of files: upload what differs, remove what is gone.

    :param url: with bucket and prefix, as in ``s3://bucket/prefix``.
    :param adopt: publish where there are objects that blasto did not put there; they stay.
    :param again: upload everything, whatever the manifest says.
    :raises UsageError: no library for such a URL, or a place that is not ours.
    :raises BlastoError: the store refuses. What it holds then is completed by the next call.
    """
    store = Store(url)
    wanted = {item.path: item for item in items}
    manifest = store.read(MANIFEST, Manifest)
    pending = store.read(PENDING, list[str])
    if manifest is None and pending is None and not adopt and store.holds_anything():
        raise UsageError.at(
            f"there are objects at {url} that blasto did not put there",
            hint="name another prefix, or publish beside them with --adopt",
        )
    known = manifest.files if manifest is not None else {}
    unsure = set(pending or ())
    state = {path: _state(item) for path, item in wanted.items()}
    changed = [
        item for path, item in sorted(wanted.items())
        if again or path in unsure or known.get(path) != state[path]
    ]  # fmt: skip
    gone = sorted((known.keys() | unsure) - wanted.keys())
    if changed or gone:
        touched = sorted({*unsure, *gone, *(item.path for item in changed)})
        store.write(PENDING, touched)
        store.upload([item for item in changed if not item.path.lower().endswith(PAGES)])
        store.upload([item for item in changed if item.path.lower().endswith(PAGES)])
        store.remove(gone)
        store.write(MANIFEST, Manifest(dict(sorted(state.items()))))
        store.remove([PENDING])
    elif manifest is None:
        store.write(MANIFEST, Manifest())
    return Sent(store.url, len(changed), len(gone), len(wanted) - len(changed))


def _state(item: Item) -> str:
    """Put into words what an object is: an edit of its type or cache uploads it again."""
    return "|".join(filter(None, (item.digest, item.type, item.cache)))


class Store:
    """One prefix of one store.

    :raises UsageError: there is no library for such a URL.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.protocol = url.partition("://")[0].lower()
        extra = EXTRAS.get(self.protocol, "s3")
        try:
            fsspec: Any = importlib.import_module("fsspec")
            self.files, root = fsspec.core.url_to_fs(self.url, use_listings_cache=False)
        except ImportError as error:
            raise UsageError.at(
                f"publishing to {self.protocol}:// needs fsspec with {error.name or self.protocol}",
                hint=f"pip install 'blasto[{extra}]'",
            ) from error
        except ValueError as error:
            raise UsageError.at(f"{url} is no place to publish to: {error}") from error
        self.root = root.rstrip("/")

    def place(self, path: str) -> str:
        """Give the name by which fsspec knows an object."""
        return f"{self.root}/{path}"

    def holds_anything(self) -> bool:
        """Tell whether there is any object below the prefix."""
        with suppress(FileNotFoundError, NotADirectoryError):
            return bool(self._asked(lambda: self.files.ls(self.root, detail=False), absent=True))
        return False

    def read(self, path: str, type: Any) -> Any:
        """Give a JSON object of ours, ``None`` where there is none or it is damaged."""
        try:
            data = self._asked(lambda: self.files.cat_file(self.place(path)), absent=True)
            return msgspec.json.decode(data, type=type)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def write(self, path: str, value: object) -> None:
        """Put a JSON object of ours."""
        words = self._words("application/json", "no-cache", "")
        data = msgspec.json.encode(value)
        self._make(path)
        self._asked(lambda: self.files.pipe_file(self.place(path), data, **words))

    def upload(self, items: Collection[Item]) -> None:
        """Put files, several at once; the first failure ends it."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            waiting = [pool.submit(self._put, item) for item in items]
            try:
                for one in waiting:
                    one.result()
            except BaseException:
                for one in waiting:
                    one.cancel()
                raise

    def _put(self, item: Item) -> None:
        data = item.source.read_bytes()
        words = self._words(item.type, item.cache, item.digest)
        self._make(item.path)
        self._asked(lambda: self.files.pipe_file(self.place(item.path), data, **words))

    def _make(self, path: str) -> None:
        """Make the folder of an object, where the place is one that has folders."""
        if self.protocol not in EXTRAS:
            parent = self.place(path).rpartition("/")[0]
            self._asked(lambda: self.files.makedirs(parent, exist_ok=True))

    def remove(self, paths: Iterable[str]) -> None:
        """Take objects away; those that are gone already are no trouble."""

        def one(path: str) -> None:
            with suppress(FileNotFoundError):
                self._asked(lambda: self.files.rm_file(self.place(path)), absent=True)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(one, paths):
                pass

    def _words(self, type: str, cache: str, digest: str) -> dict[str, Any]:
        """Give what goes with an object, in the words of each store's library."""
        kept = {"blasto-digest": digest} if digest else {}
        family = EXTRAS.get(self.protocol)
        if family == "s3":
            found = {"ContentType": type, "CacheControl": cache, "Metadata": kept}
            return {name: value for name, value in found.items() if value}
        if family == "gcs":
            fixed = {"fixed_key_metadata": {"cache_control": cache}} if cache else {}
            return {"content_type": type, "metadata": kept or None, **fixed}
        if family == "azure":
            settings = {"content_type": type, "cache_control": cache}
            return {"content_settings": {name: one for name, one in settings.items() if one}}
        return {}

    def _asked(self, ask: Callable[[], Any], *, absent: bool = False) -> Any:
        """Ask the store, and turn what its library raises into an error about it.

        :param absent: let through that there is nothing of that name.
        """
        try:
            return ask()
        except Exception as error:
            if absent and isinstance(error, FileNotFoundError | NotADirectoryError):
                raise
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> BlastoError:
        said = " ".join(str(error).split()) or type(error).__name__
        return BlastoError.at(
            f"{self.url}: {said[:300]}",
            hint="what was frozen is kept: the same command again sends the rest",
        )
