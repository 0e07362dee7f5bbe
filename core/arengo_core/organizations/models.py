"""Table of organizations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core import clock
from arengo_core.database.base import Identified, TableClass, table
from arengo_core.database.core_base import CoreBase
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import WHILE_MEMBER, Personal


class Organization(CoreBase, Identified):
    """Anything that acts. Public by law or by trade: no private column lives here."""

    __tablename__ = "organization"
    __table_args__ = table(
        TableClass.PUBLIC,
        Index(None, "kind"),
        Index(None, "slug", unique=True),
        personal=Personal(
            ("name", "street", "email", "phone"),
            N_("Merchants who are persons"),
            N_("To show who offers and sells, as the law asks"),
            WHILE_MEMBER,
        ),
    )

    kind: Mapped[str]
    name: Mapped[str]
    slug: Mapped[str]
    tax_code: Mapped[str | None]
    vat_number: Mapped[str | None]
    istat_code: Mapped[str | None]
    street: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    province: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    theme: Mapped[str | None]
    locale: Mapped[str] = mapped_column(default="it")
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def organization_id(self) -> UUID:
        """Its own tenant."""
        return self.id
