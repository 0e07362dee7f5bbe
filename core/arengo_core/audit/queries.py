"""GraphQL queries of the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from arengo_core.api.connection import (
    Connection,
    connection_of,
    decode_cursor,
    encode_cursor,
    page_size,
)
from arengo_core.api.context import Info
from arengo_core.api.scalars import global_id, local_id
from arengo_core.audit import repository
from arengo_core.audit.models import AuditEntry
from arengo_core.audit.wording import act_in_words
from arengo_core.caller import LEADERS
from arengo_core.errors import InvalidInputError
from arengo_core.plugins.registry import Registry


@strawberry.type(name="LogEntry", description="An act in an organization; never changed.")
class LogEntryType:
    """GraphQL face of an entry."""

    at: datetime
    user_id: strawberry.ID | None = strawberry.field(description="Null: the program itself.")
    action: str
    title: str = strawberry.field(description="The act in words.")
    object_type: str
    object_id: strawberry.ID | None
    details: JSON = strawberry.field(description="Ids and figures; amounts in minor units.")

    @classmethod
    def of(cls, row: AuditEntry, registry: Registry) -> LogEntryType:
        """From its row."""
        return cls(
            at=row.at,
            user_id=global_id("User", row.actor_id) if row.actor_id else None,
            action=row.action,
            title=act_in_words(registry, row.action),
            object_type=row.object_type,
            object_id=global_id(row.object_type, row.object_id) if row.object_id else None,
            details=cast(JSON, row.details),
        )


@strawberry.type
class AuditQuery:
    """Root query of the log."""

    @strawberry.field(description="Who did what in an organization, newest first; for its leaders.")
    async def log(
        self,
        info: Info,
        organization_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[LogEntryType]:
        """A page of the log."""
        place = local_id(organization_id, "Organization", "organization_id")
        info.context.caller.require(place, *LEADERS)
        size, cursor = page_size(first), decode_cursor(after, 1)
        uow = info.context.uow
        async with uow.lock:
            rows = await repository.entries(
                uow.session, place, before=_before(cursor), limit=size + 1
            )
        registry = info.context.host.registry
        return connection_of(
            [LogEntryType.of(row, registry) for row in rows],
            [encode_cursor(str(row.id)) for row in rows],
            size,
        )


def _before(cursor: list[object] | None) -> UUID | None:
    try:
        return UUID(str(cursor[0])) if cursor else None
    except ValueError:
        raise InvalidInputError(
            "This cursor does not belong to this list.", field="after"
        ) from None
