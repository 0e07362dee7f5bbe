"""Secrets that the host shares with whoever it tells of events."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core import clock
from arengo_core.remote import repository
from arengo_core.secrets import Cipher


def valid(cipher: Cipher, sealed: bytes | None, former_until: datetime | None) -> list[str]:
    """The secret of now, and the former one as long as it works."""
    kept = cipher.decrypt(sealed)
    overlaps = former_until is not None and former_until > clock.now()
    return [kept[name] for name in ("now", *(["former"] if overlaps else [])) if name in kept]


async def of_plugin(session: AsyncSession, cipher: Cipher, key: str) -> list[str]:
    """Those of a remote plugin; none when it is registered no more."""
    row = await repository.plugin(session, key)
    return [] if row is None else valid(cipher, row.secrets, row.former_until)
