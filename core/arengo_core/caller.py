"""Who calls: a person with roles, or the program itself; and the scope that follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from arengo_core.errors import ForbiddenError, UnauthenticatedError


class OrganizationKind(StrEnum):
    """What an Organization is."""

    CONSORTIUM = "consortium"
    MUNICIPALITY = "municipality"
    MERCHANT = "merchant"
    PROVIDER = "provider"


class Role(StrEnum):
    """What a person may do in an Organization."""

    CONSORTIUM_OFFICER = "consortium_officer"
    MUNICIPAL_OFFICER = "municipal_officer"
    MERCHANT = "merchant"
    CLERK = "clerk"
    DEVELOPER = "developer"


LEADERS = (Role.CONSORTIUM_OFFICER, Role.MUNICIPAL_OFFICER, Role.MERCHANT)
"""The roles that manage an organization's people and own data."""


ROLES_OF = {
    OrganizationKind.CONSORTIUM: frozenset({Role.CONSORTIUM_OFFICER, Role.DEVELOPER}),
    OrganizationKind.MUNICIPALITY: frozenset({Role.MUNICIPAL_OFFICER, Role.CLERK}),
    OrganizationKind.MERCHANT: frozenset({Role.MERCHANT, Role.CLERK}),
    OrganizationKind.PROVIDER: frozenset({Role.DEVELOPER}),
}
"""The roles that exist in a kind of organization."""

LEADER_OF = {
    OrganizationKind.CONSORTIUM: Role.CONSORTIUM_OFFICER,
    OrganizationKind.MUNICIPALITY: Role.MUNICIPAL_OFFICER,
    OrganizationKind.MERCHANT: Role.MERCHANT,
    OrganizationKind.PROVIDER: Role.DEVELOPER,
}
"""Who leads a kind of organization: no permission is there that they have not."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Something that may be done in an organization: ``Permission("ledger.read", N_("..."), ...)``.

    ``roles`` have it unless the organization says otherwise; nobody else has. ``delegable``: the
    organization may let another of its consortium do it. ``fixed``: no organization gives it to
    other roles or takes it from these, lest it lock itself out.
    """

    key: str
    title: str
    roles: frozenset[Role]
    delegable: bool = False
    fixed: bool = False

    def exists_in(self, kind: OrganizationKind) -> bool:
        """Whether whoever leads that kind of organization has it."""
        return LEADER_OF[kind] in self.roles


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that a person holds in an Organization, or what another let theirs do for it.

    ``given`` and ``withheld`` are keys of permissions: what the organization gave to the role
    and took from it. By delegation there is no role, ``given`` is all, and ``delegate_id`` is
    the organization whose person this is. What a member lets a plugin do is a grant without role
    and delegate.
    """

    organization_id: UUID
    kind: OrganizationKind
    role: Role | None
    given: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    delegate_id: UUID | None = None

    def allows(self, permission: Permission) -> bool:
        """Whether it lets its holder do this in its organization."""
        if self.delegate_id is not None:
            return permission.delegable and permission.key in self.given
        if permission.fixed or permission.key not in self.given | self.withheld:
            return self.role in permission.roles
        return permission.key in self.given


def main_of(grants: Iterable[Grant]) -> UUID | None:
    """The organization that a person with such grants acts for until another is chosen."""
    order = (*LEADERS, Role.CLERK, Role.DEVELOPER)
    held = [(order.index(grant.role), grant) for grant in grants if grant.role is not None]
    return min(held, key=lambda pair: pair[0])[1].organization_id if held else None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a transaction may reach: rows of ``organizations``; consortia in ``governs``."""

    organizations: frozenset[UUID] = frozenset()
    governs: frozenset[UUID] = frozenset()

    def widened(self, organizations: Iterable[UUID], governs: Iterable[UUID]) -> Scope:
        """This scope and more."""
        return Scope(self.organizations.union(organizations), self.governs.union(governs))


@dataclass(frozen=True, slots=True)
class Services:
    """Keys of services that concern a caller: those ``active`` for any of its organizations, or
    of members whom it governs, and those ``begun``: active there once, or offered by it.
    """

    active: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset()

    def __or__(self, other: Services) -> Services:
        """What either holds."""
        return Services(self.active | other.active, self.begun | other.begun)


