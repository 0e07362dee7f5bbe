"""Carriers: accepted, refused, unknown; a carrier that fails leaves the others alone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import ModuleType

import pytest
import pytest_asyncio

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.roles import DatabaseUrls
from arengo_core.host import Host
from arengo_core.money import Money
from arengo_core.plugins.contributions import Provider
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manager import load_plugins
from arengo_core.plugins.manifest import Manifest
from arengo_delivery.carriers.valley_courier import ValleyCourier
from arengo_delivery.contract import (
    Booking,
    Carrier,
    CarrierOutcome,
    Delivery,
    ParcelState,
    Quote,
    TrackingEvent,
)
from arengo_delivery.parcels import booking, desk, repository
from arengo_delivery.parcels.booking import book, call_off, track


@dataclass
class Post:
    """The far side of a third party's carrier, steered by the test."""

    booked: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    steps: list[TrackingEvent] = field(default_factory=list)
    mood: str = "well"

    def made(self, _host, _settings):
        return self

    async def quote(self, weight_grams, origin_istat, to_istat):
        if self.mood == "silent":
            await asyncio.sleep(60)
        if self.mood == "broken":
            raise RuntimeError("out of order")
        return [Quote("express", "Express", Money(1_500))]

    async def book(self, key, option, parcel):
        self.calls.append("book")
        if self.mood == "refusing":
            return Booking(CarrierOutcome.REFUSED, reason="no such street")
        if self.mood == "deaf":
            raise RuntimeError("connection lost before")
        self.booked.setdefault(key, f"P-{len(self.booked)}")
        if self.mood == "mute":
            return Booking(CarrierOutcome.UNKNOWN, reason="answer lost")
        return Booking(CarrierOutcome.ACCEPTED, self.booked[key])

    async def find(self, key):
        self.calls.append("find")
        if key in self.booked:
            return Booking(CarrierOutcome.ACCEPTED, self.booked[key])
        return Booking(CarrierOutcome.REFUSED)

    async def cancel(self, reference):
        self.calls.append(f"cancel {reference}")
        return Booking(CarrierOutcome.ACCEPTED, reference)

    async def track(self, reference):
        return self.steps


def a_plugin(post: Post) -> ModuleType:
    """A third party's plugin that brings the carrier."""

    @hookimpl
    def arengo_manifest():
        return Manifest(
            key="post",
            title="Post",
            description="A carrier.",
            version="1",
            requires={"delivery": ">=0"},
        )

    @hookimpl
    def arengo_providers():
        return [Provider(Carrier, "post", "Post", post.made)]

    plugin = ModuleType("post_plugin")
    plugin.arengo_manifest = arengo_manifest
    plugin.arengo_providers = arengo_providers
    return plugin


@pytest.fixture
def post() -> Post:
    """The carrier's far side."""
    return Post()


@pytest_asyncio.fixture(loop_scope="session")
async def wide_host(settings, database: DatabaseUrls, post):
    """A host with the third party's plugin."""
    made = Host.create(settings, load_plugins(extra=[("post", a_plugin(post))]), database.app)
    yield made
    await made.close()


@pytest.fixture
def parcel(wide_host, valley):
    """A packed parcel that the third party is to take, and the payload of its jobs."""

    async def make():
        request = valley.parcel(option_key="post:express")
        async with wide_host.unit_of_work(Caller.program([valley.shop.id])) as uow:
            delivery = wide_host.continuing(uow, Delivery)
            made = await delivery.announce(request)
            await delivery.ready(request.merchant_order_id)
        payload = {"parcel": str(made.id), "merchant": str(valley.shop.id)}
        return made, request, payload

    return make


async def _row(host, valley, parcel):
    async with host.unit_of_work(Caller.program([valley.shop.id])) as uow:
        return await repository.get(uow.session, parcel.id, merchant_id=valley.shop.id)


async def test_an_accepted_booking_is_asked_for_once(wide_host, valley, parcel, post):
    made, _, payload = await parcel()
    for _ in range(3):
        await book(wide_host, payload)
    row = await _row(wide_host, valley, made)
    assert (row.booking, row.booking_reference) == ("accepted", "P-0")
    assert post.calls == ["book"]


