"""Rules of the stock: nothing is sold twice, and each change of what is on hand is a movement.

An order's service locks the order first and widens the unit of work to its merchants; the
functions here then lock the variants, always in the same order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.ids import new_id
from arengo_storefront.stock import repository
from arengo_storefront.stock.errors import OutOfStockError
from arengo_storefront.stock.models import MovementKind
from arengo_storefront.stock.repository import Level, Wanted

MOST_PIECES = 1_000_000


async def levels(session: AsyncSession, variant_ids: Collection[UUID]) -> dict[UUID, int]:
    """Pieces that can be sold of each variant, 0 where nobody ever counted."""
    found = await repository.available(session, variant_ids)
    return {variant_id: found.get(variant_id, 0) for variant_id in variant_ids}


async def set_level(
    uow: UnitOfWork, *, variant_id: UUID, organization_id: UUID, quantity: int, reason: str = ""
) -> None:
    """The merchant counted: so many pieces are on hand.

    ConflictError when orders being paid have reserved more than that.
    """
    if not 0 <= quantity <= MOST_PIECES:
        raise InvalidInputError(
            "From {minimum} to {maximum} is possible.",
            field="quantity",
            minimum=0,
            maximum=MOST_PIECES,
        )
    before = (await repository.lock(uow.session, [organization_id], [variant_id])).get(variant_id)
    if before is None:
        await count(uow, {variant_id: quantity}, organization_id=organization_id, reason=reason)
        return
    if quantity < before.reserved:
        raise ConflictError(
            "{reserved} pieces are reserved by orders being paid: count again in half an hour.",
            field="quantity",
            reserved=before.reserved,
        )
    if quantity == before.on_hand:
        return
    counted = [Wanted(organization_id, variant_id, quantity - before.on_hand)]
    await repository.change(uow.session, counted, on_hand=1)
    await _note(uow, counted, MovementKind.COUNTED, sign=1, reason=reason)
    await _show(uow, counted, {variant_id: before}, sign=1)


async def count(
    uow: UnitOfWork, quantities: Mapping[UUID, int], *, organization_id: UUID, reason: str = ""
) -> None:
    """First count of new variants of a merchant, by variant."""
    if not quantities:
        return
    await repository.add_items(
        uow.session,
        [
            {
                "organization_id": organization_id,
                "variant_id": variant_id,
                "on_hand": quantity,
                "reserved": 0,
            }
            for variant_id, quantity in quantities.items()
        ],
    )
    counted = [
        Wanted(organization_id, variant_id, quantity)
        for variant_id, quantity in quantities.items()
        if quantity
    ]
    if counted:
        await _note(uow, counted, MovementKind.COUNTED, sign=1, reason=reason)
        await _show(uow, counted, {}, sign=1)


async def sell(uow: UnitOfWork, order_id: UUID, wanted: Sequence[Wanted]) -> None:
    """Sell for an order that is paid or needs no payment first. OutOfStockError, all or nothing."""
    found = await _locked(uow, wanted)
    await repository.change(uow.session, wanted, on_hand=-1)
    await _note(uow, wanted, MovementKind.SOLD, sign=-1, order_id=order_id)
    await _show(uow, wanted, found, sign=-1)


async def reserve(
    uow: UnitOfWork, order_id: UUID, wanted: Sequence[Wanted], expires_at: datetime
) -> None:
    """Keep pieces for an order while it is being paid. OutOfStockError, all or nothing."""
    found = await _locked(uow, wanted)
    await repository.change(uow.session, wanted, reserved=1)
    await repository.add_reservations(uow.session, order_id, wanted, expires_at)
    await _show(uow, wanted, found, sign=-1)


async def release(uow: UnitOfWork, order_id: UUID, merchants: Collection[UUID]) -> bool:
    """Let go of what an order kept; False when it kept nothing."""
    kept = await repository.reservations_of(uow.session, order_id, merchants)
    if not kept:
        return False
    found = await repository.lock(uow.session, merchants, [item.variant_id for item in kept])
    await repository.change(uow.session, kept, reserved=-1)
    await repository.remove_reservations(uow.session, order_id, merchants)
    await _show(uow, kept, found, sign=1)
    return True


async def sell_reserved(uow: UnitOfWork, order_id: UUID, merchants: Collection[UUID]) -> bool:
    """Sell what an order kept; False when it keeps nothing any more."""
    kept = await repository.reservations_of(uow.session, order_id, merchants)
    if not kept:
        return False
    await repository.lock(uow.session, merchants, [item.variant_id for item in kept])
    await repository.change(uow.session, kept, on_hand=-1, reserved=-1)
    await repository.remove_reservations(uow.session, order_id, merchants)
    await _note(uow, kept, MovementKind.SOLD, sign=-1, order_id=order_id)
    return True


async def take_again(uow: UnitOfWork, order_id: UUID, wanted: Sequence[Wanted]) -> bool:
    """Sell for a payment that came after the release; False when too little is left."""
    try:
        await sell(uow, order_id, wanted)
    except OutOfStockError:
        return False
    return True


async def restock(
    uow: UnitOfWork, order_id: UUID, wanted: Sequence[Wanted], reason: str = ""
) -> None:
    """Put pieces of an order back on hand: it was cancelled, or they were returned."""
    found = await repository.lock(
        uow.session,
        {item.merchant_id for item in wanted},
        [item.variant_id for item in wanted],
    )
    kept = [item for item in wanted if item.variant_id in found]
    if not kept:
        return
    await repository.change(uow.session, kept, on_hand=1)
    await _note(uow, kept, MovementKind.RETURNED, sign=1, order_id=order_id, reason=reason)
    await _show(uow, kept, found, sign=1)


async def _locked(uow: UnitOfWork, wanted: Sequence[Wanted]) -> dict[UUID, Level]:
    found = await repository.lock(
        uow.session,
        {item.merchant_id for item in wanted},
        [item.variant_id for item in wanted],
    )
    for item in wanted:
        level = found.get(item.variant_id)
        left = level.available if level is not None else 0
        if left < item.quantity:
            raise OutOfStockError(item.variant_id, left)
    return found


async def _note(
    uow: UnitOfWork,
    moved: Sequence[Wanted],
    kind: MovementKind,
    *,
    sign: int,
    order_id: UUID | None = None,
    reason: str = "",
) -> None:
    moment = clock.now()
    await repository.add_movements(
        uow.session,
        [
            {
                "id": new_id(),
                "organization_id": item.merchant_id,
                "variant_id": item.variant_id,
                "kind": kind.value,
                "quantity": sign * item.quantity,
                "order_id": order_id,
                "reason": reason,
                "actor_id": uow.caller.user_id,
                "occurred_at": moment,
            }
            for item in moved
        ],
    )


async def _show(
    uow: UnitOfWork, moved: Sequence[Wanted], before: Mapping[UUID, Level], *, sign: int
) -> None:
    """Tell the listings, only where the last piece went or the first one came."""
    none = Level(0, 0)
    crossed = [
        item.variant_id
        for item in moved
        if (left := before.get(item.variant_id, none).available) == 0
        or left + sign * item.quantity == 0
    ]
    if crossed:
        await repository.show_in_stock(uow.session, crossed)
