"""A writing loop in this process, that does not watch: a test hands it the files that it edits."""

from __future__ import annotations

from sites import Project
from werkzeug.test import Client, TestResponse

from blasto import project as projects
from blasto.serving import Loop


class Looped:
    """The loop of a site, and a client to look at it."""

    def __init__(self, site: Project) -> None:
        self.site = site
        made: projects.Project | BaseException
        try:
            made = projects.here(site.root)
        except Exception as error:  # noqa: BLE001 - as the loop itself does
            made = error
        self.loop = Loop(made)
        self.loop.workshop.root = site.root
        self.loop.read()
        self.client = Client(self.loop.app)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=headers)

    def text(self, path: str) -> str:
        with self.get(path) as answer:
            return answer.get_data(as_text=True)

    def edit(self, path: str, text: str) -> str | None:
        """Write a file; give what pages are told to do about it."""
        return self.told(str(self.site.write(path, text)))

    def told(self, *paths: str) -> str | None:
        before = self.loop.news.version
        kinds = self.loop.take(paths)
        if kinds:
            self.loop.tell(kinds, 0.0)
        return self.loop.news.since(before)
