"""Installed is not enabled: the gate that every entrance of a service passes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, delete, false, func, or_, select, true, union, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.caller import Services
from arengo_core.errors import NotActiveError
from arengo_core.plugins.models import ActiveService, BegunService
from arengo_core.plugins.registry import Registry


@dataclass(frozen=True, slots=True)
class Admission:
    """By which Activation a member is let in; ``owner`` is whose Activation it is."""

    activation_id: UUID
    owner: UUID


# Every entrance asks these: built once, as building a statement costs more than sending it.
_IS_ACTIVE = (
    select(ActiveService.activation_id)
    .where(
        ActiveService.organization_id == bindparam("organization_id"),
        ActiveService.service == bindparam("service"),
    )
    .limit(1)
)
_ADMISSIONS = (
    select(
        ActiveService.organization_id,
        ActiveService.activation_id,
        func.coalesce(ActiveService.covered_by, ActiveService.organization_id),
    )
    .where(
        ActiveService.service == bindparam("service"),
        ActiveService.organization_id.in_(bindparam("members", expanding=True)),
    )
    .order_by(ActiveService.covered_by.is_(None), ActiveService.activation_id)
)

_IN_REACH = or_(
    ActiveService.organization_id.in_(bindparam("organizations", expanding=True)),
    ActiveService.consortium_id.in_(bindparam("governs", expanding=True)),
)
_SERVICES_OF = select(ActiveService.service).where(_IN_REACH).distinct()
_SEEN_BY = union(
    select(ActiveService.service, true().label("is_active")).where(_IN_REACH),
    select(BegunService.service, false()).where(
        or_(
            BegunService.organization_id.in_(bindparam("organizations", expanding=True)),
            BegunService.organization_id.in_(bindparam("governs", expanding=True)),
        )
    ),
)
_MEMBERS = (
    select(ActiveService.organization_id)
    .where(ActiveService.service == bindparam("service"))
    .distinct()
)
_MEMBERS_IN = _MEMBERS.where(ActiveService.consortium_id == bindparam("consortium_id"))


async def is_active(session: AsyncSession, service: str, organization_id: UUID) -> bool:
    """Whether the member has the service active, in its own right or covered."""
    asked = {"organization_id": organization_id, "service": service}
    return (await session.execute(_IS_ACTIVE, asked)).first() is not None


async def require_active(session: AsyncSession, service: str, organization_id: UUID) -> None:
    """Raise NotActiveError unless the member has the service active."""
    if not await is_active(session, service, organization_id):
        raise NotActiveError(service)


async def admissions(
    session: AsyncSession, service: str, members: Collection[UUID]
) -> dict[UUID, Admission]:
    """By which Activation each member has the service: its own before one that covers it.

    Members without it are absent.
    """
    rows = await session.execute(_ADMISSIONS, {"service": service, "members": list(members)})
    return {member: Admission(activation_id, owner) for member, activation_id, owner in rows}


async def active_services(session: AsyncSession, organization_id: UUID) -> frozenset[str]:
    """Keys of the services that a member has active."""
    statement = select(ActiveService.service).where(
        ActiveService.organization_id == organization_id
    )
    return frozenset((await session.execute(statement)).scalars())


async def agreed(session: AsyncSession, service: str, organization_id: UUID) -> frozenset[str]:
    """Keys of what a member agreed that a service reads and writes; empty while not active."""
    statement = select(ActiveService.grants).where(
        ActiveService.organization_id == organization_id, ActiveService.service == service
    )
    return frozenset(key for keys in (await session.execute(statement)).scalars() for key in keys)


async def granted(
    session: AsyncSession, registry: Registry, service: str, organization_id: UUID
) -> frozenset[str]:
    """Keys of the data grants that a service has in force for a member.

    Those that the installed version asks for and the member agreed to; what its municipality
    agreed to where that covers it. Empty while the service is not active.
    """
    asked = {grant.key for grant in registry.asked_by(service)}
    return await agreed(session, service, organization_id) & asked


async def services_of(
    session: AsyncSession, organizations: Collection[UUID], governs: Collection[UUID]
) -> frozenset[str]:
    """Keys of the services active for any of some organizations or members of consortia."""
    asked = {"organizations": list(organizations), "governs": list(governs)}
    return frozenset((await session.execute(_SERVICES_OF, asked)).scalars())


async def seen_by(
    session: AsyncSession, organizations: Collection[UUID], governs: Collection[UUID]
) -> Services:
    """The services active or begun for any of some organizations or members of consortia."""
    asked = {"organizations": list(organizations), "governs": list(governs)}
    rows = (await session.execute(_SEEN_BY, asked)).all()
    return Services(
        frozenset(service for service, is_active in rows if is_active),
        frozenset(service for service, _ in rows),
    )


async def begin(session: AsyncSession, organization_id: UUID, service: str) -> None:
    """Note that an organization has begun with a service; again changes nothing."""
    await session.execute(
        insert(BegunService)
        .values(organization_id=organization_id, service=service)
        .on_conflict_do_nothing()
    )


async def active_members(
    session: AsyncSession, service: str, consortium_id: UUID | None = None
) -> Sequence[UUID]:
    """Members that have a service active, in one consortium or anywhere."""
    asked = {"service": service, "consortium_id": consortium_id}
    statement = _MEMBERS if consortium_id is None else _MEMBERS_IN
    return (await session.execute(statement, asked)).scalars().all()


async def open_gate(
    session: AsyncSession,
    *,
    organization_id: UUID,
    service: str,
    activation_id: UUID,
    consortium_id: UUID,
    covered_by: UUID | None = None,
    grants: Collection[str] = (),
) -> None:
    """Let a member in; the marketplace calls it when an Activation becomes active.

    ``grants`` are keys of what the Activation's member agreed to.
    """
    await session.execute(
        insert(ActiveService)
        .values(
            organization_id=organization_id,
            service=service,
            activation_id=activation_id,
            consortium_id=consortium_id,
            covered_by=covered_by,
            grants=sorted(grants),
        )
        .on_conflict_do_nothing()
    )
    await begin(session, organization_id, service)


async def set_grants(session: AsyncSession, activation_id: UUID, grants: Collection[str]) -> None:
    """Put in force what an Activation's member has agreed to, for all whom it lets in."""
    await session.execute(
        update(ActiveService)
        .where(ActiveService.activation_id == activation_id)
        .values(grants=sorted(grants))
    )


async def close_gate(
    session: AsyncSession, activation_id: UUID, organization_id: UUID | None = None
) -> None:
    """Keep out all whom an Activation let in, or one covered member of them."""
    statement = delete(ActiveService).where(ActiveService.activation_id == activation_id)
    if organization_id is not None:
        statement = statement.where(ActiveService.organization_id == organization_id)
    await session.execute(statement)
