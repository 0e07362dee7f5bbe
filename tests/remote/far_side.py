"""A remote plugin for tests: it verifies every call and keeps what it was asked and told."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
from contextlib import asynccontextmanager
from types import SimpleNamespace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms

COVERED = ('"@method"', '"@authority"', '"@path"', '"content-type"', '"idempotency-key"')


def two(text):
    return {"en": text, "it": f"{text} (it)"}


def manifest(**changes):
    """What it says of itself: permits for municipalities, a carrier, a gateway, a channel."""
    return {
        "protocol": 1,
        "key": "permits",
        "title": two("Permits"),
        "description": two("Parking permits of residents."),
        "version": "1.0.0",
        "licence": "EUPL-1.2",
        "services": [
            {
                "key": "permits",
                "title": two("Parking permits"),
                "description": two("Residents ask for a permit."),
                "serves": ["municipality"],
                "settings": [
                    {"name": "fee", "label": two("Fee"), "type": "decimal", "default": "12.50"},
                    {"name": "token", "label": two("Token"), "secret": True, "default": ""},
                ],
                "meters": [
                    {"key": "permits.issued", "title": two("Permits"), "unit": two("permits")}
                ],
                "grants": [
                    "marketplace.membership:read",
                    "marketplace.usage:write",
                    "marketplace.figures:read",
                    "communications.inbox:read",
                    "communications.announcements:write",
                ],
                "events": ["marketplace.activation_changed"],
            }
        ],
        "providers": [
            {"kind": "carrier", "key": "far-post", "title": two("Far post")},
            {"kind": "gateway", "key": "far-bank", "title": two("Far bank")},
            {
                "kind": "channel",
                "key": "far-texts",
                "title": two("Far texts"),
                "options": {"recipients": "*@far.example"},
            },
        ],
        "pages": [
            {
                "key": "register",
                "service": "permits",
                "title": two("Register of permits"),
                "path": "/pages/register",
            }
        ],
        **changes,
    }


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, published):
        self.by_id = {key["kid"]: key for key in published["keys"]}

    def resolve_public_key(self, key_id):
        text = self.by_id[key_id]["x"]
        return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(text + "=="))


class FarSide:
    """The plugin; ``mood`` is what it does to the next call that changes something."""

    def __init__(self):
        self.address = ""
        self.published = {"keys": []}
        self.manifest = manifest()
        self.calls = []
        self.told = []
        self.nonces = set()
        self.statuses = [204]
        self.mood = ""
        self.raw = None
        self.kept = {}
        self.waiting = []

    async def lose_next_answer(self):
        self.mood = "lose"

    async def fall_silent(self):
        self.mood = "silent"

    async def refuse_next(self):
        self.mood = "refuse"

    async def pay(self, url):
        found = self.kept[url.rpartition("/")[2]]
        found |= {"status": "paid", "payment_reference": f"p-{found['reference']}", "url": None}

    def by_key(self, kind, key):
        return next((i for i in self.kept.values() if (i["kind"], i["key"]) == (kind, key)), None)

    def verify(self, method, path, headers, body):
        """RFC 9421 by the library's own verifier; a nonce counts once."""
        message = SimpleNamespace(method=method, url=f"{self.address}{path}", headers=headers)
        verifier = HTTPMessageVerifier(
            signature_algorithm=algorithms.ED25519, key_resolver=_Keys(self.published)
        )
        [found] = verifier.verify(
            message, body=body, expect_tag="arengo-call", require_components=COVERED
        )
        assert found.nonce not in self.nonces
        self.nonces.add(found.nonce)

    async def serve(self, reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            method, path, _ = head.split(" ", 2)
            headers = dict(re.findall(r"^([\w-]+): (.*)\r$", head, re.M))
            headers = {name.lower(): value for name, value in headers.items()}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            if self.raw is not None:
                writer.write(self.raw)
                await writer.drain()
            else:
                answer = await self.answer(method, path, headers, body)
                if answer is not None:
                    self.write(writer, *answer)
                    await writer.drain()
        writer.close()

    def write(self, writer, status, content):
        body = json.dumps(content).encode() if content is not None else b""
        writer.write(
            f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
            + body
        )

    async def answer(self, method, path, headers, body):
        if path == "/.well-known/arengo-plugin.json":
            return 200, self.manifest
        if path == "/arengo/events":
            self.told.append((headers, body))
            return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0], None
        self.verify(method, path, headers, body)
        asked = json.loads(body)
        self.calls.append((path, headers, asked))
        if path == "/arengo/health":
            return 200, {}
        mood, changes = self.mood, path.rpartition("/")[2] in CHANGING
        if changes:
            self.mood = ""
            if mood == "silent":
                gate = asyncio.Event()
                self.waiting.append(gate)
                await gate.wait()
                return None
            if mood == "refuse":
                return 422, {"code": "refused", "message": "there is no such number"}
        done = ANSWERS[path.removeprefix("/arengo/")](self, asked)
        return None if changes and mood == "lose" else done


