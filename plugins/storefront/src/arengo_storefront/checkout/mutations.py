"""GraphQL mutations of the checkout."""

from __future__ import annotations

from uuid import UUID

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import Payload, answers
from arengo_core.api.scalars import MoneyType, local_id
from arengo_core.errors import UnavailableError
from arengo_core.host import Host
from arengo_storefront.carts import service as carts
from arengo_storefront.carts.types import CartType, money, opened
from arengo_storefront.checkout import paying, service
from arengo_storefront.checkout.draft import draft_of
from arengo_storefront.checkout.ways import Choice
from arengo_storefront.orders import service as orders


@strawberry.input(description="Who buys; the address is needed where a courier comes.")
class ContactInput:
    """Who buys, and where to."""

    name: str
    email: str
    phone: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    istat_code: str = strawberry.field(
        default="", description="ISTAT code of the municipality: it decides the courier's price."
    )
    note: str = strawberry.field(default="", description="A word to the shops.")


@strawberry.input(description="How the goods of one shop travel.")
class DeliveryChoice:
    """A choice of `CartShop.deliveryOptions`."""

    merchant_id: strawberry.ID
    key: str
    point_id: strawberry.ID | None = None


@strawberry.type
class CheckoutPayload(Payload):
    """The cart with what is to be paid, delivery included, and the ways to pay."""

    cart: CartType | None = None
    delivery: MoneyType | None = None
    total: MoneyType | None = None
    payment_methods: list[str] = strawberry.field(
        default_factory=list[str], description="Ways to pay for it: `card`, `counter`."
    )


@strawberry.type
class PlacedPayload(Payload):
    """The order that was placed; ``payment_url`` leads to the gateway's page."""

    number: str | None = None
    secret: str | None = None
    total: MoneyType | None = None
    payment_url: str | None = None


@strawberry.type
class PayPayload(Payload):
    """Where to pay."""

    payment_url: str | None = None


async def _open(host: Host, payment_id: UUID | None) -> str | None:
    """The hosted page; None where the gateway does not answer now: `payOrder` asks again."""
    if payment_id is None:
        return None
    try:
        return await paying.open_page(host, payment_id)
    except UnavailableError:
        return None


@strawberry.type
class CheckoutMutation:
    """Root mutations of the checkout."""

    @strawberry.mutation(
        description="Say who buys and how the goods travel; answers what is to be paid."
    )
    @answers(CheckoutPayload)
    async def set_checkout(
        self,
        info: Info,
        cart: str,
        contact: ContactInput | None = None,
        delivery: list[DeliveryChoice] | None = None,
    ) -> CheckoutPayload:
        """Keep contact and delivery."""
        host, cart_id = info.context.host, opened(info.context.host, cart)
        async with info.context.writing() as uow:
            view = await carts.show(uow, await carts.reach_open(uow, cart_id))
            if contact is not None:
                service.keep_contact(view.cart, vars(contact))
            if delivery:
                choices = {
                    local_id(choice.merchant_id, "Organization", "merchant_id"): Choice(
                        choice.key,
                        local_id(choice.point_id, "PickUpPoint", "point_id")
                        if choice.point_id
                        else None,
                    )
                    for choice in delivery
                }
                await service.keep_ways(host, uow, view, choices)
            draft = await draft_of(host, uow, view)
            methods = await paying.methods_of(host, uow, draft)
        return CheckoutPayload(
            cart=CartType.of(host, draft.view),
            delivery=money(draft.delivery),
            total=money(draft.total),
            payment_methods=[method.key for method in methods],
        )

    @strawberry.mutation(
        description="Order with obligation to pay. `accepted`: the conditions of sale and the"
        " privacy notices were seen. The same key, or the same cart, answers the same order."
    )
    @answers(PlacedPayload)
    async def place_order(
        self,
        info: Info,
        cart: str,
        method: str,
        accepted: bool,
        idempotency_key: str,
        expected_total: int | None = None,
    ) -> PlacedPayload:
        """Place the order."""
        host = info.context.host
        async with info.context.writing() as uow:
            placed = await service.place(
                host,
                uow,
                cart_id=opened(host, cart),
                method=method,
                accepted=accepted,
                key=idempotency_key,
                expected_total=expected_total,
            )
        return PlacedPayload(
            number=placed.number,
            secret=placed.secret,
            total=money(placed.total),
            payment_url=await _open(host, placed.payment_id),
        )

    @strawberry.mutation(description="Pay an order that is not paid; answers the page to visit.")
    @answers(PayPayload)
    async def pay_order(self, info: Info, secret: str) -> PayPayload:
        """Open the payment page again, or a new attempt."""
        host = info.context.host
        async with info.context.writing() as uow:
            view = await orders.by_secret(uow, secret)
            payment_id = await service.pay(host, uow, view)
        return PayPayload(payment_url=await paying.open_page(host, payment_id))
