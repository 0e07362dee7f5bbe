"""Contract tests: what every implementation of a contract must do, in a class to subclass.

A contract's owner publishes them in ``<package>.contract_tests``, one class a contract. Whoever
brings an implementation subclasses it in ``<package>.conformance``, names its ``provider`` and
gives the fixtures that the class asks for; ``arengo plugin check`` runs them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, ClassVar, Protocol, TypeVar

import pytest

T = TypeVar("T")
_LEEWAY = 5.0


class FarSide(Protocol):
    """The server that an implementation talks to, steered by the test.

    What is asked for counts for the next call alone.
    """

    async def lose_next_answer(self) -> None:
        """Do what is asked next, and let the answer get lost on its way back."""
        ...

    async def fall_silent(self) -> None:
        """Take the next call and never answer, without doing what it asks."""
        ...


class ContractTests:
    """Common to all contract test classes.

    ``time_limit`` is how long a call of the implementation under test may last, in seconds: long,
    since machines are busy. Only the test of a far side that falls silent waits for the end of
    it, and asks the fixture ``impatient`` for that one call: the implementation with a short time
    limit. Without one it asks the implementation as it is. Without a far side (``is_remote =
    False``: it asks nobody over a network) the tests of lost and late answers do not concern it.
    """

    contract: ClassVar[type[Any]]
    provider: ClassVar[str]
    is_remote: ClassVar[bool] = True
    time_limit: ClassVar[float] = 30.0

    @pytest.fixture
    def far_side(self) -> FarSide:
        """The far side: give your own, unless there is none."""
        if self.is_remote:
            raise NotImplementedError(f"{type(self).__name__} gives no fixture far_side")
        pytest.skip(f"{self.provider} asks nobody over a network")

    async def in_time(self, call: Awaitable[T]) -> T:
        """The answer of a call; TimeoutError when it lasts longer than the time limit."""
        most = self.time_limit + _LEEWAY
        limit = asyncio.timeout(most)
        try:
            async with limit:
                return await call
        except TimeoutError:
            if not limit.expired():
                raise
            raise TimeoutError(
                f"{self.provider} had not ended a call after {most:g} s"
                f" (time_limit = {self.time_limit:g})"
            ) from None
