"""Price plans: what a service costs the consortium, for any set of its members."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from arengo_core.money import Money, total
from arengo_marketplace.costs.charges import Charge, Every, FixedCharge, accrued
from arengo_marketplace.costs.document import Document
from arengo_marketplace.costs.errors import N_, InvalidPlanError
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

    ``vat`` says how its prices are taxed; without it they are what is shared.
    """

    charges: tuple[Charge, ...]
    minimum: Minimum | None = None
    currency: str = "EUR"
    vat: Vat | None = None

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
        return document

    @classmethod
    def from_json(cls, value: object) -> PricePlan:
        """Read such a document. Raises InvalidPlanError."""
        document = Document(value, "", InvalidPlanError)
        currency = document.text("currency", "EUR")
        if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
            raise document.fail(
                "currency",
                N_("{currency} is not a currency"),
                N_("Write its code of three capital letters, for example EUR"),
                currency=currency,
            )
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
        document.done()
        return cls(charges, minimum, currency, vat)


def cost(plan: PricePlan, inputs: PlanInputs) -> tuple[CostLine, ...]:
    """What a service costs the consortium in the period, month by month.

    Charges that come to nothing are left out. Raises PopulationUnknownError where tiers over
    inhabitants meet a municipality without a figure.
    """
    lines: list[CostLine] = []
    for month in inputs.period.months():
        due = [
            line for charge in plan.charges for line in charge.lines(month, inputs, plan.currency)
        ]
        if plan.minimum is not None:
            least = accrued(Fraction(plan.minimum.amount), plan.minimum.every, month)
            missing = Money(least, plan.currency) - total(
                (line.amount for line in due if line.kind is not CostKind.ONE_OFF), plan.currency
            )
            if missing.amount > 0:
                due.append(CostLine(CostKind.FIXED, plan.minimum.label, missing, month))
        lines.extend(line.taxed_by(plan.vat) if plan.vat else line for line in due if line.amount)
    return tuple(lines)
