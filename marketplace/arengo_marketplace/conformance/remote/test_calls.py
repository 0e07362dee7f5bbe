"""Calls: answered when the host signed them, refused when anything about them is wrong."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from arengo_core.host import Host
from arengo_core.ids import new_token
from arengo_core.outbound.client import Answer
from arengo_core.remote import fetching, keys, manifest, signing
from arengo_core.remote.calling import Remote
from arengo_core.remote.keys import Signer
from arengo_core.remote.trying import Subject

HEALTH = "/arengo/health"
EMPTY = b"{}"
_HEALTH_LIMIT, _CALLS = 2.0, 5
Send = Callable[..., Awaitable[Answer]]


def _is_refused(answer: Answer) -> bool:
    return 400 <= answer.status < 500


@pytest.fixture
def send(host: Host, tried: Subject) -> Send:
    """``await send(headers, body)``: a call of ``/health`` with these headers."""

    async def call(headers: dict[str, str], body: bytes = EMPTY) -> Answer:
        return await host.outbound.send(
            "POST", f"{tried.base_url}{HEALTH}", content=body, headers=headers
        )

    return call


async def _signed(
    host: Host, tried: Subject, *, by: Signer | None = None, path: str = HEALTH
) -> dict[str, str]:
    url = f"{tried.base_url}{path}"
    return signing.headers(by or await keys.signer(host), url, EMPTY, new_token(16))


async def test_its_address_tells_the_registered_manifest(host: Host, tried: Subject) -> None:
    read, _ = await fetching.from_url(host, tried.base_url)
    assert read == manifest.of(tried.manifest), "another manifest is registered: refresh it"


async def test_it_answers_in_time(remote: Remote) -> None:
    """Once out of five calls: this machine may be a busy one."""
    took: list[float] = []
    while min(took, default=_HEALTH_LIMIT) >= _HEALTH_LIMIT and len(took) < _CALLS:
        began = time.monotonic()
        assert await remote.answers(), "a signed call of /health is not answered: see its log"
        took.append(time.monotonic() - began)
    assert min(took) < _HEALTH_LIMIT, f"/health takes longer than two seconds: {min(took):.1f} s"


async def test_an_unsigned_call_is_refused(send: Send) -> None:
    answer = await send({"content-type": "application/json", "idempotency-key": "k"})
    assert _is_refused(answer), f"HTTP {answer.status}"


async def test_a_call_signed_by_another_key_is_refused(
    host: Host, tried: Subject, send: Send
) -> None:
    genuine = await keys.signer(host)
    for key_id in (genuine.id, "nobody"):
        by = Signer(key_id, Ed25519PrivateKey.generate())
        answer = await send(await _signed(host, tried, by=by))
        assert _is_refused(answer), f"HTTP {answer.status}, by a stranger as {key_id}"


async def test_a_changed_body_is_refused(host: Host, tried: Subject, send: Send) -> None:
    answer = await send(await _signed(host, tried), b'{"changed": true}')
    assert _is_refused(answer), f"HTTP {answer.status}"


async def test_a_changed_idempotency_key_is_refused(host: Host, tried: Subject, send: Send) -> None:
    answer = await send({**await _signed(host, tried), "idempotency-key": "another"})
    assert _is_refused(answer), f"HTTP {answer.status}"


async def test_a_signature_of_another_call_is_refused(
    host: Host, tried: Subject, send: Send
) -> None:
    answer = await send(await _signed(host, tried, path="/arengo/other"))
    assert _is_refused(answer), f"HTTP {answer.status}"


async def test_a_signature_that_is_over_is_refused(
    host: Host, tried: Subject, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "LIFE", timedelta(seconds=-90))
    answer = await send(await _signed(host, tried))
    assert _is_refused(answer), f"HTTP {answer.status}"


async def test_the_same_call_again_is_refused(host: Host, tried: Subject, send: Send) -> None:
    headers = await _signed(host, tried)
    first = await send(headers)
    assert first.status == 200, f"HTTP {first.status}"
    again = await send(headers)
    assert _is_refused(again), f"HTTP {again.status}: its nonce was seen before"


async def test_what_is_no_call_is_not_there(remote: Remote) -> None:
    answer = await remote.ask("/no-such-call", new_token(16), {}, dict)
    assert getattr(answer, "code", ""), f"an unknown path is no clear refusal: {answer}"
