"""What an event is, and how a plugin says that it handles one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from uuid import UUID

from arengo_core.caller import OrganizationKind

if TYPE_CHECKING:
    from arengo_core.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an aggregate of an Organization. Ids and figures only.

    A subclass sets ``name`` (``storefront.order_placed``) and adds fields that msgspec encodes.
    ``title`` (a msgid) says to people what happened; ``owners`` to which kinds of
    organizations it happens (empty: to any).
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    owners: ClassVar[tuple[OrganizationKind, ...]] = ()

    organization_id: UUID
    aggregate_id: UUID


EventT = TypeVar("EventT", bound=Event)


@dataclass(frozen=True, slots=True)
class Delivery(Generic[EventT]):
    """An event on its way to a handler, with what makes handling idempotent."""

    event_id: UUID
    version: int
    occurred_at: datetime
    event: EventT


Handler = Callable[["UnitOfWork", Delivery[Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class EventHandler:
    """A handler of one event type; runs in its own transaction, at least once.

    One of ``Event`` itself gets every event that has a title.
    Where ``service`` is named, the host calls only if the event's Organization has it active,
    unless ``finishes`` (the handler ends what was begun, which goes on after a suspension).
    """

    event: type[Event]
    handle: Handler
    key: str
    service: str | None = None
    finishes: bool = False
