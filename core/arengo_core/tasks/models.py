"""Table of tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Owned, Stamped, TableClass, table
from arengo_core.database.core_base import CoreBase
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import Erasure, Personal
from arengo_core.tasks.definition import TaskState


class Task(CoreBase, Identified, Owned, Stamped):
    """A piece of slow work. A person's own has the person as its organization.

    ``attempt`` counts its runs: the latest alone may write. ``message`` is a msgid, ``facts`` fill
    it. ``back`` is the page where it was begun, ``result`` that of what came of it.
    """

    __tablename__ = "task"
    __table_args__ = table(
        TableClass.MEMBER,
        Index(None, "organization_id", "id"),
        personal=Personal(
            columns=("started_by",),
            whose=N_("People who begin slow work"),
            why=N_(
                "To show its progress to whoever began it, and to do it with that person's rights"
            ),
            kept=N_("A week"),
            by_user="started_by",
            erasure=Erasure.DELETE,
        ),
    )

    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=TaskState.QUEUED.value)
    started_by: Mapped[UUID | None]
    acting_id: Mapped[UUID | None]
    token_id: Mapped[UUID | None]
    locale: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    kept: Mapped[dict[str, Any]] = mapped_column(JSONB, deferred=True)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    attempt: Mapped[int] = mapped_column(default=0)
    back: Mapped[str] = mapped_column(default="")
    result: Mapped[str] = mapped_column(default="")
    file_id: Mapped[UUID | None]
    file_name: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
