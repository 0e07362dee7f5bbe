"""GraphQL types of usage."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import strawberry

from arengo_core.api.payload import Payload
from arengo_core.api.scalars import global_id, local_id
from arengo_core.plugins.registry import Registry
from arengo_marketplace.contract import UsageReading
from arengo_marketplace.metering.batch import BatchReport
from arengo_marketplace.metering.batch_lines import RawReading
from arengo_marketplace.metering.models import UsageBatch, UsageRecord
from arengo_marketplace.metering.reading import Usage
from arengo_marketplace.pools.types import ImportFault
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


@strawberry.type(
    name="UsageBatch", description="Records that came together and count in the same month."
)
class UsageBatchType:
    """GraphQL face of a batch."""

    id: strawberry.ID
    source: str
    month: str
    records: int
    digest: str = strawberry.field(description="SHA-256 of the canonical rows, in hexadecimal.")
    recorded_at: datetime

    @classmethod
    def of(cls, row: UsageBatch) -> UsageBatchType:
        """From its row."""
        return cls(
            id=global_id("UsageBatch", row.id),
            source=row.source,
            month=f"{row.starts_on:%Y-%m}",
            records=row.records,
            digest=row.digest.hex(),
            recorded_at=row.recorded_at,
        )


@strawberry.type(description="New readings that count in a later month than they occurred in.")
class LateReadings:
    """How many came late, from which month into which."""

    month: str
    counts_in: str
    readings: int


@strawberry.input(description="One reading of a meter; the same key counts once.")
class UsageReadingInput:
    """What a plugin counted."""

    meter: str
    organization_id: strawberry.ID
    quantity: Decimal
    occurred_at: datetime
    key: str

    def as_contract(self) -> UsageReading:
        """As the marketplace takes it."""
        return UsageReading(
            meter=self.meter,
            organization_id=local_id(self.organization_id, "Organization", "organization_id"),
            quantity=self.quantity,
            occurred_at=self.occurred_at,
            key=self.key,
        )


@strawberry.type
class UsagePayload(Payload):
    """How many readings were new."""

    new: int = 0


@strawberry.input(description="One reading of a meter; the same key of a source counts once.")
class UsageEntryInput(UsageReadingInput):
    """What somebody else counted, in the meter's unit where one is named."""

    unit: str = ""

    def as_line(self) -> RawReading:
        """As a line of a batch."""
        return RawReading(
            str(self.organization_id),
            self.meter,
            self.quantity,
            self.occurred_at.isoformat(),
            self.key,
            self.unit,
        )


@strawberry.type
class UsageBatchPayload(Payload):
    """What became of each line; of the faults, the first thousand."""

    new: int = 0
    repeated: int = 0
    refused: int = 0
    faults: list[ImportFault] = strawberry.field(default_factory=list[ImportFault])
    late: list[LateReadings] = strawberry.field(default_factory=list[LateReadings])
    batches: list[UsageBatchType] = strawberry.field(default_factory=list[UsageBatchType])

    @classmethod
    def of(cls, report: BatchReport) -> UsageBatchPayload:
        """From the report."""
        return cls(
            new=report.new,
            repeated=report.repeated,
            refused=report.refused,
            faults=[ImportFault.of(fault) for fault in report.faults],
            late=[
                LateReadings(
                    month=f"{month:%Y-%m}", counts_in=f"{counts_in:%Y-%m}", readings=readings
                )
                for (month, counts_in), readings in sorted(report.late.items())
            ],
            batches=[UsageBatchType.of(row) for row in report.batches],
        )


@strawberry.type
class UsageCorrectionPayload(Payload):
    """The day on which what was taken back counts."""

    counts_on: date | None = None
