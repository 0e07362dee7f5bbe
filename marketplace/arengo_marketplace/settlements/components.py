"""How a share was made, as it is stored and read: exact fractions as texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from arengo_marketplace.costs.allocation import Adjustment, Component, KeyTotal


@dataclass(frozen=True, slots=True)
class StoredComponent:
    """What one part of the rule charged a member; amounts in minor units.

    ``basis`` is the member's figure, ``weight`` the same after days of membership, ``whole`` the
    weight of all members, ``net`` what the whole mix divided. ``kind`` names the costs that the mix
    is for, empty where it is for all (others).
    """

    key: str
    used: str
    per_cent: Decimal
    meter: str
    kind: str
    basis: Fraction
    weight: Fraction
    whole: Fraction
    net: int
    amount: int

    @property
    def exact(self) -> Fraction:
        """Minor units before rounding: net × per cent × weight ÷ whole."""
        return self.net * Fraction(self.per_cent) / 100 * self.weight / self.whole

    @property
    def divided(self) -> Fraction:
        """What this part of the rule divided over all members, before rounding."""
        return self.net * Fraction(self.per_cent) / 100

    @property
    def fell_back(self) -> bool:
        """Whether another key stepped in, because the rule's own weighed nothing."""
        return self.used != self.key


def as_document(component: Component) -> dict[str, Any]:
    """A component as JSON."""
    return {
        "key": component.part.key,
        "used": component.used,
        "per_cent": str(component.part.weight),
        "meter": str(component.part.options.get("meter", "")),
        "kind": component.kind.value if component.kind else "",
        "basis": str(component.basis),
        "weight": str(component.weight),
        "whole": str(component.whole),
        "net": component.net.amount,
        "amount": component.amount.amount,
    }


def read_component(document: Mapping[str, Any]) -> StoredComponent:
    """A component from its JSON."""
    return StoredComponent(
        key=document["key"],
        used=document["used"],
        per_cent=Decimal(document["per_cent"]),
        meter=document["meter"],
        kind=document.get("kind", ""),
        basis=Fraction(document["basis"]),
        weight=Fraction(document["weight"]),
        whole=Fraction(document["whole"]),
        net=document["net"],
        amount=document["amount"],
    )


@dataclass(frozen=True, slots=True)
class StoredAdjustment:
    """What the rule added to a share, or took from it, after its keys; amounts in minor units."""

    reason: str
    exact: Fraction
    amount: int


def adjustment_document(adjustment: Adjustment) -> dict[str, Any]:
    """An adjustment as JSON."""
    return {
        "reason": adjustment.reason,
        "exact": str(adjustment.exact),
        "amount": adjustment.amount.amount,
    }


def read_adjustment(document: Mapping[str, Any]) -> StoredAdjustment:
    """An adjustment from its JSON."""
    return StoredAdjustment(document["reason"], Fraction(document["exact"]), document["amount"])


def key_document(key: KeyTotal) -> dict[str, Any]:
    """What a part of the rule divided in all, as JSON."""
    return {
        "key": key.part.key,
        "used": key.used,
        "per_cent": str(key.part.weight),
        "meter": str(key.part.options.get("meter", "")),
        "kind": key.kind.value if key.kind else "",
        "basis": str(key.basis),
        "weight": str(key.weight),
        "amount": key.amount.amount,
    }


def rounding_document(rounding: Fraction) -> Decimal:
    """What rounding added to a share, to 8 decimals of a minor unit."""
    return (Decimal(rounding.numerator) / rounding.denominator).quantize(Decimal("1e-8"))
