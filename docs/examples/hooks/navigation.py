"""Menu entries: of the market for everybody, of the office for officers."""

from arengo_core.caller import Role
from arengo_core.plugins.contributions import NavigationItem
from arengo_core.plugins.hookspecs import hookimpl


@hookimpl
def arengo_navigation() -> list[NavigationItem]:
    return [
        NavigationItem("market", "Example", "/example", order=90),
        NavigationItem(
            "office",
            "Example",
            "/office/example",
            order=90,
            roles=frozenset({Role.MUNICIPAL_OFFICER}),
        ),
    ]
