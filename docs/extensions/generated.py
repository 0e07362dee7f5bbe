"""Pages that write themselves from the code: settings, commands and hooks."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from docutils import nodes
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from arengo_core.cli.main import cli
from arengo_core.plugins import hookspecs
from arengo_core.settings import Settings

EXAMPLES = Path(__file__).parents[1] / "examples" / "hooks"
HIDDEN = {"demo", "demo_links"}


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined or field.default is None:
        return ""
    value = field.default
    if hasattr(value, "get_secret_value"):
        return ""
    return f" Default: `{str(value).lower() if isinstance(value, bool) else value}`."


def settings_text() -> str:
    """A definition list in Markdown."""

    def entries() -> Iterator[str]:
        for name, field in Settings.model_fields.items():
            if name in HIDDEN:
                continue
            text = " ".join((field.description or "").split())
            yield f"`ARENGO_{name.upper()}`\n: {text}{_default(field)}"

    return "\n\n".join(entries())


def commands_text() -> str:
    """Each command with its help, as the terminal shows it."""

    def walk(path: str, command: click.Command, parent: click.Context | None) -> Iterator[str]:
        context = click.Context(command, info_name=path.split()[-1], parent=parent)
        context.terminal_width = 92
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                assert child is not None
                yield from walk(f"{path} {name}", child, context)
        else:
            shown = textwrap.indent(command.get_help(context), "  ")
            yield f"**{path}**\n\n```text\n{textwrap.dedent(shown)}\n```"

    return "\n\n".join(walk("arengo", cli, None))


def hooks_text() -> str:
    """Each hook: its signature, what its spec says, and an example, which the tests run."""

    def entries() -> Iterator[str]:
        for name in hookspecs.HOOKS:
            spec = getattr(hookspecs, name)
            example = (EXAMPLES / f"{name.removeprefix('arengo_')}.py").read_text(encoding="utf-8")
            yield f"### {name}"
            yield f"```python\ndef {name}{inspect.signature(spec)}\n```".replace("'", "")
            yield inspect.cleandoc(spec.__doc__ or "").replace("``", "`")
            yield f"```python\n{example}```"

    return "\n\n".join(entries())


class _Generated(SphinxDirective):
    """Puts Markdown made by ``make`` into the page."""

    make: Any

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()  # what it is made from is no file that Sphinx watches
        return self.parse_text_to_nodes(type(self).make())


class SettingsList(_Generated):
    """``{arengo-settings}``."""

    make = staticmethod(settings_text)


class CommandList(_Generated):
    """``{arengo-commands}``."""

    make = staticmethod(commands_text)


class HookList(_Generated):
    """``{arengo-hooks}``."""

    make = staticmethod(hooks_text)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("arengo-settings", SettingsList)
    app.add_directive("arengo-commands", CommandList)
    app.add_directive("arengo-hooks", HookList)
    return {"version": "1", "parallel_read_safe": True}
