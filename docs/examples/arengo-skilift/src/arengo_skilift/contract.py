"""What other plugins may use of lift reports. They import this module alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol
from uuid import UUID

from arengo_core.outbox.events import Event

SERVICE = "skilift"


class LiftState(StrEnum):
    """Whether a lift runs."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LiftView:
    """A lift as others see it."""

    organization_id: UUID
    name: str
    state: LiftState
    note: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class LiftReported(Event):
    """Somebody reported a lift's state. Organization: who runs it; aggregate: the lift."""

    name: ClassVar[str] = "skilift.lift_reported"

    state: str


class LiftReports(Protocol):
    """Capability of service ``skilift``, in the caller's transaction."""

    async def lifts(self, organization_id: UUID) -> Sequence[LiftView]:
        """The lifts of a member, by name."""
        ...
