"""What a price plan is applied to: a period, members, and what they used month by month."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal, Inexact, localcontext
from fractions import Fraction
from uuid import UUID

from arengo_marketplace.costs.bearer import Bearer, Usage
from arengo_marketplace.costs.period import Period

_EXACT = Context(prec=200, traps=[Inexact])


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """Members and their usage, by the first day of each month.

    Tiers that run over a year also read the earlier months of the year, where given. Usage of
    organizations that are not among the members does not count.
    """

    period: Period
    members: tuple[Bearer, ...]
    usage: Mapping[date, Usage] = field(default_factory=dict[date, Usage])
    _sums: dict[int, tuple[object, Fraction]] = field(
        default_factory=dict[int, "tuple[object, Fraction]"], compare=False, repr=False
    )
    """Units of all members by the reading's identity: equal months are added up once."""
    _days: dict[Period, tuple[int, ...]] = field(
        default_factory=dict[Period, "tuple[int, ...]"], compare=False, repr=False
    )

    def only(self, organizations: Collection[UUID]) -> PlanInputs:
        """The same for a subset of the members."""
        kept = tuple(member for member in self.members if member.organization_id in organizations)
        return PlanInputs(self.period, kept, self.usage)

    def units(self, meter: str, month: date) -> Fraction:
        """Units of a meter that the members used in the month that begins on a day."""
        read = self.usage.get(month, {}).get(meter, {})
        known = self._sums.get(id(read))
        if known is None:
            with localcontext(_EXACT):
                found = (read.get(member.organization_id, 0) for member in self.members)
                known = self._sums[id(read)] = read, Fraction(sum(found, Decimal()))
        return known[1]

    def days(self, span: Period) -> tuple[int, ...]:
        """On how many days of a span each member took part."""
        found = self._days.get(span)
        if found is None:
            found = self._days[span] = self._counted(span)
        return found

    def _counted(self, span: Period) -> tuple[int, ...]:
        year = Period.year(span.start.year)
        if span == year or span.end > year.end:
            return tuple(member.days_in(span) for member in self.members)
        counted = [span.days] * len(self.members)
        for at, days in enumerate(self.days(year)):
            if days < year.days:
                counted[at] = self.members[at].days_in(span)
        return tuple(counted)

    def units_before(self, meter: str, month: date) -> Fraction:
        """Units of a meter used in the year before the month that begins on a day."""
        earlier = (date(month.year, number, 1) for number in range(1, month.month))
        return sum((self.units(meter, first) for first in earlier), Fraction())

    def member_count(self, days: Period) -> Fraction:
        """Number of members, each counted for the part of the days on which it took part."""
        return self._weighed(days, lambda member: 1)

    def inhabitants(self, days: Period) -> Fraction:
        """Inhabitants of the members, counted so. Raises PopulationUnknownError."""
        return self._weighed(days, Bearer.inhabitants)

    def _weighed(self, days: Period, measure: Callable[[Bearer], int]) -> Fraction:
        present = zip(self.members, self.days(days), strict=True)
        return Fraction(
            sum(measure(member) * count for member, count in present if count), days.days
        )
