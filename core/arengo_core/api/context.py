"""The context of a GraphQL operation."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from contextvars import ContextVar
from typing import Any, TypeVar

from sqlalchemy.exc import PendingRollbackError
from strawberry.types import Info as StrawberryInfo

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.web.context import ArengoRequest

LoaderT = TypeVar("LoaderT")


_own: ContextVar[UnitOfWork | None] = ContextVar("arengo_extension_uow", default=None)


class ApiContext:
    """Who calls, and the unit of work: one read-only transaction for a whole query.

    After a root mutation field has committed, a fresh read-only transaction serves the fields
    of its payload.
    """

    def __init__(self, host: Host, caller: Caller, request: ArengoRequest | None) -> None:
        self.host = host
        self.caller = caller
        self.request = request
        self._current: UnitOfWork | None = None
        self._reads = AsyncExitStack()
        self._loaders: dict[type[Any], Any] = {}

    async def __aenter__(self) -> ApiContext:
        await self._read()
        return self

    async def __aexit__(self, *_: object) -> None:
        # A root field that raises cancels its siblings, perhaps in the middle of a statement.
        with suppress(PendingRollbackError):
            await self._reads.aclose()

    async def _read(self) -> None:
        await self._reads.aclose()
        self._current = await self._reads.enter_async_context(
            self.host.unit_of_work(self.caller, read_only=True)
        )
        self._loaders.clear()

    @property
    def uow(self) -> UnitOfWork:
        """The transaction that resolvers read in."""
        current = _own.get() or self._current
        assert current is not None, "resolvers run inside the context"
        return current

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[UnitOfWork]:
        """A root mutation field's own transaction; the payload's fields are read after it.

        ForbiddenError when the caller's token may only read.
        """
        self.caller.require_writing()
        async with self.host.unit_of_work(self.caller.writing) as uow:
            before, self._current = self._current, uow
            self._loaders.clear()
            try:
                yield uow
            finally:
                self._current = before
        await self._read()

    @asynccontextmanager
    async def apart(self) -> AsyncGenerator[None]:
        """Let an extension read in a transaction of its own: its fault spoils nobody else's."""
        async with self.host.unit_of_work(self.caller, read_only=True) as uow:
            token = _own.set(uow)
            try:
                yield
            finally:
                _own.reset(token)

    def loader(self, kind: type[LoaderT]) -> LoaderT:
        """This operation's loader of a kind."""
        if kind not in self._loaders:
            self._loaders[kind] = kind(self)  # pyright: ignore[reportCallIssue]
        return self._loaders[kind]


Info = StrawberryInfo[ApiContext, None]
