"""The site about blasto. ``python freeze.py`` publishes it into build/."""

from __future__ import annotations

from blasto import Freezer, create_app

app = create_app(__file__)
freezer = Freezer(app)

if __name__ == "__main__":
    freezer.main()
