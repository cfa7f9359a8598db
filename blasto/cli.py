"""The ``blasto`` command: each subcommand is a few lines that call a function."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from . import __version__, console, examples

APP_OPTION = click.option(
    "--app", "reference", metavar="MODULE:NAME", help="An app, a freezer or a factory to use."
)


def project(reference: str | None = None, **settings: Any) -> Any:
    """Give the project that a command is about: named, or that of the current folder."""
    from . import project as projects

    given = {name: value for name, value in settings.items() if value is not None}
    if reference:
        found = projects.named(reference)
        found.app.config["BLASTO_REFERENCE"] = reference
        return found
    content = given.get("content")
    if content is not None:
        if not Path(content).is_dir():
            raise click.UsageError(f"there is no folder {content}")
        given["content"] = os.path.abspath(content)
        from .app import create_app
        from .freezer import Freezer

        app = create_app(Path.cwd(), **given)
        return projects.Project(app, Freezer(app))
    return projects.here(**given)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="blasto")
def main() -> None:
    """Write a Flask site, publish files."""


@main.command()
@APP_OPTION
@click.option(
    "--content", metavar="DIR", help="A folder of Markdown, for a site without blasto.toml."
)
@console.freeze_options
def freeze(reference: str | None, content: str | None, **options: Any) -> None:
    """Freeze the site: publish what changed, all at once or not at all."""
    format_ = "json" if options["json_"] else options["format_"]
    with console.leaving(console.Console(debug=options["debug"], format=format_)):
        found = project(reference, content=content)
    console.run(found.freezer, **options)


main.add_command(freeze, "build")


@main.command()
@APP_OPTION
@click.option(
    "--content", metavar="DIR", help="A folder of Markdown, for a site without blasto.toml."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=5000, show_default=True, help="First port to try.")
@click.option("--open", "open_browser", is_flag=True, help="Open the site in the browser.")
@click.option("--reload/--no-reload", default=True, help="Watch files, and let pages reload.")
@click.option("--debugger", is_flag=True, help="Werkzeug's interactive debugger, on loopback only.")
def serve(
    reference: str | None, content: str | None, host: str, port: int, **options: bool
) -> None:
    """Serve the site while you write it: drafts shown, edits seen at once."""
    from . import serving

    named = (("--app", reference), ("--content", content))
    arguments = [word for name, value in named if value for word in (name, value)]
    with console.leaving(console.Console()):
        find = lambda: project(reference, content=content)  # noqa: E731
        serving.serve(find, host, port, arguments=arguments, **options)


main.add_command(serve, "dev")


@main.command()
@APP_OPTION
@click.option("--destination", metavar="DIR", help="The frozen tree; build/ by itself.")
@click.option("--base-url", metavar="URL", help="Where the site will be, with its path.")
@click.option("--host", metavar="NAME", help="The host to be like; else that of blasto.toml.")
@click.option("--address", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="First port to try.")
def preview(
    reference: str | None, destination: str | None, base_url: str | None,
    host: str | None, address: str, port: int,
) -> None:  # fmt: skip
    """Serve the frozen tree as its host would, under its base path."""
    from . import hostfiles, preview, server

    with console.leaving(console.Console()):
        freezer = project(reference).freezer
        freezer.configure(destination=destination, base_url=base_url)
        chosen = hostfiles.choose(freezer, host)
        rules = hostfiles.followed(freezer, chosen)
        site = preview.StaticHost(freezer.root, freezer.script_name, chosen, rules)
        server.serve_frozen(site, address, port)


@main.command()
@APP_OPTION
@click.option("--destination", metavar="DIR", help="The frozen tree; build/ by itself.")
@click.option("--host", metavar="NAME", help="The host to write for; else that of blasto.toml.")
def rules(reference: str | None, destination: str | None, host: str | None) -> None:
    """Print the site's redirects and headers as its host reads them."""
    from . import hostfiles, hostrules, hosts

    with console.leaving(console.Console()):
        freezer = project(reference).freezer
        freezer.configure(destination=destination)
        chosen = hostfiles.choose(freezer, host, hosts.TOLD)
        click.echo(hostrules.written(hostfiles.published(freezer), chosen), nl=False)


