"""GraphQL of feedback."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_core.feedback import service
from arengo_core.identity.graphql import DonePayload


@strawberry.type
class FeedbackMutation:
    """Feedback's root mutation."""

    @strawberry.mutation(description="Write to a consortium's office about this site.")
    @answers(DonePayload)
    async def send_feedback(
        self,
        info: Info,
        text: str,
        reply_to: str = "",
        page: str = "",
        consortium_id: strawberry.ID | None = None,
    ) -> DonePayload:
        """Send feedback; the consortium may be left out where there is only one."""
        chosen = local_id(consortium_id, "Organization", "consortium_id") if consortium_id else None
        async with info.context.writing() as uow:
            await service.send(uow, text=text, reply_to=reply_to, page=page, consortium_id=chosen)
        return DonePayload(done=True)
