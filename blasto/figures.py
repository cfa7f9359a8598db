"""Figures of a Markdown text: a picture with a title that stands alone gets a caption.

Beside ``converter``, for ``markup``. The extension sees the tree of Python-Markdown, so that
only what was written in Markdown becomes a figure; raw HTML stays as it is.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor


class Figures(Treeprocessor):
    """Makes a figure of a paragraph that holds one image with a title, and nothing else."""

    def run(self, root: Element) -> None:
        """Change the tree; one without pictures is looked at in no time."""
        if next(root.iter("img"), None) is None:
            return
        for paragraph in root.iter("p"):
            image = _alone(paragraph)
            if image is not None and (title := image.attrib.pop("title", "")):
                paragraph.tag = "figure"
                SubElement(paragraph, "figcaption").text = title
        for image in root.iter("img"):
            if not image.get("alt"):
                # Markdown writes alt="" where nothing was said; `pictures` asks for it.
                image.attrib.pop("alt", None)


def _alone(paragraph: Element) -> Element | None:
    """Give the image that a paragraph holds nothing beside, be it in a link."""
    holder = paragraph
    while not (holder.text or "").strip() and len(holder) == 1:
        (child,) = holder
        if (child.tail or "").strip():
            return None
        if child.tag == "img":
            return child
        if child.tag != "a":
            return None
        holder = child
    return None


class FiguresExtension(Extension):
    """Adds :class:`Figures` after attribute lists have been set and text has been unescaped."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Add the tree processor; before ``unescape``, so that a title is still escaped."""
        md.treeprocessors.register(Figures(md), "blasto-figures", 7)
