"""A month's shares beside those of the month divided before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from arengo_marketplace.costs.change_causes import OfferMonth, Steps, causes, summed
from arengo_marketplace.costs.keys import KeyRegistry

_PLACES = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Difference:
    """An amount and the one before, in minor units; None where there was or is none."""

    before: int | None
    now: int | None

    @property
    def amount(self) -> int:
        """By how much it grew."""
        return (self.now or 0) - (self.before or 0)

    @property
    def per_cent(self) -> Decimal | None:
        """The same in per cent of the one before, to one place; None where that was nothing."""
        if not self.before:
            return None
        exact = Decimal(100 * self.amount) / abs(self.before)
        return exact.quantize(_PLACES, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class MemberDifference:
    """A member's month beside the one before: in all, by offer, by cause, and by both."""

    organization_id: UUID
    whole: Difference
    offers: Mapping[UUID, Difference]
    causes: Steps
    parts: Mapping[UUID, Steps]

    @classmethod
    def of(
        cls, member: UUID, offers: Mapping[UUID, Difference], parts: Mapping[UUID, Steps]
    ) -> MemberDifference:
        """From the differences by offer, and the causes of each."""
        return cls(member, _together(offers), offers, summed(parts.values()), parts)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two months side by side; members by id, offers by id."""

    whole: Difference
    offers: Mapping[UUID, Difference]
    members: Mapping[UUID, MemberDifference]
    causes: Steps
    parts: Mapping[UUID, Steps]

    @classmethod
    def of(
        cls,
        offers: Mapping[UUID, Difference],
        members: Mapping[UUID, MemberDifference],
        parts: Mapping[UUID, Steps],
    ) -> Compared:
        """From the differences by offer and by member, and the causes of each offer's."""
        return cls(_together(offers), offers, members, summed(parts.values()), parts)

    def of_member(self, member: UUID) -> MemberDifference:
        """A member's difference; an empty one where it has no share in either month."""
        return self.members.get(member) or MemberDifference.of(member, {}, {})


def compare(
    before: Mapping[UUID, OfferMonth], now: Mapping[UUID, OfferMonth], keys: KeyRegistry
) -> Compared:
    """Compare two months, given by offer. The causes add up to each difference, to the cent."""
    offers = sorted(before.keys() | now.keys())
    by_offer: dict[UUID, Difference] = {}
    shares: dict[UUID, dict[UUID, Difference]] = {}
    steps: dict[UUID, dict[UUID, Steps]] = {}
    parts: dict[UUID, Steps] = {}
    for offer in offers:
        one, other = before.get(offer), now.get(offer)
        by_offer[offer] = Difference(
            sum(one.shares.values()) if one else None, sum(other.shares.values()) if other else None
        )
        old, new = one.shares if one else {}, other.shares if other else {}
        for member in old.keys() | new.keys():
            difference = Difference(old.get(member), new.get(member))
            shares.setdefault(member, {})[offer] = difference
        found = causes(one, other, keys)
        for member, told in found.items():
            steps.setdefault(member, {})[offer] = told
        parts[offer] = summed(found.values())
    members = {
        member: MemberDifference.of(member, shares[member], steps.get(member, {}))
        for member in sorted(shares)
    }
    return Compared.of(by_offer, members, parts)


def _together(parts: Mapping[UUID, Difference]) -> Difference:
    def added(amounts: list[int | None]) -> int | None:
        known = [amount for amount in amounts if amount is not None]
        return sum(known) if known else None

    return Difference(
        added([one.before for one in parts.values()]), added([one.now for one in parts.values()])
    )
