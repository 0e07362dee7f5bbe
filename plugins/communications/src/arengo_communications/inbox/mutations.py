"""GraphQL mutations on the inbox."""

from __future__ import annotations

import strawberry

from arengo_communications.inbox import service
from arengo_communications.inbox.types import InboxItemPayload, InboxItemType
from arengo_communications.offering import SERVICE_KEY
from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id


@strawberry.type
class InboxMutation:
    """Root mutations on the inbox."""

    @strawberry.mutation(
        description="Mark a message as read or unread.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    @answers(InboxItemPayload)
    async def mark_inbox_item(
        self, info: Info, organization_id: strawberry.ID, id: strawberry.ID, read: bool
    ) -> InboxItemPayload:
        """Mark a message."""
        async with info.context.writing() as uow:
            row = await service.mark(
                uow,
                organization_id=local_id(organization_id, "Organization", "organization_id"),
                item_id=local_id(id, "InboxItem"),
                read=read,
            )
        return InboxItemPayload(item=InboxItemType.of(row))
