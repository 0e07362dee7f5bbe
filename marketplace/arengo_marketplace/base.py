"""The marketplace's own PostgreSQL schema."""

from __future__ import annotations

from arengo_core.database.base import Base, metadata_for


class MarketplaceBase(Base):
    """Root of the marketplace's tables."""

    __abstract__ = True
    metadata = metadata_for("marketplace")
