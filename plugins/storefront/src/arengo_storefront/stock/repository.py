"""Queries of the stock. Rows are locked in variant order, so that no two orders wait in a ring."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_storefront.stock.models import Reservation, StockItem, StockMovement


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pieces of a merchant's variant."""

    merchant_id: UUID
    variant_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Level:
    """What is on hand of a variant, and reserved of it."""

    on_hand: int
    reserved: int

    @property
    def available(self) -> int:
        """What can still be sold."""
        return self.on_hand - self.reserved


_VARIANTS = bindparam("variants", expanding=True)
_AVAILABLE = select(StockItem.variant_id, StockItem.on_hand - StockItem.reserved).where(
    StockItem.variant_id.in_(_VARIANTS)
)
_LOCK = (
    select(StockItem.variant_id, StockItem.on_hand, StockItem.reserved)
    .where(
        StockItem.organization_id.in_(bindparam("merchants", expanding=True)),
        StockItem.variant_id.in_(_VARIANTS),
    )
    .order_by(StockItem.variant_id)
    .with_for_update()
)
_MOVE = insert(cast(Table, StockMovement.__table__))
_CHANGE = text("""
    update storefront.stock_item as item
    set on_hand = item.on_hand + change.on_hand, reserved = item.reserved + change.reserved
    from unnest(cast(:merchants as uuid[]), cast(:variants as uuid[]),
                cast(:on_hand as integer[]), cast(:reserved as integer[]))
         as change(merchant, variant, on_hand, reserved)
    where item.organization_id = change.merchant and item.variant_id = change.variant
""")
_SHOW_IN_STOCK = text("""
    with listed as (
        select listing.id from storefront.listing as listing
        where listing.id in (
            select product_id from storefront.listing_variant where id = any(:variants))
        order by listing.id for update)
    update storefront.listing as listing set in_stock = exists (
        select 1 from storefront.listing_variant as variant
        join storefront.stock_item as item on item.variant_id = variant.id
        where variant.product_id = listing.id and item.on_hand > item.reserved)
    from listed where listing.id = listed.id
""")


async def available(session: AsyncSession, variant_ids: Collection[UUID]) -> dict[UUID, int]:
    """Pieces that can be sold, by variant; absent where nobody ever counted."""
    rows = await session.execute(_AVAILABLE, {"variants": list(variant_ids)})
    return {row[0]: row[1] for row in rows}


async def lock(
    session: AsyncSession, merchants: Collection[UUID], variant_ids: Collection[UUID]
) -> dict[UUID, Level]:
    """The levels of variants, locked until commit."""
    rows = await session.execute(
        _LOCK, {"merchants": list(merchants), "variants": list(variant_ids)}
    )
    return {variant_id: Level(on_hand, reserved) for variant_id, on_hand, reserved in rows}


async def add_items(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """First counts of variants."""
    await session.execute(insert(StockItem), rows)


async def change(
    session: AsyncSession, wanted: Sequence[Wanted], *, on_hand: int = 0, reserved: int = 0
) -> None:
    """Add each quantity, times ``on_hand`` and ``reserved`` (-1, 0, 1), to locked rows."""
    await session.execute(
        _CHANGE,
        {
            "merchants": [item.merchant_id for item in wanted],
            "variants": [item.variant_id for item in wanted],
            "on_hand": [item.quantity * on_hand for item in wanted],
            "reserved": [item.quantity * reserved for item in wanted],
        },
    )


async def add_movements(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Note movements."""
    await session.execute(_MOVE, rows)


async def add_reservations(
    session: AsyncSession, order_id: UUID, wanted: Sequence[Wanted], expires_at: datetime
) -> None:
    """Note what an order keeps."""
    await session.execute(
        insert(Reservation),
        [
            {
                "organization_id": item.merchant_id,
                "order_id": order_id,
                "variant_id": item.variant_id,
                "quantity": item.quantity,
                "expires_at": expires_at,
            }
            for item in wanted
        ],
    )


async def reservations_of(
    session: AsyncSession, order_id: UUID, merchants: Collection[UUID]
) -> list[Wanted]:
    """What an order keeps, in variant order."""
    rows = await session.execute(
        select(Reservation.organization_id, Reservation.variant_id, Reservation.quantity)
        .where(Reservation.organization_id.in_(merchants), Reservation.order_id == order_id)
        .order_by(Reservation.variant_id)
        .with_for_update()
    )
    return [Wanted(*row) for row in rows]


async def remove_reservations(
    session: AsyncSession, order_id: UUID, merchants: Collection[UUID]
) -> None:
    """Forget what an order kept."""
    await session.execute(
        delete(Reservation).where(
            Reservation.organization_id.in_(merchants), Reservation.order_id == order_id
        )
    )


async def show_in_stock(session: AsyncSession, variant_ids: Collection[UUID]) -> None:
    """Let the listings of these variants say whether any of their variants can be sold."""
    await session.execute(_SHOW_IN_STOCK, {"variants": list(variant_ids)})


async def movements_by_kind(
    session: AsyncSession, organization_id: UUID, variant_id: UUID
) -> dict[str, int]:
    """Sum of a variant's movements by their kind."""
    rows = await session.execute(
        select(StockMovement.kind, func.sum(StockMovement.quantity))
        .where(
            StockMovement.organization_id == organization_id,
            StockMovement.variant_id == variant_id,
        )
        .group_by(StockMovement.kind)
    )
    return {kind: int(quantity) for kind, quantity in rows}
