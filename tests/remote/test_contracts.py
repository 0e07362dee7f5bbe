"""Remote carriers, gateways and channels pass the contracts' own tests, over signed HTTP."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec
import pytest
from http_message_signatures.digests import ContentDigest
from http_message_signatures.exceptions import InvalidSignature

from arengo_communications.contract import Channel, Recipient
from arengo_communications.contract_tests import ChannelContract, message_request
from arengo_core.money import Money
from arengo_core.remote.calling import Refusal, Remote, Unknown
from arengo_core.webhooks import signing
from arengo_delivery.contract import Carrier, CarrierOutcome
from arengo_delivery.contract_tests import CarrierContract, parcel_request
from arengo_payments.contract import (
    CheckoutLine,
    CheckoutOpened,
    CheckoutState,
    GatewayEventKind,
    InvalidSignatureError,
    MalformedEventError,
    OutcomeUnknown,
    PaymentGateway,
)
from arengo_payments.contract_tests import PaymentGatewayContract, checkout_request
from tests.remote.far_side import FarSide

PATIENT = 60.0
IMPATIENT = 0.5


def _of(host, far_side, contract, key, time_limit=PATIENT):
    kind = {Carrier: "carrier", PaymentGateway: "gateway", Channel: "channel"}[contract]
    adapt = host.registry.remote_kinds[kind].value.adapt
    remote = Remote(host, "permits", far_side.address, time_limit)
    return adapt(remote, key, {"recipients": "*@far.example"}, {})


class TestFarPost(CarrierContract):
    provider = "far-post"
    out_of_reach = "015146"
    too_heavy = 20_001

    @pytest.fixture
    def far_side(self, far_side):
        return far_side

    @pytest.fixture
    def carrier(self, host, far_side):
        return _of(host, far_side, Carrier, "far-post")

    @pytest.fixture
    def impatient(self, host, far_side):
        return _of(host, far_side, Carrier, "far-post", IMPATIENT)


class TestFarBank(PaymentGatewayContract):
    provider = "far-bank"

    @pytest.fixture
    def far_side(self, far_side):
        return far_side

    @pytest.fixture
    def gateway(self, host, far_side):
        return _of(host, far_side, PaymentGateway, "far-bank")

    @pytest.fixture
    def impatient(self, host, far_side):
        return _of(host, far_side, PaymentGateway, "far-bank", IMPATIENT)

    @pytest.fixture
    def refused_request(self):
        lines = (CheckoutLine("Stufa di pietra ollare", Money(100_001)),)
        return checkout_request(lines=lines, amount=Money(100_001))


class TestFarTexts(ChannelContract):
    provider = "far-texts"

    @pytest.fixture
    def far_side(self, far_side):
        self.far = far_side
        return far_side

    @pytest.fixture
    def channel(self, host, far_side):
        return _of(host, far_side, Channel, "far-texts")

    @pytest.fixture
    def impatient(self, host, far_side):
        return _of(host, far_side, Channel, "far-texts", IMPATIENT)

    @pytest.fixture
    def message(self):
        return message_request(recipient=Recipient("Ada", "393331234567@far.example", "it"))

    async def arrived(self, channel, message):
        return int(self.far.by_key("message", message.key) is not None)


async def test_each_is_found_by_its_key_as_every_other_provider(host, far_side):
    carrier = host.provider(Carrier, "far-post")
    booking = await carrier.book("parcel-1", "van", parcel_request())
    assert booking.outcome is CarrierOutcome.ACCEPTED
    [(path, headers, asked)] = far_side.calls
    assert path == "/arengo/carrier/far-post/book"
    assert headers["idempotency-key"] == "parcel-1"
    assert asked["parcel"]["recipient"]["city"] == "Lanzada"


def _event(**changes):
    return json.dumps(
        {
            "id": "evt-1",
            "kind": "checkout_paid",
            "source_type": "paid",
            "occurred_at": datetime.now(UTC).isoformat(),
            "is_live": True,
            "checkout_reference": "checkout-1",
            **changes,
        }
    ).encode()


async def test_a_gateways_webhook_is_taken_when_our_secret_signed_it(host, registered, far_side):
    gateway = host.provider(PaymentGateway, "far-bank")
    body, now = _event(), int(datetime.now(UTC).timestamp())
    event = await gateway.parse_webhook(body, signing.headers([registered], "msg_1", now, body))
    assert event.kind is GatewayEventKind.CHECKOUT_PAID
    assert event.checkout_reference == "checkout-1"
    for headers, content in (
        (signing.headers([signing.new_secret()], "msg_1", now, body), body),
        (signing.headers([registered], "msg_1", now - 400, body), body),
        (signing.headers([registered], "msg_1", now, body), _event(id="evt-2")),
        ({**signing.headers([registered], "msg_1", now, body), "webhook-id": "msg_2"}, body),
    ):
        with pytest.raises(InvalidSignatureError):
            await gateway.parse_webhook(content, headers)
    strange = _event(kind="no-such-kind")
    with pytest.raises(MalformedEventError):
        await gateway.parse_webhook(strange, signing.headers([registered], "m", now, strange))


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\n[]",
        b'HTTP/1.1 200 X\r\nContent-Length: 15\r\n\r\n{"reference": 1}'[:-1],
        b"HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nnot json!",
        b'HTTP/1.1 401 X\r\nContent-Length: 32\r\n\r\n{"code": "late", "message": "hm"}',
        b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"nothing of HTTP",
        b"HTTP/1.1 200 X\r\nContent-Length: 2000000\r\n\r\n" + b" " * 2_000_000,
    ],
)
async def test_an_answer_that_makes_no_sense_is_an_unknown_outcome(host, far_side, raw):
    gateway = _of(host, far_side, PaymentGateway, "far-bank")
    far_side.raw = raw
    assert isinstance(await gateway.open_checkout(checkout_request()), OutcomeUnknown)


@pytest.mark.parametrize(
    ("url", "leads_there"),
    [
        ("https://pay.far.example/1", True),
        ("http://127.0.0.1:9/1", True),
        ("http://pay.far.example/1", False),
        ("https://10.0.0.1/1", False),
        ("https://somebody@pay.far.example/1", False),
        ("javascript:alert(1)", False),
        ("//pay.far.example/1", False),
        ("", False),
    ],
)
async def test_a_payer_is_sent_only_where_the_program_might_call(host, far_side, url, leads_there):
    gateway = _of(host, far_side, PaymentGateway, "far-bank")

    def answers(**values):
        body = json.dumps({"reference": "checkout-1", "url": url, **values}).encode()
        far_side.raw = b"HTTP/1.1 200 X\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    answers()
    opened = await gateway.open_checkout(checkout_request())
    known = {"amount": {"amount": 100, "currency": "EUR"}, "order_id": None, "expires_at": None}
    known |= {"idempotency_key": None, "payment_reference": None}
    answers(status="open", **known)
    found = await gateway.find_checkout("key", datetime.now(UTC))
    answers(status="paid", **known)
    paid = await gateway.fetch_checkout("checkout-1")
    assert isinstance(paid, CheckoutState), "money that arrived counts"
    if leads_there:
        assert isinstance(opened, CheckoutOpened)
        assert isinstance(found, CheckoutState)
        assert {opened.url, found.url, paid.url} == {url}
    else:
        assert isinstance(opened, OutcomeUnknown)
        assert isinstance(found, OutcomeUnknown)
        assert paid.url is None


async def test_after_five_faults_a_door_is_closed_and_the_others_stay_open(host, far_side):
    remote = Remote(host, "permits", far_side.address, PATIENT)
    far_side.raw = b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"
    for _ in range(5):
        answer = await remote.ask("/gateway/far-bank/fetch_checkout", "k", {"reference": "x"}, dict)
        assert isinstance(answer, Unknown)
    far_side.raw = None
    closed = await remote.ask("/gateway/far-bank/fetch_checkout", "k", {"reference": "x"}, dict)
    assert isinstance(closed, Unknown)
    assert not far_side.calls, "a closed door was called"
    found = await remote.ask("/gateway/far-bank/fetch_refund", "k", {"reference": "x"}, dict)
    assert isinstance(found, Refusal)


async def test_each_call_is_signed_over_what_it_says_and_once(host, far_side):
    await _of(host, far_side, Carrier, "far-post").book("parcel-2", "van", parcel_request())
    [(path, headers, asked)] = far_side.calls
    body = msgspec.json.encode(asked)
    other = {**headers, "content-digest": ContentDigest.create(body.replace(b"van", b"jet"))}
    forged = [
        (path, headers, body.replace(b"van", b"jet")),
        (path, other, body.replace(b"van", b"jet")),
        (path.replace("book", "cancel"), headers, body),
        (path, {**headers, "idempotency-key": "parcel-3"}, body),
        (path, {**headers, "signature": f"arengo=:{'A' * 86}==:"}, body),
        (path, {name: text for name, text in headers.items() if name != "signature"}, body),
    ]
    for changed, given, content in forged:
        far_side.nonces.clear()
        with pytest.raises(InvalidSignature):
            far_side.verify("POST", changed, given, content)
    with pytest.raises(InvalidSignature):
        elsewhere = FarSide()
        elsewhere.address, elsewhere.published = "http://another.example", far_side.published
        elsewhere.verify("POST", path, headers, body)
    far_side.verify("POST", path, headers, body)
    with pytest.raises(AssertionError):
        far_side.verify("POST", path, headers, body)
