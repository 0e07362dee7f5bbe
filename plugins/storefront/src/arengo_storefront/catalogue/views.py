"""Published goods as plain values: what hot pages, carts and the API read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from arengo_core.money import Money
from arengo_storefront.base import in_language


@dataclass(frozen=True, slots=True)
class VariantView:
    """A variant of a published product, with what can be sold of it now."""

    id: UUID
    product_id: UUID
    sku: str
    name_it: str
    name_en: str
    price: Money
    weight_grams: int
    available: int

    @property
    def name(self) -> str:
        """Its name in the reader's language; empty where the product comes in one kind."""
        return in_language(self.name_it, self.name_en)


@dataclass(frozen=True, slots=True)
class ListingView:
    """A published product, as lists show it."""

    id: UUID
    organization_id: UUID
    consortium_id: UUID
    shop_id: UUID
    shop_slug: str
    shop_name: str
    town: str
    category_id: UUID
    slug: str
    name_it: str
    name_en: str
    currency: str
    price_from: int
    price_to: int
    picture_id: UUID | None
    in_stock: bool
    published_at: datetime

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return in_language(self.name_it, self.name_en)

    @property
    def path(self) -> str:
        """Its page on this site."""
        return f"/shops/{self.shop_slug}/{self.slug}"

    @property
    def price(self) -> Money:
        """The lowest price of its variants, VAT included."""
        return Money(self.price_from, self.currency)


@dataclass(frozen=True, slots=True)
class ProductDetail(ListingView):
    """A published product, as its own page shows it."""

    municipality_id: UUID | None
    description_it: str
    description_en: str
    vat_rate: int
    perishable: bool
    made_to_order: bool
    pictures: tuple[UUID, ...]

    @property
    def description(self) -> str:
        """What its merchant says of it, in the reader's language."""
        return in_language(self.description_it, self.description_en)


@dataclass(frozen=True, slots=True)
class Sellable:
    """A published variant with all that a cart, checkout or order line needs.

    ``on_sale`` is false while the shop is paused or its merchant has no active storefront;
    ``available`` pieces are left.
    """

    variant_id: UUID
    product_id: UUID
    organization_id: UUID
    consortium_id: UUID
    shop_id: UUID
    shop_slug: str
    shop_name: str
    product_slug: str
    product_name_it: str
    product_name_en: str
    variant_name_it: str
    variant_name_en: str
    sku: str
    price: int
    currency: str
    vat_rate: int
    weight_grams: int
    perishable: bool
    made_to_order: bool
    picture_id: UUID | None
    on_sale: bool
    available: int

    @property
    def title(self) -> str:
        """Product and variant in the reader's language."""
        name = in_language(self.product_name_it, self.product_name_en)
        kind = in_language(self.variant_name_it, self.variant_name_en)
        return f"{name}, {kind}" if kind else name

    @property
    def path(self) -> str:
        """The product's page."""
        return f"/shops/{self.shop_slug}/{self.product_slug}"
