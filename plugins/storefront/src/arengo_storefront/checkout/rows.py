"""Pure mapping from a draft to the rows of an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_core.organizations.models import Organization
from arengo_storefront.carts.models import Cart
from arengo_storefront.carts.views import CartLineView
from arengo_storefront.checkout.draft import Draft
from arengo_storefront.checkout.paying import COUNTER, Due, Part
from arengo_storefront.orders.models import MerchantOrder, Order
from arengo_storefront.orders.states import Exemption, MerchantOrderState, OrderState

FORGOTTEN = dict.fromkeys(
    ("name", "email", "phone", "street", "postcode", "city", "istat_code", "note"), ""
)
"""What a cart no longer holds once it became an order."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """The id and number of a merchant order to be made."""

    id: UUID
    number: str


@dataclass(frozen=True, slots=True)
class Made:
    """Everything that the rows are made of."""

    cart: Cart
    draft: Draft
    order_id: UUID
    number: str
    numbered: dict[UUID, Numbered]
    method: str
    locale: str
    payment_id: UUID | None
    reserved_until: datetime | None
    moment: datetime

    @property
    def at_counter(self) -> bool:
        """Whether the order is confirmed at once."""
        return self.method == COUNTER


def number_parts(draft: Draft, number: str) -> dict[UUID, Numbered]:
    """Ids and numbers of the merchant orders, by merchant."""
    return {
        part.shop.merchant_id: Numbered(new_id(), f"{number}-{position}")
        for position, part in enumerate(draft.parts, 1)
    }


def _label(shop: str, number: str) -> str:
    """What the shopper reads on the payment page, and the merchant beside the money."""
    return f"{shop}, {number}"


def due_for(
    cart: Cart,
    draft: Draft,
    numbered: dict[UUID, Numbered],
    order_id: UUID,
    method: str,
    locale: str,
) -> Due:
    """What is to be paid for a new order."""
    return Due(
        order_id=order_id,
        consortium_id=draft.consortium_id,
        method=method,
        attempt=1,
        amount=draft.total,
        parts=tuple(
            Part(
                part.shop.merchant_id,
                numbered[part.shop.merchant_id].id,
                part.total,
                _label(part.shop.name, numbered[part.shop.merchant_id].number),
            )
            for part in draft.parts
        ),
        locale=locale,
        email=cart.email,
    )


def due_again(order: Order, parts: list[MerchantOrder]) -> Due:
    """What is to be paid for an order whose payment ended."""
    return Due(
        order_id=order.id,
        consortium_id=order.consortium_id,
        method=order.method,
        attempt=order.attempt,
        amount=Money(order.total, order.currency),
        parts=tuple(
            Part(part.organization_id, part.id, part.total_money, _label(part.seller, part.number))
            for part in parts
        ),
        locale=order.locale,
        email=order.email,
    )


def link_row(made: Made, secret_digest: bytes) -> dict[str, Any]:
    """The row that leads from the secret link to the order."""
    return {
        "order_id": made.order_id,
        "digest": secret_digest,
        "number": made.number,
        "consortium_id": made.draft.consortium_id,
        "merchants": made.draft.merchants,
        "reserved_until": made.reserved_until,
    }


def _shopper(cart: Cart) -> dict[str, str]:
    return {
        "email": cart.email,
        "phone": cart.phone,
        "street": cart.street,
        "postcode": cart.postcode,
        "city": cart.city,
        "istat_code": cart.istat_code,
    }


def order_row(made: Made) -> dict[str, Any]:
    """The shopper's order."""
    total, delivery = made.draft.total, made.draft.delivery
    return {
        "id": made.order_id,
        "organization_id": made.order_id,
        "consortium_id": made.draft.consortium_id,
        "number": made.number,
        "state": OrderState.CONFIRMED if made.at_counter else OrderState.PENDING,
        "method": made.method,
        "locale": made.locale,
        "currency": total.currency,
        "goods_total": total.amount - delivery.amount,
        "delivery_total": delivery.amount,
        "total": total.amount,
        "name": made.cart.name,
        **_shopper(made.cart),
        "merchants": made.draft.merchants,
        "payment_id": made.payment_id,
        "attempt": 1,
        "placed_at": made.moment,
        "confirmed_at": made.moment if made.at_counter else None,
        "reserved_until": made.reserved_until,
    }


def address_of(seller: Organization) -> str:
    """A seller's address in one line."""
    town = f"{seller.postcode} {seller.city}".strip()
    return ", ".join(part for part in (seller.street, town) if part)


def merchant_order_rows(made: Made) -> list[dict[str, Any]]:
    """One row for each shop."""
    return [
        {
            "id": made.numbered[part.shop.merchant_id].id,
            "organization_id": part.shop.merchant_id,
            "order_id": made.order_id,
            "consortium_id": made.draft.consortium_id,
            "number": made.numbered[part.shop.merchant_id].number,
            "state": MerchantOrderState.PLACED if made.at_counter else MerchantOrderState.PENDING,
            "method": made.method,
            "locale": made.locale,
            "seller": part.seller.name,
            "seller_vat_number": part.seller.vat_number or "",
            "seller_address": address_of(part.seller),
            "shop_slug": part.shop.slug,
            "currency": part.total.currency,
            "goods_total": part.shop.total.amount,
            "delivery_total": part.chosen.way.price.amount,
            "total": part.total.amount,
            "refunded": 0,
            "weight_grams": part.shop.weight_grams,
            "delivery_way": part.chosen.way.kind.value,
            "delivery_option": part.chosen.way.key,
            "delivery_title": part.chosen.way.title,
            "point_id": part.chosen.point.id if part.chosen.point else None,
            "point": _point(part.chosen.point.name, part.chosen.point.address)
            if part.chosen.point
            else "",
            "recipient": made.cart.name,
            **_shopper(made.cart),
            "note": made.cart.note,
            "payment_id": made.payment_id,
            "placed_at": made.moment,
        }
        for part in made.draft.parts
    ]


def _point(name: str, address: str) -> str:
    return f"{name}, {address}" if address else name


def line_rows(made: Made) -> list[dict[str, Any]]:
    """The lines of all merchant orders, with today's names, prices and VAT rates."""
    return [
        {
            "id": new_id(),
            "organization_id": part.shop.merchant_id,
            "order_id": made.order_id,
            "merchant_order_id": made.numbered[part.shop.merchant_id].id,
            "position": position,
            **_frozen(line),
        }
        for part in made.draft.parts
        for position, line in enumerate(part.shop.lines)
    ]


def _frozen(line: CartLineView) -> dict[str, Any]:
    goods = line.goods
    return {
        "product_id": goods.product_id,
        "variant_id": goods.variant_id,
        "product_slug": goods.product_slug,
        "name_it": _joined(goods.product_name_it, goods.variant_name_it),
        "name_en": _joined(goods.product_name_en, goods.variant_name_en),
        "sku": goods.sku,
        "quantity": line.quantity,
        "returned": 0,
        "unit_price": goods.price,
        "currency": goods.currency,
        "vat_rate": goods.vat_rate,
        "exemption": _exemption(goods.perishable, goods.made_to_order),
    }


def _joined(product: str, variant: str) -> str:
    return f"{product}, {variant}" if product and variant else product


def _exemption(perishable: bool, made_to_order: bool) -> str:
    if perishable:
        return Exemption.PERISHABLE
    return Exemption.MADE_TO_ORDER if made_to_order else Exemption.NONE
