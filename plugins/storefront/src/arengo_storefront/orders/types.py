"""GraphQL types of orders."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry

from arengo_core.api.payload import Payload
from arengo_core.api.scalars import MoneyType, global_id
from arengo_core.i18n import gettext as _
from arengo_storefront.checkout.pricing import VatPart
from arengo_storefront.contract import MERCHANT_ORDER_TYPE, ORDER_TYPE
from arengo_storefront.orders.models import OrderLine
from arengo_storefront.orders.views import MerchantOrderView, OrderView, line_name


@strawberry.type(description="The VAT in an amount, at one rate.")
class VatAmount:
    """GraphQL face of a VAT part."""

    rate: int = strawberry.field(description="Per cent.")
    gross: MoneyType
    vat: MoneyType

    @classmethod
    def of(cls, part: VatPart) -> VatAmount:
        """From the domain's."""
        return cls(
            rate=part.rate,
            gross=MoneyType.of(part.gross),
            vat=MoneyType.of(part.vat),
        )


@strawberry.type(name="OrderLine", description="What was ordered, as it was then.")
class OrderLineType:
    """GraphQL face of an order line."""

    id: strawberry.ID
    product_id: strawberry.ID
    variant_id: strawberry.ID
    name: str
    sku: str
    quantity: int
    returned: int = strawberry.field(description="Pieces given back or refunded.")
    unit_price: MoneyType = strawberry.field(description="VAT included.")
    vat_rate: int = strawberry.field(description="Per cent.")
    exemption: str = strawberry.field(
        description="Why it cannot be withdrawn from: `perishable`, `made_to_order` or empty."
    )

    @classmethod
    def of(cls, line: OrderLine) -> OrderLineType:
        """From its row."""
        return cls(
            id=global_id("OrderLine", line.id),
            product_id=global_id("Product", line.product_id),
            variant_id=global_id("Variant", line.variant_id),
            name=line_name(line),
            sku=line.sku,
            quantity=line.quantity,
            returned=line.returned,
            unit_price=MoneyType.cents(line.unit_price, line.currency),
            vat_rate=line.vat_rate,
            exemption=line.exemption,
        )


@strawberry.type(name=MERCHANT_ORDER_TYPE, description="One merchant's part of an order.")
class MerchantOrderType:
    """GraphQL face of a merchant order; ``merchant_id`` and ``local_id`` are for extenders."""

    local_id: strawberry.Private[UUID]
    merchant_id: strawberry.Private[UUID]
    id: strawberry.ID
    number: str
    state: str = strawberry.field(
        description="`pending`, `placed`, `preparing`, `ready`, `shipped`, `handed_over`,"
        " `cancelled`."
    )
    seller: str
    seller_vat_number: str
    recipient: str
    delivery_way: str = strawberry.field(description="`shop`, `courier` or `pick_up`.")
    delivery_title: str
    total: MoneyType = strawberry.field(description="Delivery and VAT included.")
    refunded: MoneyType
    is_paid: bool
    placed_at: datetime
    vat: list[VatAmount]
    lines: list[OrderLineType]

    @classmethod
    def of(cls, view: MerchantOrderView) -> MerchantOrderType:
        """From its view."""
        row = view.row
        return cls(
            local_id=row.id,
            merchant_id=row.organization_id,
            id=global_id(MERCHANT_ORDER_TYPE, row.id),
            number=row.number,
            state=row.state,
            seller=row.seller,
            seller_vat_number=row.seller_vat_number,
            recipient=row.recipient,
            delivery_way=row.delivery_way,
            delivery_title=_(row.delivery_title),
            total=MoneyType.of(view.total),
            refunded=MoneyType.cents(row.refunded, row.currency),
            is_paid=row.paid_at is not None,
            placed_at=row.placed_at,
            vat=[VatAmount.of(part) for part in view.vat],
            lines=[OrderLineType.of(line) for line in view.lines],
        )


@strawberry.type(name=ORDER_TYPE, description="What a shopper ordered and pays at once.")
class OrderType:
    """GraphQL face of an order."""

    local_id: strawberry.Private[UUID]
    id: strawberry.ID
    number: str
    state: str = strawberry.field(description="`pending`, `unpaid`, `confirmed`, `cancelled`.")
    method: str
    total: MoneyType = strawberry.field(description="Delivery and VAT included.")
    is_paid: bool
    may_withdraw: bool
    placed_at: datetime
    merchant_orders: list[MerchantOrderType]

    @classmethod
    def of(cls, view: OrderView) -> OrderType:
        """From its view."""
        row = view.row
        return cls(
            local_id=row.id,
            id=global_id(ORDER_TYPE, row.id),
            number=row.number,
            state=row.state,
            method=row.method,
            total=MoneyType.of(view.total),
            is_paid=row.paid_at is not None,
            may_withdraw=view.may_withdraw,
            placed_at=row.placed_at,
            merchant_orders=[MerchantOrderType.of(part) for part in view.parts],
        )


@strawberry.type
class OrderPayload(Payload):
    """An order after a change."""

    order: OrderType | None = None


@strawberry.type
class MerchantOrderPayload(Payload):
    """A merchant order after a change."""

    merchant_order: MerchantOrderType | None = None


@strawberry.type
class LinkSentPayload(Payload):
    """That the request was taken; whether a mail left is for the address to see."""

    taken: bool = False
