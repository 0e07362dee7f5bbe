"""Invented shoppers of the demo, and what they bought: the same on every machine."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from arengo_core import clock
from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.organizations import repository as organizations
from arengo_core.organizations.models import Organization
from arengo_marketplace.contract import Marketplace, Member
from arengo_storefront.carts.models import Cart
from arengo_storefront.carts.views import CartShop, CartView, view_of
from arengo_storefront.catalogue.models import Listing, ListingVariant
from arengo_storefront.catalogue.repository import sales
from arengo_storefront.catalogue.views import Sellable
from arengo_storefront.checkout import paying, rows
from arengo_storefront.checkout.draft import Draft, DraftPart
from arengo_storefront.checkout.ways import Chosen, Way, at_the_shop, ways_for
from arengo_storefront.orders.links import new_number
from arengo_storefront.orders.states import DeliveryWay

_FIRST = ("Anna", "Bruno", "Carla", "Dario", "Elena", "Franco", "Giulia", "Ivo", "Lea", "Marco")
_LAST = ("Esempio", "Prova", "Modello", "Saggio", "Finto", "Demo")


@dataclass(frozen=True, slots=True)
class Shopping:
    """An order to be stored as one of the past."""

    made: rows.Made


@dataclass(slots=True)
class Fair:
    """What there is to buy, where shoppers live, and how goods travel."""

    host: Host
    uow: UnitOfWork
    consortium_id: UUID
    goods: dict[UUID, list[Sellable]]
    sellers: dict[UUID, Organization]
    towns: Sequence[Member]
    dice: random.Random
    offered: dict[tuple[UUID, str, int], list[Way]]
    cards: dict[frozenset[UUID], bool]

    async def ways(self, shop: CartShop, town: Member) -> list[Way]:
        """How a shop's goods reach a town; asked once a town and kilogram."""
        weight = -(-shop.weight_grams // 1000) * 1000
        key = (shop.merchant_id, town.istat_code or "", weight)
        if key not in self.offered:
            found = await ways_for(
                self.host,
                self.uow,
                {shop.merchant_id: weight},
                consortium_id=self.consortium_id,
                istat_code=town.istat_code or "",
            )
            self.offered[key] = found[shop.merchant_id]
        return self.offered[key]

    async def takes_cards(self, merchants: frozenset[UUID]) -> bool:
        """Whether these shops can be paid by card; asked once."""
        if merchants not in self.cards:
            try:
                methods = await paying.methods_for(
                    self.host, self.uow, self.consortium_id, sorted(merchants)
                )
            except ArengoError:
                methods = []
            self.cards[merchants] = any(method.hosted for method in methods)
        return self.cards[merchants]


async def invent(
    host: Host, uow: UnitOfWork, consortium_id: UUID, *, count: int, days: int
) -> list[Shopping]:
    """So many orders over the last days, more towards the weekend and lately."""
    statement = (
        select(ListingVariant.id)
        .join(Listing, Listing.id == ListingVariant.product_id)
        .where(Listing.consortium_id == consortium_id)
        .order_by(Listing.slug, ListingVariant.position)
    )
    variants = (await uow.session.execute(statement)).scalars().all()
    found = await sales.sellable(uow.session, variants)
    goods: dict[UUID, list[Sellable]] = {}
    for variant_id in variants:
        if variant_id in found and found[variant_id].on_sale:
            goods.setdefault(found[variant_id].organization_id, []).append(found[variant_id])
    towns = await host.continuing(uow, Marketplace).members(
        consortium_id, OrganizationKind.MUNICIPALITY
    )
    if not goods or not towns:
        return []
    fair = Fair(
        host,
        uow,
        consortium_id,
        goods,
        await organizations.by_ids(uow.session, goods),
        towns[:12],
        random.Random(len(towns)),  # noqa: S311 - the same demo each time
        {},
        {},
    )
    moments = sorted(
        clock.now() - timedelta(hours=(fair.dice.random() ** 1.2) * days * 24 + 1)
        for _ in range(count)
    )
    return [Shopping(await _shop(fair, moment)) for moment in moments]


async def _shop(fair: Fair, moment: datetime) -> rows.Made:
    dice = fair.dice
    merchants = dice.sample(
        sorted(fair.goods), min(dice.choice((1, 1, 1, 2, 2, 3)), len(fair.goods))
    )
    quantities: dict[UUID, int] = {}
    chosen_goods: dict[UUID, Sellable] = {}
    for merchant in merchants:
        shelf = fair.goods[merchant]
        for goods in dice.sample(shelf, min(dice.choice((1, 1, 2, 3)), len(shelf))):
            quantities[goods.variant_id] = dice.choice((1, 1, 1, 2, 3))
            chosen_goods[goods.variant_id] = goods
    town = dice.choice(fair.towns)
    cart = _cart(fair, town)
    view = view_of(cart, quantities, chosen_goods)
    wants_delivery = dice.random() < 0.45
    paid_by_card = await fair.takes_cards(frozenset(merchants))
    parts = tuple(
        [
            DraftPart(
                shop,
                await _way(fair, shop, town, wants_delivery and paid_by_card),
                fair.sellers[shop.merchant_id],
            )
            for shop in view.shops
        ]
    )
    draft = Draft(CartView(cart, view.shops, 0), parts)
    number = new_number()
    pays_card = paid_by_card and (not draft.is_fetched_at_shops or dice.random() < 0.6)
    return rows.Made(
        cart=cart,
        draft=draft,
        order_id=new_id(),
        number=number,
        numbered=rows.number_parts(draft, number),
        method="card" if pays_card else paying.COUNTER,
        locale="it" if dice.random() < 0.9 else "en",
        payment_id=None,
        reserved_until=None,
        moment=moment,
    )


async def _way(fair: Fair, shop: CartShop, town: Member, delivered: bool) -> Chosen:
    if not delivered:
        return Chosen(at_the_shop())
    offered = [way for way in await fair.ways(shop, town) if way.kind is not DeliveryWay.SHOP]
    if not offered:
        return Chosen(at_the_shop())
    way = fair.dice.choice(offered)
    return Chosen(way, fair.dice.choice(way.points) if way.points else None)


def _cart(fair: Fair, town: Member) -> Cart:
    dice = fair.dice
    first, last, number = dice.choice(_FIRST), dice.choice(_LAST), dice.randrange(1, 40)
    return Cart(
        id=new_id(),
        name=f"{first} {last}",
        email=f"{first}.{last}{number}@demo.example".lower(),
        phone="",
        street=f"Via Inventata {number}",
        postcode="",
        city=town.name,
        istat_code=town.istat_code or "",
        note="",
        choices={},
    )
