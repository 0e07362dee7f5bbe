"""A step of ``arengo demo``; the second argument is the consortium's key."""

from arengo_core.host import Host
from arengo_core.plugins.contributions import DemoStep
from arengo_core.plugins.hookspecs import hookimpl


async def load(host: Host, consortium: str) -> None:
    """Make the plugin's part of the demo data."""


@hookimpl
def arengo_demo() -> list[DemoStep]:
    return [DemoStep(900, "Example", load)]
