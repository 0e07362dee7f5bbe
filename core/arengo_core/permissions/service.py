"""Rules of permissions: giving them to roles, letting others act, ending that."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import ROLES_OF, OrganizationKind, Permission, Role
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.organizations import service as organizations
from arengo_core.permissions import repository
from arengo_core.permissions.contract import Federation
from arengo_core.permissions.declared import GRANTS
from arengo_core.permissions.models import Delegation, RolePermission

LONGEST = timedelta(days=3 * 366)


def permission_named(host: Host, key: str, kind: OrganizationKind) -> Permission:
    """A permission that exists in a kind of organization. InvalidInputError otherwise."""
    found = host.registry.permissions.get(key)
    if found is None or not found.value.exists_in(kind):
        raise InvalidInputError("There is no such permission here.", field="permission")
    return found.value


async def kind_of(uow: UnitOfWork, organization_id: UUID) -> OrganizationKind:
    """What an organization is."""
    return OrganizationKind((await organizations.get(uow, organization_id)).kind)


async def set_role(
    uow: UnitOfWork, host: Host, organization_id: UUID, *, permission: str, role: str, may: bool
) -> None:
    """Give a permission to a role of the organization, or take it from one."""
    uow.caller.require(organization_id, GRANTS)
    kind = await kind_of(uow, organization_id)
    found = permission_named(host, permission, kind)
    if role not in ROLES_OF[kind]:
        raise InvalidInputError("This role does not exist there.", field="role")
    if found.fixed:
        raise ConflictError("This permission stays as it is: without it nobody could mend things.")
    await repository.forget_change(uow.session, organization_id, role, found.key)
    if may != (role in found.roles):
        uow.session.add(
            RolePermission(
                organization_id=organization_id, role=role, permission=found.key, is_given=may
            )
        )
        await uow.session.flush()
    uow.audit(
        organization_id,
        "permission.given" if may else "permission.withheld",
        "Role",
        permission=found.key,
        role=Role(role).value,
    )


async def delegate(
    uow: UnitOfWork,
    host: Host,
    organization_id: UUID,
    *,
    permission: str,
    delegate_id: UUID,
    until: date,
    since: date | None = None,
) -> Delegation:
    """Let the people of another organization of the consortium do something, until a day.

    ``until`` is the last day; ``since`` the first, today unless told.
    """
    uow.caller.require(organization_id, GRANTS)
    found = permission_named(host, permission, await kind_of(uow, organization_id))
    if not found.delegable:
        raise ConflictError("This is for the organization's own people alone.")
    if delegate_id not in await peers_of(uow, host, organization_id):
        raise InvalidInputError("Choose an organization of your consortium.", field="delegate_id")
    first, today = since or clock.today(), clock.today()
    if not today <= first <= until:
        raise InvalidInputError("The first day comes before the last.", field="until")
    if until - today > LONGEST:
        raise InvalidInputError("Three years at most are possible.", field="until")
    row = Delegation(
        id=new_id(),
        organization_id=organization_id,
        delegate_id=delegate_id,
        permission=found.key,
        starts_on=first,
        ends_on=until,
        created_by=uow.caller.user_id,
    )
    uow.session.add(row)
    await uow.session.flush()
    _note(uow, row, "delegation.made")
    return row


async def revoke(uow: UnitOfWork, organization_id: UUID, delegation_id: UUID) -> None:
    """End a delegation of the organization at once. NotFoundError when there is none."""
    uow.caller.require(organization_id, GRANTS)
    row = await repository.revoke(
        uow.session, organization_id, delegation_id, at=clock.now(), by=uow.caller.user_id
    )
    if row is None:
        raise NotFoundError("There is no such delegation.")
    _note(uow, row, "delegation.revoked")


async def peers_of(uow: UnitOfWork, host: Host, organization_id: UUID) -> set[UUID]:
    """To whom an organization may delegate."""
    if Federation not in host.registry.capabilities:
        return set()
    federation = await host.capability(uow, Federation, organization_id)
    return set(await federation.peers(organization_id)) - {organization_id}


def _note(uow: UnitOfWork, row: Delegation, action: str) -> None:
    """In the log of both: whose permission it is, and who has it on loan."""
    for place in (row.organization_id, row.delegate_id):
        uow.audit(
            place,
            action,
            "Delegation",
            row.id,
            permission=row.permission,
            lender=row.organization_id,
            delegate=row.delegate_id,
            since=row.starts_on,
            until=row.ends_on,
        )
