"""Loaders: many look-ups in one statement, taking turns on the operation's session."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from strawberry.dataloader import DataLoader

from arengo_core.api.context import ApiContext

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


class Loader(ABC, Generic[KeyT, ValueT]):
    """Base of loaders: a subclass answers :meth:`fetch`; absent keys become None.

    The lock is there because one asyncpg connection runs one statement at a time while
    resolvers of a query run concurrently.
    """

    def __init__(self, context: ApiContext) -> None:
        self.context = context
        self._loader: DataLoader[KeyT, ValueT | None] = DataLoader(load_fn=self._load)

    @abstractmethod
    async def fetch(self, keys: Sequence[KeyT]) -> Mapping[KeyT, ValueT]:
        """The values of many keys."""

    async def _load(self, keys: list[KeyT]) -> list[ValueT | None]:
        async with self.context.uow.lock:
            found = await self.fetch(keys)
        return [found.get(key) for key in keys]

    async def load(self, key: KeyT) -> ValueT | None:
        """The value of a key."""
        return await self._loader.load(key)
