"""GraphQL mutations of carts."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_storefront.carts import service
from arengo_storefront.carts.types import CartPayload, CartType, opened


@strawberry.type
class CartMutation:
    """Root mutations of carts."""

    @strawberry.mutation(description="A new, empty cart; its secret opens it.")
    @answers(CartPayload)
    async def create_cart(self, info: Info) -> CartPayload:
        """Make a cart."""
        host = info.context.host
        async with info.context.writing() as uow:
            cart = service.blank(await service.create(uow))
        return CartPayload(cart=CartType.of(host, cart))

    @strawberry.mutation(description="Put pieces of a variant into a cart.")
    @answers(CartPayload)
    async def add_to_cart(
        self, info: Info, cart: str, variant_id: strawberry.ID, quantity: int = 1
    ) -> CartPayload:
        """Add to a cart."""
        host = info.context.host
        async with info.context.writing() as uow:
            view = await service.add(
                uow,
                cart_id=opened(host, cart),
                variant_id=local_id(variant_id, "Variant", "variant_id"),
                quantity=quantity,
            )
        return CartPayload(cart=CartType.of(host, view))

    @strawberry.mutation(description="Change how many pieces of a variant; 0 takes it out.")
    @answers(CartPayload)
    async def update_cart_line(
        self, info: Info, cart: str, variant_id: strawberry.ID, quantity: int
    ) -> CartPayload:
        """Change a line."""
        host = info.context.host
        async with info.context.writing() as uow:
            view = await service.set_quantity(
                uow,
                cart_id=opened(host, cart),
                variant_id=local_id(variant_id, "Variant", "variant_id"),
                quantity=quantity,
            )
        return CartPayload(cart=CartType.of(host, view))

    @strawberry.mutation(description="Take a variant out of a cart.")
    @answers(CartPayload)
    async def remove_cart_line(
        self, info: Info, cart: str, variant_id: strawberry.ID
    ) -> CartPayload:
        """Remove a line."""
        host = info.context.host
        async with info.context.writing() as uow:
            view = await service.set_quantity(
                uow,
                cart_id=opened(host, cart),
                variant_id=local_id(variant_id, "Variant", "variant_id"),
                quantity=0,
            )
        return CartPayload(cart=CartType.of(host, view))
