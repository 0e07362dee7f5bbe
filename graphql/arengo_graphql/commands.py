"""``arengo schema``: print the SDL, write it, or compare it with the committed one."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from arengo_core.host import Host
from arengo_core.plugins.manager import load_plugins
from arengo_core.settings import load_settings
from arengo_graphql.assembly import assemble


def current_sdl() -> str:
    """The SDL of the installed plugins; no database is needed."""
    settings = load_settings()
    host = Host.create(settings, load_plugins(settings.disabled_plugins), "postgresql://unused/x")
    return assemble(host).whole.as_str().strip() + "\n"


@click.command("schema")
@click.option("--write", "action", flag_value="write", help="Write FILE.")
@click.option("--check", "action", flag_value="check", help="Fail if FILE is not current.")
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path),
    default=Path("graphql/schema.graphql"),
    help="Which file to write or check.",
    show_default=True,
)
def schema(action: str | None, path: Path) -> None:
    """Print the GraphQL schema (SDL)."""
    sdl = current_sdl()
    if action == "write":
        path.write_text(sdl)
        return
    if action == "check":
        committed = path.read_text() if path.is_file() else ""
        if committed != sdl:
            lines = difflib.unified_diff(
                committed.splitlines(), sdl.splitlines(), str(path), "installed", lineterm="", n=2
            )
            click.echo("\n".join(list(lines)[:60]))
            raise click.ClickException(f"{path} is not current: run `arengo schema --write`.")
        return
    click.echo(sdl, nl=False)
