"""Who calls: a person with roles, or the program itself; and the scope that follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that a person holds in an Organization."""

    organization_id: UUID
    kind: OrganizationKind
    role: Role


@dataclass(frozen=True, slots=True)
class Scope:
    """What a transaction may reach: rows of ``organizations``; consortia in ``governs``."""

    organizations: frozenset[UUID] = frozenset()
    governs: frozenset[UUID] = frozenset()

    def widened(self, organizations: Iterable[UUID], governs: Iterable[UUID]) -> Scope:
        """This scope and more."""
        return Scope(self.organizations.union(organizations), self.governs.union(governs))


@dataclass(frozen=True, slots=True)
class Caller:
    """The person or program behind a unit of work."""

    user_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    acting_id: UUID | None = None
    session_id: UUID | None = None
    locale: str = "it"
    read_only: bool = False
    token_id: UUID | None = None
    system: Scope | None = field(default=None)

    @classmethod
    def program(cls, organizations: Iterable[UUID] = (), governs: Iterable[UUID] = ()) -> Caller:
        """The program itself, in a job: reaches what the job's payload names."""
        return cls(system=Scope(frozenset(organizations), frozenset(governs)))

    @property
    def scope(self) -> Scope:
        """What this caller's grants let it reach."""
        if self.system is not None:
            return self.system
        own = {self.user_id} if self.user_id else set[UUID]()
        return Scope(
            frozenset(own | {grant.organization_id for grant in self.grants}),
            frozenset(
                grant.organization_id
                for grant in self.grants
                if grant.role is Role.CONSORTIUM_OFFICER
            ),
        )

    def has_role(self, organization_id: UUID, *roles: Role) -> bool:
        """Whether the caller holds one of the roles there; the program always does."""
        if self.system is not None:
            return organization_id in self.system.organizations | self.system.governs
        return any(
            grant.organization_id == organization_id and (not roles or grant.role in roles)
            for grant in self.grants
        )

    def require(self, organization_id: UUID, *roles: Role) -> None:
        """Raise unless the caller holds one of the roles in the Organization."""
        if self.has_role(organization_id, *roles):
            return
        self.require_signed_in()
        raise ForbiddenError("You may not do this for that organization.")

    def require_writing(self) -> None:
        """Raise ForbiddenError when the caller's token may only read."""
        if self.read_only:
            raise ForbiddenError(
                "This token may only read. Make one with full rights on your account's page."
            )

    @property
    def origin(self) -> str:
        """By what it calls: ``session``, ``token``, ``program``, or ``visitor`` (nobody yet)."""
        if self.system is not None:
            return "program"
        if self.token_id is not None:
            return "token"
        return "session" if self.user_id is not None else "visitor"

    def require_signed_in(self) -> UUID:
        """The user's id; UnauthenticatedError when nobody is signed in."""
        if self.user_id is None:
            raise UnauthenticatedError("Sign in first.")
        return self.user_id


ANONYMOUS = Caller()
