"""A process beside the demo's server: ``python -m http.server`` plays the register."""

from arengo_core.plugins.contributions import Companion
from arengo_core.plugins.hookspecs import hookimpl


@hookimpl
def arengo_companions() -> list[Companion]:
    return [Companion("register", "Register of the example", ("http.server", "{port}"))]
