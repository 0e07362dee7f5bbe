"""Tables of messages."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from arengo_communications.base import CommunicationsBase
from arengo_core.database.base import Identified, Owned, Stamped, TableClass, table
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import Personal
from arengo_core.secrets import Sealed


class DispatchState(StrEnum):
    """Where a message stands with one channel."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"  # certainly not sent, after all tries
    UNKNOWN = "unknown"  # perhaps sent: the answer was lost


STUCK = frozenset({DispatchState.REFUSED, DispatchState.FAILED, DispatchState.UNKNOWN})


class Message(CommunicationsBase, Identified, Owned, Stamped):
    """A message on a member's behalf.

    ``sealed`` is the encrypted request; it is deleted when every channel has handed it over.
    """

    __tablename__ = "message"
    __table_args__ = table(
        TableClass.MEMBER,
        UniqueConstraint("organization_id", "key"),
        Index(None, "organization_id", "id"),
        personal=Personal(
            ("subject", "recipient_hint"),
            N_("People who are written to"),
            N_("To show what was sent"),
            N_("As long as the account of the organization"),
        ),
    )

    key: Mapped[str]
    topic: Mapped[str]
    subject: Mapped[str]
    recipient_hint: Mapped[str]
    sealed: Mapped[Sealed | None]


class Dispatch(CommunicationsBase, Identified, Owned):
    """A message on its way by one channel."""

    __tablename__ = "dispatch"
    __table_args__ = table(
        TableClass.MEMBER, UniqueConstraint("organization_id", "message_id", "channel")
    )

    message_id: Mapped[UUID]
    channel: Mapped[str]
    state: Mapped[str] = mapped_column(default=DispatchState.QUEUED.value)
    attempts: Mapped[int] = mapped_column(default=0)
    taken_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    reference: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
