"""What every command says of itself, and of what it cannot take."""

from __future__ import annotations

from collections.abc import Iterator

import click
from click.testing import CliRunner

from arengo_core.cli.main import cli


def _commands(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        assert child is not None
        yield from _commands(f"{path} {name}", child)


def test_every_command_and_option_is_explained():
    found = dict(_commands("arengo", cli))
    assert {"arengo demo", "arengo setup", "arengo costs close", "arengo plugin info"} <= set(found)
    mute = [path for path, command in found.items() if not command.help]
    mute += [
        f"{path} {option.opts[-1]}"
        for path, command in found.items()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert mute == []


def test_a_province_that_is_not_there_is_named_before_anything_is_made():
    words = ["setup", "--name", "Unione", "--lead", "Lanzada/SO", "--province", "Nowhere"]
    words += [
        "--officer",
        "Ada",
        "--email",
        "ada@unione.example",
        "--password",
        "long enough it is",
    ]
    answer = CliRunner().invoke(cli, words)
    assert answer.exit_code == 2
    assert "there is no province Nowhere: Sondrio or SO is expected" in answer.output
