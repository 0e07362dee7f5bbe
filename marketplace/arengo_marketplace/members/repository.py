"""Queries on charters, memberships and join requests."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.organizations.models import Organization
from arengo_marketplace.members.models import Charter, JoinRequest, Membership

_FOUNDING = 7_203_115
MemberRow = tuple[Membership, Organization]


async def charter_of(session: AsyncSession, consortium_id: UUID) -> Charter | None:
    """The charter of a consortium in scope."""
    statement = select(Charter).where(Charter.organization_id == consortium_id)
    return (await session.execute(statement)).scalar_one_or_none()


def _on(statement: Select[Membership, Organization], day: date) -> Select[Membership, Organization]:
    return statement.where(
        Membership.starts_on <= day, or_(Membership.ends_on.is_(None), Membership.ends_on > day)
    )


def _rows() -> Select[Membership, Organization]:
    return select(Membership, Organization).join(
        Organization, Organization.id == Membership.organization_id
    )


async def memberships_of(
    session: AsyncSession, organization_id: UUID, day: date
) -> list[MemberRow]:
    """The memberships of an organization on a day, oldest first."""
    statement = _on(_rows(), day).where(Membership.organization_id == organization_id)
    rows = await session.execute(statement.order_by(Membership.starts_on, Membership.id))
    return [(row[0], row[1]) for row in rows.all()]


async def consortia_of(
    session: AsyncSession, organization_ids: Collection[UUID], day: date
) -> set[UUID]:
    """The consortia of which organizations in scope are members on a day."""
    statement = _on(_rows(), day).where(Membership.organization_id.in_(organization_ids))
    return {row[0].consortium_id for row in (await session.execute(statement)).all()}


async def members_of(
    session: AsyncSession, consortium_id: UUID, day: date, kind: str | None = None
) -> list[MemberRow]:
    """Members of a consortium on a day, by name."""
    statement = _on(_rows(), day).where(Membership.consortium_id == consortium_id)
    if kind is not None:
        statement = statement.where(Membership.kind == kind)
    rows = await session.execute(statement.order_by(Organization.name, Membership.id))
    return [(row[0], row[1]) for row in rows.all()]


async def municipalities_by_code(session: AsyncSession, consortium_id: UUID) -> dict[str, UUID]:
    """Municipalities that are or were members, by ISTAT code and by tax code."""
    statement = _rows().where(
        Membership.consortium_id == consortium_id, Membership.kind == "municipality"
    )
    found: dict[str, UUID] = {}
    for _, row in (await session.execute(statement)).all():
        found.update({code: row.id for code in (row.istat_code, row.tax_code) if code})
    return found


async def attributes(
    session: AsyncSession, consortium_id: UUID, organization_ids: Collection[UUID], day: date
) -> dict[UUID, dict[str, str]]:
    """Figures and words of members in scope, as their memberships of a day have them."""
    statement = _on(_rows(), day).where(
        Membership.consortium_id == consortium_id,
        Membership.organization_id.in_(organization_ids),
    )
    rows = (await session.execute(statement)).all()
    return {membership.organization_id: membership.attributes for membership, _ in rows}


async def seated(
    session: AsyncSession, consortium_id: UUID, start: date, end: date
) -> dict[UUID, int]:
    """How many merchants had their seat in each municipality on some day of ``[start, end)``."""
    statement = (
        select(Membership.seat_id, func.count(Membership.organization_id.distinct()))
        .where(
            Membership.consortium_id == consortium_id,
            Membership.seat_id.is_not(None),
            Membership.starts_on < end,
            or_(Membership.ends_on.is_(None), Membership.ends_on > start),
        )
        .group_by(Membership.seat_id)
    )
    rows = (await session.execute(statement)).all()
    return {seat: count for seat, count in rows if seat is not None}


async def members_during(
    session: AsyncSession, consortium_id: UUID, start: date, end: date, kind: str
) -> list[MemberRow]:
    """Everybody who was a member on some day of ``[start, end)``, with each membership.

    One that ended on the day it began had no days and is left out.
    """
    statement = _rows().where(
        Membership.consortium_id == consortium_id,
        Membership.kind == kind,
        Membership.starts_on < end,
        or_(
            Membership.ends_on.is_(None),
            and_(Membership.ends_on > start, Membership.ends_on > Membership.starts_on),
        ),
    )
    rows = await session.execute(statement.order_by(Membership.starts_on, Membership.id))
    return [(row[0], row[1]) for row in rows.all()]


async def was_member(
    session: AsyncSession, consortium_id: UUID, organization_id: UUID, start: date, end: date
) -> bool:
    """Whether an organization was a member on some day of ``[start, end)``."""
    statement = select(Membership.id).where(
        Membership.consortium_id == consortium_id,
        Membership.organization_id == organization_id,
        Membership.starts_on < end,
        or_(Membership.ends_on.is_(None), Membership.ends_on > start),
    )
    return (await session.execute(statement.limit(1))).first() is not None


async def seated_in(
    session: AsyncSession, consortium_id: UUID, seat_id: UUID, day: date
) -> Sequence[UUID]:
    """Merchants of a consortium with their seat in a municipality."""
    statement = select(Membership.organization_id).where(
        Membership.consortium_id == consortium_id,
        Membership.seat_id == seat_id,
        Membership.starts_on <= day,
        or_(Membership.ends_on.is_(None), Membership.ends_on > day),
    )
    return (await session.execute(statement)).scalars().all()


async def open_membership(
    session: AsyncSession, consortium_id: UUID, organization_id: UUID
) -> Membership | None:
    """The membership without an end, locked."""
    statement = select(Membership).where(
        Membership.organization_id == organization_id,
        Membership.consortium_id == consortium_id,
        Membership.ends_on.is_(None),
    )
    return (await session.execute(statement.with_for_update())).scalar_one_or_none()


async def counts(session: AsyncSession, consortium_id: UUID, day: date) -> dict[str, int]:
    """Number of members by kind."""
    statement = (
        select(Membership.kind, func.count())
        .where(
            Membership.consortium_id == consortium_id,
            Membership.starts_on <= day,
            or_(Membership.ends_on.is_(None), Membership.ends_on > day),
        )
        .group_by(Membership.kind)
    )
    rows = (await session.execute(statement)).all()
    return {row[0]: row[1] for row in rows}


async def municipality(session: AsyncSession, istat_code: str) -> Organization | None:
    """The organization of a municipality, where some consortium has admitted it already."""
    statement = select(Organization).where(
        Organization.kind == "municipality", Organization.istat_code == istat_code
    )
    return (await session.execute(statement)).scalars().first()


async def merchant_by_vat(session: AsyncSession, vat_number: str) -> Organization | None:
    """The merchant with a VAT number."""
    statement = select(Organization).where(
        Organization.kind == "merchant", Organization.vat_number == vat_number
    )
    return (await session.execute(statement)).scalars().first()


async def consortia(session: AsyncSession) -> Sequence[Organization]:
    """All consortia of the deployment, by name."""
    statement = select(Organization).where(Organization.kind == "consortium")
    return (await session.execute(statement.order_by(Organization.name))).scalars().all()


async def join_request(session: AsyncSession, request_id: UUID) -> JoinRequest | None:
    """A join request in scope, locked for its decision."""
    statement = select(JoinRequest).where(JoinRequest.id == request_id).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def join_requests(
    session: AsyncSession, consortium_id: UUID, state: str | None = "requested"
) -> Sequence[JoinRequest]:
    """Requests to a consortium, oldest first."""
    statement = select(JoinRequest).where(JoinRequest.organization_id == consortium_id)
    if state is not None:
        statement = statement.where(JoinRequest.state == state)
    return (await session.execute(statement.order_by(JoinRequest.id))).scalars().all()


async def waiting_request(
    session: AsyncSession, consortium_id: UUID, vat_number: str
) -> JoinRequest | None:
    """An undecided request of the same firm."""
    statement = select(JoinRequest).where(
        JoinRequest.organization_id == consortium_id,
        JoinRequest.vat_number == vat_number,
        JoinRequest.state == "requested",
    )
    return (await session.execute(statement)).scalars().first()


async def lock_founding(session: AsyncSession) -> None:
    """One first run at a time."""
    await session.execute(select(func.pg_advisory_xact_lock(_FOUNDING)))


async def members_page(
    session: AsyncSession,
    consortium_id: UUID,
    day: date,
    kind: str | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> list[MemberRow]:
    """A page of a consortium's members, by name."""
    statement = _on(_rows(), day).where(Membership.consortium_id == consortium_id)
    if kind is not None:
        statement = statement.where(Membership.kind == kind)
    order = (Organization.name, Membership.id)
    if after is not None:
        statement = statement.where(tuple_(*order) > tuple_(*after))
    rows = await session.execute(statement.order_by(*order).limit(limit))
    return [(row[0], row[1]) for row in rows.all()]
