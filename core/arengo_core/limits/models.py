"""The counter that all server processes share."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import TableClass, table
from arengo_core.database.core_base import CoreBase


class RequestCount(CoreBase):
    """Requests of one address, account or token in the minute that began last for it.

    The table is unlogged: nothing of it is written ahead, and a crash empties it, which forgets a
    minute.
    """

    __tablename__ = "request_count"
    __table_args__ = table(
        TableClass.PLATFORM, reason="keyed digests of addresses, accounts and tokens"
    )

    key_digest: Mapped[bytes] = mapped_column(primary_key=True)
    minute: Mapped[datetime]
    used: Mapped[int]
