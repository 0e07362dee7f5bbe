"""Value-added tax on costs: what cannot be recovered is a cost to share, what can is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from arengo_marketplace.costs.document import Document


@dataclass(frozen=True, slots=True)
class Vat:
    """How amounts are taxed: the rate in per cent, and whether they ``include`` the tax already.

    Tax that is ``recoverable``, by whoever the supplier bills, is no cost.
    """

    rate: Decimal
    recoverable: bool = False
    included: bool = False

    @property
    def factor(self) -> Fraction:
        """What a stated amount costs, as a multiple of it, before rounding."""
        with_tax = 1 + Fraction(self.rate) / 100
        if self.recoverable:
            return 1 / with_tax if self.included else Fraction(1)
        return Fraction(1) if self.included else with_tax

    def to_json(self) -> dict[str, Any]:
        """The treatment as a JSON object; the rate is a text."""
        return {
            "rate": f"{self.rate:f}",
            "recoverable": self.recoverable,
            "included": self.included,
        }

    @classmethod
    def from_json(cls, document: Document) -> Vat:
        """Read such an object. Raises the document's error."""
        rate = document.decimal("rate", places=2, below=100, example="22")
        vat = cls(rate, document.flag("recoverable"), document.flag("included"))
        document.done()
        return vat


@dataclass(frozen=True, slots=True)
class Taxed:
    """A stated amount in minor units with its tax, rounded once, halves upwards."""

    stated: int
    vat: Vat

    @property
    def net(self) -> int:
        """Without the tax."""
        return self.stated - self.tax if self.vat.included else self.stated

    @property
    def tax(self) -> int:
        """The tax."""
        rate = Fraction(self.vat.rate)
        part = rate / (100 + rate) if self.vat.included else rate / 100
        return (2 * self.stated * part.numerator + part.denominator) // (2 * part.denominator)

    @property
    def gross(self) -> int:
        """With the tax."""
        return self.net + self.tax

    @property
    def cost(self) -> int:
        """What there is to share."""
        return self.net if self.vat.recoverable else self.gross

    def to_json(self) -> dict[str, Any]:
        """As a cost line keeps it."""
        return {**self.vat.to_json(), "net": self.net, "tax": self.tax}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Taxed:
        """Read what a cost line keeps. Raises ValueError where the figures do not agree."""
        vat = Vat(Decimal(value["rate"]), value["recoverable"], value["included"])
        net, tax = int(value["net"]), int(value["tax"])
        taxed = cls(net + tax if vat.included else net, vat)
        if (taxed.net, taxed.tax) != (net, tax):
            raise ValueError(f"{vat.rate} % of VAT on {taxed.stated} is {taxed.tax}, not {tax}")
        return taxed
