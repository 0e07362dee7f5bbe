"""Queries on remote plugins."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.organizations.models import Organization
from arengo_core.plugins.models import ActiveService
from arengo_core.remote.models import PluginToken, RemotePlugin, SigningKey


async def plugins(session: AsyncSession) -> Sequence[RemotePlugin]:
    """Every registered plugin, by key."""
    return (await session.scalars(select(RemotePlugin).order_by(RemotePlugin.key))).all()


async def plugin(session: AsyncSession, key: str, *, lock: bool = False) -> RemotePlugin | None:
    """One registered plugin."""
    return await session.get(RemotePlugin, key, with_for_update=True if lock else None)


async def remove(session: AsyncSession, key: str) -> None:
    """Forget a plugin."""
    await session.execute(delete(RemotePlugin).where(RemotePlugin.key == key))


async def add_token(session: AsyncSession, **values: object) -> bool:
    """Keep a token; False where the message that asks for it was answered before."""
    statement = insert(PluginToken).values(**values).on_conflict_do_nothing()
    return (await session.execute(statement.returning(PluginToken.id))).first() is not None


async def token(session: AsyncSession, token_digest: bytes, at: datetime) -> PluginToken | None:
    """A live token of a plugin that is still registered."""
    statement = (
        select(PluginToken)
        .join(RemotePlugin, RemotePlugin.key == PluginToken.plugin)
        .where(PluginToken.digest == token_digest, PluginToken.expires_at > at)
    )
    return (await session.scalars(statement)).one_or_none()


async def end_tokens(session: AsyncSession, key: str, at: datetime) -> int:
    """End a plugin's tokens; how many were live."""
    live = (PluginToken.plugin == key) & (PluginToken.expires_at > at)
    ended = await session.execute(
        update(PluginToken).where(live).values(expires_at=at).returning(PluginToken.id)
    )
    return len(ended.all())


async def remove_tokens(session: AsyncSession, over_since: datetime) -> None:
    """Delete tokens that are over for some time."""
    await session.execute(delete(PluginToken).where(PluginToken.expires_at < over_since))


async def services_where_active(
    session: AsyncSession, services: Collection[str], only: UUID | None
) -> Sequence[tuple[UUID, str, str, list[str]]]:
    """All active services of the members that have one of some active, or of one such member.

    Member, its kind, service, and what was agreed that it reads and writes; by member.
    """
    served = select(ActiveService.organization_id).where(ActiveService.service.in_(services))
    if only is not None:
        served = served.where(ActiveService.organization_id == only)
    statement = (
        select(
            ActiveService.organization_id,
            Organization.kind,
            ActiveService.service,
            ActiveService.grants,
        )
        .join(Organization, Organization.id == ActiveService.organization_id)
        .where(ActiveService.organization_id.in_(served))
        .order_by(ActiveService.organization_id)
    )
    rows = (await session.execute(statement)).all()
    return [(row[0], row[1], row[2], row[3]) for row in rows]


async def signing_key(session: AsyncSession) -> SigningKey | None:
    """The key that signs now."""
    statement = select(SigningKey).where(SigningKey.retired_at.is_(None))
    return (await session.scalars(statement.order_by(SigningKey.made_at.desc()).limit(1))).first()


async def published_keys(session: AsyncSession, retired_after: datetime) -> Sequence[SigningKey]:
    """The key that signs now and those retired lately."""
    statement = select(SigningKey).where(
        or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > retired_after)
    )
    return (await session.scalars(statement.order_by(SigningKey.made_at.desc()))).all()
