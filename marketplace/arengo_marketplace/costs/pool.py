"""Cost pools: what a service cost the consortium in a period, less fees and funding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from arengo_core.money import Money, total
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.vat import Taxed, Vat

_NOTHING = Money(0)


class CostKind(StrEnum):
    """What a cost depends on."""

    FIXED = "fixed"
    USAGE = "usage"
    ONE_OFF = "one_off"


@dataclass(frozen=True, slots=True)
class CostLine:
    """One cost. ``quantity`` tells the units, inhabitants or members that it was priced on, and
    ``taxed`` how VAT makes the amount of the price, where that is known.
    """

    kind: CostKind
    label: str
    amount: Money
    period: Period
    quantity: Fraction | None = None
    taxed: Taxed | None = None

    def taxed_by(self, vat: Vat) -> CostLine:
        """The cost, with its amount as the price to which VAT applies."""
        taxed = Taxed(self.amount.amount, vat)
        return replace(self, amount=Money(taxed.cost, self.amount.currency), taxed=taxed)


@dataclass(frozen=True, slots=True)
class CostPool:
    """The cost lines of a period, the fees earned in it and the grants that cover it."""

    period: Period
    lines: tuple[CostLine, ...]
    fees: Money = _NOTHING
    funding: Money = _NOTHING

    @classmethod
    def of(cls, amount: Money, period: Period) -> CostPool:
        """A pool of one amount; a negative one is a credit to divide."""
        line = CostLine(CostKind.FIXED, "", amount, period)
        return cls(period, (line,), Money(0, amount.currency), Money(0, amount.currency))

    def funded(self, amount: int) -> CostPool:
        """The pool with so many more minor units covered by grants."""
        return replace(self, funding=self.funding + Money(amount, self.currency))

    @property
    def currency(self) -> str:
        """ISO 4217 code of the pool."""
        return self.fees.currency

    @property
    def costs(self) -> Money:
        """Sum of the lines."""
        return total((line.amount for line in self.lines), self.currency)

    @property
    def net(self) -> Money:
        """What the members divide; negative when fees and funding exceed the costs."""
        return self.costs - self.fees - self.funding
