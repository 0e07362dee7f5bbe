"""GraphQL mutations of withdrawal."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.payload import Payload, answers
from arengo_core.api.scalars import MoneyType, global_id, local_id
from arengo_storefront.base import SERVICE
from arengo_storefront.orders import service as orders
from arengo_storefront.orders.mutations import LineQuantity
from arengo_storefront.orders.types import OrderPayload, OrderType
from arengo_storefront.withdrawal import service
from arengo_storefront.withdrawal.models import ReturnCase


@strawberry.type(name="ReturnCase", description="A shopper's withdrawal from a merchant order.")
class ReturnCaseType:
    """GraphQL face of a return case."""

    id: strawberry.ID
    merchant_order_id: strawberry.ID
    state: str = strawberry.field(description="`declared` or `settled`.")
    amount: MoneyType

    @classmethod
    def of(cls, row: ReturnCase) -> ReturnCaseType:
        """From its row."""
        return cls(
            id=global_id("ReturnCase", row.id),
            merchant_order_id=global_id("MerchantOrder", row.merchant_order_id),
            state=row.state,
            amount=MoneyType.cents(row.amount, row.currency),
        )


@strawberry.type
class WithdrawalPayload(OrderPayload):
    """The order after a withdrawal, and the cases that it opened."""

    cases: list[ReturnCaseType] = strawberry.field(default_factory=list[ReturnCaseType])


@strawberry.type
class ReturnPayload(Payload):
    """A return case after a change."""

    case: ReturnCaseType | None = None


@strawberry.type
class WithdrawalMutation:
    """Root mutations of withdrawal."""

    @strawberry.mutation(
        description="Withdraw from the contract for some pieces (art. 54-bis Codice del consumo);"
        " the receipt goes to `email` at once."
    )
    @answers(WithdrawalPayload)
    async def withdraw_from_order(
        self, info: Info, secret: str, lines: list[LineQuantity], name: str, email: str
    ) -> WithdrawalPayload:
        """Declare a withdrawal."""
        async with info.context.writing() as uow:
            view = await orders.by_secret(uow, secret)
            cases = await service.declare(
                info.context.host,
                uow,
                view,
                quantities={
                    local_id(line.line_id, "OrderLine", "line_id"): line.quantity for line in lines
                },
                name=name,
                email=email,
            )
            after = await orders.by_secret(uow, secret)
        return WithdrawalPayload(
            order=OrderType.of(after), cases=[ReturnCaseType.of(case) for case in cases]
        )

    @strawberry.mutation(
        description="The goods are back: pay back, and restock if they are sound.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(ReturnPayload)
    async def settle_return(
        self,
        info: Info,
        organization_id: strawberry.ID,
        id: strawberry.ID,
        restock: bool = False,
    ) -> ReturnPayload:
        """Settle a return."""
        async with info.context.writing() as uow:
            case = await service.settle(
                info.context.host,
                uow,
                merchant_id=local_id(organization_id, "Organization", "organization_id"),
                case_id=local_id(id, "ReturnCase"),
                restock=restock,
            )
        return ReturnPayload(case=ReturnCaseType.of(case))
