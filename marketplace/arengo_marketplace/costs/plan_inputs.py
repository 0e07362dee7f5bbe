"""What a price plan is applied to: a period, members, and what they used month by month."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from uuid import UUID

from arengo_marketplace.costs.bearer import Bearer, Usage
from arengo_marketplace.costs.period import Period


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """Members and their usage, by the first day of each month.

    Tiers that run over a year also read the earlier months of the year, where given. Usage of
    organizations that are not among the members does not count.
    """

    period: Period
    members: tuple[Bearer, ...]
    usage: Mapping[date, Usage] = field(default_factory=dict[date, Usage])

    def only(self, organizations: Collection[UUID]) -> PlanInputs:
        """The same for a subset of the members."""
        kept = tuple(member for member in self.members if member.organization_id in organizations)
        return replace(self, members=kept)

    def units(self, meter: str, month: date) -> Fraction:
        """Units of a meter that the members used in the month that begins on a day."""
        read = self.usage.get(month, {}).get(meter, {})
        return sum(
            (Fraction(read.get(member.organization_id, 0)) for member in self.members), Fraction()
        )

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
        present = ((member, member.days_in(days)) for member in self.members)
        return Fraction(
            sum(measure(member) * count for member, count in present if count), days.days
        )
