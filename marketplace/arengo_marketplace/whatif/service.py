"""Answering what-if questions from what the consortium's books hold; reads only."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ForbiddenError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_marketplace.activations import repository as activations
from arengo_marketplace.activations.models import Activation
from arengo_marketplace.activations.preview import Forecast, scenario_of, year_ahead
from arengo_marketplace.contract import Member
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.forecast import before, year_before
from arengo_marketplace.costs.grants import Grant
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.costs.what_if import (
    Change,
    ChangeKind,
    GrantsEnd,
    Joins,
    Leaves,
    OfferYear,
    OtherPlan,
    OtherRule,
    OtherUse,
    WhatIf,
    what_if,
)
from arengo_marketplace.funding import repository as funding
from arengo_marketplace.funding.covering import expected_grants_of
from arengo_marketplace.members import directory
from arengo_marketplace.metering import service as metering
from arengo_marketplace.offers import repository as offers
from arengo_marketplace.offers.bearers import bearing_of_all, bears, newcomers
from arengo_marketplace.offers.fees import fees_on
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.terms import allocation_keys, check_plan, check_rule, refused
from arengo_marketplace.permissions import FIGURES, OFFICE, SERVICES
from arengo_marketplace.settlements import repository as settlements

MOST_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """One change as asked for.

    ``joins`` needs offer and member, ``leaves`` the member (and an offer, else all are left),
    ``rule`` the offer and the rule as JSON, ``plan`` the offer and the price plan as JSON, ``use``
    the meter and how many times today's use; ``grants``, or the one named, end for the offer, else
    for all. ``on`` is
    the first day of the month from which somebody joins or leaves, or grants cover nothing more;
    the year's first where it is not given.
    """

    kind: ChangeKind
    offer_id: UUID | None = None
    member_id: UUID | None = None
    on: date | None = None
    rule: object = None
    plan: object = None
    meter: str = ""
    factor: Decimal | None = None
    grant_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The year ahead with and without the changes, and the offers that it is about, by service."""

    period: Period
    offers: Sequence[Offer]
    figures: WhatIf


@dataclass(frozen=True, slots=True)
class Books:
    """All that the year ahead rests on, read once."""

    consortium_id: UUID
    period: Period
    offers: Sequence[Offer]
    years: Sequence[OfferYear]
    stated: Mapping[UUID, Sequence[Activation]]


async def require_inside(uow: UnitOfWork, consortium_id: UUID) -> UUID:
    """The consortium's officers may ask, and those of its members, who see its offers' previews.

    Answers for which organization the caller asks: the one acted for, if it may.
    """
    caller = uow.caller
    granted = [grant.organization_id for grant in caller.grants]
    acted_for = [caller.acting_id] if caller.acting_id else []
    for place in dict.fromkeys([*acted_for, consortium_id, *granted]):
        if place == consortium_id and caller.may(place, OFFICE):
            return place
        if caller.may(place, SERVICES, FIGURES):
            try:
                await directory.member(uow, place, consortium_id)
            except NotFoundError:
                continue
            return place
    caller.require_signed_in()
    raise ForbiddenError("You may not do this for that organization.")


async def ask(
    uow: UnitOfWork, host: Host, *, consortium_id: UUID, asked: Sequence[Asked]
) -> Answer:
    """Compare the year ahead as it is with the year after the changes, for every member.

    The number of statements depends on neither members nor offers. InvalidInputError names a
    change that cannot be; nothing is written.
    """
    await require_inside(uow, consortium_id)
    if len(asked) > MOST_CHANGES:
        raise InvalidInputError(
            "{count} changes are too many: ask for {limit} at most at a time.",
            field="changes",
            count=len(asked),
            limit=MOST_CHANGES,
        )
    books = await read(uow, host, consortium_id)
    changes = await _changes(uow, host, books, asked)
    keys = allocation_keys(host.registry, host.guard)
    try:
        figures = await asyncio.to_thread(what_if, books.years, changes, keys)
    except CostError as error:
        raise refused(error, error.field) from None
    return Answer(books.period, books.offers, figures)


