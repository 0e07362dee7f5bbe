"""What every identity provider must do: subclass :class:`IdentityProviderContract`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

import pytest

from arengo_core.errors import UnavailableError
from arengo_core.identity.contract import (
    LARGEST_KEPT,
    Departure,
    Identified,
    IdentityProvider,
    Journey,
    NotProvedError,
)
from arengo_core.ids import new_token
from arengo_core.testing.contracts import ContractTests, FarSide


class IdentityFarSide(FarSide, Protocol):
    """The provider's server, where the test is the person and the browser."""

    async def come_back(self, departure: Departure, person: str) -> Mapping[str, str]:
        """Go where the departure leads and prove there to be ``person``; the parameters with
        which the browser is then sent back.
        """
        ...

    async def refuse(self, departure: Departure) -> Mapping[str, str]:
        """Go there and say no; the parameters with which the browser is then sent back."""
        ...


def journey() -> Journey:
    """A new journey, back to a page of this site."""
    return Journey(new_token(), "https://arengo.example/sign-in/with/test/return", "it")


class IdentityProviderContract(ContractTests):
    """Give the fixtures ``identity_provider``, ``impatient`` and ``far_side``
    (:class:`IdentityFarSide`); ``people`` are two whom the far side knows.
    """

    contract = IdentityProvider
    people: tuple[str, str] = ("ada", "ugo")

    @pytest.fixture
    def identity_provider(self) -> IdentityProvider:
        """The provider under test."""
        raise NotImplementedError(f"{type(self).__name__} gives no fixture identity_provider")

    @pytest.fixture
    def impatient(self, identity_provider: IdentityProvider) -> IdentityProvider:
        """The same provider with a short time limit."""
        return identity_provider

    async def _there_and_back(
        self, provider: IdentityProvider, far_side: IdentityFarSide, person: str
    ) -> tuple[Journey, Departure, Mapping[str, str]]:
        going = journey()
        departure = await self.in_time(provider.begin(going))
        return going, departure, await far_side.come_back(departure, person)

    async def _identify(
        self, provider: IdentityProvider, far_side: IdentityFarSide, person: str
    ) -> Identified:
        going, departure, answer = await self._there_and_back(provider, far_side, person)
        return await self.in_time(provider.finish(going, departure.kept, answer))

    async def _refused(
        self, provider: IdentityProvider, going: Journey, kept: Any, answer: Mapping[str, str]
    ) -> None:
        with pytest.raises(NotProvedError) as caught:
            await self.in_time(provider.finish(going, kept, answer))
        said = str(caught.value)
        assert said, "it does not say what happened"
        sent = [value for value in answer.values() if len(value) > 3 and value in said]
        assert not sent, f"it repeats what came from outside: {sent}"

    async def test_it_sends_the_browser_to_the_web(
        self, identity_provider: IdentityProvider
    ) -> None:
        departure = await self.in_time(identity_provider.begin(journey()))
        assert re.match(r"https?://", departure.url), departure.url
        size = sum(len(key) + len(value) for key, value in departure.kept.items())
        assert size <= LARGEST_KEPT, f"{size} characters do not fit into a cookie"

    async def test_each_journey_is_its_own(self, identity_provider: IdentityProvider) -> None:
        one = await self.in_time(identity_provider.begin(journey()))
        other = await self.in_time(identity_provider.begin(journey()))
        assert one != other, "two journeys cannot be told apart"

    async def test_a_person_is_the_same_each_time(
        self, identity_provider: IdentityProvider, far_side: IdentityFarSide
    ) -> None:
        first = await self._identify(identity_provider, far_side, self.people[0])
        again = await self._identify(identity_provider, far_side, self.people[0])
        assert first.issuer, "nobody says who it is"
        assert first.subject, "it is nobody"
        assert (again.issuer, again.subject) == (first.issuer, first.subject)

    async def test_two_people_are_two(
        self, identity_provider: IdentityProvider, far_side: IdentityFarSide
    ) -> None:
        found = [
            await self._identify(identity_provider, far_side, person) for person in self.people
        ]
        assert found[0].issuer == found[1].issuer
        assert found[0].subject != found[1].subject, "two people are one"

    async def test_who_says_no_is_nobody(
        self, identity_provider: IdentityProvider, far_side: IdentityFarSide
    ) -> None:
        going = journey()
        departure = await self.in_time(identity_provider.begin(going))
        answer = await far_side.refuse(departure)
        await self._refused(identity_provider, going, departure.kept, answer)

    async def test_an_empty_answer_is_nobody(self, identity_provider: IdentityProvider) -> None:
        going = journey()
        departure = await self.in_time(identity_provider.begin(going))
        await self._refused(identity_provider, going, departure.kept, {})

    async def test_a_changed_answer_is_nobody(
        self, identity_provider: IdentityProvider, far_side: IdentityFarSide
    ) -> None:
        going, departure, answer = await self._there_and_back(
            identity_provider, far_side, self.people[0]
        )
        for name, value in answer.items():
            middle = len(value) // 2
            other = "A" if value[middle : middle + 1] != "A" else "B"
            changed = {**answer, name: value[:middle] + other + value[middle + 1 :]}
            await self._refused(identity_provider, going, departure.kept, changed)

    async def test_the_answer_to_another_journey_is_nobody(
        self, identity_provider: IdentityProvider, far_side: IdentityFarSide
    ) -> None:
        mine = journey()
        departure = await self.in_time(identity_provider.begin(mine))
        _, _, answer = await self._there_and_back(identity_provider, far_side, self.people[1])
        await self._refused(identity_provider, mine, departure.kept, answer)

    async def test_silence_ends_within_the_time_limit(
        self,
        identity_provider: IdentityProvider,
        impatient: IdentityProvider,
        far_side: IdentityFarSide,
    ) -> None:
        going, departure, answer = await self._there_and_back(
            identity_provider, far_side, self.people[0]
        )
        await far_side.fall_silent()
        with pytest.raises(UnavailableError):
            await self.in_time(impatient.finish(going, departure.kept, answer))

    async def test_a_lost_answer_is_no_refusal(
        self, identity_provider: IdentityProvider, far_side: IdentityFarSide
    ) -> None:
        going, departure, answer = await self._there_and_back(
            identity_provider, far_side, self.people[0]
        )
        await far_side.lose_next_answer()
        with pytest.raises(UnavailableError):
            await self.in_time(identity_provider.finish(going, departure.kept, answer))
