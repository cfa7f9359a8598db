"""What one may write for each command, and what for: the end of its ``--help``.

``cli`` hangs these under its commands. Two spaces or more stand between what is written
and what it does.
"""

from __future__ import annotations

import click

EXAMPLES = {
    "": """
blasto new mysite            begin a site
blasto serve                 look at the site while you write
blasto freeze                publish it into build/
blasto check                 look for what is wrong with it
blasto preview               look at build/ as a static host shows it
blasto deploy                push build/ to the branch gh-pages
blasto freeze --help         more of one command
""",
    "freeze": """
blasto freeze                          publish what changed into build/
blasto freeze --drafts --explain       drafts too, and what made it render
blasto freeze --base-url https://user.github.io/repo
blasto freeze --content notes --destination out
blasto freeze --format sarif           for code scanning
""",
    "freeze.py": """
python freeze.py                       publish what changed into build/
python freeze.py --drafts --explain    drafts too, and what made it render
python freeze.py --base-url https://user.github.io/repo
""",
    "serve": """
blasto serve                           at port 5000, or the next free one
blasto serve --open --port 8080        in the browser, at another port
""",
    "preview": """
blasto preview                         as the host of blasto.toml shows it
blasto preview --host netlify          as Netlify would
blasto preview --base-url https://user.github.io/repo
""",
    "rules": """
blasto rules --host nginx              a snippet for nginx
blasto rules --host netlify            _redirects and _headers
""",
    "check": """
blasto check                           the frozen site
blasto check --live                    what a freeze would publish now
blasto check --external --strict       other servers too, and no warnings
blasto check --ignore orphan --ignore 'unused-asset:static/fonts/*'
""",
    "new": """
blasto new mysite                      a site in the folder mysite
blasto new post 'A day at sea'         a page of the first blog
""",
    "new site": """
blasto new site mysite --title 'My site'
""",
    "new post": """
blasto new post 'A day at sea'         in the first blog
blasto new post 'A day at sea' --section log --edit
blasto new post Fog --kind note        from archetypes/note.md
""",
    "list": """
blasto list                            pages with their URLs
blasto list drafts                     what is not published, and why
blasto list urls --json                for programs
""",
    "why": """
blasto why /log/                       of a URL
blasto why content/log/storm.md        of the page that a file is
""",
    "deploy": """
blasto deploy                          to the branch gh-pages
blasto deploy --no-push -m 'New log'   commit only
blasto deploy --to s3://bucket/site    to an object store
""",
    "clean": """
blasto clean                           what is in build/ and .blasto/
blasto clean --destination out         what was frozen into out/
""",
    "theme": """
blasto theme list                      all files, and which are your own
blasto theme copy post.html            to begin one of your own with
blasto theme diff                      what you changed
""",
    "schema": """
blasto schema                          into schemas/
blasto schema .vscode/schemas          into another folder
""",
    "sample": """
blasto sample 1000 big                 1,000 posts in the folder big
""",
}


def teach(command: click.Command, path: str = "") -> None:
    """Put the examples of a command, and of those below it, under its help."""
    lines = EXAMPLES.get(path, "").strip().splitlines()
    command.epilog = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
    if isinstance(command, click.Group):
        for one in command.commands.values():
            teach(one, f"{path} {one.name}".strip())
