"""GraphQL mutations on messages."""

from __future__ import annotations

import strawberry

from arengo_communications.messages import service
from arengo_communications.messages.types import SendAgainPayload
from arengo_communications.offering import SERVICE_KEY
from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id


@strawberry.type
class MessagesMutation:
    """Root mutations on messages."""

    @strawberry.mutation(
        description="Try again what a channel refused, failed or lost.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    @answers(SendAgainPayload)
    async def send_message_again(
        self, info: Info, organization_id: strawberry.ID, message_id: strawberry.ID
    ) -> SendAgainPayload:
        """Send a stuck message again."""
        async with info.context.writing() as uow:
            await service.send_again(
                uow,
                organization_id=local_id(organization_id, "Organization", "organization_id"),
                message_id=local_id(message_id, "Message", "message_id"),
            )
        return SendAgainPayload(done=True)
