"""Counting requests so that all server processes count together, and hardly ever write.

A process lets the first tenth of a limit pass by itself, then draws the rest from PostgreSQL in
tenths: whoever comes within a tenth costs no statement, whoever uses the whole limit ten in a
minute, whoever is over it none at all. The price: with ``n`` processes up to ``n`` tenths more may
pass than the limit says, and at the turn of a minute twice as many in a short time. An exact count
draws one by one; the few forms that ask for secrets afford it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from arengo_core import clock
from arengo_core.errors import DatabaseAwayError
from arengo_core.ids import keyed_digest
from arengo_core.limits import repository

_MOST_KEPT = 50_000
_MINUTE = timedelta(minutes=1)
_log = structlog.get_logger("arengo.limits")


@dataclass(slots=True)
class _Lease:
    """What one process may let pass of one key in one minute."""

    minute: datetime
    left: int
    untold: int
    is_over: bool = False


class RequestCounter:
    """The counter of one process, and its share of the common one."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], secret: bytes) -> None:
        self._sessions = sessions
        self._secret = secret
        self._leases: dict[bytes, _Lease] = {}

    async def take(self, kind: str, who: str, limit: int, *, exact: bool = False) -> int:
        """Count one request of somebody: 0 when it may pass, else how many seconds to wait.

        ``limit`` is how many may come in a minute; with 0 there is none. Where the database does
        not answer requests pass: they will meet it anyway.
        """
        if limit == 0:
            return 0
        now = clock.now()
        minute = now.replace(second=0, microsecond=0)
        wait = int((minute + _MINUTE - now).total_seconds()) + 1
        key = keyed_digest(self._secret, f"limit:{kind}:{who}")
        tenth = 0 if exact else limit // 10
        lease = self._leases.get(key)
        if lease is None or lease.minute != minute:
            self._make_room(minute)
            lease = self._leases[key] = _Lease(minute, tenth, tenth)
        if lease.is_over:
            return wait
        if lease.left == 0:
            lease.left += await self._draw(key, lease, limit, max(tenth, 1))
        if lease.left <= 0:
            lease.left, lease.is_over = 0, True
            return wait
        lease.left -= 1
        return 0

    async def _draw(self, key: bytes, lease: _Lease, limit: int, share: int) -> int:
        """How many more may pass here, at most a share."""
        told, lease.untold = lease.untold, 0
        try:
            async with self._sessions() as session, session.begin():
                used = await repository.add(session, key, lease.minute, told + share)
        except (DatabaseAwayError, SQLAlchemyError):
            _log.warning("requests_not_counted", exc_info=True)
            return share
        return share - max(0, used - limit)

    def _make_room(self, minute: datetime) -> None:
        if len(self._leases) < _MOST_KEPT:
            return
        self._leases = {key: lease for key, lease in self._leases.items() if lease.minute == minute}
        if len(self._leases) >= _MOST_KEPT:
            self._leases.clear()
