"""Rules of withdrawal (art. 52 to 59 Codice del consumo): declared, acknowledged, paid back."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.mail.address import check_email
from arengo_storefront.notices import service as notices
from arengo_storefront.notices.models import NoticeKind
from arengo_storefront.orders import desk, refunds, repository
from arengo_storefront.orders.errors import NoSuchOrderError, WrongStateError
from arengo_storefront.orders.models import MerchantOrder, OrderLine
from arengo_storefront.orders.views import OrderView, line_name, with_lines
from arengo_storefront.permissions import RETURNS
from arengo_storefront.withdrawal import repository as cases
from arengo_storefront.withdrawal.models import CaseState, ReturnCase


async def declare(
    host: Host,
    uow: UnitOfWork,
    view: OrderView,
    *,
    quantities: Mapping[UUID, int],
    name: str,
    email: str,
) -> list[ReturnCase]:
    """The shopper withdraws from pieces of the order: one case for each merchant concerned.

    Goods that have not left are paid back at once; the others when they are back.
    InvalidInputError names a line that is exempt, or a quantity that is not there.
    """
    if not name.strip():
        raise InvalidInputError("Your name is needed.", field="name")
    address = check_email(email)
    wanted = {line_id: quantity for line_id, quantity in quantities.items() if quantity}
    if not wanted:
        raise InvalidInputError("Choose at least one product to withdraw from.", field="lines")
    known = {line.id for part in view.parts for line in part.lines}
    if not wanted.keys() <= known:
        raise InvalidInputError("This line is not part of the order.", field="lines")
    found: list[ReturnCase] = []
    for part in view.parts:
        own = {line.id: wanted[line.id] for line in part.lines if line.id in wanted}
        if own:
            found.append(
                await _declare_part(host, uow, part.row, own, name=name.strip(), email=address)
            )
    return found


async def _declare_part(
    host: Host,
    uow: UnitOfWork,
    row: MerchantOrder,
    quantities: dict[UUID, int],
    *,
    name: str,
    email: str,
) -> ReturnCase:
    held = await repository.merchant_order(uow.session, row.organization_id, row.id, lock=True)
    if held is None:
        raise NoSuchOrderError
    lines = await repository.lines_of(uow.session, [held.order_id], [held.organization_id])
    part = with_lines([held], lines)[0]
    _check_allowed(lines, quantities)
    if not part.may_withdraw:
        raise ConflictError(
            "The fourteen days to withdraw from these goods are over, or there is nothing left"
            " to withdraw from.",
            code="WITHDRAWAL_OVER",
        )
    amount = _amount(held, lines, quantities)
    case = ReturnCase(
        id=new_id(),
        organization_id=held.organization_id,
        order_id=held.order_id,
        merchant_order_id=held.id,
        state=CaseState.DECLARED,
        name=name,
        email=email,
        lines={str(line_id): quantity for line_id, quantity in quantities.items()},
        amount=amount,
        currency=held.currency,
        declared_at=clock.now(),
    )
    uow.session.add(case)
    await uow.session.flush()
    is_whole = all(line.left == quantities.get(line.id, 0) for line in lines)
    if not part.has_left and is_whole:
        await desk.call_off(host, uow, held, reason="withdrawal", key=f"withdrawal:{case.id}")
        _settle(case)
    else:
        await desk.take_back(uow, held, lines, quantities, restock=not part.has_left)
        if not part.has_left:
            await _pay_back(host, uow, held, case)
    await _tell(uow, held, case)
    return case


def _check_allowed(lines: list[OrderLine], quantities: Mapping[UUID, int]) -> None:
    for line in lines:
        if quantities.get(line.id, 0) and line.exemption:
            raise InvalidInputError(
                "{name} cannot be withdrawn from (art. 59 Codice del consumo).",
                field=f"quantity_{line.id}",
                name=line_name(line),
            )
    desk.price_of(lines, quantities)


def _amount(row: MerchantOrder, lines: list[OrderLine], quantities: Mapping[UUID, int]) -> int:
    """What goes back: the goods, and the delivery when nothing is kept (art. 56(1))."""
    amount = desk.price_of(lines, quantities)
    if all(line.left == quantities.get(line.id, 0) for line in lines):
        amount += row.delivery_total
    return min(amount, row.refundable) if row.paid_at is not None else amount


async def settle(
    host: Host, uow: UnitOfWork, *, merchant_id: UUID, case_id: UUID, restock: bool
) -> ReturnCase:
    """The goods are back at the merchant's: pay back, and put them on hand if they are sound."""
    uow.caller.require(merchant_id, RETURNS)
    case = await cases.lock(uow.session, merchant_id, case_id)
    if case is None:
        raise NotFoundError("There is no such withdrawal.")
    if case.state != CaseState.DECLARED:
        raise WrongStateError
    row = await desk.hold(uow, merchant_id, case.merchant_order_id, RETURNS)
    if restock:
        lines = await repository.lines_of(uow.session, [row.order_id], [merchant_id])
        await desk.put_back(uow, row, lines, {UUID(key): n for key, n in case.lines.items()})
    await _pay_back(host, uow, row, case)
    return case


async def _pay_back(host: Host, uow: UnitOfWork, row: MerchantOrder, case: ReturnCase) -> None:
    await refunds.give_back(
        host,
        uow,
        row,
        amount=min(case.amount, row.refundable),
        reason="withdrawal",
        key=f"withdrawal:{case.id}",
        lines=case.lines,
    )
    _settle(case)
    await uow.session.flush()


def _settle(case: ReturnCase) -> None:
    case.state, case.settled_at = CaseState.SETTLED, clock.now()


async def _tell(uow: UnitOfWork, row: MerchantOrder, case: ReturnCase) -> None:
    facts = {
        "name": case.name,
        "email": case.email,
        "lines": case.lines,
        "amount": case.amount,
        "declared_at": case.declared_at.isoformat(),
        "settled": case.state == CaseState.SETTLED,
    }
    await notices.to_shopper(
        uow,
        row.order_id,
        NoticeKind.WITHDRAWAL,
        str(case.id),
        merchant_order_id=row.id,
        **facts,
    )
    await notices.to_merchant(uow, row, NoticeKind.WITHDRAWAL_FOR_MERCHANT, str(case.id), **facts)
