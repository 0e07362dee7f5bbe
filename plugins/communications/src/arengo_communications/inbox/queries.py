"""GraphQL queries on the inbox."""

from __future__ import annotations

import strawberry

from arengo_communications.inbox import repository, service
from arengo_communications.inbox.types import InboxItemType
from arengo_communications.messages.queries import after_id
from arengo_communications.offering import SERVICE_KEY
from arengo_core.api.connection import Connection, connection_of, encode_cursor, page_size
from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.scalars import local_id


@strawberry.type
class InboxQuery:
    """Root queries on the inbox."""

    @strawberry.field(
        description="An organization's inbox, newest first.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    async def inbox(
        self,
        info: Info,
        organization_id: strawberry.ID,
        unread: bool = False,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[InboxItemType]:
        """The messages that came."""
        size = page_size(first)
        uow = info.context.uow
        async with uow.lock:
            rows = await service.items(
                uow,
                local_id(organization_id, "Organization", "organization_id"),
                size=size,
                after=after_id(after),
                unread=unread,
            )
        return connection_of(
            [InboxItemType.of(row) for row in rows],
            [encode_cursor(str(row.id)) for row in rows],
            size,
        )

    @strawberry.field(
        description="One message of an organization's inbox.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    async def inbox_item(
        self, info: Info, organization_id: strawberry.ID, id: strawberry.ID
    ) -> InboxItemType:
        """A message, left unread."""
        uow = info.context.uow
        async with uow.lock:
            row = await service.item(
                uow,
                local_id(organization_id, "Organization", "organization_id"),
                local_id(id, "InboxItem"),
            )
        return InboxItemType.of(row)

    @strawberry.field(
        description="How many messages of an inbox nobody has read.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    async def unread_count(self, info: Info, organization_id: strawberry.ID) -> int:
        """The number of unread messages."""
        place = local_id(organization_id, "Organization", "organization_id")
        uow = info.context.uow
        async with uow.lock:
            await service.enter(uow, place)
            return await repository.count_unread(uow.session, place)
