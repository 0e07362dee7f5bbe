"""GraphQL types of usage."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import strawberry

from arengo_core.api.scalars import global_id
from arengo_core.plugins.registry import Registry
from arengo_marketplace.metering.models import UsageRecord
from arengo_marketplace.metering.reading import Usage
from arengo_marketplace.titles import meter_title


@strawberry.type(name="Usage", description="A member's units of a meter in a month.")
class UsageType:
    """GraphQL face of usage."""

    organization_id: strawberry.ID
    meter: str
    title: str
    quantity: Decimal
    records: int = strawberry.field(description="In how many records they came.")

    @classmethod
    def of(cls, usage: Usage, registry: Registry) -> UsageType:
        """From the reading."""
        return cls(
            organization_id=global_id("Organization", usage.member.organization_id),
            meter=usage.meter,
            title=meter_title(registry, usage.meter),
            quantity=usage.quantity,
            records=usage.records,
        )


@strawberry.type(name="UsageRecord", description="One reading of a meter, kept for ever.")
class UsageRecordType:
    """GraphQL face of a usage record."""

    id: strawberry.ID
    meter: str
    quantity: Decimal
    occurred_at: datetime
    counted_on: date
    through_seat: bool = strawberry.field(
        description="Whether a merchant of the municipality used it."
    )

    @classmethod
    def of(cls, row: UsageRecord) -> UsageRecordType:
        """From its row."""
        return cls(
            id=global_id("UsageRecord", row.id),
            meter=row.meter,
            quantity=row.quantity,
            occurred_at=row.occurred_at,
            counted_on=row.counted_on,
            through_seat=row.through_seat,
        )
