"""Pages of one shop: its front, a product, its terms."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.organizations import repository as organizations
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_storefront.catalogue.errors import NoProductError
from arengo_storefront.catalogue.repository import listings
from arengo_storefront.catalogue.repository import products as catalogue
from arengo_storefront.catalogue.repository.shelves import shelves
from arengo_storefront.market.site import market_of, market_page
from arengo_storefront.search import repository as search
from arengo_storefront.search.filters import ListingFilter
from arengo_storefront.shops import hours, repository
from arengo_storefront.shops.errors import NoShopError
from arengo_storefront.shops.models import Shop

PAGE = 24
TERMS = ("conditions", "returns", "privacy")


async def shown_shop(uow: UnitOfWork, slug: str) -> Shop:
    """A shop whose merchant has an active storefront. NoShopError for any other."""
    shop = await repository.shown_by_slug(uow.session, slug)
    if shop is None:
        raise NoShopError
    return shop


async def show_shop(
    request: ArengoRequest, host: Host, uow: UnitOfWork, shop: Shop
) -> Response[str]:
    """The front of a shop."""
    market = await market_of(host, uow, shop.consortium_id)
    tree = await catalogue.category_tree(uow.session, shop.consortium_id)
    branch = tree.by_slug(request.query_params.get("category", ""))
    found = await search.find(
        uow.session,
        ListingFilter(
            organization_id=shop.organization_id, category_id=branch.id if branch else None
        ),
        size=PAGE,
        after=request.query_params.get("after"),
    )
    category = f"category={branch.slug}&" if branch else ""
    shown = await shelves(uow.session, tree, shop.consortium_id, shop.organization_id)
    return await market_page(
        request,
        uow,
        "storefront/market/shop.html",
        market,
        shop=shop,
        seller=await organizations.get(uow.session, shop.organization_id),
        open_now=hours.is_open_at(shop.opening_hours, clock.now()),
        today=clock.today().weekday(),
        shelves=[shelf for shelf in shown if not tree.children(shelf.branch.id)],
        branch=branch,
        listings=found.listings[:PAGE],
        next_page=f"?{category}after={found.cursors[PAGE - 1]}"
        if len(found.listings) > PAGE
        else "",
    )


@get("/shops/{slug:str}", name="shop")
async def shop_front(
    request: ArengoRequest, host: FromHost, caller: FromCaller, slug: FromPath[str]
) -> Response[str]:
    """The front of a shop."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await show_shop(request, host, uow, await shown_shop(uow, slug))


@get("/shops/{slug:str}/{product:str}", name="product")
async def product_page(
    request: ArengoRequest,
    host: FromHost,
    caller: FromCaller,
    slug: FromPath[str],
    product: FromPath[str],
) -> Response[str]:
    """A product with its kinds, what is left of them, and who sells it."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        shop = await shown_shop(uow, slug)
        found = await listings.by_slug(uow.session, slug, product)
        if found is None:
            raise NoProductError
        kinds = (await listings.variants(uow.session, [found.id]))[found.id]
        tree = await catalogue.category_tree(uow.session, shop.consortium_id)
        more = await search.find(
            uow.session, ListingFilter(organization_id=shop.organization_id), size=5
        )
        chosen = request.query_params.get("photo", "")
        return await market_page(
            request,
            uow,
            "storefront/market/product.html",
            await market_of(host, uow, shop.consortium_id),
            shop=shop,
            product=found,
            kinds=kinds,
            left=sum(max(kind.available, 0) for kind in kinds),
            photo=next((p for p in found.pictures if str(p) == chosen), found.picture_id),
            above=tree.path(found.category_id),
            seller=await organizations.get(uow.session, shop.organization_id),
            more=[other for other in more.listings if other.id != found.id][:4],
        )


@get("/shops/{slug:str}/info/{term:str}", name="shop-terms")
async def shop_terms(
    request: ArengoRequest,
    host: FromHost,
    caller: FromCaller,
    slug: FromPath[str],
    term: FromPath[str],
) -> Response[str]:
    """A shop's conditions of sale, returns, or privacy notice; the usual ones where it has none."""
    if term not in TERMS:
        raise NoShopError
    async with host.unit_of_work(caller, read_only=True) as uow:
        shop = await shown_shop(uow, slug)
        return await market_page(
            request,
            uow,
            "storefront/market/terms.html",
            await market_of(host, uow, shop.consortium_id),
            shop=shop,
            term=term,
            own_text=getattr(shop, term),
            seller=await organizations.get(uow.session, shop.organization_id),
        )


ROUTES: list[Any] = [shop_front, product_page, shop_terms]