@dataclass(frozen=True, slots=True)
class Caller:
    """The person or program behind a unit of work.

    ``services`` are those of its organizations, as its session was looked up; None where nobody
    looked.

    ``plugin`` is the key of a remote plugin that calls for itself: ``grants`` are then what
    members let it read, ``writes`` what they let it change, of ``member_id`` alone where its token
    says so.
    """

    user_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    acting_id: UUID | None = None
    session_id: UUID | None = None
    locale: str = "it"
    read_only: bool = False
    token_id: UUID | None = None
    services: Services | None = None
    system: Scope | None = field(default=None)
    plugin: str | None = None
    writes: tuple[Grant, ...] = ()
    member_id: UUID | None = None

    @classmethod
    def program(cls, organizations: Iterable[UUID] = (), governs: Iterable[UUID] = ()) -> Caller:
        """The program itself, in a job: reaches what the job's payload names."""
        return cls(system=Scope(frozenset(organizations), frozenset(governs)))

    @property
    def scope(self) -> Scope:
        """What this caller's grants let it reach.

        What others let it do is in reach while it acts for them alone.
        """
        if self.system is not None:
            return self.system
        own = {self.user_id} if self.user_id else set[UUID]()
        return Scope(
            frozenset(own | {grant.organization_id for grant in self._live}),
            frozenset(
                grant.organization_id
                for grant in self.grants
                if grant.role is Role.CONSORTIUM_OFFICER
            ),
        )

    @property
    def _live(self) -> Iterator[Grant]:
        """The roles held, and the delegations of the organization acted for."""
        return (
            grant
            for grant in self.grants
            if grant.delegate_id is None or grant.organization_id == self.acting_id
        )

    def may(self, organization_id: UUID, *permissions: Permission) -> bool:
        """Whether the caller has one of the permissions there; with none named, any role.

        The program may do everything within its scope.
        """
        if self.system is not None:
            return organization_id in self.system.organizations | self.system.governs
        here = [grant for grant in self._live if grant.organization_id == organization_id]
        if not permissions:
            return any(grant.role is not None for grant in here)
        return any(grant.allows(permission) for grant in here for permission in permissions)

    def require(self, organization_id: UUID, *permissions: Permission) -> None:
        """Raise unless the caller has one of the permissions there; with none named, any role."""
        if self.may(organization_id, *permissions):
            return
        self.require_known()
        raise ForbiddenError("You may not do this for that organization.")

    def in_name_of(self, organization_id: UUID) -> UUID | None:
        """As whom the caller acts in an organization: by delegation, as its own one."""
        if self.acting_id != organization_id:
            return self.acting_id
        here = [grant for grant in self.grants if grant.organization_id == organization_id]
        if any(grant.role is not None for grant in here):
            return organization_id
        return next((grant.delegate_id for grant in here), self.acting_id)

    def require_writing(self) -> None:
        """Raise ForbiddenError when the caller's token may only read."""
        if self.read_only:
            raise ForbiddenError(
                "This token may only read. Make one with full rights on your account's page."
            )

    @property
    def origin(self) -> str:
        """By what it calls: ``session``, ``token``, ``plugin``, ``program``, or ``visitor``.

        The last is nobody yet.
        """
        if self.system is not None:
            return "program"
        if self.plugin is not None:
            return "plugin"
        if self.token_id is not None:
            return "token"
        return "session" if self.user_id is not None else "visitor"

    @property
    def writing(self) -> Caller:
        """The caller as it changes something: a plugin may change less than it reads."""
        return self if self.plugin is None else replace(self, grants=self.writes)

    def require_known(self) -> None:
        """UnauthenticatedError when it is neither a person nor a plugin."""
        if self.plugin is None:
            self.require_signed_in()

    def require_plugin(self) -> str:
        """The key of the remote plugin that calls; ForbiddenError for anybody else."""
        if self.plugin is None:
            self.require_signed_in()
            raise ForbiddenError("This is for plugins: use a plugin's token.")
        return self.plugin

    def require_signed_in(self) -> UUID:
        """The user's id; UnauthenticatedError when nobody is signed in."""
        if self.plugin is not None:
            raise ForbiddenError("This is for people: a plugin has no account.")
        if self.user_id is None:
            raise UnauthenticatedError("Sign in first.")
        return self.user_id


ANONYMOUS = Caller()
