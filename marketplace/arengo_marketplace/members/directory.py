"""Who is a member: facts that anybody may know, whatever the caller's scope."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotFoundError
from arengo_core.organizations import repository as organizations
from arengo_core.organizations.models import Organization
from arengo_marketplace.contract import Consortium, Member
from arengo_marketplace.members import repository
from arengo_marketplace.members.models import Membership


def _consortium(row: Organization) -> Consortium:
    return Consortium(row.id, row.name, row.slug, row.theme)


def as_member(membership: Membership, organization: Organization) -> Member:
    """A membership as plugins see it."""
    return Member(
        organization_id=membership.organization_id,
        consortium_id=membership.consortium_id,
        kind=OrganizationKind(membership.kind),
        name=organization.name,
        istat_code=organization.istat_code,
        population=membership.population,
        seat_id=membership.seat_id,
        starts_on=membership.starts_on,
        ends_on=membership.ends_on,
    )


async def consortium(uow: UnitOfWork, consortium_id: UUID) -> Consortium:
    """A consortium. NotFoundError when there is none."""
    row = await organizations.get(uow.session, consortium_id)
    if row is None or row.kind != OrganizationKind.CONSORTIUM:
        raise NotFoundError("There is no such consortium.")
    return _consortium(row)


async def consortia(uow: UnitOfWork) -> list[Consortium]:
    """All consortia of this deployment, by name."""
    return [_consortium(row) for row in await repository.consortia(uow.session)]


async def member(
    uow: UnitOfWork, organization_id: UUID, consortium_id: UUID | None = None
) -> Member:
    """The present membership of an organization. NotFoundError when it has none."""
    async with uow.widened([organization_id]):
        rows = await repository.memberships_of(uow.session, organization_id, clock.today())
    for membership, organization in rows:
        if consortium_id in (None, membership.consortium_id):
            return as_member(membership, organization)
    raise NotFoundError("This organization is not a member of the consortium.")


async def attributes(
    uow: UnitOfWork, consortium_id: UUID, organization_ids: Collection[UUID]
) -> dict[UUID, dict[str, str]]:
    """Present members' figures and words for cost rules."""
    async with uow.widened(organization_ids):
        return await repository.attributes(
            uow.session, consortium_id, organization_ids, clock.today()
        )


async def members(
    uow: UnitOfWork,
    consortium_id: UUID,
    kind: OrganizationKind | None = None,
    on: date | None = None,
) -> list[Member]:
    """Members of a consortium on a day (today), by name."""
    async with uow.widened(governs=[consortium_id]):
        rows = await repository.members_of(
            uow.session, consortium_id, on or clock.today(), kind.value if kind else None
        )
    return [as_member(*row) for row in rows]