async def running_grants(uow: UnitOfWork, consortium_id: UUID) -> list[Grant]:
    """The grants of which one may be asked to end, in their order; for those who may ask."""
    await require_inside(uow, consortium_id)
    async with uow.widened(governs=[consortium_id]):
        rows = await funding.of_consortium(uow.session, consortium_id)
    return [row.grant for row in rows if row.ended_at is None]


async def year_under(uow: UnitOfWork, host: Host, *, offer: Offer, rule: CostRule) -> WhatIf:
    """The year ahead of one offer for each of its bearers, today and under another rule."""
    await require_inside(uow, offer.organization_id)
    books = await read(uow, host, offer.organization_id)
    year = next((one for one in books.years if one.id == offer.id), None)
    if year is None:
        raise NotFoundError("There is no such offer.")
    keys = allocation_keys(host.registry, host.guard)
    try:
        return await asyncio.to_thread(what_if, [year], [OtherRule(offer.id, rule)], keys)
    except CostError as error:
        raise refused(error, error.field) from None


async def read(uow: UnitOfWork, host: Host, consortium_id: UUID) -> Books:
    """The year ahead of every offer of a consortium. For services that have checked who asks."""
    period = year_ahead(clock.today())
    rows = await offers.of_consortium(uow.session, consortium_id)
    bearing = await bearing_of_all(uow, consortium_id, rows, period)
    firsts = [month.start for month in period.months()]
    months = {before(firsts[0]), *map(year_before, firsts)}
    async with uow.widened(governs=[consortium_id]):
        active = await activations.of_consortium(uow.session, consortium_id, ["active"])
        paid = await settlements.paid_in(uow.session, consortium_id, months)
    grants = await expected_grants_of(uow, consortium_id, [offer.service for offer in rows])
    stated: dict[UUID, list[Activation]] = {}
    for one in active:
        stated.setdefault(one.offer_id, []).append(one)
    years: list[OfferYear] = []
    for offer in rows:
        expected = _expected(stated.get(offer.id, []), bearing.accounts[offer.id])
        scenario = scenario_of(
            host, offer, period, expected, paid.get(offer.id, {}), grants[offer.service]
        )
        years.append(OfferYear(offer.id, scenario, tuple(bearing.bearers[offer.id])))
    return Books(consortium_id, period, rows, years, stated)


def _expected(
    active: Sequence[Activation], accounts: Mapping[UUID, UUID]
) -> dict[UUID, dict[str, Decimal]]:
    expected: dict[UUID, dict[str, Decimal]] = {}
    for row in active:
        bearer = accounts.get(row.organization_id)
        if bearer is None:
            continue
        units = expected.setdefault(bearer, {})
        for meter, quantity in row.forecast.items():
            units[meter] = units.get(meter, Decimal()) + Decimal(quantity)
    return expected


async def _changes(
    uow: UnitOfWork, host: Host, books: Books, asked: Sequence[Asked]
) -> list[Change]:
    by_id = {offer.id: offer for offer in books.offers}
    members: dict[UUID, Member] = {}
    used: Mapping[str, Mapping[UUID, Decimal]] = {}
    joining = [one.member_id for one in asked if one.kind is ChangeKind.JOINS and one.member_id]
    if any(one.member_id for one in asked):
        found = await directory.members(uow, books.consortium_id)
        members = {member.organization_id: member for member in found}
    if joining:
        used = await metering.average_month(
            uow, consortium_id=books.consortium_id, organization_ids=joining
        )
    made: list[Change] = []
    for number, one in enumerate(asked, 1):
        offer = by_id.get(one.offer_id) if one.offer_id else None
        if one.offer_id and offer is None:
            raise InvalidInputError(
                "Change {number}: choose an offer of this consortium.",
                field="offer_id",
                number=number,
            )
        made.append(await _change(uow, host, books, one, number, offer, members, used))
    return made


