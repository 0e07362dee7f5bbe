"""For tests: a running stand-in Stripe, and a payer who fills in its page.

Installed as a pytest plugin, so that any test may ask for the fixture `stripe_standin`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import urljoin

import httpx
import pytest

APPROVED = "4242 4242 4242 4242"
DECLINED = "4000 0000 0000 0002"
INSUFFICIENT_FUNDS = "4000 0000 0000 9995"
EXPIRED_CARD = "4000 0000 0000 0069"
THREE_D_SECURE = "4000 0027 6000 3184"

RETRY_DELAYS = (0.05, 0.1, 0.2, 0.5)


@dataclass(frozen=True, slots=True)
class PayResult:
    """What the payer saw last. `location` is where the page sent them on to, once paid."""

    status: int
    text: str
    location: str | None

    @property
    def is_paid(self) -> bool:
        """Whether the payer was sent back to the shop."""
        return self.location is not None


@dataclass(frozen=True, slots=True)
class StripeStandin:
    """A stand-in that is running. Its API takes `secret_key`; its events carry `webhook_secret`."""

    base_url: str
    secret_key: str
    webhook_secret: str

    async def pay(
        self,
        session_url: str,
        card: str = APPROVED,
        *,
        challenge: Literal["approve", "fail"] = "approve",
        email: str = "anna@example.it",
    ) -> PayResult:
        """Fill in the page, and the 3-D Secure challenge if it comes. Leaves the shop unvisited."""
        form = {"email": email, "number": card, "expiry": "12/40", "cvc": "123", "name": "Anna"}
        async with httpx.AsyncClient(trust_env=False, timeout=60) as browser:
            answer = await browser.post(session_url, data=form)
            while answer.status_code == 303:
                target = urljoin(str(answer.url), answer.headers["location"])
                if not target.startswith(f"{self.base_url}/c/"):
                    return PayResult(303, "", target)
                if "/authenticate/" in target and "/authenticate/" not in str(answer.url):
                    answer = await browser.post(target, data={"outcome": challenge})
                else:
                    answer = await browser.get(target)
        return PayResult(answer.status_code, answer.text, None)

    async def send_webhooks_to(self, url: str | None) -> None:
        """Deliver events to this address from now on."""
        await self._control("webhook", {"url": url})

    async def settle(self) -> None:
        """Wait until every webhook is taken or given up."""
        await self._control("settle", {})

    async def events(self, event_type: str | None = None) -> list[dict[str, Any]]:
        """The events so far, oldest first."""
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            answer = await client.get(f"{self.base_url}/_control/events")
        found = cast(list[dict[str, Any]], answer.json())
        return [event for event in found if event_type in (None, event["type"])]

    async def objects(self, kind: str) -> list[dict[str, Any]]:
        """Objects of a kind that it knows, newest first."""
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            answer = await client.get(f"{self.base_url}/_control/objects/{kind}")
        return cast(list[dict[str, Any]], answer.json())

    async def redeliver(self, event_id: str, *, times: int = 1, age: int = 0) -> list[int | None]:
        """Send an event again, signed `age` seconds ago; answers the endpoint's statuses."""
        return await self._control(f"redeliver/{event_id}", {"times": times, "age": age})

    async def fail_next(
        self,
        kind: Literal["hang", "drop", "error"],
        *,
        when: Literal["before", "after"] = "before",
        method: Literal["GET", "POST"] = "POST",
        path: str = "/v1/",
        times: int = 1,
    ) -> None:
        """Let the next matching API calls fail, before or after they took effect."""
        fault = {"kind": kind, "when": when, "method": method, "path": path, "times": times}
        await self._control("faults", fault)

    async def advance_clock(self, seconds: int) -> None:
        """Move the stand-in's clock ahead."""
        await self._control("clock", {"advance": seconds})

    async def fail_refund(self, reference: str) -> None:
        """Let the bank send a refund back."""
        await self._control(f"refunds/{reference}/fail", {})

    async def _control(self, path: str, data: dict[str, Any]) -> Any:
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            answer = await client.post(f"{self.base_url}/_control/{path}", json=data)
        answer.raise_for_status()
        return answer.json() if answer.content else None


@pytest.fixture
def stripe_standin() -> Iterator[StripeStandin]:
    """A fresh stand-in on a free port, on a thread of its own, with keys of its own."""
    from arengo_payments.standin.server import HOST, ThreadedServer, bind
    from arengo_payments.standin.service import Config

    listener = bind()
    config = Config(
        origin=f"http://{HOST}:{listener.getsockname()[1]}",
        secret_key=f"sk_test_{secrets.token_hex(12)}",
        webhook_secret=f"whsec_{secrets.token_hex(16)}",
        retry_delays=RETRY_DELAYS,
    )
    with ThreadedServer(config, listener):
        yield StripeStandin(config.origin, config.secret_key, config.webhook_secret)
