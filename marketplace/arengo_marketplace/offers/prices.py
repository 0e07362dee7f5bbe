"""Versions of an offer's price: a change is previewed, made for a month to come, and told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import format_date
from arengo_marketplace.activations.preview import paid_before, scenario_of, stated_forecast
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.forecast import Change, Preview, Scenario, compared, outlook
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.funding.covering import expected_grants
from arengo_marketplace.offers import service
from arengo_marketplace.offers.bearers import bearers_for
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.terms import allocation_keys, check_meters, check_plan, refused
from arengo_marketplace.permissions import FIGURES, OFFICE, SERVICES

MAIL_PRICE = "marketplace.mail_price"
NOTE_LIMIT = 500


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A price from a month on, and what the year from then costs each member with and without."""

    offer: Offer
    valid_from: date
    plan: PricePlan
    note: str
    period: Period
    figures: Preview

    @property
    def changes(self) -> list[Change]:
        """The effect on each member that bears a share, by name."""
        return sorted(self.figures.changes, key=lambda one: (one.bearer.name, one.bearer))

    def change_of(self, organization_id: UUID) -> Change | None:
        """The effect on one member; None where it bears no share."""
        found = (c for c in self.figures.changes if c.bearer.organization_id == organization_id)
        return next(found, None)


def next_month() -> Period:
    """The first month from which a price can be changed: the next that has not begun."""
    return Period.months_from(Period.months_from(clock.today(), 1).end, 1)


async def preview(
    uow: UnitOfWork,
    host: Host,
    *,
    offer_id: UUID,
    price_plan: object,
    month: Period,
    note: str = "",
) -> PriceChange:
    """What a price from a month on would change for every member; nothing is written.

    Officers of the consortium may. InvalidInputError for a plan that cannot be read, one that is
    the price already, or a month that has begun.
    """
    offer = await service.own_offer(uow, offer_id)
    plan = check_plan(price_plan)
    check_meters(plan, offer.rule(allocation_keys(host.registry, host.guard)), host.registry)
    if month.start < next_month().start:
        raise InvalidInputError(
            "A price changes from a month that has not begun: {day} is the first.",
            field="month",
            day=format_date(next_month().start),
        )
    if len(note) > NOTE_LIMIT:
        raise InvalidInputError(
            "At most {limit} characters are possible.", field="note", limit=NOTE_LIMIT
        )
    versions = plans_of(offer)
    versions.pop(month.start, None)
    present = valid_on(versions, month.start)
    if plan == present:
        raise InvalidInputError("This is the price already.", field="price_plan")
    if plan.currency != present.currency:
        raise InvalidInputError(
            "The price stays in {currency}: another currency needs another offer.",
            field="price_plan",
            currency=present.currency,
        )
    return await _effect(uow, host, offer, month.start, plan, note.strip())


async def change(
    uow: UnitOfWork,
    host: Host,
    *,
    offer_id: UUID,
    price_plan: object,
    month: Period,
    note: str = "",
) -> PriceChange:
    """Set the price from a month on, in place of a version from the same month, and tell the
    members that pay another amount by how much. Raises what :func:`preview` raises.
    """
    made = await preview(
        uow, host, offer_id=offer_id, price_plan=price_plan, month=month, note=note
    )
    offer, first = made.offer, made.valid_from.isoformat()
    version = {"valid_from": first, "plan": made.plan.to_json(), "note": made.note}
    others = [one for one in offer.prices if one["valid_from"] != first]
    replaced = next((one for one in offer.prices if one["valid_from"] == first), None)
    told = await _version_effect(uow, host, offer, replaced) if replaced else None
    offer.prices = sorted([*others, version], key=lambda one: one["valid_from"])
    await uow.session.flush()
    uow.audit(
        offer.organization_id,
        "offer.price_changed",
        "Offer",
        offer.id,
        valid_from=made.valid_from,
        price_plan=version["plan"],
    )
    tell(uow, made, told_before=told)
    return made


async def withdraw(uow: UnitOfWork, host: Host, *, offer_id: UUID, month: Period) -> Offer:
    """Take back a price that is not valid yet; members that would have paid another amount are
    told that the old one goes on.
    """
    offer = await service.own_offer(uow, offer_id)
    first = month.start.isoformat()
    version = next((one for one in offer.prices if one["valid_from"] == first), None)
    if version is None or month.start < next_month().start:
        raise ConflictError("There is no price from that month that could still be withdrawn.")
    effect = await _version_effect(uow, host, offer, version)
    offer.prices = [one for one in offer.prices if one is not version]
    await uow.session.flush()
    uow.audit(
        offer.organization_id,
        "offer.price_withdrawn",
        "Offer",
        offer.id,
        valid_from=month.start,
    )
    tell(uow, effect, withdrawn=True)
    return offer


