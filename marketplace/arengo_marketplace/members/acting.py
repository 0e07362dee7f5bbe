"""For whom an officer works on a page: a consortium, or a member of one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from arengo_core.caller import OrganizationKind, Permission
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ForbiddenError
from arengo_core.organizations import service as organizations
from arengo_core.web.pages import acting_for
from arengo_marketplace.contract import Member
from arengo_marketplace.members import directory
from arengo_marketplace.permissions import OFFICE


@dataclass(frozen=True, slots=True)
class Acting:
    """The organization acted for; ``member`` is None for the consortium's own office."""

    organization_id: UUID
    consortium_id: UUID
    member: Member | None

    @property
    def is_office(self) -> bool:
        """Whether it is the consortium's office."""
        return self.member is None

    @property
    def face(self) -> str:
        """Merchants work at the desk, everybody else in the office."""
        merchant = self.member is not None and self.member.kind is OrganizationKind.MERCHANT
        return "desk" if merchant else "office"


async def acting_in(uow: UnitOfWork, *permissions: Permission) -> Acting:
    """For whom the caller works, with one of the permissions there; with none named, any role."""
    organization_id = acting_for(uow.caller)
    uow.caller.require(organization_id, *permissions)
    if uow.caller.may(organization_id, OFFICE):
        return Acting(organization_id, organization_id, None)
    organization = await organizations.get(uow, organization_id)
    if organization.kind == OrganizationKind.CONSORTIUM:
        raise ForbiddenError("You may not do this for that organization.")
    member = await directory.member(uow, organization_id)
    return Acting(organization_id, member.consortium_id, member)


async def office_of(uow: UnitOfWork) -> UUID:
    """The consortium whose officer the caller is, here and now."""
    acting = await acting_in(uow)
    if not acting.is_office:
        raise ForbiddenError("Only the consortium's office may do this.")
    return acting.consortium_id
