"""The unit of work: one transaction, its scope, and what is written along at commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, event, insert, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session, SessionTransaction

from arengo_core import clock, tracing
from arengo_core.audit import origin
from arengo_core.audit.models import AuditEntry
from arengo_core.caller import Caller, Scope
from arengo_core.database import limits
from arengo_core.database.changes import Changes
from arengo_core.errors import DatabaseAwayError
from arengo_core.ids import new_id
from arengo_core.jobs.definition import JobRequest
from arengo_core.jobs.queue import enqueue
from arengo_core.outbox.events import Event
from arengo_core.outbox.repository import insert_events

DELIVER = "core.deliver_event"
_SET_READING_SCOPE = text(
    "select set_config('arengo.organizations', :organizations, true),"
    " set_config('arengo.governs', :governs, true),"
    " set_config('transaction_read_only', 'on', true)"
)
_SET_SCOPE = text(
    "select set_config('arengo.organizations', :organizations, true),"
    " set_config('arengo.governs', :governs, true)"
)
_SET_LIMIT = text("select set_config('statement_timeout', :limit, true)")
_SHORTEN = text(
    "select old, set_config('statement_timeout', :limit, true)"
    " from (select current_setting('statement_timeout') as old offset 0) as before"
)


def _joined(ids: Iterable[UUID]) -> str:
    return ",".join(str(value) for value in ids)


class UnitOfWork:
    """One transaction on behalf of a caller. Services get it; they never commit."""

    def __init__(
        self, session: AsyncSession, caller: Caller, handlers_of: Callable[[str], list[str]]
    ) -> None:
        self.session = session
        self.caller = caller
        self.scope = caller.scope
        self.lock = asyncio.Lock()
        self.has_begun = False
        self._handlers_of = handlers_of
        self._jobs: list[JobRequest] = []
        self._audit: list[dict[str, Any]] = []
        self._events: list[Event] = []
        self.changes = Changes()
        self._contained: dict[SessionTransaction | None, str | None] = {}

    @property
    def scope_settings(self) -> dict[str, str]:
        """The scope as the database reads it."""
        return {
            "organizations": _joined(self.scope.organizations),
            "governs": _joined(self.scope.governs),
        }

    async def _apply_scope(self) -> None:
        if self.has_begun:
            await self.session.execute(_SET_SCOPE, self.scope_settings)

    async def widen(self, organizations: Iterable[UUID] = (), governs: Iterable[UUID] = ()) -> None:
        """Reach more in this transaction; the calling service has checked that it may."""
        await self._reach(self.scope.widened(organizations, governs))

    async def _reach(self, scope: Scope) -> None:
        if scope != self.scope:
            await self.session.flush()
            self.scope = scope
            await self._apply_scope()

    @asynccontextmanager
    async def widened(
        self, organizations: Iterable[UUID] = (), governs: Iterable[UUID] = ()
    ) -> AsyncGenerator[None]:
        """Reach more inside the block only."""
        async with self._within(self.scope.widened(organizations, governs)):
            yield

    @asynccontextmanager
    async def _within(self, scope: Scope) -> AsyncGenerator[None]:
        before = self.scope
        is_broken = False
        await self._reach(scope)
        try:
            yield
        except (DBAPIError, DatabaseAwayError):
            is_broken = True  # a further statement would hide this error behind its own
            raise
        finally:
            if self.session.is_active and not is_broken:
                await self._reach(before)

    def limit_part(self, part: SessionTransaction, connection: Connection) -> None:
        """Shorten the statements of a contained part as it begins; its end restores them."""
        limit = limits.milliseconds()
        if part in self._contained and limit is not None:
            self._contained[part] = connection.scalar(_SHORTEN, {"limit": limit})

    @asynccontextmanager
    async def contained(self) -> AsyncGenerator[None]:
        """A part of this transaction that fails alone: what it wrote and noted goes with it.

        Costs a savepoint where it asks the database something, and nothing where it does not.
        """
        before = self.scope
        noted = [(notes, len(notes)) for notes in (self._jobs, self._audit, self._events)]
        try:
            async with self.session.begin_nested() as part:
                self._contained[part.sync_transaction] = None
                try:
                    yield
                finally:
                    limit = self._contained.pop(part.sync_transaction)
                if limit is not None:
                    await self.session.execute(_SET_LIMIT, {"limit": limit})
        except BaseException:
            is_wider, self.scope = self.scope != before, before
            for notes, count in noted:
                del notes[count:]
            if is_wider:  # the transaction itself may have begun in the part
                # A lost connection says so to its next user.
                with suppress(SQLAlchemyError, DatabaseAwayError):
                    await self._apply_scope()
            raise

    def record(self, event: Event) -> None:
        """Note a domain event; stored with this transaction, delivered after its commit."""
        self._events.append(event)

    def enqueue(
        self, job: str, payload: dict[str, Any], *, delay: float = 0, dedupe: str | None = None
    ) -> None:
        """Note a job to be started after commit, ``delay`` seconds later."""
        self._jobs.append(JobRequest(job, payload, delay, dedupe))

    def audit(
        self,
        organization_id: UUID,
        action: str,
        object_type: str,
        object_id: UUID | None = None,
        **details: Any,
    ) -> None:
        """Note an act in the Organization's audit log. Ids and figures only.

        What this unit of work writes to the object with ``object_id`` is noted along, before and
        after.
        """
        if self.caller.plugin is not None:
            details["plugin"] = self.caller.plugin
        self._audit.append(
            {
                "id": new_id(),
                "organization_id": organization_id,
                "at": clock.now(),
                "actor_id": self.caller.user_id,
                "action": action,
                "object_type": object_type,
                "object_id": object_id,
                "details": msgspec.to_builtins(details),
                "trace_id": tracing.current(),
                "acting_id": self.caller.in_name_of(organization_id),
                "origin": self.caller.origin,
                "network": origin.network() or None,
                "token_id": self.caller.token_id,
            }
        )

    async def flush(self) -> None:
        """Write everything noted so far; called before commit."""
        await self.session.flush()
        if self._events:
            await self._store(self._events)
            self._events.clear()
        if self._audit:
            await self.widen({row["organization_id"] for row in self._audit})
            for row in self._audit:
                row["changes"] = self.changes.of(row["object_id"])
            await self.session.execute(insert(AuditEntry), self._audit)
            self._audit.clear()
        await enqueue(self.session, self._jobs)
        self._jobs.clear()

    async def _store(self, events: Sequence[Event]) -> None:
        await self.widen({recorded.organization_id for recorded in events})
        versions = await insert_events(
            self.session,
            [
                {
                    "id": new_id(),
                    "aggregate": recorded.aggregate_id,
                    "organization": recorded.organization_id,
                    "name": recorded.name,
                    "payload": recorded,
                    "occurred_at": clock.now(),
                    "trace": tracing.current(),
                    "handlers": self._handlers_of(recorded.name),
                }
                for recorded in events
            ],
        )
        for recorded, version in zip(events, versions, strict=True):
            for handler in self._handlers_of(recorded.name):
                self.enqueue(
                    DELIVER,
                    {
                        "handler": handler,
                        "aggregate": str(recorded.aggregate_id),
                        "organization": str(recorded.organization_id),
                        "version": version,
                        "trace": tracing.current(),
                    },
                )


class ScopedSession(Session):
    """A session that sets its unit of work's scope when its transaction really begins.

    A unit of work that asks the database nothing takes no connection.
    """


@event.listens_for(ScopedSession, "after_begin")
def _set_scope(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    uow: UnitOfWork | None = session.info.get("uow")
    if uow is None:
        return
    if transaction.nested:
        uow.limit_part(transaction, connection)
        return
    uow.has_begun = True
    reading = session.info.get("read_only", False)
    connection.execute(_SET_READING_SCOPE if reading else _SET_SCOPE, uow.scope_settings)
    limit = limits.milliseconds()
    if limit is not None:
        connection.execute(_SET_LIMIT, {"limit": limit})


@event.listens_for(ScopedSession, "before_flush")
def _note_changes(session: Session, _context: object, _instances: object) -> None:
    uow: UnitOfWork | None = session.info.get("uow")
    if uow is not None:
        uow.changes.collect(session)


def make_sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """The factory of sessions for units of work."""
    return async_sessionmaker(
        engine, expire_on_commit=False, autoflush=False, sync_session_class=ScopedSession
    )


@asynccontextmanager
async def unit_of_work(
    sessions: async_sessionmaker[AsyncSession],
    caller: Caller,
    handlers_of: Callable[[str], list[str]],
    *,
    read_only: bool = False,
) -> AsyncGenerator[UnitOfWork]:
    """Open a transaction in the caller's scope; commits at the end, rolls back on error.

    A caller that may only read gets one that only reads, whatever is asked for.
    """
    read_only = read_only or caller.read_only
    async with sessions() as session, session.begin():
        uow = UnitOfWork(session, caller, handlers_of)
        session.info["uow"] = uow
        if read_only:
            session.info["read_only"] = True
        yield uow
        if not read_only:
            await uow.flush()
