"""Who can do what in an organization, and why: people by role or by delegation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import ROLES_OF, Grant, OrganizationKind, Permission, Role
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.identity import repository as identity
from arengo_core.identity.models import RoleGrant
from arengo_core.organizations import repository as organizations
from arengo_core.organizations.models import Organization
from arengo_core.permissions import repository
from arengo_core.permissions.declared import DELEGATED, GRANTS
from arengo_core.permissions.models import Delegation, RolePermission
from arengo_core.permissions.service import kind_of


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who may, and why: by a role, of the delegate where ``delegation`` is there."""

    user_id: UUID
    name: str
    role: Role
    delegation: Delegation | None = None
    delegate: str = ""


@dataclass(frozen=True, slots=True)
class Loan:
    """A delegation with the name of the organization that it lets act."""

    delegation: Delegation
    delegate: str

    @property
    def is_in_force(self) -> bool:
        """Whether it holds today."""
        return self.delegation.starts_on <= clock.today()


@dataclass(frozen=True, slots=True)
class Standing:
    """A permission in an organization: the roles that have it, who may by it, and loans of it."""

    permission: Permission
    roles: frozenset[Role]
    holders: tuple[Holder, ...]
    loans: tuple[Loan, ...]


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the answer is made of."""

    kinds: dict[UUID, OrganizationKind]
    places: dict[UUID, Organization]
    held: Sequence[RoleGrant]
    names: dict[UUID, str]
    changes: Sequence[RolePermission]

    def allows(self, organization_id: UUID, role: Role, permission: Permission) -> bool:
        """Whether a role has a permission there, by the rule that callers are held to."""
        here = [
            change
            for change in self.changes
            if change.organization_id == organization_id and change.role == role.value
        ]
        return Grant(
            organization_id,
            self.kinds[organization_id],
            role,
            frozenset(change.permission for change in here if change.is_given),
            frozenset(change.permission for change in here if not change.is_given),
        ).allows(permission)

    def people(self, organization_id: UUID, permission: Permission) -> list[tuple[UUID, Role]]:
        """Whose role there has the permission, by name."""
        found = [
            (row.user_id, Role(row.role))
            for row in self.held
            if row.organization_id == organization_id
            and self.allows(organization_id, Role(row.role), permission)
        ]
        return sorted(found, key=lambda pair: (self.names.get(pair[0], ""), pair[1].value))


async def standings(uow: UnitOfWork, host: Host, organization_id: UUID) -> list[Standing]:
    """Every permission of an organization, with who has it and why; for its leaders."""
    uow.caller.require(organization_id, GRANTS)
    kind = await kind_of(uow, organization_id)
    loans = await repository.delegations_of(uow.session, organization_id, clock.today())
    ground = await _ground(uow, [organization_id, *{row.delegate_id for row in loans}])
    permissions = [owned.value for owned in host.registry.permissions.values()]
    return [
        _standing(ground, organization_id, kind, permission, loans)
        for permission in permissions
        if permission.exists_in(kind)
    ]


async def _ground(uow: UnitOfWork, ids: Sequence[UUID]) -> _Ground:
    places = await organizations.by_ids(uow.session, ids)
    held = await identity.roles_in(uow.session, *ids)
    people = list({row.user_id for row in held})
    async with uow.widened(people):
        persons = await identity.persons(uow.session, people)
    return _Ground(
        kinds={key: OrganizationKind(place.kind) for key, place in places.items()},
        places=places,
        held=held,
        names={key: person.name for key, person in persons.items()},
        changes=await repository.changes_of(uow.session, ids),
    )


def _standing(
    ground: _Ground,
    organization_id: UUID,
    kind: OrganizationKind,
    permission: Permission,
    delegations: Sequence[Delegation],
) -> Standing:
    own = [
        Holder(user_id, ground.names.get(user_id, ""), role)
        for user_id, role in ground.people(organization_id, permission)
    ]
    loans = [
        Loan(row, ground.places[row.delegate_id].name)
        for row in delegations
        if row.permission == permission.key and permission.delegable
    ]
    by_loan = [
        Holder(user_id, ground.names.get(user_id, ""), role, loan.delegation, loan.delegate)
        for loan in loans
        if loan.is_in_force
        for user_id, role in ground.people(loan.delegation.delegate_id, DELEGATED)
    ]
    return Standing(
        permission,
        frozenset(
            role for role in ROLES_OF[kind] if ground.allows(organization_id, role, permission)
        ),
        (*own, *by_loan),
        tuple(loans),
    )
