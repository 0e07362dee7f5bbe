"""Menu entries: of the market for everybody, of the office for officers."""

from arengo_core.caller import Permission, Role
from arengo_core.plugins.contributions import NavigationItem
from arengo_core.plugins.hookspecs import hookimpl

KEEP = Permission("example.keep", "Keep permits", frozenset({Role.MUNICIPAL_OFFICER}))


@hookimpl
def arengo_navigation() -> list[NavigationItem]:
    return [
        NavigationItem("market", "Example", "/example", order=90),
        NavigationItem(
            "office",
            "Example",
            "/office/example",
            order=90,
            permissions=(KEEP,),
        ),
    ]
