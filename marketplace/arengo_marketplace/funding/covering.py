"""What grants can cover in a month, and what a settlement or its reversal writes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.ids import new_id
from arengo_marketplace.costs.grants import ExpectedGrant, Purse
from arengo_marketplace.costs.period import Period
from arengo_marketplace.funding import repository
from arengo_marketplace.funding.models import FundingUse
from arengo_marketplace.settlements.models import Settlement


def by_month(used: Mapping[date, Mapping[str, int]]) -> dict[date, int]:
    """What a grant covered of all services, by month."""
    return {month: sum(services.values()) for month, services in used.items()}


async def purses(uow: UnitOfWork, consortium_id: UUID, month: Period) -> list[Purse]:
    """The grants that can cover something in a month, with what is left; scope is given."""
    rows = await repository.of_consortium(uow.session, consortium_id)
    running = [row.grant for row in rows if row.ended_at is None and row.grant.covers(month)]
    if not running:
        return []
    used = await repository.used(uow.session, consortium_id)
    return [Purse(one, one.left(month, by_month(used.get(one.id, {})))) for one in running]


async def expected_grants(
    uow: UnitOfWork, consortium_id: UUID, service: str
) -> list[ExpectedGrant]:
    """Running grants for a service's outlook; other services go on as in a grant's last month."""
    return (await expected_grants_of(uow, consortium_id, [service]))[service]


async def expected_grants_of(
    uow: UnitOfWork, consortium_id: UUID, services: Iterable[str]
) -> dict[str, list[ExpectedGrant]]:
    """The same for several services, in as many statements."""
    async with uow.widened(governs=[consortium_id]):
        rows = await repository.of_consortium(uow.session, consortium_id)
        running = [row.grant for row in rows if row.ended_at is None]
        used = await repository.used(uow.session, consortium_id) if running else {}
    found: dict[str, list[ExpectedGrant]] = {service: [] for service in services}
    for service, grants in found.items():
        for one in running:
            if not one.eligible(service):
                continue
            months = used.get(one.id, {})
            last = months[max(months)] if months else {}
            elsewhere = sum(amount for key, amount in last.items() if key != service)
            grants.append(ExpectedGrant(one, by_month(months), elsewhere))
    return found


def use_of(
    settlement: Settlement, funding_id: UUID, offer_id: UUID, service: str, amount: int
) -> FundingUse:
    """What a grant covers of an offer, as it is kept; negative for what is taken back."""
    return FundingUse(
        id=new_id(),
        organization_id=settlement.organization_id,
        consortium_id=settlement.consortium_id,
        funding_id=funding_id,
        settlement_id=settlement.id,
        offer_id=offer_id,
        service=service,
        starts_on=settlement.starts_on,
        amount=amount,
    )


async def taken_back(
    uow: UnitOfWork, settlement_id: UUID, reversal: Settlement
) -> list[FundingUse]:
    """The opposite of what a settlement's grants covered."""
    rows = await repository.uses_in(uow.session, reversal.organization_id, settlement_id)
    return [
        use_of(reversal, row.funding_id, row.offer_id, row.service, -row.amount) for row in rows
    ]
