"""Jobs of orders: what follows a confirmation, stock that is let go, money that goes back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.money import Money
from arengo_marketplace.contract import Marketplace, UsageReading
from arengo_storefront import partners
from arengo_storefront.base import SERVICE
from arengo_storefront.notices import service as notices
from arengo_storefront.notices.models import NoticeKind
from arengo_storefront.orders import parcels, refunds, repository, service
from arengo_storefront.orders.states import OrderState
from arengo_storefront.orders.views import OrderView

METER = "storefront.orders"
_BATCH = 100


async def _reach(uow: UnitOfWork, order_id: UUID) -> OrderView | None:
    link = await repository.link_of(uow.session, order_id)
    return await service.reach(uow, order_id, link.merchants) if link is not None else None


async def order_confirmed(host: Host, payload: dict[str, Any]) -> None:
    """Job: tell both sides, report usage, announce parcels; each part may be done before."""
    order_id = UUID(payload["order"])
    async with host.unit_of_work(Caller.program([order_id])) as uow:
        view = await _reach(uow, order_id)
        if view is None:
            return
        await notices.to_shopper(uow, order_id, NoticeKind.ORDER_CONFIRMED)
        for part in view.parts:
            await notices.to_merchant(uow, part.row, NoticeKind.NEW_ORDER)
    await _report(host, view)
    await _announce(host, view)


async def _report(host: Host, view: OrderView) -> None:
    consortium_id = view.row.consortium_id
    caller = Caller.program(view.row.merchants, [consortium_id])
    async with host.unit_of_work(caller) as uow:
        await host.continuing(uow, Marketplace).report_usage(
            [
                UsageReading(
                    meter=METER,
                    organization_id=part.row.organization_id,
                    quantity=Decimal(1),
                    occurred_at=part.row.placed_at,
                    key=str(part.id),
                )
                for part in view.parts
            ]
        )


async def _announce(host: Host, view: OrderView) -> None:
    """Every parcel gets its try, so that one shop's trouble stops no other's."""
    trouble: ArengoError | None = None
    for part in view.parts:
        if not parcels.has_parcel(host, part.row):
            continue
        try:
            async with host.unit_of_work(Caller.program([part.row.organization_id])) as uow:
                await parcels.announce(host, uow, part.row)
        except ArengoError as error:
            trouble = error
    if trouble is not None:
        raise trouble


async def release_overdue(host: Host, _payload: dict[str, Any]) -> None:
    """Job: let go of the stock of orders that were not paid in time."""
    while True:
        async with host.unit_of_work() as uow:
            due = [
                link.order_id for link in await repository.overdue(uow.session, clock.now(), _BATCH)
            ]
        if not due:
            return
        for order_id in due:
            async with host.unit_of_work(Caller.program([order_id])) as uow:
                await _release(uow, order_id)


async def _release(uow: UnitOfWork, order_id: UUID) -> None:
    locked = await service.lock(uow, order_id)
    if locked is None:
        return
    order, _ = locked
    if order.state != OrderState.PENDING:
        await repository.set_reserved_until(uow.session, order_id, None)
        return
    if order.reserved_until is not None and order.reserved_until > clock.now():
        return
    await service.let_go(uow, order)
    await notices.to_shopper(uow, order_id, NoticeKind.PAYMENT_FAILED, str(order.attempt))


async def refund_payment(host: Host, payload: dict[str, Any]) -> None:
    """Job: give back in full a payment that came too late, or a second time."""
    order_id, payment_id = UUID(payload["order"]), UUID(payload["payment"])
    async with host.unit_of_work(Caller.program([order_id])) as uow:
        locked = await service.lock(uow, order_id)
        if locked is None:
            return
        order, parts = locked
        for part in parts:
            if order.payment_id == payment_id:
                await refunds.give_back(
                    host,
                    uow,
                    part,
                    amount=part.refundable,
                    reason="paid_too_late",
                    key=f"late:{payment_id}",
                )
                continue
            await host.continuing(uow, partners.Payments).refund(
                partners.RefundOrder(
                    key=f"storefront:again:{payment_id}:{part.id}",
                    payment_id=payment_id,
                    merchant_id=part.organization_id,
                    merchant_order_id=part.id,
                    amount=Money(part.total, part.currency),
                    reason="paid_twice",
                )
            )


async def close_page(host: Host, payload: dict[str, Any]) -> None:
    """Job: expire a payment page that nobody should pay any more."""
    await host.standalone(partners.PaymentDesk).close(UUID(payload["payment"]))


RELEASE = Job(
    "storefront.release_stock",
    release_overdue,
    title=N_("Give back stock of unpaid orders"),
    service=SERVICE,
    finishes=True,
)
JOBS = [
    Job(name, handle, title=title, service=SERVICE, finishes=True)
    for name, handle, title in (
        (service.CONFIRMED_JOB, order_confirmed, N_("Follow up a confirmed order")),
        (service.REFUND_PAYMENT_JOB, refund_payment, N_("Give money back for an order")),
        (service.CLOSE_PAGE_JOB, close_page, N_("Close an order's payment page")),
    )
]
SCHEDULES = [Schedule(RELEASE, "* * * * *")]
