"""A plugin with services of its own, so that the marketplace is tested without the shipped ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest_asyncio

from arengo_core.caller import OrganizationKind
from arengo_core.host import Host
from arengo_core.plugins.grants import DataGrant
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manager import load_plugins
from arengo_core.plugins.manifest import Manifest, Meter, Service, setting
from arengo_core.plugins.registry import Registry

PEALS = ("bells.peals:read", "bells.peals:write")
LEDGER = "marketplace.ledger:write"
EVERYBODY = frozenset({OrganizationKind.MUNICIPALITY, OrganizationKind.MERCHANT})


@dataclass(frozen=True, slots=True)
class TolkSettings:
    """Settings of every type."""

    sender: str = setting("Sender", help="Who it is from.")
    api_key: str = setting("API key", secret=True)
    tone: str = setting("Tone", default="plain", choices={"plain": "Plain", "warm": "Warm"})
    copies: int = setting("Copies", default=1)
    rate: Decimal = setting("Rate", default=Decimal("0.5"))
    loud: bool = setting("Loud", default=False)


class TestServices:
    """``bell`` for all, ``tolk`` with settings, ``choir`` that rests on bell, ``peal`` that asks
    to read and write.
    """

    @hookimpl
    def arengo_manifest(self) -> Manifest:
        return Manifest(key="bells", title="Bells", description="For tests.", version="1.0")

    @hookimpl
    def arengo_services(self) -> list[Service]:
        towns = frozenset({OrganizationKind.MUNICIPALITY})
        return [
            Service(
                key="bell",
                title="Bell",
                description="Rings.",
                serves=EVERYBODY,
                meters=(Meter("bell.strokes", "Strokes", "strokes"),),
            ),
            Service(
                key="tolk",
                title="Tolk",
                description="Speaks.",
                serves=EVERYBODY,
                settings=TolkSettings,
            ),
            Service(
                key="choir",
                title="Choir",
                description="Sings.",
                serves=towns,
                rests_on=("bell",),
            ),
            Service(
                key="peal",
                title="Peal",
                description="Rings in turn.",
                serves=EVERYBODY,
                grants=PEALS,
            ),
        ]

    @hookimpl
    def arengo_data_grants(self) -> list[DataGrant]:
        return [
            DataGrant(PEALS[0], "Your peals, with who rang"),
            DataGrant(PEALS[1], "Your peals"),
        ]


def registry_asking(registry: Registry, keys: tuple[str, ...]) -> Registry:
    """The registry with a version of the plugin whose service ``peal`` asks for these."""
    plugins = [
        replace(
            plugin,
            services=[
                replace(service, grants=keys) if service.key == "peal" else service
                for service in plugin.services
            ],
        )
        for plugin in registry.plugins
    ]
    return Registry(plugins, registry.set_aside)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def host(settings, database):
    made = Host.create(settings, load_plugins(extra=[("bells", TestServices())]), database.app)
    yield made
    await made.close()
