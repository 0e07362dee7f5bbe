"""The marketplace's capabilities for paying statements online, as payments bring them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, NotFoundError
from arengo_core.host import Host
from arengo_core.money import Money
from arengo_core.plugins.contributions import Capability
from arengo_marketplace.contract import (
    OnlinePayment,
    StatementCheckout,
    StatementDesk,
    StatementDue,
)
from arengo_payments.base import SERVICE
from arengo_payments.checkout.desk import Desk
from arengo_payments.collecting import repository
from arengo_payments.collecting import service as collecting
from arengo_payments.statements import service


class StatementCheckoutInTransaction:
    """Implements the marketplace's ``StatementCheckout``."""

    def __init__(self, host: Host, uow: UnitOfWork | None) -> None:
        assert uow is not None, "StatementCheckout works in a transaction; StatementDesk without"
        self._host = host
        self._uow = uow

    async def obstacle(self, consortium_id: UUID) -> ArengoError | None:
        """Why nothing can be collected here."""
        return await service.obstacle(self._host, self._uow, consortium_id)

    async def beyond(self, amount: Money) -> ArengoError | None:
        """Why a hosted page does not take the amount."""
        return service.beyond(amount)

    async def prepare(self, due: StatementDue) -> OnlinePayment:
        """Store a payment to be opened after commit."""
        return await service.prepare(self._host, self._uow, due)

    async def latest(
        self, consortium_id: UUID, statement_ids: Collection[UUID]
    ) -> Mapping[UUID, OnlinePayment]:
        """The newest payment of each statement."""
        return await service.latest(self._uow, consortium_id, statement_ids)


class StatementPaymentDesk:
    """Implements the marketplace's ``StatementDesk``, by the desk of all payments."""

    def __init__(self, host: Host, _uow: UnitOfWork | None) -> None:
        self._host = host
        self._desk = Desk(host)

    async def open(self, payment_id: UUID) -> OnlinePayment:
        """Open the hosted page, or give the one that is open."""
        opened = await self._desk.open(payment_id)
        return await self._seen(payment_id, opened.url)

    async def close(self, payment_id: UUID) -> None:
        """Expire an open hosted page."""
        await self._desk.close(payment_id)

    async def _seen(self, payment_id: UUID, url: str | None) -> OnlinePayment:
        async with self._host.unit_of_work(read_only=True) as uow:
            consortium_id = await collecting.consortium_of(uow, payment_id)
        caller = Caller.program([consortium_id], [consortium_id])
        async with self._host.unit_of_work(caller, read_only=True) as uow:
            payment = await repository.payment(uow.session, consortium_id, payment_id)
            if payment is None:
                raise NotFoundError("There is no such payment.")
            attempt = None
            if payment.attempt_id is not None:
                attempt = await repository.attempt(uow.session, consortium_id, payment.attempt_id)
            return service.seen(payment, attempt.state if attempt else None, url)


# The service says what a consortium has to offer; the marketplace asks for no Activation.
CAPABILITIES = [
    Capability(StatementCheckout, StatementCheckoutInTransaction, service=SERVICE),
    Capability(StatementDesk, StatementPaymentDesk),
]
