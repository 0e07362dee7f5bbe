"""VAT inside VAT-inclusive prices, by rate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from arengo_core.money import Money, vat_included


@dataclass(frozen=True, slots=True)
class VatPart:
    """What of an amount is taxed at a rate (per cent), and the VAT in it."""

    rate: int
    gross: Money
    vat: Money

    @property
    def net(self) -> Money:
        """The taxable amount."""
        return self.gross - self.vat


def vat_parts(
    goods: Iterable[tuple[int, int]], delivery: int, currency: str = "EUR"
) -> list[VatPart]:
    """VAT of one seller's goods and delivery, lowest rate first.

    ``goods`` are (rate, gross amount) of the lines; amounts in minor units. Transport that the
    seller arranges is taxed as the goods it goes with (art. 12 D.P.R. 633/1972): its price is
    divided over their rates by their amounts, by largest remainder. The VAT is rounded once a
    rate, half up.
    """
    gross: dict[int, int] = {}
    for rate, amount in goods:
        gross[rate] = gross.get(rate, 0) + amount
    shared = _shared(gross, delivery)
    parts: list[VatPart] = []
    for rate in sorted(gross):
        total = Money(gross[rate] + shared[rate], currency)
        parts.append(VatPart(rate, total, vat_included(total, Decimal(rate))))
    return parts


def _shared(weights: dict[int, int], amount: int) -> dict[int, int]:
    """An amount divided by weights to the cent; equally where all weights are zero."""
    if not weights:
        return {}
    rates = sorted(weights)
    scale = {rate: weights[rate] for rate in rates}
    whole = sum(scale.values())
    if whole == 0:
        scale, whole = dict.fromkeys(rates, 1), len(rates)
    shares = {rate: amount * scale[rate] // whole for rate in rates}
    left = amount - sum(shares.values())
    by_remainder = sorted(rates, key=lambda rate: (-(amount * scale[rate] % whole), rate))
    for rate in by_remainder[:left]:
        shares[rate] += 1
    return shares
