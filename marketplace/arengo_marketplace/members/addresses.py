"""Where a member's mail goes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.identity import repository as identity
from arengo_core.organizations.models import Organization

ITS_OWN = "organization"
"""The role of an organization's own address, which is nobody's in particular."""
NOBODY = "nobody"
"""In place of a role: there was nobody to write to."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who gets a member's mail; without ``user_id`` it is the organization's address."""

    email: str
    role: str
    user_id: UUID | None = None


async def recipients(uow: UnitOfWork, organization: Organization) -> list[Recipient]:
    """The organization's people, by address; its own address where it has none."""
    grants = await identity.roles_in(uow.session, organization.id)
    roles = {grant.user_id: grant.role for grant in sorted(grants, key=lambda one: one.role)}
    await uow.widen(roles)
    people = await identity.persons(uow.session, list(roles))
    by_address = {
        person.email: Recipient(person.email, roles[user_id], user_id)
        for user_id, person in people.items()
    }
    found = [by_address[email] for email in sorted(by_address)]
    if found or not organization.email:
        return found
    return [Recipient(organization.email, ITS_OWN)]


async def mail_addresses(uow: UnitOfWork, organization: Organization) -> list[str]:
    """Their addresses alone."""
    return [recipient.email for recipient in await recipients(uow, organization)]
