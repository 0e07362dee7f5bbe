"""What the log calls the plugin's acts, which its services note by ``audit.note``."""

from arengo_core.i18n import N_
from arengo_core.plugins.contributions import Act
from arengo_core.plugins.hookspecs import hookimpl


@hookimpl
def arengo_acts() -> list[Act]:
    return [Act("example.answered", N_("Question answered"))]
