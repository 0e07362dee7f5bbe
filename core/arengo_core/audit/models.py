"""Tables of the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Owned, TableClass, table
from arengo_core.database.core_base import CoreBase
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import IDS_ALONE, Personal


class AuditEntry(CoreBase, Identified, Owned):
    """One act in an Organization. Details hold ids and figures, never personal values.

    ``acting_id``: the organization in whose name the actor acted. ``changes`` are those of the
    object, ``{column: [before, after]}``, or ``{column: null}`` where the value is not kept.
    ``network`` is the shortened address. Entries of earlier versions lack all five.
    """

    __tablename__ = "audit_entry"
    __table_args__ = table(
        TableClass.MEMBER,
        Index(None, "organization_id", "at"),
        Index(None, "organization_id", "actor_id", "id"),
        Index(None, "organization_id", "action", "id"),
        Index(None, "organization_id", "object_id", "id"),
        append_only=True,
        personal=Personal(
            ("actor_id", "network"),
            N_("People with an account"),
            N_("To say who did what"),
            IDS_ALONE,
            by_user="actor_id",
        ),
    )

    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    trace_id: Mapped[str]
    acting_id: Mapped[UUID | None]
    origin: Mapped[str | None]
    network: Mapped[str | None]
    token_id: Mapped[UUID | None]
    changes: Mapped[dict[str, list[Any] | None] | None] = mapped_column(JSONB(none_as_null=True))


class AuditSeal(CoreBase, Identified, Owned):
    """A link of an Organization's hash chain: a batch of entries and their digests, in order."""

    __tablename__ = "audit_seal"
    __table_args__ = table(
        TableClass.MEMBER, UniqueConstraint("organization_id", "number"), append_only=True
    )

    number: Mapped[int]
    sealed_at: Mapped[datetime]
    last_entry_id: Mapped[UUID]
    entry_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    entry_digests: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    digest: Mapped[bytes]
