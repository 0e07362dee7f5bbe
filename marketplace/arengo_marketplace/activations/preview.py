"""What an activation will cost the member, and what it changes for every other one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.money import Money
from arengo_core.plugins.manifest import Service
from arengo_marketplace.activations import catalogue, repository
from arengo_marketplace.contract import Member
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.forecast import Change, Preview, Scenario, before, year_before
from arengo_marketplace.costs.forecast import preview as compare
from arengo_marketplace.costs.grants import ExpectedGrant
from arengo_marketplace.costs.period import Period
from arengo_marketplace.funding.covering import expected_grants
from arengo_marketplace.members import directory
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.bearers import bearers_for, bearing, bears, newcomers
from arengo_marketplace.offers.fees import fees_on
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.terms import allocation_keys, refused
from arengo_marketplace.permissions import FIGURES, OFFICE, SERVICES
from arengo_marketplace.settlements import repository as settlements

Forecast = Mapping[str, Decimal]
"""Units expected in one month, by meter."""


@dataclass(frozen=True, slots=True)
class ActivationPreview:
    """The year ahead, as it is and after the member joins (or leaves)."""

    offer: Offer
    member: Member
    period: Period
    forecast: Forecast
    figures: Preview

    @property
    def own(self) -> Change | None:
        """The effect on the member itself; None where it bears no share of this offer."""
        return next((c for c in self.figures.changes if self._is_own(c)), None)

    @property
    def others(self) -> list[Change]:
        """The effect on every other bearer, by name."""
        return sorted(
            (c for c in self.figures.changes if not self._is_own(c)), key=lambda c: c.bearer.name
        )

    def _is_own(self, change: Change) -> bool:
        return change.bearer.organization_id == self.member.organization_id

    @property
    def per_inhabitant(self) -> Money | None:
        """What the member will pay per inhabitant, in whole minor units."""
        return self.own.per_inhabitant_afterwards if self.own else None


def year_ahead(today: date) -> Period:
    """Twelve whole months: from today where it is the first of one, else from the next first."""
    month = Period.months_from(today, 1)
    return Period.months_from(today if today.day == 1 else month.end, 12)


def read_forecast(service: Service, values: Mapping[str, str]) -> dict[str, Decimal]:
    """Units a month by meter, as typed; absent ones are 0. InvalidInputError names the meter."""
    forecast: dict[str, Decimal] = {}
    for meter in service.meters:
        text = str(values.get(meter.key) or "0").strip().replace(",", ".")
        try:
            units = Decimal(text)
        except InvalidOperation:
            units = Decimal("nan")
        if not units.is_finite() or units < 0 or units > 10**9:
            raise InvalidInputError(
                "{value} is not a number of units a month: 0 or more is expected.",
                field=meter.key,
                value=text,
            )
        forecast[meter.key] = units
    return forecast


async def stated_forecast(
    uow: UnitOfWork, offer: Offer, period: Period
) -> dict[UUID, dict[str, Decimal]]:
    """What the members who have the offer expect a month, by bearer and meter."""
    accounts = await bearing(uow, offer, period)
    async with uow.widened(governs=[offer.organization_id]):
        rows = await repository.of_offer(uow.session, offer.organization_id, offer.id)
    expected: dict[UUID, dict[str, Decimal]] = {}
    for row in rows:
        bearer = accounts.get(row.organization_id)
        if bearer is None or row.state != "active":
            continue
        units = expected.setdefault(bearer, {})
        for meter, quantity in row.forecast.items():
            units[meter] = units.get(meter, Decimal()) + Decimal(quantity)
    return expected


async def paid_before(uow: UnitOfWork, offer: Offer, period: Period) -> dict[date, dict[UUID, int]]:
    """What the offer cost each member in the settled months to which rules may look back."""
    firsts = [month.start for month in period.months()]
    months = {before(firsts[0]), *map(year_before, firsts)}
    async with uow.widened(governs=[offer.organization_id]):
        paid = await settlements.paid_in(uow.session, offer.organization_id, months)
    return paid.get(offer.id, {})


def scenario_of(
    host: Host,
    offer: Offer,
    period: Period,
    expected: Mapping[UUID, Forecast],
    paid: Mapping[date, Mapping[UUID, int]],
    grants: Sequence[ExpectedGrant],
) -> Scenario:
    """The offer's terms with what each bearer is expected to use a month, and paid before.

    ``grants`` are those that may cover some of it.
    """
    usage: dict[str, dict[UUID, Decimal]] = {}
    for bearer, units in expected.items():
        for meter, quantity in units.items():
            usage.setdefault(meter, {})[bearer] = quantity
    keys = allocation_keys(host.registry, host.guard)
    return Scenario(
        plan=offer.plan_at(period.start),
        rule=offer.rule(keys, period.start),
        period=period,
        monthly_usage=usage,
        monthly_fees={bearer: fees_on(offer, units) for bearer, units in expected.items()},
        paid=paid,
        later_rules=offer.later_rules(keys, period.start),
        later_plans=offer.later_plans(period.start),
        service=offer.service,
        grants=tuple(grants),
    )


async def preview(
    uow: UnitOfWork,
    host: Host,
    *,
    offer_id: UUID,
    member_id: UUID,
    forecast: Mapping[str, str] | None = None,
    leaving: bool = False,
    period: Period | None = None,
) -> ActivationPreview:
    """Compare the year ahead as it is with the year after the member joins (or leaves).

    The member's officers and the consortium's may ask. ``forecast`` holds units a month by
    meter; where it is not given, what is to be expected. Nothing is written.
    """
    offer = await offers.offer_of(uow, offer_id)
    member = await directory.member(uow, member_id, offer.organization_id)
    if not uow.caller.may(offer.organization_id, OFFICE):
        uow.caller.require(member_id, SERVICES, FIGURES)
    service = offers.service_of(host.registry, offer.service)
    if forecast is None and not leaving:
        forecast = await catalogue.expected(uow, service, offer, member)
    units = read_forecast(service, forecast or {})
    today = clock.today()
    span = period or year_ahead(today)
    present = await bearers_for(uow, offer, span)
    expected = await stated_forecast(uow, offer, span)
    grants = await expected_grants(uow, offer.organization_id, offer.service)
    newcomer = None
    if not leaving and bears(offer, member):
        expected[member_id] = units
        newcomer = (await newcomers(uow, offer, [member], min(today, span.start)))[member_id]
    try:
        figures = compare(
            scenario_of(host, offer, span, expected, await paid_before(uow, offer, span), grants),
            present,
            joining=newcomer,
            leaving=member_id if leaving else None,
            keys=allocation_keys(host.registry, host.guard),
        )
    except CostError as error:
        raise refused(error, error.field) from None
    return ActivationPreview(offer, member, span, units, figures)
