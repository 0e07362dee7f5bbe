"""Implementations that break their contract, each in one way: the name says in which.

``test_contracts`` runs this with the recipes installed, and looks at what failed.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import httpx
import pytest
from arengo_recipes import conformance as whole
from arengo_recipes.asking import Server
from arengo_recipes.carrier import MountainPost
from arengo_recipes.channel import Sms
from arengo_recipes.conformance import SHORT, far_side  # noqa: F401 - a fixture
from arengo_recipes.file_store import WebShelf
from arengo_recipes.gateway import ValleyBank
from arengo_recipes.key import CappedPopulation
from arengo_recipes.register import ValleyRegister
from arengo_recipes.search import DialectSearch

from arengo_communications.contract import SendOutcome, Sent
from arengo_core.errors import UnavailableError
from arengo_core.files.contract import FileMissingError
from arengo_core.identity.contract import Departure, Identified, NotProvedError
from arengo_core.ids import new_id
from arengo_core.testing.fixtures import database, host  # noqa: F401 - not those of this folder
from arengo_delivery.contract import (
    Booking,
    CarrierOutcome,
    ParcelState,
    Quote,
    TrackingEvent,
)
from arengo_payments.contract import (
    CheckoutRefused,
    CheckoutState,
    CheckoutStatus,
    GatewayEvent,
    GatewayEventKind,
    NotFound,
    OutcomeUnknown,
    RefundDone,
)
from arengo_storefront.contract import Found, Sort

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class _Gateway(whole.TestValleyBank):
    broken = ValleyBank

    @pytest.fixture
    def gateway(self, far_side):  # noqa: F811
        return self.broken(Server(far_side.address, "token", self.time_limit), "secret")

    @pytest.fixture
    def impatient(self, far_side):  # noqa: F811
        return self.broken(Server(far_side.address, "token", SHORT), "secret")


class TestNewKeys(_Gateway):
    class broken(ValleyBank):  # noqa: N801
        async def open_checkout(self, request):
            return await super().open_checkout(
                dataclasses.replace(request, idempotency_key=new_id().hex)
            )

        async def refund(self, request):
            return await super().refund(dataclasses.replace(request, idempotency_key=new_id().hex))


class TestOneForAll(_Gateway):
    class broken(ValleyBank):  # noqa: N801
        async def open_checkout(self, request):
            return await super().open_checkout(dataclasses.replace(request, idempotency_key="one"))


class TestLostIsRefused(_Gateway):
    class broken(ValleyBank):  # noqa: N801
        async def open_checkout(self, request):
            outcome = await super().open_checkout(request)
            unknown = isinstance(outcome, OutcomeUnknown)
            return CheckoutRefused("lost", "no answer") if unknown else outcome

        async def refund(self, request):
            outcome = await super().refund(request)
            unknown = isinstance(outcome, OutcomeUnknown)
            return CheckoutRefused("lost", "no answer") if unknown else outcome


class TestPatient(_Gateway):
    @pytest.fixture
    def impatient(self, far_side):  # noqa: F811
        self.time_limit = SHORT
        return ValleyBank(Server(far_side.address, "token", 60), "secret")


class TestCredulous(_Gateway):
    class broken(ValleyBank):  # noqa: N801
        async def parse_webhook(self, body, headers):
            return GatewayEvent("1", GatewayEventKind.CHECKOUT_PAID, "checkout.paid", NOW, True)


class TestNothingIsMissing(_Gateway):
    class broken(ValleyBank):  # noqa: N801
        async def fetch_checkout(self, reference):
            state = await super().fetch_checkout(reference)
            return OutcomeUnknown("perhaps") if isinstance(state, NotFound) else state


class TestOverwritesPaid(_Gateway):
    class broken(ValleyBank):  # noqa: N801
        async def expire_checkout(self, reference):
            state = await super().expire_checkout(reference)
            assert isinstance(state, CheckoutState)
            return dataclasses.replace(state, status=CheckoutStatus.EXPIRED)


class TestGenerous(_Gateway):
    class broken(ValleyBank):  # noqa: N801
        async def refund(self, request):
            done = await super().refund(request)
            if isinstance(done, RefundDone | OutcomeUnknown):
                return done
            key, amount = request.idempotency_key, request.amount
            return RefundDone("r-1", "succeeded", amount, request.payment_reference, key)


class TestMisnamed(_Gateway):
    class broken(ValleyBank):  # noqa: N801
        key = "another"


class _Carrier(whole.TestMountainPost):
    broken = MountainPost

    @pytest.fixture
    def carrier(self, far_side):  # noqa: F811
        return self.broken(Server(far_side.address, "token", self.time_limit))

    @pytest.fixture
    def impatient(self, far_side):  # noqa: F811
        return self.broken(Server(far_side.address, "token", SHORT))


class TestBooksTwice(_Carrier):
    class broken(MountainPost):  # noqa: N801
        async def book(self, key, option, parcel):
            return await super().book(new_id().hex, option, parcel)


class TestGoesEverywhere(_Carrier):
    class broken(MountainPost):  # noqa: N801
        async def quote(self, weight_grams, origin_istat, to_istat):
            return await super().quote(1_000, origin_istat, origin_istat)


class TestCountsTwice(_Carrier):
    class broken(MountainPost):  # noqa: N801
        async def quote(self, *asked):
            return [quote for quote in await super().quote(*asked) for _ in range(2)]


class TestPaysToCarry(_Carrier):
    class broken(MountainPost):  # noqa: N801
        async def quote(self, *asked):
            found = await super().quote(*asked)
            return [Quote(quote.option, quote.title, quote.price * -1) for quote in found]


class TestOptimist(_Carrier):
    class broken(MountainPost):  # noqa: N801
        async def book(self, key, option, parcel):
            booking = await super().book(key, option, parcel)
            if booking.outcome is CarrierOutcome.ACCEPTED:
                return booking
            return Booking(CarrierOutcome.ACCEPTED, f"b-{key}")


class TestForgetsCancelling(_Carrier):
    class broken(MountainPost):  # noqa: N801
        async def cancel(self, reference):
            found = await self._server.ask("GET", f"/bookings/{reference}")
            kind = CarrierOutcome.ACCEPTED if isinstance(found, dict) else CarrierOutcome.REFUSED
            return Booking(kind, reference)


class TestBackwards(_Carrier):
    class broken(MountainPost):  # noqa: N801
        async def track(self, reference):
            later = datetime(2026, 2, 1, tzinfo=UTC)
            return [
                TrackingEvent(ParcelState.DELIVERED, later),
                TrackingEvent(ParcelState.READY, NOW),
            ]


class _Channel(whole.TestSms):
    broken = Sms

    @pytest.fixture
    def channel(self, far_side):  # noqa: F811
        return self.broken(Server(far_side.address, "token", self.time_limit))

    @pytest.fixture
    def impatient(self, far_side):  # noqa: F811
        return self.broken(Server(far_side.address, "token", SHORT))


class TestSaysSent(_Channel):
    class broken(Sms):  # noqa: N801
        async def send(self, key, request):
            return Sent(SendOutcome.SENT, key)


class TestReachesAll(_Channel):
    class broken(Sms):  # noqa: N801
        def reaches(self, recipient):
            return True


class TestUnknownIsRefused(_Channel):
    class broken(Sms):  # noqa: N801
        async def send(self, key, request):
            sent = await super().send(key, request)
            lost = sent.outcome is SendOutcome.UNKNOWN
            return Sent(SendOutcome.REFUSED, reason="lost") if lost else sent


class TestSendsAnother(_Channel):
    class broken(Sms):  # noqa: N801
        async def send(self, key, request):
            return await super().send(f"{key}-{new_id()}", request)


class _Register(whole.TestValleyRegister):
    broken = ValleyRegister

    @pytest.fixture
    def identity_provider(self, far_side):  # noqa: F811
        return self.broken(Server(far_side.address, "token", self.time_limit), far_side.address)

    @pytest.fixture
    def impatient(self, far_side):  # noqa: F811
        return self.broken(Server(far_side.address, "token", SHORT), far_side.address)


class TestOtherStates(_Register):
    class broken(ValleyRegister):  # noqa: N801
        async def finish(self, journey, kept, answer):
            whatever = {**answer, "state": journey.state}
            return await super().finish(journey, kept, whatever)


class TestBelievesTheBrowser(_Register):
    class broken(ValleyRegister):  # noqa: N801
        async def finish(self, journey, kept, answer):
            return Identified("the valley", answer.get("ticket", ""))


class TestSilenceIsNobody(_Register):
    class broken(ValleyRegister):  # noqa: N801
        async def finish(self, journey, kept, answer):
            try:
                return await super().finish(journey, kept, answer)
            except UnavailableError:
                raise NotProvedError("nobody") from None


class TestAllAreOne(_Register):
    class broken(ValleyRegister):  # noqa: N801
        async def finish(self, journey, kept, answer):
            found = await super().finish(journey, kept, answer)
            return dataclasses.replace(found, subject="somebody")


class TestNewEachTime(_Register):
    class broken(ValleyRegister):  # noqa: N801
        async def finish(self, journey, kept, answer):
            found = await super().finish(journey, kept, answer)
            return dataclasses.replace(found, subject=new_id().hex)


class TestRepeats(_Register):
    class broken(ValleyRegister):  # noqa: N801
        async def finish(self, journey, kept, answer):
            try:
                return await super().finish(journey, kept, answer)
            except NotProvedError:
                raise NotProvedError(f"not proved by {dict(answer)}") from None


class TestKeepsTooMuch(_Register):
    class broken(ValleyRegister):  # noqa: N801
        async def begin(self, journey):
            departure = await super().begin(journey)
            return Departure(departure.url, {**departure.kept, "more": "x" * 3_000})


class _Store(whole.TestWebShelf):
    broken = WebShelf

    @pytest.fixture
    def store(self, far_side):  # noqa: F811
        return self.broken(far_side.address, "token", self.time_limit)

    @pytest.fixture
    def impatient(self, far_side):  # noqa: F811
        return self.broken(far_side.address, "token", SHORT)


class TestKeepsTheFirst(_Store):
    class broken(WebShelf):  # noqa: N801
        async def put(self, key, content, content_type):
            if await self.find(key) is None:
                await super().put(key, content, content_type)


class TestInPieces(_Store):
    class broken(WebShelf):  # noqa: N801
        async def put(self, key, content, content_type):
            for end in range(0, len(content) + 1, 500_000):
                await super().put(key, content[:end], content_type)
            await super().put(key, content, content_type)


class TestEmptyIsMissing(_Store):
    class broken(WebShelf):  # noqa: N801
        async def get(self, key):
            try:
                return await super().get(key)
            except FileMissingError:
                return b""


class TestDeletesAlike(_Store):
    class broken(WebShelf):  # noqa: N801
        async def delete(self, key):
            await super().delete(key)
            for one in [one async for one in await self.entries()]:
                if one.key.startswith(key):
                    await super().delete(one.key)


class TestListsAlike(_Store):
    class broken(WebShelf):  # noqa: N801
        async def entries(self, prefix=""):
            whole = [one async for one in await super().entries()]

            async def found():
                for one in whole:
                    if one.key.startswith(prefix):
                        yield one

            return found()


class TestTakesAnyKey(_Store):
    class broken(WebShelf):  # noqa: N801
        async def _ask(self, method, key, **sent):
            return await super()._ask(method, key if key != "a/.b" else "a/b", **sent)


class TestSilenceIsMissing(_Store):
    class broken(WebShelf):  # noqa: N801
        async def get(self, key):
            try:
                return await super().get(key)
            except httpx.HTTPError:
                raise FileMissingError(key) from None


class TestLostIsKept(_Store):
    class broken(WebShelf):  # noqa: N801
        async def put(self, key, content, content_type):
            try:
                await super().put(key, content, content_type)
            except httpx.HTTPError:
                await self.delete(key)


class _Search(whole.TestDialectSearch):
    broken = DialectSearch

    @pytest.fixture
    def search(self, host):  # noqa: F811
        return self.broken(host)


class TestKnowsNoDialect(_Search):
    class broken(DialectSearch):  # noqa: N801
        async def find(self, uow, asked, size, after):
            return await self._behind(uow).find(uow, asked, size, after)


class TestIgnoresThePrice(_Search):
    class broken(DialectSearch):  # noqa: N801
        async def find(self, uow, asked, size, after):
            wide = dataclasses.replace(asked, price_from=None)
            return await super().find(uow, wide, size, after)


class TestRemembers(_Search):
    class broken(DialectSearch):  # noqa: N801
        async def find(self, uow, asked, size, after):
            known = vars(self).setdefault("known", {})
            if (asked, size, after) not in known:
                known[asked, size, after] = await super().find(uow, asked, size, after)
            return known[asked, size, after]


class TestFirstPageOnly(_Search):
    class broken(DialectSearch):  # noqa: N801
        async def find(self, uow, asked, size, after):
            return await super().find(uow, asked, size, None)


class TestNoMoreThanAsked(_Search):
    class broken(DialectSearch):  # noqa: N801
        async def find(self, uow, asked, size, after):
            page = await super().find(uow, asked, size, after)
            return Found(page.listings[:size], page.cursors[:size])


class TestByRelevanceAlone(_Search):
    class broken(DialectSearch):  # noqa: N801
        async def find(self, uow, asked, size, after):
            return await super().find(uow, dataclasses.replace(asked, sort=Sort.BEST), size, after)


class TestStumbles(_Search):
    class broken(DialectSearch):  # noqa: N801
        async def find(self, uow, asked, size, after):
            if not asked.text.replace(" ", "").isalpha():
                raise ValueError(asked.text)
            return await super().find(uow, asked, size, after)


class TestDetailsDiffer(_Search):
    class broken(DialectSearch):  # noqa: N801
        async def find_details(self, uow, asked, size, after):
            return await super().find_details(
                uow, dataclasses.replace(asked, text="pane"), size, after
            )


class _Key(whole.TestCappedPopulation):
    broken = CappedPopulation

    @pytest.fixture
    def key(self):
        return self.broken()


class TestByPlace(_Key):
    class broken(CappedPopulation):  # noqa: N801
        def weights(self, members, context):
            found = super().weights(members, context)
            return {bearer: found[bearer] + place for place, bearer in enumerate(found)}


class TestInexact(_Key):
    class broken(CappedPopulation):  # noqa: N801
        def weights(self, members, context):
            return {who: float(what) for who, what in super().weights(members, context).items()}


class TestBelowZero(_Key):
    class broken(CappedPopulation):  # noqa: N801
        def weights(self, members, context):
            return {who: -what for who, what in super().weights(members, context).items()}


class TestTakesAnything(_Key):
    class broken(CappedPopulation):  # noqa: N801
        def options(self, document):
            document.take("no_such_option")
            return {"cap": int(document.take("cap") or 1_300)}
