"""What a search answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_storefront.catalogue.repository import listings
from arengo_storefront.catalogue.repository.listings import CARD, DETAIL, detail_of
from arengo_storefront.catalogue.views import ListingView, ProductDetail

ViewT = TypeVar("ViewT", bound=ListingView)
Hit = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class Found(Generic[ViewT]):
    """A page of listings: one more than asked where there are further ones, with cursors."""

    listings: Sequence[ViewT]
    cursors: Sequence[str]


async def read_found(uow: UnitOfWork, hits: Sequence[Hit]) -> Found[ListingView]:
    """The products of these ids, with their cursors, in this order; in one statement."""
    found = await listings.on_sale(uow.session, _ids(hits), CARD)
    return _in_order(hits, {row[0]: ListingView(*row) for row in found})


async def read_found_details(uow: UnitOfWork, hits: Sequence[Hit]) -> Found[ProductDetail]:
    """The same with all that product pages show."""
    found = await listings.on_sale(uow.session, _ids(hits), DETAIL)
    return _in_order(hits, {row[0]: detail_of(row) for row in found})


def _ids(hits: Sequence[Hit]) -> list[UUID]:
    return [product_id for product_id, _ in hits]


def _in_order(hits: Sequence[Hit], views: dict[UUID, ViewT]) -> Found[ViewT]:
    shown = [(views[product_id], cursor) for product_id, cursor in hits if product_id in views]
    return Found([view for view, _ in shown], [cursor for _, cursor in shown])
