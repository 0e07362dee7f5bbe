"""Payments as the checkout uses them; without the plugin, only the counter is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, NotActiveError, UnavailableError
from arengo_core.host import Host
from arengo_core.i18n import gettext as _
from arengo_core.money import Money
from arengo_storefront import partners
from arengo_storefront.checkout.draft import Draft
from arengo_storefront.orders.links import secret_of

COUNTER = "counter"
RELEASE_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Method:
    """A way to pay; ``hosted`` ones lead to a gateway's own page."""

    key: str
    title: str
    hosted: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What of a payment belongs to a merchant order."""

    merchant_id: UUID
    merchant_order_id: UUID
    amount: Money
    label: str


@dataclass(frozen=True, slots=True)
class Due:
    """One order to be paid."""

    order_id: UUID
    consortium_id: UUID
    method: str
    attempt: int
    amount: Money
    parts: tuple[Part, ...]
    locale: str
    email: str


def with_payments(host: Host) -> bool:
    """Whether the payments plugin is there to be asked."""
    return partners.HAS_PAYMENTS and partners.installed(host, "payments")


async def methods_for(
    host: Host, uow: UnitOfWork, consortium_id: UUID, merchants: Sequence[UUID]
) -> list[Method]:
    """Ways to pay for goods of these merchants. The counter stays when payments fails."""
    counter = [Method(COUNTER, _("At the counter, when you fetch it"), hosted=False)]
    if not with_payments(host):
        return counter
    try:
        payments = host.continuing(uow, partners.Payments)
        found = await payments.methods(consortium_id, merchants)
    except ArengoError:
        return counter
    return [Method(method.key, _(method.title), method.hosted) for method in found]


async def methods_of(host: Host, uow: UnitOfWork, draft: Draft) -> list[Method]:
    """Ways to pay for a draft: the counter only where everything is fetched at the shops."""
    if not draft.parts:
        return []
    methods = await methods_for(host, uow, draft.consortium_id, draft.merchants)
    if draft.is_fetched_at_shops:
        return methods
    return [method for method in methods if method.key != COUNTER]


async def prepare(host: Host, uow: UnitOfWork, due: Due) -> UUID | None:
    """Store the payment with its order; None where there is nothing to collect by the plugin.

    NotActiveError for a card where a merchant may not take any.
    """
    if not due.amount:
        return None
    if not with_payments(host):
        if due.method != COUNTER:
            raise NotActiveError("payments")
        return None
    payment = await host.continuing(uow, partners.Payments).prepare(
        request_for(host, due, clock.now())
    )
    return payment.id


def request_for(host: Host, due: Due, moment: datetime) -> partners.PaymentRequest:
    """What payments are asked for an order that was placed at a moment."""
    link = host.url(f"/orders/{secret_of(host, due.order_id)}")
    return partners.PaymentRequest(
        key=f"storefront:{due.order_id}:{due.attempt}",
        order_id=due.order_id,
        consortium_id=due.consortium_id,
        method=due.method,
        amount=due.amount,
        parts=tuple(
            partners.PaymentPart(part.merchant_id, part.merchant_order_id, part.amount, part.label)
            for part in due.parts
        ),
        locale=due.locale,
        success_url=f"{link}?paid=1",
        cancel_url=f"{link}?back=1",
        expires_at=moment + partners.CHECKOUT_LIFE,
        payer_email=due.email,
    )


async def is_open(host: Host, uow: UnitOfWork, payment_id: UUID | None) -> bool:
    """Whether a payment still waits for the shopper, so that its page can be opened again."""
    if payment_id is None or not with_payments(host):
        return False
    payment = await host.continuing(uow, partners.Payments).payment(payment_id)
    return payment.state in {
        partners.PaymentState.PENDING,
        partners.PaymentState.OPEN,
        partners.PaymentState.UNKNOWN,
    }


async def open_page(host: Host, payment_id: UUID) -> str | None:
    """The address of the gateway's page; outside of any transaction.

    None where it is paid meanwhile. UnavailableError when the gateway does not answer or
    refuses: the order stays and can be paid later.
    """
    opened = await host.standalone(partners.PaymentDesk).open(payment_id)
    if opened.url is None and opened.state is not partners.PaymentState.PAID:
        raise UnavailableError(
            "The payment service does not open this payment now. Try again from the order's page."
        )
    return opened.url
