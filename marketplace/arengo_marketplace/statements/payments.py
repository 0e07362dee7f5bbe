"""Rules of payments: recording what came in, taking a record back, using a member's credit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from arengo_core import clock, idempotency
from arengo_core.clock import ROME
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.i18n import format_money, gettext
from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_marketplace.contract import OnlineReceipt, Posting
from arengo_marketplace.costs.period import Period
from arengo_marketplace.ledger import service as ledger
from arengo_marketplace.permissions import INCOME
from arengo_marketplace.statements import repository
from arengo_marketplace.statements.models import PaymentWay, Statement, StatementPayment
from arengo_marketplace.statements.service import Standing, standing_of, standings, statement_of

REFERENCE_LIMIT = 200
REASON_LIMIT = 300
_EARLIEST = date(2000, 1, 1)
_PAY = "marketplace.record_statement_payment"


async def record(
    uow: UnitOfWork,
    *,
    statement_id: UUID,
    amount: Money,
    paid_on: date,
    reference: str = "",
    is_over: bool = False,
    idempotency_key: str | None = None,
) -> StatementPayment:
    """Record that a statement was paid, in whole or part; the consortium's officers may.

    A credit is paid out by a negative amount. ``is_over`` says that more than is open came in:
    the rest is the member's credit. InvalidInputError for more without that, a day to come, or
    the wrong sign.
    """
    statement = await statement_of(uow, statement_id)
    uow.caller.require(statement.consortium_id, INCOME)
    first = await idempotency.first_answer(uow, _PAY, idempotency_key)
    if first is not None:
        return await _kept(uow, first)
    await repository.locked(uow.session, [statement.organization_id])
    standing = await standing_of(uow, statement)
    _check(amount, paid_on, reference, standing, is_over=is_over)
    await uow.widen([statement.organization_id, statement.consortium_id])
    payment = _row(uow, statement, amount.amount, paid_on, reference.strip())
    await _write(
        uow,
        [payment],
        gettext("Payment of statement {number}", number=statement.number),
        _postings(payment),
        occurred_at=Period(paid_on, paid_on + timedelta(days=1)).bounds[0],
    )
    await idempotency.remember(uow, _PAY, idempotency_key, payment.id)
    uow.audit(
        statement.consortium_id,
        "statement.paid",
        "Statement",
        statement.id,
        amount=amount.amount,
        paid_on=paid_on,
    )
    return payment


async def record_online(uow: UnitOfWork, receipt: OnlineReceipt) -> StatementPayment:
    """Record money that came online for a statement, or went back; the same key again is nothing.

    For the program, told by the payments service. The money is there, so it is taken whatever
    was paid or taken back meanwhile: what is more than is open is the member's credit.
    """
    statement = await repository.get(uow.session, receipt.statement_id)
    if statement is None:
        raise NotFoundError("There is no such statement.")
    await uow.widen([statement.organization_id, statement.consortium_id])
    await repository.locked(uow.session, [statement.organization_id])
    known = await repository.payment_by_key(uow.session, statement.organization_id, receipt.key)
    if known is not None:
        return known
    payment = _row(
        uow,
        statement,
        receipt.amount.amount,
        receipt.occurred_at.astimezone(ROME).date(),
        receipt.reference,
        PaymentWay.ONLINE,
    )
    payment.key, payment.reason = receipt.key, receipt.reason
    await _write(
        uow,
        [payment],
        _told(receipt, statement.number),
        _postings(payment),
        occurred_at=receipt.occurred_at,
    )
    uow.audit(
        statement.consortium_id,
        "statement.online_returned"
        if receipt.amount.amount < 0
        else "statement.online_back_again"
        if receipt.reason
        else "statement.paid_online",
        "Statement",
        statement.id,
        amount=receipt.amount.amount,
    )
    return payment


def _told(receipt: OnlineReceipt, number: str) -> str:
    """What the ledger says: paid, given back, or come back after that."""
    if receipt.amount.amount < 0:
        return gettext("Online payment of statement {number} given back", number=number)
    if receipt.reason:
        return gettext(
            "Online payment of statement {number} is there again: {reason}",
            number=number,
            reason=receipt.reason,
        )
    return gettext("Statement {number} paid online", number=number)


async def take_back(uow: UnitOfWork, *, payment_id: UUID, reason: str) -> StatementPayment:
    """Take a payment back that was recorded wrongly, by one of the opposite amount.

    Both stay visible. A credit that was used is given back to the statement that it came from.
    ConflictError where it was taken back already, or takes another back itself.
    """
    payment = await repository.payment(uow.session, payment_id)
    if payment is None or not uow.caller.may(payment.consortium_id, INCOME):
        raise NotFoundError("There is no such payment.")
    reason = reason.strip()
    if not reason:
        raise InvalidInputError("Say why, for the members to read.", field="reason")
    _check_length(reason, REASON_LIMIT, "reason")
    await repository.locked(uow.session, [payment.organization_id])
    if payment.way == PaymentWay.ONLINE:
        raise ConflictError("It was paid online: give the money back among the payments.")
    if payment.reverses_id or await repository.payment_taking_back(uow.session, payment):
        raise ConflictError("This payment was taken back already.")
    await uow.widen([payment.organization_id, payment.consortium_id])
    undone = [payment]
    if payment.counterpart_id is not None:
        undone.append(await _kept(uow, payment.counterpart_id))
    rows = [_opposite(uow, one, reason) for one in undone]
    if len(rows) > 1:
        _pair(rows[0], rows[1])
    await _write(
        uow,
        rows,
        gettext("A payment taken back: {reason}", reason=reason),
        [line for row in rows for line in _postings(row)],
    )
    uow.audit(
        payment.consortium_id,
        "statement.payment_taken_back",
        "Statement",
        payment.statement_id,
        amount=payment.amount,
        reason=reason,
    )
    return rows[0]


async def use_credits(uow: UnitOfWork, *, statement_id: UUID) -> Statement:
    """Pay a statement with what the member is to be given back; the consortium's officers may.

    ConflictError where there is no such credit, or nothing of the statement is open.
    """
    statement = await statement_of(uow, statement_id)
    uow.caller.require(statement.consortium_id, INCOME)
    await uow.widen([statement.organization_id, statement.consortium_id])
    if not await set_off(uow, statement.consortium_id, [statement]):
        raise ConflictError("There is no credit to use, or nothing of this statement is open.")
    return statement


async def credits_of(uow: UnitOfWork, statement: Statement) -> int:
    """What a member is to be given back by the consortium of a statement, in minor units."""
    rows = await repository.unsettled(
        uow.session, statement.consortium_id, [statement.organization_id]
    )
    return -sum(min(one.open, 0) for one in await standings(uow, rows))


async def set_off(uow: UnitOfWork, consortium_id: UUID, owed: Sequence[Statement]) -> int:
    """Pay members' statements with the credits that they have, the oldest first; how much.

    For the program's own services, with consortium and members in scope.
    """
    members = {one.organization_id for one in owed}
    if not await _with_credit(uow, consortium_id, members):
        return 0
    await repository.locked(uow.session, members)
    credits: dict[tuple[UUID, str], list[Standing]] = {}
    for one in await _with_credit(uow, consortium_id, members):
        key = (one.statement.organization_id, one.statement.currency)
        credits.setdefault(key, []).append(one)
    used = 0
    for debt in await standings(uow, owed):
        left = debt.open
        row = debt.statement
        own = credits.get((row.organization_id, row.currency), [])
        while left > 0 and own:
            credit = own[0]
            part = min(left, -credit.open)
            await _move(uow, credit.statement, row, part)
            left, used = left - part, used + part
            own[0] = Standing(
                credit.statement, credit.paid - part, credit.reversed_by, credit.paid_before
            )
            if not own[0].open:
                own.pop(0)
    return used


async def _with_credit(uow: UnitOfWork, consortium_id: UUID, members: set[UUID]) -> list[Standing]:
    rows = await repository.unsettled(uow.session, consortium_id, members)
    return [one for one in await standings(uow, rows) if one.open < 0]


async def _move(uow: UnitOfWork, credit: Statement, debt: Statement, amount: int) -> None:
    """Two payments: one gives the credit back, the other pays the debt with it."""
    today = clock.today()
    given = _row(uow, credit, -amount, today, debt.number, PaymentWay.SET_OFF)
    taken = _row(uow, debt, amount, today, credit.number, PaymentWay.SET_OFF)
    _pair(given, taken)
    await _write(
        uow,
        [given, taken],
        gettext(
            "Credit of {credit} used for statement {number}",
            credit=credit.number,
            number=debt.number,
        ),
        [*_postings(given), *_postings(taken)],
    )
    uow.audit(
        debt.consortium_id, "statement.set_off", "Statement", debt.id, amount=amount, of=credit.id
    )


def _row(
    uow: UnitOfWork,
    statement: Statement,
    amount: int,
    paid_on: date,
    reference: str,
    way: PaymentWay = PaymentWay.BANK,
) -> StatementPayment:
    return StatementPayment(
        id=new_id(),
        organization_id=statement.organization_id,
        consortium_id=statement.consortium_id,
        statement_id=statement.id,
        amount=amount,
        currency=statement.currency,
        paid_on=paid_on,
        reference=reference,
        recorded_by=uow.caller.user_id,
        way=way.value,
    )


def _opposite(uow: UnitOfWork, payment: StatementPayment, reason: str) -> StatementPayment:
    return StatementPayment(
        id=new_id(),
        organization_id=payment.organization_id,
        consortium_id=payment.consortium_id,
        statement_id=payment.statement_id,
        amount=-payment.amount,
        currency=payment.currency,
        paid_on=clock.today(),
        reference=payment.reference,
        recorded_by=uow.caller.user_id,
        way=payment.way,
        reverses_id=payment.id,
        reason=reason,
    )


def _pair(one: StatementPayment, other: StatementPayment) -> None:
    one.counterpart_id, other.counterpart_id = other.id, one.id


def _postings(payment: StatementPayment) -> list[Posting]:
    """What a payment does to the ledger; one by a credit moves it inside the member's account."""
    amount = Money(payment.amount, payment.currency)
    owed = Posting("member_receivable", -amount, payment.organization_id)
    if payment.way == PaymentWay.SET_OFF:
        return [owed]
    return [Posting("gateway" if payment.way == PaymentWay.ONLINE else "bank", amount), owed]


