"""Rules of grants: recording, changing, ordering and ending them, and what is left of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from arengo_core import clock, idempotency
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_marketplace.costs.period import Period
from arengo_marketplace.funding import repository
from arengo_marketplace.funding.covering import by_month
from arengo_marketplace.funding.models import Funding
from arengo_marketplace.funding.terms import FundingData, check, check_against_use
from arengo_marketplace.permissions import COSTS
from arengo_marketplace.settlements import repository as settlements

REMIND = timedelta(days=30)
"""How long before its report is due a grant is on the office's desk."""
_CREATE = "marketplace.create_funding"


@dataclass(frozen=True, slots=True)
class Standing:
    """A grant with what it covered, by month and service, reversals taken off."""

    funding: Funding
    used_in: Mapping[date, Mapping[str, int]]

    @property
    def used(self) -> Money:
        """What it covered in all."""
        return self._money(sum(by_month(self.used_in).values()))

    @property
    def left(self) -> Money:
        """What it can still cover in all."""
        return self._money(self.funding.cap) - self.used

    def left_in(self, month: Period) -> Money:
        """What it can still cover in a month, by all its caps; nothing outside its window."""
        if self.funding.ended_at is not None:
            return self._money(0)
        return self._money(self.funding.grant.left(month, by_month(self.used_in)))

    @property
    def report_due(self) -> bool:
        """Whether its report is due within thirty days, or overdue, and was not made."""
        row = self.funding
        return (
            row.report_due_on is not None
            and row.reported_on is None
            and row.report_due_on <= clock.today() + REMIND
        )

    @property
    def report_overdue(self) -> bool:
        """Whether the day of its report has passed without one."""
        due = self.funding.report_due_on
        return self.report_due and due is not None and due < clock.today()

    def _money(self, amount: int) -> Money:
        return Money(amount, self.funding.currency)


async def standings(uow: UnitOfWork, consortium_id: UUID) -> list[Standing]:
    """A consortium's grants in their order, for its officers."""
    uow.caller.require(consortium_id, COSTS)
    rows = await repository.of_consortium(uow.session, consortium_id)
    used = await repository.used(uow.session, consortium_id) if rows else {}
    return [Standing(row, used.get(row.id, {})) for row in rows]


async def standing_of(uow: UnitOfWork, funding: Funding) -> Standing:
    """A grant with what it covered."""
    used = await repository.used(uow.session, funding.organization_id)
    return Standing(funding, used.get(funding.id, {}))


async def reports_due(uow: UnitOfWork, consortium_id: UUID) -> list[Standing]:
    """Grants whose report is due within thirty days or overdue, the earliest first."""
    due = [one for one in await standings(uow, consortium_id) if one.report_due]
    return sorted(due, key=lambda one: (one.funding.report_due_on or date.max, one.funding.id))


async def own_funding(uow: UnitOfWork, funding_id: UUID) -> Funding:
    """A grant of a consortium that the caller is an officer of. NotFoundError otherwise."""
    row = await repository.get(uow.session, funding_id)
    if row is None or not uow.caller.may(row.organization_id, COSTS):
        raise NotFoundError("There is no such grant.")
    return row


async def create(
    uow: UnitOfWork, *, consortium_id: UUID, data: FundingData, idempotency_key: str | None = None
) -> Funding:
    """Record a grant, last in order; officers of the consortium may. InvalidInputError."""
    uow.caller.require(consortium_id, COSTS)
    first = await idempotency.first_answer(uow, _CREATE, idempotency_key)
    if first is not None:
        return await own_funding(uow, first)
    await check(uow, consortium_id, data)
    await uow.widen([consortium_id])
    await settlements.close_books(uow.session, consortium_id)
    row = Funding(
        id=new_id(),
        organization_id=consortium_id,
        consortium_id=consortium_id,
        place=await repository.last_place(uow.session, consortium_id) + 1,
    )
    data.write(row)
    uow.session.add(row)
    await uow.session.flush()
    await idempotency.remember(uow, _CREATE, idempotency_key, row.id)
    _audit(uow, row, "funding.created")
    return row


async def change(uow: UnitOfWork, *, funding_id: UUID, data: FundingData) -> Funding:
    """Change a grant. ConflictError for what contradicts settled months that it covered."""
    row = await _held(uow, funding_id)
    await check(uow, row.organization_id, data)
    used = (await standing_of(uow, row)).used_in
    check_against_use(row, data, used)
    data.write(row)
    _audit(uow, row, "funding.changed")
    return row


async def end(uow: UnitOfWork, *, funding_id: UUID) -> Funding:
    """Have a grant cover no further month; what it covered stays."""
    row = await _held(uow, funding_id)
    if row.ended_at is not None:
        raise ConflictError("This grant has ended already.")
    row.ended_at = clock.now()
    _audit(uow, row, "funding.ended")
    return row


async def report_made(uow: UnitOfWork, *, funding_id: UUID, on: date | None = None) -> Funding:
    """Note the day on which the report was made to the funder: today unless said otherwise."""
    row = await _held(uow, funding_id)
    day = on or clock.today()
    if day > clock.today():
        raise InvalidInputError("A report is made today or was made before.", field="reported_on")
    row.reported_on = day
    _audit(uow, row, "funding.reported")
    return row


async def reorder(
    uow: UnitOfWork, *, consortium_id: UUID, funding_ids: Sequence[UUID]
) -> Sequence[Funding]:
    """Put a consortium's grants in another order, for months not settled yet.

    InvalidInputError unless every grant is named once.
    """
    uow.caller.require(consortium_id, COSTS)
    await uow.widen([consortium_id])
    await settlements.close_books(uow.session, consortium_id)
    rows = {row.id: row for row in await repository.of_consortium(uow.session, consortium_id)}
    if len(funding_ids) != len(rows) or set(funding_ids) != rows.keys():
        raise InvalidInputError("Name every grant of the consortium once.", field="funding_ids")
    for place, funding_id in enumerate(funding_ids, 1):
        rows[funding_id].place = place
    uow.audit(
        consortium_id,
        "funding.reordered",
        "Organization",
        consortium_id,
        order=[str(funding_id) for funding_id in funding_ids],
    )
    return [rows[funding_id] for funding_id in funding_ids]


async def moved_up(uow: UnitOfWork, funding_id: UUID) -> tuple[UUID, list[UUID]]:
    """A grant's consortium, and its grants' order with this one before that which it follows."""
    row = await own_funding(uow, funding_id)
    rows = await repository.of_consortium(uow.session, row.organization_id)
    order = [one.id for one in rows]
    at = order.index(row.id)
    order.insert(max(at - 1, 0), order.pop(at))
    return row.organization_id, order


async def _held(uow: UnitOfWork, funding_id: UUID) -> Funding:
    """A grant to change, while nobody settles."""
    row = await own_funding(uow, funding_id)
    await uow.widen([row.organization_id])
    await settlements.close_books(uow.session, row.organization_id)
    return row


def _audit(uow: UnitOfWork, row: Funding, action: str) -> None:
    uow.audit(
        row.organization_id,
        action,
        "Funding",
        row.id,
        title=row.title,
        rate=f"{row.rate:f}",
        cap=row.cap,
        ended=row.ended_at is not None,
        reported_on=row.reported_on,
    )
