"""A question that the health page asks; False or an exception: it does not work."""

from arengo_core.host import Host
from arengo_core.plugins.contributions import HealthCheck
from arengo_core.plugins.hookspecs import hookimpl


async def register_answers(host: Host) -> bool:
    """Whether the register that the plugin asks is there."""
    return True


@hookimpl
def arengo_health_checks() -> list[HealthCheck]:
    return [HealthCheck("example.register", "Register", register_answers)]
