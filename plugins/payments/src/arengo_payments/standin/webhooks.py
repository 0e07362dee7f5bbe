"""Signed webhooks, delivered in the background and tried again until they are taken.

The signature is Stripe's (docs, "Verify webhook signatures manually"): HMAC-SHA256 of
`timestamp.body` in a `Stripe-Signature: t=...,v1=...` header.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field

import httpx

from arengo_payments.standin.forms import Json

RETRY_DELAYS = (0.5, 2.0, 5.0, 15.0, 60.0, 300.0)
TIME_LIMIT = 60.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to deliver an event; no status means that nobody answered."""

    event_id: str
    status: int | None


@dataclass(slots=True)
class Dispatcher:
    """Delivers events to one endpoint. Delays between attempts are in seconds."""

    url: str | None
    secret: str
    retry_delays: tuple[float, ...] = RETRY_DELAYS
    deliveries: list[Delivery] = field(default_factory=list[Delivery])
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def schedule(self, event: Json) -> None:
        """Deliver an event without waiting for it."""
        if self.url is None:
            event["pending_webhooks"] = 0
            return
        task = asyncio.create_task(self._deliver(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait until no delivery is under way."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def send(self, event: Json, age: int = 0) -> Delivery:
        """Deliver an event once, signed `age` seconds ago."""
        body = json.dumps(event, separators=(",", ":"))
        signed_at = int(time.time()) - age
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(body, self.secret, signed_at),
        }
        status = None
        if self.url is not None:
            try:
                async with httpx.AsyncClient(trust_env=False, timeout=TIME_LIMIT) as client:
                    answer = await client.post(self.url, content=body, headers=headers)
                    status = answer.status_code
            except httpx.HTTPError:
                status = None
        delivery = Delivery(event["id"], status)
        self.deliveries.append(delivery)
        return delivery

    async def stop(self) -> None:
        """Give up what is under way."""
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, event: Json) -> None:
        for delay in (*self.retry_delays, None):
            delivery = await self.send(event)
            if delivery.status is not None and 200 <= delivery.status < 300:
                event["pending_webhooks"] = 0
                return
            if delay is not None:
                await asyncio.sleep(delay)


def signature(body: str, secret: str, signed_at: int) -> str:
    """The value of the `Stripe-Signature` header."""
    mac = hmac.new(secret.encode(), f"{signed_at}.{body}".encode(), hashlib.sha256)
    return f"t={signed_at},v1={mac.hexdigest()}"
