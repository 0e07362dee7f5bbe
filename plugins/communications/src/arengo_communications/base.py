"""The base of the plugin's tables."""

from __future__ import annotations

from arengo_core.database.base import Base, metadata_for


class CommunicationsBase(Base):
    """Tables in the schema ``communications``."""

    __abstract__ = True
    metadata = metadata_for("communications")
