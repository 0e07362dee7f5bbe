"""Tables of parcels."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core import clock
from arengo_core.database.base import Identified, Shared, Stamped, TableClass, table
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import IDS_ALONE, TEN_YEARS, AddressDigest, Personal
from arengo_core.secrets import Sealed
from arengo_delivery.base import DeliveryBase
from arengo_delivery.contract import ParcelState


class BookingState(StrEnum):
    """How the carrier was asked, and what it said."""

    NONE = "none"
    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


BY_ADDRESS = AddressDigest("email_digest", "recipient")


class ParcelRow(DeliveryBase, Identified, Shared, Stamped):
    """A parcel of a merchant order; its tenant is the merchant."""

    __tablename__ = "parcel"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        UniqueConstraint("organization_id", "merchant_order_id"),
        Index(None, "organization_id", "id"),
        Index(None, "organization_id", "state"),
        Index(None, "consortium_id", "state", "id"),
        Index(None, "merchant_order_id"),
        Index(None, "email_digest"),
        personal=Personal(
            ("recipient_name", "street", "phone", "email_sealed", "email_digest"),
            N_("Customers"),
            N_("To deliver parcels"),
            TEN_YEARS,
            by_digest=BY_ADDRESS,
        ),
    )

    merchant_order_id: Mapped[UUID]
    order_reference: Mapped[str]
    carrier: Mapped[str]
    option: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=ParcelState.ANNOUNCED.value)
    moved_at: Mapped[datetime] = mapped_column(default=clock.now)
    weight_grams: Mapped[int]
    recipient_name: Mapped[str]
    street: Mapped[str]
    postcode: Mapped[str]
    city: Mapped[str]
    istat_code: Mapped[str]
    phone: Mapped[str]
    email_sealed: Mapped[Sealed]
    email_digest: Mapped[bytes | None]
    locale: Mapped[str]
    point_id: Mapped[UUID | None]
    tracking_code: Mapped[str]
    code_issue: Mapped[int] = mapped_column(default=0)
    code_issued_at: Mapped[datetime | None]
    booking: Mapped[str] = mapped_column(default=BookingState.NONE.value)
    booking_reference: Mapped[str] = mapped_column(default="")
    booking_reason: Mapped[str] = mapped_column(default="")
    booking_attempts: Mapped[int] = mapped_column(default=0)


class ParcelEvent(DeliveryBase, Identified, Shared):
    """A step of a parcel's way."""

    __tablename__ = "parcel_event"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "parcel_id"),
        append_only=True,
        personal=Personal(
            ("actor_id",),
            N_("People with an account"),
            N_("To say who did what"),
            IDS_ALONE,
            by_user="actor_id",
        ),
    )

    parcel_id: Mapped[UUID]
    state: Mapped[str]
    occurred_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="")
    actor_id: Mapped[UUID | None]


class ParcelKey(DeliveryBase):
    """What leads to a parcel: the digest of its label's code, or of the shopper's code."""

    __tablename__ = "parcel_key"
    __table_args__ = table(
        TableClass.PLATFORM,
        Index(None, "parcel_id"),
        Index(None, "holder_id"),
        reason="digests and ids only: a public page and a clerk elsewhere find the parcel by it",
    )

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    parcel_id: Mapped[UUID]
    merchant_id: Mapped[UUID]
    holder_id: Mapped[UUID | None]
