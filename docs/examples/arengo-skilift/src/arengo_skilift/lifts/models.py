"""The table of lifts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Base, Identified, Owned, TableClass, metadata_for, table


class SkiliftBase(Base):
    """Base of the plugin's tables: PostgreSQL schema ``skilift``."""

    __abstract__ = True
    metadata = metadata_for("skilift")


class Lift(SkiliftBase, Identified, Owned):
    """A lift and the last report of it; reachable by whoever runs it."""

    __tablename__ = "lift"
    __table_args__ = table(TableClass.MEMBER, UniqueConstraint("organization_id", "name"))

    name: Mapped[str]
    state: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    reported_at: Mapped[datetime]
