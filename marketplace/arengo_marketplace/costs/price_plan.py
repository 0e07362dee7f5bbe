"""Price plans: what a service costs the consortium, for any set of its members."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from arengo_core.money import Money, total
from arengo_marketplace.costs.charges import Charge, Every, FixedCharge, accrued, changed_amount
from arengo_marketplace.costs.document import Document
from arengo_marketplace.costs.errors import InvalidPlanError
from arengo_marketplace.costs.indexing import IndexLink
from arengo_marketplace.costs.plan_documents import charge_from_json, charge_to_json
from arengo_marketplace.costs.plan_inputs import PlanInputs
from arengo_marketplace.costs.pool import CostKind, CostLine
from arengo_marketplace.costs.vat import Vat


@dataclass(frozen=True, slots=True)
class Minimum:
    """The least that each month costs; a yearly amount counts as twelve monthly parts."""

    label: str
    amount: int
    every: Every


@dataclass(frozen=True, slots=True)
class PricePlan:
    """The charges of a service. Nobody pays a plan directly: its cost goes into the pool.

    ``vat`` says how its prices are taxed; without it they are what is shared. ``index`` changes
    them every year.
    """

    charges: tuple[Charge, ...]
    minimum: Minimum | None = None
    currency: str = "EUR"
    vat: Vat | None = None
    index: IndexLink | None = None

    @classmethod
    def yearly(cls, label: str, amount: int, currency: str = "EUR") -> PricePlan:
        """A plan of one yearly amount in minor units."""
        return cls((FixedCharge(label, amount, Every.YEAR),), currency=currency)

    def to_json(self) -> dict[str, object]:
        """The plan as a JSON document; rates are texts."""
        document: dict[str, object] = {
            "currency": self.currency,
            "charges": [charge_to_json(charge) for charge in self.charges],
        }
        if self.minimum is not None:
            document["minimum"] = {
                "label": self.minimum.label,
                "amount": self.minimum.amount,
                "every": self.minimum.every.value,
            }
        if self.vat is not None:
            document["vat"] = self.vat.to_json()
        if self.index is not None:
            document["index"] = self.index.to_json()
        return document

    def at(self, month: date) -> PricePlan:
        """The plan at the prices of a month, without its index."""
        if self.index is None:
            return self
        factor = self.index.factor(month)
        minimum = self.minimum
        if minimum is not None:
            minimum = replace(minimum, amount=changed_amount(minimum.amount, factor))
        charges = tuple(charge.times(factor) for charge in self.charges)
        return replace(self, charges=charges, minimum=minimum, index=None)

    @classmethod
    def from_json(cls, value: object) -> PricePlan:
        """Read such a document. Raises InvalidPlanError."""
        document = Document(value, "", InvalidPlanError)
        currency = document.currency()
        charges = tuple(charge_from_json(one) for one in document.objects("charges"))
        minimum = None
        if document.has("minimum"):
            one = Document(document.take("minimum"), "minimum", InvalidPlanError)
            every = Every(one.choice("every", list(Every)))
            minimum = Minimum(one.text("label"), one.minor("amount"), every)
            one.done()
        document.take("minimum")
        vat = Vat.from_json(document.inner("vat")) if document.has("vat") else None
        document.take("vat")
        index = IndexLink.from_json(document.inner("index")) if document.has("index") else None
        document.take("index")
        document.done()
        return cls(charges, minimum, currency, vat, index)


def cost(plan: PricePlan, inputs: PlanInputs) -> tuple[CostLine, ...]:
    """What a service costs the consortium in the period, month by month.

    Charges that come to nothing are left out. Raises PopulationUnknownError where tiers over
    inhabitants meet a municipality without a figure.
    """
    lines: list[CostLine] = []
    for month in inputs.period.months():
        priced = plan.at(month.start)
        due = [
            line for charge in priced.charges for line in charge.lines(month, inputs, plan.currency)
        ]
        if priced.minimum is not None:
            least = accrued(Fraction(priced.minimum.amount), priced.minimum.every, month)
            missing = Money(least, plan.currency) - total(
                (line.amount for line in due if line.kind is not CostKind.ONE_OFF), plan.currency
            )
            if missing.amount > 0:
                due.append(CostLine(CostKind.FIXED, priced.minimum.label, missing, month))
        lines.extend(line.taxed_by(plan.vat) if plan.vat else line for line in due if line.amount)
    return tuple(lines)
