"""A consortium at work, for the tests of usage, costs, settlements and the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from arengo_core.caller import Caller, OrganizationKind
from arengo_core.host import Host
from arengo_core.identity.models import Person
from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_core.organizations.models import Organization
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manifest import Manifest, Meter, Service
from arengo_marketplace.contract import UsageReading
from arengo_marketplace.costs.charges import Every, FixedCharge, UnitCharge
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.costs.rule import CostRule, RulePart
from arengo_marketplace.metering import service as metering
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.models import CostRuleVersion, Offer
from arengo_marketplace.pools import service as pools
from arengo_marketplace.pools.models import LineKind
from arengo_marketplace.pools.service import LineData
from arengo_marketplace.settlements import repository, service
from arengo_marketplace.settlements.models import Settlement, Share
from arengo_marketplace.statements import repository as statements
from arengo_marketplace.statements.models import Statement

STROKES = "bell.strokes"
AUGUST = Period.month(2026, 8)
SEPTEMBER = Period.month(2026, 9)
OPENING = datetime(2026, 8, 1, 8, tzinfo=UTC)
IN_SEPTEMBER = datetime(2026, 9, 2, 8, tzinfo=UTC)
IN_OCTOBER = datetime(2026, 10, 2, 8, tzinfo=UTC)
PLAN = PricePlan(
    (
        FixedCharge("Canone", 100_000, Every.YEAR),
        UnitCharge("Rintocchi", STROKES, Decimal("0.35")),
    )
)
RULE = CostRule(
    (
        RulePart("equal", Decimal(30)),
        RulePart("population", Decimal(45)),
        RulePart("usage", Decimal(25), {"meter": STROKES}),
    )
)


class Bells:
    """A plugin with one metered service."""

    @hookimpl
    def arengo_manifest(self) -> Manifest:
        return Manifest(key="bells", title="Bells", description="For tests.", version="1.0")

    @hookimpl
    def arengo_services(self) -> list[Service]:
        return [
            Service(
                key="bell",
                title="Bell",
                description="Rings.",
                serves=frozenset({OrganizationKind.MUNICIPALITY, OrganizationKind.MERCHANT}),
                meters=(Meter(STROKES, "Strokes", "strokes"),),
            )
        ]


@dataclass(frozen=True, slots=True)
class Valley:
    """Four municipalities that share one service."""

    host: Host
    id: UUID
    towns: tuple[Organization, ...]
    offer: Offer
    officer: Person
    town_officer: Person

    @property
    def office(self) -> Caller:
        """The program as the consortium's office."""
        return Caller.program([self.id], [self.id])

    def everything(self, *more: UUID) -> Caller:
        """The program, reaching all that the consortium and its members have."""
        return Caller.program([self.id, *(town.id for town in self.towns), *more], [self.id])

    async def enter(self, amount: int, month: Period = AUGUST, **more: Any) -> None:
        """Record a cost."""
        line = LineData(
            offer_id=self.offer.id,
            month=month.start,
            kind=more.pop("kind", LineKind.FIXED),
            description=more.pop("description", "Canone"),
            amount=Money(amount),
            **more,
        )
        async with self.host.unit_of_work(self.office) as uow:
            await pools.add(uow, consortium_id=self.id, lines=[line])

    async def divide_by(self, rule: dict[str, Any], month: Period) -> None:
        """Let another rule hold from a month on, as if the members had voted for it before."""
        async with self.host.unit_of_work(self.office) as uow:
            offer = await offers.offer_of(uow, self.offer.id)
            offer.rule_rows.append(
                CostRuleVersion(
                    organization_id=self.id,
                    place=len(offer.rule_rows) + 1,
                    valid_from=month.start,
                    rule=CostRule.from_json(rule).to_json(),
                    vote_id=new_id(),
                )
            )

    async def use(self, member: UUID, quantity: object, on: date = date(2026, 8, 15)) -> None:
        """Report usage under a key of its own."""
        await self.report([reading(member, quantity, on)])

    async def report(self, readings: Iterable[UsageReading]) -> int:
        """Report readings as plugins do."""
        async with self.host.unit_of_work() as uow:
            return await metering.report(uow, self.host, list(readings))

    async def close(self, month: Period = AUGUST, **more: Any) -> Settlement:
        """Close a month."""
        async with self.host.unit_of_work(self.office) as uow:
            return await service.close(uow, self.host, consortium_id=self.id, period=month, **more)

    async def reverse(self, settlement: Settlement, reason: str = "Wrong invoice") -> Settlement:
        """Take a settlement back."""
        async with self.host.unit_of_work(self.office) as uow:
            return await service.reverse(uow, settlement_id=settlement.id, reason=reason)

    async def shares(self, settlement: Settlement) -> list[Share]:
        """All shares of a settlement."""
        async with self.host.unit_of_work(self.office, read_only=True) as uow:
            return list(await repository.shares(uow.session, settlement.id, self.id))

    async def statements(self, settlement: Settlement) -> list[Statement]:
        """All statements of a settlement."""
        async with self.host.unit_of_work(self.office, read_only=True) as uow:
            return list(await statements.of_settlement(uow.session, self.id, settlement.id))


def reading(
    member: UUID, quantity: object, on: date = date(2026, 8, 15), key: str | None = None
) -> UsageReading:
    """A reading at noon in Rome."""
    noon = datetime(on.year, on.month, on.day, 10, tzinfo=UTC)
    return UsageReading(STROKES, member, Decimal(str(quantity)), noon, key or new_id().hex)
