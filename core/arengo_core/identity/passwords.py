"""Passwords: argon2id, hashed in a thread."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from arengo_core.errors import InvalidInputError

MINIMUM_LENGTH = 12
_COSTS = {
    "normal": PasswordHasher(),
    "low": PasswordHasher(time_cost=1, memory_cost=64, parallelism=1),
}


class Passwords:
    """Hashes and verifies at one cost."""

    def __init__(self, cost: str) -> None:
        self._hasher = _COSTS[cost]
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """The hash to keep. InvalidInputError for a password too short or too long."""
        if not MINIMUM_LENGTH <= len(password) <= 200:
            raise InvalidInputError(
                "The password has {length} characters: from {minimum} to 200 are needed.",
                field="password",
                length=len(password),
                minimum=MINIMUM_LENGTH,
            )
        return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, kept: str | None, password: str) -> bool:
        """Whether the password fits; takes as long where nobody has that address."""

        def check() -> bool:
            try:
                return self._hasher.verify(kept or self._nobody, password) and kept is not None
            except (VerifyMismatchError, InvalidHashError):
                return False

        return await asyncio.to_thread(check)
