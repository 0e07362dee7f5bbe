"""A plugin with services of its own, so that the marketplace is tested without the shipped ones."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest_asyncio

from arengo_core.caller import OrganizationKind
from arengo_core.host import Host
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manager import load_plugins
from arengo_core.plugins.manifest import Manifest, Meter, Service, setting

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
    """Three services: ``bell`` for all, ``tolk`` with settings, ``choir`` that rests on bell."""

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
        ]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def host(settings, database):
    made = Host.create(settings, load_plugins(extra=[("bells", TestServices())]), database.app)
    yield made
    await made.close()
