"""Where a member's mail goes."""

from __future__ import annotations

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.identity import repository as identity
from arengo_core.organizations.models import Organization


async def mail_addresses(uow: UnitOfWork, organization: Organization) -> list[str]:
    """Those of the organization's people; its own where it has none."""
    grants = await identity.roles_in(uow.session, organization.id)
    ids = list({grant.user_id for grant in grants})
    await uow.widen(ids)
    people = await identity.persons(uow.session, ids)
    found = sorted({person.email for person in people.values()})
    return found or ([organization.email] if organization.email else [])
