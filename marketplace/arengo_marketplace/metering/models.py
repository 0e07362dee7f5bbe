"""Tables of usage."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core import clock
from arengo_core.database.base import Identified, Shared, TableClass, table
from arengo_core.i18n import N_
from arengo_core.ids import new_id
from arengo_core.privacy.declaration import IDS_ALONE, Personal
from arengo_marketplace.base import MarketplaceBase

QUANTITY = Numeric(20, 6)


def _by_month(arguments: Any) -> Any:
    *constraints, options = arguments
    return (*constraints, {**options, "postgresql_partition_by": "RANGE (counted_on)"})


class UsageRecord(MarketplaceBase):
    """One reading of a meter that counts for a member.

    ``counted_on`` is the day in Rome on which it counts: the day it occurred, or, of a reading
    that came after its month was settled, the first day of the next month that is not. With
    ``through_seat`` it counts for a municipality because a merchant seated there used it; who
    that was is not told. Records from before there were batches have no ``batch_id``.
    """

    __tablename__ = "usage_record"
    __table_args__ = _by_month(
        table(
            TableClass.CONSORTIUM,
            Index(None, "organization_id", "meter", "counted_on"),
            Index(None, "consortium_id", "counted_on", "meter"),
            append_only=True,
        )
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    counted_on: Mapped[date] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    consortium_id: Mapped[UUID]
    meter: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    through_seat: Mapped[bool] = mapped_column(default=False)
    batch_id: Mapped[UUID | None]


class UsageKey(MarketplaceBase):
    """That a reading was stored, and as which record: reporting it again is harmless, at any
    distance. Keys from before there were batches do not say the record.
    """

    __tablename__ = "usage_key"
    __table_args__ = table(
        TableClass.PLATFORM, reason="digests of keys, ids and days only; not cut by time"
    )

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    record_id: Mapped[UUID | None]
    counted_on: Mapped[date | None]


class UsageDay(MarketplaceBase):
    """A member's units of a meter on a day: folded from the records by a job."""

    __tablename__ = "usage_day"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "consortium_id", "day", "meter"),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    consortium_id: Mapped[UUID] = mapped_column(primary_key=True)
    meter: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    through_seat: Mapped[bool] = mapped_column(primary_key=True)
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    records: Mapped[int] = mapped_column(BigInteger)


class UsageAddition(MarketplaceBase, Identified, Shared):
    """What a batch adds to a member's day; a job folds it into the day, and it is gone.

    Days and additions together are the sums of the records at any moment.
    """

    __tablename__ = "usage_addition"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "day"),
        Index(None, "consortium_id", "day", "meter"),
    )

    meter: Mapped[str]
    day: Mapped[date]
    through_seat: Mapped[bool]
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    records: Mapped[int] = mapped_column(BigInteger)


class UsageBatch(MarketplaceBase, Identified, Shared):
    """Records that came together and count in the same month; its tenant is the consortium.

    ``digest`` is the SHA-256 of their canonical rows (:mod:`arengo_marketplace.metering.digests`).
    """

    __tablename__ = "usage_batch"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "starts_on", "id"),
        CheckConstraint("records > 0", "records"),
        CheckConstraint("length(digest) = 32", "digest"),
        append_only=True,
        personal=Personal(
            ("reported_by",),
            N_("People with an account"),
            N_("To say who did what"),
            IDS_ALONE,
            by_user="reported_by",
        ),
    )

    source: Mapped[str]
    starts_on: Mapped[date]
    records: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes]
    reported_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)


class UnfoldedDay(MarketplaceBase, Identified):
    """That additions to a member's day wait to be folded; several rows may say the same."""

    __tablename__ = "usage_unfolded_day"
    __table_args__ = table(TableClass.PLATFORM, reason="ids of members and days: a queue")

    organization_id: Mapped[UUID]
    day: Mapped[date]
