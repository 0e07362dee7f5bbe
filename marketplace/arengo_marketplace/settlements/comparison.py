"""A month beside the last one closed before it: what each member pays, the difference, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_marketplace.costs.change_causes import OfferMonth
from arengo_marketplace.costs.comparing import Compared, compare
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.frozen import Frozen
from arengo_marketplace.costs.keys import KeyRegistry
from arengo_marketplace.costs.lorenz import LorenzCurve, Payer, lorenz_curve
from arengo_marketplace.offers.terms import allocation_keys
from arengo_marketplace.pools.models import LineKind
from arengo_marketplace.pools.service import pool_of_lines
from arengo_marketplace.settlements import repository
from arengo_marketplace.settlements.assembly import Draft
from arengo_marketplace.settlements.differences import Kept, read
from arengo_marketplace.settlements.models import SettledLine, SettledOffer, Settlement
from arengo_marketplace.statements import repository as statements
from arengo_marketplace.titles import service_title


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two months side by side, with the names of members and the titles of offers."""

    last: Settlement
    compared: Compared
    names: Mapping[UUID, str]
    titles: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Place:
    """What a municipality pays, and the ISTAT code by which maps know it."""

    payer: Payer
    istat_code: str | None


Month = Draft | Settlement
"""A month as closing it would give it, or as it was settled."""


async def beside_last(uow: UnitOfWork, host: Host, month: Month) -> Comparison | None:
    """A month beside the one that holds for the last month closed before; None where none is.

    For those who may read the month: who has the draft or the settlement. A reversal is beside
    nothing.
    """
    if isinstance(month, Draft):
        return await _of_draft(uow, host, month)
    return await _of_settlement(uow, host, month)


async def places_of(uow: UnitOfWork, month: Month) -> list[Place]:
    """What each municipality pays; members without inhabitants and reversals are left out."""
    return _drafted(month) if isinstance(month, Draft) else await _settled(uow, month)


async def _of_draft(uow: UnitOfWork, host: Host, draft: Draft) -> Comparison | None:
    async with uow.widened([draft.consortium_id], [draft.consortium_id]):
        last = await repository.last_before(uow.session, draft.consortium_id, draft.period.start)
        if last is None:
            return None
        before = await _stored(uow, host, last)
    now = {
        book.offer.id: OfferMonth(
            allocation.pool,
            {
                share.bearer.organization_id: share.amount.amount
                for share in allocation.shares
                if share.days
            },
            book.frozen,
        )
        for book in draft.books
        if (allocation := book.allocation) is not None
    }
    services = {book.offer.id: book.offer.service for book in draft.books}
    return await _named(uow, host, last, await _reckoned(host, before, _Divided(now, services)))


async def _of_settlement(uow: UnitOfWork, host: Host, settlement: Settlement) -> Comparison | None:
    consortium_id = settlement.organization_id
    if settlement.is_reversal:
        return None
    async with uow.widened([consortium_id], [consortium_id]):
        last = await repository.last_before(uow.session, consortium_id, settlement.starts_on)
        if last is None:
            return None
        rows = await repository.differences(uow.session, consortium_id, settlement.id, last.id)
        kept = read(rows, consortium_id) if rows else await reckon(uow, host, settlement, last)
    return await _named(uow, host, last, kept)


async def reckon(uow: UnitOfWork, host: Host, settlement: Settlement, last: Settlement) -> Kept:
    """A settlement beside another, divided anew; for who has both consortium and its officers'
    reach.
    """
    before = await _stored(uow, host, last)
    return await _reckoned(host, before, await _stored(uow, host, settlement))


def _drafted(draft: Draft) -> list[Place]:
    found: list[Place] = []
    for member, shares in draft.by_member().items():
        bearer = shares[0][1].bearer
        if bearer.population:
            amount = draft.amount_of(member).amount
            payer = Payer(member, bearer.name, bearer.population, amount)
            found.append(Place(payer, bearer.code or None))
    return found


async def _settled(uow: UnitOfWork, settlement: Settlement) -> list[Place]:
    if settlement.is_reversal:
        return []
    rows = await statements.of_settlement(uow.session, settlement.organization_id, settlement.id)
    known = await organizations.by_ids(uow.session, [row.organization_id for row in rows])
    return [
        Place(Payer(row.organization_id, town.name, row.population, row.amount), town.istat_code)
        for row in rows
        if row.population and (town := known.get(row.organization_id)) is not None
    ]


def lorenz(places: Iterable[Place]) -> LorenzCurve | None:
    """How evenly the month lies on the inhabitants."""
    return lorenz_curve(place.payer for place in places)


@dataclass(frozen=True, slots=True)
class _Divided:
    offers: Mapping[UUID, OfferMonth]
    services: Mapping[UUID, str]


async def _stored(uow: UnitOfWork, host: Host, settlement: Settlement) -> _Divided:
    """A settled month as it was divided."""
    key = settlement.id, settlement.organization_id
    rows = await repository.offers(uow.session, *key, with_inputs=True)
    lines: dict[UUID, list[SettledLine]] = {}
    for line in await repository.lines(uow.session, *key):
        lines.setdefault(line.offer_id, []).append(line)
    shares = await repository.amounts(uow.session, *key)
    keys = allocation_keys(host.registry, host.guard)
    return _Divided(
        {
            row.offer_id: _month(
                settlement, row, lines.get(row.offer_id, []), shares.get(row.offer_id, {}), keys
            )
            for row in rows
        },
        {row.offer_id: row.service for row in rows},
    )


def _month(
    settlement: Settlement,
    row: SettledOffer,
    lines: Sequence[SettledLine],
    shares: Mapping[UUID, int],
    keys: KeyRegistry,
) -> OfferMonth:
    currency = settlement.currency
    plain = [
        (LineKind(line.kind), line.description, Money(line.amount, currency)) for line in lines
    ]
    return OfferMonth(
        pool_of_lines(plain, settlement.period, currency),
        shares,
        _frozen(settlement, row, keys),
    )


def _frozen(settlement: Settlement, row: SettledOffer, keys: KeyRegistry) -> Frozen | None:
    """What a month rested on; None where it was not kept, or its rule's plugin is gone."""
    if "members" not in row.inputs:
        return None
    try:
        return Frozen.from_json(row.inputs, settlement.period, keys)
    except CostError:
        return None


async def _reckoned(host: Host, before: _Divided, now: _Divided) -> Kept:
    # Months of hundreds of members take a second to divide anew.
    keys = allocation_keys(host.registry, host.guard)
    compared = await asyncio.to_thread(compare, before.offers, now.offers, keys)
    return Kept(compared, {**before.services, **now.services})


async def _named(uow: UnitOfWork, host: Host, last: Settlement, kept: Kept) -> Comparison:
    known = await organizations.by_ids(uow.session, list(kept.compared.members))
    return Comparison(
        last,
        kept.compared,
        {member: row.name for member, row in known.items()},
        {offer: service_title(host.registry, key) for offer, key in kept.services.items()},
    )