async def coming(uow: UnitOfWork, host: Host, offer: Offer) -> list[PriceChange]:
    """The changes to come with their effect, the next first; for those who may read the offer's
    figures, as whoever calls has checked.
    """
    notes = {one["valid_from"]: str(one["note"]) for one in offer.prices}
    return [
        await _effect(uow, host, offer, start, plan, notes[start.isoformat()])
        for start, plan in sorted(offer.later_plans(clock.today()).items())
    ]


async def coming_for(
    uow: UnitOfWork, host: Host, *, offer_id: UUID, member_id: UUID
) -> list[PriceChange]:
    """The changes to come, for the member's officers and the consortium's."""
    offer = await service.offer_of(uow, offer_id)
    if not uow.caller.may(offer.organization_id, OFFICE):
        uow.caller.require(member_id, SERVICES, FIGURES)
    return await coming(uow, host, offer)


def plans_of(offer: Offer) -> dict[date, PricePlan]:
    """The versions of an offer's price by the day from which each is valid."""
    return {
        date.fromisoformat(one["valid_from"]): PricePlan.from_json(one["plan"])
        for one in offer.prices
    }


def valid_on(versions: Mapping[date, PricePlan], day: date) -> PricePlan:
    """The plan valid on a day; before the first version, that one."""
    return versions[max((one for one in versions if one <= day), default=min(versions))]


async def _version_effect(
    uow: UnitOfWork, host: Host, offer: Offer, version: Mapping[str, Any]
) -> PriceChange:
    first, plan = date.fromisoformat(version["valid_from"]), PricePlan.from_json(version["plan"])
    return await _effect(uow, host, offer, first, plan, version["note"])


async def _effect(
    uow: UnitOfWork, host: Host, offer: Offer, first: date, plan: PricePlan, note: str
) -> PriceChange:
    before = plans_of(offer)
    before.pop(first, None)
    return await between(uow, host, offer, first, before, {**before, first: plan}, note)


async def between(
    uow: UnitOfWork,
    host: Host,
    offer: Offer,
    first: date,
    before: Mapping[date, PricePlan],
    after: Mapping[date, PricePlan],
    note: str,
) -> PriceChange:
    """What the year from a month on costs each member by other versions of the price, beside those
    before. For whoever has checked that the caller may know.
    """
    period = Period.months_from(first, 12)
    members = await bearers_for(uow, offer, period)
    scenario = scenario_of(
        host,
        offer,
        period,
        await stated_forecast(uow, offer, period),
        await paid_before(uow, offer, period),
        await expected_grants(uow, offer.organization_id, offer.service),
    )
    keys = allocation_keys(host.registry, host.guard)
    try:
        figures = compared(
            outlook(_priced(scenario, before, first), members, keys),
            outlook(_priced(scenario, after, first), members, keys),
            {member.organization_id: member for member in members},
        )
    except CostError as error:
        raise refused(error, error.field) from None
    return PriceChange(offer, first, valid_on(after, first), note, period, figures)


def _priced(scenario: Scenario, versions: Mapping[date, PricePlan], first: date) -> Scenario:
    later = {day: plan for day, plan in versions.items() if day > first}
    return replace(scenario, plan=valid_on(versions, first), later_plans=later)


def tell(
    uow: UnitOfWork,
    made: PriceChange,
    *,
    withdrawn: bool = False,
    index: Mapping[str, str] | None = None,
    told_before: PriceChange | None = None,
) -> None:
    """Mail each member whose year costs another amount what it pays more or less; ``index`` says
    which figure of which index changes the price.

    Of a change in place of one that was ``told_before``, those whose year that one changed hear
    too, even where theirs costs the same now.
    """
    differing = {
        one.bearer.organization_id
        for told in (made, told_before)
        for one in (told.figures.changes if told else ())
        if one.difference.amount
    }
    for one in made.figures.changes:
        if one.bearer.organization_id not in differing:
            continue
        payload: dict[str, Any] = {
            "member": str(one.bearer.organization_id),
            "offer": str(made.offer.id),
            "valid_from": made.valid_from.isoformat(),
            "today": one.today.amount,
            "afterwards": one.afterwards.amount,
            "currency": one.today.currency,
            "note": made.note,
            "withdrawn": withdrawn,
            "index": dict(index) if index else None,
        }
        uow.enqueue(MAIL_PRICE, payload)
