"""Queries on permissions: the grants of a person, with what organizations gave and lent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    bindparam,
    delete,
    func,
    select,
    union,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from arengo_core.caller import Grant, OrganizationKind, Role, Services
from arengo_core.identity.models import RoleGrant
from arengo_core.organizations.models import Organization
from arengo_core.permissions.declared import DELEGATED
from arengo_core.permissions.models import Delegation, RolePermission
from arengo_core.plugins.models import ActiveService, BegunService


def _in_force(day: BindParameter[date]) -> tuple[ColumnElement[bool], ...]:
    return (
        Delegation.revoked_at.is_(None),
        Delegation.starts_on <= day,
        Delegation.ends_on >= day,
    )


def _changed(is_given: bool) -> ColumnElement[Any]:
    keys = (
        select(func.array_agg(RolePermission.permission))
        .where(
            RolePermission.organization_id == RoleGrant.organization_id,
            RolePermission.role == RoleGrant.role,
            RolePermission.is_given.is_(is_given),
        )
        .correlate(RoleGrant)
    )
    return keys.scalar_subquery()


def held() -> tuple[InstrumentedAttribute[Any] | ColumnElement[Any], ...]:
    """Columns beside ``role_grant`` and its ``organization`` that make the grants of a person.

    Of the parameter ``day``. With them come the services that are active and begun there.
    """
    lender = Organization.__table__.alias("lender")
    lent = (
        select(
            func.jsonb_agg(
                func.jsonb_build_array(
                    Delegation.organization_id,
                    lender.c.kind,
                    Delegation.permission,
                    *(
                        select(func.jsonb_agg(kind.service))
                        .where(kind.organization_id == Delegation.organization_id)
                        .correlate(Delegation)
                        .scalar_subquery()
                        for kind in (ActiveService, BegunService)
                    ),
                )
            )
        )
        .join(lender, lender.c.id == Delegation.organization_id)
        .where(
            Delegation.delegate_id == RoleGrant.organization_id,
            *_in_force(bindparam("day", type_=Date)),
        )
        .correlate(RoleGrant)
    )
    return (
        RoleGrant.organization_id,
        RoleGrant.role,
        Organization.kind,
        _changed(True),
        _changed(False),
        lent.scalar_subquery(),
        _active(),
        _begun(),
    )


def _active() -> ColumnElement[Any]:
    """Keys of services active for the organization, or for members whom its officer governs."""
    own = select(ActiveService.service).where(
        ActiveService.organization_id == RoleGrant.organization_id
    )
    governed = select(ActiveService.service).where(
        ActiveService.consortium_id == RoleGrant.organization_id,
        RoleGrant.role == Role.CONSORTIUM_OFFICER.value,
    )
    keys = union(own.correlate(RoleGrant), governed.correlate(RoleGrant)).subquery()
    return select(func.array_agg(keys.c.service)).scalar_subquery()


def _begun() -> ColumnElement[Any]:
    """Keys of services that the organization has begun with."""
    keys = select(func.array_agg(BegunService.service)).where(
        BegunService.organization_id == RoleGrant.organization_id
    )
    return keys.correlate(RoleGrant).scalar_subquery()


def services_in(rows: Iterable[Sequence[Any]], grants: Iterable[Grant]) -> Services:
    """Keys of services that are active or begun where the grants in such rows reach."""
    lenders = {str(grant.organization_id) for grant in grants if grant.delegate_id is not None}
    active = {key for row in rows for key in row[-2] or ()}
    begun = {key for row in rows for key in row[-1] or ()}
    for row in rows if lenders else ():
        for lender, _, _, active_there, begun_there in row[-3] or ():
            if lender in lenders:
                active.update(active_there or ())
                begun.update(begun_there or ())
    return Services(frozenset(active), frozenset(begun))


def grants_in(rows: Iterable[Sequence[Any]], *, own_alone: bool = False) -> tuple[Grant, ...]:
    """The grants in rows that end with the columns of ``held``; one without any has no kind.

    What others lent reaches those of the delegate's people who may act for others.
    """
    own: list[Grant] = []
    lent: dict[tuple[UUID, OrganizationKind, UUID], set[str]] = {}
    for row in rows:
        organization_id, role, kind, given, withheld, loans, _, _ = row[-8:]
        if kind is None:
            continue
        grant = Grant(
            organization_id,
            OrganizationKind(kind),
            Role(role),
            frozenset(given or ()),
            frozenset(withheld or ()),
        )
        own.append(grant)
        if own_alone or not grant.allows(DELEGATED):
            continue
        for lender, lender_kind, permission, _, _ in loans or ():
            key = (UUID(lender), OrganizationKind(lender_kind), organization_id)
            lent.setdefault(key, set()).add(permission)
    return (
        *own,
        *(
            Grant(lender, kind, None, frozenset(keys), delegate_id=delegate)
            for (lender, kind, delegate), keys in lent.items()
        ),
    )


async def changes_of(
    session: AsyncSession, organizations: Sequence[UUID]
) -> Sequence[RolePermission]:
    """What organizations gave to roles or took from them."""
    statement = select(RolePermission).where(RolePermission.organization_id.in_(organizations))
    return (await session.execute(statement)).scalars().all()


async def forget_change(
    session: AsyncSession, organization_id: UUID, role: str, permission: str
) -> None:
    """Let a role have a permission or not as is usual."""
    await session.execute(
        delete(RolePermission).where(
            RolePermission.organization_id == organization_id,
            RolePermission.role == role,
            RolePermission.permission == permission,
        )
    )


async def delegations_of(
    session: AsyncSession, organization_id: UUID, day: date
) -> Sequence[Delegation]:
    """What an organization lets others do, on a day or later; the first to end first."""
    statement = (
        select(Delegation)
        .where(
            Delegation.organization_id == organization_id,
            Delegation.revoked_at.is_(None),
            Delegation.ends_on >= day,
        )
        .order_by(Delegation.ends_on, Delegation.id)
    )
    return (await session.execute(statement)).scalars().all()


async def revoke(
    session: AsyncSession,
    organization_id: UUID,
    delegation_id: UUID,
    *,
    at: datetime,
    by: UUID | None,
) -> Delegation | None:
    """End a delegation of an organization; None when there is none that is not ended."""
    statement = (
        update(Delegation)
        .where(
            Delegation.id == delegation_id,
            Delegation.organization_id == organization_id,
            Delegation.revoked_at.is_(None),
        )
        .values(revoked_at=at, revoked_by=by)
        .returning(Delegation)
    )
    return (await session.execute(statement)).scalar_one_or_none()
