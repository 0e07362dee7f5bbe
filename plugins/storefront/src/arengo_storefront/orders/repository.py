"""Queries of orders."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core import clock
from arengo_storefront.orders.models import (
    MerchantOrder,
    Order,
    OrderLine,
    OrderLink,
    OrderRefund,
    OrderStep,
)
from arengo_storefront.orders.states import MerchantOrderState

Row = Mapping[str, Any]

# Statements of the checkout are built once: building them costs more than sending them.
_ADD_LINK = insert(cast(Table, OrderLink.__table__))
_ADD_ORDER = insert(cast(Table, Order.__table__))
_ADD_PARTS = insert(cast(Table, MerchantOrder.__table__))
_ADD_LINES = insert(cast(Table, OrderLine.__table__))
_MERCHANTS = bindparam("merchants", expanding=True)
_LINK = select(OrderLink).where(OrderLink.digest == bindparam("digest"))
_ORDER = select(Order).where(
    Order.organization_id == bindparam("order_id"), Order.id == bindparam("order_id")
)
_PARTS = (
    select(MerchantOrder)
    .where(
        MerchantOrder.organization_id.in_(_MERCHANTS),
        MerchantOrder.order_id == bindparam("order_id"),
    )
    .order_by(MerchantOrder.number)
)
_ORDER_LINES = (
    select(OrderLine)
    .where(
        OrderLine.organization_id.in_(_MERCHANTS),
        OrderLine.order_id.in_(bindparam("orders", expanding=True)),
    )
    .order_by(OrderLine.merchant_order_id, OrderLine.position)
    .execution_options(populate_existing=True)
)


async def add(
    session: AsyncSession,
    *,
    link: Row,
    order: Row,
    merchant_orders: Sequence[Row],
    lines: Sequence[Row],
) -> None:
    """A new order with all its parts."""
    await session.execute(_ADD_LINK, link)
    await session.execute(_ADD_ORDER, order)
    await session.execute(_ADD_PARTS, merchant_orders)
    await session.execute(_ADD_LINES, lines)


async def link_by_digest(session: AsyncSession, digest: bytes) -> OrderLink | None:
    """The order and shops behind a secret link."""
    return (await session.execute(_LINK, {"digest": digest})).scalar_one_or_none()


async def link_by_number(session: AsyncSession, number: str) -> OrderLink | None:
    """The order and shops of an order number."""
    return (
        await session.execute(select(OrderLink).where(OrderLink.number == number))
    ).scalar_one_or_none()


async def link_of(session: AsyncSession, order_id: UUID) -> OrderLink | None:
    """The shops of an order."""
    return await session.get(OrderLink, order_id)


async def overdue(session: AsyncSession, moment: datetime, limit: int) -> list[OrderLink]:
    """Orders whose reserved stock is to be let go."""
    statement = (
        select(OrderLink)
        .where(OrderLink.reserved_until <= moment)
        .order_by(OrderLink.reserved_until)
        .limit(limit)
    )
    return list((await session.execute(statement)).scalars())


async def set_reserved_until(
    session: AsyncSession, order_id: UUID, moment: datetime | None
) -> None:
    """When the order's stock is let go; None: it keeps none."""
    await session.execute(
        update(OrderLink).where(OrderLink.order_id == order_id).values(reserved_until=moment)
    )
    await session.execute(
        update(Order)
        .where(Order.organization_id == order_id, Order.id == order_id)
        .values(reserved_until=moment)
    )


async def order(session: AsyncSession, order_id: UUID, *, lock: bool = False) -> Order | None:
    """A shopper's order, perhaps locked until commit."""
    statement = _ORDER.with_for_update() if lock else _ORDER
    found = await session.execute(
        statement, {"order_id": order_id}, execution_options={"populate_existing": lock}
    )
    return found.scalar_one_or_none()


async def merchant_orders_of(
    session: AsyncSession, order_id: UUID, merchants: Collection[UUID], *, lock: bool = False
) -> list[MerchantOrder]:
    """The merchant orders of an order."""
    statement = _PARTS.with_for_update() if lock else _PARTS
    found = await session.execute(
        statement,
        {"merchants": list(merchants), "order_id": order_id},
        execution_options={"populate_existing": lock},
    )
    return list(found.scalars())


async def lines_of(
    session: AsyncSession, order_ids: Collection[UUID], merchants: Collection[UUID]
) -> list[OrderLine]:
    """The lines of orders, of these merchants."""
    found = await session.execute(
        _ORDER_LINES, {"merchants": list(merchants), "orders": list(order_ids)}
    )
    return list(found.scalars())


