"""Events: taken when the shared secret signed them, also twice, and refused when not."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import pytest

from arengo_core import clock
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.outbound.client import Answer
from arengo_core.remote import events
from arengo_core.remote.trying import Subject
from arengo_core.webhooks import signing

Tell = Callable[..., Awaitable[Answer]]


@pytest.fixture
def tell(host: Host, tried: Subject) -> Tell:
    """``await tell()``: an event of an unknown member, as the host tells them."""
    names = [name for service in tried.manifest["services"] for name in service["events"]]
    if not names:
        pytest.skip("it asks to be told of no event")
    content = {"type": names[0], "data": {"organization_id": str(new_id())}}
    body = json.dumps({**content, "timestamp": clock.now().isoformat()}).encode()
    message = f"msg_{new_id()}"

    async def send(*, secret: str = tried.secret, age: int = 0, changed: bytes = b"") -> Answer:
        stamp = int(clock.now().timestamp()) - age
        headers = signing.headers([secret], message, stamp, body)
        return await host.outbound.send(
            "POST",
            f"{tried.base_url}{events.PATH}",
            content=body + changed,
            headers={"content-type": "application/json", **headers},
        )

    return send


async def test_a_signed_event_is_taken_and_once_more(tell: Tell) -> None:
    for turn in ("first", "second"):
        answer = await tell()
        assert 200 <= answer.status < 300, f"HTTP {answer.status}, the {turn} time"


async def test_events_that_the_host_did_not_sign_are_refused(tell: Tell) -> None:
    for what, answer in (
        ("of another secret", await tell(secret=signing.new_secret())),
        ("of ten minutes ago", await tell(age=600)),
        ("with another body", await tell(changed=b" ")),
    ):
        assert 400 <= answer.status < 500, f"HTTP {answer.status} to an event {what}"
