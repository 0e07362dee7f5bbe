"""Queries on payments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_payments.base import Purpose
from arengo_payments.collecting.models import (
    AttemptRow,
    GatewayReference,
    PaymentAddress,
    PaymentPartRow,
    PaymentRow,
)
from arengo_payments.collecting.states import AttemptState

Keyset = tuple[datetime, UUID]


_BY_KEY = select(PaymentRow).where(
    PaymentRow.consortium_id == bindparam("consortium_id"), PaymentRow.key == bindparam("key")
)


class Named(NamedTuple):
    """What a gateway's reference stands for: an attempt or a refund of a payment."""

    payment_id: UUID
    subject_id: UUID


async def consortium_of(session: AsyncSession, payment_id: UUID) -> UUID | None:
    """The consortium of a payment."""
    return await session.scalar(
        select(PaymentAddress.consortium_id).where(PaymentAddress.payment_id == payment_id)
    )


async def payment(
    session: AsyncSession, consortium_id: UUID, payment_id: UUID, *, lock: bool = False
) -> PaymentRow | None:
    """A payment; with ``lock`` nobody else changes it, or anything of it, until commit."""
    statement = select(PaymentRow).where(
        PaymentRow.consortium_id == consortium_id, PaymentRow.id == payment_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def payment_by_key(session: AsyncSession, consortium_id: UUID, key: str) -> PaymentRow | None:
    """The payment that a key made."""
    found = await session.execute(_BY_KEY, {"consortium_id": consortium_id, "key": key})
    return found.scalar_one_or_none()


async def parts(
    session: AsyncSession, consortium_id: UUID, payment_id: UUID
) -> Sequence[PaymentPartRow]:
    """The parts of a payment within reach, in their order."""
    statement = (
        select(PaymentPartRow)
        .where(
            PaymentPartRow.consortium_id == consortium_id,
            PaymentPartRow.payment_id == payment_id,
        )
        .order_by(PaymentPartRow.position)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalars().all()


async def part_of(
    session: AsyncSession, merchants: Iterable[UUID], merchant_order_id: UUID, payment_id: UUID
) -> PaymentPartRow | None:
    """What a payment holds for an order of one of the merchants."""
    return await session.scalar(
        select(PaymentPartRow).where(
            PaymentPartRow.organization_id.in_(list(merchants)),
            PaymentPartRow.merchant_order_id == merchant_order_id,
            PaymentPartRow.payment_id == payment_id,
        )
    )


async def parts_of_payments(
    session: AsyncSession, consortium_id: UUID, payment_ids: Iterable[UUID]
) -> dict[UUID, list[PaymentPartRow]]:
    """The parts of many payments within reach."""
    statement = (
        select(PaymentPartRow)
        .where(
            PaymentPartRow.consortium_id == consortium_id,
            PaymentPartRow.payment_id.in_(list(payment_ids)),
        )
        .order_by(PaymentPartRow.payment_id, PaymentPartRow.position)
    )
    found: dict[UUID, list[PaymentPartRow]] = {}
    for row in (await session.execute(statement)).scalars():
        found.setdefault(row.payment_id, []).append(row)
    return found


async def attempt(
    session: AsyncSession, consortium_id: UUID, attempt_id: UUID
) -> AttemptRow | None:
    """An attempt; lock its payment first."""
    statement = (
        select(AttemptRow)
        .where(AttemptRow.consortium_id == consortium_id, AttemptRow.id == attempt_id)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def unsettled(
    session: AsyncSession, consortium_id: UUID, now: datetime, quiet_since: datetime, limit: int
) -> Sequence[UUID]:
    """Payments whose attempt has no known outcome, or is over its time."""
    lost = and_(
        AttemptRow.state.in_([AttemptState.OPENING, AttemptState.UNKNOWN]),
        AttemptRow.changed_at < quiet_since,
    )
    over = and_(
        AttemptRow.state.in_([AttemptState.PREPARED, AttemptState.OPEN, AttemptState.PROCESSING]),
        AttemptRow.expires_at < now,
        AttemptRow.changed_at < quiet_since,
    )
    statement = (
        select(AttemptRow.payment_id)
        .where(AttemptRow.consortium_id == consortium_id, or_(lost, over))
        .order_by(AttemptRow.changed_at)
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def lasting_unknowns(session: AsyncSession, consortium_id: UUID, before: datetime) -> int:
    """How many attempts have had no known outcome since before a moment."""
    statement = select(func.count()).where(
        AttemptRow.consortium_id == consortium_id,
        AttemptRow.state.in_([AttemptState.OPENING, AttemptState.UNKNOWN]),
        AttemptRow.created_at < before,
    )
    return int(await session.scalar(statement) or 0)


async def name(
    session: AsyncSession,
    consortium_id: UUID,
    gateway: str,
    reference: str | None,
    named: Named,
) -> None:
    """Note a gateway's reference; again changes nothing."""
    if reference:
        await session.execute(
            insert(GatewayReference)
            .values(
                consortium_id=consortium_id,
                gateway=gateway,
                reference=reference,
                payment_id=named.payment_id,
                subject_id=named.subject_id,
            )
            .on_conflict_do_nothing()
        )


async def find(
    session: AsyncSession, consortium_id: UUID, gateway: str, references: Sequence[str | None]
) -> Named | None:
    """What the first known of these references stands for."""
    wanted = [reference for reference in references if reference]
    rows = await session.execute(
        select(
            GatewayReference.reference, GatewayReference.payment_id, GatewayReference.subject_id
        ).where(
            GatewayReference.consortium_id == consortium_id,
            GatewayReference.gateway == gateway,
            GatewayReference.reference.in_(wanted),
        )
    )
    found = {row.reference: Named(row.payment_id, row.subject_id) for row in rows}
    return next((found[reference] for reference in wanted if reference in found), None)


async def latest_of_subjects(
    session: AsyncSession, consortium_id: UUID, purpose: Purpose, subjects: Iterable[UUID]
) -> Sequence[tuple[PaymentRow, str | None]]:
    """The newest payment of each order or statement, with the state of its present attempt."""
    statement = (
        select(PaymentRow, AttemptRow.state)
        .outerjoin(
            AttemptRow,
            and_(AttemptRow.consortium_id == consortium_id, AttemptRow.id == PaymentRow.attempt_id),
        )
        .where(
            PaymentRow.consortium_id == consortium_id,
            PaymentRow.purpose == purpose.value,
            PaymentRow.subject_id.in_(list(subjects)),
        )
        .ext(distinct_on(PaymentRow.subject_id))
        .order_by(PaymentRow.subject_id, PaymentRow.created_at.desc(), PaymentRow.id.desc())
        .execution_options(populate_existing=True)
    )
    return [(row, state) for row, state in (await session.execute(statement)).all()]


async def payments_of_consortium(
    session: AsyncSession, consortium_id: UUID, size: int, after: Keyset | None = None
) -> Sequence[PaymentRow]:
    """A consortium's payments, newest first."""
    statement = select(PaymentRow).where(PaymentRow.consortium_id == consortium_id)
    if after is not None:
        statement = statement.where(tuple_(PaymentRow.created_at, PaymentRow.id) < after)
    statement = statement.order_by(PaymentRow.created_at.desc(), PaymentRow.id.desc())
    return (await session.execute(statement.limit(size))).scalars().all()


async def parts_of_merchant(
    session: AsyncSession, merchant_id: UUID, size: int, after: Keyset | None = None
) -> Sequence[PaymentPartRow]:
    """What belongs to a merchant, newest first."""
    statement = select(PaymentPartRow).where(PaymentPartRow.organization_id == merchant_id)
    if after is not None:
        statement = statement.where(tuple_(PaymentPartRow.created_at, PaymentPartRow.id) < after)
    statement = statement.order_by(PaymentPartRow.created_at.desc(), PaymentPartRow.id.desc())
    return (await session.execute(statement.limit(size))).scalars().all()


async def consortia_of_merchant(session: AsyncSession, merchant_id: UUID) -> Sequence[UUID]:
    """Consortia in whose markets a merchant was ever paid."""
    statement = (
        select(PaymentPartRow.consortium_id)
        .where(PaymentPartRow.organization_id == merchant_id)
        .distinct()
    )
    return (await session.execute(statement)).scalars().all()
