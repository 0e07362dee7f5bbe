"""GraphQL mutations of statements."""

from __future__ import annotations

from datetime import date

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_core.money import Money
from arengo_marketplace.deliveries import service as deliveries
from arengo_marketplace.statements import service
from arengo_marketplace.statements.types import StatementPayload, StatementType


@strawberry.type
class StatementsMutation:
    """Root mutations of statements."""

    @strawberry.mutation(
        description="Record that a statement was paid, in whole or part; minor units."
    )
    @answers(StatementPayload)
    async def record_statement_payment(
        self,
        info: Info,
        id: strawberry.ID,
        amount: int,
        paid_on: date,
        currency: str = "EUR",
        reference: str = "",
        idempotency_key: str | None = None,
    ) -> StatementPayload:
        """Record a payment."""
        statement_id = local_id(id, "Statement")
        async with info.context.writing() as uow:
            await service.record_payment(
                uow,
                statement_id=statement_id,
                amount=Money(amount, currency),
                paid_on=paid_on,
                reference=reference,
                idempotency_key=idempotency_key,
            )
            row = await service.statement_of(uow, statement_id)
            return StatementPayload(statement=StatementType.of(await service.standing_of(uow, row)))

    @strawberry.mutation(description="Have a statement sent once more to the member's people.")
    @answers(StatementPayload)
    async def send_statement_again(self, info: Info, id: strawberry.ID) -> StatementPayload:
        """Send it again."""
        async with info.context.writing() as uow:
            row = await deliveries.send_again(uow, statement_id=local_id(id, "Statement"))
            return StatementPayload(statement=StatementType.of(await service.standing_of(uow, row)))