async def merchant_order(
    session: AsyncSession, merchant_id: UUID, merchant_order_id: UUID, *, lock: bool = False
) -> MerchantOrder | None:
    """A merchant's own order, perhaps locked until commit."""
    statement = select(MerchantOrder).where(
        MerchantOrder.organization_id == merchant_id,
        MerchantOrder.id == merchant_order_id,
        MerchantOrder.state != MerchantOrderState.PENDING,
    )
    if lock:
        statement = statement.with_for_update()
    found = await session.execute(statement, execution_options={"populate_existing": lock})
    return found.scalar_one_or_none()


async def merchant_orders(
    session: AsyncSession,
    merchant_id: UUID,
    *,
    states: Collection[str],
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[MerchantOrder]:
    """A merchant's orders in some states, newest first."""
    statement = (
        select(MerchantOrder)
        .where(MerchantOrder.organization_id == merchant_id, MerchantOrder.state.in_(states))
        .order_by(MerchantOrder.placed_at.desc(), MerchantOrder.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(tuple_(MerchantOrder.placed_at, MerchantOrder.id) < before)
    return list((await session.execute(statement)).scalars())


async def count_by_state(session: AsyncSession, merchant_id: UUID) -> dict[str, int]:
    """How many orders of a merchant stand where."""
    rows = await session.execute(
        select(MerchantOrder.state, func.count())
        .where(
            MerchantOrder.organization_id == merchant_id,
            MerchantOrder.state != MerchantOrderState.PENDING,
        )
        .group_by(MerchantOrder.state)
    )
    return {row[0]: row[1] for row in rows}


async def add_step(session: AsyncSession, row: Row) -> None:
    """Note that a merchant order reached a state."""
    await session.execute(insert(OrderStep).values(**row))


async def steps_of(
    session: AsyncSession, order_id: UUID, merchants: Collection[UUID]
) -> list[OrderStep]:
    """What happened to the merchant orders of an order, newest first."""
    statement = (
        select(OrderStep)
        .where(OrderStep.organization_id.in_(merchants), OrderStep.order_id == order_id)
        .order_by(OrderStep.occurred_at.desc(), OrderStep.id.desc())
    )
    return list((await session.execute(statement)).scalars())


async def refund_by_key(session: AsyncSession, merchant_id: UUID, key: str) -> OrderRefund | None:
    """A refund that was asked for before."""
    statement = select(OrderRefund).where(
        OrderRefund.organization_id == merchant_id, OrderRefund.key == key
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def refund_settled(
    session: AsyncSession, merchant_id: UUID, refund_id: UUID
) -> OrderRefund | None:
    """Our note of a refund of the payments plugin, locked until commit."""
    statement = (
        select(OrderRefund)
        .where(OrderRefund.organization_id == merchant_id, OrderRefund.refund_id == refund_id)
        .with_for_update()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def refunds_of(
    session: AsyncSession, order_id: UUID, merchants: Collection[UUID]
) -> list[OrderRefund]:
    """Money that goes back for an order."""
    statement = (
        select(OrderRefund)
        .where(OrderRefund.organization_id.in_(merchants), OrderRefund.order_id == order_id)
        .order_by(OrderRefund.requested_at, OrderRefund.id)
    )
    return list((await session.execute(statement)).scalars())


async def turnover(
    session: AsyncSession, merchant_id: UUID, since: datetime
) -> tuple[int, int, int]:
    """A merchant's orders since an instant: how many, for how much, of which refunded."""
    row = await session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(MerchantOrder.total), 0),
            func.coalesce(func.sum(MerchantOrder.refunded), 0),
        ).where(
            MerchantOrder.organization_id == merchant_id,
            MerchantOrder.placed_at >= since,
            MerchantOrder.state.not_in([MerchantOrderState.PENDING, MerchantOrderState.CANCELLED]),
        )
    )
    count, total, refunded = row.one()
    return int(count), int(total), int(refunded)


async def remember_link(session: AsyncSession, order_id: UUID, digest: bytes) -> None:
    """Let the present secret open the order."""
    await session.execute(
        update(OrderLink)
        .where(OrderLink.order_id == order_id, OrderLink.digest != digest)
        .values(digest=digest)
    )


def step_row(merchant_order: MerchantOrder, actor_id: UUID | None) -> dict[str, Any]:
    """The note that a merchant order is now where it is."""
    return {
        "organization_id": merchant_order.organization_id,
        "order_id": merchant_order.order_id,
        "merchant_order_id": merchant_order.id,
        "state": merchant_order.state,
        "actor_id": actor_id,
        "occurred_at": clock.now(),
    }
