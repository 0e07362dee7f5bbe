"""The capability ``Payments``: the rooms of this plugin behind its contract."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.money import Money
from arengo_core.plugins.contributions import Capability
from arengo_payments.checkout.desk import Desk
from arengo_payments.collecting import past
from arengo_payments.collecting import service as collecting
from arengo_payments.contract import (
    PastPayment,
    Payment,
    PaymentDesk,
    PaymentMethod,
    PaymentRequest,
    Payments,
    RefundOrder,
)
from arengo_payments.refunds import service as refunds


class PaymentsInTransaction:
    """The capability ``Payments`` in the caller's transaction."""

    def __init__(self, host: Host, uow: UnitOfWork) -> None:
        self._host = host
        self._uow = uow

    async def methods(
        self, consortium_id: UUID, merchants: Sequence[UUID]
    ) -> Sequence[PaymentMethod]:
        """Ways to pay for an order of these merchants."""
        return await collecting.methods(self._host, self._uow, consortium_id, merchants)

    async def prepare(self, request: PaymentRequest) -> Payment:
        """Store a payment to be opened after commit."""
        return await collecting.prepare(self._host, self._uow, request)

    async def payment(self, payment_id: UUID) -> Payment:
        """A payment."""
        return await collecting.payment(self._uow, payment_id)

    async def received(self, payment_id: UUID, merchant_order_id: UUID, key: str) -> None:
        """Note that the counter took the money: once, whatever the key."""
        await collecting.received(self._uow, payment_id, merchant_order_id)

    async def refund(self, order: RefundOrder) -> UUID:
        """Store a refund and note the job that makes it."""
        return await refunds.request(self._uow, order)

    async def due_to(self, merchant_id: UUID) -> Money:
        """What the collecting entity still owes a merchant."""
        return await collecting.due_to(self._host, self._uow, merchant_id)

    async def record_past(self, payments: Sequence[PastPayment]) -> Sequence[UUID]:
        """Take over payments of another system, or of the demo."""
        return await past.record(self._host, self._uow, payments)


def _in_transaction(host: Host, uow: UnitOfWork | None) -> PaymentsInTransaction:
    assert uow is not None, "Payments works in a transaction; PaymentDesk does without"
    return PaymentsInTransaction(host, uow)


def _desk(host: Host, _uow: UnitOfWork | None) -> Desk:
    return Desk(host)


# Not gated: a counter needs no Activation, refunds go on after one; cards are checked inside.
CAPABILITIES = [Capability(Payments, _in_transaction), Capability(PaymentDesk, _desk)]
