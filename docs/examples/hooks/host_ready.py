"""Once all plugins are here, before the host serves: build what needs them all."""

from arengo_core.host import Host
from arengo_core.plugins.hookspecs import hookimpl


@hookimpl
def arengo_host_ready(host: Host) -> None:
    host.state["example.services"] = sorted(host.registry.services)
