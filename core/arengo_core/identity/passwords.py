"""Passwords: argon2id, hashed in a thread; those that are guessed first are refused."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

from arengo_core.errors import InvalidInputError

MINIMUM_LENGTH = 12
_LEAST_SCORE = 3
_LOOKED_AT = 72
_COSTS = {
    "normal": PasswordHasher(),
    "low": PasswordHasher(time_cost=1, memory_cost=64, parallelism=1),
}


def _is_guessed_soon(password: str, about: Iterable[str]) -> bool:
    known = ["arengo", *(part for text in about for part in re.split(r"\W+", text) if part)]
    found = zxcvbn(password[:_LOOKED_AT], user_inputs=known)
    return int(found["score"]) < _LEAST_SCORE


class Passwords:
    """Hashes and verifies at one cost."""

    def __init__(self, cost: str) -> None:
        self._hasher = _COSTS[cost]
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str, about: Iterable[str] = ()) -> str:
        """The hash to keep; ``about`` are the person's name and address.

        InvalidInputError for a password too short, too long, or among the first that are guessed:
        common in breaches, a keyboard's row, a date, the person's own name.
        """
        if not MINIMUM_LENGTH <= len(password) <= 200:
            raise InvalidInputError(
                "The password has {length} characters: from {minimum} to 200 are needed.",
                field="password",
                length=len(password),
                minimum=MINIMUM_LENGTH,
            )

        def check_and_hash() -> str:
            if _is_guessed_soon(password, about):
                raise InvalidInputError(
                    "This password is among the first that are tried. Take a few words that do"
                    " not belong together.",
                    field="password",
                )
            return self._hasher.hash(password)

        return await asyncio.to_thread(check_and_hash)

    async def verify(self, kept: str | None, password: str) -> bool:
        """Whether the password fits; takes as long where nobody has that address."""

        def check() -> bool:
            try:
                return self._hasher.verify(kept or self._nobody, password) and kept is not None
            except (VerifyMismatchError, InvalidHashError):
                return False

        return await asyncio.to_thread(check)
