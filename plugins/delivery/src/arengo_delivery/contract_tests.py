"""What every carrier must do: subclass :class:`CarrierContract`."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from arengo_core.ids import new_id
from arengo_core.testing.contracts import ContractTests, FarSide
from arengo_delivery.contract import (
    Address,
    Booking,
    Carrier,
    CarrierOutcome,
    ParcelRequest,
    ParcelState,
)

NOWHERE = "no-such-thing"


def parcel_request(**changes: Any) -> ParcelRequest:
    """1.2 kg from a shop of nobody's to a door in Lanzada."""
    fields: dict[str, Any] = {
        "merchant_id": new_id(),
        "merchant_order_id": new_id(),
        "consortium_id": new_id(),
        "order_reference": "A-17-1",
        "option_key": "",
        "weight_grams": 1_200,
        "recipient": Address("Maria Rossi", "Via Valle 7", "23020", "Lanzada", "014036", "333 1"),
        "recipient_email": "maria@shopper.example",
        "locale": "it",
        **changes,
    }
    return ParcelRequest(**fields)


class CarrierContract(ContractTests):
    """Give the fixtures ``carrier``, ``impatient``, ``parcel`` (where a merchant of its own is
    needed) and ``far_side``.

    ``origin`` and ``destination`` are ISTAT codes between which it drives, ``out_of_reach`` one
    where it does not, ``too_heavy`` a weight in grams that it does not lift; None: there is none.
    A carrier that ``keeps_bookings`` nowhere answers each key alike.
    """

    contract = Carrier
    origin: ClassVar[str] = "014019"
    destination: ClassVar[str] = "014036"
    out_of_reach: ClassVar[str | None] = None
    too_heavy: ClassVar[int | None] = None
    keeps_bookings: ClassVar[bool] = True

    @pytest.fixture
    def carrier(self) -> Carrier:
        """The carrier under test."""
        raise NotImplementedError(f"{type(self).__name__} gives no fixture carrier")

    @pytest.fixture
    def impatient(self, carrier: Carrier) -> Carrier:
        """The same carrier with a short time limit."""
        return carrier

    @pytest.fixture
    def parcel(self) -> ParcelRequest:
        """A parcel to send."""
        return parcel_request()

    @pytest.fixture
    def records(self) -> None:
        """Skips where no bookings are kept."""
        if not self.keeps_bookings:
            pytest.skip(f"{self.provider} keeps no bookings")

    async def option(self, carrier: Carrier, parcel: ParcelRequest) -> str:
        """The first option that it quotes for the parcel."""
        quotes = await self.in_time(
            carrier.quote(parcel.weight_grams, self.origin, self.destination)
        )
        assert quotes, f"no price from {self.origin} to {self.destination}"
        return quotes[0].option

    async def booked(self, carrier: Carrier, key: str, parcel: ParcelRequest) -> Booking:
        """An accepted booking."""
        option = await self.option(carrier, parcel)
        booking = await self.in_time(carrier.book(key, option, parcel))
        assert booking.outcome is CarrierOutcome.ACCEPTED, booking
        assert booking.reference, "an accepted booking has no reference"
        return booking

    async def test_it_quotes_where_it_goes(self, carrier: Carrier, parcel: ParcelRequest) -> None:
        quotes = await self.in_time(
            carrier.quote(parcel.weight_grams, self.origin, self.destination)
        )
        assert quotes, f"no price from {self.origin} to {self.destination}"
        options = [quote.option for quote in quotes]
        assert len(set(options)) == len(options), f"an option is quoted twice: {options}"
        for quote in quotes:
            assert quote.price.amount >= 0, f"{quote.option} costs less than nothing"
            assert quote.title, f"{quote.option} has no title"

    async def test_it_quotes_nothing_where_it_does_not_go(self, carrier: Carrier) -> None:
        if self.out_of_reach is None:
            pytest.skip(f"{self.provider} goes everywhere")
        assert not await self.in_time(carrier.quote(1_000, self.origin, self.out_of_reach))

    async def test_it_quotes_nothing_that_it_does_not_lift(self, carrier: Carrier) -> None:
        if self.too_heavy is None:
            pytest.skip(f"{self.provider} lifts everything")
        assert not await self.in_time(carrier.quote(self.too_heavy, self.origin, self.destination))

    async def test_a_booking_is_found_by_its_key(
        self, carrier: Carrier, parcel: ParcelRequest
    ) -> None:
        key = f"parcel-{new_id()}"
        booking = await self.booked(carrier, key, parcel)
        assert await self.in_time(carrier.find(key)) == booking

    async def test_the_same_key_books_once(self, carrier: Carrier, parcel: ParcelRequest) -> None:
        key = f"parcel-{new_id()}"
        first = await self.booked(carrier, key, parcel)
        again = await self.booked(carrier, key, parcel)
        assert again.reference == first.reference, "the same key booked a second transport"

    async def test_another_key_books_another(self, carrier: Carrier, parcel: ParcelRequest) -> None:
        first = await self.booked(carrier, f"parcel-{new_id()}", parcel)
        second = await self.booked(carrier, f"parcel-{new_id()}", parcel)
        assert first.reference != second.reference, "two parcels share a booking"

    @pytest.mark.usefixtures("records")
    async def test_an_option_that_it_does_not_have_is_refused(
        self, carrier: Carrier, parcel: ParcelRequest
    ) -> None:
        key = f"parcel-{new_id()}"
        booking = await self.in_time(carrier.book(key, NOWHERE, parcel))
        assert booking.outcome is CarrierOutcome.REFUSED, booking
        assert booking.reason, "a refusal says nothing"
        assert (await carrier.find(key)).outcome is CarrierOutcome.REFUSED

    @pytest.mark.usefixtures("records")
    async def test_what_was_never_booked_is_refused(self, carrier: Carrier) -> None:
        found = await self.in_time(carrier.find(f"parcel-{new_id()}"))
        assert found.outcome is CarrierOutcome.REFUSED, found
        cancelled = await self.in_time(carrier.cancel(NOWHERE))
        assert cancelled.outcome is CarrierOutcome.REFUSED, cancelled

    @pytest.mark.usefixtures("records")
    async def test_a_cancelled_booking_is_gone(
        self, carrier: Carrier, parcel: ParcelRequest
    ) -> None:
        key = f"parcel-{new_id()}"
        booking = await self.booked(carrier, key, parcel)
        cancelled = await self.in_time(carrier.cancel(booking.reference))
        assert cancelled.outcome is CarrierOutcome.ACCEPTED, cancelled
        again = await self.in_time(carrier.cancel(booking.reference))
        assert again.outcome is not CarrierOutcome.UNKNOWN, again
        assert (await carrier.find(key)).outcome is CarrierOutcome.REFUSED

    async def test_steps_come_in_their_order(self, carrier: Carrier, parcel: ParcelRequest) -> None:
        booking = await self.booked(carrier, f"parcel-{new_id()}", parcel)
        steps = await self.in_time(carrier.track(booking.reference))
        assert all(isinstance(step.state, ParcelState) for step in steps), steps
        assert all(step.occurred_at.tzinfo is not None for step in steps), "a time without zone"
        times = [step.occurred_at for step in steps]
        assert times == sorted(times), "the steps do not go forward in time"

    async def test_a_lost_answer_is_unknown_and_its_booking_is_found(
        self, carrier: Carrier, parcel: ParcelRequest, far_side: FarSide
    ) -> None:
        key, option = f"parcel-{new_id()}", await self.option(carrier, parcel)
        await far_side.lose_next_answer()
        lost = await self.in_time(carrier.book(key, option, parcel))
        assert lost.outcome is CarrierOutcome.UNKNOWN, f"a lost answer is told as {lost}"
        found = await self.in_time(carrier.find(key))
        assert found.outcome is CarrierOutcome.ACCEPTED, "the booking is not found by its key"
        again = await self.booked(carrier, key, parcel)
        assert again.reference == found.reference, "the retry booked a second transport"

    async def test_silence_ends_within_the_time_limit_and_is_unknown(
        self, carrier: Carrier, impatient: Carrier, parcel: ParcelRequest, far_side: FarSide
    ) -> None:
        key, option = f"parcel-{new_id()}", await self.option(carrier, parcel)
        await far_side.fall_silent()
        silent = await self.in_time(impatient.book(key, option, parcel))
        assert silent.outcome is CarrierOutcome.UNKNOWN, f"silence is told as {silent}"
        assert (await carrier.find(key)).outcome is CarrierOutcome.REFUSED