@main.command()
@APP_OPTION
@click.option(
    "--content", metavar="DIR", help="A folder of Markdown, for a site without blasto.toml."
)
@click.option("--destination", metavar="DIR", help="The frozen tree; build/ by itself.")
@click.option("--base-url", metavar="URL", help="Where the site will be, with its path.")
@click.option("--live", is_flag=True, help="Look at what a freeze would publish now.")
@click.option("--parity", "same", is_flag=True, help="Compare the live app with the frozen tree.")
@click.option("--external", "ask", is_flag=True, help="Ask other servers for what is linked.")
@click.option("--host", metavar="NAME", help="The host that the site is for.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Findings to leave out.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@console.format_option("findings")
@click.option("--workers", type=click.IntRange(0), help="Processes; 0 for one a core.")
@click.option("--quiet", "-q", is_flag=True, help="Print problems only.")
def check(
    reference: str | None, content: str | None, destination: str | None, base_url: str | None, strict: bool,
    format_: str, quiet: bool, workers: int | None, **options: Any,
) -> None:  # fmt: skip
    """Look for what is wrong with the site: links, pages, feeds, files."""
    from .check import check as look

    shown = console.Console(quiet=quiet, format=format_)
    with console.leaving(shown):
        freezer = project(reference, content=content).freezer
        freezer.configure(destination=destination, base_url=base_url)
        done = look(freezer, count=workers or 0, **options)
        if not shown.tell(done.problems, done.facts):
            for problem in done.problems:
                shown.problem(problem, "on")
            if not quiet:
                click.echo(done.summary)
        errors = [one for one in done.problems if strict or one.severity == "error"]
        raise SystemExit(1 if errors else 0)


class NewGroup(click.Group):
    """``new`` followed by what it is: a word that is no command is a new site's folder."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["site", *args]
        return super().resolve_command(ctx, args)


@main.group(cls=NewGroup)
def new() -> None:
    """Begin a site, or a page of one."""


@new.command("site")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", metavar="TEXT", help="Of the site; by itself the folder's name.")
def new_site(folder: Path, title: str | None) -> None:
    """Make a site in FOLDER: pages, settings, a workflow, tests."""
    from . import starter

    with console.leaving(console.Console()):
        for path in starter.new_site(folder, title):
            click.echo(folder / path)
        click.echo(f"now: cd {folder} && blasto serve")


@new.command("post")
@APP_OPTION
@click.argument("title")
@click.option("--section", metavar="FOLDER", help="Where; by itself the first blog.")
@click.option("--kind", default="post", show_default=True, help="Name of the archetype.")
@click.option("--edit", is_flag=True, help="Open it in $EDITOR.")
def new_post(reference: str | None, title: str, section: str | None, kind: str, edit: bool) -> None:
    """Begin a page called TITLE: file name, date and front matter from an archetype."""
    from . import starter

    with console.leaving(console.Console()):
        site = project(reference).freezer.site
        if site is None:
            raise click.UsageError("this app has no content of blasto's")
        file = starter.new_page(site, title, section=section, kind=kind)
        click.echo(os.path.relpath(file))
        if edit:
            click.edit(filename=str(file))


@main.command("list")
@APP_OPTION
@click.argument(
    "what",
    type=click.Choice(["pages", "drafts", "urls", "listings", "routes", "settings"]),
    default="pages",
)
@click.option("--json", "json_", is_flag=True, help="A JSON array, for programs.")
def list_(what: str, reference: str | None, json_: bool) -> None:
    """List what the site has; nothing is rendered."""
    from . import inventory

    with console.leaving(console.Console()):
        found = inventory.rows(project(reference).freezer, what)
        click.echo(inventory.as_json(found) if json_ else inventory.as_text(found))


@main.command()
@click.argument("url")
@APP_OPTION
@click.option("--destination", metavar="DIR", help="The frozen tree; build/ by itself.")
def why(url: str, reference: str | None, destination: str | None) -> None:
    """Say what a URL was made of, and why it was or was not rendered last time."""
    from .why import explain

    with console.leaving(console.Console()):
        freezer = project(reference).freezer
        freezer.configure(destination=destination)
        for line in explain(freezer, url):
            click.echo(line)


@main.command()
@APP_OPTION
@click.option("--destination", metavar="DIR", help="The frozen tree; build/ by itself.")
@click.option("--branch", default="gh-pages", show_default=True, help="Branch to commit to.")
@click.option("--remote", default="origin", show_default=True, help="Remote to push to.")
@click.option(
    "--message", "-m", default="Publish the site", show_default=True, help="Words of the commit."
)
@click.option("--no-push", is_flag=True, help="Commit to the branch only.")
@click.option("--to", metavar="URL", help="An object store instead, as in s3://bucket/prefix.")
@click.option("--adopt", is_flag=True, help="With --to: publish beside other objects.")
@click.option("--full", is_flag=True, help="With --to: upload everything again.")
def deploy(
    reference: str | None, destination: str | None, to: str | None, adopt: bool, full: bool,
    **options: Any,
) -> None:  # fmt: skip
    """Push the frozen tree to a branch that GitHub Pages serves, or to an object store."""
    from .deploy import to_branch
    from .sending import tree

    with console.leaving(console.Console()):
        freezer = project(reference).freezer
        freezer.configure(destination=destination)
        if to is not None:
            click.echo(tree(freezer.root, to, adopt=adopt, again=full))
            return
        options["push"] = not options.pop("no_push")
        click.echo(to_branch(freezer.root, freezer.project_root, **options))


@main.command()
@APP_OPTION
@click.option("--destination", metavar="DIR", help="The frozen tree; build/ by itself.")
def clean(reference: str | None, destination: str | None) -> None:
    """Remove what blasto published and its memory of it; other files stay."""
    from .clean import clean as remove

    with console.leaving(console.Console()):
        freezer = project(reference).freezer
        freezer.configure(destination=destination)
        click.echo(f"removed {remove(freezer)} files")


@main.command()
@APP_OPTION
@click.argument("action", type=click.Choice(["list", "copy", "diff"]))
@click.argument("names", metavar="[FILE]...", nargs=-1)
def theme(reference: str | None, action: str, names: tuple[str, ...]) -> None:
    """List themes and what the site overrides, copy files of the theme, or show differences."""
    from . import themes

    with console.leaving(console.Console()):
        site = project(reference).freezer.site
        found = themes.of_site(site)
        if action == "list":
            for line in themes.listed(site.root, site.settings.theme.name, found):
                click.echo(line)
            return
        parts = themes.chosen(found, names) if names or action == "copy" else found
        for part in parts:
            if action == "copy":
                themes.copy(part)
                click.echo(f"copied {part.name} to {os.path.relpath(part.own)}")
            elif part.own.exists():
                click.echo(themes.difference(part, site.root), nl=False)


@main.command()
@APP_OPTION
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="schemas")
def schema(reference: str | None, folder: Path) -> None:
    """Write JSON Schema of front matter, kinds and blasto.toml into FOLDER, for editors."""
    from .schema import write

    with console.leaving(console.Console()):
        site = project(reference).freezer.site
        if site is None:
            raise click.UsageError("this app has no content of blasto's")
        for file in write(site, folder):
            click.echo(f"wrote {file.as_posix()}")


@main.command()
@click.argument("pages", type=click.IntRange(1))
@click.argument("folder", type=click.Path(path_type=Path))
def sample(pages: int, folder: Path) -> None:
    """Make a sample site of PAGES posts in FOLDER."""
    from .sample_data import make

    if folder.exists() and any(folder.iterdir()):
        raise click.UsageError(f"{folder} is not empty")
    make(folder, pages)
    click.echo(f"made {pages} posts in {folder}; freeze them with: cd {folder} && python freeze.py")


examples.teach(main)
