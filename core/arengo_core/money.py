"""Money: integers of a currency's minor unit, never floats."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

# ISO 4217 currencies whose minor unit is not 1/100.
_EXPONENTS = {
    code: decimals
    for decimals, codes in (
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    )
    for code in codes.split()
}
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:\.\d{3})+|(?:,\d{3})+)")


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies were combined."""


def exponent(currency: str) -> int:
    """Number of decimals of a currency (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units (cents) of an ISO 4217 currency."""

    amount: int
    currency: str = "EUR"

    @classmethod
    def parse(cls, text: str, currency: str = "EUR") -> Money:
        """Read what a person typed: ``12,50``, ``1.234,50``, ``1,234.50``, ``12.5``.

        ``1.200`` and ``1,200`` are thousands where the currency has no three decimals. Raises
        ValueError.
        """
        cleaned = text.strip().replace("€", "").replace("\u00a0", "").replace(" ", "")
        try:
            value = Decimal(_with_decimal_point(cleaned, exponent(currency)))
        except InvalidOperation:
            raise ValueError(f"not an amount of money: {text!r}") from None
        if not value.is_finite():
            raise ValueError(f"not an amount of money: {text!r}")
        scaled = value.scaleb(exponent(currency))
        if scaled != scaled.to_integral_value():
            raise ValueError(f"more than {exponent(currency)} decimals: {text!r}")
        return cls(int(scaled), currency)

    @classmethod
    def at_rate(cls, rate: Decimal, quantity: Decimal | int, currency: str = "EUR") -> Money:
        """Price of a quantity at a rate in major units; rounds once, half up."""
        value = (rate * quantity).scaleb(exponent(currency))
        return cls(int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP)), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units."""
        return Decimal(self.amount).scaleb(-exponent(self.currency))

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, quantity: int) -> Money:
        return Money(self.amount * quantity, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"


def _with_decimal_point(text: str, decimals: int) -> str:
    """Without what parts thousands. Of both separators the last begins the decimals; one alone
    parts thousands where it is repeated or before three digits that can be no decimals.
    """
    at = max(text.rfind("."), text.rfind(","))
    if at < 0:
        return text
    whole, mark, rest = text[:at], text[at], text[at + 1 :]
    if _GROUPED.fullmatch(text) and (mark in whole or decimals != len(rest)):
        return re.sub("[.,]", "", text)
    if _GROUPED.fullmatch(whole) and mark not in whole:
        whole = re.sub("[.,]", "", whole)
    return f"{whole}.{rest}"


def total(amounts: Iterable[Money], currency: str = "EUR") -> Money:
    """Sum of amounts; zero of the given currency when there are none."""
    result = Money(0, currency)
    for amount in amounts:
        result = result + amount
    return result


def vat_included(gross: Money, rate: Decimal) -> Money:
    """The VAT inside a VAT-inclusive price; ``rate`` in per cent. Rounds once, half up."""
    net = Decimal(gross.amount) * 100 / (100 + rate)
    net_minor = int(net.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return Money(gross.amount - net_minor, gross.currency)
