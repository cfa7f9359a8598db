"""``python -m blasto``: the ``blasto`` command."""

from .cli import main

main(prog_name="blasto")
