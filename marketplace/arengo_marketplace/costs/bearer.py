"""Cost bearers: the members over which a cost is divided, and what they used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from arengo_marketplace.costs.errors import N_, CostError, PopulationUnknownError
from arengo_marketplace.costs.period import Period

Usage = Mapping[str, Mapping[UUID, Decimal]]
"""Units used: meter → organization → quantity."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A member that bears costs.

    ``active`` lists the ranges of days on which it took part; None means always.
    ``population`` is None where it is unknown. ``attributes`` are other figures and words by which
    rules divide or choose (``area``, ``merchants``, ``altitude``, ...). ``code`` is what rules
    call it; its organization's id unless given.
    """

    organization_id: UUID
    population: int | None = None
    name: str = ""
    active: tuple[Period, ...] | None = None
    attributes: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)
    code: str = ""

    def __post_init__(self) -> None:
        if self.population is not None and self.population < 0:
            raise CostError(
                "population",
                N_("{name} has {population} inhabitants"),
                N_("Give a number of inhabitants of 0 or more, or leave it empty if unknown"),
                name=self.name or self.organization_id,
                population=self.population,
            )

    def days_in(self, period: Period) -> int:
        """On how many days of the period the member took part."""
        if self.active is None:
            return period.days
        if any(one.start <= period.start and period.end <= one.end for one in self.active):
            return period.days
        return period.days_within(self.active)

    def inhabitants(self) -> int:
        """The population. Raises PopulationUnknownError."""
        if self.population is None:
            raise PopulationUnknownError(self.organization_id, self.name)
        return self.population

    @property
    def rule_id(self) -> str:
        """What rules and games call it."""
        return self.code or str(self.organization_id)

    def figure(self, attribute: str) -> Fraction:
        """An attribute that is a number of 0 or more. Raises CostError, naming the member."""
        value = self.population if attribute == "population" else self.attributes.get(attribute)
        if isinstance(value, int | Decimal) and not isinstance(value, bool) and value >= 0:
            return Fraction(value)
        raise CostError(
            f"attributes.{attribute}",
            N_("{attribute} of {name} is not a known number"),
            N_("Enter a number of 0 or more, or choose another key"),
            attribute=attribute,
            name=self.name or self.rule_id,
        )
