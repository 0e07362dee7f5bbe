"""GraphQL queries of carts."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.errors import NotFoundError
from arengo_storefront.carts import service
from arengo_storefront.carts.types import CartType, opened


@strawberry.type
class CartQuery:
    """Root queries of carts."""

    @strawberry.field(description="A cart by its secret; null when it was cleared away.")
    async def cart(self, info: Info, secret: str) -> CartType | None:
        """A cart."""
        host, uow = info.context.host, info.context.uow
        try:
            async with uow.lock:
                cart_id = opened(host, secret)
                async with uow.widened([cart_id]):
                    view = await service.show(uow, await service.reach(uow, cart_id))
        except NotFoundError:
            return None
        return CartType.of(host, view)