CHANGING = {"book", "cancel", "open_checkout", "expire_checkout", "refund", "send"}
UNKNOWN = (404, {"code": "not_found", "message": "there is no such thing"})


def _keep(far, kind, key, **fields):
    known = far.by_key(kind, key)
    if known is None:
        reference = f"{kind}-{len(far.kept)}"
        known = far.kept[reference] = {"kind": kind, "key": key, "reference": reference, **fields}
    return known


def _quote(_far, asked):
    goes = asked["to_istat"] != "015146" and asked["weight_grams"] <= 20_000
    price = {"amount": 480, "currency": "EUR"}
    return 200, {"quotes": [{"option": "van", "title": "Van", "price": price}] if goes else []}


def _book(far, asked):
    if asked["option"] != "van":
        return 422, {"code": "no_option", "message": "there is no such option"}
    return 200, _keep(far, "booking", asked["key"], steps=[])


def _live_booking(found):
    return UNKNOWN if found is None or found.get("cancelled") else (200, found)


def _cancel(far, asked):
    found = far.kept.get(asked["reference"])
    if found is None or found.get("cancelled"):
        return UNKNOWN
    found["cancelled"] = True
    return 200, found


def _open(far, asked):
    if asked["amount"]["amount"] > 100_000:
        return 422, {"code": "too_much", "message": "more than the bank takes at once"}
    made = _keep(far, "checkout", asked["idempotency_key"], status="open", payment_reference=None)
    if "amount" not in made:
        made |= {
            "amount": asked["amount"],
            "order_id": asked["order_id"],
            "idempotency_key": asked["idempotency_key"],
            "expires_at": asked["expires_at"],
            "url": f"{far.address}/pay/{made['reference']}",
        }
    return 200, made


def _expire(far, asked):
    found = far.kept.get(asked["reference"])
    if found is not None and found["status"] == "open":
        found |= {"status": "expired", "url": None}
    return (200, found) if found is not None else UNKNOWN


def _refund(far, asked):
    known = far.by_key("refund", asked["idempotency_key"])
    if known is None:
        paid = [i for i in far.kept.values() if i.get("status") == "paid"]
        paid = [i for i in paid if i["payment_reference"] == asked["payment_reference"]]
        if not paid:
            return UNKNOWN
        if asked["amount"]["amount"] > paid[0]["amount"]["amount"]:
            return 422, {"code": "too_much", "message": "more than was paid"}
        known = _keep(far, "refund", asked["idempotency_key"], **asked)
        known["status"] = "succeeded"
    return 200, known


def _one(far, found):
    return (200, found) if found is not None else UNKNOWN


ANSWERS = {
    "carrier/far-post/quote": _quote,
    "carrier/far-post/book": _book,
    "carrier/far-post/find": lambda far, a: _live_booking(far.by_key("booking", a["key"])),
    "carrier/far-post/cancel": _cancel,
    "carrier/far-post/track": lambda far, a: (
        200,
        {
            "steps": [
                {"state": "in_transit", "occurred_at": "2026-11-01T08:00:00Z", "place": "Sondrio"},
                {"state": "delivered", "occurred_at": "2026-11-02T08:00:00Z", "place": ""},
            ]
        },
    ),
    "gateway/far-bank/open_checkout": _open,
    "gateway/far-bank/fetch_checkout": lambda far, a: _one(far, far.kept.get(a["reference"])),
    "gateway/far-bank/find_checkout": lambda far, a: _one(
        far, far.by_key("checkout", a["idempotency_key"])
    ),
    "gateway/far-bank/expire_checkout": _expire,
    "gateway/far-bank/refund": _refund,
    "gateway/far-bank/fetch_refund": lambda far, a: _one(far, far.kept.get(a["reference"])),
    "gateway/far-bank/find_refund": lambda far, a: _one(
        far, far.by_key("refund", a["idempotency_key"])
    ),
    "channel/far-texts/send": lambda far, a: (200, _keep(far, "message", a["key"])),
}


@asynccontextmanager
async def serving(kind=FarSide):
    """The plugin on a free port."""
    far = kind()
    server = await asyncio.start_server(far.serve, "127.0.0.1", 0)
    far.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield far
    for gate in far.waiting:
        gate.set()
    server.close()
