"""References between pages in typed front matter: ``author: Ref["authors"]``.

Below ``kinds``, which makes them. A reference is written as the name of a file in a folder
of the content, ``ada`` for ``authors/ada.md``; ``refcheck`` looks whether there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar, get_args

Folder = TypeVar("Folder")
T = TypeVar("T")


class Referring(Protocol):
    """What a reference asks of its site."""

    def referred(self, folder: str, name: str) -> Any: ...


class _Reference:
    """What all references have: a name, and the page that it means."""

    folder: ClassVar[str] = ""

    def __init__(self, name: object, site: Referring | None = None) -> None:
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"expected the name of a page in {self.folder}/")
        self._name = name.strip()
        self._site = site

    @property
    def page(self) -> Any:
        """The page that is meant."""
        if self._site is None:
            raise RuntimeError("a reference knows its page in page.data only")
        return self._site.referred(self.folder, self._name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.page, name)

    def __str__(self) -> str:
        return self._name

    def __repr__(self) -> str:
        return f"Ref[{self.folder!r}]({self._name!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reference) and (self.folder, self._name) == (
            other.folder,
            other._name,
        )

    def __hash__(self) -> int:
        return hash((self.folder, self._name))


@lru_cache(maxsize=256)
def _kind_of(folder: str) -> type[_Reference]:
    return type(f"Ref_{folder}", (_Reference,), {"folder": folder.strip("/")})


if TYPE_CHECKING:

    class Ref(_Reference, Generic[Folder]):
        """A reference to a page of a folder."""

else:

    class Ref:
        """A reference to a page of a folder: ``Ref["authors"]``, for kinds.

        In ``page.data`` it has what the page has: ``page.data.author.title``, ``.url``,
        ``.data``. Where mypy looks, write ``Ref[Literal["authors"]]``, which is the same.
        """

        def __class_getitem__(cls, folder: Any) -> type[_Reference]:
            given = get_args(folder)
            return _kind_of(given[0] if given else folder)


def candidates(folder: str, name: str) -> tuple[str, ...]:
    """Give the files that a reference may mean, best first."""
    inside = name.removeprefix(f"{folder}/")
    stem = f"{folder}/{inside}" if folder else inside
    if inside.endswith(".md"):
        return (stem,)
    return f"{stem}.md", f"{stem}/index.md", f"{stem}/_index.md"


def meant(pages: Mapping[str, T], folder: str, name: str) -> T | None:
    """Give the page that a reference means, of pages by path."""
    found = (pages.get(path) for path in candidates(folder, name))
    return next((page for page in found if page is not None), None)


def is_reference(kind: Any) -> bool:
    """Tell whether a type is a ``Ref["folder"]``."""
    return isinstance(kind, type) and issubclass(kind, _Reference)


def decoder(site: Referring | None = None) -> Any:
    """Give msgspec's hook that makes references, bound to a site where one is given."""

    def made(kind: type, value: Any) -> Any:
        if is_reference(kind):
            return kind(value, site)
        raise NotImplementedError(f"{kind.__name__} is no type that front matter can have")

    return made


def encoder(seen: list[tuple[str, str]]) -> Any:
    """Give msgspec's hook that makes text of references, and gathers folder and name."""

    def written(value: Any) -> str:
        if isinstance(value, _Reference):
            seen.append((value.folder, str(value)))
            return str(value)
        raise NotImplementedError(f"{type(value).__name__} is no type that front matter can have")

    return written
