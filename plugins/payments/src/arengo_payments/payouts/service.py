"""Rules of payouts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from arengo_core import clock, idempotency
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import format_money, gettext
from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_payments.marketplace import (
    book_return,
    book_transfer,
    held_for_itself,
    owed,
    owed_to,
)
from arengo_payments.payouts import repository
from arengo_payments.payouts.models import PayoutRow
from arengo_payments.permissions import PAYMENTS, PAYOUTS

_EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Due:
    """What a collecting entity owes a merchant now."""

    merchant_id: UUID
    name: str
    amount: Money


async def dues(host: Host, uow: UnitOfWork, consortium_id: UUID) -> list[Due]:
    """Money due to each merchant of a consortium, by name. For its officers."""
    uow.caller.require(consortium_id, PAYMENTS, PAYOUTS)
    amounts = await owed(host, uow, consortium_id)
    names = await organizations.by_ids(uow.session, amounts)
    found = [
        Due(
            merchant,
            names[merchant].name if merchant in names else str(merchant),
            amount,
        )
        for merchant, amount in amounts.items()
    ]
    return sorted(found, key=lambda due: due.name.lower())


async def record(
    host: Host,
    uow: UnitOfWork,
    *,
    consortium_id: UUID,
    merchant_id: UUID,
    amount: Money,
    paid_on: date,
    reference: str,
    key: str,
) -> UUID:
    """Note a transfer that the collecting entity made to a merchant; the payout's id.

    It is booked on the day of the transfer. InvalidInputError for a day to come, ConflictError
    for more than is due.
    """
    uow.caller.require(consortium_id, PAYOUTS)
    known = await idempotency.first_answer(uow, "payments.record_payout", key)
    if known is not None:
        return known
    _check(amount, paid_on)
    due = await owed_to(host, uow, consortium_id, merchant_id)
    if due < amount:
        raise ConflictError(
            "Only {due} is due to this merchant.", field="amount", due=format_money(due)
        )
    payout = _row(consortium_id, merchant_id, amount, Money(0, amount.currency), paid_on, reference)
    async with uow.widened([merchant_id]):
        uow.session.add(payout)
        await uow.session.flush()
        await book_return(
            host,
            uow,
            consortium_id=consortium_id,
            merchant_id=merchant_id,
            amount=amount,
            key=f"payout:{payout.id}",
            description=gettext("Transfer to the merchant"),
            at=clock.start_of(paid_on),
        )
        uow.audit(consortium_id, "payout.recorded", "Payout", payout.id, amount=amount.amount)
    await idempotency.remember(uow, "payments.record_payout", key, payout.id)
    return payout.id


async def record_transfer(
    host: Host,
    uow: UnitOfWork,
    *,
    consortium_id: UUID,
    amount: Money,
    fees: Money,
    paid_on: date,
    reference: str,
    key: str,
) -> UUID:
    """Note what the gateway paid out to the consortium's bank, and the fees that it kept.

    The payout's id; it is booked on the day of the payout. InvalidInputError for a day to come,
    ConflictError for more than the gateway holds beside the merchants' money.
    """
    uow.caller.require(consortium_id, PAYOUTS)
    known = await idempotency.first_answer(uow, "payments.record_transfer", key)
    if known is not None:
        return known
    _check(amount, paid_on)
    if fees.amount < 0:
        raise InvalidInputError("Fees are zero or more.", field="fees")
    await uow.widen([consortium_id], [consortium_id])
    await repository.locked(uow.session, consortium_id)
    held = await held_for_itself(host, uow, consortium_id)
    if held < amount + fees:
        raise ConflictError(
            "The gateway holds only {held} for the consortium itself.",
            field="amount",
            held=format_money(held),
        )
    payout = _row(consortium_id, consortium_id, amount, fees, paid_on, reference)
    uow.session.add(payout)
    await uow.session.flush()
    await book_transfer(
        host,
        uow,
        consortium_id=consortium_id,
        amount=amount,
        fees=fees,
        key=f"payout:{payout.id}",
        at=clock.start_of(paid_on),
    )
    uow.audit(consortium_id, "payout.to_bank", "Payout", payout.id, amount=amount.amount)
    await idempotency.remember(uow, "payments.record_transfer", key, payout.id)
    return payout.id


def _check(amount: Money, paid_on: date) -> None:
    if amount.amount <= 0:
        raise InvalidInputError("A transfer is more than zero.", field="amount")
    if paid_on > clock.today():
        raise InvalidInputError("This day is still to come.", field="paid_on")
    if paid_on < _EARLIEST:
        raise InvalidInputError("This day is too long ago.", field="paid_on")


def _row(
    consortium_id: UUID, payee_id: UUID, amount: Money, fees: Money, paid_on: date, reference: str
) -> PayoutRow:
    return PayoutRow(
        id=new_id(),
        organization_id=payee_id,
        consortium_id=consortium_id,
        created_at=clock.now(),
        amount=amount.amount,
        fees=fees.amount,
        currency=amount.currency,
        paid_on=paid_on,
        reference=reference.strip()[:140],
    )
