"""GraphQL mutations of shops."""

from __future__ import annotations

from uuid import UUID

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_storefront.base import SERVICE
from arengo_storefront.media import images
from arengo_storefront.media import service as media
from arengo_storefront.shops import service
from arengo_storefront.shops.types import ShopInput, ShopPayload, ShopType


def _merchant(value: strawberry.ID) -> UUID:
    return local_id(value, "Organization", "organization_id")


@strawberry.type
class ShopMutation:
    """Root mutations of shops."""

    @strawberry.mutation(
        description="Open the shop of a merchant.",
        metadata=only_with(SERVICE),
    )
    @answers(ShopPayload)
    async def open_shop(
        self, info: Info, organization_id: strawberry.ID, input: ShopInput
    ) -> ShopPayload:
        """Open a shop."""
        async with info.context.writing() as uow:
            shop = await service.open_shop(
                uow,
                info.context.host,
                organization_id=_merchant(organization_id),
                details=input.details(),
            )
            return ShopPayload(shop=ShopType.of(shop))

    @strawberry.mutation(
        description="Change what a shop says of itself.", metadata=only_with(SERVICE, finishes=True)
    )
    @answers(ShopPayload)
    async def update_shop(
        self, info: Info, organization_id: strawberry.ID, input: ShopInput
    ) -> ShopPayload:
        """Change a shop."""
        async with info.context.writing() as uow:
            shop = await service.update_shop(
                uow,
                info.context.host,
                organization_id=_merchant(organization_id),
                details=input.details(),
            )
            return ShopPayload(shop=ShopType.of(shop))

    @strawberry.mutation(
        description="Pause a shop or open it again; shoppers read the notice.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(ShopPayload)
    async def set_shop_open(
        self, info: Info, organization_id: strawberry.ID, is_open: bool, notice: str = ""
    ) -> ShopPayload:
        """Pause or reopen."""
        async with info.context.writing() as uow:
            shop = await service.set_open(
                uow, organization_id=_merchant(organization_id), is_open=is_open, notice=notice
            )
            return ShopPayload(shop=ShopType.of(shop))

    @strawberry.mutation(
        description="Give a shop a host name of its own; empty takes it away.",
        metadata=only_with(SERVICE),
    )
    @answers(ShopPayload)
    async def set_shop_host(
        self, info: Info, organization_id: strawberry.ID, host: str
    ) -> ShopPayload:
        """Set the host name."""
        async with info.context.writing() as uow:
            shop = await service.set_host_name(
                uow, organization_id=_merchant(organization_id), host_name=host
            )
            return ShopPayload(shop=ShopType.of(shop))

    @strawberry.mutation(
        description="Put a photo (base64) at a shop's `banner` or `logo`; null takes it away.",
        metadata=only_with(SERVICE),
    )
    @answers(ShopPayload)
    async def set_shop_picture(
        self, info: Info, organization_id: strawberry.ID, place: str, photo: str | None = None
    ) -> ShopPayload:
        """Set banner or logo."""
        photos = [await images.prepare_base64(photo)] if photo is not None else []
        async with (
            media.written(info.context.host, *photos) as written,
            info.context.writing() as uow,
        ):
            shop = await service.set_picture(
                uow,
                organization_id=_merchant(organization_id),
                place=place,
                photo=next(iter(written), None),
            )
            return ShopPayload(shop=ShopType.of(shop))
