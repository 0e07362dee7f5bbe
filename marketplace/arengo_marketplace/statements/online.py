"""Rules of paying statements online: who may, what is asked for, and going to the page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from arengo_core import idempotency
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, ConflictError, UnavailableError
from arengo_core.host import Host
from arengo_core.i18n import current_locale, gettext
from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_marketplace.contract import (
    OnlinePayment,
    OnlineState,
    StatementDesk,
    StatementDue,
)
from arengo_marketplace.members import charter
from arengo_marketplace.members import online as collecting
from arengo_marketplace.permissions import PAY
from arengo_marketplace.statements import repository
from arengo_marketplace.statements.models import Statement
from arengo_marketplace.statements.service import Standing, standing_of, statement_of

WAITING = frozenset({OnlineState.OPEN, OnlineState.UNKNOWN})
ON_ITS_WAY = frozenset({OnlineState.PROCESSING, OnlineState.UNKNOWN})
_OVER = frozenset({OnlineState.FAILED, OnlineState.EXPIRED})
_PAY = "marketplace.pay_statement_online"
_TRIES = 3


@dataclass(frozen=True, slots=True)
class _Step:
    """The payment to open, or one to close first: it is not what may be paid now."""

    payment_id: UUID
    is_new: bool
    is_stale: bool = False


async def obstacles(
    host: Host, uow: UnitOfWork, consortium_id: UUID, amounts: Collection[Money]
) -> dict[Money, ArengoError | None]:
    """Why each of the amounts of a consortium's statements is not paid online; None where it is.

    The one answer of pages, API and paying itself; it takes the same statements for any number.
    """
    hindered = await _obstacle(host, uow, consortium_id)
    return {
        amount: hindered or await collecting.beyond(host, uow, amount) for amount in set(amounts)
    }


async def _obstacle(host: Host, uow: UnitOfWork, consortium_id: UUID) -> ArengoError | None:
    if not (await charter.payment_terms(uow, consortium_id)).online:
        return ConflictError(
            "This consortium does not take online payments of its statements.", code="NOT_ONLINE"
        )
    return await collecting.obstacle(host, uow, consortium_id)


async def obstacle(
    host: Host, uow: UnitOfWork, consortium_id: UUID, amount: Money
) -> ArengoError | None:
    """The same of one amount."""
    return (await obstacles(host, uow, consortium_id, [amount]))[amount]


async def latest(
    host: Host, uow: UnitOfWork, rows: Sequence[Statement]
) -> dict[UUID, OnlinePayment]:
    """The newest online payment of each statement that has any; the caller may read them."""
    desk = collecting.checkout(host, uow)
    found: dict[UUID, OnlinePayment] = {}
    if desk is None:
        return found
    for consortium_id in {row.consortium_id for row in rows}:
        ids = [row.id for row in rows if row.consortium_id == consortium_id]
        try:
            found |= await desk.latest(consortium_id, ids)
        except UnavailableError:
            continue
    return found


def may_begin(caller: Caller, standing: Standing, payment: OnlinePayment | None) -> bool:
    """Whether the caller may pay what is open of a statement, if the consortium takes it online."""
    is_on_its_way = payment is not None and payment.state is OnlineState.PROCESSING
    return (
        standing.open > 0
        and not is_on_its_way
        and caller.may(standing.statement.organization_id, PAY)
    )


async def may_pay(
    host: Host, uow: UnitOfWork, standing: Standing, payment: OnlinePayment | None
) -> bool:
    """Whether the caller may pay what is open of a statement online, here and now."""
    if not may_begin(uow.caller, standing, payment):
        return False
    row = standing.statement
    amount = Money(standing.open, row.currency)
    return await obstacle(host, uow, row.consortium_id, amount) is None


async def begin(
    host: Host, caller: Caller, *, statement_id: UUID, idempotency_key: str | None = None
) -> OnlinePayment:
    """Open the page on which all that is open of a statement is paid; the member's leaders may.

    One that is open already is given again. ConflictError where nothing is open, a payment is on
    its way, or the consortium does not take it online; UnavailableError when the gateway's answer
    is unknown: the same call may pass later.
    """
    contract: Any = StatementDesk
    desk: StatementDesk = host.standalone(contract)
    for _ in range(_TRIES):
        async with host.unit_of_work(caller) as uow:
            step = await _prepared(host, uow, statement_id, idempotency_key)
        if step.is_stale:
            await desk.close(step.payment_id)
            continue
        opened = await desk.open(step.payment_id)
        if opened.url is not None or step.is_new or opened.state not in _OVER:
            return opened
    raise ConflictError("This statement is being paid by somebody else. Look at it again.")


async def _prepared(
    host: Host, uow: UnitOfWork, statement_id: UUID, idempotency_key: str | None
) -> _Step:
    statement = await statement_of(uow, statement_id)
    uow.caller.require(statement.organization_id, PAY)
    first = await idempotency.first_answer(uow, _PAY, idempotency_key)
    if first is not None:
        return _Step(first, is_new=True)
    await uow.widen([statement.organization_id, statement.consortium_id])
    await repository.locked(uow.session, [statement.organization_id])
    standing = await standing_of(uow, statement)
    last = (await latest(host, uow, [statement])).get(statement.id)
    amount = Money(standing.open, statement.currency)
    if amount.amount <= 0:
        raise ConflictError("Nothing of this statement is open.")
    if last is not None and last.state is OnlineState.PROCESSING:
        raise ConflictError(
            "A payment of this statement is on its way already.", code="PAYMENT_ON_ITS_WAY"
        )
    hindered = await obstacle(host, uow, statement.consortium_id, amount)
    if last is not None and last.state in WAITING:
        is_stale = hindered is not None or last.amount != amount
        return _Step(last.id, is_new=False, is_stale=is_stale)
    if hindered is not None:
        raise hindered
    desk = collecting.checkout(host, uow)
    assert desk is not None, "nothing is in the way"
    page = host.url(f"/office/statements/{statement.id}/online")
    payment = await desk.prepare(
        StatementDue(
            key=f"statement:{statement.id}:{new_id()}",
            statement_id=statement.id,
            consortium_id=statement.consortium_id,
            member_id=statement.organization_id,
            amount=amount,
            label=gettext("Statement {number}", number=statement.number),
            locale=current_locale(),
            back_url=f"{page}?from=paid",
            cancel_url=f"{page}?from=turned-back",
        )
    )
    await idempotency.remember(uow, _PAY, idempotency_key, payment.id)
    return _Step(payment.id, is_new=True)
