"""Tables of webhooks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Owned, Stamped, TableClass, table
from arengo_core.database.core_base import CoreBase
from arengo_core.secrets import Sealed


class WebhookEndpoint(CoreBase, Identified, Owned, Stamped):
    """An address that gets an organization's events.

    Its own, or with ``plugin`` that of a remote plugin of which it has a service active: then
    the plugin's secrets sign. ``secrets`` holds the secret ``now`` and, until ``former_until``,
    the ``former`` one.
    ``failing_since``: no delivery succeeded since then; ``off_since``: nothing is sent.
    """

    __tablename__ = "webhook_endpoint"
    __table_args__ = table(TableClass.MEMBER, UniqueConstraint("organization_id", "plugin"))

    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(String))
    plugin: Mapped[str | None]
    secrets: Mapped[Sealed | None]
    former_until: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    off_since: Mapped[datetime | None]


class WebhookDelivery(CoreBase, Identified, Owned, Stamped):
    """An event on its way to an endpoint: waiting, delivered or failed.

    ``attempts`` counts all, ``tries`` those since it was last asked for. ``next_at``: the next.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = table(
        TableClass.MEMBER,
        UniqueConstraint("endpoint_id", "event_id"),
        Index(None, "endpoint_id", "created_at"),
    )

    endpoint_id: Mapped[UUID] = mapped_column(
        ForeignKey("core.webhook_endpoint.id", ondelete="CASCADE")
    )
    event_id: Mapped[UUID]
    event_name: Mapped[str]
    body: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int]
    tries: Mapped[int]
    next_at: Mapped[datetime | None]


class WebhookAttempt(CoreBase, Identified, Owned):
    """One request: what was answered (null: nothing), after how many milliseconds."""

    __tablename__ = "webhook_attempt"
    __table_args__ = table(TableClass.MEMBER)

    delivery_id: Mapped[UUID] = mapped_column(
        ForeignKey("core.webhook_delivery.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    status: Mapped[int | None]
    milliseconds: Mapped[int]
    error: Mapped[str]
