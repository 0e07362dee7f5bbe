"""Queries of carts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core import clock
from arengo_storefront.carts.models import Cart, CartExpiry, CartLine


@dataclass(frozen=True, slots=True)
class Line:
    """So many of a merchant's variant."""

    variant_id: UUID
    merchant_id: UUID
    quantity: int


# Statements of the checkout are built once: building them costs more than sending them.
_CARTS = cast(Table, Cart.__table__)
_ADD = insert(_CARTS)
_NOTE_EXPIRY = insert(cast(Table, CartExpiry.__table__))
_GET = select(Cart).where(
    Cart.organization_id == bindparam("cart_id"), Cart.id == bindparam("cart_id")
)
_LOCK = _GET.with_for_update()
_LINES = (
    select(CartLine.variant_id, CartLine.merchant_id, CartLine.quantity)
    .where(CartLine.organization_id == bindparam("cart_id"))
    .order_by(CartLine.added_at, CartLine.variant_id)
)
_NEW_LINE = upsert(cast(Table, CartLine.__table__))
_PUT = _NEW_LINE.on_conflict_do_update(
    index_elements=["organization_id", "variant_id"],
    set_={"quantity": _NEW_LINE.excluded.quantity},
)


async def add(session: AsyncSession, cart_id: UUID, consortium_id: UUID | None) -> None:
    """A new, empty cart."""
    row = {"id": cart_id, "organization_id": cart_id, "consortium_id": consortium_id}
    await session.execute(_ADD, row)


async def note_expiry(session: AsyncSession, cart_id: UUID, expires_at: datetime) -> None:
    """Say when the cart is cleared away."""
    await session.execute(_NOTE_EXPIRY, {"cart_id": cart_id, "expires_at": expires_at})


async def get(session: AsyncSession, cart_id: UUID, *, lock: bool = False) -> Cart | None:
    """A cart, perhaps locked until commit."""
    found = await session.execute(_LOCK if lock else _GET, {"cart_id": cart_id})
    return found.scalar_one_or_none()


async def lines(session: AsyncSession, cart_id: UUID) -> list[Line]:
    """A cart's lines in the order they came."""
    rows = await session.execute(_LINES, {"cart_id": cart_id})
    return [Line(*row) for row in rows]


async def put(
    session: AsyncSession, cart_id: UUID, variant_id: UUID, merchant_id: UUID, quantity: int
) -> None:
    """So many of a variant are in a locked cart from now on."""
    await session.execute(
        _PUT,
        {
            "organization_id": cart_id,
            "variant_id": variant_id,
            "merchant_id": merchant_id,
            "quantity": quantity,
            "added_at": clock.now(),
        },
    )


async def set_quantity(
    session: AsyncSession, cart_id: UUID, variant_id: UUID, quantity: int
) -> bool:
    """Change how many of a variant; False when the cart has none."""
    if quantity == 0:
        statement = (
            delete(CartLine)
            .where(CartLine.organization_id == cart_id, CartLine.variant_id == variant_id)
            .returning(CartLine.variant_id)
        )
    else:
        statement = (
            update(CartLine)
            .where(CartLine.organization_id == cart_id, CartLine.variant_id == variant_id)
            .values(quantity=quantity)
            .returning(CartLine.variant_id)
        )
    return (await session.execute(statement)).first() is not None


async def change(session: AsyncSession, cart_id: UUID, values: dict[str, Any]) -> None:
    """Set columns of a cart."""
    await session.execute(
        update(_CARTS)
        .where(_CARTS.c.organization_id == cart_id, _CARTS.c.id == cart_id)
        .values(updated_at=clock.now(), **values)
    )


async def expired(session: AsyncSession, moment: datetime, limit: int) -> Sequence[UUID]:
    """Carts that are over."""
    statement = select(CartExpiry.cart_id).where(CartExpiry.expires_at < moment).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def remove(session: AsyncSession, cart_ids: Collection[UUID]) -> None:
    """Delete carts with their lines."""
    await session.execute(delete(Cart).where(Cart.organization_id.in_(cart_ids)))
    await session.execute(delete(CartExpiry).where(CartExpiry.cart_id.in_(cart_ids)))
