"""The counter: what a merchant's people note themselves; the rules check who they are."""

from __future__ import annotations

from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotFoundError
from arengo_payments.collecting import repository, service
from arengo_payments.permissions import TILL


async def received(uow: UnitOfWork, payment_id: UUID, merchant_order_id: UUID) -> None:
    """Note that the caller's counter took the money of a merchant order.

    NotFoundError for an order that is not the caller's, ForbiddenError for a wrong role.
    """
    own = await repository.part_of(
        uow.session, uow.scope.organizations, merchant_order_id, payment_id
    )
    if own is None:
        uow.caller.require_signed_in()
        raise NotFoundError("There is no such payment.")
    uow.caller.require(own.organization_id, TILL)
    await service.received(uow, payment_id, merchant_order_id)
