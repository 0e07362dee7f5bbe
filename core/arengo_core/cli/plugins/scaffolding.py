"""``arengo plugin new``: a plugin that works, to change into the one that is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

import click

from arengo_core import __version__
from arengo_core.plugins.fingerprint import GROUP

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SUFFIX = ".tmpl"


def _words(name: str) -> dict[str, str]:
    """What the templates' names in ``<<>>`` stand for."""
    key = name.replace("-", "_")
    camel = "".join(part.capitalize() for part in name.split("-"))
    return {
        "key": key,
        "path": name,
        "title": name.replace("-", " ").capitalize(),
        "camel": camel,
        "package": f"arengo_{key}",
        "distribution": f"arengo-{name}",
        "mutation": f"add{camel}Entry",
        "query": f"{camel[0].lower()}{camel[1:]}Entries",
        "arengo": __version__,
    }


def _templates(folder: Traversable, place: PurePosixPath) -> Iterator[tuple[PurePosixPath, str]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _templates(item, place / item.name)
        elif item.name.endswith(_SUFFIX):
            yield place / item.name.removesuffix(_SUFFIX), item.read_text(encoding="utf-8")


def _filled(text: str, words: dict[str, str]) -> str:
    return re.sub(r"<<(\w+)>>", lambda found: words[found[1]], text)


@click.command()
@click.argument("name")
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Where its folder is made; here unless told.",
)
def new(name: str, directory: Path) -> None:
    """Write a plugin that works: the distribution arengo-NAME, with a service and its tests."""
    if not _NAME.fullmatch(name):
        raise click.ClickException(
            f"{name!r} is no name for a plugin: lower-case letters and digits, words joined by -."
        )
    words = _words(name)
    if words["key"] in {point.name for point in entry_points(group=GROUP)} | {"core", "queue"}:
        raise click.ClickException(f"A plugin {words['key']!r} is installed: choose another name.")
    target = directory / words["distribution"]
    if target.exists():
        raise click.ClickException(f"{target} is there already: nothing was written.")
    for place, text in _templates(files("arengo_core") / "scaffold", PurePosixPath()):
        parts = [{"PACKAGE": words["package"]}.get(part, part) for part in place.parts]
        path = target.joinpath(*(part.replace("KEY", words["key"]) for part in parts))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(text, words), encoding="utf-8")
    click.echo(
        f"{target} is a working plugin. Install it, make its tables and try it:\n"
        f"  pip install -e '{target}[testing]'\n"
        f"  arengo migrate\n"
        f"  arengo plugin check {words['key']}\n"
        f"  pytest {target}"
    )
