"""``arengo plugin check``: the conformance kit on one plugin, installed or remote."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import click
import msgspec

from arengo_core.cli.plugins.remote_subjects import remote_subject
from arengo_core.plugins.fingerprint import GROUP
from arengo_core.remote.trying import Subject

_KIT = "arengo_marketplace.conformance"
_OF_REMOTE_TOO = ("manifest", "grants", "settings", "handlers", "composition")
_MARKS = {"passed": "ok", "failed": "FAULT", "skipped": "-"}


class Result(msgspec.Struct):
    """What one check of the kit found; ``outcome`` is passed, failed or skipped."""

    area: str
    check: str
    outcome: str
    reason: str


def key_of(plugin: str) -> str:
    """The plugin's key: as given, or from the project file of the folder that was named."""
    project = Path(plugin) / "pyproject.toml"
    if not project.is_file():
        return plugin
    content = tomllib.loads(project.read_text(encoding="utf-8"))
    points = content.get("project", {}).get("entry-points", {}).get(GROUP, {})
    if len(points) != 1:
        raise click.ClickException(
            f"{project} names {len(points)} entry points in the group {GROUP!r}; one is needed:"
            f' [project.entry-points.{GROUP}] name = "package.plugin".'
        )
    return next(iter(points))


def installed_key_of(plugin: str) -> str:
    """As :func:`key_of`; ClickException where the plugin is not installed."""
    key = key_of(plugin)
    if key not in {point.name for point in entry_points(group=GROUP)}:
        mend = f"pip install -e {plugin}" if key != plugin else "pip install it first"
        raise click.ClickException(f"The plugin {key!r} is not installed: {mend}.")
    return key


@click.command()
@click.argument("plugin", metavar="KEY|PATH|URL")
@click.option("--json", "report", type=click.Path(dir_okay=False, path_type=Path), help="Report.")
@click.option(
    "--sample",
    "samples",
    multiple=True,
    metavar="PROVIDER.NAME=VALUE",
    help="What the kit cannot guess of a remote provider, such as valley-bike.origin=014019.",
)
def check(plugin: str, report: Path | None, samples: Sequence[str]) -> None:
    """Try a plugin with the conformance kit: an installed one, or a remote one that is live.

    Name the installed one by its key or folder, the remote one by its key or address: it must be
    registered here and reach this host, and the kit books, charges and sends by it. Exit code 1
    when a promise is not kept. It needs what `arengo[testing]` installs.
    """
    subject = remote_subject(plugin, samples)
    key = installed_key_of(plugin) if subject is None else subject.key
    results = results_of(key, subject, report)
    for result in results:
        click.echo(f"{_MARKS[result.outcome]:<6} {result.area}: {result.check}")
        if result.reason:
            click.echo(f"       {result.reason}")
    counts = {mark: sum(r.outcome == mark for r in results) for mark in _MARKS}
    click.echo(
        f"{key}: {counts['passed']} promises kept, {counts['failed']} not,"
        f" {counts['skipped']} do not concern it"
    )
    sys.exit(1 if counts["failed"] else 0)


def results_of(key: str, subject: Subject | None, report: Path | None = None) -> list[Result]:
    """What the kit finds of an installed plugin, or of a remote one; as JSON in ``report`` too.

    ClickException where it does not run.
    """
    kit = find_spec(_KIT)
    if find_spec("pytest") is None or kit is None or kit.origin is None:
        raise click.ClickException("The kit needs pytest: pip install 'arengo[testing]'.")
    place = Path(kit.origin).parent
    with tempfile.TemporaryDirectory() as folder:
        file = report or Path(folder) / "report.json"
        if subject is None:
            tried = [place, *_own_tests(key), "--ignore", place / "remote"]
        else:
            told = Path(folder) / "remote.json"
            told.write_bytes(msgspec.json.encode(subject))
            parts = [place / f"test_{part}.py" for part in _OF_REMOTE_TOO]
            tried = [*parts, place / "remote", "--arengo-remote", told]
        done = _run(place, [*map(str, tried), "--arengo-plugin", key], file.absolute())
        found = msgspec.json.decode(file.read_bytes(), type=list[Result]) if file.is_file() else []
    if not found or done.returncode > 1:
        raise click.ClickException(f"The kit did not run:\n{done.stdout[-4000:]}{done.stderr}")
    return found


def _own_tests(key: str) -> Iterator[Path]:
    """The plugin's module ``conformance``: its implementations of others' contracts, tried."""
    [point] = entry_points(group=GROUP, name=key)
    package = find_spec(point.value.partition(".")[0])
    for place in (package and package.submodule_search_locations) or ():
        yield from (path for path in Path(place).glob("conformance*") if path.suffix in {"", ".py"})


def _run(kit: Path, tried: Sequence[str], report: Path) -> subprocess.CompletedProcess[str]:
    """The kit in a process of its own, under its own settings."""
    return subprocess.run(  # noqa: S603 - our own module
        [
            sys.executable,
            *("-m", "pytest", "-q", "-p", "no:randomly", "-c", str(kit / "pytest.ini")),
            *tried,
            *("--arengo-report", str(report)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
