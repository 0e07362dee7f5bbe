"""The base of the plugin's tables."""

from __future__ import annotations

from arengo_core.database.base import Base, metadata_for


class DeliveryBase(Base):
    """Tables in the schema ``delivery``."""

    __abstract__ = True
    metadata = metadata_for("delivery")
