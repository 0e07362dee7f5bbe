"""What services may ask members to let them do with this plugin's data; its own asks too."""

from arengo_core.i18n import N_
from arengo_core.plugins.grants import DataGrant
from arengo_core.plugins.hookspecs import hookimpl


@hookimpl
def arengo_data_grants() -> list[DataGrant]:
    return [
        DataGrant("example.permits:read", N_("Your parking permits, with who holds them")),
        DataGrant("example.permits:write", N_("Your parking permits")),
    ]
