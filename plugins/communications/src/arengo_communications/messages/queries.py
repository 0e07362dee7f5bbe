"""GraphQL queries on messages."""

from __future__ import annotations

from uuid import UUID

import strawberry

from arengo_communications.messages import service
from arengo_communications.messages.types import MessageType
from arengo_communications.offering import SERVICE_KEY
from arengo_core.api.connection import (
    Connection,
    connection_of,
    decode_cursor,
    encode_cursor,
    page_size,
)
from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.scalars import local_id


def after_id(cursor: str | None) -> UUID | None:
    """The row that a cursor of one id stands after."""
    values = decode_cursor(cursor, 1)
    return UUID(values[0]) if values else None


@strawberry.type
class MessagesQuery:
    """Root queries on messages."""

    @strawberry.field(
        description="Messages that an organization sent, newest first.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    async def messages(
        self,
        info: Info,
        organization_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[MessageType]:
        """The log of sent messages."""
        size = page_size(first)
        uow = info.context.uow
        async with uow.lock:
            rows = await service.sent_messages(
                uow,
                local_id(organization_id, "Organization", "organization_id"),
                size=size,
                after=after_id(after),
            )
        return connection_of(
            [MessageType.of(row, dispatches) for row, dispatches in rows],
            [encode_cursor(str(row.id)) for row, _ in rows],
            size,
        )