async def _write(
    uow: UnitOfWork,
    rows: Sequence[StatementPayment],
    description: str,
    postings: Sequence[Posting],
    occurred_at: datetime | None = None,
) -> None:
    uow.session.add_all(rows)
    await uow.session.flush()
    await ledger.post(
        uow,
        rows[0].consortium_id,
        key=f"statement_payment:{rows[0].id}",
        description=description,
        postings=postings,
        occurred_at=occurred_at,
    )


async def _kept(uow: UnitOfWork, payment_id: UUID) -> StatementPayment:
    found = await repository.payment(uow.session, payment_id)
    assert found is not None, "payments are never deleted"
    return found


def _check(
    amount: Money, paid_on: date, reference: str, standing: Standing, *, is_over: bool
) -> None:
    if amount.currency != standing.statement.currency:
        raise InvalidInputError(
            "This statement is in {currency}.",
            field="amount",
            currency=standing.statement.currency,
        )
    is_more = amount.amount > max(standing.open, 0)
    if standing.reversed_by is not None:
        raise InvalidInputError("Nothing of this statement is open.", field="amount")
    if not amount or (amount.amount < 0 and amount.amount < standing.open):
        raise InvalidInputError(
            "{amount} does not fit: {open} is open.",
            field="amount",
            amount=format_money(amount),
            open=format_money(Money(standing.open, amount.currency)),
        )
    if is_more and not is_over:
        raise InvalidInputError(
            "{amount} is more than is open ({open}). If so much came in, say so below: the rest is"
            " the member's credit.",
            field="amount",
            amount=format_money(amount),
            open=format_money(Money(standing.open, amount.currency)),
        )
    if paid_on > clock.today():
        raise InvalidInputError("This day is still to come.", field="paid_on")
    if paid_on < _EARLIEST:
        raise InvalidInputError("This day is too long ago.", field="paid_on")
    _check_length(reference, REFERENCE_LIMIT, "reference")


def _check_length(text: str, limit: int, field: str) -> None:
    if len(text) > limit:
        raise InvalidInputError(
            "At most {limit} characters are possible.", field=field, limit=limit
        )
