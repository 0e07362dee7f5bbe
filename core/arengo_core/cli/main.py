"""Entry point: core's commands, then those that plugins bring."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from arengo_core import __version__, garbage
from arengo_core.errors import ArengoError

# Imported when asked for: starting a server must not wait for what migrations need.
_COMMANDS = {
    "audit": "arengo_core.cli.audit",
    "backup": "arengo_core.cli.database",
    "demo": "arengo_core.cli.demo",
    "jobs": "arengo_core.cli.jobs",
    "migrate": "arengo_core.cli.database",
    "plugin": "arengo_core.cli.plugins.group",
    "privacy": "arengo_core.cli.privacy",
    "restore": "arengo_core.cli.database",
    "secrets": "arengo_core.cli.secrets",
    "serve": "arengo_core.cli.serve",
    "worker": "arengo_core.cli.worker",
}


def _of_plugins() -> dict[str, click.Command]:
    from arengo_core.plugins.manager import load_plugins

    with garbage.starting():
        plugins = load_plugins().plugins
    commands = (command for plugin in plugins for command in plugin.commands)
    return {str(command.name): command for command in commands}


class ArengoGroup(click.Group):
    """Looks for a command in core first; plugins are loaded only when it is not there."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, plugins' too."""
        return sorted({*_COMMANDS, *_of_plugins()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by name."""
        if cmd_name in _COMMANDS:
            return getattr(import_module(_COMMANDS[cmd_name]), cmd_name)
        return _of_plugins().get(cmd_name)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run; our own errors become one line and exit code 2."""
        try:
            return super().main(*args, **kwargs)
        except ArengoError as error:
            click.echo(f"arengo: {_in_a_line(str(error))}", err=True)
            sys.exit(2)


def _in_a_line(text: str) -> str:
    """What was typed may have line feeds, or what drives a terminal."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


@click.group(cls=ArengoGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="arengo")
def cli() -> None:
    """Shared digital services for small municipalities and local shops."""


if __name__ == "__main__":
    cli()
