"""A place in the plugin's own page; its template says ``{{ slot("example.page") }}`` there."""

from arengo_core.plugins.contributions import Slot
from arengo_core.plugins.hookspecs import hookimpl


@hookimpl
def arengo_slots() -> list[Slot]:
    return [Slot("example.page", "At the end of the page. Subject: the organization's id.")]
