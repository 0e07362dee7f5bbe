"""The rest of a cost that is spread: due at once, or borne by another service.

All members may leave a service while its costs run. The months that were settled keep their parts;
what is left becomes a line of its own, of a month or of another offer whose members can bear it.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from arengo_core import idempotency
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError
from arengo_core.i18n import N_, current_locale, gettext
from arengo_core.ids import new_id
from arengo_marketplace.costs.period import Period
from arengo_marketplace.pools import service
from arengo_marketplace.pools.models import PoolLine
from arengo_marketplace.pools.service import TEXT_LIMIT

_MOVE = "marketplace.move_rest_of_cost"


async def move_rest(
    uow: UnitOfWork,
    *,
    line_id: UUID,
    month: Period,
    offer_id: UUID | None = None,
    last_month: date | None = None,
    idempotency_key: str | None = None,
) -> PoolLine:
    """Have another line bear what a spread cost leaves from a month on, to the cent.

    The new line falls due in that month at once, or in equal parts up to ``last_month``; its offer
    is the same unless another is named. Officers of the consortium may. ConflictError where one of
    the months is settled, InvalidInputError for a month that takes no part after the first.
    """
    row = await service.own_line(uow, line_id)
    first = await idempotency.first_answer(uow, _MOVE, idempotency_key)
    if first is not None:
        return await service.own_line(uow, first)
    await uow.widen([row.organization_id])
    row = await service.own_line(uow, line_id, lock=True)
    service.refuse_without_rest(row)
    months = row.spread.months
    if not months.start < month.start < months.end:
        raise InvalidInputError(
            _why_not(row),
            field="month",
        )
    offer = await service.offer_for_lines(uow, row.organization_id, offer_id or row.offer_id)
    end = Period.months_from(last_month or month.start, 1).end
    if end <= month.start:
        raise InvalidInputError("The last month is before the first.", field="last_month")
    whole = Period(month.start, end)
    if whole.month_count > service.LONGEST:
        raise InvalidInputError(
            "A cost is spread over {limit} months at most.",
            field="last_month",
            limit=service.LONGEST,
        )
    await service.hold_open(uow, row.organization_id, Period(month.start, max(end, months.end)))
    row.rest_from = month.start
    rest = PoolLine(
        id=new_id(),
        organization_id=row.organization_id,
        consortium_id=row.consortium_id,
        offer_id=offer.id,
        service=offer.service,
        starts_on=month.start,
        months=whole.month_count,
        kind=row.kind,
        description=_description(row),
        supplier=row.supplier,
        document_number=row.document_number,
        document_date=row.document_date,
        amount=row.rest.amount,
        currency=row.currency,
        paid_by=row.paid_by,
        rest_of=row.id,
        evidence_name=row.evidence_name,
        evidence_digest=row.evidence_digest,
        entered_by=uow.caller.user_id,
    )
    if not rest.amount:
        raise InvalidInputError("Nothing of this cost is left from then on.", field="month")
    uow.session.add(rest)
    await uow.session.flush()
    service.audit(uow, rest, "cost_line.rest_moved")
    await idempotency.remember(uow, _MOVE, idempotency_key, rest.id)
    return rest


def _why_not(row: PoolLine) -> str:
    """Why nothing of a line can be moved from a month on."""
    if row.is_spread:
        return N_("Choose a month after the first of this cost and up to its last.")
    if row.rest_of is not None:
        return N_(
            "This is the rest of another cost, due in one month: remove it, and move the rest of"
            " that one where it should be."
        )
    return N_("This cost is not spread over months: correct it instead.")


def _description(row: PoolLine) -> str:
    text = gettext(
        "{cost}: rest of what is spread since {month}",
        cost=row.description,
        month=Period.months_from(row.starts_on, 1).label(current_locale()),
    )
    return text[:TEXT_LIMIT]
