"""Rules of cost rules: published while nobody bears the cost, afterwards approved by a vote."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError
from arengo_core.ids import new_id
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.offers.bearers import FOREVER, bearers_for
from arengo_marketplace.offers.models import CostRuleVersion, Offer
from arengo_marketplace.settlements import repository as settlements


async def first_open(uow: UnitOfWork, offer: Offer) -> date:
    """The first month that a published rule can divide: the one after those that are settled."""
    async with uow.widened(governs=[offer.organization_id]):
        settled = await settlements.settled_months(uow.session, offer.organization_id)
    begun = offer.valid_from.replace(day=1)
    return max([begun, *(Period.months_from(month, 1).end for month in settled)])


async def first_unbegun(uow: UnitOfWork, offer: Offer) -> date:
    """The first month that a vote can change: neither settled nor begun."""
    return max(Period.months_from(clock.today(), 1).end, await first_open(uow, offer))


async def in_use(uow: UnitOfWork, offer: Offer) -> bool:
    """Whether members bear the cost of a month that is not settled yet, or will."""
    if not offer.rule_rows:
        return False
    return bool(await bearers_for(uow, offer, Period(await first_open(uow, offer), FOREVER)))


async def publish(uow: UnitOfWork, offer: Offer, rule: CostRule) -> None:
    """Let a rule divide an offer's cost from the first month that is not settled.

    Who activates the offer accepts it. ConflictError where members bear the cost already.
    """
    if offer.rule_rows and rule.to_json() == offer.cost_rule:
        return
    await settlements.keep_books_open(uow.session, [offer.organization_id])
    if await in_use(uow, offer):
        raise ConflictError(
            "Members bear this offer's cost by the rule that it has: another one is theirs to"
            " approve. Propose it under “Votes”, where each sees first what it changes.",
            field="cost_rule",
        )
    _add(offer, rule, await first_open(uow, offer), None)


async def adopt(
    uow: UnitOfWork, offer: Offer, rule: CostRule, *, valid_from: date, vote_id: UUID
) -> CostRuleVersion:
    """Let the rule that a vote approved take over, at the earliest with the next month.

    For the service that counted the vote, in its transaction.
    """
    version = _add(offer, rule, max(valid_from, await first_unbegun(uow, offer)), vote_id)
    await uow.session.flush()
    return version


def _add(offer: Offer, rule: CostRule, valid_from: date, vote_id: UUID | None) -> CostRuleVersion:
    version = CostRuleVersion(
        id=new_id(),
        organization_id=offer.organization_id,
        offer_id=offer.id,
        place=len(offer.rule_rows) + 1,
        valid_from=valid_from,
        rule=rule.to_json(),
        vote_id=vote_id,
    )
    offer.rule_rows.append(version)
    return version
