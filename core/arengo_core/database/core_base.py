"""The base of core's own tables."""

from __future__ import annotations

from arengo_core.database.base import Base, metadata_for


class CoreBase(Base):
    """Tables in the schema ``core``."""

    __abstract__ = True
    metadata = metadata_for("core")
