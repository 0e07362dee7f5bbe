"""GraphQL mutations of statements."""

from __future__ import annotations

from datetime import date

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.money import Money
from arengo_marketplace.deliveries import service as deliveries
from arengo_marketplace.statements import online, payments, service
from arengo_marketplace.statements.models import Statement
from arengo_marketplace.statements.types import (
    OnlinePaymentType,
    PayStatementOnlinePayload,
    StatementPayload,
    StatementType,
)


async def payload_of(uow: UnitOfWork, statement: Statement) -> StatementPayload:
    """A statement as mutations answer it."""
    standing = await service.standing_of(uow, statement)
    return StatementPayload(statement=StatementType.of(standing))


@strawberry.type
class StatementsMutation:
    """Root mutations of statements."""

    @strawberry.mutation(
        description="Record that a statement was paid, in whole or part; minor units. `overpaid`"
        " says that more than is open came in: the rest is the member's credit."
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
        overpaid: bool = False,
        idempotency_key: str | None = None,
    ) -> StatementPayload:
        """Record a payment."""
        statement_id = local_id(id, "Statement")
        async with info.context.writing() as uow:
            await payments.record(
                uow,
                statement_id=statement_id,
                amount=Money(amount, currency),
                paid_on=paid_on,
                reference=reference,
                is_over=overpaid,
                idempotency_key=idempotency_key,
            )
            return await payload_of(uow, await service.statement_of(uow, statement_id))

    @strawberry.mutation(
        description="Take a wrongly recorded payment back, by one of the opposite amount."
    )
    @answers(StatementPayload)
    async def take_statement_payment_back(
        self, info: Info, id: strawberry.ID, reason: str
    ) -> StatementPayload:
        """Take it back."""
        async with info.context.writing() as uow:
            made = await payments.take_back(
                uow, payment_id=local_id(id, "StatementPayment"), reason=reason
            )
            return await payload_of(uow, await service.statement_of(uow, made.statement_id))

    @strawberry.mutation(description="Pay a statement with what its member is to be given back.")
    @answers(StatementPayload)
    async def use_statement_credits(self, info: Info, id: strawberry.ID) -> StatementPayload:
        """Use the credit."""
        async with info.context.writing() as uow:
            return await payload_of(
                uow, await payments.use_credits(uow, statement_id=local_id(id, "Statement"))
            )

    @strawberry.mutation(
        description="Open the payments service's page on which all that is open of a statement is"
        " paid; the page that is open already is given again. For the member's leaders."
    )
    @answers(PayStatementOnlinePayload)
    async def pay_statement_online(
        self, info: Info, id: strawberry.ID, idempotency_key: str
    ) -> PayStatementOnlinePayload:
        """Pay online."""
        payment = await online.begin(
            info.context.host,
            info.context.caller.writing,
            statement_id=local_id(id, "Statement"),
            idempotency_key=idempotency_key,
        )
        return PayStatementOnlinePayload(payment=OnlinePaymentType.of(payment))

    @strawberry.mutation(description="Have a statement sent once more to the member's people.")
    @answers(StatementPayload)
    async def send_statement_again(self, info: Info, id: strawberry.ID) -> StatementPayload:
        """Send it again."""
        async with info.context.writing() as uow:
            return await payload_of(
                uow, await deliveries.send_again(uow, statement_id=local_id(id, "Statement"))
            )
