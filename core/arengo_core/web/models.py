"""Table of host names."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import TableClass, table
from arengo_core.database.core_base import CoreBase


class SiteHost(CoreBase):
    """A host name of its own for a consortium or a shop."""

    __tablename__ = "site_host"
    __table_args__ = table(TableClass.PLATFORM, reason="host → site")

    host: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(index=True)
