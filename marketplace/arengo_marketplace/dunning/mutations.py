"""GraphQL mutations of dunning."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_marketplace.dunning import service
from arengo_marketplace.statements.mutations import payload_of
from arengo_marketplace.statements.types import StatementPayload


@strawberry.type
class DunningMutation:
    """Root mutations of dunning."""

    @strawberry.mutation(
        description="Say why a statement of one's own is not right; its reminders rest until the"
        " office answers."
    )
    @answers(StatementPayload)
    async def dispute_statement(
        self, info: Info, id: strawberry.ID, reason: str
    ) -> StatementPayload:
        """Dispute it."""
        async with info.context.writing() as uow:
            return await payload_of(
                uow,
                await service.dispute(uow, statement_id=local_id(id, "Statement"), reason=reason),
            )

    @strawberry.mutation(description="Let the reminders of a statement rest, for a reason.")
    @answers(StatementPayload)
    async def pause_reminders(self, info: Info, id: strawberry.ID, reason: str) -> StatementPayload:
        """Pause them."""
        async with info.context.writing() as uow:
            return await payload_of(
                uow, await service.pause(uow, statement_id=local_id(id, "Statement"), reason=reason)
            )

    @strawberry.mutation(
        description="Answer a dispute, or end a pause: reminders of the statement go on."
    )
    @answers(StatementPayload)
    async def resume_reminders(
        self, info: Info, id: strawberry.ID, answer: str = ""
    ) -> StatementPayload:
        """Resume them."""
        async with info.context.writing() as uow:
            return await payload_of(
                uow,
                await service.resume(uow, statement_id=local_id(id, "Statement"), answer=answer),
            )
