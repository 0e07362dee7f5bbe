"""Fees: what users pay for use, income of the pool."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from arengo_core.money import Money, total
from arengo_marketplace.offers.models import Offer


def fees_on(offer: Offer, units: Mapping[str, Decimal]) -> Money:
    """The fees of one member's units by meter; each fee rounds once."""
    currency = offer.plan.currency
    return total(
        (
            Money.at_rate(Decimal(fee["rate"]), units[fee["meter"]], currency)
            for fee in offer.fees
            if units.get(fee["meter"])
        ),
        currency,
    )
