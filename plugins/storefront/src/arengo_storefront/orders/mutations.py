"""GraphQL mutations of orders: the shopper's, and the merchant's desk."""

from __future__ import annotations

from uuid import UUID

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_storefront.base import SERVICE
from arengo_storefront.contract import MERCHANT_ORDER_TYPE
from arengo_storefront.orders import desk, finding
from arengo_storefront.orders.types import (
    LinkSentPayload,
    MerchantOrderPayload,
    MerchantOrderType,
)


@strawberry.input(description="So many pieces of an order line.")
class LineQuantity:
    """Pieces of a line."""

    line_id: strawberry.ID
    quantity: int


@strawberry.type
class OrderMutation:
    """Root mutations of orders."""

    @strawberry.mutation(
        description="Mail the link of an order again, if number and address belong together."
    )
    @answers(LinkSentPayload)
    async def resend_order_link(self, info: Info, number: str, email: str) -> LinkSentPayload:
        """Send the link again."""
        async with info.context.writing() as uow:
            await finding.send_again(info.context.host, uow, number=number, email=email)
        return LinkSentPayload(taken=True)

    @strawberry.mutation(
        description="Begin to prepare an order.", metadata=only_with(SERVICE, finishes=True)
    )
    @answers(MerchantOrderPayload)
    async def prepare_order(
        self, info: Info, organization_id: strawberry.ID, id: strawberry.ID
    ) -> MerchantOrderPayload:
        """Prepare."""
        keys = _keys(organization_id, id)
        async with info.context.writing() as uow:
            await desk.prepare(uow, **keys)
            return await _payload(uow, **keys)

    @strawberry.mutation(
        description="The goods are packed: shopper or courier may come.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(MerchantOrderPayload)
    async def mark_order_ready(
        self, info: Info, organization_id: strawberry.ID, id: strawberry.ID
    ) -> MerchantOrderPayload:
        """Ready."""
        keys = _keys(organization_id, id)
        async with info.context.writing() as uow:
            await desk.ready(info.context.host, uow, **keys)
            return await _payload(uow, **keys)

    @strawberry.mutation(
        description="The shopper has the goods; `received`: and has paid at the counter.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(MerchantOrderPayload)
    async def hand_over_order(
        self, info: Info, organization_id: strawberry.ID, id: strawberry.ID, received: bool = False
    ) -> MerchantOrderPayload:
        """Hand over."""
        keys = _keys(organization_id, id)
        async with info.context.writing() as uow:
            await desk.hand_over(info.context.host, uow, received=received, **keys)
            return await _payload(uow, **keys)

    @strawberry.mutation(
        description="The counter took the money of an order.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(MerchantOrderPayload)
    async def receive_payment(
        self, info: Info, organization_id: strawberry.ID, id: strawberry.ID
    ) -> MerchantOrderPayload:
        """Note money."""
        keys = _keys(organization_id, id)
        async with info.context.writing() as uow:
            await desk.receive(info.context.host, uow, **keys)
            return await _payload(uow, **keys)

    @strawberry.mutation(
        description="Cancel an order whose goods have not left: money and stock go back.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(MerchantOrderPayload)
    async def cancel_merchant_order(
        self, info: Info, organization_id: strawberry.ID, id: strawberry.ID, reason: str
    ) -> MerchantOrderPayload:
        """Cancel."""
        keys = _keys(organization_id, id)
        async with info.context.writing() as uow:
            await desk.cancel(info.context.host, uow, reason=reason, **keys)
            return await _payload(uow, **keys)

    @strawberry.mutation(
        description="Give back the price of some pieces, once a key.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(MerchantOrderPayload)
    async def refund_lines(
        self,
        info: Info,
        organization_id: strawberry.ID,
        id: strawberry.ID,
        lines: list[LineQuantity],
        idempotency_key: str,
        delivery: bool = False,
        restock: bool = False,
    ) -> MerchantOrderPayload:
        """Refund."""
        keys = _keys(organization_id, id)
        async with info.context.writing() as uow:
            await desk.refund(
                info.context.host,
                uow,
                quantities={
                    local_id(line.line_id, "OrderLine", "line_id"): line.quantity for line in lines
                },
                delivery=delivery,
                restock=restock,
                key=idempotency_key,
                **keys,
            )
            return await _payload(uow, **keys)


def _keys(organization_id: strawberry.ID, order_id: strawberry.ID) -> dict[str, UUID]:
    return {
        "merchant_id": local_id(organization_id, "Organization", "organization_id"),
        "merchant_order_id": local_id(order_id, MERCHANT_ORDER_TYPE),
    }


async def _payload(
    uow: UnitOfWork, merchant_id: UUID, merchant_order_id: UUID
) -> MerchantOrderPayload:
    view = await desk.look(uow, merchant_id, merchant_order_id)
    return MerchantOrderPayload(merchant_order=MerchantOrderType.of(view))
