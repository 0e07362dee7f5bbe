"""GraphQL queries on the people of an organization."""

from __future__ import annotations

from datetime import datetime

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.scalars import global_id, local_id
from arengo_core.identity.people import people_of


@strawberry.type(description="A role in an organization, and who holds it.")
class Colleague:
    """One grant."""

    user_id: strawberry.ID
    name: str
    email: str
    role: str
    since: datetime


@strawberry.type(name="Invitation", description="Somebody who is asked to take a role.")
class InvitationType:
    """GraphQL face of an open invitation."""

    name: str
    email: str
    role: str
    sent_at: datetime


@strawberry.type
class PeopleQuery:
    """Root queries on people."""

    @strawberry.field(description="Who works for an organization; for those who lead it.")
    async def people(self, info: Info, organization_id: strawberry.ID) -> list[Colleague]:
        """Its roles."""
        place = local_id(organization_id, "Organization", "organization_id")
        uow = info.context.uow
        async with uow.lock:
            found = await people_of(uow, place)
        return [
            Colleague(
                user_id=global_id("User", grant.user_id),
                name=person.name if person else "",
                email=person.email if person else "",
                role=grant.role,
                since=grant.granted_at,
            )
            for grant, person in found.grants
        ]

    @strawberry.field(description="Invitations that nobody has accepted yet; for its leaders.")
    async def invitations(self, info: Info, organization_id: strawberry.ID) -> list[InvitationType]:
        """Its open invitations."""
        place = local_id(organization_id, "Organization", "organization_id")
        uow = info.context.uow
        async with uow.lock:
            found = await people_of(uow, place)
        return [
            InvitationType(name=row.name, email=row.email, role=row.role, sent_at=row.created_at)
            for row in found.invitations
        ]
