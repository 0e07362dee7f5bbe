"""What every table is built on: naming, the four table classes, common columns."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, MetaData
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from arengo_core import clock
from arengo_core.ids import new_id
from arengo_core.privacy.declaration import PERSONAL, Personal

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class TableClass(StrEnum):
    """Who may reach a table's rows; written as the table's comment and held by its policies."""

    MEMBER = "member"
    CONSORTIUM = "consortium"
    PUBLIC = "public"
    PLATFORM = "platform"


class Base(DeclarativeBase):
    """Root of all models. A package derives one abstract base with its own schema."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's declaration
        datetime: DateTime(timezone=True),
        UUID: postgresql.UUID(as_uuid=True),
    }


def metadata_for(schema: str) -> MetaData:
    """Metadata of a package's own PostgreSQL schema."""
    return MetaData(schema=schema, naming_convention=_NAMING)


def table(
    kind: TableClass,
    *args: Any,
    append_only: bool = False,
    reason: str = "",
    personal: Personal | None = None,
) -> Any:
    """``__table_args__`` of a model: its class, constraints, for platform tables the reason.

    ``personal`` says what personal data it holds.
    """
    if kind is TableClass.PLATFORM and not reason:
        raise ValueError("a platform table says why it has no row-level security")
    comment = "; ".join(
        part for part in (kind.value, "append-only" if append_only else "", reason) if part
    )
    return (*args, {"comment": comment, "info": {PERSONAL: personal} if personal else {}})


class Identified:
    """A UUIDv7 primary key."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class Stamped:
    """When the row was made."""

    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Owned:
    """The tenant: the organization whose row it is."""

    organization_id: Mapped[UUID] = mapped_column(index=True)


class Shared(Owned):
    """The tenant and the consortium whose officers may read it."""

    consortium_id: Mapped[UUID] = mapped_column(index=True)
