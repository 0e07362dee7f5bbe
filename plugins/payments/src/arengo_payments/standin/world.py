"""All the stand-in knows, in memory: Stripe-shaped objects by id, a clock and the event feed."""

from __future__ import annotations

import copy
import secrets
import string
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from arengo_payments.standin.errors import invalid, missing
from arengo_payments.standin.forms import Json
from arengo_payments.standin.params import Listing, Metadata, PaymentIntentData

API_VERSION = "2026-08-26.dahlia"

_ALPHABET = string.ascii_letters + string.digits


@dataclass(slots=True)
class Checkout:
    """What belongs to a session beyond its public object."""

    items: list[Json]
    intent_data: PaymentIntentData


@dataclass(slots=True)
class World:
    """State of one stand-in. `on_event` is told of each event as it happens."""

    origin: str
    on_event: Callable[[Json], None] = lambda event: None
    clock_offset: int = 0
    objects: dict[str, Json] = field(default_factory=dict[str, Json])
    checkouts: dict[str, Checkout] = field(default_factory=dict[str, Checkout])

    def now(self) -> int:
        """Unix time, moved by the control endpoint."""
        return int(time.time()) + self.clock_offset

    def new(self, kind: str, prefix: str, **fields: Any) -> Json:
        """Make and keep an object with a fresh id."""
        reference = new_id(prefix)
        made: Json = {"id": reference, "object": kind, "created": self.now(), **fields}
        self.objects[reference] = made
        return made

    def get(self, kind: str, reference: str, param: str = "id") -> Json:
        """The object of a kind. Raises ApiError (404)."""
        found = self.objects.get(reference)
        if found is None or found["object"] != kind:
            raise missing(kind, reference, param)
        return found

    def all(self, kind: str) -> list[Json]:
        """Objects of a kind, newest first."""
        return [item for item in reversed(self.objects.values()) if item["object"] == kind]

    def emit(self, event_type: str, thing: Json) -> Json:
        """Record an event with a snapshot of the object, and tell of it."""
        event = self.new(
            "event",
            "evt_",
            api_version=API_VERSION,
            data={"object": copy.deepcopy(thing)},
            livemode=False,
            pending_webhooks=1,
            request={"id": None, "idempotency_key": None},
            type=event_type,
        )
        self.on_event(event)
        return event


def new_id(prefix: str) -> str:
    """An id of Stripe's look."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(24))


def metadata(given: Metadata) -> Json:
    """Metadata as kept. Raises ApiError for more than 50 keys."""
    if len(given) > 50:
        raise invalid("Metadata can have at most 50 keys.", "metadata")
    return dict(given)


def listing(items: Iterable[Json], url: str, params: Listing) -> Json:
    """A page of a list, newest first, after the filters."""
    found = [item for item in items if _matches(item, params)]
    if params.starting_after is not None:
        ids = [item["id"] for item in found]
        if params.starting_after not in ids:
            raise missing("object", params.starting_after, "starting_after")
        found = found[ids.index(params.starting_after) + 1 :]
    page = found[: params.limit]
    return {"object": "list", "data": page, "has_more": len(found) > len(page), "url": url}


def expanded(world: World, thing: Json, paths: list[str]) -> Json:
    """A copy of the object in which the named references are replaced by their objects."""
    result = copy.deepcopy(thing)
    for path in paths:
        node = result
        for name in path.split("."):
            value = node.get(name)
            if isinstance(value, str):
                node[name] = copy.deepcopy(world.objects.get(value))
            if not isinstance(node.get(name), dict):
                raise invalid(f"This property cannot be expanded ({path}).", "expand")
            node = node[name]
    return result


def _matches(item: Json, params: Listing) -> bool:
    for name in ("charge", "payment_intent", "transfer_group", "type"):
        wanted = getattr(params, name)
        if wanted is not None and item.get(name) != wanted:
            return False
    span, created = params.created, item.get("created", 0)
    return span is None or (
        (span.gt is None or created > span.gt)
        and (span.gte is None or created >= span.gte)
        and (span.lt is None or created < span.lt)
        and (span.lte is None or created <= span.lte)
    )
