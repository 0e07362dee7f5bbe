"""Table of subscriptions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from arengo_communications.base import CommunicationsBase
from arengo_core import clock
from arengo_core.database.base import Identified, Owned, TableClass, table
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import Personal
from arengo_core.secrets import Sealed


class Subscription(CommunicationsBase, Identified, Owned):
    """That somebody asked a municipality for its announcements.

    The address is encrypted; its keyed digest finds it. Unsubscribing deletes the row.
    """

    __tablename__ = "subscription"
    __table_args__ = table(
        TableClass.MEMBER,
        UniqueConstraint("organization_id", "email_digest"),
        Index(None, "organization_id", "confirmed_at"),
        personal=Personal(
            ("email_digest", "email_sealed"),
            N_("Subscribers"),
            N_("To send announcements"),
            N_("Until they unsubscribe, by the link in each mail"),
        ),
    )

    email_digest: Mapped[bytes]
    email_sealed: Mapped[Sealed]
    locale: Mapped[str]
    mails: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]
