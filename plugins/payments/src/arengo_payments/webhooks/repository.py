"""Queries on webhooks taken."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_payments.webhooks.models import WebhookEvent


async def take(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Note an event; False when it was taken before. Waits for one who takes it now."""
    taken = await session.execute(
        insert(WebhookEvent)
        .values(**values)
        .on_conflict_do_nothing()
        .returning(WebhookEvent.event_id)
    )
    return taken.first() is not None
