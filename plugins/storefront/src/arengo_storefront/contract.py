"""What others may know of storefronts: events, and the GraphQL types they may extend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol
from uuid import UUID

from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.i18n import N_
from arengo_core.money import Money
from arengo_core.outbox.events import Event
from arengo_core.plugins.contributions import Slot
from arengo_storefront.catalogue.views import ListingView, ProductDetail
from arengo_storefront.search.filters import ListingFilter, Sort
from arengo_storefront.search.found import Found, read_found, read_found_details

__all__ = [
    "Catalogue",
    "Found",
    "ListingFilter",
    "ListingView",
    "MerchantOrderMoved",
    "MerchantOrderPlaced",
    "ProductChanged",
    "ProductDetail",
    "ProductView",
    "SearchProvider",
    "Sort",
    "read_found",
    "read_found_details",
]

PRODUCT_TYPE = "Product"
SHOP_TYPE = "Shop"
ORDER_TYPE = "Order"
MERCHANT_ORDER_TYPE = "MerchantOrder"

ORDER_SLOT = Slot(
    "storefront.order",
    "Beside the shopper's order, under its total. Subject: the order's id.",
)
CONFIRM_SLOT = Slot(
    "storefront.confirm",
    "Above the binding button, in the checkout's last step. Subject: the ids of the merchants.",
)
DESK_ORDER_SLOT = Slot(
    "storefront.desk_order",
    "Beside the merchant's order, at the end. Subject: the merchant order's id.",
)
DESK_PRODUCT_SLOT = Slot(
    "storefront.desk_product",
    "Under the form of a product that was kept. Subject: the product's id.",
)
SLOTS = (ORDER_SLOT, CONFIRM_SLOT, DESK_ORDER_SLOT, DESK_PRODUCT_SLOT)


@dataclass(frozen=True, slots=True)
class MerchantOrderPlaced(Event):
    """A merchant has a new, confirmed order. Organization: merchant; aggregate: its order."""

    name: ClassVar[str] = "storefront.merchant_order_placed"
    title: ClassVar[str] = N_("An order came in")
    owners: ClassVar[tuple[OrganizationKind, ...]] = (OrganizationKind.MERCHANT,)

    order_id: UUID
    total: int
    currency: str


@dataclass(frozen=True, slots=True)
class MerchantOrderMoved(Event):
    """A merchant order changed its state. Organization: merchant; aggregate: its order."""

    name: ClassVar[str] = "storefront.merchant_order_moved"
    title: ClassVar[str] = N_("An order moved on")
    owners: ClassVar[tuple[OrganizationKind, ...]] = (OrganizationKind.MERCHANT,)

    order_id: UUID
    state: str


@dataclass(frozen=True, slots=True)
class ProductChanged(Event):
    """A product was published, changed or withdrawn. Organization: merchant; aggregate: it."""

    name: ClassVar[str] = "storefront.product_changed"
    title: ClassVar[str] = N_("A product was published, changed or withdrawn")
    owners: ClassVar[tuple[OrganizationKind, ...]] = (OrganizationKind.MERCHANT,)

    published: bool


@dataclass(frozen=True, slots=True)
class ProductView:
    """A published product as other plugins see it."""

    id: UUID
    merchant_id: UUID
    name: str
    path: str
    price: Money
    in_stock: bool


class Catalogue(Protocol):
    """Capability of service ``storefront``: published products, in the caller's transaction."""

    async def products(self, product_ids: Sequence[UUID]) -> dict[UUID, ProductView]:
        """Published products by id."""
        ...


class SearchProvider(Protocol):
    """Finds published products by what somebody typed: ``asked.text`` is never empty.

    ``ARENGO_PROVIDERS`` chooses one by its key (``SearchProvider=...``); unset, PostgreSQL's
    answers, and while the chosen one does not answer, too. It works in the caller's transaction.
    Products of merchants without an open storefront are never found: one that knows ids alone
    has them read by :func:`read_found`, which leaves those out.
    """

    async def find(
        self, uow: UnitOfWork, asked: ListingFilter, size: int, after: str | None
    ) -> Found[ListingView]:
        """Up to ``size`` + 1 products after a cursor, in the order asked for.

        The one more says that there are further ones. InvalidInputError with the field ``after``
        for a cursor of another list.
        """
        ...

    async def find_details(
        self, uow: UnitOfWork, asked: ListingFilter, size: int, after: str | None
    ) -> Found[ProductDetail]:
        """The same with all that product pages show."""
        ...
