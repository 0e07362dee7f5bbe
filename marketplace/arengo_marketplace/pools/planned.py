"""Cost lines that the price plans give, from what members used and on which days they took part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.money import Money, total
from arengo_marketplace.costs.bearer import Bearer, Usage
from arengo_marketplace.costs.charges import TieredCharge, UnitCharge
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.plan_inputs import PlanInputs
from arengo_marketplace.costs.price_plan import cost
from arengo_marketplace.metering import repository as metering
from arengo_marketplace.offers import repository as offers
from arengo_marketplace.offers.bearers import bearers_for
from arengo_marketplace.offers.fees import fees_on
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.terms import refused
from arengo_marketplace.permissions import COSTS
from arengo_marketplace.pools import repository, service
from arengo_marketplace.pools.models import LineKind, PoolLine
from arengo_marketplace.pools.service import LineData


@dataclass(frozen=True, slots=True)
class Filled:
    """What filling in did: the lines made, and the offers left alone because of entered costs."""

    lines: tuple[PoolLine, ...]
    left_alone: tuple[Offer, ...]


async def fill_in(
    uow: UnitOfWork, *, consortium_id: UUID, month: Period, offer_id: UUID | None = None
) -> Filled:
    """Write the lines that price plans give for a month, in place of those made so before.

    An offer whose costs somebody entered is left alone: its invoices count. One-off costs that are
    spread over months stand beside the plan, and so does the rest of another offer's cost. Officers
    of the consortium may. InvalidInputError where a figure is missing.
    """
    uow.caller.require(consortium_id, COSTS)
    await uow.widen([consortium_id], [consortium_id])
    await service.hold_open(uow, consortium_id, month)
    if offer_id is not None:
        chosen = [await service.offer_for_lines(uow, consortium_id, offer_id)]
    else:
        chosen = list(await offers.of_consortium(uow.session, consortium_id, withdrawn=True))
    made: list[PoolLine] = []
    left_alone: list[Offer] = []
    for offer in chosen:
        present = await repository.of_month(uow.session, consortium_id, month.start, offer.id)
        if any([await _counts_as_invoice(uow, line) for line in present]):
            left_alone.append(offer)
            continue
        lines = await planned(uow, offer, month)
        await repository.remove_planned(uow.session, consortium_id, month.start, offer.id)
        made += await service.add(uow, consortium_id=consortium_id, lines=lines, from_plan=True)
    return Filled(tuple(made), tuple(left_alone))


async def _counts_as_invoice(uow: UnitOfWork, line: PoolLine) -> bool:
    kind = LineKind(line.kind)
    if not kind.is_cost or line.from_plan:
        return False
    if kind is LineKind.ONE_OFF:
        return not line.is_spread and line.rest_of is None
    first = line
    while first.rest_of and (whole := await repository.get(uow.session, first.rest_of)):
        first = whole
    return first.offer_id == line.offer_id


async def planned(uow: UnitOfWork, offer: Offer, month: Period) -> list[LineData]:
    """What the offer's price plan costs in a month, and the fees that users paid in it."""
    bearers = await bearers_for(uow, offer, month)
    if not bearers:
        return []
    plan = offer.plan_at(month.start)
    usage = await usage_for(uow, offer, month)
    try:
        costs = cost(plan, PlanInputs(month, tuple(bearers), usage))
    except CostError as error:
        raise refused(error, error.field) from None
    lines = [
        LineData(
            offer.id,
            month.start,
            LineKind(line.kind.value),
            line.label,
            Money(line.taxed.stated, plan.currency) if line.taxed else line.amount,
            vat=plan.vat,
        )
        for line in costs
    ]
    fees = total(
        (fees_on(offer, _units(bearer, usage.get(month.start, {}))) for bearer in bearers),
        plan.currency,
    )
    if fees:
        label = ", ".join(str(fee["label"]) for fee in offer.fees)
        lines.append(LineData(offer.id, month.start, LineKind.FEE, label[:200], fees))
    return lines


async def usage_for(uow: UnitOfWork, offer: Offer, month: Period) -> dict[date, Usage]:
    """Units of the plan's and fees' meters, for the months of the year up to this one."""
    plan = offer.plan_at(month.start)
    meters = {
        charge.meter
        for charge in plan.charges
        if isinstance(charge, UnitCharge | TieredCharge) and charge.meter
    }
    meters |= {str(fee["meter"]) for fee in offer.fees}
    if not meters:
        return {}
    year = Period(date(month.start.year, 1, 1), month.end)
    return {
        one.start: await metering.of_period(uow.session, offer.organization_id, one, meters)
        for one in year.months()
    }


def _units(bearer: Bearer, usage: Usage) -> dict[str, Decimal]:
    return {
        meter: units[bearer.organization_id]
        for meter, units in usage.items()
        if bearer.organization_id in units
    }
