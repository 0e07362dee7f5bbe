"""Table of shops."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core import clock
from arengo_core.database.base import Identified, Owned, TableClass, table
from arengo_storefront.base import StorefrontBase


class Shop(StorefrontBase, Identified, Owned):
    """A merchant's shop as everybody sees it. There is no row until the merchant opens it.

    ``is_open`` false: paused by its merchant; it stays known but sells nothing, and ``notice``
    may say until when. ``opening_hours`` are seven days from Monday, see :mod:`.hours`.
    """

    __tablename__ = "shop"
    __table_args__ = table(
        TableClass.PUBLIC,
        Index(None, "organization_id", unique=True, postgresql_include=["is_open"]),
        Index(None, "slug", unique=True),
        Index(None, "consortium_id", "name"),
        Index(None, "municipality_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(index=False)
    consortium_id: Mapped[UUID]
    municipality_id: Mapped[UUID | None]
    town: Mapped[str] = mapped_column(default="")
    town_slug: Mapped[str] = mapped_column(default="")
    slug: Mapped[str]
    name: Mapped[str]
    trade_it: Mapped[str] = mapped_column(default="")
    trade_en: Mapped[str] = mapped_column(default="")
    about_it: Mapped[str] = mapped_column(default="")
    about_en: Mapped[str] = mapped_column(default="")
    opening_hours: Mapped[list[str]] = mapped_column(ARRAY(String()), default=list)
    notice: Mapped[str] = mapped_column(default="")
    conditions: Mapped[str] = mapped_column(default="")
    privacy: Mapped[str] = mapped_column(default="")
    returns: Mapped[str] = mapped_column(default="")
    theme: Mapped[str | None]
    banner_id: Mapped[UUID | None]
    logo_id: Mapped[UUID | None]
    is_open: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=1)
