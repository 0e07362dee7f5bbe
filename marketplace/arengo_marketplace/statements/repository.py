"""Queries on statements and their payments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import and_, case, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from arengo_marketplace.statements.models import Statement, StatementPayment


async def get(session: AsyncSession, statement_id: UUID) -> Statement | None:
    """A statement in scope."""
    statement = select(Statement).where(Statement.id == statement_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def by_number(session: AsyncSession, consortium_id: UUID, number: str) -> Statement | None:
    """A consortium's statement by its number."""
    statement = select(Statement).where(
        Statement.consortium_id == consortium_id, Statement.number == number
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def locked(session: AsyncSession, organization_ids: Iterable[UUID]) -> None:
    """Let payments of members' statements be recorded one after the other."""
    for member in sorted(organization_ids):
        key = func.hashtextextended(f"statement_payment:{member}", 0)
        await session.execute(select(func.pg_advisory_xact_lock(key)))


async def of_settlement(
    session: AsyncSession, consortium_id: UUID, settlement_id: UUID
) -> Sequence[Statement]:
    """The statements of a settlement, by number."""
    return await of_settlements(session, [consortium_id], [settlement_id])


async def of_settlements(
    session: AsyncSession, consortium_ids: Sequence[UUID], settlement_ids: Sequence[UUID]
) -> Sequence[Statement]:
    """The statements of settlements, by number."""
    statement = select(Statement).where(
        Statement.consortium_id.in_(consortium_ids), Statement.settlement_id.in_(settlement_ids)
    )
    return (await session.execute(statement.order_by(Statement.number))).scalars().all()


async def of_members_in(
    session: AsyncSession, organization_ids: Collection[UUID], settlement_ids: Collection[UUID]
) -> Sequence[Statement]:
    """Members' statements of settlements."""
    statement = select(Statement).where(
        Statement.organization_id.in_(organization_ids), Statement.settlement_id.in_(settlement_ids)
    )
    return (await session.execute(statement)).scalars().all()


async def page(
    session: AsyncSession,
    *,
    organization_id: UUID | None = None,
    consortium_id: UUID | None = None,
    after: tuple[date, UUID] | None = None,
    limit: int | None = None,
) -> Sequence[Statement]:
    """Statements of a member, or of a consortium, the latest month first."""
    statement = select(Statement)
    if organization_id is not None:
        statement = statement.where(Statement.organization_id == organization_id)
    if consortium_id is not None:
        statement = statement.where(Statement.consortium_id == consortium_id)
    order = (Statement.starts_on, Statement.id)
    if after is not None:
        statement = statement.where(tuple_(*order) < tuple_(*after))
    statement = statement.order_by(*(part.desc() for part in order)).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def of_member_in(
    session: AsyncSession, organization_id: UUID, since: date, until: date
) -> Sequence[Statement]:
    """A member's statements of the months from a day to another, reversals too, oldest first."""
    statement = (
        select(Statement)
        .where(
            Statement.organization_id == organization_id,
            Statement.starts_on >= since,
            Statement.starts_on < until,
        )
        .order_by(Statement.starts_on, Statement.id)
    )
    return (await session.execute(statement)).scalars().all()


async def reversals(
    session: AsyncSession, statement_ids: Sequence[UUID], consortium_id: UUID
) -> dict[UUID, UUID]:
    """Statements that were taken back, with the credit that did it."""
    statement = select(Statement.reverses_id, Statement.id).where(
        Statement.consortium_id == consortium_id, Statement.reverses_id.in_(statement_ids)
    )
    rows = (await session.execute(statement)).all()
    return {taken_back: by for taken_back, by in rows if taken_back is not None}


async def paid(
    session: AsyncSession, statement_ids: Sequence[UUID], consortium_id: UUID
) -> dict[UUID, int]:
    """What was paid of each statement, in minor units; absent where nothing was."""
    statement = (
        select(StatementPayment.statement_id, func.sum(StatementPayment.amount))
        .where(
            StatementPayment.consortium_id == consortium_id,
            StatementPayment.statement_id.in_(statement_ids),
        )
        .group_by(StatementPayment.statement_id)
    )
    return {row[0]: int(row[1]) for row in (await session.execute(statement)).all()}


async def unsettled(
    session: AsyncSession,
    consortium_id: UUID,
    organization_ids: Collection[UUID] | None = None,
    *,
    overdue_on: date | None = None,
    after: tuple[date, UUID] | None = None,
    limit: int | None = None,
) -> Sequence[Statement]:
    """Statements of which something is still to be paid or given back, the longest due first.

    ``overdue_on``: those alone that should have been paid before that day.
    """
    summed = select(
        StatementPayment.statement_id, func.sum(StatementPayment.amount).label("paid")
    ).where(StatementPayment.consortium_id == consortium_id)
    credit = aliased(Statement)
    takes_back = and_(credit.consortium_id == consortium_id, credit.reverses_id == Statement.id)
    if organization_ids is not None:
        # Of a few members, by the index; what takes a statement back is the same member's.
        summed = summed.where(StatementPayment.organization_id.in_(organization_ids))
        takes_back = and_(takes_back, credit.organization_id.in_(organization_ids))
    sums = summed.group_by(StatementPayment.statement_id).cte("sums")
    before = sums.alias()
    paid = func.coalesce(sums.c.paid, 0)
    is_open = case(
        (credit.id.is_not(None), 0),
        (Statement.reverses_id.is_not(None), -func.coalesce(before.c.paid, 0) - paid),
        else_=Statement.amount - Statement.advanced - paid,
    )
    order = (Statement.due_on, Statement.id)
    statement = (
        select(Statement)
        .outerjoin(sums, sums.c.statement_id == Statement.id)
        .outerjoin(before, before.c.statement_id == Statement.reverses_id)
        .outerjoin(credit, takes_back)
        .where(Statement.consortium_id == consortium_id)
        .order_by(*order)
        .limit(limit)
    )
    if organization_ids is not None:
        statement = statement.where(Statement.organization_id.in_(organization_ids))
    if overdue_on is None:
        statement = statement.where(is_open != 0)
    else:
        statement = statement.where(is_open > 0, Statement.due_on < overdue_on)
    if after is not None:
        statement = statement.where(tuple_(*order) > tuple_(*after))
    return (await session.execute(statement)).scalars().all()


async def payments(
    session: AsyncSession, statement_ids: Sequence[UUID], organization_ids: Sequence[UUID]
) -> Sequence[StatementPayment]:
    """The payments of members' statements, oldest first."""
    statement = (
        select(StatementPayment)
        .where(
            StatementPayment.organization_id.in_(organization_ids),
            StatementPayment.statement_id.in_(statement_ids),
        )
        .order_by(StatementPayment.paid_on, StatementPayment.id)
    )
    return (await session.execute(statement)).scalars().all()


async def payment(session: AsyncSession, payment_id: UUID) -> StatementPayment | None:
    """A payment in scope."""
    statement = select(StatementPayment).where(StatementPayment.id == payment_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def payment_by_key(
    session: AsyncSession, organization_id: UUID, key: str
) -> StatementPayment | None:
    """The payment that a key of the payments service made."""
    statement = select(StatementPayment).where(
        StatementPayment.organization_id == organization_id, StatementPayment.key == key
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def payment_taking_back(
    session: AsyncSession, payment: StatementPayment
) -> StatementPayment | None:
    """What takes a payment back, if anything does."""
    statement = select(StatementPayment).where(
        StatementPayment.organization_id == payment.organization_id,
        StatementPayment.reverses_id == payment.id,
    )
    return (await session.execute(statement)).scalar_one_or_none()
