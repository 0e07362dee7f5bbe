"""Reading usage: whose, by whom, in which shape."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError, NotFoundError
from arengo_core.plugins.registry import Registry
from arengo_marketplace.contract import Member
from arengo_marketplace.costs.period import Period
from arengo_marketplace.members import directory
from arengo_marketplace.metering import repository
from arengo_marketplace.permissions import ALL_FIGURES, FIGURES


@dataclass(frozen=True, slots=True)
class Usage:
    """A member's units of a meter in a period, and in how many records they came."""

    member: Member
    meter: str
    quantity: Decimal
    records: int


async def readable_member(uow: UnitOfWork, member_id: UUID) -> Member:
    """A member whose usage the caller may read: its own, or one of its consortium's.

    NotFoundError otherwise.
    """
    caller = uow.caller
    caller.require_known()
    try:
        member = await directory.member(uow, member_id)
    except NotFoundError:
        raise NotFoundError("There is no such member.") from None
    if caller.may(member_id, FIGURES) or caller.may(member.consortium_id, ALL_FIGURES):
        return member
    raise NotFoundError("There is no such member.")


def check_meter(registry: Registry, meter: str) -> str:
    """A meter that an installed service reports. InvalidInputError otherwise."""
    known = registry.meters()
    if meter not in known:
        raise InvalidInputError(
            "There is no meter {meter}. Known are: {known}.",
            field="meter",
            meter=meter[:60] or "—",
            known=", ".join(sorted(known)) or "—",
        )
    return meter


async def of_members(uow: UnitOfWork, members: Iterable[Member], period: Period) -> list[Usage]:
    """What members used in a period, by name and meter; for callers who may read it."""
    by_id = {member.organization_id: member for member in members}
    rows = await repository.sums(uow.session, list(by_id), period)
    found = [Usage(by_id[member], meter, units, count) for member, meter, units, count in rows]
    return sorted(found, key=lambda one: (one.member.name, one.meter))


def year_to(month: Period) -> Period:
    """The twelve months of which the given one is the last."""
    first = month
    for _ in range(11):
        first = first.previous()
    return Period(first.start, month.end)


@dataclass(frozen=True, slots=True)
class Course:
    """Units by meter, month by month, from the first month in which anything was used."""

    months: tuple[Period, ...]
    units: dict[str, list[Decimal | None]]


def course_of(rows: Iterable[tuple[str, date, Decimal]], span: Period) -> Course:
    """The course of a span; None where a meter counted nothing in a month."""
    found: dict[str, dict[date, Decimal]] = {}
    for meter, start, units in rows:
        months = found.setdefault(meter, {})
        months[start] = months.get(start, Decimal()) + units
    first = min((start for months in found.values() for start in months), default=span.start)
    shown = tuple(month for month in span.months() if month.start >= first)
    return Course(
        shown,
        {
            meter: [months.get(month.start) for month in shown]
            for meter, months in sorted(found.items())
        },
    )
