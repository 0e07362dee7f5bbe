"""Who works for an organization, and who is asked to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.identity import repository
from arengo_core.identity.models import Invitation, Person, RoleGrant
from arengo_core.permissions.declared import PEOPLE


@dataclass(frozen=True, slots=True)
class People:
    """Roles with who holds them, and the invitations that nobody has accepted yet."""

    grants: tuple[tuple[RoleGrant, Person | None], ...]
    invitations: Sequence[Invitation]


async def people_of(uow: UnitOfWork, organization_id: UUID) -> People:
    """The people of an organization, for those who lead it."""
    uow.caller.require(organization_id, PEOPLE)
    grants = await repository.roles_in(uow.session, organization_id)
    ids = [grant.user_id for grant in grants]
    async with uow.widened(ids):
        persons = await repository.persons(uow.session, ids)
    return People(
        tuple((grant, persons.get(grant.user_id)) for grant in grants),
        await repository.invitations_in(uow.session, organization_id),
    )
