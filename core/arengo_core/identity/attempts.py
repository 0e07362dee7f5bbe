"""Failed sign-ins, counted in the database: strangers wait longer and longer, owners do not.

A try from a browser or a network from where the account's owner came in before is counted for that
browser or network alone; so whoever hammers an account from elsewhere locks only strangers out.
The rule is that of device cookies: https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.identity import repository
from arengo_core.identity.models import SignInAttempts
from arengo_core.identity.origin import Origin
from arengo_core.ids import keyed_digest

FORGOTTEN_AFTER = timedelta(days=1)
KNOWN_FOR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures are free, and the wait after the next one, doubled by each further."""

    free: int
    first: timedelta
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long the next try has to wait."""
        if failures < self.free:
            return timedelta(0)
        return min(self.first * 2 ** min(failures - self.free, 20), self.longest)


DEVICE = Limit(8, timedelta(minutes=1), timedelta(minutes=15))
PLACE = Limit(8, timedelta(minutes=1), timedelta(hours=1))
ACCOUNT = Limit(20, timedelta(minutes=1), timedelta(minutes=15))
NETWORK = Limit(100, timedelta(minutes=1), timedelta(hours=1))
LETTERS = Limit(5, timedelta(minutes=5), timedelta(hours=1))
LETTERS_OF_NETWORK = Limit(30, timedelta(minutes=5), timedelta(hours=1))


@dataclass(slots=True)
class Tries:
    """The counters that one try is counted by, locked until the transaction ends."""

    counted: Sequence[tuple[SignInAttempts, Limit]]
    owners: Sequence[SignInAttempts]
    moment: datetime

    @property
    def must_wait(self) -> bool:
        """Whether this try comes too early."""
        return any(
            row.blocked_until is not None and row.blocked_until > self.moment
            for row, _ in self.counted
        )

    def count(self) -> None:
        """Count a failure, unless it came too early to be looked at."""
        if self.must_wait:
            return
        for row, limit in self.counted:
            since = self.moment - row.failed_at if row.failed_at else timedelta(0)
            row.failures = 1 if since > FORGOTTEN_AFTER else row.failures + 1
            row.failed_at = self.moment
            wait = limit.wait(row.failures)
            row.blocked_until = self.moment + wait if wait else None

    def succeed(self) -> None:
        """The owner came in: this browser and network are known from now on."""
        for row in self.owners:
            row.failures, row.blocked_until, row.succeeded_at = 0, None, self.moment

    def forget(self) -> None:
        """The owner proved to be it by mail: nothing here has to wait."""
        for row, _ in self.counted:
            row.failures, row.blocked_until = 0, None


def _known(row: SignInAttempts, moment: datetime) -> bool:
    return row.succeeded_at is not None and moment - row.succeeded_at < KNOWN_FOR


async def begin(uow: UnitOfWork, secret: bytes, account: bytes, origin: Origin) -> Tries:
    """The counters for a sign-in of an account; the same work whether it exists or not."""
    device = keyed_digest(secret, f"device:{account.hex()}:{origin.mark}")
    place = keyed_digest(secret, f"place:{account.hex()}:{origin.network}")
    anywhere = keyed_digest(secret, f"account:{account.hex()}")
    network = keyed_digest(secret, f"network:{origin.network}")
    rows = await repository.lock_attempts(uow.session, [device, place, anywhere, network])
    moment = clock.now()
    if origin.mark and _known(rows[device], moment):
        counted = [(rows[device], DEVICE)]
    elif _known(rows[place], moment):
        counted = [(rows[place], PLACE)]
    else:
        counted = [(rows[place], PLACE), (rows[anywhere], ACCOUNT), (rows[network], NETWORK)]
    return Tries(counted, [rows[device], rows[place]], moment)


async def may_send(uow: UnitOfWork, secret: bytes, account: bytes, origin: Origin) -> bool:
    """Count a letter that somebody asks for; whether it may go out already."""
    anybody = keyed_digest(secret, f"letter:{account.hex()}")
    network = keyed_digest(secret, f"letters:{origin.network}")
    rows = await repository.lock_attempts(uow.session, [anybody, network])
    tries = Tries([(rows[anybody], LETTERS), (rows[network], LETTERS_OF_NETWORK)], [], clock.now())
    may = not tries.must_wait
    tries.count()
    return may
