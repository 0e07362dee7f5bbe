"""GraphQL mutations of the catalogue."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_storefront.base import SERVICE
from arengo_storefront.catalogue import categories, service
from arengo_storefront.catalogue.categories import CategoryDetails
from arengo_storefront.catalogue.types import (
    CategoryInput,
    CategoryPayload,
    CategoryType,
    ProductInput,
    ProductPayload,
    own_product,
)
from arengo_storefront.media import images
from arengo_storefront.media import service as media


@strawberry.type
class CatalogueMutation:
    """Root mutations of products and categories."""

    @strawberry.mutation(
        description="Keep a new product as a draft.",
        metadata=only_with(SERVICE),
    )
    @answers(ProductPayload)
    async def create_product(
        self,
        info: Info,
        organization_id: strawberry.ID,
        input: ProductInput,
        idempotency_key: str | None = None,
    ) -> ProductPayload:
        """Create a product."""
        async with info.context.writing() as uow:
            product = await service.create_product(
                uow,
                organization_id=local_id(organization_id, "Organization", "organization_id"),
                draft=input.draft(),
                key=idempotency_key,
            )
            return ProductPayload(product=await own_product(uow, product))

    @strawberry.mutation(
        description="Change a product; a published one is shown changed at once.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(ProductPayload)
    async def update_product(
        self, info: Info, id: strawberry.ID, input: ProductInput
    ) -> ProductPayload:
        """Change a product."""
        async with info.context.writing() as uow:
            product = await service.update_product(
                uow, product_id=local_id(id, "Product"), draft=input.draft()
            )
            return ProductPayload(product=await own_product(uow, product))

    @strawberry.mutation(
        description="Show a product in the market.",
        metadata=only_with(SERVICE),
    )
    @answers(ProductPayload)
    async def publish_product(self, info: Info, id: strawberry.ID) -> ProductPayload:
        """Publish a product."""
        async with info.context.writing() as uow:
            product = await service.publish_product(uow, product_id=local_id(id, "Product"))
            return ProductPayload(product=await own_product(uow, product))

    @strawberry.mutation(
        description="Take a product out of the market.", metadata=only_with(SERVICE, finishes=True)
    )
    @answers(ProductPayload)
    async def withdraw_product(self, info: Info, id: strawberry.ID) -> ProductPayload:
        """Withdraw a product."""
        async with info.context.writing() as uow:
            product = await service.withdraw_product(uow, product_id=local_id(id, "Product"))
            return ProductPayload(product=await own_product(uow, product))

    @strawberry.mutation(
        description="Note how many pieces of a variant were counted.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(ProductPayload)
    async def set_stock(
        self, info: Info, variant_id: strawberry.ID, quantity: int
    ) -> ProductPayload:
        """Set the stock."""
        async with info.context.writing() as uow:
            product = await service.set_stock(
                uow, variant_id=local_id(variant_id, "Variant", "variant_id"), quantity=quantity
            )
            return ProductPayload(product=await own_product(uow, product))

    @strawberry.mutation(
        description="Put a photo (base64: JPEG, PNG or WebP) on a product.",
        metadata=only_with(SERVICE),
    )
    @answers(ProductPayload)
    async def upload_picture(
        self,
        info: Info,
        product_id: strawberry.ID,
        photo: str,
        alt_it: str = "",
        alt_en: str = "",
    ) -> ProductPayload:
        """Add a photo."""
        prepared = await images.prepare_base64(photo)
        key = local_id(product_id, "Product", "product_id")
        async with (
            media.written(info.context.host, prepared) as written,
            info.context.writing() as uow,
        ):
            await service.add_picture(
                uow, product_id=key, photo=written[0], alt_it=alt_it, alt_en=alt_en
            )
            product = await service.owned_product(uow, key)
            return ProductPayload(product=await own_product(uow, product))

    @strawberry.mutation(
        description="Take a photo off a product.", metadata=only_with(SERVICE, finishes=True)
    )
    @answers(ProductPayload)
    async def remove_picture(
        self, info: Info, product_id: strawberry.ID, picture_id: strawberry.ID
    ) -> ProductPayload:
        """Remove a photo."""
        async with info.context.writing() as uow:
            product = await service.remove_picture(
                uow,
                product_id=local_id(product_id, "Product", "product_id"),
                media_id=local_id(picture_id, "Picture", "picture_id"),
            )
            return ProductPayload(product=await own_product(uow, product))

    @strawberry.mutation(
        description="Let a photo be the one that lists show.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(ProductPayload)
    async def put_picture_first(
        self, info: Info, product_id: strawberry.ID, picture_id: strawberry.ID
    ) -> ProductPayload:
        """Put a photo first."""
        async with info.context.writing() as uow:
            product = await service.put_picture_first(
                uow,
                product_id=local_id(product_id, "Product", "product_id"),
                media_id=local_id(picture_id, "Picture", "picture_id"),
            )
            return ProductPayload(product=await own_product(uow, product))

    @strawberry.mutation(
        description="Add a category to a consortium's market, or change one.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(CategoryPayload)
    async def save_category(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        input: CategoryInput,
        id: strawberry.ID | None = None,
    ) -> CategoryPayload:
        """Save a category."""
        async with info.context.writing() as uow:
            row = await categories.save_category(
                uow,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                category_id=local_id(id, "Category") if id else None,
                details=CategoryDetails(
                    name_it=input.name_it,
                    name_en=input.name_en,
                    parent_id=local_id(input.parent_id, "Category", "parent_id")
                    if input.parent_id
                    else None,
                    position=input.position,
                ),
            )
            return CategoryPayload(category=CategoryType.of(row))

    @strawberry.mutation(
        description="Take an empty category away.", metadata=only_with(SERVICE, finishes=True)
    )
    @answers(CategoryPayload)
    async def remove_category(
        self, info: Info, consortium_id: strawberry.ID, id: strawberry.ID
    ) -> CategoryPayload:
        """Remove a category."""
        async with info.context.writing() as uow:
            await categories.remove_category(
                uow,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                category_id=local_id(id, "Category"),
            )
        return CategoryPayload()
