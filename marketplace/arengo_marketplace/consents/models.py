"""Table of consents."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Shared, TableClass, table
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import IDS_ALONE, Personal
from arengo_marketplace.base import MarketplaceBase


class Consent(MarketplaceBase, Identified, Shared):
    """What was agreed to for an Activation, asked for, or withdrawn.

    ``act``: ``given``; ``asked`` (the program told the member that more is asked for);
    ``unrecorded`` (switched on before consents were recorded: by whom and when, no words);
    ``withdrawn`` (switched off). ``grants`` are keys with the words that were shown, in
    ``locale``; ``wording`` is the digest of what was asked for. ``by`` is None for the program,
    ``acting_for`` the organization in whose name it was done.
    """

    __tablename__ = "consent"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "activation_id"),
        CheckConstraint("act in ('given', 'asked', 'unrecorded', 'withdrawn')", "act"),
        append_only=True,
        personal=Personal(
            ("by",),
            N_("People with an account"),
            N_("To show who agreed that a service reads and writes data"),
            IDS_ALONE,
            by_user="by",
        ),
    )

    activation_id: Mapped[UUID]
    service: Mapped[str]
    version: Mapped[str]
    act: Mapped[str]
    grants: Mapped[dict[str, str]] = mapped_column(JSONB)
    wording: Mapped[str]
    locale: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[UUID | None]
    acting_for: Mapped[UUID | None]
