"""Tables of subscriptions, and of what subscribers agreed to."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ARRAY, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from arengo_communications.base import CommunicationsBase
from arengo_core import clock
from arengo_core.database.base import Identified, Owned, TableClass, table
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import AddressDigest, Personal, Retention
from arengo_core.secrets import Sealed

BY_ADDRESS = AddressDigest("email_digest", "subscriber")


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
            by_digest=BY_ADDRESS,
        ),
    )

    email_digest: Mapped[bytes]
    email_sealed: Mapped[Sealed]
    locale: Mapped[str]
    mails: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]


class SubscriptionConsent(CommunicationsBase, Identified, Owned):
    """That somebody agreed to get a municipality's announcements, or withdrew that.

    ``act``: ``given``, ``unrecorded`` (before words were kept), ``withdrawn``. ``words`` are those
    that were shown. Kept beyond the subscription, to show that it was asked for: ``over_at`` is
    when it ended.
    """

    __tablename__ = "subscription_consent"
    __table_args__ = table(
        TableClass.MEMBER,
        Index(None, "organization_id", "at", "id"),
        Index(None, "organization_id", "email_digest"),
        CheckConstraint("act in ('given', 'unrecorded', 'withdrawn')", "act"),
        personal=Personal(
            ("email_digest", "email_sealed"),
            N_("Subscribers"),
            N_("To show who agreed to get announcements, when and by which words"),
            N_("While they are subscribed; then two years, as proof (art. 7(1) GDPR)"),
            by_digest=BY_ADDRESS,
            retention=Retention("over_at", timedelta(days=730)),
        ),
    )

    email_digest: Mapped[bytes]
    email_sealed: Mapped[Sealed]
    act: Mapped[str]
    words: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    at: Mapped[datetime]
    over_at: Mapped[datetime | None]
