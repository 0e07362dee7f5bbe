"""Tables of the queue beside the library's own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import TableClass, table
from arengo_core.database.core_base import CoreBase


class HeldJob(CoreBase):
    """Why a job failed its last attempt; the job itself waits in the queue under its number."""

    __tablename__ = "held_job"
    __table_args__ = table(TableClass.PLATFORM, reason="error classes and trace ids only")

    job_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    error: Mapped[str]
    trace_id: Mapped[str]
    failed_at: Mapped[datetime]
