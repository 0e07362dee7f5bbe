"""Queries of notices, and of whom they go to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core import clock
from arengo_core.ids import new_id
from arengo_storefront.notices.models import Notice, NoticeKind

_CLAIM_LIFE = timedelta(minutes=2)


async def add(
    session: AsyncSession,
    *,
    organization_id: UUID,
    key: str,
    kind: NoticeKind,
    order_id: UUID,
    merchant_order_id: UUID | None,
    facts: dict[str, Any],
) -> UUID | None:
    """A new notice's id; None where the key is known."""
    statement = (
        insert(Notice)
        .values(
            id=new_id(),
            organization_id=organization_id,
            key=key,
            kind=kind.value,
            order_id=order_id,
            merchant_order_id=merchant_order_id,
            facts=facts,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["organization_id", "key"])
        .returning(Notice.id)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def claim(
    session: AsyncSession, organization_id: UUID, notice_id: UUID, moment: datetime
) -> Notice | None:
    """A notice to be sent by this job; None when it was sent, or another job sends it now."""
    statement = (
        update(Notice)
        .where(
            Notice.organization_id == organization_id,
            Notice.id == notice_id,
            Notice.sent_at.is_(None),
            or_(Notice.claimed_at.is_(None), Notice.claimed_at < moment - _CLAIM_LIFE),
        )
        .values(claimed_at=moment)
        .returning(Notice)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def is_sent(session: AsyncSession, organization_id: UUID, notice_id: UUID) -> bool:
    """Whether a notice has left, or never was."""
    statement = select(Notice.id).where(
        Notice.organization_id == organization_id,
        Notice.id == notice_id,
        Notice.sent_at.is_(None),
    )
    return (await session.execute(statement)).first() is None


async def mark(
    session: AsyncSession, organization_id: UUID, notice_id: UUID, *, sent_at: datetime | None
) -> None:
    """Note that a notice has left, or that sending failed and may be tried again."""
    await session.execute(
        update(Notice)
        .where(Notice.organization_id == organization_id, Notice.id == notice_id)
        .values(sent_at=sent_at, claimed_at=None)
    )
