"""Queries on files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.files.models import StoredFile


async def find(session: AsyncSession, file_id: UUID) -> StoredFile | None:
    """One file."""
    return await session.get(StoredFile, file_id)


async def known(session: AsyncSession, ids: Collection[UUID]) -> set[UUID]:
    """Those of these ids that are of kept files."""
    return set(await session.scalars(select(StoredFile.id).where(StoredFile.id.in_(ids))))


async def remove(session: AsyncSession, ids: Collection[UUID]) -> Sequence[UUID]:
    """Forget files; the ids of those that were there."""
    gone = delete(StoredFile).where(StoredFile.id.in_(ids)).returning(StoredFile.id)
    return (await session.scalars(gone)).all()
