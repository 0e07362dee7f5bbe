"""The data of the measurements: a valley with 20 shops and 1,000 products, grown from the demo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, inspect, select, update
from stdnum import luhn

from arengo_core.caller import Caller, OrganizationKind
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.organizations import repository as organizations
from arengo_core.plugins import gate
from arengo_marketplace.activations import service as activations
from arengo_marketplace.contract import Marketplace
from arengo_marketplace.members import service as members
from arengo_marketplace.offers import repository as offers
from arengo_storefront.catalogue import publishing
from arengo_storefront.catalogue.models import Product, ProductPicture, Variant
from arengo_storefront.shops import repository as shops
from arengo_storefront.shops.models import Shop
from arengo_storefront.stock.models import StockItem

SHOPS = 20
PRODUCTS = 1_000
CONSORTIUM = "valmalenco"
PLENTY = 900_000


def _copy(row: Any, **changes: Any) -> dict[str, Any]:
    columns = inspect(type(row)).column_attrs
    return {column.key: getattr(row, column.key) for column in columns} | changes


def _vat_number(number: int) -> str:
    base = f"{number + 5_000:07d}999"
    return base + luhn.calc_check_digit(base)


async def _more_shops(host: Host, consortium_id: UUID) -> None:
    async with host.unit_of_work(Caller.program([consortium_id], [consortium_id])) as uow:
        known = await host.continuing(uow, Marketplace).members(
            consortium_id, OrganizationKind.MERCHANT
        )
        model, seat_id = next((member, member.seat_id) for member in known if member.seat_id)
        rows = await shops.of_merchants(uow.session, [model.organization_id])
        for number in range(len(known), SHOPS):
            membership = await members.admit_merchant(
                uow,
                host,
                consortium_id=consortium_id,
                seat_id=seat_id,
                name=f"Bottega {number}",
                vat_number=_vat_number(number),
                email=f"bottega{number}@valmalenco.example",
            )
            await uow.session.execute(
                insert(Shop).values(
                    _copy(
                        rows[model.organization_id],
                        id=new_id(),
                        organization_id=membership.organization_id,
                        slug=f"bottega-{number}",
                        name=f"Bottega {number}",
                    )
                )
            )


async def _cards_everywhere(host: Host, consortium_id: UUID) -> None:
    """Let the towns that take no cards in the demo take them, and so cover all shops."""
    async with host.unit_of_work(Caller.program([consortium_id], [consortium_id])) as uow:
        offer = await offers.current(uow.session, consortium_id, "payments")
        assert offer is not None
        active = await gate.active_members(uow.session, "payments", consortium_id)
        towns = await host.continuing(uow, Marketplace).members(
            consortium_id, OrganizationKind.MUNICIPALITY
        )
    for town in {town.organization_id for town in towns}.difference(active):
        async with host.unit_of_work(Caller.program([town], [consortium_id])) as uow:
            await activations.request(
                uow,
                host,
                offer_id=offer.id,
                member_id=town,
                accepts=[grant.key for grant in host.registry.asked_by(offer.service)],
            )


async def grow(host: Host) -> None:
    """Bring the loaded demo to 20 shops and 1,000 published products with ample stock."""
    async with host.unit_of_work(read_only=True) as uow:
        consortium = await organizations.by_slug(uow.session, CONSORTIUM)
    assert consortium is not None
    await _cards_everywhere(host, consortium.id)
    await _more_shops(host, consortium.id)
    async with host.unit_of_work() as uow:
        merchants = [
            member.organization_id
            for member in await host.continuing(uow, Marketplace).members(
                consortium.id, OrganizationKind.MERCHANT
            )
        ]
        await uow.widen(merchants)
        owners = await shops.of_merchants(uow.session, merchants)
        places = sorted(owners.values(), key=lambda shop: shop.slug)
        models = list((await uow.session.execute(select(Product))).scalars())
        variants = list((await uow.session.execute(select(Variant))).scalars())
        pictures = list((await uow.session.execute(select(ProductPicture))).scalars())
        for number in range(len(models), PRODUCTS):
            model, shop = models[number % len(models)], places[number % len(places)]
            await _clone(uow.session, model, shop, number, variants, pictures)
        await uow.session.execute(update(StockItem).values(on_hand=PLENTY))
        for shop in places:
            await publishing.relist_shop(uow, shop)
        assert await uow.session.scalar(select(func.count()).select_from(Product)) == PRODUCTS


async def _clone(
    session: Any, model: Any, shop: Any, number: int, variants: list[Any], pictures: list[Any]
) -> None:
    product_id, owner = new_id(), shop.organization_id
    own = {"organization_id": owner}
    await session.execute(
        insert(Product).values(
            _copy(
                model,
                **own,
                id=product_id,
                shop_id=shop.id,
                slug=f"{model.slug}-{number}",
                name_it=f"{model.name_it} {number}",
            )
        )
    )
    for variant in (item for item in variants if item.product_id == model.id):
        copy = _copy(
            variant,
            **own,
            id=new_id(),
            product_id=product_id,
            sku=f"{variant.sku}-{number}",
        )
        await session.execute(insert(Variant).values(copy))
        item = {"variant_id": copy["id"], "on_hand": PLENTY, "reserved": 0, **own}
        await session.execute(insert(StockItem).values(item))
    for picture in (item for item in pictures if item.product_id == model.id):
        changes = {**own, "product_id": product_id}
        if "id" in inspect(ProductPicture).column_attrs:
            changes["id"] = new_id()
        await session.execute(insert(ProductPicture).values(_copy(picture, **changes)))
