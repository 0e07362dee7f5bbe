"""Tables of permissions: what organizations gave to roles, and let others do for them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Stamped, TableClass, table
from arengo_core.database.core_base import CoreBase
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import IDS_ALONE, Personal

_REASON = "sign-in: the scope itself is made from these ids"


class RolePermission(CoreBase):
    """That an Organization gave a permission to a role, or took it from one."""

    __tablename__ = "role_permission"
    __table_args__ = table(TableClass.PLATFORM, reason=_REASON)

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    permission: Mapped[str] = mapped_column(primary_key=True)
    is_given: Mapped[bool]


class Delegation(CoreBase, Identified, Stamped):
    """That an Organization lets the people of another do something for it.

    In force from ``starts_on`` to ``ends_on``, both included, until it is revoked.
    """

    __tablename__ = "delegation"
    __table_args__ = table(
        TableClass.PLATFORM,
        Index(None, "organization_id"),
        Index(None, "delegate_id"),
        CheckConstraint("ends_on >= starts_on", "days"),
        CheckConstraint("delegate_id <> organization_id", "another"),
        reason=_REASON,
        personal=Personal(
            ("created_by", "revoked_by"),
            N_("People with an account"),
            N_("To say who let others act"),
            IDS_ALONE,
            by_user="created_by",
        ),
    )

    organization_id: Mapped[UUID]
    delegate_id: Mapped[UUID]
    permission: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
