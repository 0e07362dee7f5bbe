"""What Stripe has no endpoint for: tests move the clock, order failures, repeat webhooks."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, Router, get, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody

from arengo_payments.standin import payments
from arengo_payments.standin.checkout import expire_due
from arengo_payments.standin.errors import ApiError
from arengo_payments.standin.faults import Fault
from arengo_payments.standin.forms import Json
from arengo_payments.standin.service import Standin


class Redelivery(msgspec.Struct, forbid_unknown_fields=True):
    """How often to send the event again, and how old (seconds) the signature is to be."""

    times: int = 1
    age: int = 0


class Clock(msgspec.Struct, forbid_unknown_fields=True):
    """Seconds to move the clock ahead."""

    advance: int


class Endpoint(msgspec.Struct, forbid_unknown_fields=True):
    """Where webhooks go from now on."""

    url: str | None


@get("/health")
async def health() -> dict[str, str]:
    """Answers when the server is up."""
    return {"status": "ok"}


@get("/events")
async def events(state: State) -> list[Json]:
    """All events, oldest first."""
    standin: Standin = state.standin
    return list(reversed(standin.world.all("event")))


@get("/objects/{kind:str}")
async def objects(state: State, kind: FromPath[str]) -> list[Json]:
    """All objects of a kind, newest first."""
    standin: Standin = state.standin
    return standin.world.all(kind)


@get("/deliveries")
async def deliveries(state: State) -> list[dict[str, Any]]:
    """All attempts to deliver webhooks, in order."""
    standin: Standin = state.standin
    return msgspec.to_builtins(standin.webhooks.deliveries)


@post("/redeliver/{event_id:str}", status_code=200)
async def redeliver(
    state: State, event_id: FromPath[str], data: JSONBody[Redelivery]
) -> list[int | None]:
    """Send an event again; answers the statuses of the endpoint."""
    standin: Standin = state.standin
    event = standin.world.get("event", event_id)
    return [(await standin.webhooks.send(event, data.age)).status for _ in range(data.times)]


@post("/faults", status_code=204)
async def order_fault(state: State, data: JSONBody[Fault]) -> None:
    """Let the next matching API requests fail."""
    standin: Standin = state.standin
    standin.faults.order(data)


@post("/clock", status_code=200)
async def move_clock(state: State, data: JSONBody[Clock]) -> dict[str, int]:
    """Move the clock ahead; sessions whose time has come expire."""
    standin: Standin = state.standin
    standin.world.clock_offset += data.advance
    expire_due(standin.world)
    return {"now": standin.world.now()}


@post("/webhook", status_code=204)
async def set_endpoint(state: State, data: JSONBody[Endpoint]) -> None:
    """Choose where webhooks go."""
    standin: Standin = state.standin
    standin.webhooks.url = data.url


@post("/settle", status_code=204)
async def settle(state: State) -> None:
    """Answer once every webhook has been taken or given up."""
    standin: Standin = state.standin
    await standin.webhooks.settle()


@post("/refunds/{refund_id:str}/fail", status_code=200)
async def fail_refund(state: State, refund_id: FromPath[str]) -> Json:
    """Let the bank send a refund back."""
    standin: Standin = state.standin
    return payments.fail_refund(standin.world, standin.world.get("refund", refund_id))


def refused(_: Any, error: ApiError) -> Response[Json]:
    """Errors in Stripe's form."""
    return Response(error.body, status_code=error.status)


control = Router(
    "/_control",
    route_handlers=[
        health,
        events,
        objects,
        deliveries,
        redeliver,
        order_fault,
        move_clock,
        set_endpoint,
        settle,
        fail_refund,
    ],
    exception_handlers={ApiError: refused},
)
