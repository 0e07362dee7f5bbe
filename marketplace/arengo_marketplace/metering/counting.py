"""What a reading counts as: whether it can be counted, for whom, and on which day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from arengo_core.clock import ROME
from arengo_core.errors import InvalidInputError
from arengo_marketplace.costs.period import Period
from arengo_marketplace.members.models import Membership

KEY_LIMIT = 200
SMALLEST = Decimal("0.000001")
_LARGEST = Decimal(10) ** 13


class Counted(msgspec.Struct, frozen=True, gc=False):
    """A reading with where it counts; ``digest`` stands for its key."""

    digest: bytes
    organization_id: UUID
    meter: str
    quantity: Decimal
    occurred_at: datetime
    consortium_id: UUID
    seat_id: UUID | None
    counted_on: date

    def is_alike(self, other: Counted) -> bool:
        """Whether another reading says the same: member, meter, units and instant."""
        return (
            self.organization_id == other.organization_id
            and self.meter == other.meter
            and self.quantity == other.quantity
            and self.occurred_at == other.occurred_at
        )


def check(
    meter: str, quantity: Decimal, key: str, occurred_at: datetime, meters: Collection[str]
) -> None:
    """Refuse a reading that cannot be counted: InvalidInputError naming the field."""
    if meter not in meters:
        raise InvalidInputError(
            "There is no meter {meter}. Known are: {known}.",
            field="meter",
            meter=meter[:60],
            known=", ".join(sorted(meters)) or "—",
        )
    if not quantity.is_finite() or not quantity or abs(quantity) >= _LARGEST or quantity % SMALLEST:
        raise InvalidInputError(
            "{quantity} cannot be counted: a number other than 0 with at most 6 decimals is"
            " expected.",
            field="quantity",
            quantity=quantity,
        )
    if not 1 <= len(key) <= KEY_LIMIT:
        raise InvalidInputError(
            "A reading's key has 1 to {limit} characters.", field="key", limit=KEY_LIMIT
        )
    if occurred_at.tzinfo is None:
        raise InvalidInputError(
            "{instant} has no time zone: give it with one.",
            field="occurred_at",
            instant=occurred_at.isoformat(),
        )


def membership_of(
    organization_id: UUID, day: date, memberships: Mapping[UUID, Sequence[Membership]]
) -> Membership:
    """The membership of the day, or the nearest one there was."""
    found = memberships.get(organization_id)
    if not found:
        raise InvalidInputError(
            "The organization {organization} is not a member: its usage counts for nobody.",
            field="organization_id",
            organization=organization_id,
        )
    for membership in found:
        if membership.starts_on <= day and (membership.ends_on is None or day < membership.ends_on):
            return membership
    return found[0]


def day_of(instant: datetime) -> date:
    """The day in Rome."""
    return instant.astimezone(ROME).date()


def counting_day(day: date, settled: Collection[date]) -> date:
    """The day on which something of a day counts: later, where its month is settled.

    ``settled`` holds the first days of settled months.
    """
    if day.replace(day=1) not in settled:
        return day
    month = Period.months_from(day, 1)
    while month.start in settled:
        month = month.next()
    return month.start
