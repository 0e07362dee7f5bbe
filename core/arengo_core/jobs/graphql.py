"""GraphQL of dead letters."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.errors import NotFoundError
from arengo_core.jobs import service
from arengo_core.jobs.types import DeadLetterPayload, DeadLetterType


@strawberry.type
class DeadLetterQuery:
    """Root query of dead letters."""

    @strawberry.field(
        description="Jobs and events' deliveries that gave up, the oldest first, at most 500;"
        " for consortium officers."
    )
    async def dead_letters(self, info: Info) -> list[DeadLetterType]:
        """What gave up."""
        uow = info.context.uow
        async with uow.lock:
            found = await service.dead_letters(uow, info.context.host)
        return [DeadLetterType.of(letter) for letter in found]


def _number(given: str) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise NotFoundError("This is not held any more.")
    return int(given)


@strawberry.type
class DeadLetterMutation:
    """Root mutations of dead letters."""

    @strawberry.mutation(description="Start what gave up again, with all its attempts.")
    @answers(DeadLetterPayload)
    async def replay_dead_letter(self, info: Info, id: strawberry.ID) -> DeadLetterPayload:
        """Replay."""
        async with info.context.writing() as uow:
            letter = await service.replay(uow, info.context.host, _number(id))
        return DeadLetterPayload(dead_letter=DeadLetterType.of(letter))

    @strawberry.mutation(
        description="Give up for good: a job is not done, an event passed over by its handler."
    )
    @answers(DeadLetterPayload)
    async def discard_dead_letter(self, info: Info, id: strawberry.ID) -> DeadLetterPayload:
        """Discard."""
        async with info.context.writing() as uow:
            letter = await service.discard(uow, info.context.host, _number(id))
        return DeadLetterPayload(dead_letter=DeadLetterType.of(letter))
