"""What orders do when payments and parcels tell. Delivered at least once, in any order."""

from __future__ import annotations

from typing import Any

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.outbox.events import Delivery, EventHandler
from arengo_storefront import partners
from arengo_storefront.notices import service as notices
from arengo_storefront.notices.models import NoticeKind
from arengo_storefront.orders import parcels, refunds, repository, service
from arengo_storefront.orders.states import MAY_BECOME, MerchantOrderState


async def _succeeded(uow: UnitOfWork, delivery: Delivery[Any]) -> None:
    await service.paid(uow, delivery.event.aggregate_id, delivery.event.payment_id)


async def _ended(uow: UnitOfWork, delivery: Delivery[Any]) -> None:
    await service.ended(uow, delivery.event.aggregate_id, delivery.event.payment_id)


async def _refunded(uow: UnitOfWork, delivery: Delivery[Any]) -> None:
    event = delivery.event
    await refunds.settled(
        uow, merchant_id=event.merchant_id, refund_id=event.refund_id, done=event.done
    )


async def _moved(uow: UnitOfWork, delivery: Delivery[Any]) -> None:
    event = delivery.event
    part = await repository.merchant_order(
        uow.session, event.organization_id, event.merchant_order_id, lock=True
    )
    state = parcels.state_after(event.state)
    if part is None or state is None or state not in MAY_BECOME[MerchantOrderState(part.state)]:
        return
    if state is MerchantOrderState.HANDED_OVER:
        part.handed_over_at = clock.now()
        await notices.to_shopper(
            uow, part.order_id, NoticeKind.HANDED_OVER, merchant_order_id=part.id
        )
    await service.move(uow, part, state)


def handlers() -> list[EventHandler]:
    """The handlers of the events of those plugins whose contracts are installed."""
    found: list[EventHandler] = []
    if partners.HAS_PAYMENTS:
        found += [
            EventHandler(partners.PaymentSucceeded, _succeeded, "storefront.payment_succeeded"),
            EventHandler(partners.PaymentEnded, _ended, "storefront.payment_ended"),
            EventHandler(partners.RefundSettled, _refunded, "storefront.refund_settled"),
        ]
    if partners.HAS_DELIVERY:
        found.append(EventHandler(partners.ParcelMoved, _moved, "storefront.parcel_moved"))
    return found
