"""A service with settings and a meter."""

from dataclasses import dataclass

from arengo_core.caller import OrganizationKind
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manifest import Meter, Service, setting


@dataclass(frozen=True, slots=True)
class ExampleSettings:
    """The form that a member fills in when it switches the service on."""

    phone: str = setting("Telephone", help="Shown to citizens.", default="")
    token: str = setting("Token of the register", secret=True, default="")
    style: str = setting("Style", choices={"short": "Short", "long": "Long"}, default="short")


@hookimpl
def arengo_services() -> list[Service]:
    return [
        Service(
            key="example",
            title="Example",
            description="What a member reads before it switches the service on.",
            serves=frozenset({OrganizationKind.MUNICIPALITY}),
            settings=ExampleSettings,
            meters=(Meter("example.answers", "Answers", "answers"),),
            grants=("core.own_data:read", "marketplace.usage:write"),  # what members agree to
        )
    ]
