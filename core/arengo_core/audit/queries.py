"""GraphQL queries of the audit log."""

from __future__ import annotations

from datetime import date, datetime
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
from arengo_core.audit.models import AuditEntry
from arengo_core.audit.reading import midnight, page_of
from arengo_core.audit.repository import Search
from arengo_core.audit.wording import act_in_words
from arengo_core.errors import InvalidInputError
from arengo_core.ids import decode_global_id
from arengo_core.plugins.registry import Registry


@strawberry.type(name="LogEntry", description="An act in an organization; never changed.")
class LogEntryType:
    """GraphQL face of an entry."""

    at: datetime
    user_id: strawberry.ID | None = strawberry.field(
        description="Null: the program itself, or a plugin."
    )
    plugin: str | None = strawberry.field(description="The key of the plugin that did it.")
    action: str
    title: str = strawberry.field(description="The act in words.")
    object_type: str
    object_id: strawberry.ID | None
    details: JSON = strawberry.field(description="Ids and figures; amounts in minor units.")
    acting_for_id: strawberry.ID | None = strawberry.field(
        description="The organization in whose name it was done."
    )
    origin: str | None = strawberry.field(
        description="`session`, `token`, `plugin`, `program`, or `visitor` for nobody signed in."
    )
    network: str | None = strawberry.field(
        description="Whence: the address, shortened to its network."
    )
    token_id: strawberry.ID | None = strawberry.field(description="The API token that was used.")
    changes: JSON | None = strawberry.field(
        description="By column, before and after; null where only that it changed is kept."
    )

    @classmethod
    def of(cls, row: AuditEntry, registry: Registry) -> LogEntryType:
        """From its row."""
        return cls(
            at=row.at,
            user_id=global_id("User", row.actor_id) if row.actor_id else None,
            plugin=str(row.details.get("plugin", "")) if row.origin == "plugin" else None,
            action=row.action,
            title=act_in_words(registry, row.action),
            object_type=row.object_type,
            object_id=global_id(row.object_type, row.object_id) if row.object_id else None,
            details=cast(JSON, row.details),
            acting_for_id=global_id("Organization", row.acting_id) if row.acting_id else None,
            origin=row.origin,
            network=row.network,
            token_id=global_id("ApiToken", row.token_id) if row.token_id else None,
            changes=cast(JSON, row.changes),
        )


def _object(value: strawberry.ID) -> UUID:
    try:
        return UUID(decode_global_id(value)[1])
    except ValueError:
        raise InvalidInputError("This is not an id of an object.", field="object_id") from None


@strawberry.input(description="Which entries; what is left out asks for all.")
class LogSearch:
    """Person, act, thing and days."""

    user_id: strawberry.ID | None = None
    by_program: bool = strawberry.field(default=False, description="What the program itself did.")
    action: str | None = None
    object_id: strawberry.ID | None = None
    since: date | None = strawberry.field(default=None, description="The first day, Rome time.")
    until: date | None = strawberry.field(default=None, description="The last day, Rome time.")

    def in_sql(self) -> Search:
        """As the repository asks."""
        return Search(
            actor_id=local_id(self.user_id, "User", "user_id") if self.user_id else None,
            by_program=self.by_program,
            action=self.action,
            object_id=_object(self.object_id) if self.object_id else None,
            since=midnight(self.since),
            until=midnight(self.until, later=1),
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
        search: LogSearch | None = None,
    ) -> Connection[LogEntryType]:
        """A page of the log."""
        place = local_id(organization_id, "Organization", "organization_id")
        size, cursor = page_size(first), decode_cursor(after, 1)
        uow = info.context.uow
        async with uow.lock:
            rows = await page_of(
                uow,
                place,
                search.in_sql() if search else Search(),
                before=_before(cursor),
                limit=size + 1,
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