async def test_a_refusal_is_final_until_somebody_asks_again(
    wide_host, valley, parcel, post, caller_for
):
    made, _, payload = await parcel()
    post.mood = "refusing"
    for _ in range(2):
        await book(wide_host, payload)
    row = await _row(wide_host, valley, made)
    assert (row.booking, row.booking_reason) == ("refused", "no such street")
    assert post.calls == ["book"]
    post.mood = "well"
    async with wide_host.unit_of_work(await caller_for(valley.shop.person)) as uow:
        await desk.book_again(uow, organization_id=valley.shop.id, parcel_id=made.id)
    await book(wide_host, payload)
    assert (await _row(wide_host, valley, made)).booking == "accepted"


@pytest.mark.parametrize(
    ("mood", "calls"), [("mute", ["book", "find"]), ("deaf", ["book", "find", "book"])]
)
async def test_a_lost_answer_is_settled_by_asking(wide_host, valley, parcel, post, mood, calls):
    made, _, payload = await parcel()
    post.mood = mood
    await book(wide_host, payload)
    assert (await _row(wide_host, valley, made)).booking == "unknown"
    post.mood = "well"
    await book(wide_host, payload)
    row = await _row(wide_host, valley, made)
    assert (row.booking, row.booking_reference) == ("accepted", "P-0")
    assert post.calls == calls
    assert len(post.booked) == 1


async def test_a_worker_that_died_in_between_asks_first(wide_host, valley, parcel, post):
    made, _, payload = await parcel()
    await booking._ask(wide_host, valley.shop.id, made.id)
    post.booked[str(made.id)] = "P-9"
    await book(wide_host, payload)
    assert (await _row(wide_host, valley, made)).booking_reference == "P-9"
    assert post.calls == ["find"]


async def test_a_cancelled_parcel_is_called_off_with_its_carrier(wide_host, valley, parcel, post):
    _, request, payload = await parcel()
    await book(wide_host, payload)
    async with wide_host.unit_of_work(Caller.program([valley.shop.id])) as uow:
        await wide_host.continuing(uow, Delivery).cancel(request.merchant_order_id)
    await call_off(wide_host, payload)
    await call_off(wide_host, payload)
    assert post.calls == ["book", "cancel P-0"]


async def test_a_parcel_follows_what_its_carrier_tells(wide_host, valley, parcel, post):
    made, _, payload = await parcel()
    await book(wide_host, payload)
    moment = clock.now()
    post.steps = [
        TrackingEvent(ParcelState.DELIVERED, moment, "Lanzada"),
        TrackingEvent(ParcelState.IN_TRANSIT, moment, "Sondrio"),
    ]
    post.steps.reverse()
    for _ in range(2):
        await track(wide_host, payload)
    async with wide_host.unit_of_work(Caller.program([valley.shop.id])) as uow:
        events = await repository.events(uow.session, valley.shop.id, made.id)
    assert sorted(e.state for e in events) == ["announced", "delivered", "in_transit", "ready"]


@pytest.mark.parametrize("mood", ["silent", "broken"])
async def test_a_carrier_that_fails_is_left_out_of_the_checkout(
    wide_host, valley, post, mood, monkeypatch
):
    async def carriers():
        async with wide_host.unit_of_work(read_only=True) as uow:
            delivery = wide_host.continuing(uow, Delivery)
            found = await delivery.options({valley.shop.id: 900}, valley.consortium.id, "014036")
        return [option.carrier for option in found[valley.shop.id]]

    assert "post" in await carriers()
    post.mood = mood
    if mood == "silent":
        monkeypatch.setattr(wide_host.guard, "time_limit", 10)
    assert await carriers() == ["valley-courier", "pick-up-point"]


async def test_the_valley_courier_books_a_key_once(host, valley, announce):
    request = valley.parcel()
    parcel = await announce(request, ready=True)
    courier = ValleyCourier(
        host, {"merchant_id": valley.shop.id, "consortium_id": valley.consortium.id}
    )
    assert (await courier.find("k")).outcome is CarrierOutcome.REFUSED
    first = await courier.book("k", "standard", request)
    again = await courier.book("k", "standard", request)
    assert first.outcome is CarrierOutcome.ACCEPTED
    assert first == again == await courier.find("k")
    assert (await courier.book("j", "rocket", request)).outcome is CarrierOutcome.REFUSED
    steps = await courier.track(first.reference)
    assert [step.state for step in steps] == ["announced", "ready"]
    assert (await courier.cancel(first.reference)).outcome is CarrierOutcome.ACCEPTED
    assert (await courier.find("k")).outcome is CarrierOutcome.REFUSED
    assert parcel.carrier == "valley-courier"
