"""Folders in the package: templates/example/, locale/it/LC_MESSAGES/example.po, static files."""

from pathlib import Path

from arengo_core.plugins.contributions import Resources
from arengo_core.plugins.hookspecs import hookimpl

_HERE = Path(__file__).parent


@hookimpl
def arengo_resources() -> Resources:
    return Resources(templates=_HERE / "templates", locale=_HERE / "locale")
