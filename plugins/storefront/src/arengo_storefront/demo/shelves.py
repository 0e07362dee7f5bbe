"""The demo's shops and products as rows: invented, drawn, the same on every machine."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from PIL import Image

from arengo_core import clock
from arengo_core.ids import new_id
from arengo_core.organizations.models import Organization
from arengo_marketplace.contract import Member
from arengo_marketplace.demo import pictures
from arengo_marketplace.demo.catalogue import CATEGORIES, DemoProduct, DemoShop
from arengo_storefront.catalogue.models import ProductState
from arengo_storefront.catalogue.tree import CategoryTree
from arengo_storefront.media.images import SMALL, Prepared
from arengo_storefront.stock.models import MovementKind

_SETTLED = timedelta(days=100)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Photo:
    """A drawn photo of a merchant."""

    id: UUID
    organization_id: UUID
    prepared: Prepared


@dataclass(slots=True)
class Shelves:
    """Rows by table, in the order in which they are written."""

    photos: dict[tuple[UUID, bytes], Photo] = field(default_factory=dict)
    shops: list[Row] = field(default_factory=list[Row])
    products: list[Row] = field(default_factory=list[Row])
    variants: list[Row] = field(default_factory=list[Row])
    pictures: list[Row] = field(default_factory=list[Row])
    stock: list[Row] = field(default_factory=list[Row])
    movements: list[Row] = field(default_factory=list[Row])

    def keep(self, photo: Photo) -> UUID:
        """The photo's id, or that of the same one that the merchant has already."""
        key = (photo.organization_id, photo.prepared.large)
        return self.photos.setdefault(key, photo).id


def _photo(organization_id: UUID, kind: str, seed: str) -> Photo:
    large = pictures.draw(kind, seed)
    with Image.open(io.BytesIO(large)) as image:
        width, height = image.size
        image.thumbnail((SMALL, SMALL))
        out = io.BytesIO()
        image.save(out, "WEBP", quality=76, method=2)
    return Photo(new_id(), organization_id, Prepared(large, out.getvalue(), width, height))


def _week(shop: DemoShop) -> list[str]:
    return [" ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in day) for day in shop.week]


def _shop(
    shop: DemoShop, member: Member, merchant: Organization, town: Organization, photos: list[UUID]
) -> Row:
    return {
        "id": new_id(),
        "organization_id": merchant.id,
        "consortium_id": member.consortium_id,
        "municipality_id": town.id,
        "town": town.name,
        "town_slug": town.slug,
        "slug": merchant.slug,
        "name": shop.name,
        "trade_it": shop.trade.it,
        "trade_en": shop.trade.en,
        "about_it": shop.about.it,
        "about_en": shop.about.en,
        "opening_hours": _week(shop),
        "notice": "",
        "conditions": "",
        "privacy": "",
        "returns": "",
        "theme": None,
        "banner_id": photos[0],
        "logo_id": photos[1],
        "is_open": True,
        "is_demo": True,
        "opened_at": clock.now() - _SETTLED,
        "version": 1,
    }


def category_of(tree: CategoryTree, key: str) -> UUID:
    """The category of the tree that the demo's category stands for."""
    name = CATEGORIES[key].it
    return next(branch.id for branch in tree.branches if branch.name_it == name)


def _product(
    shelves: Shelves, shop: Row, product: DemoProduct, tree: CategoryTree, number: int
) -> None:
    owner = {"organization_id": shop["organization_id"]}
    moment = clock.now() - timedelta(days=1 + number, hours=number % 7)
    product_id = new_id()
    shelves.products.append(
        {
            **owner,
            "id": product_id,
            "shop_id": shop["id"],
            "slug": product.slug,
            "name_it": product.name.it,
            "name_en": product.name.en,
            "description_it": product.about.it,
            "description_en": product.about.en,
            "category_id": category_of(tree, product.category),
            "vat_rate": product.vat_percent,
            "perishable": product.perishable,
            "made_to_order": product.made_to_order,
            "state": ProductState.PUBLISHED.value,
            "created_at": moment,
            "published_at": moment,
            "updated_at": moment,
            "version": 1,
        }
    )
    photo = shelves.keep(_photo(shop["organization_id"], product.picture, product.slug))
    shelves.pictures.append(
        {
            **owner,
            "product_id": product_id,
            "media_id": photo,
            "position": 0,
            "alt_it": product.name.it,
            "alt_en": product.name.en,
        }
    )
    for position, variant in enumerate(product.variants):
        counted = {**owner, "variant_id": new_id()}
        shelves.variants.append(
            {
                **owner,
                "id": counted["variant_id"],
                "product_id": product_id,
                "position": position,
                "sku": f"{product.slug[:24]}-{position + 1}",
                "name_it": variant.name.it if variant.name else "",
                "name_en": variant.name.en if variant.name else "",
                "price": variant.price_cents,
                "currency": "EUR",
                "weight_grams": variant.weight_grams,
            }
        )
        shelves.stock.append({**counted, "on_hand": variant.stock, "reserved": 0})
        if variant.stock:
            shelves.movements.append(
                {
                    **counted,
                    "id": new_id(),
                    "kind": MovementKind.COUNTED.value,
                    "quantity": variant.stock,
                    "order_id": None,
                    "reason": "first count",
                    "actor_id": None,
                    "occurred_at": moment,
                }
            )


def fill(
    found: Sequence[tuple[DemoShop, Member, Organization, Organization]], tree: CategoryTree
) -> Shelves:
    """All rows of these shops; their products appeared one after the other, shop by shop."""
    shelves = Shelves()
    rows: list[Row] = []
    for shop, member, merchant, town in found:
        photos = [shelves.keep(_photo(merchant.id, kind, shop.key)) for kind in ("banner", "logo")]
        rows.append(_shop(shop, member, merchant, town, photos))
    shelves.shops = rows
    goods = _in_turn([shop.products for shop, _, _, _ in found])
    for number, (index, product) in enumerate(goods):
        _product(shelves, rows[index], product, tree, number)
    return shelves


def _in_turn(
    columns: Sequence[Sequence[DemoProduct]],
) -> Iterator[tuple[int, DemoProduct]]:
    """The first of each shop, then the second of each, and so on."""
    for row in range(max(map(len, columns), default=0)):
        for index, column in enumerate(columns):
            if row < len(column):
                yield index, column[row]