async def _change(
    uow: UnitOfWork,
    host: Host,
    books: Books,
    one: Asked,
    number: int,
    offer: Offer | None,
    members: Mapping[UUID, Member],
    used: Mapping[str, Mapping[UUID, Decimal]],
) -> Change:
    on = one.on or books.period.start
    member = members.get(one.member_id) if one.member_id else None
    if one.kind in (ChangeKind.JOINS, ChangeKind.LEAVES, ChangeKind.GRANTS):
        if member is None and one.kind is not ChangeKind.GRANTS:
            raise InvalidInputError(
                "Change {number}: choose a member of the consortium.",
                field="member_id",
                number=number,
            )
        if on.day != 1 or not books.period.start <= on < books.period.end:
            raise InvalidInputError(
                "Change {number}: {day} is not the first day of a month of the year from {start}.",
                field="on",
                number=number,
                day=on,
                start=books.period.start,
            )
        if one.kind is ChangeKind.GRANTS:
            if one.grant_id and one.grant_id not in _grants_of(books, offer):
                raise InvalidInputError(
                    "Change {number}: choose a grant that runs and covers this service.",
                    field="grant_id",
                    number=number,
                )
            return GrantsEnd(on, offer.id if offer else None, one.grant_id)
        if member is not None and one.kind is ChangeKind.LEAVES:
            return Leaves(member.organization_id, on, offer.id if offer else None)
    if one.kind is ChangeKind.USE:
        if one.factor is None or not one.meter:
            raise InvalidInputError(
                "Change {number}: name the meter and how many times today's use.",
                field="factor",
                number=number,
            )
        if not one.factor.is_finite() or not 0 <= one.factor <= 1000:
            raise InvalidInputError(
                "Change {number}: from 0 to 1000 times today's use is possible.",
                field="factor",
                number=number,
            )
        return OtherUse(
            one.meter,
            one.factor,
            member=one.member_id,
            offer=offer.id if offer else None,
        )
    if offer is None:
        raise InvalidInputError(
            "Change {number}: choose an offer of this consortium.", field="offer_id", number=number
        )
    if one.kind is ChangeKind.RULE:
        return OtherRule(offer.id, check_rule(one.rule, host.registry, "rule"))
    if one.kind is ChangeKind.PLAN:
        return OtherPlan(offer.id, check_plan(one.plan, "plan"))
    assert member is not None, "who joins was looked for above"
    if not bears(offer, member):
        raise InvalidInputError(
            "Change {number}: {name} bears no share of this offer.",
            field="member_id",
            number=number,
            name=member.name,
        )
    return await _joining(uow, books, offer, member, on, used)


def _grants_of(books: Books, offer: Offer | None) -> set[UUID]:
    """The grants that are expected to cover something of an offer, or of any."""
    years = [year for year in books.years if offer is None or year.id == offer.id]
    return {one.grant.id for year in years for one in year.scenario.grants}


async def _joining(
    uow: UnitOfWork,
    books: Books,
    offer: Offer,
    member: Member,
    on: date,
    used: Mapping[str, Mapping[UUID, Decimal]],
) -> Joins:
    bearer = (await newcomers(uow, offer, [member], on))[member.organization_id]
    usage = _like(books.stated.get(offer.id, ()))
    own = {
        meter: used[meter][member.organization_id]
        for meter in usage
        if member.organization_id in used.get(meter, {})
    }
    units: Forecast = own or usage
    return Joins(offer.id, bearer, units, fees_on(offer, units))


def _like(active: Sequence[Activation]) -> dict[str, Decimal]:
    """The mean a month of what those who have an offer expect."""
    stated = [row.forecast for row in active if row.forecast]
    sums: dict[str, Decimal] = {}
    for one in stated:
        for meter, quantity in one.items():
            sums[meter] = sums.get(meter, Decimal()) + Decimal(quantity)
    return {meter: round(units / len(stated), 2) for meter, units in sums.items()}
