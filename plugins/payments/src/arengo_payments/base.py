"""What every table of payments is built on, and the names its rooms share."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Base, Shared, metadata_for

PLUGIN = "payments"
SERVICE = "payments"
TRANSACTIONS = "payments.transactions"
CARD = "card"
COUNTER = "counter"


class Purpose(StrEnum):
    """What a payment is for."""

    ORDER = "order"
    STATEMENT = "statement"


class PaymentsBase(Base):
    """Base of the tables in the PostgreSQL schema ``payments``."""

    __abstract__ = True
    metadata = metadata_for("payments")


class SharedRow(Shared):
    """Tenant and consortium without an index each: every table has composite ones that lead so."""

    organization_id: Mapped[UUID] = mapped_column(index=False)
    consortium_id: Mapped[UUID] = mapped_column(index=False)
