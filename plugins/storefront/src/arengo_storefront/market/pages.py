"""Pages of the valley's market: its home, towns, categories, search."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.organizations import repository as organizations
from arengo_core.organizations.models import Organization
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost, site_of
from arengo_storefront import partners
from arengo_storefront.catalogue.repository import products as catalogue
from arengo_storefront.catalogue.repository.shelves import shelves
from arengo_storefront.market import shop_pages
from arengo_storefront.market.asked import PAGE, read_asked
from arengo_storefront.market.site import (
    Market,
    has_member,
    market_by_slug,
    market_page,
    markets,
)
from arengo_storefront.search import repository as search
from arengo_storefront.search.filters import ListingFilter
from arengo_storefront.search.service import find
from arengo_storefront.shops import repository as shops


@get("/", name="home")
async def home(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The shop of this host name, the only market there is, or the list of markets."""
    own = site_of(request).organization_id
    async with host.unit_of_work(caller, read_only=True) as uow:
        if own is not None:
            shop = await shops.shown_of_merchant(uow.session, own)
            if shop is not None:
                return await shop_pages.show_shop(request, host, uow, shop)
        found = await markets(host, uow)
        of_site = [market for market in found if market.id == own] or found
        if len(of_site) == 1:
            return await _home_of(request, uow, of_site[0])
        return await market_page(
            request, uow, "storefront/market/markets.html", None, markets=of_site
        )


@get("/search", name="search")
async def search_everywhere(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Redirect | Response[str]:
    """Search in the market of this site; where there are several, choose one first."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        found = await markets(host, uow)
        own = site_of(request).organization_id
        shop = await shops.shown_of_merchant(uow.session, own) if own else None
        wanted = shop.consortium_id if shop else own
        of_site = [market for market in found if market.id == wanted] or found
        if len(of_site) == 1:
            query = {"q": request.query_params.get("q", "")}
            return Redirect(f"{of_site[0].search}?{urlencode(query)}", status_code=303)
        return await market_page(
            request, uow, "storefront/market/markets.html", None, markets=of_site
        )


@get("/market/{slug:str}", name="market")
async def market_home(
    request: ArengoRequest, host: FromHost, caller: FromCaller, slug: FromPath[str]
) -> Response[str]:
    """The home of a valley."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await _home_of(request, uow, await market_by_slug(host, uow, slug))


async def _home_of(request: ArengoRequest, uow: UnitOfWork, market: Market) -> Response[str]:
    tree = await catalogue.category_tree(uow.session, market.id)
    newest = await search.find(uow.session, ListingFilter(consortium_id=market.id), size=12)
    return await market_page(
        request,
        uow,
        "storefront/market/home.html",
        market,
        towns=await shops.towns(uow.session, market.id),
        shops=await shops.shown(uow.session, consortium_id=market.id, limit=100),
        shelves=await shelves(uow.session, tree, market.id),
        newest=newest.listings[:12],
    )


@get("/market/{slug:str}/search", name="market-search")
async def market_search(
    request: ArengoRequest, host: FromHost, caller: FromCaller, slug: FromPath[str]
) -> Response[str]:
    """Products of a market by words, category, town and price."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        market = await market_by_slug(host, uow, slug)
        return await _results(request, host, uow, market)


@get("/market/{slug:str}/categories/{category:str}", name="market-category")
async def market_category(
    request: ArengoRequest,
    host: FromHost,
    caller: FromCaller,
    slug: FromPath[str],
    category: FromPath[str],
) -> Response[str]:
    """Products of a category and of those under it."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        market = await market_by_slug(host, uow, slug)
        return await _results(request, host, uow, market, category)


async def _results(
    request: ArengoRequest, host: Host, uow: UnitOfWork, market: Market, category: str = ""
) -> Response[str]:
    tree = await catalogue.category_tree(uow.session, market.id)
    towns = await shops.towns(uow.session, market.id)
    branch = tree.by_slug(category)
    if category and branch is None:
        raise NotFoundError("There is no such category.")
    query = dict(request.query_params.items())
    asked = read_asked(
        {**query, "category": category} if category else query,
        consortium_id=market.id,
        towns={town.slug: town.municipality_id for town in towns},
        categories={item.slug: item.id for item in tree.branches},
        fault=gettext("An amount is expected: 12,50."),
    )
    found = await find(host, uow, asked.listing_filter, size=PAGE, after=asked.after)
    path = f"{market.home}/categories/{category}" if category else market.search
    shown = {key: value for key, value in asked.values.items() if key != "category" or not category}
    asked = type(asked)(shown, asked.errors, asked.listing_filter)
    return await market_page(
        request,
        uow,
        "storefront/market/results.html",
        market,
        asked=asked,
        listings=found.listings[:PAGE],
        next_page=asked.address(path, found.cursors[PAGE - 1])
        if len(found.listings) > PAGE
        else "",
        first_page=asked.address(path) if asked.after else "",
        tree=tree,
        towns=towns,
        branch=branch,
        above=tree.path(branch.id)[:-1] if branch else [],
        below=tree.children(branch.id) if branch else [],
    )


async def _announcements(host: Host, uow: UnitOfWork, place: Organization) -> str:
    """Where the town's announcements are read; empty where it makes none."""
    if not partners.HAS_COMMUNICATIONS:
        return ""
    try:
        known = await host.capability(uow, partners.Announcements, place.id)
        return await known.public_page(place.slug)
    except ArengoError:
        return ""


@get("/market/{slug:str}/towns/{town:str}", name="market-town")
async def market_town(
    request: ArengoRequest,
    host: FromHost,
    caller: FromCaller,
    slug: FromPath[str],
    town: FromPath[str],
) -> Response[str]:
    """A municipality's page: its shops and their products."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        market = await market_by_slug(host, uow, slug)
        place = await organizations.by_slug(uow.session, town)
        if place is None or place.kind != OrganizationKind.MUNICIPALITY.value:
            raise NotFoundError("There is no such town here.")
        if not await has_member(host, uow, market, place.id):
            raise NotFoundError("There is no such town here.")
        found = await search.find(
            uow.session,
            ListingFilter(consortium_id=market.id, municipality_id=place.id),
            size=PAGE,
            after=request.query_params.get("after"),
        )
        return await market_page(
            request,
            uow,
            "storefront/market/town.html",
            market,
            theme=place.theme,
            place=place,
            announcements=await _announcements(host, uow, place),
            shops=await shops.shown(uow.session, consortium_id=market.id, municipality_id=place.id),
            listings=found.listings[:PAGE],
            next_page=f"?after={found.cursors[PAGE - 1]}" if len(found.listings) > PAGE else "",
        )


ROUTES: list[Any] = [
    home,
    search_everywhere,
    market_home,
    market_search,
    market_category,
    market_town,
]
