"""GraphQL types of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.loader import Loader
from arengo_core.api.payload import Payload
from arengo_core.api.scalars import MoneyType, global_id, local_id
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_storefront.base import in_language
from arengo_storefront.catalogue.drafts import ProductDraft, VariantDraft
from arengo_storefront.catalogue.models import Category, Product, ProductState
from arengo_storefront.catalogue.repository import products as repository
from arengo_storefront.catalogue.tree import Branch
from arengo_storefront.catalogue.views import ProductDetail, VariantView
from arengo_storefront.shops.types import Picture, ShopLoader, ShopType


class CategoryLoader(Loader[UUID, Category]):
    """Categories by id."""

    async def fetch(self, keys: Sequence[UUID]) -> Mapping[UUID, Category]:
        return await repository.categories_by_ids(self.context.uow.session, keys)


@strawberry.type(name="Category", description="A branch of a market's tree of goods.")
class CategoryType:
    """GraphQL face of a category."""

    id: strawberry.ID
    slug: str
    name: str
    parent_id: strawberry.ID | None
    position: int

    @classmethod
    def of(cls, row: Branch | Category) -> CategoryType:
        """From its row."""
        return cls(
            id=global_id("Category", row.id),
            slug=row.slug,
            name=in_language(row.name_it, row.name_en),
            parent_id=global_id("Category", row.parent_id) if row.parent_id else None,
            position=row.position,
        )


@strawberry.type(name="Variant", description="A size or kind of a product.")
class VariantType:
    """GraphQL face of a variant."""

    id: strawberry.ID
    sku: str
    name: str = strawberry.field(description="Empty where the product comes in one kind.")
    price: MoneyType = strawberry.field(description="VAT included.")
    weight_grams: int = strawberry.field(description="Packed for the courier.")
    available: int = strawberry.field(description="Pieces that can be ordered now.")

    @classmethod
    def of(cls, view: VariantView) -> VariantType:
        """From its view."""
        return cls(
            id=global_id("Variant", view.id),
            sku=view.sku,
            name=view.name,
            price=MoneyType(amount=view.price.amount, currency=view.price.currency),
            weight_grams=view.weight_grams,
            available=view.available,
        )


@strawberry.type(name="Product", description="Something that a shop sells.")
class ProductType:
    """GraphQL face of a product; ``merchant_id`` and ``local_id`` are for extenders."""

    local_id: strawberry.Private[UUID]
    merchant_id: strawberry.Private[UUID]
    shop_id: strawberry.Private[UUID]
    category_id: strawberry.Private[UUID]
    id: strawberry.ID
    slug: str
    name: str
    description: str
    path: str = strawberry.field(description="Its page on this site, once it is published.")
    state: str = strawberry.field(description="`draft`, `published` or `withdrawn`.")
    price: MoneyType = strawberry.field(description="Its lowest price, VAT included.")
    price_to: MoneyType = strawberry.field(description="Its highest price, VAT included.")
    vat_rate: int = strawberry.field(description="Per cent.")
    perishable: bool = strawberry.field(description="Cannot be sent back: goes off quickly.")
    made_to_order: bool = strawberry.field(description="Cannot be sent back: made for the buyer.")
    in_stock: bool
    shop_name: str
    town: str
    pictures: list[Picture]
    variants: list[VariantType]

    @strawberry.field(description="The shop that sells it.")
    async def shop(self, info: Info) -> ShopType | None:
        """The shop."""
        row = await info.context.loader(ShopLoader).load(self.shop_id)
        return ShopType.of(row) if row else None

    @strawberry.field(description="Where it stands in the market's tree.")
    async def category(self, info: Info) -> CategoryType | None:
        """The category."""
        row = await info.context.loader(CategoryLoader).load(self.category_id)
        return CategoryType.of(row) if row else None

    @classmethod
    def of(cls, detail: ProductDetail, variants: Sequence[VariantView]) -> ProductType:
        """From a published product."""
        return cls(
            local_id=detail.id,
            merchant_id=detail.organization_id,
            shop_id=detail.shop_id,
            category_id=detail.category_id,
            id=global_id("Product", detail.id),
            slug=detail.slug,
            name=detail.name,
            description=detail.description,
            path=detail.path,
            state=ProductState.PUBLISHED.value,
            price=MoneyType.cents(detail.price_from, detail.currency),
            price_to=MoneyType.cents(detail.price_to, detail.currency),
            vat_rate=detail.vat_rate,
            perishable=detail.perishable,
            made_to_order=detail.made_to_order,
            in_stock=detail.in_stock,
            shop_name=detail.shop_name,
            town=detail.town,
            pictures=[Picture.of(media_id) for media_id in detail.pictures],
            variants=[VariantType.of(view) for view in variants],
        )


async def own_products(uow: UnitOfWork, products: Sequence[Product]) -> list[ProductType]:
    """Products as their merchant edits them, whatever their state; all of one merchant."""
    if not products:
        return []
    merchant = products[0].organization_id
    ids = [product.id for product in products]
    views = await repository.own_variants(uow.session, merchant, ids)
    pictures = await repository.pictures_of(uow.session, merchant, ids)
    shops = await repository.shop_of(uow.session, merchant)
    return [
        ProductType(
            local_id=product.id,
            merchant_id=merchant,
            shop_id=product.shop_id,
            category_id=product.category_id,
            id=global_id("Product", product.id),
            slug=product.slug,
            name=in_language(product.name_it, product.name_en),
            description=in_language(product.description_it, product.description_en),
            path=f"/shops/{shops.slug}/{product.slug}",
            state=product.state,
            price=MoneyType.of(min(view.price for view in views[product.id])),
            price_to=MoneyType.of(max(view.price for view in views[product.id])),
            vat_rate=product.vat_rate,
            perishable=product.perishable,
            made_to_order=product.made_to_order,
            in_stock=any(view.available > 0 for view in views[product.id]),
            shop_name=shops.name,
            town=shops.town,
            pictures=[Picture.of(row.media_id) for row in pictures[product.id]],
            variants=[VariantType.of(view) for view in views[product.id]],
        )
        for product in products
    ]


async def own_product(uow: UnitOfWork, product: Product) -> ProductType:
    """One product as its merchant edits it."""
    await uow.session.flush()
    return (await own_products(uow, [product]))[0]


@strawberry.type
class ProductPayload(Payload):
    """The product after the change."""

    product: ProductType | None = None


@strawberry.type
class CategoryPayload(Payload):
    """The category after the change; null once it is removed."""

    category: CategoryType | None = None


@strawberry.input(description="A size or kind as typed; without `id` a new one.")
class VariantInput:
    """GraphQL face of :class:`VariantDraft`."""

    price: int = strawberry.field(description="VAT included, in cents.")
    id: strawberry.ID | None = None
    name_it: str = ""
    name_en: str = ""
    sku: str = ""
    weight_grams: int = 0
    stock: Annotated[int, strawberry.argument(description="First count of a new kind.")] = 0

    def draft(self) -> VariantDraft:
        """For the service."""
        return VariantDraft(
            id=local_id(self.id, "Variant", "variants") if self.id else None,
            price=self.price,
            name_it=self.name_it,
            name_en=self.name_en,
            sku=self.sku,
            weight_grams=self.weight_grams,
            stock=self.stock,
        )


@strawberry.input(description="A product as typed.")
class ProductInput:
    """GraphQL face of :class:`ProductDraft`."""

    name_it: str
    category_id: strawberry.ID
    vat_rate: int = strawberry.field(description="4, 5, 10 or 22 per cent.")
    variants: list[VariantInput]
    name_en: str = ""
    description_it: str = ""
    description_en: str = ""
    perishable: bool = False
    made_to_order: bool = False

    def draft(self) -> ProductDraft:
        """For the service."""
        return ProductDraft(
            name_it=self.name_it,
            name_en=self.name_en,
            description_it=self.description_it,
            description_en=self.description_en,
            category_id=local_id(self.category_id, "Category", "category_id"),
            vat_rate=self.vat_rate,
            perishable=self.perishable,
            made_to_order=self.made_to_order,
            variants=[variant.draft() for variant in self.variants],
        )


@strawberry.input(description="A category as typed.")
class CategoryInput:
    """What an office says of a category."""

    name_it: str
    name_en: str = ""
    parent_id: strawberry.ID | None = None
    position: int = 0
