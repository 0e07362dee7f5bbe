"""Demo step: the shops of the valley open and fill their shelves, in bulk."""

from __future__ import annotations

import asyncio

from sqlalchemy import insert

from arengo_core.caller import Caller, OrganizationKind
from arengo_core.host import Host
from arengo_core.organizations import repository as organizations
from arengo_core.organizations.models import Organization
from arengo_marketplace.contract import Marketplace, Member
from arengo_marketplace.demo.catalogue import SHOPS, DemoShop
from arengo_storefront.catalogue import categories, metering, publishing
from arengo_storefront.catalogue.models import Product, ProductPicture, Variant
from arengo_storefront.catalogue.repository import products as repository
from arengo_storefront.demo.shelves import fill
from arengo_storefront.media import service as media
from arengo_storefront.shops import repository as shops
from arengo_storefront.shops.models import Shop
from arengo_storefront.stock.models import StockItem, StockMovement

Found = list[tuple[DemoShop, Member, Organization, Organization]]


async def load_shops(host: Host, consortium: str) -> None:
    """Open the demo's shops for the merchants that the marketplace's step admitted."""
    async with host.unit_of_work() as uow:
        place = await organizations.by_slug(uow.session, consortium)
        assert place is not None, "the marketplace's step made it"
        await categories.ensure(uow, place.id)
        tree = await repository.category_tree(uow.session, place.id)
        members = await host.continuing(uow, Marketplace).members(
            place.id, OrganizationKind.MERCHANT
        )
        ids = [member.organization_id for member in members]
        seats = [member.seat_id for member in members if member.seat_id]
        rows = await organizations.by_ids(uow.session, [*ids, *seats])
    by_name = {shop.name: shop for shop in SHOPS}
    found: Found = [
        (by_name[member.name], member, rows[member.organization_id], rows[member.seat_id])
        for member in members
        if member.name in by_name and member.seat_id
    ]
    shelves = await asyncio.to_thread(fill, found, tree)
    photos = shelves.photos.values()
    async with (
        media.written(host, *(photo.prepared for photo in photos)) as written,
        host.unit_of_work(Caller.program(ids)) as uow,
    ):
        for photo, stored in zip(photos, written, strict=True):
            await media.store(uow, photo.organization_id, stored, photo.id)
        for table, values in (
            (Shop, shelves.shops),
            (Product, shelves.products),
            (Variant, shelves.variants),
            (ProductPicture, shelves.pictures),
            (StockItem, shelves.stock),
            (StockMovement, shelves.movements),
        ):
            await uow.session.execute(insert(table), values)
        for shop in (await shops.of_merchants(uow.session, ids)).values():
            await publishing.relist_shop(uow, shop)
    await metering.read_products(host, {})
