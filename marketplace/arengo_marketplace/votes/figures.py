"""What a proposed rule would cost each member in the year from its first month."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.money import Money, total
from arengo_marketplace.activations.preview import paid_before, scenario_of, stated_forecast
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.forecast import Change, outlook
from arengo_marketplace.costs.period import Period
from arengo_marketplace.funding.covering import expected_grants
from arengo_marketplace.members import repository as members
from arengo_marketplace.offers.bearers import bearers_for
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.terms import allocation_keys, check_rule, refused
from arengo_marketplace.votes.models import Vote


@dataclass(frozen=True, slots=True)
class Figures:
    """The year ahead by the rules that hold and by the proposed one; members by name."""

    period: Period
    currency: str
    changes: tuple[Change, ...]
    digest: str

    @property
    def cost(self) -> Money:
        """What the members pay together by the proposed rule."""
        return total((one.afterwards for one in self.changes), self.currency)


@dataclass(frozen=True, slots=True)
class OnRoll:
    """A member that bears the cost on the day of opening."""

    organization_id: UUID
    name: str
    population: int | None
    population_on: date | None


async def figures_of(uow: UnitOfWork, host: Host, vote: Vote, offer: Offer) -> Figures:
    """Divide the year by both rules. Nothing is written. InvalidInputError where a figure lacks."""
    span = Period.months_from(vote.valid_from, 12)
    keys = allocation_keys(host.registry, host.guard)
    proposed = check_rule(vote.rule, host.registry)
    present = await bearers_for(uow, offer, span, proposed=vote.rule)
    expected = await stated_forecast(uow, offer, span)
    paid = await paid_before(uow, offer, span)
    grants = await expected_grants(uow, offer.organization_id, offer.service)
    today = scenario_of(host, offer, span, expected, paid, grants)
    try:
        before = outlook(today, present, keys).shares()
        after = outlook(replace(today, rule=proposed, later_rules={}), present, keys).shares()
    except CostError as error:
        raise refused(error, "cost_rule") from None
    nothing = Money(0, today.plan.currency)
    changes = tuple(
        Change(
            bearer,
            before.get(bearer.organization_id, nothing),
            after.get(bearer.organization_id, nothing),
        )
        for bearer in sorted(present, key=lambda one: (one.name, one.organization_id))
    )
    return Figures(span, today.plan.currency, changes, _digest(vote, changes))


async def electorate(uow: UnitOfWork, offer: Offer) -> list[OnRoll]:
    """Who bears the offer's cost today, by name, with inhabitants and the day they are of."""
    today = clock.today()
    bearers = await bearers_for(uow, offer, Period(today, today + timedelta(days=1)))
    async with uow.widened(governs=[offer.organization_id]):
        rows = await members.members_of(uow.session, offer.organization_id, today, None)
    pinned = {membership.organization_id: membership.population_on for membership, _ in rows}
    return [
        OnRoll(one.organization_id, one.name, one.population, pinned.get(one.organization_id))
        for one in sorted(bearers, key=lambda one: (one.name, one.organization_id))
    ]


def _digest(vote: Vote, changes: tuple[Change, ...]) -> str:
    document: Mapping[str, Any] = {
        "rule": vote.rule,
        "from": vote.valid_from.isoformat(),
        "terms": vote.terms,
        "members": {
            str(one.bearer.organization_id): [one.today.amount, one.afterwards.amount]
            for one in changes
        },
    }
    return sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
