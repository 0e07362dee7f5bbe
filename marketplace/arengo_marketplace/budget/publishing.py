"""Publishing settled months: when one closes, when one is taken back, when the office decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.organizations import repository as organizations
from arengo_core.organizations.models import Organization
from arengo_marketplace.budget import repository
from arengo_marketplace.budget.models import PublishedMonth
from arengo_marketplace.funding import repository as funding
from arengo_marketplace.funding.models import FundingUse
from arengo_marketplace.members import charter
from arengo_marketplace.permissions import CHARTER
from arengo_marketplace.settlements import repository as settlements
from arengo_marketplace.settlements.models import SettledOffer, Settlement, Share


async def switch(uow: UnitOfWork, *, consortium_id: UUID, publishes: bool) -> bool:
    """Have the budget published, all settled months at once, or all of it taken off the page.

    Whoever may change the charter decides. Answers what holds then.
    """
    uow.caller.require(consortium_id, CHARTER)
    await uow.widen([consortium_id], [consortium_id])
    await settlements.close_books(uow.session, consortium_id)
    agreed = await charter.charter_of(uow, consortium_id)
    if agreed.publishes_budget == publishes:
        return publishes
    agreed.publishes_budget = publishes
    await uow.session.flush()
    if publishes:
        for month in sorted(await settlements.settled_months(uow.session, consortium_id)):
            standing = await settlements.standing(uow.session, consortium_id, month)
            if standing is not None:
                await _add(uow, standing)
    else:
        await repository.remove(uow.session, consortium_id)
    uow.audit(
        consortium_id,
        "budget.published" if publishes else "budget.hidden",
        "Organization",
        consortium_id,
    )
    return publishes


async def publish(uow: UnitOfWork, settlement: Settlement) -> None:
    """Publish a month just settled, where the consortium publishes its budget; scope is given."""
    if (await charter.charter_of(uow, settlement.organization_id)).publishes_budget:
        await _add(uow, settlement)


async def withdraw(uow: UnitOfWork, reversal: Settlement) -> None:
    """Take back a month whose settlement was reversed."""
    await repository.remove(uow.session, reversal.organization_id, reversal.starts_on)


async def _add(uow: UnitOfWork, settlement: Settlement) -> None:
    consortium_id = settlement.organization_id
    offers = await settlements.offers(uow.session, settlement.id, consortium_id)
    shares = await settlements.shares(uow.session, settlement.id, consortium_id)
    uses = await funding.uses_in(uow.session, consortium_id, settlement.id)
    titles = {row.id: row.title for row in await funding.of_consortium(uow.session, consortium_id)}
    members = await organizations.by_ids(
        uow.session, list({share.organization_id for share in shares})
    )
    uow.session.add(
        PublishedMonth(
            organization_id=consortium_id,
            starts_on=settlement.starts_on,
            currency=settlement.currency,
            services=[_service(offer) for offer in offers],
            members=_members(shares, members),
            grants=_grants(settlement.funding, uses, titles),
        )
    )
    await uow.session.flush()


def _service(offer: SettledOffer) -> dict[str, Any]:
    return {
        "service": offer.service,
        "costs": offer.costs,
        "fees": offer.fees,
        "funding": offer.funding,
        "net": offer.net,
    }


def _members(shares: Sequence[Share], members: Mapping[UUID, Organization]) -> list[dict[str, Any]]:
    """Municipalities by name; what all others pay in one row without name or inhabitants."""
    towns: dict[UUID, dict[str, Any]] = {}
    others = 0
    for share in shares:
        member = members[share.organization_id]
        if member.kind != OrganizationKind.MUNICIPALITY:
            others += share.amount
            continue
        row = towns.setdefault(
            member.id,
            {
                "code": member.istat_code or member.slug,
                "name": member.name,
                "population": share.population,
                "amount": 0,
            },
        )
        row["amount"] += share.amount
    rows = sorted(towns.values(), key=lambda row: (row["name"], row["code"]))
    if others:
        rows.append({"code": "", "name": "", "population": None, "amount": others})
    return rows


def _grants(
    funding_in_all: int, uses: Sequence[FundingUse], titles: Mapping[UUID, str]
) -> list[dict[str, Any]]:
    """What each grant covers; funding that the office entered by hand has no title."""
    sums: dict[str, int] = {}
    for use in uses:
        title = titles.get(use.funding_id, "")
        sums[title] = sums.get(title, 0) + use.amount
    entered = funding_in_all - sum(sums.values())
    if entered:
        sums[""] = sums.get("", 0) + entered
    return [{"title": title, "amount": amount} for title, amount in sorted(sums.items())]
