"""Payments of the past: taken over from another system, or made up for the demo."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_payments.base import CARD
from arengo_payments.collecting import repository, service
from arengo_payments.collecting.models import AttemptRow, PaymentPartRow, PaymentRow
from arengo_payments.collecting.repository import Named
from arengo_payments.collecting.states import AttemptState
from arengo_payments.contract import PastPayment, PaymentState
from arengo_payments.marketplace import book_payment, marketplace

REFERENCE = "pi_past_"


async def record(host: Host, uow: UnitOfWork, payments: Sequence[PastPayment]) -> Sequence[UUID]:
    """Store payments with their bookings; no event tells of them. Their ids, in order."""
    ids: list[UUID] = []
    cards: list[tuple[PaymentRow, list[PaymentPartRow]]] = []
    consortia = {past.request.consortium_id for past in payments}
    merchants = {part.merchant_id for past in payments for part in past.request.parts}
    async with uow.widened(consortia | merchants, consortia):
        for past in payments:
            row, parts = service.rows(past.request)
            row.created_at, row.paid_at, row.payer_email = past.made_at, past.paid_at, None
            for part in parts:
                part.created_at, part.paid_at = past.made_at, past.paid_at
            if past.paid_at is not None:
                row.state = PaymentState.PAID
            uow.session.add_all([row, service.address(row), *parts])
            ids.append(row.id)
            if past.request.method == CARD and past.paid_at is not None:
                cards.append((row, parts))
        await uow.session.flush()
        for row, parts in cards:
            await _attempt(host, uow, row)
            assert row.paid_at is not None
            await book_payment(host, uow, row, parts, row.paid_at)
    return ids


async def _attempt(host: Host, uow: UnitOfWork, row: PaymentRow) -> AttemptRow:
    entity = service.payable_entity(
        await marketplace(host, uow).collecting_entity(row.consortium_id)
    )
    attempt = await service.new_attempt(uow, row, entity, row.expires_at)
    row.state, attempt.state = PaymentState.PAID, AttemptState.PAID
    attempt.created_at = attempt.changed_at = attempt.gateway_since = row.created_at
    attempt.payment_reference = f"{REFERENCE}{row.id.hex}"
    await repository.name(
        uow.session,
        row.consortium_id,
        attempt.gateway,
        attempt.payment_reference,
        Named(row.id, attempt.id),
    )
    return attempt
