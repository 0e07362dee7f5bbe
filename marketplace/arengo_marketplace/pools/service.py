"""Rules of cost pools: entering, changing and removing lines while their month is open."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from arengo_core import idempotency
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.i18n import current_locale
from arengo_core.ids import new_id
from arengo_core.money import Money, total
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.pool import CostKind, CostLine, CostPool
from arengo_marketplace.costs.vat import Taxed, Vat
from arengo_marketplace.members import repository as members
from arengo_marketplace.offers import repository as offers
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.permissions import COSTS
from arengo_marketplace.pools import repository
from arengo_marketplace.pools.models import LineKind, PoolLine
from arengo_marketplace.settlements import repository as settlements

TEXT_LIMIT = 200
_LARGEST = 10**13
LONGEST = 600
"""Months over which a cost may be spread."""
_SCHEDULE = re.compile(r"[0-9]{1,9}(?:(\s*[,;]\s*|\s+)[0-9]{1,9}(?:\1[0-9]{1,9})*)?")
_ADD = "marketplace.add_cost_line"


@dataclass(frozen=True, slots=True)
class LineData:
    """What a person, a file or a price plan says of a line.

    Up to ``last_month`` the amount is spread, where it is given, equally or by the weights of a
    ``schedule``; ``paid_by`` is the member that paid the supplier. With ``vat`` the amount is a
    price to which it applies; without, what is shared.
    """

    offer_id: UUID
    month: date
    kind: LineKind
    description: str
    amount: Money
    last_month: date | None = None
    schedule: tuple[int, ...] = ()
    paid_by: UUID | None = None
    vat: Vat | None = None
    supplier: str = ""
    document_number: str = ""
    document_date: date | None = None
    evidence_name: str = ""
    evidence_digest: str = ""

    @property
    def taxed(self) -> Taxed | None:
        """The amount with its VAT, where that is given."""
        return Taxed(self.amount.amount, self.vat) if self.vat else None

    @property
    def cost(self) -> Money:
        """What of the amount is shared."""
        return Money(self.taxed.cost, self.amount.currency) if self.taxed else self.amount

    @property
    def months(self) -> Period:
        """The months over which it is spread. InvalidInputError where there are none."""
        last = Period.months_from(self.last_month or self.month, 1)
        if last.start < self.month.replace(day=1):
            raise InvalidInputError("The last month is before the first.", field="last_month")
        return Period(self.month.replace(day=1), last.end)


def month_named(text: str, field: str = "month") -> Period:
    """The month of ``2026-09``. InvalidInputError naming the field."""
    try:
        return Period.months_from(date.fromisoformat(f"{text.strip()}-01"), 1)
    except ValueError:
        raise InvalidInputError(
            "{value} is not a month: write it as 2026-09.", field=field, value=text[:40] or "—"
        ) from None


def schedule_named(text: str) -> tuple[int, ...]:
    """The weights of ``40, 30, 30``, all separated alike. InvalidInputError naming the field."""
    plain = text.replace("%", "").strip()
    if plain and not _SCHEDULE.fullmatch(plain):
        raise InvalidInputError(
            "{value} is no schedule: write whole numbers, all separated alike, such as 40, 30, 30.",
            field="schedule",
            value=text[:40],
        )
    return tuple(int(weight) for weight in re.findall("[0-9]+", plain))


def kind_named(text: str) -> LineKind:
    """A kind of line by its key. InvalidInputError naming the field."""
    try:
        return LineKind(text)
    except ValueError:
        raise InvalidInputError(
            "{value} is no kind of line. Known are: {known}.",
            field="kind",
            value=text[:40] or "—",
            known=", ".join(LineKind),
        ) from None


def digest_of(content: bytes) -> str:
    """What is kept of an evidence file: its SHA-256, in hexadecimal."""
    return sha256(content).hexdigest()


def check(data: LineData) -> None:
    """InvalidInputError where a line makes no sense."""
    if not data.description.strip():
        raise InvalidInputError("Say what the cost is for.", field="description")
    for name in ("description", "supplier", "document_number", "evidence_name"):
        if len(getattr(data, name)) > TEXT_LIMIT:
            raise InvalidInputError(
                "At most {limit} characters are possible.", field=name, limit=TEXT_LIMIT
            )
    if not data.cost:
        raise InvalidInputError("An amount of nothing changes nothing.", field="amount")
    if abs(data.amount.amount) >= _LARGEST:
        raise InvalidInputError("This amount is too large to be meant.", field="amount")
    if data.amount.amount < 0 and not data.kind.is_cost:
        raise InvalidInputError(
            "Enter fees and funding as positive amounts: they are taken off the costs.",
            field="amount",
        )
    if data.months.month_count > LONGEST:
        raise InvalidInputError(
            "A cost is spread over {limit} months at most.", field="last_month", limit=LONGEST
        )
    if data.months.month_count > 1 and not data.kind.is_cost:
        raise InvalidInputError(
            "Only costs are spread over months: enter fees and funding in theirs.",
            field="last_month",
        )
    _check_schedule(data)
    if data.vat and not data.kind.is_cost:
        raise InvalidInputError("Only costs have VAT here.", field="vat_rate")
    if data.paid_by and not data.kind.is_cost:
        raise InvalidInputError("Only costs are paid by a member.", field="paid_by")
    if data.evidence_name and not data.evidence_digest:
        raise InvalidInputError(
            "Evidence is recognized by its SHA-256: give it with the name.", field="evidence_digest"
        )
    if data.evidence_digest and (
        len(data.evidence_digest) != 64 or set(data.evidence_digest) - set("0123456789abcdef")
    ):
        raise InvalidInputError("A SHA-256 has 64 hexadecimal digits.", field="evidence_digest")


def _check_schedule(data: LineData) -> None:
    if not data.schedule:
        return
    if min(data.schedule) < 0 or not sum(data.schedule):
        raise InvalidInputError(
            "No weight of a schedule is below nothing, and one at least is above.",
            field="schedule",
        )
    if data.months.month_count % len(data.schedule):
        raise InvalidInputError(
            "The number of months ({months}) must be a multiple of the number of weights in the"
            " schedule ({weights}).",
            field="schedule",
            months=data.months.month_count,
            weights=len(data.schedule),
        )


async def offer_for_lines(uow: UnitOfWork, consortium_id: UUID, offer_id: UUID) -> Offer:
    """An offer of the consortium. InvalidInputError naming the field."""
    offer = await offers.get(uow.session, offer_id)
    if offer is None or offer.organization_id != consortium_id:
        raise InvalidInputError("Choose one of the consortium's offers.", field="offer")
    return offer


async def hold_open(uow: UnitOfWork, consortium_id: UUID, *spans: Period) -> None:
    """Hold months open until commit. ConflictError when one is settled."""
    await settlements.keep_books_open(uow.session, [consortium_id])
    settled = await settlements.settled_months(uow.session, consortium_id)
    for month in sorted({month for span in spans for month in span.months()}):
        if month.start in settled:
            raise ConflictError(
                "{month} is settled: its costs cannot change. Reverse the settlement first.",
                field="month",
                month=month.label(current_locale()),
            )


async def _check_payer(uow: UnitOfWork, consortium_id: UUID, entered: Iterable[LineData]) -> None:
    """InvalidInputError unless who paid was a member in a month of the line."""
    for days, payer in {(data.months, data.paid_by) for data in entered if data.paid_by}:
        if not await members.was_member(uow.session, consortium_id, payer, days.start, days.end):
            raise InvalidInputError(
                "Who paid must be a member of the consortium in these months.", field="paid_by"
            )


async def add(
    uow: UnitOfWork, *, consortium_id: UUID, lines: Iterable[LineData], from_plan: bool = False
) -> list[PoolLine]:
    """Enter lines, all or none; officers of the consortium may.

    InvalidInputError, or ConflictError when a month is settled.
    """
    uow.caller.require(consortium_id, COSTS)
    entered = list(lines)
    await uow.widen([consortium_id])
    for data in entered:
        check(data)
    await hold_open(uow, consortium_id, *{data.months for data in entered})
    await _check_payer(uow, consortium_id, entered)
    services = {
        offer_id: await offer_for_lines(uow, consortium_id, offer_id)
        for offer_id in {data.offer_id for data in entered}
    }
    rows: list[PoolLine] = []
    for data in entered:
        row = PoolLine(
            id=new_id(),
            organization_id=consortium_id,
            consortium_id=consortium_id,
            from_plan=from_plan,
            entered_by=uow.caller.user_id,
        )
        _write(row, data, services[data.offer_id])
        rows.append(row)
    uow.session.add_all(rows)
    await uow.session.flush()
    for row in rows:
        audit(uow, row, "cost_line.entered")
    return rows


async def add_once(
    uow: UnitOfWork, *, consortium_id: UUID, data: LineData, idempotency_key: str | None = None
) -> PoolLine:
    """Enter one line; the same key again answers the line entered first."""
    uow.caller.require(consortium_id, COSTS)
    first = await idempotency.first_answer(uow, _ADD, idempotency_key)
    if first is not None:
        return await own_line(uow, first)
    (row,) = await add(uow, consortium_id=consortium_id, lines=[data])
    await idempotency.remember(uow, _ADD, idempotency_key, row.id)
    return row


async def change(uow: UnitOfWork, *, line_id: UUID, data: LineData) -> PoolLine:
    """Correct a line; the months it was in and those it goes to must be open."""
    row = await own_line(uow, line_id, lock=True)
    check(data)
    if row.rest_of is not None:
        raise ConflictError(
            "This is the rest of another cost: remove it, and that one goes on as before."
        )
    refuse_without_rest(row)
    await hold_open(uow, row.organization_id, row.spread.months, data.months)
    if data.paid_by != row.paid_by:
        await _check_payer(uow, row.organization_id, [data])
    offer = await offer_for_lines(uow, row.organization_id, data.offer_id)
    _write(row, data, offer)
    row.from_plan = False
    audit(uow, row, "cost_line.changed")
    return row


async def remove(uow: UnitOfWork, *, line_id: UUID) -> PoolLine:
    """Take a line out of its pool. One that bears the rest of another gives it back to that one,
    so that nothing of the cost is lost."""
    row = await own_line(uow, line_id, lock=True)
    refuse_without_rest(row)
    spans = [row.spread.months]
    whole = await own_line(uow, row.rest_of, lock=True) if row.rest_of else None
    if whole is not None:
        spans.append(Period(row.starts_on, whole.spread.months.end))
    await hold_open(uow, row.organization_id, *spans)
    if whole is not None:
        whole.rest_from = None
    await uow.session.delete(row)
    audit(uow, row, "cost_line.removed")
    return row


def refuse_without_rest(row: PoolLine) -> None:
    """ConflictError for a line whose rest another one bears."""
    if row.rest_from is not None:
        raise ConflictError(
            "Another line bears the rest of this cost from {month} on: remove that one first.",
            month=Period.months_from(row.rest_from, 1).label(current_locale()),
        )


async def own_line(uow: UnitOfWork, line_id: UUID, *, lock: bool = False) -> PoolLine:
    """A line of a consortium that the caller is an officer of. NotFoundError otherwise.

    Who changes it takes the ``lock``: what it bears and what bears its rest are one amount.
    """
    row = await repository.get(uow.session, line_id, lock=lock)
    if row is None or not uow.caller.may(row.organization_id, COSTS):
        raise NotFoundError("There is no such cost line.")
    return row


def _write(row: PoolLine, data: LineData, offer: Offer) -> None:
    row.offer_id = offer.id
    row.service = offer.service
    row.starts_on, row.months = data.months.start, data.months.month_count
    row.schedule = list(data.schedule) or None
    row.kind = data.kind.value
    row.description = data.description.strip()
    row.supplier = data.supplier.strip()
    row.document_number = data.document_number.strip()
    row.document_date = data.document_date
    row.amount = data.cost.amount
    row.vat = data.taxed.to_json() if data.taxed else None
    row.currency = data.amount.currency
    row.paid_by = data.paid_by
    if data.evidence_digest:
        row.evidence_name = data.evidence_name.strip()
        row.evidence_digest = data.evidence_digest


def audit(uow: UnitOfWork, row: PoolLine, action: str) -> None:
    """Write what was done with a line into the log."""
    uow.audit(
        row.organization_id,
        action,
        "CostLine",
        row.id,
        offer=row.offer_id,
        month=row.starts_on,
        kind=row.kind,
        amount=row.amount,
    )


def pool_of(lines: Iterable[PoolLine], period: Period, currency: str = "EUR") -> CostPool:
    """The pool that recorded lines make in a month."""
    plain = ((LineKind(line.kind), line.description, line.part(period.start)) for line in lines)
    return pool_of_lines(plain, period, currency)


def pool_of_lines(
    lines: Iterable[tuple[LineKind, str, Money]], period: Period, currency: str
) -> CostPool:
    """The pool of lines by kind, description and amount."""
    costs: list[CostLine] = []
    fees: list[Money] = []
    funding: list[Money] = []
    for kind, description, amount in lines:
        if kind is LineKind.FEE:
            fees.append(amount)
        elif kind is LineKind.FUNDING:
            funding.append(amount)
        else:
            costs.append(CostLine(CostKind(kind.value), description, amount, period))
    return CostPool(period, tuple(costs), total(fees, currency), total(funding, currency))
