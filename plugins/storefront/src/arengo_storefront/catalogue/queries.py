"""GraphQL queries on the catalogue: lists and search read listings in two statements."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import strawberry

from arengo_core.api.connection import (
    Connection,
    connection_of,
    encode_cursor,
    page_size,
)
from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.scalars import local_id
from arengo_core.errors import InvalidInputError
from arengo_storefront.base import SERVICE
from arengo_storefront.catalogue.models import ProductState
from arengo_storefront.catalogue.repository import listings
from arengo_storefront.catalogue.repository import products as repository
from arengo_storefront.catalogue.types import CategoryType, ProductType, own_products
from arengo_storefront.paging import place_by_name
from arengo_storefront.permissions import PRODUCTS
from arengo_storefront.search import service as search
from arengo_storefront.search.filters import ListingFilter, Sort
from arengo_storefront.shops import repository as shops
from arengo_storefront.shops.queries import organization_id_of

ProductSort = strawberry.enum(Sort, name="ProductSort", description="The order of products.")


@strawberry.input(description="Narrows a list of products; prices in cents, VAT included.")
class ProductFilter:
    """Which products. Names are short names in addresses."""

    consortium: str | None = None
    shop: str | None = None
    town: str | None = None
    category_id: strawberry.ID | None = None
    price_from: int | None = None
    price_to: int | None = None
    in_stock: bool = False
    sort: Sort = Sort.BEST


async def _asked(info: Info, chosen: ProductFilter | None) -> ListingFilter:
    if chosen is None:
        return ListingFilter()
    merchant: UUID | None = None
    if chosen.shop is not None:
        found = await shops.shown_by_slug(info.context.uow.session, chosen.shop)
        if found is None:
            raise InvalidInputError("There is no {value}.", field="shop", value=chosen.shop[:60])
        merchant = found.organization_id
    return ListingFilter(
        consortium_id=await organization_id_of(info, chosen.consortium, "consortium"),
        organization_id=merchant,
        municipality_id=await organization_id_of(info, chosen.town, "town"),
        category_id=local_id(chosen.category_id, "Category", "category_id")
        if chosen.category_id
        else None,
        price_from=chosen.price_from,
        price_to=chosen.price_to,
        in_stock=chosen.in_stock,
        sort=chosen.sort,
    )


async def _list(
    info: Info, text: str, chosen: ProductFilter | None, first: int | None, after: str | None
) -> Connection[ProductType]:
    size = page_size(first)
    uow = info.context.uow
    async with uow.lock:
        asked = replace(await _asked(info, chosen), text=text).checked()
        found = await search.find_details(info.context.host, uow, asked, size=size, after=after)
        kinds = await listings.variants(uow.session, [item.id for item in found.listings])
    nodes = [ProductType.of(item, kinds[item.id]) for item in found.listings]
    return connection_of(nodes, found.cursors, size)


@strawberry.type
class CatalogueQuery:
    """Root queries on products and categories."""

    @strawberry.field(description="Published products, newest first unless sorted otherwise.")
    async def products(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        filter: ProductFilter | None = None,
    ) -> Connection[ProductType]:
        """Products of all open shops."""
        return await _list(info, "", filter, first, after)

    @strawberry.field(
        description="Products by words in Italian or English, typing errors forgiven, best first."
    )
    async def search(
        self,
        info: Info,
        text: str,
        first: int | None = None,
        after: str | None = None,
        filter: ProductFilter | None = None,
    ) -> Connection[ProductType]:
        """Search."""
        return await _list(info, text, filter, first, after)

    @strawberry.field(
        description="A published product by its id, or by the short names of shop and product."
    )
    async def product(
        self,
        info: Info,
        id: strawberry.ID | None = None,
        shop: str | None = None,
        slug: str | None = None,
    ) -> ProductType | None:
        """One product."""
        uow = info.context.uow
        async with uow.lock:
            if id is not None:
                found = await listings.by_id(uow.session, local_id(id, "Product"))
            elif shop and slug:
                found = await listings.by_slug(uow.session, shop, slug)
            else:
                raise InvalidInputError("Give the id, or shop and slug.", field="id")
            if found is None:
                return None
            kinds = await listings.variants(uow.session, [found.id])
        return ProductType.of(found, kinds[found.id])

    @strawberry.field(description="The tree of categories of a consortium's market, in order.")
    async def categories(self, info: Info, consortium: str) -> list[CategoryType]:
        """Categories."""
        uow = info.context.uow
        async with uow.lock:
            consortium_id = await organization_id_of(info, consortium, "consortium")
            assert consortium_id is not None
            tree = await repository.category_tree(uow.session, consortium_id)
        return [CategoryType.of(branch) for _, branch in tree.walk()]

    @strawberry.field(
        description="Products of a merchant that I work for, drafts too, by name.",
        metadata=only_with(SERVICE, finishes=True),
    )
    async def my_products(
        self,
        info: Info,
        organization_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
        state: str = "",
        text: str = "",
    ) -> Connection[ProductType]:
        """One's own products."""
        merchant = local_id(organization_id, "Organization", "organization_id")
        size = page_size(first)
        uow = info.context.uow
        uow.caller.require(merchant, PRODUCTS)
        if state and state not in set(ProductState):
            raise InvalidInputError("Choose one of the list.", field="state")
        async with uow.lock:
            rows = await repository.products_page(
                uow.session,
                merchant,
                state=state,
                text=text[:100],
                after=place_by_name(after),
                limit=size + 1,
            )
            nodes = await own_products(uow, rows)
        return connection_of(nodes, [encode_cursor(row.name_it, row.id) for row in rows], size)
