"""Tables of the plugin host."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, TableClass, table
from arengo_core.database.core_base import CoreBase


class ActiveService(CoreBase):
    """That a member has a service active, in its own right or covered by its municipality.

    The marketplace writes it in the transaction that changes an Activation; the host's gate
    reads it for every entrance. ``grants`` are keys of what was agreed to.
    """

    __tablename__ = "active_service"
    __table_args__ = table(
        TableClass.PLATFORM,
        Index(None, "service", "consortium_id"),
        Index(None, "consortium_id", "service"),
        reason="ids only: public pages must know which shops are open",
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    activation_id: Mapped[UUID] = mapped_column(primary_key=True)
    consortium_id: Mapped[UUID]
    covered_by: Mapped[UUID | None]
    grants: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")


class BegunService(CoreBase):
    """That a member has a service active, or had it once; or that a consortium offers it.

    Never removed: what was begun with a service is finished after a suspension too.
    """

    __tablename__ = "begun_service"
    __table_args__ = table(TableClass.PLATFORM, reason="ids only, as of active services")

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)


class PluginFailure(CoreBase):
    """A failure recorded against a plugin: its stage, class and trace id, never values."""

    __tablename__ = "plugin_failure"
    __table_args__ = table(
        TableClass.PLATFORM,
        Index(None, "plugin", "last_at"),
        reason="plugin keys, error classes and trace ids only",
    )

    plugin: Mapped[str] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    message: Mapped[str] = mapped_column(primary_key=True)
    trace_id: Mapped[str]
    occurrences: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    closed_until: Mapped[datetime | None]


class DisabledPlugin(CoreBase):
    """A plugin that an operator took out of service, until it is enabled again."""

    __tablename__ = "disabled_plugin"
    __table_args__ = table(TableClass.PLATFORM, reason="plugin keys and operators' reasons only")

    plugin: Mapped[str] = mapped_column(primary_key=True)
    why: Mapped[str]
    disabled_at: Mapped[datetime]


class PluginStrike(CoreBase, Identified):
    """A process of the program that ended by a plugin's doing."""

    __tablename__ = "plugin_strike"
    __table_args__ = table(
        TableClass.PLATFORM,
        Index(None, "plugin", "struck_at"),
        reason="plugin keys and places in their code only",
    )

    plugin: Mapped[str]
    what: Mapped[str]
    struck_at: Mapped[datetime]


class IdempotentRequest(CoreBase):
    """The first answer to a request that carried an idempotency key."""

    __tablename__ = "idempotent_request"
    __table_args__ = table(TableClass.PLATFORM, reason="digests and ids only")

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    result_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
